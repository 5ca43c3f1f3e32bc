// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/cim_psums.h"

#include "models/base/error.h"
#include "models/chip/cim_chip/cim_chip.h"

namespace bitloom {

CimPsums::CimPsums(const CimMoment& moment)
    : moment_(moment), counts_(moment.model().network.matrices.size()) {
}

LayerParameters CimPsums::parameters(std::size_t index) const {
    return moment_.parameters(index);
}

void CimPsums::psums(std::size_t index, std::span<const std::byte> first,
                     std::span<const std::byte>, std::uint64_t input_number,
                     PsumTile& psums) const {
    const CimModel& model = moment_.model();
    BITLOOM_CHECK(model.network.matrix_of[index], "layer {} has weights", index);
    const std::size_t matrix = *model.network.matrix_of[index];
    const Im2col& im2col = model.im2col[matrix];
    const std::int64_t positions = im2col.positions();
    psums.clear(positions, model.network.matrices[matrix].n);
    CimCounts counts;
    moment_.mvm().multiply(matrix, im2col.gather_all(first), positions,
                           input_number * static_cast<std::uint64_t>(positions), psums.words,
                           counts);
    scale_sums(psums.words, model.fraction_bits[matrix]);
    if (input_number != 0) counts.unit_ticks = 0;  // too large a number for many inputs together
    const std::lock_guard lock(mutex_);
    counts_[matrix] += counts;
}

}  // namespace bitloom
