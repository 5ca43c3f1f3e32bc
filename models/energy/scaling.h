// SPDX-License-Identifier: Apache-2.0
// Scaling of energy, power and area between technology nodes.
#pragma once

#include <span>

namespace bitloom {

// One row of the tables of A. Stillmaker and B. Baas, "Scaling equations for the accurate
// prediction of CMOS device performance from 180 nm to 7 nm", Integration 58 (2017) 74-81;
// high-performance devices where the paper tells them apart (45 nm and below). The coefficients
// were read from public implementations of the paper (nodeScale; the node scaling of CiMLoop), not
// from the paper itself. Energy and power of a circuit at supply V are proportional to x2 V^2 + x1
// V + x0 of its node; area is relative to 45 nm.
struct NodeScaling {
    double node_nm;
    double energy[3];  // x2 x1 x0
    double power[3];
    double area;
};

std::span<const NodeScaling> node_scaling();  // falling node size

// Value at the second node and voltage for a value of 1 at the first. A node between two rows is
// interpolated linearly in the node size (the paper has no 28 nm row). Error outside 7..130 nm or
// outside 0.5..1.2 V, where the polynomials do not hold.
double energy_factor(double from_nm, double from_v, double to_nm, double to_v);
double power_factor(double from_nm, double from_v, double to_nm, double to_v);
double area_factor(double from_nm, double to_nm);

}  // namespace bitloom
