// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/promotion_of.h"

#include <algorithm>

#include "models/numeric/format.h"
#include "workloads/quantize/encodings.h"

namespace bitloom {

namespace {

bool has_one_width(const Scheme& scheme, int bits) {
    for (const auto* formats :
         {&scheme.weights, &scheme.signed_activations, &scheme.unsigned_activations})
        for (const std::string& name : *formats)
            if (format(name).bits() < bits) return false;
    return true;
}

}  // namespace

std::optional<Promotion> promotion_of(const Scheme& scheme, const RaisedLayers& raised,
                                      int first_last_bits, const std::vector<FusedLayer>& layers,
                                      const std::vector<bool>& wide) {
    if (has_one_width(scheme, raised.bits)) return std::nullopt;
    const std::vector<std::size_t> weighted = weighted_layers(layers);
    const std::int64_t ruled =
        raised_layers(scheme, -1, first_last_bits, static_cast<std::int64_t>(weighted.size()),
                      "promotion")
            .count;
    const std::vector<bool> by_rule = wide_flags(layers, ruled, {});
    Promotion promotion;
    promotion.format = uniform_format(raised.bits, true);
    for (const std::size_t index : weighted)
        if (wide[index])
            (by_rule[index] ? promotion.by_rule : promotion.raised)
                .push_back(layers[index].node.name);
    return promotion;
}

}  // namespace bitloom
