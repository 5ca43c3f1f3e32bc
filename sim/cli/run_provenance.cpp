// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/run_provenance.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "models/base/error.h"
#include "sim/cli/program_build.h"
#include "sim/cli/version.h"
#include "sim/config/unit.h"

namespace bitloom {

namespace {

std::time_t date_of_run() {
    const char* fixed = std::getenv("SOURCE_DATE_EPOCH");
    if (fixed == nullptr || *fixed == '\0') return std::time(nullptr);
    constexpr std::int64_t year_9999 = 253402300799;
    const auto seconds = parse_integer(fixed, units::none);
    if (seconds.fault != NumberFault::none || seconds.value < 0 || seconds.value > year_9999)
        fail("SOURCE_DATE_EPOCH = {}: must be seconds since 1970, 0..{}", fixed, year_9999);
    return seconds.value;
}

std::string shell_word(const std::string& word) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-+=:,./@%^").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    quoted += '\'';
    return quoted;
}

}  // namespace

std::string shell_words(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += ' ';
        text += shell_word(word);
    }
    return text;
}

std::string host_text() {
    utsname name{};
    if (::uname(&name) != 0) return "unknown";
    const unsigned threads = std::thread::hardware_concurrency();
    return fmt::format("{}, {} {} {}, {} thread{}", name.nodename, name.sysname, name.release,
                       name.machine, threads, threads == 1 ? "" : "s");
}

RunProvenance provenance_of_run(const std::string& command) {
    return {std::string(program_version),
            std::string(program_commit()),
            program_build(),
            fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(date_of_run())),
            command,
            host_text()};
}

}  // namespace bitloom
