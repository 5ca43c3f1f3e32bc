// SPDX-License-Identifier: Apache-2.0
#include "models/cim/crossbar/stuck_devices.h"

#include "models/base/error.h"

namespace bitloom {

std::vector<std::string> problems(const StuckAt& stuck) {
    std::vector<std::string> found;
    for (const auto& [name, rate] : {std::pair("off", stuck.off_rate), {"on", stuck.on_rate}})
        if (!(rate >= 0.0 && rate <= 1.0))
            found.push_back(fmt::format("stuck.{}_rate = {}: must be 0..1", name, rate));
    if (found.empty() && stuck.off_rate + stuck.on_rate > 1.0)
        found.push_back(fmt::format("stuck.off_rate + stuck.on_rate = {}: must be at most 1",
                                    stuck.off_rate + stuck.on_rate));
    if (stuck.cluster < 1 || stuck.cluster > 4096)
        found.push_back(fmt::format("stuck.cluster = {}: must be 1..4096", stuck.cluster));
    return found;
}

StuckDevices::StuckDevices(const StuckAt& stuck, std::uint64_t seed)
    : stuck_(stuck), draws_(seed, "stuck") {
}

Fault StuckDevices::at(int array, std::int64_t row, std::int64_t column, PairSide side) const {
    // Arrays have at most 2^12 rows and 2^16 columns.
    const auto index = static_cast<std::uint64_t>(array) << 29 |
                       static_cast<std::uint64_t>(row / stuck_.cluster) << 17 |
                       static_cast<std::uint64_t>(column) << 1 |
                       (side == PairSide::minus ? 1u : 0u);
    const double draw = draws_.uniform(index);
    if (draw < stuck_.off_rate) return Fault::off;
    return draw < stuck_.off_rate + stuck_.on_rate ? Fault::on : Fault::none;
}

}  // namespace bitloom
