// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "models/base/error.h"
#include "models/base/text.h"
#include "sim/config/unit.h"

namespace bitloom {

void prepare_standard_streams() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(descriptor, F_GETFD) != -1) continue;
        // The lowest free descriptor is this one. Opened the wrong way round: its use must fail.
        const int opened = ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        static_cast<void>(opened);
    }
}

void Console::write_failed() {
    const int reason = errno;
    if (reason == EPIPE) throw ReaderGone{};
    fail("standard output: cannot write: {}", std::strerror(reason));
}

void Console::print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), out_) != text.size()) write_failed();
}

void Console::flush() {
    if (std::fflush(out_) != 0) write_failed();
}

namespace {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool takes_colour(std::FILE* stream) {
    const char* terminal = std::getenv("TERM");
    return ::isatty(::fileno(stream)) == 1 && !is_set("NO_COLOR") && is_set("TERM") &&
           std::string_view(terminal) != "dumb";
}

// 0: not known.
std::size_t columns_of(std::FILE* stream) {
    if (is_set("COLUMNS")) {
        const auto columns = parse_integer(std::getenv("COLUMNS"), units::none);
        if (columns.fault == NumberFault::none && columns.value > 0)
            return static_cast<std::size_t>(columns.value);
    }
    winsize size{};
    if (::isatty(::fileno(stream)) == 1 && ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0)
        return size.ws_col;
    return 0;
}

}  // namespace

TextStyle Console::style() const {
    constexpr std::size_t least_width = 40;  // of TextStyle
    TextStyle style;
    if (const std::size_t columns = columns_of(out_); columns > 0)
        style.width = std::max(least_width, columns);
    style.elide = ::isatty(::fileno(out_)) == 1;
    style.colour = takes_colour(out_);
    return style;
}

void Console::report(std::string_view kind, std::string_view text) noexcept {
    const bool colour = takes_colour(error_);
    constexpr std::size_t longest = 8000;  // bytes
    while (true) {
        const std::size_t end = text.find('\n');
        std::string line;
        try {
            line = one_line(text.substr(0, end), longest);
        } catch (...) {
            // No memory is left for the line: its kind and the exit code tell.
        }
        // A line that cannot be written leaves the exit code to tell.
        std::fprintf(error_, "bitloom: %s%.*s:%s %s\n", colour ? "\x1b[1;31m" : "",
                     static_cast<int>(kind.size()), kind.data(), colour ? "\x1b[0m" : "",
                     line.c_str());
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    std::fflush(error_);
}

}  // namespace bitloom
