// SPDX-License-Identifier: Apache-2.0
// An analog chip over seeds and times: accuracy, energy, and how well the weights are held.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sim/engine/chip_description.h"
#include "sim/engine/cim_model.h"
#include "sim/report/analog.h"

namespace bitloom {

struct CimSweep {
    std::uint64_t first_seed = 1;
    std::int64_t seeds = 1;
    std::vector<double> times_s;
    std::int64_t max_inputs = -1;  // of the data set; < 0: all; 0: no accuracy
    std::function<void(double done, double total)> progress;  // called by one thread at a time
};

// Moments in the order of times_s. Weights are programmed once a seed, and read once a time of it.
// The energy is that of the reference input on the first seed. Chips, times and inputs run on
// several threads; the result does not depend on them.
std::vector<AnalogMoment> sweep_cim(const CimModel& model, const ActivationBytes& reference,
                                    std::span<const CimLayerProgram> programs,
                                    const ChipCosts& costs, double latency_s,
                                    const CimSweep& sweep);

}  // namespace bitloom
