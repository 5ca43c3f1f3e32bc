// SPDX-License-Identifier: Apache-2.0
#include "models/energy/sram_leakage.h"

#include <cmath>

#include "models/base/error.h"

namespace bitloom {
namespace {

constexpr double kCold = 300, kHot = 360;

struct Points {
    std::string_view name;
    double cold, hot;  // mW per KB; hot 0: not known
};

// CACTI 7, 28 nm, 4 KB x 512 bit, in the order of MemoryDevice.
constexpr Points kPoints[] = {
    {"hp", 0.170, 0.596}, {"lop", 0.034, 0.343}, {"lstp", 3e-5, 0}, {"lstp_hp", 0.050, 0}};

const Points& points(MemoryDevice device) {
    return kPoints[static_cast<std::size_t>(device)];
}

}  // namespace

std::string_view to_string(MemoryDevice device) {
    return points(device).name;
}

MemoryDevice memory_device(std::string_view name, std::string_view place) {
    for (const MemoryDevice device : kMemoryDevices)
        if (to_string(device) == name) return device;
    fail("{}: device = '{}': must be hp, lop, lstp or lstp_hp", place, name);
}

double sram_leakage_mw_per_kb(MemoryDevice device, double temperature_k) {
    const Points& p = points(device);
    if (temperature_k == kCold) return p.cold;
    if (p.hot == 0)
        fail(
            "technology.temperature = {}: leakage of technology.device = {} is known at {} K only; "
            "of hp and lop at {}..{} K",
            temperature_k, p.name, kCold, kCold, kHot);
    if (!(temperature_k >= kCold && temperature_k <= kHot))
        fail("technology.temperature = {}: must be {}..{} K", temperature_k, kCold, kHot);
    const double share = (1 / kCold - 1 / temperature_k) / (1 / kCold - 1 / kHot);
    return p.cold * std::pow(p.hot / p.cold, share);
}

double logic_leakage_factor(double temperature_k) {
    return sram_leakage_mw_per_kb(MemoryDevice::hp, temperature_k) /
           sram_leakage_mw_per_kb(MemoryDevice::hp, kCold);
}

}  // namespace bitloom
