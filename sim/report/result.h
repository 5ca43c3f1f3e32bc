// SPDX-License-Identifier: Apache-2.0
// What a run measured: the one structure that every report is written from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/energy/activity.h"
#include "sim/report/analog.h"

namespace bitloom {

// A span of time of one unit, for the timeline.
struct TimelineSpan {
    std::string unit;  // "dma.load", "array", "vector", "dma.store"
    std::string what;  // "conv1 tile 3", "stall: operands"
    std::int64_t begin_cycle = 0;
    std::int64_t end_cycle = 0;
};

struct LayerResult {
    std::string name;
    std::string op;         // "conv2d"
    std::string shape;      // "56x56x64 -> 56x56x64, 3x3", "128x64x64" (MxNxK) for gemm
    std::string types;      // "flint4 x uflint4 -> int16, uint4"
    std::int64_t macs = 0;  // useful multiply-accumulates
    std::int64_t begin_cycle = 0;
    std::int64_t cycles = 0;
    std::int64_t array_cycles = 0;     // cycles in which the array held a fold
    double utilization = 0.0;          // useful MAC slots / (PEs * cycles), 0..1
    double peak_macs_per_cycle = 0.0;  // of this layer's operand types
    std::int64_t bit_macs = 0;  // MACs x weight bits x activation bits; bit-serial chips only
    std::int64_t dram_bytes = 0;
    // cycles by cause; together with array_cycles they add up to `cycles`.
    // keys: "operands" (waiting for DMA loads), "output" (waiting for a free output buffer),
    // "vector" (array idle while the vector unit works), "writeback" (array idle, results leaving)
    std::map<std::string, std::int64_t> stalls;
    std::map<std::string, double> energy_pj;  // by component: "dram", "weight_buffer", ...,
                                              // "array", "decoder", "vector", "leakage"
    Activity activity;
    std::optional<double> sqnr_db;  // against the float reference
    std::optional<double> cosine;
    std::optional<double> max_error;
    std::int64_t accumulator_overflows = 0;
};

struct AccuracyResult {
    std::int64_t inputs = 0;           // size of the data set
    std::optional<double> float_top1;  // 0..1
    std::optional<double> quantized_top1;
    std::optional<double> chip_top1;
};

struct RunResult {
    std::string chip;  // "ant"
    std::string network;
    std::string scheme;
    std::string fidelity;                              // "tile"
    std::map<std::string, std::string> configuration;  // every resolved key and value
    std::map<std::string, std::string> provenance;
    std::vector<LayerResult> layers;
    std::vector<TimelineSpan> timeline;  // empty unless asked for
    double clock_hz = 0.0;
    std::int64_t cycles = 0;
    std::map<std::string, double> energy_pj;  // totals by component
    std::map<std::string, double> area_mm2;   // by component
    double dram_bandwidth_bytes_per_s = 0.0;  // theoretical peak, for the roofline
    double peak_macs_per_cycle = 0.0;         // 4-bit peak
    double peak_bit_macs_per_cycle = 0.0;     // one-bit products, bit-serial chips only
    // Further compute roofs for the roofline, by operand widths: {"8-bit", 1024}. The peaks of the
    // layers are drawn in any case.
    std::map<std::string, double> compute_roofs_macs_per_cycle;
    AccuracyResult accuracy;
    std::optional<AnalogResult> analog;  // analog chips alone
    std::vector<std::string> notes;      // shown under the tables: sources, assumptions, limits

    double latency_s() const { return clock_hz > 0 ? static_cast<double>(cycles) / clock_hz : 0.0; }
    // A rate is 0 where its divisor is 0 (no clock, no energy); reports then say "n/a".
    double total_energy_pj() const;   // sum of energy_pj
    std::int64_t total_macs() const;  // sum over the layers
    double tops() const;              // 2 * MACs / latency / 1e12
    // 2 * bit_macs / latency / 1e12: what BISMO calls binary operations. tops() counts logical
    // ones, as APNN-TC does.
    double binary_tops() const;
    double tops_per_watt() const;    // 2 * MACs / energy, in 1e12 operations a joule
    double energy_delay_js() const;  // J * s
};

}  // namespace bitloom
