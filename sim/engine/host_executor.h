// SPDX-License-Identifier: Apache-2.0
// Runs a trace on the host with the chip's own arithmetic: the same codes, psums and words as the
// chip, without its time. For the accuracy over a data set, and as the reference of the chip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/engine/psum_source.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// Activations by name, each packed as in memory: vectors (last axis) that start on bytes.
using ActivationBytes = std::map<std::string, std::vector<std::byte>>;

class HostExecutor {
public:
    // Integer psums. The trace must hold its weights. accumulator_bits: 16..32.
    HostExecutor(const Trace& trace, int accumulator_bits);
    // Psums and parameters of another source.
    HostExecutor(const Trace& trace, std::shared_ptr<const PsumSource> source);
    ~HostExecutor();

    // Adds the result of every layer to `activations`, which holds the external inputs.
    // input_number: for the source of the psums. Thread-safe.
    void run(ActivationBytes& activations, std::uint64_t input_number = 0) const;

    // Share of the data set whose largest output (the first of equals) is at the label; over the
    // first `max_inputs` (< 0: all). Requires dataset tensors. The result does not depend on the
    // number of threads. progress(done, total) is called from several threads, one at a time.
    double accuracy(std::int64_t max_inputs,
                    const std::function<void(double done, double total)>& progress) const;

private:
    struct LayerState;
    const Trace trace_;
    const std::shared_ptr<const PsumSource> source_;
    std::vector<std::unique_ptr<LayerState>> layers_;
};

}  // namespace bitloom
