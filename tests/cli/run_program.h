// SPDX-License-Identifier: Apache-2.0
// Runs the built program as a user's shell would.
#pragma once

#include <string>
#include <vector>

namespace bitloom::test {

struct ProgramRun {
    int exit_code = -1;  // -1: ended by `signal`
    int signal = 0;
    std::string output;  // standard output
    std::string error;   // standard error
};

// bitloom ARGUMENTS..., without a shell. Both streams are pipes.
ProgramRun run_bitloom(const std::vector<std::string>& arguments);

// A command line of /bin/sh in which "$BITLOOM" is the program.
ProgramRun run_shell(const std::string& command);

// The same program on a terminal of its own: what both streams showed, carriage returns included.
ProgramRun run_bitloom_on_terminal(const std::vector<std::string>& arguments);

// A folder that is removed with the object.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }
    // Writes a file and returns its path.
    std::string write(const std::string& name, const std::string& text) const;

private:
    std::string path_;
};

}  // namespace bitloom::test
