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
    std::vector<std::int8_t> x(static_cast<std::size_t>(cells.k), largest);
    std::vector<std::int32_t> acc(static_cast<std::size_t>(cells.n));
    const std::int64_t reads = input == ReadOutInput::one_hot ? cells.k : 1;
    std::int64_t sum = 0;
    for (std::int64_t read = 0; read < reads; ++read) {
        if (input == ReadOutInput::one_hot) {
            std::fill(x.begin(), x.end(), std::int8_t{0});
            x[static_cast<std::size_t>(read)] = largest;
        }
        mvm.multiply(layer, x, 1, event + static_cast<std::uint64_t>(read), acc, counts);
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
