// SPDX-License-Identifier: Apache-2.0
// Runs a function for each of many points, each in a forked child of its own, several at a time.
// Nothing that a point does (an exception, a crash, no end, too much memory) reaches the caller or
// another point: it becomes that point's outcome.
//
// A child has copies of all the caller's memory and its open files: it must not touch a database
// connection, and it ends without running destructors or exit handlers. Its standard output is
// dropped, its standard error kept for the message of a crash. It dies with the caller, however
// that ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace bitloom {

enum class PointEnd {
    result,   // the function returned
    error,    // it threw Error: a mistake in the user's input
    fault,    // it threw something else: a fault of the program
    crash,    // a signal, or it left the process
    timeout,  // killed after the time limit
    memory,   // it ran out of the memory limit
    stopped,  // killed because the caller wanted to stop
};

struct PointOutcome {
    std::size_t index = 0;
    PointEnd end = PointEnd::crash;
    std::string result;           // what the function returned
    std::string message;          // where it did not; stands alone, a line a problem
    double seconds = 0.0;         // wall clock, from fork to end
    std::int64_t peak_bytes = 0;  // largest resident memory
};

struct PoolOptions {
    std::size_t jobs = 1;           // children at a time, >= 1
    double timeout_s = 0.0;         // a point; 0: none
    std::int64_t memory_bytes = 0;  // of address space a child, all of the caller's included; 0: no
                                    // limit
    // Asked at least ten times a second. stop: kill and return; drain: start no further child.
    std::function<bool()> stop, drain;
};

// Calls `work(index)` in a child for each index, started in the order given, and `done` here in the
// order in which they end. `done` may throw: the children are killed and the exception leaves.
// Returns whether all were run. The caller must have no other thread: a forked child has none of
// them, but all their locks (InternalError). Throws Error when no process can be started.
bool run_points(std::span<const std::size_t> indices, const PoolOptions& options,
                const std::function<std::string(std::size_t)>& work,
                const std::function<void(const PointOutcome&)>& done);

}  // namespace bitloom
