// SPDX-License-Identifier: Apache-2.0
// The program `bitloom`.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/console.h"

namespace bitloom {

enum ExitCode { exit_good = 0, exit_check_failed = 1, exit_user_input = 2, exit_fault = 3 };

// Runs one command line (without the program's name) and returns the exit code. Catches every
// exception: a mistake of the user's is reported as "bitloom: error: ...", a fault of the program
// as "bitloom: internal error: ...".
int run_program(const std::vector<std::string>& arguments, Console& console);

}  // namespace bitloom
