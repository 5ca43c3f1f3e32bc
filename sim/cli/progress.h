// SPDX-License-Identifier: Apache-2.0
// One line that shows how far a long task is, with its rate and the time left.
#pragma once

#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace bitloom {

// "conv1             [#########...........]  45 %   12.3/s  0:42 left"
// `seconds_left` is nothing when no rate is known yet.
std::string progress_line(std::string_view what, double done, double total, double per_second,
                          std::optional<double> seconds_left);

// "0:42", "1:02:03"; seconds are rounded up.
std::string duration_text(double seconds);

// Thread-safe. Redraws at most 10 times a second; a task is over when done reaches its total, and
// starts anew when done falls or the total changes.
class Progress {
public:
    using Write = std::function<void(std::string_view)>;
    using Clock = std::function<double()>;  // seconds, never falling

    // Without `write` nothing is ever drawn: output that is not a terminal.
    Progress(Write write, Clock clock) : write_(std::move(write)), clock_(std::move(clock)) {}
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(std::string_view what, double done, double total);
    void clear();  // removes the line, so that other output can follow

    static constexpr double redraw_interval_s = 0.1;

private:
    Write write_;
    Clock clock_;
    std::mutex mutex_;
    bool drawn_ = false;
    std::optional<double> last_draw_;
    std::optional<double> start_time_;
    double start_done_ = 0.0, last_done_ = 0.0, total_ = 0.0;
};

// Draws on the stream's terminal; draws nothing when the stream is a file or a pipe.
Progress::Write terminal_writer(std::FILE* stream);
Progress::Clock steady_clock_seconds();

}  // namespace bitloom
