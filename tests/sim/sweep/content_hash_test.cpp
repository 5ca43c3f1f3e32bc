// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/content_hash.h"

#include <gtest/gtest.h>

#include <vector>

namespace bitloom {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// FIPS 180-4's own examples.
TEST(ContentHash, ExamplesOfTheStandard) {
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(ContentHash, BordersBetweenTextsMatter) {
    EXPECT_NE(sha256_of_pairs(Pairs{{"a", "b=c"}}), sha256_of_pairs(Pairs{{"a=b", "c"}}));
    EXPECT_NE(sha256_of_pairs(Pairs{{"a", "b"}, {"c", "d"}}),
              sha256_of_pairs(Pairs{{"a", "b;1:c=1:d"}}));
    EXPECT_NE(sha256_of_pairs(Pairs{}), sha256_of_pairs(Pairs{{"", ""}}));
}

// Databases hold these: a change of the form would make every stored point unknown.
TEST(ContentHash, FormOfPairsDoesNotChange) {
    EXPECT_EQ(sha256_of_pairs(Pairs{{"chip", "ant"}, {"seed", "10"}}),
              sha256("4:chip=3:ant;4:seed=2:10;"));
}

}  // namespace
}  // namespace bitloom
