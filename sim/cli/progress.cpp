// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace bitloom {

namespace {

constexpr std::size_t name_width = 28;
constexpr int bar_width = 24;
constexpr std::string_view clear_line = "\r\x1b[K";

}  // namespace

std::string duration_text(double seconds) {
    const auto whole = static_cast<long long>(std::ceil(std::min(seconds, 359999.0)));
    if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string progress_line(std::string_view what, double done, double total, double per_second,
                          std::optional<double> seconds_left) {
    const double part = total > 0.0 ? std::clamp(done / total, 0.0, 1.0) : 0.0;
    const int filled = static_cast<int>(part * bar_width);
    std::string line =
        fmt::format("{:<{}} [{:#<{}}{:.<{}}] {:3.0f} %", what.substr(0, name_width), name_width, "",
                    filled, "", bar_width - filled, std::floor(part * 100.0));
    if (seconds_left)
        line += fmt::format("  {:.{}f}/s  {} left", per_second, per_second < 100.0 ? 1 : 0,
                            duration_text(*seconds_left));
    return line;
}

void Progress::update(std::string_view what, double done, double total) {
    if (!write_) return;
    const std::lock_guard lock(mutex_);
    const double now = clock_();
    if (!start_time_ || done < last_done_ || total != total_) {
        start_time_ = now;
        start_done_ = done;
        total_ = total;
    }
    last_done_ = done;
    if (last_draw_ && now - *last_draw_ < redraw_interval_s) return;
    last_draw_ = now;
    const double elapsed = now - *start_time_;
    const double advanced = done - start_done_;
    const double per_second = elapsed > 0.0 ? advanced / elapsed : 0.0;
    std::optional<double> left;
    if (per_second > 0.0) left = std::max(0.0, total - done) / per_second;
    write_(fmt::format("\r{}\x1b[K", progress_line(what, done, total, per_second, left)));
    drawn_ = true;
}

void Progress::clear() {
    const std::lock_guard lock(mutex_);
    if (drawn_) write_(clear_line);
    drawn_ = false;
    start_time_.reset();
    last_draw_.reset();
}

Progress::Write terminal_writer(std::FILE* stream) {
    if (::isatty(::fileno(stream)) == 0) return {};
    return [stream](std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stream);
        std::fflush(stream);
    };
}

Progress::Clock steady_clock_seconds() {
    return [] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    };
}

}  // namespace bitloom
