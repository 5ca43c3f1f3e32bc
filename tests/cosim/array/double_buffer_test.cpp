// SPDX-License-Identifier: Apache-2.0
#include <Vdouble_buffer.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>

#include "models/base/random.h"

namespace bitloom {
namespace {

constexpr int words_of_half = 4;  // the model is built with IndexBits = 2

// What rtl/double_buffer.sv must do, as a queue of blocks that holds at most two, of which the one
// that is being filled counts.
struct DoubleBufferModel {
    struct Block {
        int half = 0;
        int words = 0;
    };
    std::deque<Block> full;
    int fill_half = 0;
    int filled = 0;

    bool fill_ready() const { return full.size() < 2; }
    bool use_valid() const { return !full.empty(); }

    void clock(bool fill_valid, bool fill_last, bool use_ready) {
        const bool fill = fill_valid && fill_ready();
        const bool release = use_valid() && use_ready;
        if (release) full.pop_front();
        if (!fill) return;
        ++filled;
        if (!fill_last && filled < words_of_half) return;
        full.push_back({fill_half, filled});
        fill_half = 1 - fill_half;
        filled = 0;
    }
};

struct Bench {
    VerilatedContext context;
    Vdouble_buffer rtl{&context};
    DoubleBufferModel model;

    Bench() {
        rtl.clk_i = 0;
        rtl.rst_ni = 1;
        rtl.fill_valid_i = rtl.fill_last_i = rtl.use_ready_i = 0;
        rtl.eval();
        rtl.rst_ni = 0;
        rtl.eval();
        rtl.rst_ni = 1;
        rtl.eval();
    }
    ~Bench() { rtl.final(); }

    void expect_equal() const {
        ASSERT_EQ(rtl.fill_ready_o, model.fill_ready());
        ASSERT_EQ(rtl.use_valid_o, model.use_valid());
        if (model.fill_ready()) {
            ASSERT_EQ(rtl.fill_half_o, model.fill_half);
            ASSERT_EQ(rtl.fill_index_o, model.filled);
        }
        if (model.use_valid()) {
            ASSERT_EQ(rtl.use_half_o, model.full.front().half);
            ASSERT_EQ(rtl.use_last_o, model.full.front().words - 1);
        }
    }
    void clock(bool fill_valid, bool fill_last, bool use_ready) {
        rtl.fill_valid_i = fill_valid;
        rtl.fill_last_i = fill_last;
        rtl.use_ready_i = use_ready;
        rtl.clk_i = 0;
        rtl.eval();
        rtl.clk_i = 1;
        rtl.eval();
        model.clock(fill_valid, fill_last, use_ready);
    }
};

// Fast and slow sides in turn: each probability of a word, of an end and of a release in eighths.
TEST(DoubleBuffer, IsItsModelUnderRandomTraffic) {
    const RandomStream dice(1, "double buffer");
    Bench bench;
    std::uint64_t draw = 0;
    int blocks = 0;
    for (int cycle = 0; cycle < 40000; ++cycle) {
        const auto eighths = [&](int shift) {
            return dice.below(draw++, 8) <= static_cast<std::uint64_t>(cycle / 64 >> shift) % 8;
        };
        bench.expect_equal();
        if (::testing::Test::HasFatalFailure()) FAIL() << "cycle " << cycle;
        const bool fill = eighths(0), last = eighths(3), use = eighths(6);
        blocks += bench.model.use_valid() && use;
        bench.clock(fill, last, use);
    }
    EXPECT_GT(blocks, 1000);
}

TEST(DoubleBuffer, FillsTheSecondHalfWhileTheFirstIsUsedAndThenWaits) {
    Bench bench;
    for (int word = 0; word < 2 * words_of_half; ++word) {
        ASSERT_TRUE(bench.rtl.fill_ready_o) << word;
        ASSERT_EQ(bench.rtl.use_valid_o, word >= words_of_half) << word;
        bench.clock(true, false, false);
    }
    EXPECT_FALSE(bench.rtl.fill_ready_o);
    EXPECT_EQ(bench.rtl.use_half_o, 0);
    bench.clock(true, false, true);
    EXPECT_TRUE(bench.rtl.fill_ready_o);
    EXPECT_EQ(bench.rtl.fill_half_o, 0);
    EXPECT_EQ(bench.rtl.use_half_o, 1);
}

}  // namespace
}  // namespace bitloom
