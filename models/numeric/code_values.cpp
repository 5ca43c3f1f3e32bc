// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/code_values.h"

#include <algorithm>

#include "models/base/error.h"

namespace bitloom {

CodeValues::CodeValues(const Format& format) : format_(&format), bits_(format.bits()) {
    const auto refuse = [&] {
        fail(
            "format '{}': an integer array takes formats of at most 8 bits whose values are "
            "integers of 16 bits",
            format.name());
    };
    if (bits_ > 8) refuse();
    for (std::uint32_t code = 0; code < format.code_count(); ++code) {
        const Value value = format.decode(code);
        if (value.kind != Value::Kind::finite || value.exponent < 0 || value.exponent > 15 ||
            value.mantissa > 32768)
            refuse();
        const std::int64_t magnitude = value.mantissa << value.exponent;
        const std::int64_t number = value.negative ? -magnitude : magnitude;
        values_.push_back(static_cast<std::int16_t>(number));
        if (values_.back() != number) refuse();
        max_magnitude_ = std::max(max_magnitude_, magnitude);
    }
}

}  // namespace bitloom
