// SPDX-License-Identifier: Apache-2.0
#include "models/energy/sram_model.h"

#include <gtest/gtest.h>

#include "tests/models/energy/message_of.h"

namespace bitloom {
namespace {

SramModel shipped() {
    return SramModel::read(BITLOOM_ENERGY_TABLES "/sram_28nm.csv");
}

// The three buffers of the published design, to the digits that CACTI gave.
TEST(SramModel, ReproducesItsPoints) {
    const SramModel model = shipped();
    const SramCost weight = model.cost({128 * 1024, 512, 32});
    EXPECT_DOUBLE_EQ(weight.read_pj_per_bit, 16.8924 / 512);
    EXPECT_DOUBLE_EQ(weight.write_pj_per_bit, 20.3422 / 512);
    EXPECT_DOUBLE_EQ(weight.leakage_mw, 32 * 2.966);
    const SramCost activation = model.cost({256 * 1024, 512, 32});
    EXPECT_DOUBLE_EQ(activation.read_pj_per_bit, 17.7688 / 512);
    EXPECT_DOUBLE_EQ(activation.write_pj_per_bit, 24.8866 / 512);
    EXPECT_DOUBLE_EQ(activation.leakage_mw, 32 * 5.498);
    // The published output buffer has as many bytes as the weight buffer.
    EXPECT_NEAR(2 * weight.area_um2 + activation.area_um2, 4.30e6, 100);
    EXPECT_EQ(weight.device, MemoryDevice::hp);
    EXPECT_EQ(weight.temperature_k, 360);
    EXPECT_EQ(weight.source.find("interpolated"), std::string::npos);
}

TEST(SramModel, DefaultBanksAreThePublishedOnesWhereTheyFit) {
    const SramModel model = shipped();
    EXPECT_EQ(model.default_banks(128 * 1024, 512), 32);
    EXPECT_EQ(model.default_banks(256 * 1024, 512), 32);
    EXPECT_EQ(model.default_banks(192 * 1024, 512), 32);
    EXPECT_EQ(model.default_banks(64 * 1024, 512), 16);
    EXPECT_EQ(model.default_banks(512 * 1024, 512), 64);
    EXPECT_EQ(model.default_banks(8195, 512), 32);
    EXPECT_EQ(model.default_banks(1000, 512), 1);
    EXPECT_EQ(model.cost({64 * 1024, 512, 0}).banks, 16);
}

// Linear in the logarithm: at the geometric mean of the capacities the mean of the values.
TEST(SramModel, InterpolatesInTheLogarithmOfTheCapacity) {
    const SramModel model = SramModel::parse(
        "s.csv",
        "access_bits,bank_bytes,read_pj,write_pj,leakage_mw,area_um2,node_nm,voltage_v,source\n"
        "8,4000,10,20,1,100,28,0.9,s\n8,16000,30,60,5,400,28,0.9,s\n");
    const SramCost cost = model.cost({8000, 8, 1});
    EXPECT_NEAR(cost.read_pj_per_bit, 20.0 / 8, 1e-12);
    EXPECT_NEAR(cost.write_pj_per_bit, 40.0 / 8, 1e-12);
    EXPECT_NEAR(cost.leakage_mw, 3, 1e-12);
    EXPECT_NEAR(cost.area_um2, 250, 1e-9);
    EXPECT_EQ(cost.source, "1 banks x 8000 bytes x 8 bit, interpolated: s");
    // monotonic between the points
    double last = 0;
    for (std::int64_t bytes = 4000; bytes <= 16000; bytes += 500) {
        const double read = model.cost({bytes, 8, 1}).read_pj_per_bit;
        EXPECT_GT(read, last);
        last = read;
    }
}

TEST(SramModel, RefusesToLeaveTheFittedRangeUnlessTold) {
    const SramModel model = SramModel::parse(
        "s.csv",
        "access_bits,bank_bytes,read_pj,write_pj,leakage_mw,area_um2,node_nm,voltage_v,source\n"
        "8,4000,10,20,1,100,28,0.9,s\n8,16000,30,60,5,400,28,0.9,s\n16,128,4,4,1,50,28,0.9,one\n");
    EXPECT_EQ(message_of([&] {
                  model.cost({16001, 8, 1});
              }),
              "s.csv: bank of 16001 bytes, 8 bit an access: the fitted range is 4000..16000 bytes; "
              "choose another number of banks or allow extrapolation");
    EXPECT_NE(message_of([&] { model.cost({3999, 8, 1}); }), "no error");
    EXPECT_NEAR(model.cost({32000, 8, 1}, true).read_pj_per_bit, 40.0 / 8, 1e-12);
    EXPECT_EQ(model.cost({32000, 8, 1}, true).source,
              "1 banks x 32000 bytes x 8 bit, extrapolated: s");
    // Below the points an access costs as much as in the smallest bank.
    const SramCost small = model.cost({1000, 8, 1}, true);
    EXPECT_DOUBLE_EQ(small.read_pj_per_bit, 10.0 / 8);
    EXPECT_DOUBLE_EQ(small.leakage_mw, 0.25);
    EXPECT_DOUBLE_EQ(small.area_um2, 25);
    // a single point has no range
    EXPECT_EQ(message_of([&] {
                  model.cost({256, 16, 1});
              }),
              "s.csv: bank of 256 bytes, 16 bit an access: the fitted range is 128..128 bytes; "
              "choose another number of banks or allow extrapolation");
    const SramCost grown = model.cost({256, 16, 1}, true);
    EXPECT_DOUBLE_EQ(grown.read_pj_per_bit, 4.0 / 16);
    EXPECT_DOUBLE_EQ(grown.leakage_mw, 2);
    EXPECT_DOUBLE_EQ(grown.area_um2, 100);
    EXPECT_EQ(message_of([&] {
                  model.cost({4000, 64, 1});
              }),
              "s.csv: no memory of 64 bit an access; known: 8 16");
    EXPECT_EQ(message_of([&] {
                  model.cost({8001, 8, 2});
              }),
              "s.csv: capacity = 8001 bytes in 2 banks: must divide evenly");
}

// Thousands of narrow banks whose wires nobody prices are not to be had: no bit of a large buffer
// is far below Horowitz's 8 KB memory (10 pJ for 64 bit at 45 nm, 0.083 pJ/bit at 28 nm).
TEST(SramModel, NoBufferIsFarBelowThePublishedMemories) {
    const SramModel model = shipped();
    for (const SramPoint& p : model.points())
        EXPECT_GT(p.read_pj / static_cast<double>(p.access_bits), 0.083 / 3);
    EXPECT_NE(message_of([&] {
                  model.cost({128 * 1024, 32, 0});
              }).find("no memory of 32 bit an access; known: 512"),
              std::string::npos);
}

TEST(SramModel, PointsAreReadStrictly) {
    const std::string header =
        "access_bits,bank_bytes,read_pj,write_pj,leakage_mw,area_um2,node_nm,voltage_v,source\n";
    const auto error = [&](const std::string& rows) {
        return message_of([&] { SramModel::parse("s.csv", header + rows); });
    };
    EXPECT_EQ(error("8,0,1,1,1,1,28,0.9,s\n"),
              "s.csv:2: bank_bytes = 0: must be a whole number >= 1");
    EXPECT_EQ(error("8,64,1,1,1,1,28,0.9,s\n8,64,1,1,1,1,28,0.9,s\n"),
              "s.csv:3: 8 bit of 64 bytes is there twice");
    EXPECT_EQ(error("8,64,1,1,1,1,28,0.9,s\n8,128,1,1,1,1,22,0.8,s\n"),
              "s.csv:3: node = 22 nm at 0.8 V: the other points are at 28 nm, 0.9 V");
    EXPECT_EQ(error("8,64,1,1,1,1,28,0.9,\n"), "s.csv:2: source is empty");
}

}  // namespace
}  // namespace bitloom
