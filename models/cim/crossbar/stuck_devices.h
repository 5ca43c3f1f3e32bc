// SPDX-License-Identifier: Apache-2.0
// Devices of an array that no programming changes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/random.h"

namespace bitloom {

// Drawn per physical device: a fault is of a place, whatever is stored there.
struct StuckAt {
    double off_rate = 0.0;  // share of devices stuck at the model's lowest conductance, 0..1
    double on_rate = 0.0;   // at the highest; off_rate + on_rate <= 1
    int cluster = 1;        // rows of one column that fail together, from a multiple on; 1..4096
};

std::vector<std::string> problems(const StuckAt& stuck);

enum class Fault { none, off, on };
enum class PairSide { plus, minus };

class StuckDevices {
public:
    // Draws at (seed, array, row / cluster, column, side).
    StuckDevices(const StuckAt& stuck, std::uint64_t seed);

    bool any() const { return stuck_.off_rate + stuck_.on_rate > 0.0; }
    Fault at(int array, std::int64_t row, std::int64_t column, PairSide side) const;

private:
    StuckAt stuck_;
    RandomStream draws_;
};

}  // namespace bitloom
