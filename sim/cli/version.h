// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace bitloom {

// Of CMakeLists.txt; it is in the provenance of every result and trace.
inline constexpr std::string_view program_version = BITLOOM_VERSION;

}  // namespace bitloom
