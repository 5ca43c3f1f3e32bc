// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "models/array/bit_serial/bit_serial_lane.h"
#include "models/array/bit_serial/bit_serial_steps.h"
#include "tests/models/array/array_bench.h"

namespace bitloom {
namespace {

using ::testing::ElementsAre;

constexpr BitOperand unsigned_bits(int bits) {
    return {BitEncoding::unsigned_binary, bits};
}
constexpr BitOperand signed_bits(int bits) {
    return {BitEncoding::twos_complement, bits};
}
constexpr BitOperand bipolar_bits(int bits) {
    return {BitEncoding::bipolar, bits};
}

std::uint32_t code8(int value) {
    return static_cast<std::uint8_t>(value);
}

TEST(SignificantPlanes, AreTheMagnitudesBitsAndASignForNegativeNumbers) {
    EXPECT_EQ(significant_planes(unsigned_bits(8), 0), 0);
    EXPECT_EQ(significant_planes(unsigned_bits(8), 5), 3);
    EXPECT_EQ(significant_planes(unsigned_bits(8), 255), 8);
    EXPECT_EQ(significant_planes(signed_bits(8), code8(7)), 3) << "no sign";
    EXPECT_EQ(significant_planes(signed_bits(8), code8(-1)), 2);
    EXPECT_EQ(significant_planes(signed_bits(8), code8(-4)), 4) << "as DNNsim, not 3";
    EXPECT_EQ(significant_planes(signed_bits(8), code8(-127)), 8);
    EXPECT_EQ(significant_planes(signed_bits(8), code8(-128)), 8) << "no more than there are";
    EXPECT_EQ(significant_planes(bipolar_bits(3), 0), 3) << "-7 in three planes of -1";
}

// Every code of every operand: stepping a lane takes as many cycles as the rule says and sends the
// value.
template <class Lane>
void step_every_code(int (*cycles)(const BitOperand&, std::uint32_t)) {
    for (const BitEncoding encoding :
         {BitEncoding::unsigned_binary, BitEncoding::twos_complement, BitEncoding::bipolar})
        for (int bits = encoding == BitEncoding::twos_complement ? 2 : 1; bits <= 8; ++bits)
            for (std::uint32_t code = 0; code < 1u << bits; ++code) {
                const BitOperand operand{encoding, bits};
                Lane lane(operand, code, true);
                std::int64_t value = 0;
                int steps = 0;
                for (; !lane.done(); ++steps) {
                    const LaneBit sent = lane.next();
                    std::int64_t term = sent.bit ? 1 : 0;
                    if (operand.is_bipolar()) term = 2 * term - 1;
                    if (sent.sends) value += (sent.negative ? -term : term) * (1 << sent.shift);
                }
                ASSERT_EQ(value, bit_operand_value(operand, code))
                    << static_cast<int>(encoding) << " " << bits << " bits, code " << code;
                ASSERT_EQ(steps, cycles(operand, code));
                EXPECT_TRUE(Lane(operand, code, false).done() ||
                            !Lane(operand, code, false).next().sends);
            }
}

TEST(BitSerialLane, PlanesSendTheValueInACycleABit) {
    step_every_code<PlaneLane>(
        [](const BitOperand& operand, std::uint32_t) { return operand.bits; });
}

TEST(BitSerialLane, DynamicPrecisionSendsTheValueInItsSignificantPlanes) {
    step_every_code<PrecisionLane>(significant_planes);
}

TEST(BitSerialLane, EssentialBitsSendTheValueInATermEach) {
    step_every_code<EssentialLane>([](const BitOperand& operand, std::uint32_t code) {
        return std::popcount(essential_bits(operand, code));
    });
}

LaneShifts shifts_of(const std::vector<std::uint32_t>& lanes) {
    LaneShifts shifts{};
    for (std::size_t lane = 0; lane < lanes.size(); ++lane)
        for (std::size_t s = 0; s < 8; ++s)
            if (lanes[lane] >> s & 1u) shifts[s] |= std::uint64_t{1} << lane;
    return shifts;
}

// The worked example of the README.
TEST(PragmaticCycles, LanesWaitForShiftsBeyondTheFirstStage) {
    const LaneShifts lanes = shifts_of({0b10000001, 0b00000110});
    EXPECT_EQ(pragmatic_cycles(lanes, 0), 4) << "shifts 0, 1, 2, 7 one after another";
    EXPECT_EQ(pragmatic_cycles(lanes, 1), 3) << "0 with 1; 2; 7";
    EXPECT_EQ(pragmatic_cycles(lanes, 2), 3) << "0 with 1; 2; 7";
    EXPECT_EQ(pragmatic_cycles(lanes, 3), 2) << "0 with 1; 7 with 2";
}

TEST(PragmaticCycles, AStepTakesACycleWithoutAnyTerm) {
    EXPECT_EQ(pragmatic_cycles({}, 2), 1);
}

TEST(PragmaticCycles, AreAtLeastTheMostTermsOfALaneAndAtMostTheShiftsInUse) {
    test::Dice dice(1, "pragmatic");
    for (int i = 0; i < 20000; ++i) {
        std::vector<std::uint32_t> lanes;
        std::uint32_t any = 0;
        int most = 1;
        for (std::int64_t lane = dice.between(1, 64); lane > 0; --lane) {
            lanes.push_back(static_cast<std::uint32_t>(dice.below(256) & dice.below(256)));
            any |= lanes.back();
            most = std::max(most, std::popcount(lanes.back()));
        }
        int before = 9;
        for (int b = 0; b <= 3; ++b) {
            const int cycles = pragmatic_cycles(shifts_of(lanes), b);
            ASSERT_GE(cycles, most);
            ASSERT_LE(cycles, std::max(1, std::popcount(any)));
            ASSERT_LE(cycles, before) << "a wider first stage is never slower";
            before = cycles;
        }
        EXPECT_EQ(before, most)
            << "one stage that shifts by up to 7 serves every lane in each cycle";
    }
}

BitSerialConfig tactical_core(std::int64_t lanes) {
    BitSerialConfig config;
    config.dataflow = BitSerialDataflow::bit_tactical;
    config.lanes = lanes;
    return config;
}

CodeMatrix one_column(const std::vector<std::uint8_t>& codes) {
    return {1, std::ssize(codes), codes};
}

TEST(TacticalSearch, OffsetsAreThoseOfDnnsim) {
    BitSerialConfig config = tactical_core(16);
    EXPECT_THAT(
        search_offsets(config),
        ElementsAre(SearchOffset{1, -1}, SearchOffset{1, 0}, SearchOffset{1, 1}, SearchOffset{1, 3},
                    SearchOffset{2, -2}, SearchOffset{2, 0}, SearchOffset{2, 2}));
    config.search = SearchShape::l;
    config.lookaside = 2;
    EXPECT_THAT(search_offsets(config), ElementsAre(SearchOffset{1, -2}, SearchOffset{1, -1},
                                                    SearchOffset{1, 0}, SearchOffset{2, 0}));
}

// The worked example of the README: lines 1 0 0 1 and 0 2 3 0. Slot 2 reaches the weight 2 twice
// (one lane aside, and three aside around the end) and the 3, three in all; slot 1 reaches two. So
// slot 2 chooses first and takes the 2; slot 1 is left with the 3.
TEST(TacticalSchedule, TheSlotWithTheMostCandidatesChoosesFirst) {
    const TacticalSchedule schedule = tactical_schedule(tactical_core(4), unsigned_bits(4),
                                                        one_column({1, 0, 0, 1, 0, 2, 3, 0}), 0, 1);
    ASSERT_EQ(schedule.steps.size(), 1u);
    EXPECT_THAT(schedule.position, ElementsAre(0, 6, 5, 3));
}

TEST(TacticalSchedule, SkipsAsManyEmptyLinesAsItLooksAhead) {
    std::vector<std::uint8_t> codes(4 * 5);
    codes[0] = 1;
    codes[16] = 2;  // line 4
    const TacticalSchedule schedule =
        tactical_schedule(tactical_core(4), unsigned_bits(4), one_column(codes), 0, 1);
    ASSERT_EQ(schedule.steps.size(), 2u);
    EXPECT_EQ(schedule.steps[0].line, 0);
    EXPECT_EQ(schedule.steps[0].lines, 1);
    EXPECT_EQ(schedule.steps[1].line, 3) << "lines 1 and 2 are skipped, 3 has to be shown";
    EXPECT_EQ(schedule.steps[1].lines, 3);
    EXPECT_THAT(schedule.position, ElementsAre(0, -1, -1, -1, -1, 16, -1, -1))
        << "line 3 took the weight of line 4, which is skipped";
}

TEST(TacticalSchedule, ALineIsSkippedOnlyWhenItIsEmptyInAllColumns) {
    CodeMatrix weights{2, 8, {1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0}};
    EXPECT_EQ(tactical_schedule(tactical_core(4), unsigned_bits(1), weights, 0, 2).steps.size(),
              2u);
    EXPECT_EQ(tactical_schedule(tactical_core(4), unsigned_bits(1), weights, 0, 1).steps.size(),
              1u);
}

TEST(TacticalSchedule, WeightsOfZeroTakeOneStep) {
    const TacticalSchedule schedule = tactical_schedule(
        tactical_core(4), unsigned_bits(4), one_column(std::vector<std::uint8_t>(8)), 0, 1);
    ASSERT_EQ(schedule.steps.size(), 1u);
    EXPECT_THAT(schedule.position, ElementsAre(-1, -1, -1, -1));
}

TEST(TacticalSchedule, BipolarWeightsHaveNoZeroToSkip) {
    EXPECT_EQ(tactical_schedule(tactical_core(4), bipolar_bits(2),
                                one_column(std::vector<std::uint8_t>(12)), 0, 1)
                  .steps.size(),
              3u);
}

// Random weights: every non-zero one is multiplied exactly once, within reach of its own place.
TEST(TacticalSchedule, MultipliesEachWeightOnceAndWithinReach) {
    test::Dice dice(2, "tactical");
    for (int i = 0; i < 300; ++i) {
        BitSerialConfig config = tactical_core(dice.between(1, 16));
        config.lookahead = static_cast<int>(dice.between(1, 4));
        config.lookaside = static_cast<int>(dice.between(0, 8));
        config.search = dice.below(2) == 0 ? SearchShape::t : SearchShape::l;
        CodeMatrix weights{dice.between(1, 3), dice.between(1, 120), {}};
        const std::int64_t density = dice.between(0, 10);
        for (std::int64_t w = 0; w < weights.vectors * weights.length; ++w)
            weights.codes.push_back(static_cast<std::uint8_t>(dice.below(10) < density));
        const TacticalSchedule schedule =
            tactical_schedule(config, unsigned_bits(1), weights, 0, weights.vectors);
        for (std::int64_t column = 0; column < weights.vectors; ++column) {
            std::multiset<std::int64_t> done;
            for (std::int64_t step = 0; step < std::ssize(schedule.steps); ++step)
                for (std::int64_t lane = 0; lane < config.lanes; ++lane) {
                    const std::int64_t k = schedule.slots(step, column)[lane];
                    if (k < 0) continue;
                    done.insert(k);
                    const std::int64_t ahead =
                        k / config.lanes - schedule.steps[static_cast<std::size_t>(step)].line;
                    ASSERT_GE(ahead, 0);
                    ASSERT_LE(ahead, config.lookahead);
                    ASSERT_TRUE(ahead > 0 || k % config.lanes == lane);
                }
            std::multiset<std::int64_t> wanted;
            for (std::int64_t k = 0; k < weights.length; ++k)
                if (weights.vector(column)[k] != 0) wanted.insert(k);
            ASSERT_EQ(done, wanted) << "case " << i;
        }
    }
}

}  // namespace
}  // namespace bitloom
