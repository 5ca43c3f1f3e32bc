// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace bitloom {

// Of CMakeLists.txt; it is in the provenance of every result and trace.
inline constexpr std::string_view program_version = BITLOOM_VERSION;

// The commit that the program was built from: "3f9ac27be401", with "-dirty" when tracked files were
// changed; "unknown" without git.
std::string_view program_commit();

}  // namespace bitloom
