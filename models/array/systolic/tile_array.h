// SPDX-License-Identifier: Apache-2.0
// The array as one transaction a command: psums at the speed of the host's vector unit, cycles and
// activity from closed forms. Equal to pe_array on every command (tests/property).
#pragma once

#include <map>

#include "models/array/gemm_kernel.h"
#include "models/array/systolic/systolic_body.h"

namespace bitloom {

// Cycles and activity of a command, overflows excluded (they depend on the data).
ArrayCounts count_command(const SystolicConfig& config, const ConvolutionTile& tile, int lines);

class TileArray final : public SystolicBody {
public:
    using SystolicBody::SystolicBody;
    void execute(const ArrayCommand& command) override;

private:
    const PackedWeights& weights_of(const ArrayCommand& command, const ReductionRuns& runs);
    const UnpackedActivations& activations_of(const ArrayCommand& command);

    // What was unpacked in this layer, by content; bounded, since a layer may be large.
    std::map<ContentTag, PackedWeights> weights_;
    std::map<ContentTag, UnpackedActivations> activations_;
    std::int64_t weight_values_ = 0, activation_values_ = 0;
    std::int64_t layer_ = 0;
};

}  // namespace bitloom
