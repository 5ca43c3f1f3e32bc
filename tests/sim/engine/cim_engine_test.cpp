// SPDX-License-Identifier: Apache-2.0
// Networks on analog chips: exactness without noise, energy, compensation, independence of threads.
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/cim/device/conductance.h"
#include "models/numeric/format.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/chip_keys.h"
#include "sim/engine/chip_run.h"
#include "sim/engine/cim_psums.h"
#include "sim/engine/cim_report.h"
#include "sim/engine/engine.h"
#include "sim/report/json.h"
#include "tests/property/random_network.h"
#include "tests/support/in_child.h"
#include "workloads/import/load.h"
#include "workloads/quantize/quantize.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom::test {
namespace {

using Json = nlohmann::json;

ChipDescription aon(const KeyValues& keys) {
    return chip_with(keys, ArrayKind::analog);
}

// The trace with every weight of the lowest code raised by one: pairs are symmetric.
Trace symmetric(const Trace& trace) {
    std::map<std::string, Tensor> tensors;
    for (const std::string& name : trace.tensor_names()) {
        const TensorView view = trace.tensor(name);
        tensors[name] = {view.type, view.shape, {view.bytes.begin(), view.bytes.end()}};
    }
    for (const Layer& layer : trace.manifest().layers) {
        if (!layer.weights) continue;
        const Format& f = format(layer.weights->format);
        std::vector<std::uint8_t> codes = trace.weight_codes(layer);
        for (std::uint8_t& code : codes)
            if (f.value(code) == f.min_value())
                code = static_cast<std::uint8_t>(f.encode(f.min_value() + 1));
        tensors[layer.weights->tensor].bytes = pack_codes(codes, f.bits());
    }
    return Trace::from_memory(trace.manifest(), std::move(tensors));
}

// Operands that an input converter of 8 bits takes as they are.
bool fits_eight_bits(const Trace& trace) {
    for (const Layer& layer : trace.manifest().layers) {
        if (!layer.weights) continue;
        const std::string& name = trace.manifest().activation(layer.inputs[0]).format;
        if (name == "int8" || name == "uint8") return false;
    }
    return true;
}

// T1: with a code for every value, an ideal chip gives the bytes of the integer reference, however
// the weights are cut, sliced and fed.
TEST(CimEngine, WithoutNoiseItIsTheIntegerReference) {
    int networks = 0;
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        const Trace trace = symmetric(random_network_trace(seed, ArrayKind::analog));
        if (!fits_eight_bits(trace)) continue;
        ++networks;
        CimChipConfig config = aon({}).cim();
        config.crossbar.device = "ideal";
        config.crossbar.wire_ohm = 0;
        config.mvm.read_noise = 0;
        config.mvm.adc.kind = AdcKind::ideal;
        config.compensation = DriftCompensation::none;
        config.fraction_bits = 0;
        ArrayGeometry& geometry = config.crossbar.geometry;
        geometry.most_arrays = 0;
        geometry.rows = std::array{32, 100, 1024}[seed % 3];
        geometry.columns = 64;
        geometry.cell_bits = std::array{7, 2, 3, 1}[seed / 3 % 4];
        config.mvm.dac.mode =
            std::array{InputMode::pwm, InputMode::split_pwm, InputMode::bit_serial}[seed / 12 % 3];
        const std::int64_t most =
            geometry.rows * longest_pulse(config.mvm.dac) * ((1 << geometry.cell_bits) - 1);
        // Enough for the sums of these small networks, few enough for the accumulator.
        config.mvm.adc.bits =
            std::min(23, 2 + static_cast<int>(std::bit_width(static_cast<std::uint64_t>(most))));
        bool from_dataset = false;
        const ActivationBytes inputs = external_activations(trace, seed, from_dataset);
        std::optional<CimModel> model;
        for (;; --config.mvm.adc.bits) try {
                model.emplace(trace, config, inputs);
                break;
            } catch (const Error& error) {  // the accumulator is too narrow for so many codes
                ASSERT_NE(std::string(error.what()).find("accumulator"), std::string::npos)
                    << error.what();
            }
        const CimProgrammed chip(*model, seed);
        const double full_units = conductance_units_per_g_max;
        for (std::size_t i = 0; i < model->full_scale.size(); ++i)  // one code is one product
            model->full_scale[i] = largest_code(config.mvm.adc) /
                                   (longest_pulse(config.mvm.dac) * full_units) *
                                   chip.weights().layers()[i].units_per_code;
        const CimMoment moment(chip, 0);
        for (std::size_t i = 0; i < model->full_scale.size(); ++i)
            ASSERT_EQ(moment.mvm().code_value(i), 1.0);
        ActivationBytes analog = inputs, exact = inputs;
        const auto psums = std::make_shared<CimPsums>(moment);
        HostExecutor(trace, psums).run(analog);
        for (const CimCounts& counts : psums->counts()) ASSERT_EQ(counts.saturated, 0) << seed;
        HostExecutor(trace, 32).run(exact);
        for (const auto& [name, bytes] : exact)
            ASSERT_EQ(analog.at(name), bytes) << "seed " << seed << " '" << name << "'";
    }
    EXPECT_GE(networks, 12);
}

