// SPDX-License-Identifier: Apache-2.0
#include "models/cim/crossbar/drift_read_out.h"

#include <algorithm>
#include <cstdlib>

#include "models/base/error.h"

namespace bitloom {

std::int64_t drift_read_out(const CimMvm& mvm, std::size_t layer, ReadOutInput input,
                            std::uint64_t event, CimCounts& counts) {
    const LayerCells& cells = mvm.snapshot().layers[layer];
    const auto largest = static_cast<std::int8_t>(largest_input(mvm.config().dac));
    const std::int64_t reads = input == ReadOutInput::one_hot ? cells.k : 1;
    constexpr std::int64_t at_once = 48;
    std::int64_t sum = 0;
    for (std::int64_t first = 0; first < reads; first += at_once) {
        const std::int64_t count = std::min(at_once, reads - first);
        std::vector<std::int8_t> x(static_cast<std::size_t>(count * cells.k),
                                   input == ReadOutInput::common ? largest : std::int8_t{0});
        if (input == ReadOutInput::one_hot)
            for (std::int64_t i = 0; i < count; ++i)
                x[static_cast<std::size_t>(i * cells.k + first + i)] = largest;
        std::vector<std::int32_t> acc(static_cast<std::size_t>(count * cells.n));
        mvm.multiply(layer, x, count, event + static_cast<std::uint64_t>(first), acc, counts);
        for (const std::int32_t each : acc) sum += std::abs(std::int64_t{each});
    }
    return sum;
}

double drift_alpha(std::string_view layer, std::int64_t first, std::int64_t now) {
    BITLOOM_CHECK(first >= 0 && now >= 0, "read-outs are sums of magnitudes: {} and {}", first,
                  now);
    if (now == 0 && first == 0) return 1.0;
    if (now == 0) fail("layer '{}': the drift read-out is 0: no factor restores it", layer);
    return static_cast<double>(first) / static_cast<double>(now);
}

}  // namespace bitloom
