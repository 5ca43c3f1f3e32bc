// SPDX-License-Identifier: Apache-2.0
#include "models/energy/scaling.h"

#include <functional>

#include "models/base/error.h"

namespace bitloom {
namespace {

constexpr NodeScaling kNodes[] = {
    {130, {7.171, -6.709, 2.904}, {27020, -15450, 5630}, 6.4},
    {90, {4.762, -4.781, 2.092}, {17320, -11230, 4328}, 2.8},
    {65, {3.755, -4.398, 1.975}, {12890, -10510, 4362}, 1.5},
    {45, {1.018, -0.3107, 0.1539}, {5462, -1760, 522.4}, 1.0},
    {32, {0.8367, -0.4341, 0.1701}, {4001, -1733, 533.6}, 0.46},
    {20, {0.373, -0.1582, 0.04104}, {2922, -1286, 299.9}, 0.21},
    {16, {0.2958, -0.1241, 0.03024}, {2133, -882.6, 197.7}, 0.19},
    {14, {0.2363, -0.09675, 0.02239}, {1675, -711, 159}, 0.17},
    {10, {0.2068, -0.09311, 0.02375}, {1456, -621.6, 143.8}, 0.10},
    {7, {0.1776, -0.09097, 0.02447}, {1179, -515.7, 123.4}, 0.059},
};

double at(const double (&x)[3], double v) {
    return (x[0] * v + x[1]) * v + x[2];
}

double interpolate(double node_nm, const std::function<double(const NodeScaling&)>& value) {
    const NodeScaling* larger = &kNodes[0];
    for (const NodeScaling& node : kNodes) {
        if (node.node_nm == node_nm) return value(node);
        if (node.node_nm < node_nm && larger->node_nm > node_nm) {
            const double share = (node_nm - node.node_nm) / (larger->node_nm - node.node_nm);
            return share * value(*larger) + (1 - share) * value(node);
        }
        larger = &node;
    }
    fail("technology node = {} nm: must be 7..130 to be scaled", node_nm);
}

void check_voltage(double v) {
    if (!(v >= 0.5 && v <= 1.2)) fail("supply = {} V: must be 0.5..1.2 to be scaled", v);
}

}  // namespace

std::span<const NodeScaling> node_scaling() {
    return kNodes;
}

double energy_factor(double from_nm, double from_v, double to_nm, double to_v) {
    check_voltage(from_v);
    check_voltage(to_v);
    return interpolate(to_nm, [&](const NodeScaling& n) { return at(n.energy, to_v); }) /
           interpolate(from_nm, [&](const NodeScaling& n) { return at(n.energy, from_v); });
}

double power_factor(double from_nm, double from_v, double to_nm, double to_v) {
    check_voltage(from_v);
    check_voltage(to_v);
    return interpolate(to_nm, [&](const NodeScaling& n) { return at(n.power, to_v); }) /
           interpolate(from_nm, [&](const NodeScaling& n) { return at(n.power, from_v); });
}

double area_factor(double from_nm, double to_nm) {
    const auto area = [](const NodeScaling& n) { return n.area; };
    return interpolate(to_nm, area) / interpolate(from_nm, area);
}

}  // namespace bitloom
