// SPDX-License-Identifier: Apache-2.0
// The harness finds what it must find: sides that differ in one place, and assertions that fail.
#include "sim/verify/lock_step.h"

#include <Vant_decoder4.h>
#include <Vrequantizer.h>
#include <gtest/gtest.h>

#include "sim/verify/requantizer_check.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {
namespace {

// A counter that adds its input; `wrong_at`: the cycle whose edge adds one too many.
struct Counter {
    struct Inputs {
        bool reset = false;
        int add = 0;
        std::string describe() const { return fmt::format("reset {:d} add {}", reset, add); }
    };
    struct Outputs {
        int sum = 0;
        bool operator==(const Outputs&) const = default;
        std::string describe() const { return fmt::format("sum {}", sum); }
        std::uint64_t bits() const { return static_cast<std::uint64_t>(sum); }
        static constexpr int bit_count = 4;
    };
    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) sum = 0;
        return {sum};
    }
    void edge(const Inputs& inputs) {
        if (cycle == stop_at) throw InternalError("c.sv:3: the RTL stopped: Assertion failed");
        sum += inputs.add + (cycle++ == wrong_at ? 1 : 0);
    }
    int wrong_at = -1, stop_at = -1;
    int sum = 0, cycle = 0;
};

VerifyReport run_counters(Counter rtl, Counter model, int cycles) {
    VerifyOptions options;
    VerifyReport report;
    VerifyRun run(options, report);
    LockStep<Counter, Counter> lock_step(rtl, model, run, "counter");
    run.begin("s", false, cycles);
    try {
        for (int i = 0; i < cycles; ++i) lock_step.step({i == 0, i % 3});
    } catch (const VerifyRun::Difference& difference) {
        report.mismatch = difference.mismatch;
    }
    run.finish();
    return report;
}

// The sum is wrong one cycle after the wrong edge, and not one cycle earlier or later.
TEST(LockStep, StopsAtTheFirstCycleThatDiffers) {
    for (const int wrong_at : {0, 1, 20, 98}) {
        const VerifyReport report = run_counters({.wrong_at = wrong_at}, {}, 100);
        ASSERT_TRUE(report.mismatch) << wrong_at;
        EXPECT_EQ(report.mismatch->cycle, wrong_at + 1);
        EXPECT_EQ(report.sections[0].vectors, wrong_at + 1);
    }
    EXPECT_TRUE(run_counters({}, {}, 100).passed());
    EXPECT_TRUE(run_counters({.wrong_at = 99}, {}, 100).passed()) << "nobody looks after the end";
}

TEST(LockStep, ShowsTheLastInputsExpectedAndGot) {
    const VerifyReport report = run_counters({.wrong_at = 10}, {}, 100);
    ASSERT_TRUE(report.mismatch);
    EXPECT_EQ(report.mismatch->section, "s");
    EXPECT_EQ(report.mismatch->expected, "sum 10");
    EXPECT_EQ(report.mismatch->got, "sum 11");
    const std::vector<std::string> history = {"reset 0 add 1", "reset 0 add 2", "reset 0 add 0",
                                              "reset 0 add 1", "reset 0 add 2", "reset 0 add 0",
                                              "reset 0 add 1", "reset 0 add 2"};
    EXPECT_EQ(report.mismatch->history, history);
    EXPECT_EQ(run_counters({.wrong_at = 0}, {}, 9).mismatch->history,
              (std::vector<std::string>{"reset 1 add 0", "reset 0 add 1"}));
}

TEST(LockStep, AnAssertionOfTheRtlIsADifference) {
    const VerifyReport report = run_counters({.stop_at = 5}, {}, 100);
    ASSERT_TRUE(report.mismatch);
    EXPECT_EQ(report.mismatch->cycle, 5);
    EXPECT_EQ(report.mismatch->got, "c.sv:3: the RTL stopped: Assertion failed");
}

TEST(LockStep, CoverageCountsBitsSeenAtBothLevels) {
    EXPECT_EQ(run_counters({}, {}, 2).coverage.at(0).reached, 4) << "sum 0 only";
    EXPECT_EQ(run_counters({}, {}, 3).coverage.at(0).reached, 5) << "sums 0 and 1";
    const CoveragePoint all = run_counters({}, {}, 100).coverage.at(0);
    EXPECT_EQ(all.reached, 8);
    EXPECT_EQ(all.total, 8);
}

// The assertion's own text arrives, and nothing is printed.
TEST(VerilatedModel, AFailedAssertionThrowsItsName) {
    VerilatedModel<Vant_decoder4> model(1);
    model.pins().type_i = 3;  // not a type
    testing::internal::CaptureStdout();
    std::string text;
    try {
        model.settle();
    } catch (const InternalError& error) {
        text = error.what();
    }
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    EXPECT_NE(text.find("ant_decoder.sv:"), std::string::npos) << text;
    EXPECT_NE(text.find("TypeIsKnown"), std::string::npos) << text;
}

TEST(VerilatedModel, AFailedClockedAssertionThrowsItsName) {
    RequantizerRtl<Vrequantizer> rtl(1);
    const RequantizerInputs out_of_range{{true, true, {1, 1 << 30, -31}}};
    rtl.observe(out_of_range);
    EXPECT_THROW(
        {
            rtl.edge(out_of_range);
            rtl.observe(out_of_range);
            rtl.edge(out_of_range);
        },
        InternalError);
}

TEST(VerilatedModel, TwoModelsLiveSideBySide) {
    VerilatedModel<Vant_decoder4> a(1), b(2);
    a.pins().type_i = 4;
    a.pins().code_i = 9;
    b.pins().type_i = 1;
    b.pins().code_i = 9;
    a.settle();
    b.settle();
    EXPECT_EQ(a.pins().base_o, 7);  // int4 -7
    EXPECT_EQ(b.pins().base_o, 4);  // uflint4 32 = 4 << 3
    EXPECT_EQ(b.pins().exponent_o, 3);
}

}  // namespace
}  // namespace bitloom
