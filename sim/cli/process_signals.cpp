// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/process_signals.h"

#include <unistd.h>

#include <csignal>
#include <cstring>

#include "models/base/temporary_files.h"
#include "sim/cli/cli.h"
#include "workloads/trace/mapped_file.h"

namespace bitloom {

namespace {

bool error_is_terminal = false;

// Everything below is async-signal-safe.

void say(const char* text) {
    // A line that cannot be written leaves the exit code to tell.
    const ssize_t written = ::write(STDERR_FILENO, text, std::strlen(text));
    static_cast<void>(written);
}

[[noreturn]] void end(const char* begin, const char* file, const char* reason) {
    remove_temporary_files();
    if (error_is_terminal) say("\r\x1b[K");  // the progress line
    say("bitloom: error: ");
    say(begin);
    say(file);
    say(reason);
    say("\n");
    ::_exit(exit_user_input);
}

void on_end(int number) {
    end("stopped by ", "", number == SIGINT ? "SIGINT" : number == SIGTERM ? "SIGTERM" : "SIGHUP");
}

void on_bus_error(int number, siginfo_t* info, void*) {
    if (const char* file = mapped_file_at(info->si_addr))
        end("", file, ": became shorter while it was read");
    std::signal(number, SIG_DFL);
    std::raise(number);
}

void handle(int number, void (*handler)(int)) {
    struct sigaction action = {};
    if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
    action = {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
}

}  // namespace

void end_cleanly_on_signals() {
    error_is_terminal = ::isatty(STDERR_FILENO) != 0;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) handle(number, on_end);
    struct sigaction bus = {};
    bus.sa_sigaction = on_bus_error;
    bus.sa_flags = SA_SIGINFO;
    sigemptyset(&bus.sa_mask);
    ::sigaction(SIGBUS, &bus, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace bitloom
