// SPDX-License-Identifier: Apache-2.0
// Codes turned into bit planes, and back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitloom {

// Plane-major bits of `length` codes: bit k % 64 of word k / 64 of plane s is bit s of code k. Bits
// beyond the last code are 0.
class BitPlanes {
public:
    BitPlanes() = default;
    BitPlanes(int planes, std::int64_t length);

    int planes() const { return planes_; }
    std::int64_t length() const { return length_; }
    std::int64_t words() const { return words_; }  // of one plane
    std::span<const std::uint64_t> plane(int s) const {
        return {bits_.data() + s * words_, static_cast<std::size_t>(words_)};
    }
    std::span<std::uint64_t> plane(int s) {
        return {bits_.data() + s * words_, static_cast<std::size_t>(words_)};
    }
    bool operator==(const BitPlanes&) const = default;

private:
    int planes_ = 0;
    std::int64_t length_ = 0;
    std::int64_t words_ = 0;
    std::vector<std::uint64_t> bits_;
};

// The low `planes` bits (1..8) of each code.
BitPlanes pack_planes(std::span<const std::uint8_t> codes, int planes);
std::vector<std::uint8_t> unpack_planes(const BitPlanes& planes);

// A mask with the first `length` bits set: every position of a reduction takes part.
std::vector<std::uint64_t> full_mask(std::int64_t length);

}  // namespace bitloom
