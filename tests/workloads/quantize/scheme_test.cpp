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
              "unknown scheme 'ant5'; known: ant4 ip4 flint4 int4_mixed int4 int8; did you mean "
              "'ant4'?");
    EXPECT_EQ(error_of("nvfp4block"),
              "unknown scheme 'nvfp4block'; known: ant4 ip4 flint4 int4_mixed int4 int8");
}

TEST(Scheme, EveryCandidateIsAFormatOfTheSchemesWidth) {
    for (const Scheme& scheme : schemes()) {
        ASSERT_FALSE(scheme.families.empty());
        for (const std::string& family : scheme.families) {
            for (const bool is_signed : {false, true}) {
                const Format& type = format(format_name(family, scheme.bits, is_signed));
                EXPECT_EQ(type.bits(), scheme.bits);
                EXPECT_EQ(type.is_signed(), is_signed);
            }
        }
    }
}

TEST(Scheme, AntTriesTheTypesInThePublishedOrder) {
    EXPECT_THAT(find_scheme("ant4").families, testing::ElementsAre("int", "flint", "pot"));
}

}  // namespace
}  // namespace bitloom
