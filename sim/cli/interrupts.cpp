// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/interrupts.h"

#include <iterator>

namespace bitloom {

volatile std::sig_atomic_t Interrupts::count_ = 0;

Interrupts::Interrupts() {
    count_ = 0;
    struct sigaction action = {};
    action.sa_handler = &Interrupts::on_signal;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < std::size(signals); ++i)
        ::sigaction(signals[i], &action, &before_[i]);
}

Interrupts::~Interrupts() {
    for (std::size_t i = 0; i < std::size(signals); ++i)
        ::sigaction(signals[i], &before_[i], nullptr);
}

void Interrupts::on_signal(int) {
    count_ = count_ + 1;
}

}  // namespace bitloom
