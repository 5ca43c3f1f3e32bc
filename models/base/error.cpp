// SPDX-License-Identifier: Apache-2.0
#include "models/base/error.h"

#include "models/base/text.h"

namespace bitloom {

namespace detail {

std::string message_part(std::string_view text) {
    constexpr std::size_t longest = 1000;  // bytes
    return one_line(text, longest);
}

std::string message_part(const char* text) {
    constexpr std::size_t longest = 4000;  // bytes
    return one_line(text, longest);
}

}  // namespace detail

void check_failed(const char* file, int line, const std::string& belief) {
    throw InternalError(fmt::format("{}:{}: believed: {}", file, line, belief));
}

}  // namespace bitloom
