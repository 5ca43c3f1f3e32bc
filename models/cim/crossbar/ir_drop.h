// SPDX-License-Identifier: Apache-2.0
// Voltage drop along a bit line. The cells of a column and its wire are a linear network whose rows
// are always at a voltage, so each cell's share of the output current is a factor that depends on
// conductances alone: not on the inputs and not on time within a pulse.
#pragma once

#include <span>

namespace bitloom {

// factors[k], in 0..1: current at the virtual ground per volt on row k, over the conductance of
// cell k. Cell 0 is the farthest from the ADC; `wire` is the resistance between neighbouring cells
// and `output` that from the last cell to the virtual ground, both in 1 / (unit of conductances).
//
// A column up to cell k is a Norton source of conductance Y_k: Y_0 = g_0, behind a wire Y becomes Y
// / (1 + Y r) and its current shrinks by the same 1 / (1 + Y r), and g_k adds to Y_k. Exact; 1 for
// all cells when both resistances are 0.
void ir_drop_factors(std::span<const double> conductances, double wire, double output,
                     std::span<double> factors);

}  // namespace bitloom
