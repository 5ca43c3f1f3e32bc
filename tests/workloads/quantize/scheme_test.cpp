// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/scheme.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "models/numeric/format.h"

namespace bitloom {
namespace {

std::string error_of(std::string_view name) {
    try {
        find_scheme(name);
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

TEST(Scheme, EveryNameFindsItsScheme) {
    for (const std::string& name : scheme_names()) EXPECT_EQ(find_scheme(name).name, name);
    EXPECT_THAT(scheme_names(), testing::IsSupersetOf({"ant4", "int4", "int8"}));
}

TEST(Scheme, UnknownNameIsAnErrorWithTheNearest) {
    EXPECT_EQ(error_of("ant5"),
              "unknown scheme 'ant5'; known: ant4 ip4 flint4 int4_mixed int4 int8 cim8 cim6 cim4 "
              "w1a1..w8a8; "
              "did you mean 'ant4'?");
    EXPECT_EQ(error_of("nvfp4block"),
              "unknown scheme 'nvfp4block'; known: ant4 ip4 flint4 int4_mixed int4 int8 "
              "cim8 cim6 cim4 w1a1..w8a8");
}

TEST(Scheme, EveryCandidateIsAFormatOfTheSchemesWidth) {
    for (const Scheme& scheme : schemes()) {
        if (scheme.one_weight_scale) continue;
        const int bits = scheme.name == "int8" ? 8 : 4;
        for (const bool is_signed : {false, true}) {
            ASSERT_FALSE(scheme.activations(is_signed).empty());
            for (const std::string& name : scheme.activations(is_signed)) {
                EXPECT_EQ(format(name).bits(), bits);
                EXPECT_EQ(format(name).is_signed(), is_signed);
            }
        }
        EXPECT_EQ(scheme.weights, scheme.signed_activations);
    }
}

TEST(Scheme, AnalogArraysTakeSignedActivationsAndOneScaleATensorInEveryLayer) {
    for (const int bits : {8, 6, 4}) {
        const Scheme scheme = find_scheme(fmt::format("cim{}", bits));
        EXPECT_THAT(scheme.weights, testing::ElementsAre("int8"));
        for (const bool is_signed : {false, true})
            EXPECT_THAT(scheme.activations(is_signed),
                        testing::ElementsAre(fmt::format("int{}", bits)));
        EXPECT_TRUE(scheme.one_weight_scale);
        EXPECT_EQ(raised_layers(scheme, -1, 8, 5, "here").count, 0);
    }
    for (const char* other : {"int8", "ant4", "w4a4"})
        EXPECT_FALSE(find_scheme(other).one_weight_scale);
}

TEST(Scheme, AntTriesTheTypesInThePublishedOrder) {
    EXPECT_THAT(find_scheme("ant4").weights, testing::ElementsAre("int4", "flint4", "pot4"));
    EXPECT_THAT(find_scheme("ant4").unsigned_activations,
                testing::ElementsAre("uint4", "uflint4", "upot4"));
}

TEST(Scheme, EveryPairOfWidthsIsAScheme) {
    for (int p = 1; p <= 8; ++p) {
        for (int q = 1; q <= 8; ++q) {
            const Scheme scheme = find_scheme(fmt::format("w{}a{}", p, q));
            EXPECT_EQ(scheme.name, fmt::format("w{}a{}", p, q));
            EXPECT_EQ(scheme.rule, RaiseRule::first_last);
            EXPECT_THAT(scheme.weights,
                        testing::ElementsAre(p == 1 ? "bipolar1" : fmt::format("int{}", p)));
            EXPECT_THAT(scheme.signed_activations,
                        testing::ElementsAre(q == 1 ? "bipolar1" : fmt::format("int{}", q)));
            EXPECT_THAT(scheme.unsigned_activations,
                        testing::ElementsAre(fmt::format("uint{}", q)));
            for (const bool is_signed : {false, true})
                EXPECT_EQ(format(scheme.activations(is_signed)[0]).bits(), q);
            EXPECT_EQ(format(scheme.weights[0]).bits(), p);
        }
    }
}

TEST(Scheme, NamesThatAreAlmostAPairOfWidthsAreUnknown) {
    for (const char* name : {"w0a2", "w9a2", "w2a0", "w2a9", "w2", "a2w2", "W1A2", "w1a2 ", "w1a10",
                             "w01a2", "w-1a2", "w1b2", "wPaQ", ""})
        EXPECT_TRUE(error_of(name).starts_with(fmt::format("unknown scheme '{}'; known: ", name)))
            << error_of(name);
}

TEST(RaisedLayers, FollowTheRuleOrTheUsersCount) {
    const auto raised = [](const char* scheme, std::int64_t count, int bits) {
        const RaisedLayers result = raised_layers(find_scheme(scheme), count, bits, 5, "here");
        return std::pair(result.count, result.bits);
    };
    EXPECT_EQ(raised("w1a2", -1, 8), std::pair(std::int64_t{2}, 8));
    EXPECT_EQ(raised("w1a2", -1, 3), std::pair(std::int64_t{2}, 3));
    EXPECT_EQ(raised("w1a2", -1, 0), std::pair(std::int64_t{0}, 8));
    EXPECT_EQ(raised("w1a2", 4, 8), std::pair(std::int64_t{4}, 8));
    EXPECT_EQ(raised("ant4", -1, 8), std::pair(std::int64_t{2}, 8));
    EXPECT_EQ(raised("int8", -1, 8), std::pair(std::int64_t{-1}, 8));
    EXPECT_EQ(raised_layers(find_scheme("w1a2"), -1, 8, 1, "here").count, 1);
}

TEST(RaisedLayers, MistakesSayWhatIsAllowed) {
    const auto error = [](const char* scheme, std::int64_t count, int bits) -> std::string {
        try {
            raised_layers(find_scheme(scheme), count, bits, 5, "here");
        } catch (const Error& found) {
            return found.what();
        }
        return "none";
    };
    EXPECT_EQ(error("w1a2", 6, 8), "here: int8_layers = 6: must be -1..5");
    EXPECT_EQ(error("w1a2", -2, 8), "here: int8_layers = -2: must be -1..5");
    EXPECT_EQ(error("w1a2", -1, 9), "here: first_last_bits = 9: must be 0..8");
    EXPECT_EQ(error("w1a2", -1, -1), "here: first_last_bits = -1: must be 0..8");
    EXPECT_EQ(error("ant4", -1, 4),
              "here: first_last_bits = 4: scheme 'ant4' chooses the layers of 8 bits: must be 8");
    EXPECT_EQ(error("w1a2", 3, 0),
              "here: first_last_bits = 0: int8_layers = 3 names the layers of 8 bits: must be 8");
}

}  // namespace
}  // namespace bitloom
