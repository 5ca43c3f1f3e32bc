// SPDX-License-Identifier: Apache-2.0
// Packing of codes of fewer than 8 bits.
#include <cstring>

#include "workloads/trace/trace.h"

namespace bitloom {

std::int64_t packed_size(std::int64_t count, int bits) {
    BITLOOM_CHECK(bits >= 1 && bits <= 8, "codes of {} bits are not packed", bits);
    BITLOOM_CHECK(count >= 0, "a count of codes is not {}", count);
    // In two parts: count * bits may exceed 64 bits.
    return count / 8 * bits + (count % 8 * bits + 7) / 8;
}

std::vector<std::byte> pack_codes(std::span<const std::uint8_t> codes, int bits) {
    const std::int64_t size = packed_size(static_cast<std::int64_t>(codes.size()), bits);
    std::vector<std::byte> packed;
    packed.reserve(static_cast<std::size_t>(size));
    unsigned pending = 0;  // bits not yet written, lowest first; fewer than 8 between codes
    int pending_bits = 0;
    unsigned all = 0;
    for (const unsigned code : codes) {
        all |= code;
        pending |= code << pending_bits;
        pending_bits += bits;
        if (pending_bits >= 8) {
            packed.push_back(static_cast<std::byte>(pending & 0xffu));
            pending >>= 8;
            pending_bits -= 8;
        }
    }
    if (pending_bits > 0) packed.push_back(static_cast<std::byte>(pending & 0xffu));
    BITLOOM_CHECK(all >> bits == 0, "every code has at most {} bits", bits);
    return packed;
}

std::vector<std::uint8_t> unpack_codes(std::span<const std::byte> packed, int bits,
                                       std::int64_t count) {
    BITLOOM_CHECK(static_cast<std::int64_t>(packed.size()) == packed_size(count, bits),
                  "{} codes of {} bits are packed into {} bytes, not {}", count, bits,
                  packed_size(count, bits), packed.size());
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(count));
    if (bits == 8) {
        if (count > 0) std::memcpy(codes.data(), packed.data(), packed.size());
        return codes;
    }
    const unsigned mask = (1u << bits) - 1u;
    unsigned pending = 0;
    int pending_bits = 0;
    std::size_t next = 0;
    for (std::uint8_t& code : codes) {
        if (pending_bits < bits) {
            pending |= std::to_integer<unsigned>(packed[next++]) << pending_bits;
            pending_bits += 8;
        }
        code = static_cast<std::uint8_t>(pending & mask);
        pending >>= bits;
        pending_bits -= bits;
    }
    return codes;
}

}  // namespace bitloom