RunResult run(const Trace& trace, const KeyValues& keys, RunOptions options = {}) {
    return run_chip(aon(keys), trace, options);
}

Trace one_layer() {
    return gemm_trace(40, 100, 300, "int8", "int8", 3);
}

// Runs in a child: a kernel a process.
Json json_of(const Trace& trace, const KeyValues& keys, const RunOptions& options = {}) {
    const std::string text = in_child([&] { return to_json(run(trace, keys, options)); });
    EXPECT_TRUE(text.starts_with("{")) << text;
    return Json::parse(text);
}

// T20: the array's energy is V^2 times the sum of conductance times pulse length, exactly.
TEST(CimEngine, TheArraysEnergyIsThatOfItsCurrents) {
    for (const double voltage : {0.2, 0.4}) {
        const Json result = json_of(
            one_layer(), {{"dac.voltage", std::to_string(voltage)}, {"dac.tick_cycles", "3"}});
        const auto ticks = result.at("activity_events").at("cim_array.unit_tick").get<double>();
        ASSERT_GT(ticks, 0);
        const double siemens = 25e-6 / (1 << 20);
        EXPECT_DOUBLE_EQ(result.at("energy_by_component_pj").at("cim_array").get<double>(),
                         voltage * voltage * siemens * 3e-9 * ticks * 1e12);
    }
}

TEST(CimEngine, EnergyAddsUpOverLayersAndComponents) {
    const Json result = json_of(random_network_trace(5, ArrayKind::analog),
                                {{"array.most_arrays", "0"}, {"activation_sram.bytes", "1MiB"}});
    double layers = 0, components = 0;
    for (const Json& layer : result.at("layers")) layers += layer.at("energy_pj").get<double>();
    for (const auto& [name, pj] : result.at("energy_by_component_pj").items())
        components += pj.get<double>();
    EXPECT_NEAR(layers, components, 1e-9 * components);
    EXPECT_NEAR(result.at("energy_pj").get<double>(), components, 1e-9 * components);
}

// Converters and drivers cost the same whatever the data; without inputs the arrays cost nothing.
TEST(CimEngine, ZeroInputsLeaveTheFixedPartAndTheConversions) {
    const Trace trace = one_layer();
    std::map<std::string, Tensor> tensors;
    for (const std::string& name : trace.tensor_names()) {
        const TensorView view = trace.tensor(name);
        tensors[name] = {view.type, view.shape, {view.bytes.begin(), view.bytes.end()}};
    }
    const Shape shape = trace.manifest().activation(trace.manifest().input).shape;
    tensors["reference/input"] =
        Tensor::of<float>(TensorType::f32, shape,
                          std::vector<float>(static_cast<std::size_t>(element_count(shape)), 0.0f));
    const Trace zeros = Trace::from_memory(trace.manifest(), std::move(tensors));
    const KeyValues keys = {{"adc.full_scale", "5"}, {"compensation.read_out", "none"}};
    const Json with = json_of(trace, keys), without = json_of(zeros, keys);
    const auto energy = [](const Json& result, const char* component) {
        const Json& all = result.at("energy_by_component_pj");
        return all.contains(component) ? all.at(component).get<double>() : 0.0;
    };
    EXPECT_GT(energy(with, "cim_array"), 0);
    EXPECT_EQ(energy(without, "cim_array"), 0);
    for (const char* component : {"adc", "dac", "shift_add", "activation_sram", "leakage"})
        EXPECT_EQ(energy(without, component), energy(with, component)) << component;
}

// A converter that is priced by time costs in proportion to its phase, others do not.
TEST(CimEngine, ConversionsPricedByTimeAreLinearInIt) {
    const auto price = [](const char* ticks, const char* energy) {
        return chip_costs(aon({{"dac.tick_cycles", ticks}, {"adc.energy", energy}}))
            .table.require_event("adc.conversion")
            .value;
    };
    EXPECT_DOUBLE_EQ(price("1", "aon") / 130, price("4", "aon") / (127 * 4 + 3));
    EXPECT_DOUBLE_EQ(price("1", "cco_silicon") / 130, price("4", "cco_silicon") / (127 * 4 + 3));
    EXPECT_EQ(price("1", "walden"), price("4", "walden"));
    EXPECT_DOUBLE_EQ(price("1", "walden"), 0.0339 * 256);
    EXPECT_DOUBLE_EQ(price("1", "isaac"), 1.5625);
}

