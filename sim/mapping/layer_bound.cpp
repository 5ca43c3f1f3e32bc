// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/layer_bound.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "models/array/convolution_tile.h"
#include "models/memory/dram_parameters.h"

namespace bitloom {

namespace {

double peak_bytes_per_cycle(const GemmChipConfig& config) {
    return dram_parameters(config.dram).peak_bytes_per_s() / static_cast<double>(config.clock_hz);
}

// Rows (or columns) of the input that the windows of `out` results read.
std::int64_t read_lines(std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t kernel,
                        std::int64_t dilation, std::int64_t pad) {
    std::vector<bool> read(static_cast<std::size_t>(in), false);
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int64_t k = 0; k < kernel; ++k)
            if (const std::int64_t i = o * stride - pad + k * dilation; i >= 0 && i < in)
                read[static_cast<std::size_t>(i)] = true;
    return std::count(read.begin(), read.end(), true);
}

}  // namespace

LayerBound layer_bound(const GemmView& view, const GemmChipConfig& config,
                       std::int64_t vector_cycles) {
    const Window& w = view.window;
    LayerBound bound;
    bound.array = view.batch * view.groups *
                  estimate_cycles(config.array, view.out_h * view.out_w, view.group_outputs(),
                                  view.k(), *view.activation, *view.weight);
    bound.vector = vector_cycles;
    const std::int64_t pixels = view.out_h * view.out_w;
    std::int64_t bytes = view.batch * weight_bytes(view, view.out_channels, view.k());
    if (!view.input_on_chip)
        bytes +=
            view.batch *
            read_lines(view.in_h, view.out_h, w.stride_h, w.kernel_h, w.dilation_h, w.pad_top) *
            read_lines(view.in_w, view.out_w, w.stride_w, w.kernel_w, w.dilation_w, w.pad_left) *
            packed_bytes(view.channels, view.activation_bits);
    if (!view.residual_on_chip)
        bytes += view.batch * pixels * view.out_channels * view.residual_bytes;
    if (!view.outputs_on_chip)
        for (const int bits : view.output_bits)
            bytes += view.batch * (pixels / (view.pool_h * view.pool_w)) *
                     packed_bytes(view.out_channels, bits);
    bytes += view.out_channels * parameter_bytes;
    bound.memory_bytes = bytes;
    const DramParameters& dram = dram_parameters(config.dram);
    const double transferring =
        1.0 - static_cast<double>(dram.trfc) / static_cast<double>(dram.trefi);
    // The last refresh interval may not have refreshed yet.
    const auto interval = static_cast<double>(dram.trfc * dram.clock_ps) * 1e-12 *
                          static_cast<double>(config.clock_hz);
    const double at_peak = static_cast<double>(bytes) / peak_bytes_per_cycle(config);
    bound.memory = static_cast<std::int64_t>(
        std::ceil(std::max(at_peak, at_peak / transferring - interval)));
    return bound;
}

std::string limiting_unit(const ProgramTiming& timing, const GemmChipConfig& config) {
    const auto memory = static_cast<std::int64_t>(static_cast<double>(timing.memory_bytes) /
                                                  peak_bytes_per_cycle(config));
    const std::pair<std::int64_t, const char*> units[] = {
        {timing.array_cycles, "array"}, {memory, "memory"}, {timing.vector_cycles, "vector unit"}};
    const auto* most =
        std::max_element(std::begin(units), std::end(units),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
    return 2 * most->first < timing.cycles ? "latency" : most->second;
}

std::string excess_cause(const GemmPlan& plan, const LayerBound& bound,
                         const GemmChipConfig& config) {
    const ProgramTiming& t = plan.timing;
    const double peak = peak_bytes_per_cycle(config);
    const std::int64_t ends = t.array_begin + (t.cycles - t.array_end);
    const std::int64_t fills = t.array_cycles - bound.array;
    const std::int64_t waits = t.array_end - t.array_begin - t.array_cycles;
    // While the array waits in between: for the memory or for the vector unit.
    const auto again =
        static_cast<std::int64_t>(static_cast<double>(t.memory_bytes - bound.memory_bytes) / peak);
    const std::int64_t most = std::max({ends, fills, waits});
    if (most == ends)
        return fmt::format("first operands {} cycles, last results {}: nothing to hide them behind",
                           t.array_begin, t.cycles - t.array_end);
    if (most == fills)
        return fmt::format("{} cycles of fills and drains of further array commands", fills);
    if (t.vector_cycles > bound.cycles())
        return fmt::format("vector unit works {} cycles", t.vector_cycles);
    const auto at_peak = static_cast<std::int64_t>(static_cast<double>(t.memory_bytes) / peak);
    if (again > waits / 2)
        return fmt::format(
            "buffers: {:.2f} x the operands and results move, {} cycles more",
            static_cast<double>(t.memory_bytes) / static_cast<double>(bound.memory_bytes), again);
    return fmt::format("memory at {:.0f} % of its peak: refreshes, rows, turnarounds",
                       100.0 * static_cast<double>(at_peak) / static_cast<double>(t.cycles));
}

}  // namespace bitloom
