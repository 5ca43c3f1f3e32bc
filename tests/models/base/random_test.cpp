// SPDX-License-Identifier: Apache-2.0
#include "models/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace bitloom {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Philox4x32-10 written from the paper (SC'11, section 3.3), not from the library in use.
Words philox(Words counter, std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t first = std::uint64_t{0xD2511F53u} * counter[0];
        const std::uint64_t second = std::uint64_t{0xCD9E8D57u} * counter[2];
        counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0],
                   static_cast<std::uint32_t>(second),
                   static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1],
                   static_cast<std::uint32_t>(first)};
        key[0] += 0x9E3779B9u;  // golden ratio
        key[1] += 0xBB67AE85u;  // sqrt(3) - 1
    }
    return counter;
}

// Random123's kat_vectors, "philox4x32 10": the test's own generator is right.
TEST(Random, ReferenceGeneratorGivesThePublishedKnownAnswers) {
    constexpr std::uint32_t ones = 0xffffffffu;
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
              (Words{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}));
    EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
              (Words{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu}));
    EXPECT_EQ(
        philox({0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}, {0xa4093822u, 0x299f31d0u}),
        (Words{0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}));
}

// Counter: index, then the hash of the component's name, low words first; key: the seed.
TEST(Random, BitsAreTheFirstTwoWordsOfPhilox) {
    for (const std::uint64_t seed : {0ull, 1ull, 0x299f31d0a4093822ull, ~0ull})
        for (const char* component : {"", "conv1.weights", "noise"})
            for (const std::uint64_t index : {0ull, 1ull, 0xffffffffull, 0x100000000ull, ~0ull}) {
                const std::uint64_t name = fnv1a(component);
                const Words words = philox(
                    {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                     static_cast<std::uint32_t>(name), static_cast<std::uint32_t>(name >> 32)},
                    {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
                EXPECT_EQ(RandomStream(seed, component).bits(index),
                          words[0] | std::uint64_t{words[1]} << 32);
            }
}

// Published FNV-1a 64-bit test vectors.
TEST(Random, Fnv1aGivesThePublishedHashes) {
    EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325u);
    EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cu);
    EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8u);
    EXPECT_EQ(fnv1a("\xff"), 0xaf64724c8602eb6eu);  // bytes are unsigned
}

TEST(Random, DrawsDoNotDependOnOrderOrOnOtherDraws) {
    const RandomStream stream(5, "order");
    std::vector<std::uint64_t> forward(1000);
    for (std::uint64_t i = 0; i < 1000; ++i) forward[i] = stream.bits(i);
    for (std::uint64_t i = 1000; i-- > 0;) {
        const RandomStream other(5, "order");
        other.normal(i / 2);
        stream.uniform(999 - i);
        EXPECT_EQ(other.bits(i), forward[i]);
    }
}

TEST(Random, SeedComponentAndIndexAllMatter) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        for (const char* component : {"a", "b", "c"})
            for (std::uint64_t index = 0; index < 100; ++index)
                seen.insert(RandomStream(seed, component).bits(index));
    EXPECT_EQ(seen.size(), 3000u);
}

TEST(Random, UniformFillsTheUnitIntervalEvenly) {
    const RandomStream stream(1, "uniform");
    constexpr int draws = 100000;
    std::array<int, 20> bins{};
    for (std::uint64_t i = 0; i < draws; ++i) {
        const double value = stream.uniform(i);
        ASSERT_GE(value, 0.0);
        ASSERT_LT(value, 1.0);
        ASSERT_EQ(value, std::ldexp(static_cast<double>(stream.bits(i) >> 11), -53));
        ++bins[static_cast<std::size_t>(value * 20)];
    }
    double chi2 = 0;
    for (const int count : bins) chi2 += std::pow(count - draws / 20.0, 2) / (draws / 20.0);
    EXPECT_LT(chi2, 43.8);  // 19 degrees of freedom: exceeded by one seed in 1000
}

TEST(Random, BelowCoversItsRangeAndStaysInIt) {
    const RandomStream stream(2, "below");
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        EXPECT_EQ(stream.below(i, 1), 0u);
        const std::uint64_t value = stream.below(i, 7);
        ASSERT_LT(value, 7u);
        seen.insert(value);
        // Multiply-shift: with bound 2^32 the upper half of the bits.
        EXPECT_EQ(stream.below(i, 1ull << 32), stream.bits(i) >> 32);
        EXPECT_LT(stream.below(i, ~0ull), ~0ull);
    }
    EXPECT_EQ(seen.size(), 7u);
}

TEST(Random, NormalHasTheMomentsOfTheStandardNormal) {
    const RandomStream stream(3, "normal");
    constexpr int draws = 200000;
    double sum = 0;
    double squares = 0;
    double fourth = 0;
    int beyond_two = 0;
    for (std::uint64_t i = 0; i < draws; ++i) {
        const double x = stream.normal(i);
        ASSERT_TRUE(std::isfinite(x));
        sum += x;
        squares += x * x;
        fourth += x * x * x * x;
        beyond_two += std::abs(x) > 2 ? 1 : 0;
    }
    // Five standard errors: 1, sqrt(2), sqrt(96) and sqrt(p(1-p)) over sqrt(draws).
    const double error = 5 / std::sqrt(draws);
    EXPECT_NEAR(sum / draws, 0, error);
    EXPECT_NEAR(squares / draws, 1, error * std::sqrt(2.0));
    EXPECT_NEAR(fourth / draws, 3, error * std::sqrt(96.0));
    EXPECT_NEAR(static_cast<double>(beyond_two) / draws, 0.0455, error * 0.21);
}

}  // namespace
}  // namespace bitloom
