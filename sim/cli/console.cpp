// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/console.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "models/base/error.h"

namespace bitloom {

void prepare_standard_streams() {
    std::signal(SIGPIPE, SIG_IGN);
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

void Console::report(std::string_view kind, std::string_view text) noexcept {
    while (true) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        // A line that cannot be written leaves the exit code to tell.
        std::fprintf(error_, "bitloom: %.*s: %.*s\n", static_cast<int>(kind.size()), kind.data(),
                     static_cast<int>(line.size()), line.data());
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    std::fflush(error_);
}

}  // namespace bitloom
