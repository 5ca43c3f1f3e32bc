// SPDX-License-Identifier: Apache-2.0
// What a trace says about the layers that are kept in wider integers than the scheme's types.
#pragma once

#include <optional>
#include <vector>

#include "workloads/quantize/fuse.h"
#include "workloads/quantize/scheme.h"
#include "workloads/trace/promotion.h"

namespace bitloom {

// `wide` has one flag a layer, as of wide_flags(). Of the wide layers, those that the scheme's own
// rule names (the first and the last, unless first_last_bits is 0) are told from those raised
// beyond it. Absent where the scheme has the same types for all layers.
std::optional<Promotion> promotion_of(const Scheme& scheme, const RaisedLayers& raised,
                                      int first_last_bits, const std::vector<FusedLayer>& layers,
                                      const std::vector<bool>& wide);

}  // namespace bitloom
