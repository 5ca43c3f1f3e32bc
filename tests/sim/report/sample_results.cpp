// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/report/sample_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/random.h"

namespace bitloom::testing {

namespace {

// The run's totals from its layers, back to back.
void add_up(RunResult& result) {
    result.cycles = 0;
    result.energy_pj.clear();
    for (LayerResult& layer : result.layers) {
        layer.begin_cycle = result.cycles;
        result.cycles += layer.cycles;
        for (const auto& [component, pj] : layer.energy_pj) result.energy_pj[component] += pj;
    }
}

struct Conv {
    const char* name;
    int size, in, out, kernel, stride, bits;
};

LayerResult conv_layer(const Conv& conv, std::uint64_t index) {
    const RandomStream random(7, "sample");
    const double u = random.uniform(index);
    const int out_size = conv.size / conv.stride;
    LayerResult layer;
    layer.name = conv.name;
    layer.op = conv.size == 1 ? "gemm" : "conv2d";
    layer.shape = conv.size == 1
                      ? fmt::format("1x{}x{}", conv.out, conv.in)
                      : fmt::format("{}x{}x{} -> {}x{}x{}, {}x{}", conv.size, conv.size, conv.in,
                                    out_size, out_size, conv.out, conv.kernel, conv.kernel);
    layer.types = conv.bits == 8 ? "int8 x uint8 -> int16, uflint4"
                                 : (index % 3 == 0 ? "int4 x uflint4 -> int16, uflint4"
                                                   : "flint4 x uflint4 -> int16, uflint4");
    const std::int64_t pixels = std::int64_t{out_size} * out_size;
    layer.macs = pixels * conv.out * conv.in * conv.kernel * conv.kernel;
    layer.peak_macs_per_cycle = conv.bits == 8 ? 1024 : 4096;
    const double ideal = static_cast<double>(layer.macs) / layer.peak_macs_per_cycle;
    layer.array_cycles = static_cast<std::int64_t>(ideal * (1.04 + 0.2 * u)) + 200;
    layer.dram_bytes = (std::int64_t{conv.in} * conv.out * conv.kernel * conv.kernel * conv.bits +
                        std::int64_t{conv.size} * conv.size * conv.in * conv.bits) /
                           8 +
                       pixels * conv.out / 2;
    // 25.6 bytes a cycle from DRAM; what the array cannot hide is a stall.
    const auto load = static_cast<std::int64_t>(static_cast<double>(layer.dram_bytes) / 25.6);
    layer.stalls["operands"] = 900 + std::max<std::int64_t>(0, load - layer.array_cycles * 9 / 10);
    layer.stalls["output"] = static_cast<std::int64_t>(u * 900);
    layer.stalls["writeback"] = pixels * conv.out / 512;
    layer.stalls["vector"] = conv.stride == 2 ? pixels : 0;
    layer.cycles = layer.array_cycles;
    for (const auto& [cause, cycles] : layer.stalls) layer.cycles += cycles;
    layer.utilization = static_cast<double>(layer.macs) /
                        (layer.peak_macs_per_cycle * static_cast<double>(layer.cycles));
    const auto macs = static_cast<double>(layer.macs);
    layer.energy_pj = {{"dram", static_cast<double>(layer.dram_bytes) * 8 * 1.2},
                       {"weight_buffer", macs * 0.009},
                       {"input_buffer", macs * 0.014},
                       {"output_buffer", macs * 0.006},
                       {"array", macs * (conv.bits == 8 ? 0.19 : 0.047)},
                       {"decoder", conv.bits == 8 ? 0.0 : macs * 0.0011},
                       {"vector", static_cast<double>(pixels * conv.out) * 0.9},
                       {"leakage", static_cast<double>(layer.cycles) * 42.0}};
    layer.activity.add(conv.bits == 8 ? "array.mac8" : "array.mac4", layer.macs);
    layer.activity.add("dram.read_bits", layer.dram_bytes * 8);
    layer.sqnr_db = 24.0 - 0.45 * static_cast<double>(index) + 6.0 * u + (conv.bits == 8 ? 12 : 0);
    layer.cosine = 1.0 - std::pow(10.0, -*layer.sqnr_db / 10.0) / 2.0;
    layer.max_error = 0.125;
    return layer;
}

LayerResult pool_layer(const char* name, const char* shape, std::int64_t cycles,
                       std::optional<double> sqnr) {
    LayerResult layer;
    layer.name = name;
    layer.op = name[0] == 'm' ? "max_pool" : "average_pool";
    layer.shape = shape;
    layer.types = "int16 -> uflint4";
    layer.cycles = cycles;
    layer.stalls = {{"vector", cycles}};
    layer.energy_pj = {{"vector", static_cast<double>(cycles) * 28.0},
                       {"output_buffer", static_cast<double>(cycles) * 9.0},
                       {"leakage", static_cast<double>(cycles) * 42.0}};
    layer.sqnr_db = sqnr;
    return layer;
}

}  // namespace

RunResult small_result() {
    RunResult result;
    result.chip = "ant";
    result.network = "tiny \"<script>alert(1)</script>\" & co";
    result.scheme = "ant4";
    result.fidelity = "tile";
    result.promotion = Promotion{"int8", {"first"}, {"gemm"}, 0.9375, false};
    result.weight_layers = 14;
    result.trained_for = "w1a2";
    result.random_codes_seed = 7;
    result.check = ResultCheck{4352, 3};
    result.run = RunProvenance{"0.1.0",
                               "3f9ac27be401-dirty",
                               "0.1.0-3f9ac27be402",
                               "2026-11-28T21:05:00Z",
                               "bitloom run ant 'tiny <b>'",
                               "name, Linux 6.1.0 x86_64, 2 threads"};
    result.clock_hz = 1e9;

    LayerResult conv;
    conv.name = "conv,1 \"<b>\"";
    conv.op = "conv2d";
    conv.shape = "8x8x3 -> 8x8x16, 3x3";
    conv.types = "flint4 x uflint4 -> int16, uint4";
    conv.macs = 27648;
    conv.cycles = 512;
    conv.array_cycles = 432;
    conv.stalls = {{"operands", 48}, {"writeback", 32}};
    conv.utilization = 0.84375;
    conv.peak_macs_per_cycle = 64;
    conv.dram_bytes = 1024;
    conv.energy_pj = {
        {"array", 1024.5}, {"dram", 4096.25}, {"weight_buffer", 256.125}, {"leakage", 0.125}};
    conv.activity.add("array.mac4", 27648);
    conv.activity.add("dram.read_bits", 8192);
    conv.sqnr_db = 21.5;
    conv.cosine = 0.99609375;
    conv.max_error = 0.125;

    LayerResult pool;
    pool.name = "pool\r\n\x1b[31m";
    pool.op = "max_pool";
    pool.shape = "8x8x16 -> 4x4x16";
    pool.types = "int16 -> int16";
    pool.cycles = 64;
    pool.stalls = {{"vector", 64}};
    pool.energy_pj = {{"vector", 128.0}, {"leakage", 0.0}};
    pool.sqnr_db = std::numeric_limits<double>::infinity();

    LayerResult gemm;
    gemm.name = "a_layer_whose_name_is_far_too_long_for_any_terminal_and_is_elided_in_its_middle";
    gemm.op = "gemm";
    gemm.shape = "1x10x256";
    gemm.types = "int8 x uint8 -> int16";
    gemm.raised = true;
    gemm.macs = 2560;
    gemm.cycles = 1024;
    gemm.array_cycles = 256;
    gemm.stalls = {{"operands", 700}, {"refresh", 68}};
    gemm.utilization = 0.15625;
    gemm.peak_macs_per_cycle = 16;
    gemm.dram_bytes = 2560;
    gemm.energy_pj = {{"array", 512.0}, {"dram", 10240.0}, {"clock_tree", 8.0}};
    gemm.activity.add("array.mac8", 2560);
    gemm.accumulator_overflows = 3;

    result.layers = {conv, pool, gemm};
    add_up(result);
    result.area_mm2 = {{"array", 0.25}, {"weight_buffer", 0.75}};
    result.dram_bandwidth_bytes_per_s = 12.8e9;
    result.peak_macs_per_cycle = 64;
    result.accuracy.inputs = 360;
    result.accuracy.float_top1 = 0.96875;
    result.accuracy.chip_top1 = 0.953125;
    result.configuration = {{"array.rows", "8"}, {"name", "<i>, \"ant\""}};
    result.provenance = {{"seed", "1"}};
    result.notes = {"energy: 28 nm, </script> of a made-up table"};
    result.timeline = {{"dma.load", "conv,1 \"<b>\" tile 0", 0, 48},
                       {"array", "stall: operands", 0, 48},
                       {"array", "conv,1 tile 0", 48, 480},
                       {"dma.store", "conv,1 tile 0", 480, 512}};
    return result;
}

RunResult analog_result() {
    RunResult result = small_result();
    result.chip = "aon";
    result.dram_bandwidth_bytes_per_s = 0;
    for (LayerResult& layer : result.layers) {
        layer.energy_pj = {{"adc", 512.0}, {"cim_array", 0.125}, {"activation_sram", 8.0}};
        layer.dram_bytes = 0;
    }
    result.energy_pj = {{"adc", 1024.0}, {"cim_array", 0.25}, {"activation_sram", 16.0}};
    AnalogResult analog;
    analog.first_seed = 7;
    analog.seeds = 3;
    analog.arrays = 2;
    analog.mapped_share = 0.5;
    analog.non_zero_share = 0.375;
    analog.adc_energy = "walden <b>";
    analog.adc_conversion_pj = 8.5;
    analog.full_scale_cells = 4.25;
    analog.full_scale_source = "calibrated";
    analog.peak_tops = 2.0;
    analog.peak_tops_per_watt = 16.0;
    analog.read_out_cycles = 1234;
    analog.read_out_pj = 64.0;
    analog.devices = 1000;
    analog.program_attempts = 3000;
    const auto moment = [](double time_s, std::vector<double> top1, double rms) {
        AnalogMoment at;
        at.time_s = time_s;
        at.top1 = std::move(top1);
        at.saturated = 0.015625;
        at.weight_rms_error = rms;
        at.effective_bits = rms > 0 ? 3.5 : std::numeric_limits<double>::infinity();
        at.alpha = 1.25;
        at.energy_pj = {{"adc", 1024.0}, {"cim_array", 0.5}};
        return at;
    };
    analog.moments = {moment(0, {1.0, 0.75, 0.5}, 0.0), moment(86400, {0.5, 0.5, 0.5}, 0.03125),
                      moment(2 * 31536000.0, {}, 0.0625)};
    result.analog = analog;
    return result;
}

RunResult realistic_result() {
    static constexpr Conv convs[] = {
        {"conv1", 224, 3, 64, 7, 2, 8},
        {"layer1.0.conv1", 56, 64, 64, 3, 1, 4},
        {"layer1.0.conv2", 56, 64, 64, 3, 1, 4},
        {"layer1.1.conv1", 56, 64, 64, 3, 1, 4},
        {"layer1.1.conv2", 56, 64, 64, 3, 1, 4},
        {"layer2.0.conv1", 56, 64, 128, 3, 2, 4},
        {"layer2.0.conv2", 28, 128, 128, 3, 1, 4},
        {"layer2.0.downsample.0", 56, 64, 128, 1, 2, 8},
        {"layer2.1.conv1", 28, 128, 128, 3, 1, 4},
        {"layer2.1.conv2", 28, 128, 128, 3, 1, 4},
        {"layer3.0.conv1", 28, 128, 256, 3, 2, 4},
        {"layer3.0.conv2", 14, 256, 256, 3, 1, 4},
        {"layer3.0.downsample.0", 28, 128, 256, 1, 2, 8},
        {"layer3.1.conv1", 14, 256, 256, 3, 1, 4},
        {"layer3.1.conv2", 14, 256, 256, 3, 1, 8},
        {"layer4.0.conv1", 14, 256, 512, 3, 2, 4},
        {"layer4.0.conv2", 7, 512, 512, 3, 1, 4},
        {"layer4.0.downsample.0", 14, 256, 512, 1, 2, 8},
        {"fc", 1, 512, 1000, 1, 1, 8},
    };
    RunResult result;
    result.chip = "ant";
    result.network = "resnet18";
    result.scheme = "ant4";
    result.fidelity = "tile";
    result.clock_hz = 1e9;
    for (std::uint64_t i = 0; i < std::size(convs); ++i) {
        result.layers.push_back(conv_layer(convs[i], i));
        if (i == 0)
            result.layers.push_back(
                pool_layer("maxpool", "112x112x64 -> 56x56x64, 3x3", 25088, std::nullopt));
    }
    result.layers.insert(result.layers.end() - 1,
                         pool_layer("avgpool", "7x7x512 -> 1x1x512, 7x7", 784, 19.5));
    add_up(result);
    result.area_mm2 = {{"array", 0.327},       {"decoder", 0.0049},    {"weight_buffer", 1.05},
                       {"input_buffer", 1.05}, {"output_buffer", 2.1}, {"vector", 0.11}};
    result.dram_bandwidth_bytes_per_s = 25.6e9;
    result.peak_macs_per_cycle = 4096;
    result.accuracy = {1797, 0.9766, 0.9683, 0.9677};
    result.configuration = {{"array.rows", "64"},
                            {"array.columns", "64"},
                            {"array.dataflow", "os"},
                            {"buffer.weight_bytes", "262144"},
                            {"buffer.input_bytes", "262144"},
                            {"buffer.output_bytes", "524288"},
                            {"clock_ghz", "1"},
                            {"dram.bytes_per_cycle", "25.6"}};
    result.provenance = {
        {"program", "0.1.0"}, {"seed", "1"}, {"trace", "resnet18_ant4.safetensors"}};
    result.notes = {"energy: a made-up 28 nm table, for this test only"};
    return result;
}

RunResult random_result(std::uint64_t seed) {
    const RandomStream random(seed, "random_result");
    std::uint64_t index = 0;
    const auto below = [&](std::uint64_t bound) { return random.below(index++, bound); };
    const auto chance = [&] { return below(4) == 0; };
    const auto name = [&] {
        std::string text;
        for (std::uint64_t i = below(40); i > 0; --i) text += static_cast<char>(below(256));
        return text;
    };
    static constexpr const char* components[] = {"dram",   "array",   "input_buffer", "decoder",
                                                 "vector", "leakage", "strange"};
    static constexpr const char* causes[] = {"operands", "output", "vector", "writeback",
                                             "strange"};
    RunResult result;
    result.chip = name();
    result.network = name();
    result.clock_hz = chance() ? 0.0 : 5e8;
    for (std::uint64_t i = below(61); i > 0; --i) {
        LayerResult layer;
        layer.name = name();
        layer.op = "gemm";
        layer.shape = name();
        layer.types = name();
        layer.macs = chance() ? 0 : static_cast<std::int64_t>(below(1ULL << 40));
        layer.array_cycles = static_cast<std::int64_t>(below(1ULL << 30));
        layer.cycles = layer.array_cycles;
        for (const char* cause : causes)
            if (chance()) {
                layer.stalls[cause] = static_cast<std::int64_t>(below(1ULL << 30));
                layer.cycles += layer.stalls[cause];
            }
        layer.utilization = random.uniform(index++);
        layer.peak_macs_per_cycle = static_cast<double>(below(3)) * 1024;
        layer.dram_bytes = chance() ? 0 : static_cast<std::int64_t>(below(1ULL << 33));
        for (const char* component : components)
            if (!chance()) layer.energy_pj[component] = static_cast<double>(below(1ULL << 36)) / 8;
        layer.activity.add("array.mac4", layer.macs);
        if (!chance()) layer.sqnr_db = 60.0 * random.uniform(index++);
        layer.accumulator_overflows = chance() ? static_cast<std::int64_t>(below(9)) : 0;
        result.layers.push_back(std::move(layer));
    }
    add_up(result);
    if (chance()) result.accuracy.chip_top1 = random.uniform(index++);
    if (chance()) result.area_mm2["array"] = 1.5;
    if (!chance()) result.dram_bandwidth_bytes_per_s = 1e10;
    return result;
}

}  // namespace bitloom::testing
