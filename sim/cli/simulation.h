// SPDX-License-Identifier: Apache-2.0
// Which trace is simulated and how: what `run` shares with a point of a sweep.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "sim/cli/workload.h"
#include "sim/engine/engine.h"

namespace bitloom {

struct SimulationOptions {
    std::string gemm;    // "128x128x512"; empty: a trace or network
    std::string layers;  // as select_layers takes them; empty: all
    std::string fidelity = "tile";
    std::int64_t inputs = 0;  // of the test set; 0: all
    std::string times;        // "25s,1d": analog chips; empty: the first read
    std::int64_t seeds = 1;   // analog chips
};

void declare_simulation(KeySet& keys, SimulationOptions& options);

// "128x64x256": M, N, K. Throws Error.
GemmShape parse_gemm(std::string_view text);

// The trace of a matrix product, of a trace file, or of a network. `network` is ignored with
// options.gemm. `keys` hold both options. Throws Error.
Trace simulation_trace(const std::filesystem::path& network, const SimulationOptions& options,
                       const WorkloadOptions& workload, const KeySet& keys, Progress& progress);

// Throws Error when an option was given that a chip of this kind does not take. `keys` hold the
// options.
void refuse_chip_options(const ChipDescription& chip, const KeySet& keys);

// What run_chip takes, without the outputs that a user asks for. Throws Error for layers that the
// trace does not have.
RunOptions run_options(const SimulationOptions& options, const WorkloadOptions& workload,
                       const Trace& trace);

}  // namespace bitloom
