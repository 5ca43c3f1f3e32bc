// SPDX-License-Identifier: Apache-2.0
// The share of the processor that one of several children may take.
#pragma once

#include <tbb/global_control.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <thread>

namespace bitloom {

// Threads that the machine runs at a time; at least 1.
inline std::size_t processor_threads() {
    return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

// While the result lives, this process computes with its part of the threads of the machine on
// which `processes` do.
inline std::unique_ptr<tbb::global_control> limit_threads(std::size_t processes) {
    return std::make_unique<tbb::global_control>(
        tbb::global_control::max_allowed_parallelism,
        std::max<std::size_t>(1, processor_threads() / std::max<std::size_t>(1, processes)));
}

}  // namespace bitloom
