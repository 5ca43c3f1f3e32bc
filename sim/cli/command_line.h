// SPDX-License-Identifier: Apache-2.0
// From argv to the words and options of a verb.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/command.h"

namespace bitloom {

// Stores the options in the targets of `options` and returns the words. An option with a dot in its
// name is set apart as a key of the chip when `chip_keys` says so; it always takes a value. Parsing
// is strict: no abbreviations, every option once. Throws Error, one line a mistake:
//     command line: unknown option '--scheem'; did you mean '--scheme'?
Arguments parse_command_line(const std::vector<std::string>& tokens, KeySet& options,
                             bool chip_keys);

}  // namespace bitloom
