// SPDX-License-Identifier: Apache-2.0
#include "models/vector/vector_cost.h"

#include <gtest/gtest.h>

#include <map>

namespace bitloom {
namespace {

VectorConfig config() {
    VectorConfig c;
    c.lanes = 64;
    c.latency_cycles = 8;
    c.divide_cycles = 16;
    return c;
}

LayerParameters parameters(Operator op) {
    LayerParameters p;
    p.op = op;
    return p;
}

WordEncoder encoder(const std::string& format, double scale) {
    Activation a;
    a.format = format;
    a.scale = scale;
    return WordEncoder(1.0, a);
}

using Counts = std::map<std::string, std::int64_t>;

Counts events(const LayerParameters& p, const VectorWork& work) {
    Activity activity;
    count_vector_events(p, work, activity);
    return {activity.events().begin(), activity.events().end()};
}

constexpr VectorWork ten_rows{10, 100, 1};  // 1000 words: 16 passes of 64 lanes, 2 a row

// One pass over all words, whatever their rows: 1000 / 64 = 15.6.
TEST(VectorCost, ElementWiseOperatorsTakeOnePass) {
    for (const Operator op :
         {Operator::conv2d, Operator::gemm, Operator::matmul, Operator::add, Operator::clamp,
          Operator::gelu, Operator::transpose, Operator::reshape, Operator::concat})
        EXPECT_EQ(vector_cycles(config(), parameters(op), ten_rows), 8 + 16) << to_string(op);
    EXPECT_EQ(vector_cycles(config(), parameters(Operator::add), {1, 64, 1}), 8 + 1);
    EXPECT_EQ(vector_cycles(config(), parameters(Operator::add), {1, 65, 1}), 8 + 2);
}

TEST(VectorCost, PoolsTakeOnePassATap) {
    for (const Operator op : {Operator::max_pool, Operator::average_pool})
        EXPECT_EQ(vector_cycles(config(), parameters(op), {10, 100, 9}), 8 + 16 * 9);
}

// Three passes of two steps a row, two reductions of log2(64) levels, and the divisions.
TEST(VectorCost, RowOperatorsTakeThreePassesAndTheirDivisions) {
    EXPECT_EQ(vector_cycles(config(), parameters(Operator::softmax), ten_rows),
              8 + 10 * (3 * 2 + 2 * 6 + 16));
    EXPECT_EQ(vector_cycles(config(), parameters(Operator::layer_norm), ten_rows),
              8 + 10 * (3 * 2 + 2 * 6 + 3 * 16));
}

TEST(VectorCost, TreeHasAsManyLevelsAsHalvingsOfTheLanes) {
    VectorConfig c = config();
    for (const auto& [lanes, levels] :
         std::map<std::int64_t, std::int64_t>{{1, 0}, {2, 1}, {3, 2}, {4, 2}, {64, 6}, {65, 7}}) {
        c.lanes = lanes;
        EXPECT_EQ(vector_cycles(c, parameters(Operator::softmax), {1, 1, 1}),
                  8 + 3 + 2 * levels + 16)
            << lanes;
    }
}

TEST(VectorCost, EventsOfAFinishedPsum) {
    LayerParameters p = parameters(Operator::conv2d);
    EXPECT_EQ(events(p, ten_rows), (Counts{{"vector.requantize", 1000}}));
    p.bias.assign(100, 1);
    EXPECT_EQ(events(p, ten_rows), (Counts{{"vector.requantize", 1000}, {"vector.add", 1000}}));
    p.has_residual = true;
    EXPECT_EQ(events(p, ten_rows), (Counts{{"vector.requantize", 2000}, {"vector.add", 2000}}));
}

// A clamp compares once a word; a stored word needs no encoder, each stored code one look-up.
TEST(VectorCost, EventsOfClampAndEncodings) {
    LayerParameters p = parameters(Operator::clamp);
    p.clamp_low = 0;
    p.outputs = {encoder("int16", 1.0), encoder("flint4", 100.0), encoder("int8", 9.0)};
    EXPECT_EQ(
        events(p, ten_rows),
        (Counts{{"vector.requantize", 1000}, {"vector.compare", 1000}, {"vector.encode", 2000}}));
}

TEST(VectorCost, EventsOfEveryOtherOperator) {
    EXPECT_EQ(events(parameters(Operator::add), ten_rows),
              (Counts{{"vector.requantize", 2000}, {"vector.add", 1000}}));
    EXPECT_EQ(events(parameters(Operator::max_pool), {10, 100, 9}),
              (Counts{{"vector.compare", 9000}, {"vector.requantize", 1000}}));
    EXPECT_EQ(events(parameters(Operator::average_pool), {10, 100, 9}),
              (Counts{{"vector.add", 9000}, {"vector.requantize", 1000}}));
    EXPECT_EQ(events(parameters(Operator::softmax), ten_rows),
              (Counts{{"vector.compare", 1000},
                      {"vector.add", 2000},
                      {"vector.table_lookup", 1000},
                      {"vector.multiply", 1000},
                      {"vector.requantize", 2000},
                      {"vector.divide", 10}}));
    EXPECT_EQ(events(parameters(Operator::layer_norm), ten_rows),
              (Counts{{"vector.add", 4000},
                      {"vector.multiply", 2000},
                      {"vector.requantize", 1000},
                      {"vector.divide", 20},
                      {"vector.sqrt", 10}}));
    EXPECT_EQ(
        events(parameters(Operator::gelu), ten_rows),
        (Counts{{"vector.table_lookup", 1000}, {"vector.multiply", 1000}, {"vector.add", 1000}}));
}

TEST(VectorCost, MovedCodesComputeNothingAndMovedWordsAreRescaled) {
    for (const Operator op : {Operator::transpose, Operator::reshape, Operator::concat}) {
        LayerParameters p = parameters(op);
        EXPECT_EQ(events(p, ten_rows), (Counts{{"vector.requantize", 1000}})) << to_string(op);
        p.moves_codes = true;
        p.code_bits = 4;
        EXPECT_EQ(events(p, ten_rows), Counts{}) << to_string(op);
    }
}

}  // namespace
}  // namespace bitloom
