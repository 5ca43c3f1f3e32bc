// SPDX-License-Identifier: Apache-2.0
// Codes to planes: all at once (pack_planes) and one a cycle (PlanePacker).
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "models/pe/bit_serial/plane_packer.h"
#include "tests/models/pe/bit_serial_dot.h"

namespace bitloom {
namespace {

using test::random_codes;

TEST(BitPlanes, EveryBitIsWhereItsCodeAndPlaneSay) {
    const RandomStream random(1, "bit_planes");
    for (int planes = 1; planes <= 8; ++planes)
        for (const std::int64_t length : {0, 1, 7, 8, 9, 63, 64, 65, 127, 200, 300}) {
            const auto codes = random_codes(random, static_cast<std::uint64_t>(length), length, 8);
            const BitPlanes packed = pack_planes(codes, planes);
            EXPECT_EQ(packed.words(), (length + 63) / 64);
            for (int s = 0; s < planes; ++s)
                for (std::int64_t k = 0; k < 64 * packed.words(); ++k) {
                    const std::uint64_t bit =
                        (packed.plane(s)[static_cast<std::size_t>(k / 64)] >> (k % 64)) & 1;
                    const int code = k < length ? codes[static_cast<std::size_t>(k)] : 0;
                    ASSERT_EQ(bit, static_cast<std::uint64_t>((code >> s) & 1)) << s << ' ' << k;
                }
            auto low = codes;
            for (auto& code : low) code = static_cast<std::uint8_t>(code & ((1 << planes) - 1));
            EXPECT_EQ(unpack_planes(packed), low);
        }
    EXPECT_THROW(BitPlanes(9, 1), InternalError);
}

TEST(BitPlanes, AFullMaskHasOneBitAPosition) {
    for (std::int64_t length = 0; length <= 200; ++length) {
        std::int64_t ones = 0;
        const auto mask = full_mask(length);
        for (const std::uint64_t word : mask) ones += std::popcount(word);
        EXPECT_EQ(ones, length);
        if (length == 0) continue;
        const auto last = static_cast<std::size_t>(length - 1);
        EXPECT_EQ(mask[last / 64] >> (last % 64), 1u) << length;
    }
}

struct Word {
    std::uint64_t bits = 0, mask = 0;
    int plane = 0;
    bool operator==(const Word&) const = default;
};

struct Packed {
    std::vector<Word> words;
    std::int64_t cycles = 0;  // until the last plane was taken
};

// Streams the codes through; `stall(cycle, side)` says whether a side waits in a cycle.
template <class Stall>
Packed stream(const std::vector<std::uint8_t>& codes, int word_bits, int planes, Stall stall) {
    Packed packed;
    PlanePacker::State state;
    std::size_t sent = 0;
    const std::size_t length = codes.size(), word = static_cast<std::size_t>(word_bits);
    const std::size_t expected = (length + word - 1) / word * static_cast<std::size_t>(planes);
    while (packed.words.size() < expected) {
        const bool valid = sent < length && !stall(packed.cycles, 0);
        const bool ready = !stall(packed.cycles, 1);
        const PlanePacker::Inputs inputs{valid, valid ? codes[sent] : std::uint8_t{0xa5},
                                         sent + 1 == length, ready, planes};
        const PlanePacker::Outputs outputs = PlanePacker::outputs(state, inputs);
        if (outputs.valid && ready)
            packed.words.push_back({outputs.word, outputs.mask, outputs.plane});
        if (valid && outputs.ready) ++sent;
        state = PlanePacker::next(state, inputs, word_bits);
        ++packed.cycles;
        if (packed.cycles > 100000) break;
    }
    EXPECT_FALSE(PlanePacker::outputs(state, {}).valid);
    return packed;
}

std::vector<Word> expected_words(const std::vector<std::uint8_t>& codes, int word_bits,
                                 int planes) {
    std::vector<Word> words;
    for (std::size_t at = 0; at < codes.size(); at += static_cast<std::size_t>(word_bits))
        for (int s = 0; s < planes; ++s) {
            Word word{0, 0, s};
            for (std::size_t k = 0; k < static_cast<std::size_t>(word_bits); ++k)
                if (at + k < codes.size()) {
                    word.bits |= std::uint64_t{(codes[at + k] >> s) & 1u} << k;
                    word.mask |= std::uint64_t{1} << k;
                }
            words.push_back(word);
        }
    return words;
}

// Whatever the neighbours do, every plane of every word comes out, in order, once.
TEST(PlanePacker, GivesEveryPlaneOfEveryWordInOrder) {
    const RandomStream random(1, "plane_packer");
    for (const int word_bits : {2, 8, 32, 64})
        for (int planes = 1; planes <= 8; ++planes)
            for (const std::int64_t length : {1, 2, 7, 64, 129, 300})
                for (const std::uint64_t mood : {1, 2, 4}) {
                    const auto codes =
                        random_codes(random, static_cast<std::uint64_t>(length), length, 8);
                    const auto stall = [&](std::int64_t cycle, int side) {
                        const auto index = static_cast<std::uint64_t>(2 * cycle + side);
                        return mood != 1 && random.below(index, mood) == 0;
                    };
                    EXPECT_EQ(stream(codes, word_bits, planes, stall).words,
                              expected_words(codes, word_bits, planes))
                        << word_bits << ' ' << planes << ' ' << length << ' ' << mood;
                }
}

// Words of at least as many codes as planes: one code a cycle, then two cycles and the last planes.
TEST(PlanePacker, NeverStallsWhenWordsAreAsLongAsThereArePlanes) {
    const RandomStream random(2, "plane_packer");
    for (const int word_bits : {8, 32, 64})
        for (int planes = 1; planes <= 8; ++planes) {
            const std::int64_t length = 5 * word_bits;
            const auto codes = random_codes(random, 0, length, 8);
            const Packed packed =
                stream(codes, word_bits, planes, [](std::int64_t, int) { return false; });
            EXPECT_EQ(packed.cycles, length + PlanePacker::latency_cycles - 1 + planes);
        }
}

// A code is refused only while both buffers are taken.
TEST(PlanePacker, RefusesCodesOnlyWhenBothBuffersAreFull) {
    PlanePacker::State state;
    int taken = 0;
    for (int cycle = 0; cycle < 100; ++cycle) {
        const PlanePacker::Inputs inputs{true, 0xff, false, false, 8};
        taken += PlanePacker::outputs(state, inputs).ready ? 1 : 0;
        state = PlanePacker::next(state, inputs, 32);
    }
    EXPECT_EQ(taken, 64);
    EXPECT_EQ(PlanePacker::outputs(state, {}).word, 0xffffffffu);
}

}  // namespace
}  // namespace bitloom
