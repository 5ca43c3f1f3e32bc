// SPDX-License-Identifier: Apache-2.0
// Runs another program to its end.
#pragma once

#include <string>
#include <vector>

namespace bitloom {

struct CommandResult {
    static constexpr int not_found = 127;

    int exit_code = 0;   // not_found: there is no such program; 128 + signal where one ended it
    std::string output;  // standard output
    std::string error;   // standard error
};

// `command[0]` is looked up in PATH; its standard input is empty. It has a process group of its
// own: a Ctrl-C at the terminal does not reach it. Throws Error when no process can be started.
CommandResult run_command(const std::vector<std::string>& command);

// The text as one word of a POSIX shell.
std::string shell_word(const std::string& text);

}  // namespace bitloom
