// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/chip_operands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/array/array_config.h"
#include "models/base/error.h"
#include "models/chip/cim_chip/im2col.h"
#include "sim/cli/locate.h"
#include "sim/mapping/map_cim.h"

namespace bitloom {

namespace {

// What a run asks of the chip before it maps a layer.
bool takes(const ChipDescription& chip, const Format& weights, const Format& activations) {
    try {
        if (chip.is_analog()) {
            require_cim_weights(weights);
            InputCodes(activations, chip.cim().mvm.dac.bits);
        } else {
            require_operands(chip.gemm().array, activations, weights);
        }
        return true;
    } catch (const Error&) {
        return false;
    }
}

bool any_format(auto condition) {
    const std::vector<std::string> names = format_names();
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return condition(format(name)); });
}

}  // namespace

ChipOperands::ChipOperands(const std::filesystem::path& data) {
    for (const std::filesystem::path& file : chip_files(data)) try {
            chips_.push_back(read_chip(file));
        } catch (const Error&) {
            continue;
        }
}

template <class Takes>
std::vector<std::string> ChipOperands::names_where(Takes takes) const {
    std::vector<std::string> names;
    for (const ChipDescription& chip : chips_)
        if (takes(chip)) names.push_back(chip.name);
    return names;
}

std::vector<std::string> ChipOperands::with_weights(const Format& weights) const {
    return names_where([&](const ChipDescription& chip) {
        return any_format([&](const Format& other) { return takes(chip, weights, other); });
    });
}

std::vector<std::string> ChipOperands::with_activations(const Format& activations) const {
    return names_where([&](const ChipDescription& chip) {
        return any_format([&](const Format& other) { return takes(chip, other, activations); });
    });
}

std::vector<std::string> ChipOperands::with_all(const std::vector<std::string>& weights,
                                                const std::vector<std::string>& activations) const {
    return names_where([&](const ChipDescription& chip) {
        return std::all_of(weights.begin(), weights.end(), [&](const std::string& w) {
            return std::all_of(activations.begin(), activations.end(), [&](const std::string& a) {
                return takes(chip, format(w), format(a));
            });
        });
    });
}

std::string ChipOperands::text(const std::vector<std::string>& names) const {
    if (names.empty()) return "-";
    if (names.size() == chips_.size()) return "all";
    return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace bitloom
