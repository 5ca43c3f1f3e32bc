// SPDX-License-Identifier: Apache-2.0
#include "models/pe/bit_serial/plane_schedule.h"

#include <algorithm>

#include "models/base/error.h"

namespace bitloom {

std::vector<PlaneStep> plane_schedule(const BitOperand& activation, const BitOperand& weight) {
    for (const int bits : {activation.bits, weight.bits})
        BITLOOM_CHECK(bits >= 1 && bits <= 8, "an operand of {} bits", bits);
    const BitSerialMode mode = bit_serial_mode(activation.encoding, weight.encoding);
    std::vector<PlaneStep> steps;
    for (int diagonal = activation.bits + weight.bits - 2; diagonal >= 0; --diagonal) {
        const int highest = std::min(diagonal, activation.bits - 1);
        const int lowest = std::max(0, diagonal - (weight.bits - 1));
        for (int a = highest; a >= lowest; --a) {
            const int w = diagonal - a;
            steps.push_back({a, w, steps.empty(), !steps.empty() && a == highest,
                             activation.is_negative(a) != weight.is_negative(w), mode});
        }
    }
    return steps;
}

}  // namespace bitloom
