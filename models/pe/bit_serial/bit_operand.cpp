// SPDX-License-Identifier: Apache-2.0
#include "models/pe/bit_serial/bit_operand.h"

#include "models/base/error.h"

namespace bitloom {

BitOperand bit_operand(const Format& format) {
    const int bits = format.bits();
    if (bits >= 1 && bits <= 8) {
        if (format.name() == fmt::format("uint{}", bits))
            return {BitEncoding::unsigned_binary, bits};
        if (format.name() == fmt::format("int{}", bits))
            return {BitEncoding::twos_complement, bits};
        if (format.name() == fmt::format("bipolar{}", bits)) return {BitEncoding::bipolar, bits};
    }
    fail(
        "{}: has no bit planes: a bit-serial array takes uint1..uint8, int2..int8, "
        "bipolar1..bipolar8",
        format.name());
}

}  // namespace bitloom
