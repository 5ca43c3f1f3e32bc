// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim configurations as chips.
#include "sim/engine/scale_sim_config.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/engine/chip_description.h"

namespace bitloom {
namespace {

using testing::HasSubstr;

const std::string good =
    "[general]\n"
    "run_name = a\n"
    "[architecture_presets]\n"
    "ArrayHeight:    12\n"
    "ArrayWidth = 14\n"
    "IfmapSramSzkB: 36\n"
    "FilterSramSzkB: 72\n"
    "OfmapSramSzkB: 108\n"
    "IfmapOffset:    0\n"
    "Dataflow : ws\n"
    "Bandwidth : 10\n"
    "[run_presets]\n"
    "InterfaceBandwidth: USER\n";

// One of each test: they run side by side.
std::filesystem::path file(const std::string& text) {
    const auto folder = std::filesystem::path(testing::TempDir()) /
                        testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder);
    write_file(folder / "scale.cfg", text);
    return folder / "scale.cfg";
}

std::string replaced(const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
}

std::string error_of(const std::string& text, const KeyValues& overrides = {}) {
    const auto path = file(text);
    try {
        read_chip(path, overrides);
    } catch (const Error& error) {
        std::string what = error.what();
        const auto at = what.find(path.string());
        return at == std::string::npos ? what : what.replace(at, path.string().size(), "FILE");
    }
    return "none";
}

TEST(ScaleSimConfig, IsAChipOfEightBitMultipliers) {
    const ChipDescription chip = read_chip(file(good));
    const auto& array = std::get<SystolicConfig>(chip.gemm().array);
    EXPECT_EQ(chip.name, "scale");
    EXPECT_EQ(array.rows, 24);  // 2 x 2 PEs of 4 bits are one multiplier
    EXPECT_EQ(array.columns, 28);
    EXPECT_EQ(array.dataflow, Dataflow::weight_stationary);
    EXPECT_FALSE(array.overlap_folds);
    EXPECT_EQ(chip.gemm().activation_buffer_bytes, 36 * 1024);
    EXPECT_EQ(chip.gemm().weight_buffer_bytes, 72 * 1024);
    EXPECT_EQ(chip.gemm().output_buffer_bytes, 4 * 108 * 1024);  // psums of 4 bytes
    EXPECT_EQ(chip.gemm().dma_width_bits, 80);                   // 10 words a cycle
    ASSERT_EQ(chip.notes.size(), 4u);
    EXPECT_THAT(chip.notes[0],
                HasSubstr("ArrayHeight: array.rows = 24; ArrayWidth: array.columns"));
    EXPECT_EQ(chip.notes[3], "Without meaning here: IfmapOffset.");
    const ChipDescription os = read_chip(file(replaced("ws", "os")), {{"array.rows", "8"}});
    EXPECT_EQ(std::get<SystolicConfig>(os.gemm().array).dataflow, Dataflow::output_stationary);
    EXPECT_EQ(std::get<SystolicConfig>(os.gemm().array).rows, 8);  // the command line's
    EXPECT_NE(read_chip(file(replaced("USER", "CALC"))).gemm().dma_width_bits, 80);
}

TEST(ScaleSimConfig, WhatItCannotBeIsRefusedInItsOwnWords) {
    EXPECT_EQ(error_of(replaced(": ws", ": is")),
              "FILE:10: Dataflow = 'is': no array here keeps its inputs: must be os or ws");
    EXPECT_EQ(error_of(replaced("12", "513")), "FILE:4: ArrayHeight = '513': must be 1..512");
    EXPECT_EQ(error_of(replaced("14", "x")), "FILE:5: ArrayWidth = 'x': must be 1..512");
    EXPECT_EQ(error_of(replaced("36", "0")), "FILE:6: IfmapSramSzkB = '0': must be 1..1048576");
    EXPECT_EQ(error_of(replaced("ArrayWidth", "ArrayWidht")),
              "FILE:5: unknown key 'ArrayWidht' in section 'architecture_presets'; did you mean "
              "'architecture_presets.arraywidth'?");
    EXPECT_EQ(error_of(replaced("ArrayWidth", "arrayheight")),
              "FILE:5: arrayheight is given twice; first in line 4");
    EXPECT_EQ(error_of(replaced("ArrayWidth = 14\n", "")),
              "FILE: ArrayWidth is missing in section 'architecture_presets'");
    EXPECT_EQ(error_of(replaced("Bandwidth : 10\n", "")),
              "FILE: Bandwidth is missing in section 'architecture_presets': InterfaceBandwidth is "
              "USER");
    EXPECT_EQ(
        error_of(replaced(": 10\n", ": 10,10\n")),
        "FILE:11: Bandwidth = '10,10': several memories are not modelled: must be one number");
    EXPECT_EQ(error_of(good + "[sparsity]\nSparsitySupport : true\n"),
              "FILE:15: SparsitySupport = 'true': is not modelled: must be False");
    EXPECT_EQ(error_of(good + "[layout]\nIfmapCustomLayout: True\n"),
              "FILE:15: IfmapCustomLayout = 'True': is not modelled: must be False");
    EXPECT_EQ(error_of(good + "nonsense\n"),
              "FILE:14: cannot read 'nonsense': must be [section], key : value or # comment");
    EXPECT_EQ(error_of(replaced("run_name = a", "run_name =")), "FILE:2: run_name has no value");
    EXPECT_EQ(error_of(good, {{"array.rows", "3"}}),
              "command line: --array.rows = 3: must be 2..1024, a multiple of 2");
}

TEST(ScaleSimConfig, EveryPublishedConfigurationIsAChip) {
    const auto folder = std::filesystem::path(BITLOOM_SHARED_DATA) / "topologies" / "scale-sim";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "shared data topologies is absent";
    const auto rows = [&](const char* name) {
        return std::get<SystolicConfig>(read_chip(folder / name).gemm().array).rows;
    };
    EXPECT_EQ(rows("google.cfg"), 512);
    EXPECT_EQ(rows("scale.cfg"), 64);
    EXPECT_EQ(rows("eyeriss.cfg"), 24);
}

}  // namespace
}  // namespace bitloom
