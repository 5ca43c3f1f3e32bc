// SPDX-License-Identifier: Apache-2.0
// What a result says about the run that made it.
#pragma once

#include <string>
#include <vector>

#include "sim/report/result.h"

namespace bitloom {

// The words of a command line as a POSIX shell reads them back: quoted where needed.
std::string shell_words(const std::vector<std::string>& words);

// "name, Linux 6.1.0 x86_64, 2 threads".
std::string host_text();

// Of this program, now. With the variable SOURCE_DATE_EPOCH (seconds since 1970;
// reproducible-builds.org) that is the date, so that equal command lines give equal bytes on one
// machine. Throws Error when the variable is no such number.
RunProvenance provenance_of_run(const std::string& command);

}  // namespace bitloom