// The table is calibrated on E = 3.66 nJ + 0.1418 nJ/ns T of a product of a full array.
TEST(CimEngine, AFullArrayIsOnTheLineOfThePublishedPeaks) {
    const Trace trace = one_layer();
    for (const auto& [bits, tops, per_watt] :
         {std::tuple(8, 2.016, 13.55), std::tuple(6, 7.710, 45.55),
          std::tuple(4, 26.214, 112.44)}) {
        const Json analog =
            json_of(trace, {{"dac.bits", std::to_string(bits)}, {"adc.bits", std::to_string(bits)}})
                .at("analog");
        EXPECT_NEAR(analog.at("peak_tops").get<double>(), tops, 0.0005);
        EXPECT_NEAR(analog.at("peak_tops_per_watt").get<double>() / per_watt, 1.0, 0.01) << bits;
    }
}

// T10: the factor undoes the mean drift of the devices: 1.29 after an hour, 1.51 after a day and
// 2.00 after a year for weights like a clipped Gaussian's (closed forms of the device model); a
// chip that does not drift is left alone.
TEST(CimEngine, CompensationFollowsTheDrift) {
    RunOptions options;
    options.times_s = {0, 3600, 86400, 365 * 86400.0};
    options.accuracy = false;
    const Json moments =
        json_of(one_layer(), {{"array.wire_ohm", "0"}, {"adc.bits", "10"}}, options)
            .at("analog")
            .at("moments");
    const double expected[] = {1.0, 1.29, 1.50, 2.0};
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(moments[i].at("alpha").get<double>(), expected[i], 0.03) << i;
    EXPECT_EQ(moments[0].at("alpha").get<double>(), 1.0);
    const Json ideal =
        json_of(one_layer(), {{"array.device", "ideal"}}, options).at("analog").at("moments");
    for (const Json& moment : ideal) EXPECT_NEAR(moment.at("alpha").get<double>(), 1.0, 1e-12);
    EXPECT_EQ(json_of(one_layer(), {{"compensation.read_out", "none"}}, options)
                  .at("analog")
                  .at("compensation_read_out_cycles"),
              0);
}

// The current of all devices tells the drift whatever the width of the converters, which cannot
// resolve single weights.
TEST(CimEngine, TheTotalCurrentTellsTheDriftToNarrowConvertersToo) {
    RunOptions options;
    options.times_s = {0, 86400};
    options.accuracy = false;
    for (const char* bits : {"4", "8"}) {
        const Json moments = json_of(one_layer(),
                                     {{"dac.bits", bits},
                                      {"adc.bits", bits},
                                      {"compensation.read_out", "total_current"}},
                                     options)
                                 .at("analog")
                                 .at("moments");
        EXPECT_EQ(moments[0].at("alpha").get<double>(), 1.0);
        EXPECT_NEAR(moments[1].at("alpha").get<double>(), 1.50, 0.03) << bits;
    }
}

// A read-out by one-hot inputs is a product a row: its cycles are theirs.
TEST(CimEngine, TheReadOutIsCharged) {
    RunOptions options;
    options.accuracy = false;
    const auto cycles = [&](const char* read_out) {
        const Json analog =
            json_of(one_layer(), {{"compensation.read_out", read_out}}, options).at("analog");
        EXPECT_GT(analog.at("compensation_read_out_pj").get<double>(), 0);
        return analog.at("compensation_read_out_cycles").get<std::int64_t>();
    };
    EXPECT_EQ(cycles("one_hot"), 300 * 130);
    EXPECT_EQ(cycles("common_input"), 130);
    EXPECT_EQ(cycles("total_current"), 130);
}

// Devices lose conductance: the same inference costs less current later.
TEST(CimEngine, TheArrayCostsLessAsItDrifts) {
    RunOptions options;
    options.times_s = {0, 86400};
    options.accuracy = false;
    const Json moments = json_of(one_layer(), {}, options).at("analog").at("moments");
    const auto array = [&](std::size_t i) {
        return moments[i].at("energy_by_component_pj").at("cim_array").get<double>();
    };
    EXPECT_LT(array(1), 0.75 * array(0));
    EXPECT_GT(array(1), 0.55 * array(0));
}

QuantizeResult digits() {
    const std::string folder = BITLOOM_SOURCE_DIR "/workloads/zoo/digits";
    QuantizeOptions options;
    options.scheme = "int8";
    options.evaluate = false;
    return quantize(load_network(folder), load_dataset(folder), options);
}

