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
#include "sim/report/layer_mapping.h"
#include "workloads/trace/promotion.h"

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
    bool raised = false;               // kept in wider integers than the scheme and its rule say
    std::int64_t array_cycles = 0;     // cycles in which operands stream through the array
    double utilization = 0.0;          // useful MAC slots / (PEs * cycles), 0..1
    double peak_macs_per_cycle = 0.0;  // of this layer's operand types
    std::int64_t bit_macs = 0;  // MACs x weight bits x activation bits; bit-serial chips only
    std::int64_t dram_bytes = 0;
    // cycles by cause; together with array_cycles they add up to `cycles`.
    // keys: "operands" (waiting for DMA loads), "output" (waiting for a free output buffer),
    // "fill_drain" (a fold in the array, but no operand enters: weights load, sums move out),
    // "scratchpad_bandwidth", "vector" (array idle while the vector unit works), "writeback" (array
    // idle, results leaving)
    std::map<std::string, std::int64_t> stalls;
    std::map<std::string, double> energy_pj;  // by component: "dram", "weight_buffer", ...,
                                              // "array", "decoder", "vector", "leakage"
    Activity activity;
    // Against the float reference; +infinity: equal to it. Absent: not measured.
    std::optional<double> sqnr_db;
    std::optional<double> cosine;
    std::optional<double> max_error;
    std::int64_t accumulator_overflows = 0;
    std::optional<LayerMapping> mapping;  // when asked for
};

struct AccuracyResult {
    std::int64_t inputs = 0;  // size of the data set
    // 0..1. Of a network that was trained for a scheme: of the trained weights, without the
    // rounding of activations.
    std::optional<double> float_top1;
    std::optional<double> quantized_top1;
    std::optional<double> chip_top1;
};

// Which program made a result, when and where. All that differs between equal runs is here.
struct RunProvenance {
    std::string version;  // "0.1.0"
    std::string commit;   // "3f9ac27be401-dirty"
    std::string build;    // "0.1.0-3f9ac27be401", by the content of the program's file
    std::string date;     // "2026-11-28T21:05:00Z", UTC
    std::string command;  // "bitloom run ant zoo/digits", as a shell reads it
    std::string host;     // "name, Linux 6.1.0 x86_64, 2 threads"
};

// What `--check` compared with the host's integer executor, value by value; all were equal.
struct ResultCheck {
    std::int64_t values = 0;
    std::int64_t layers = 0;
};

// Under which the silicon works: results of others are not to be compared without a word.
struct OperatingConditions {
    double node_nm = 0;
    double voltage_v = 0;  // of the digital part
    double temperature_k = 0;
    std::string device;                 // transistors of the memories: "lop"
    double sram_leakage_mw_per_kb = 0;  // what they leak at 28 nm, CACTI's points
};

struct RunResult {
    std::string chip;  // "ant"
    std::string network;
    std::string scheme;
    std::optional<Promotion> promotion;  // of its layers, of the whole network
    std::int64_t weight_layers = 0;      // layers with weights, of the whole network
    std::string trained_for;             // the scheme; empty: the network was trained in float
    std::optional<std::int64_t> random_codes_seed;   // weights are random; absent: a network's
    std::optional<std::int64_t> random_inputs_seed;  // inputs are random; absent: of a data set
    // The host's integer executor was compared with: values and layers that were equal.
    std::optional<ResultCheck> check;
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
    std::optional<OperatingConditions> conditions;
    std::optional<AnalogResult> analog;  // analog chips alone
    std::optional<RunProvenance> run;
    std::vector<std::string> notes;  // shown under the tables: sources, assumptions, limits

    double latency_s() const { return clock_hz > 0 ? static_cast<double>(cycles) / clock_hz : 0.0; }
    // A rate is 0 where its divisor is 0 (no clock, no energy); reports then say "n/a".
    double total_energy_pj() const;   // sum of energy_pj
    double leakage_share() const;     // of the energy, 0..1
    std::int64_t total_macs() const;  // sum over the layers
    double tops() const;              // 2 * MACs / latency / 1e12
    // 2 * bit_macs / latency / 1e12: what BISMO calls binary operations. tops() counts logical
    // ones, as APNN-TC does.
    double binary_tops() const;
    double tops_per_watt() const;    // 2 * MACs / energy, in 1e12 operations a joule
    double energy_delay_js() const;  // J * s
};

}  // namespace bitloom
