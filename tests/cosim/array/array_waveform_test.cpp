// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/cosim/array/command_runner.h"
#include "tests/cosim/array/vcd_file.h"
#include "tests/models/array/array_bench.h"

namespace bitloom {
namespace {

using test::ArrayCase;
using test::Dice;
using test::Waveform;

ArrayCase gemm_case(Dice& dice, const char* activation, const char* weight, std::int64_t m,
                    std::int64_t n, std::int64_t k) {
    ConvolutionTile tile;
    tile.out_h = tile.band_h = m;
    tile.channels = tile.group_channels = tile.k_end = k;
    tile.n = n;
    tile.activation_bits = format(activation).bits();
    tile.weight_bits = format(weight).bits();
    ArrayCase result{tile, CodeValues(format(activation)), CodeValues(format(weight)), {}, {}, {}};
    result.activations = test::random_codes(dice, m, k, tile.activation_bits);
    result.weights = test::random_codes(dice, n, k, tile.weight_bits);
    return result;
}

struct Recording {
    Waveform pe, rtl;
};

// Three commands, the second behind the first at once, the third after a pause.
Recording record(const SystolicConfig& config, const char* activation, const char* weight) {
    const sc_core::sc_time period(2, sc_core::SC_NS);
    Dice dice(1, "array waveform");
    std::vector<ArrayCase> cases;
    for (int i = 0; i < 3; ++i)
        cases.push_back(gemm_case(dice, activation, weight, dice.between(1, 11), dice.between(1, 9),
                                  dice.between(1, 12)));
    const std::filesystem::path folder = ::testing::TempDir();
    Recording recording;
    std::vector<std::shared_ptr<WaveformFile>> files;
    for (const char* fidelity : {"pe", "rtl"}) {
        std::filesystem::remove(folder / fmt::format("{}_{}.vcd", activation, fidelity));
    }
    {
        std::vector<PsumTile> psums(6);
        std::vector<std::unique_ptr<ArrayBody>> bodies;
        std::vector<std::unique_ptr<test::CommandRunner>> runners;
        for (const char* fidelity : {"pe", "rtl"}) {
            bodies.push_back(make_systolic_array(fidelity, fidelity, config, period));
            files.push_back(std::make_shared<WaveformFile>(
                folder / fmt::format("{}_{}.vcd", activation, fidelity)));
            bodies.back()->record_waveform(files.back());
            std::vector<ArrayCommand> commands;
            for (std::size_t i = 0; i < cases.size(); ++i) {
                PsumTile& tile = psums[(bodies.size() - 1) * 3 + i];
                tile.clear(cases[i].tile.m(), cases[i].tile.n);
                commands.push_back(cases[i].command(tile));
            }
            runners.push_back(std::make_unique<test::CommandRunner>(
                fmt::format("run_{}", fidelity).c_str(), *bodies.back(), std::move(commands),
                std::vector{sc_core::SC_ZERO_TIME, 7 * period, period}));
        }
        sc_core::sc_start();
        for (const auto& runner : runners) EXPECT_TRUE(runner->finished);
    }
    for (const auto& file : files) file->commit();
    recording.pe = test::read_vcd(folder / fmt::format("{}_pe.vcd", activation));
    recording.rtl = test::read_vcd(folder / fmt::format("{}_rtl.vcd", activation));
    return recording;
}

void expect_equal_changes(const Recording& recording) {
    std::vector<std::string> pe_names, rtl_names;
    for (const auto& [name, changes] : recording.pe) pe_names.push_back(name);
    for (const auto& [name, changes] : recording.rtl) rtl_names.push_back(name);
    ASSERT_EQ(pe_names, rtl_names);
    for (const auto& [name, changes] : recording.pe)
        ASSERT_EQ(changes, recording.rtl.at(name)) << name;
}

void expect_equal(const Recording& recording) {
    expect_equal_changes(recording);
    // The comparison is of something: operands, psums and sums change.
    const std::string probe = "TOP.systolic_array.i_probe.";
    for (const char* name : {"clock", "enable", "activation_valid[0]", "activation_code[1]",
                             "psum_valid[1]", "psum[1]", "g_pes.accumulator[0]"})
        EXPECT_GE(recording.pe.at(probe + name).size(), 4u) << name;
}

TEST(ArrayWaveform, OfPeAndRtlIsTheSameWithABusDrain) {
    SystolicConfig config;
    config.rows = config.columns = 4;
    expect_equal(record(config, "flint4", "int4"));
}

TEST(ArrayWaveform, OfPeAndRtlIsTheSameWithAShiftDrainAndBytes) {
    SystolicConfig config;
    config.rows = config.columns = 4;
    config.drain = Drain::shift;
    expect_equal(record(config, "int8", "uint8"));
}

TEST(ArrayWaveform, OfPeAndRtlIsTheSameWeightStationaryOnNarrowPorts) {
    SystolicConfig config;
    config.rows = config.columns = 8;
    config.dataflow = Dataflow::weight_stationary;
    config.activation_port_bits = 12;
    expect_equal(record(config, "upot4", "flint4"));
}

TEST(ArrayWaveform, OfPeAndRtlIsTheSameWithBytesWeightStationary) {
    SystolicConfig config;
    config.rows = config.columns = 4;
    config.dataflow = Dataflow::weight_stationary;
    config.overlap_folds = false;
    expect_equal(record(config, "uint8", "int8"));
}

TEST(ArrayWaveform, OfALargeArrayShowsEdgesAndNoPe) {
    SystolicConfig config;
    config.rows = config.columns = 16;
    const Recording recording = record(config, "int4", "int4");
    expect_equal_changes(recording);
    EXPECT_EQ(recording.pe.size(), 2u + 4 * 16);
}

}  // namespace
}  // namespace bitloom
