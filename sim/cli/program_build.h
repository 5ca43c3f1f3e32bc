// SPDX-License-Identifier: Apache-2.0
// Which build of the program runs.
#pragma once

#include <string>

namespace bitloom {

// "0.1.0-3f9ac27be401": the version and the beginning of a hash of the program's file, so that
// results of two builds never pass for each other's. Throws Error when it cannot be read.
const std::string& program_build();

}  // namespace bitloom
