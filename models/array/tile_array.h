// SPDX-License-Identifier: Apache-2.0
// The array as one transaction a command: psums at the speed of the host's vector unit, cycles and
// activity from closed forms. Equal to pe_array on every command (tests/property).
#pragma once

#include "models/array/array_body.h"
#include "models/array/gemm_kernel.h"

namespace bitloom {

// Cycles and activity of a command, overflows excluded (they depend on the data).
ArrayCounts count_command(const SystolicConfig& config, const ArrayCommand& command);

class TileArray final : public ArrayBody {
public:
    using ArrayBody::ArrayBody;
    void execute(const ArrayCommand& command) override;

private:
    UnpackedActivations activations_;
    ContentTag activation_tag_;
    PackedWeights weights_;
    ContentTag weight_tag_;
    ReductionRuns runs_;
};

}  // namespace bitloom
