// SPDX-License-Identifier: Apache-2.0
// Errors. Library code throws; only main prints and picks the exit code.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>

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

template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
    throw Error(fmt::format(text, std::forward<Args>(args)...));
}

[[noreturn]] void check_failed(const char* file, int line, const std::string& belief);

}  // namespace bitloom

// States a belief that holds unless this program is wrong. Stays on in release builds.
#define BITLOOM_CHECK(condition, ...)                                                \
    do {                                                                             \
        if (!(condition)) [[unlikely]]                                               \
            ::bitloom::check_failed(__FILE__, __LINE__, ::fmt::format(__VA_ARGS__)); \
    } while (false)
