// SPDX-License-Identifier: Apache-2.0
#include "models/pe/bit_serial/bit_planes.h"

#include <algorithm>

#include "models/base/error.h"

namespace bitloom {

namespace {

// Bit i of byte j becomes bit j of byte i (Warren, Hacker's Delight, 2nd ed., section 7-3).
std::uint64_t transpose8(std::uint64_t x) {
    std::uint64_t t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aa;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000cccc0000cccc;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0;
    return x ^ t ^ (t << 28);
}

}  // namespace

BitPlanes::BitPlanes(int planes, std::int64_t length)
    : planes_(planes), length_(length), words_((length + 63) / 64) {
    BITLOOM_CHECK(planes >= 1 && planes <= 8 && length >= 0, "{} planes of {} codes", planes,
                  length);
    bits_.resize(static_cast<std::size_t>(planes * words_));
}

BitPlanes pack_planes(std::span<const std::uint8_t> codes, int planes) {
    const auto length = static_cast<std::int64_t>(codes.size());
    BitPlanes packed(planes, length);
    for (std::int64_t k = 0; k < length; k += 8) {
        std::uint64_t block = 0;
        const std::int64_t end = std::min<std::int64_t>(8, length - k);
        for (std::int64_t i = 0; i < end; ++i)
            block |= std::uint64_t{codes[static_cast<std::size_t>(k + i)]} << (8 * i);
        block = transpose8(block);
        for (int s = 0; s < planes; ++s)
            packed.plane(s)[static_cast<std::size_t>(k / 64)] |= ((block >> (8 * s)) & 255)
                                                                 << (k % 64);
    }
    return packed;
}

std::vector<std::uint8_t> unpack_planes(const BitPlanes& planes) {
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(planes.length()));
    for (std::size_t k = 0; k < codes.size(); ++k)
        for (int s = 0; s < planes.planes(); ++s)
            codes[k] = static_cast<std::uint8_t>(codes[k] |
                                                 ((planes.plane(s)[k / 64] >> (k % 64)) & 1) << s);
    return codes;
}

std::vector<std::uint64_t> full_mask(std::int64_t length) {
    std::vector<std::uint64_t> mask(static_cast<std::size_t>((length + 63) / 64),
                                    ~std::uint64_t{0});
    if (length % 64 != 0) mask.back() = (std::uint64_t{1} << (length % 64)) - 1;
    return mask;
}

}  // namespace bitloom
