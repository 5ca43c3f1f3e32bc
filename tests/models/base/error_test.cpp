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

}  // namespace
}  // namespace bitloom
