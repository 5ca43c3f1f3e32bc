// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/base/random.h"
#include "workloads/trace/trace.h"

namespace bitloom {
namespace {

std::vector<std::uint8_t> random_codes(std::uint64_t seed, std::size_t count, int bits) {
    const RandomStream random(seed, "codes");
    std::vector<std::uint8_t> codes(count);
    for (std::size_t i = 0; i < count; ++i)
        codes[i] = static_cast<std::uint8_t>(random.below(i, std::uint64_t{1} << bits));
    return codes;
}

bool bit(std::span<const std::byte> bytes, std::size_t index) {
    return (std::to_integer<unsigned>(bytes[index / 8]) >> (index % 8) & 1u) != 0;
}

// 40 codes visit every phase of a code against the byte borders, and every last phase, five times.
TEST(PackedCodes, EveryBitIsWhereTheStreamHasIt) {
    for (int bits = 1; bits <= 8; ++bits)
        for (std::size_t count = 0; count <= 40; ++count) {
            const std::vector<std::uint8_t> codes = random_codes(count, count, bits);
            const std::vector<std::byte> packed = pack_codes(codes, bits);
            const std::size_t width = static_cast<std::size_t>(bits);
            ASSERT_EQ(packed.size(), (count * width + 7) / 8) << bits << " bits, " << count;
            for (std::size_t i = 0; i < packed.size() * 8; ++i) {
                const bool expected =
                    i < count * width && (codes[i / width] >> (i % width) & 1u) != 0;
                ASSERT_EQ(bit(packed, i), expected) << bits << " bits, " << count << ", bit " << i;
            }
        }
}

TEST(PackedCodes, UnpackingGivesTheCodesBack) {
    for (int bits = 1; bits <= 8; ++bits)
        for (std::size_t count = 0; count <= 40; ++count) {
            const std::vector<std::uint8_t> codes = random_codes(count + 100, count, bits);
            ASSERT_EQ(unpack_codes(pack_codes(codes, bits), bits, static_cast<std::int64_t>(count)),
                      codes)
                << bits << " bits, " << count;
        }
}

TEST(PackedCodes, UnusedBitsDoNotReachTheCodes) {
    const std::vector<std::byte> packed = {std::byte{0xff}};
    EXPECT_EQ(unpack_codes(packed, 3, 2), (std::vector<std::uint8_t>{7, 7}));
}

TEST(PackedCodes, PackedSizeDoesNotOverflow) {
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(packed_size(most, 8), most);
    EXPECT_EQ(packed_size(most, 1), std::int64_t{1} << 60);
    EXPECT_EQ(packed_size(9, 7), 8);
    EXPECT_EQ(packed_size(0, 5), 0);
}

TEST(PackedCodes, CodesTooLargeAndWrongSizesAreFaultsOfTheCaller) {
    const std::vector<std::uint8_t> codes = {1, 8, 2};
    EXPECT_THROW(pack_codes(codes, 3), InternalError);
    EXPECT_NO_THROW(pack_codes(codes, 4));
    EXPECT_THROW(pack_codes(codes, 0), InternalError);
    EXPECT_THROW(pack_codes(codes, 9), InternalError);
    const std::vector<std::byte> two_bytes(2);
    EXPECT_THROW(unpack_codes(two_bytes, 4, 5), InternalError);
    EXPECT_THROW(unpack_codes(two_bytes, 4, 2), InternalError);
    EXPECT_THROW(unpack_codes(two_bytes, 4, -1), InternalError);
    EXPECT_NO_THROW(unpack_codes(two_bytes, 4, 3));
}

}  // namespace
}  // namespace bitloom
