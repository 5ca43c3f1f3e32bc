// SPDX-License-Identifier: Apache-2.0
// Runs a trace on a chip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/chip_description.h"
#include "sim/report/result.h"
#include "workloads/trace/trace.h"

namespace bitloom {

class SimulationCache;

struct RunOptions {
    std::string fidelity = "tile";  // "tile", "pe" or "rtl"
    std::filesystem::path vcd;      // waveform of the array, of fidelity pe or rtl; empty: none
    // Of random activation codes, where the trace has no input; of the first analog chip.
    std::uint64_t seed = 1;
    // Analog chips alone: times since the first read, for which the chip is evaluated (empty: 0),
    // and chips that are programmed, each with a seed of its own.
    std::vector<double> times_s;
    std::int64_t seeds = 1;
    std::int64_t max_inputs = -1;  // of the data set; < 0: all
    bool accuracy = true;          // run the data set, where the trace has one
    bool timeline = false;
    bool check = true;                // compare every stored result with the host's reference
    std::vector<std::string> layers;  // names; empty: all. The others are computed, not simulated
    std::vector<std::string> explained;  // names of layers whose mapping is explained
    std::function<void(std::string_view what, double done, double total)> progress;
    // GEMM chips: where to look for the simulation, and what names the content of the trace.
    SimulationCache* simulations = nullptr;
    std::string trace_content;
};

// Throws Error where run_chip would because a layer does not fit the chip's buffers, without the
// layer's codes: `trace` may have shapes only. Digital chips; says nothing about analog ones.
void check_fit(const ChipDescription& chip, const Trace& trace,
               const std::vector<std::string>& layers);

// Elaborates the chip and its memory in this process's SystemC kernel: once a process.
// Throws Error for a trace or a chip that cannot run ("layer 'x': ..."); InternalError when the
// chip's results differ from the host's integer reference.
RunResult run_chip(const ChipDescription& chip, const Trace& trace, const RunOptions& options);

}  // namespace bitloom
