// SPDX-License-Identifier: Apache-2.0
// Ctrl-C as a question that a long task asks, instead of its end.
#pragma once

#include <csignal>

namespace bitloom {

// While it lives, SIGINT, SIGTERM and SIGHUP are counted. One object at a time.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    static int count() { return count_; }

private:
    static constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP};
    static void on_signal(int);

    static volatile std::sig_atomic_t count_;
    struct sigaction before_[3] = {};
};

}  // namespace bitloom