// T2: the same bytes for any number of threads.
TEST(CimEngine, ResultsDoNotDependOnThreads) {
    const auto with_threads = [](std::size_t threads) {
        return in_child([threads] {
            const tbb::global_control control(tbb::global_control::max_allowed_parallelism,
                                              threads);
            RunOptions options;
            options.times_s = {0, 86400};
            options.seeds = 3;
            options.max_inputs = 20;
            return to_json(run(digits().trace, {}, options));
        });
    };
    const std::string one = with_threads(1);
    ASSERT_TRUE(one.starts_with("{")) << one.substr(0, 200);
    EXPECT_EQ(with_threads(2), one);
    EXPECT_EQ(with_threads(5), one);
}

// A chip of a seed is the same chip alone and among others.
TEST(CimEngine, ASeedIsAChip) {
    RunOptions options;
    options.seeds = 3;
    options.seed = 4;
    options.max_inputs = 40;
    options.times_s = {30 * 86400.0};
    const Trace trace = digits().trace;
    const Json all = json_of(trace, {}, options).at("analog").at("moments")[0];
    options.seeds = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        options.seed = 4 + i;
        EXPECT_EQ(
            json_of(trace, {}, options).at("analog").at("moments")[0].at("accuracy_by_seed")[0],
            all.at("accuracy_by_seed")[i]);
    }
}

// Digits on ideal devices lose nothing to the converters; on PCM little at first, and more with
// time unless it is compensated.
TEST(CimEngine, AccuracyFallsWithTimeAndMoreWithoutCompensation) {
    RunOptions options;
    options.times_s = {0, 365 * 86400.0};
    options.seeds = 2;
    options.max_inputs = 200;
    const Trace trace = digits().trace;
    const auto accuracy = [&](const KeyValues& keys) {
        std::vector<double> means;
        const Json moments = json_of(trace, keys, options).at("analog").at("moments");
        for (const Json& moment : moments)
            means.push_back(moment.at("accuracy_mean").get<double>());
        return means;
    };
    const auto ideal =
        accuracy({{"array.device", "ideal"}, {"array.wire_ohm", "0"}, {"array.read_noise", "0"}});
    EXPECT_GE(ideal[0], 0.99);
    EXPECT_EQ(ideal[0], ideal[1]);
    const auto pcm = accuracy({});
    EXPECT_GE(pcm[0], 0.97);
    EXPECT_GE(pcm[0], pcm[1]);
    EXPECT_GE(pcm[1], 0.85);
    EXPECT_LT(accuracy({{"compensation.read_out", "none"}})[1], 0.5);
}

std::string error_of(const Trace& trace, const KeyValues& keys, const RunOptions& options = {}) {
    try {
        run(trace, keys, options);
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

TEST(CimEngine, RefusesWhatItCannotRun) {
    EXPECT_EQ(error_of(gemm_trace(4, 4, 4, "flint4", "int8", 1), {}),
              "layer 'gemm': flint4 weights: pairs of devices hold integers: must be int2..int8");
    EXPECT_EQ(error_of(gemm_trace(4, 4, 4, "int8", "pot4", 1), {}),
              "layer 'gemm': pot4 activations: input converters take integers: must be int2..int8 "
              "or uint2..uint8");
    EXPECT_EQ(error_of(gemm_trace(4, 600, 2000, "int8", "int8", 1), {}),
              "layer 'gemm' (2000 x 600 weights): no room on 1 arrays of 1024 x 512 pairs: the "
              "network needs 3");
    EXPECT_EQ(
        error_of(gemm_trace(400, 100, 900, "int8", "int8", 1), {}),
        "activation_sram.bytes = 262144: layer 'gemm': no room for the 360000 bytes of 'input' "
        "beside what is still needed");
    RunOptions options;
    options.times_s = {11 * 365 * 86400.0};
    EXPECT_EQ(error_of(one_layer(), {}, options),
              "time = 346896000 s: device pcm: must be 0..315360000");
    options.times_s = {};
    options.fidelity = "rtl";
    EXPECT_EQ(error_of(one_layer(), {}, options),
              "chip 'aon_cim': fidelity rtl: the arrays are analog; the Verilog of its digital "
              "parts is compared by bitloom verify; allowed here: tile pe");
    options.fidelity = "pe";
    options.vcd = "a.vcd";
    EXPECT_EQ(error_of(one_layer(), {}, options),
              "chip 'aon_cim': waveform a.vcd: an analog chip has none");
}

TEST(CimEngine, ADigitalChipHasNoTimesAndSeeds) {
    RunOptions options;
    options.seeds = 2;
    try {
        run_chip(chip_with({}), gemm_trace(4, 4, 4, "int4", "int4", 1), options);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "chip 'ant': is digital: its results do not depend on time or chance");
    }
}

}  // namespace
}  // namespace bitloom::test
