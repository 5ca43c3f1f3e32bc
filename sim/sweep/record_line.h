// SPDX-License-Identifier: Apache-2.0
// What came of a point as one line of JSON, for its way between processes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/sweep/result_store.h"

namespace bitloom {

// Without an end of line. Every number comes back to the bit; bytes that are no UTF-8 do not.
std::string to_line(const PointRecord& record);
// Nothing for a line that is damaged.
std::optional<PointRecord> record_of_line(std::string_view line);

}  // namespace bitloom
