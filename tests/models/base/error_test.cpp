// SPDX-License-Identifier: Apache-2.0
#include "models/base/error.h"

#include <gtest/gtest.h>

namespace bitloom {
namespace {

TEST(Error, FailThrowsTheFormattedText) {
    try {
        fail("a.ini: array.rows = {}: must be {}..{}", 0, 1, 1024);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "a.ini: array.rows = 0: must be 1..1024");
    }
}

TEST(Error, CheckThatHoldsDoesNothingAndDoesNotFormat) {
    int formatted = 0;
    BITLOOM_CHECK(formatted == 0, "{}", ++formatted);
    EXPECT_EQ(formatted, 0);
}

TEST(Error, CheckThatFailsSaysWhereAndWhatWasBelieved) {
    const int line = __LINE__ + 2;
    try {
        BITLOOM_CHECK(2 + 2 == 5, "sums are right: {}", 4);
        FAIL();
    } catch (const InternalError& error) {
        EXPECT_EQ(error.what(), fmt::format("{}:{}: believed: sums are right: 4", __FILE__, line));
    }
}

// main tells a user's mistake from a fault of the program by the type.
TEST(Error, UserErrorsAndInternalErrorsAreUnrelatedTypes) {
    EXPECT_FALSE((std::is_base_of_v<Error, InternalError>));
    EXPECT_FALSE((std::is_base_of_v<InternalError, Error>));
}

// Texts in a message come from outside.
TEST(Error, ArgumentsCannotBreakTheLineOrReachATerminal) {
    const auto text_of = [](const auto& value) -> std::string {
        try {
            fail("key {:>3}: wrong", value);
        } catch (const Error& error) {
            return error.what();
        }
    };
    EXPECT_EQ(text_of(std::string("a\nb\x1b")), "key a\\x0ab\\x1b: wrong");
    EXPECT_EQ(text_of(std::string_view("\xff")), "key \\xff: wrong");
    EXPECT_EQ(text_of("a\r"), "key a\\x0d: wrong");
    EXPECT_EQ(text_of('\t'), "key \\x09: wrong");
    EXPECT_EQ(text_of(7), "key   7: wrong");
    EXPECT_EQ(text_of(std::string(1 << 20, 'x')).size(), 1000U + 3 + 11);
}

}  // namespace
}  // namespace bitloom
