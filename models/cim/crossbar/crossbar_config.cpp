// SPDX-License-Identifier: Apache-2.0
#include "models/cim/crossbar/crossbar_config.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/cim/device/device_list.h"

namespace bitloom {

std::vector<std::string> problems(const CrossbarConfig& config) {
    std::vector<std::string> found = problems(config.geometry);
    for (std::string& problem : problems(config.stuck)) found.push_back(std::move(problem));
    try {
        device_model(config.device);
    } catch (const Error& error) {
        found.emplace_back(error.what());
    }
    const auto ohms = [&](const char* name, double value) {
        if (!(value >= 0.0 && value <= 1e6))
            found.push_back(fmt::format("array.{} = {}: must be 0..1e6", name, value));
    };
    ohms("wire_ohm", config.wire_ohm);
    ohms("output_ohm", config.output_ohm);
    if (config.verify) {
        if (!(config.verify->tolerance_uS >= 0.0))
            found.push_back(fmt::format("verify.tolerance_uS = {}: must be 0 or more",
                                        config.verify->tolerance_uS));
        if (config.verify->max_attempts < 1 || config.verify->max_attempts > 10'000)
            found.push_back(fmt::format("verify.max_attempts = {}: must be 1..10000",
                                        config.verify->max_attempts));
    }
    return found;
}

}  // namespace bitloom
