// SPDX-License-Identifier: Apache-2.0
// The psums of an analog chip at one moment: sums of its converters' codes, with all noise.
#pragma once

#include <mutex>
#include <vector>

#include "sim/engine/cim_model.h"
#include "sim/engine/psum_source.h"

namespace bitloom {

class CimPsums : public PsumSource {
public:
    // `moment` must outlive it.
    explicit CimPsums(const CimMoment& moment);

    LayerParameters parameters(std::size_t index) const override;
    // The noise of output position p of input i is event i * positions + p.
    void psums(std::size_t index, std::span<const std::byte> first,
               std::span<const std::byte> second, std::uint64_t input_number,
               PsumTile& psums) const override;

    // What the crossbars did since the start, by matrix; unit_ticks for input 0 alone. Not while
    // psums() runs.
    const std::vector<CimCounts>& counts() const { return counts_; }

private:
    const CimMoment& moment_;
    mutable std::mutex mutex_;
    mutable std::vector<CimCounts> counts_;
};

}  // namespace bitloom
