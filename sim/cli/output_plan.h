// SPDX-License-Identifier: Apache-2.0
// Where a run's results go, decided before anything long begins.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/output_file.h"

namespace bitloom {

// Every output option of one command. No file is written here.
class OutputPlan {
public:
    // A file that the command is going to read or that it keeps, such as a database; what is not
    // there is none.
    void keep(const std::filesystem::path& file);
    // With the files that SQLite has beside it.
    void keep_database(const std::filesystem::path& file);

    // `option`: without dashes. An empty path is no output. Throws Error "command line: --OPTION =
    // FILE: ..." for a folder, what cannot be written, what another option writes to (but for the
    // null device) and what is read or kept.
    void add(std::string_view option, const std::filesystem::path& file);
    // The same for a database, which must be a regular file and which no other output replaces.
    void add_database(std::string_view option, const std::filesystem::path& file);

    // The same for what was read since. Call before the long work.
    void check_inputs() const;

    // No output is a regular file.
    bool all_through() const;
    // An output goes to standard output: what a command has to say must go elsewhere.
    bool takes_standard_output() const;

private:
    struct Output {
        std::string option, shown;
        OutputTarget target;
    };

    std::vector<Output> outputs_;
};

}  // namespace bitloom
