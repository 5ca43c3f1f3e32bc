// SPDX-License-Identifier: Apache-2.0
// The vector unit's arithmetic once more, from its definition and without shifts: divisions in 128
// bits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/base/random.h"
#include "models/numeric/requantize.h"

namespace bitloom::reference {

__extension__ using Wide = __int128;

inline Wide floor_divide(Wide a, Wide b) {
    const Wide quotient = a / b;
    return quotient - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

inline Wide clamp(Wide value, Wide low, Wide high) {
    return value < low ? low : value > high ? high : value;
}
inline Wide clamp32(Wide value) {
    return clamp(value, INT32_MIN, INT32_MAX);
}
inline Wide clamp16(Wide value) {
    return clamp(value, INT16_MIN, INT16_MAX);
}

// Left shift with saturation; product / 2^31 rounded half up; / 2^shift rounded half away from 0.
inline Wide requantize(Wide value, Multiplier m) {
    const Wide shifted = clamp32(value * (Wide{1} << std::max(0, -m.shift)));
    const Wide product = floor_divide(shifted * m.mantissa + (Wide{1} << 30), Wide{1} << 31);
    const Wide divisor = Wide{1} << std::max(0, m.shift);
    const Wide magnitude = ((product < 0 ? -product : product) * 2 + divisor) / (2 * divisor);
    return product < 0 ? -magnitude : magnitude;
}

// Draws that meet corners often: extremes, small numbers, every magnitude.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : random_(seed, "vector") {}

    std::uint64_t bits() { return random_.bits(next_++); }
    std::uint64_t below(std::uint64_t bound) { return random_.below(next_++, bound); }
    double normal() { return random_.normal(next_++); }
    double uniform() { return random_.uniform(next_++); }

    std::int32_t psum() {
        switch (below(16)) {
            case 0:
                return INT32_MIN + static_cast<std::int32_t>(below(3));
            case 1:
                return INT32_MAX - static_cast<std::int32_t>(below(3));
            case 2:
                return static_cast<std::int32_t>(below(5)) - 2;
            default:
                return static_cast<std::int32_t>(bits()) >> below(31);
        }
    }
    std::int16_t word() {
        switch (below(16)) {
            case 0:
                return INT16_MIN;
            case 1:
                return INT16_MAX;
            default:
                return static_cast<std::int16_t>(static_cast<std::int16_t>(bits()) >> below(15));
        }
    }
    // Any that quantize_multiplier can give.
    Multiplier multiplier() {
        if (below(32) == 0) return {};
        return {static_cast<std::int32_t>((std::uint64_t{1} << 30) + below(std::uint64_t{1} << 30)),
                static_cast<int>(below(62)) - 30};
    }

private:
    RandomStream random_;
    std::uint64_t next_ = 0;
};

}  // namespace bitloom::reference
