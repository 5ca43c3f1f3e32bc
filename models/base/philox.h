// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10 (Salmon et al., SC'11) with the counter and key that RandomStream gives it.
#pragma once

#include <Random123/philox.h>

#include <cstdint>

namespace bitloom {

using PhiloxBlock = r123::Philox4x32::ctr_type;

inline constexpr int philox_rounds = 10;
inline constexpr std::uint32_t philox_multipliers[2] = {0xD2511F53u, 0xCD9E8D57u};
inline constexpr std::uint32_t philox_weyl[2] = {0x9E3779B9u, 0xBB67AE85u};

// Counter: the index, then the component, low words first; key: the seed.
inline PhiloxBlock philox(std::uint64_t seed, std::uint64_t component, std::uint64_t index) {
    const PhiloxBlock counter = {
        {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
         static_cast<std::uint32_t>(component), static_cast<std::uint32_t>(component >> 32)}};
    const r123::Philox4x32::key_type key = {
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
    return r123::Philox4x32()(counter, key);
}

}  // namespace bitloom
