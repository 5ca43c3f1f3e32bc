// SPDX-License-Identifier: Apache-2.0
// Errors. Library code throws; only main prints and picks the exit code.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace bitloom {

// A mistake in the user's input (exit code 2). The text stands alone and is one line:
// place: what is wrong: value found: what is allowed.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Something that cannot happen did: a fault of this program (exit code 3).
class InternalError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

namespace detail {

// Texts in a message mostly come from outside: one_line() of text.h, at most 1,000 bytes, or 4,000
// of another error's message.
std::string message_part(std::string_view text);
std::string message_part(const char* text);

template <class Value>
decltype(auto) message_argument(const Value& value) {
    if constexpr (std::is_same_v<Value, char>)
        return message_part(std::string_view(&value, 1));
    else if constexpr (std::is_convertible_v<const Value&, const char*>)
        return message_part(static_cast<const char*>(value));
    else if constexpr (std::is_convertible_v<const Value&, std::string_view>)
        return message_part(static_cast<std::string_view>(value));
    else
        return static_cast<const Value&>(value);
}

}  // namespace detail

// Throws Error. What its arguments hold cannot break its line or reach a terminal as a command.
template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
    throw Error(
        fmt::format(fmt::runtime(fmt::string_view(text)), detail::message_argument(args)...));
}

[[noreturn]] void check_failed(const char* file, int line, const std::string& belief);

}  // namespace bitloom

// States a belief that holds unless this program is wrong. Stays on in release builds.
#define BITLOOM_CHECK(condition, ...)                                                \
    do {                                                                             \
        if (!(condition)) [[unlikely]]                                               \
            ::bitloom::check_failed(__FILE__, __LINE__, ::fmt::format(__VA_ARGS__)); \
    } while (false)
