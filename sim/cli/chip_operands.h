// SPDX-License-Identifier: Apache-2.0
// Which chips multiply which formats, as their arrays themselves say.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/numeric/format.h"
#include "sim/engine/chip_description.h"

namespace bitloom {

class ChipOperands {
public:
    // The chips of the data folder with the values of their files. One that cannot be read is left
    // out: `show chip` says what is wrong with it.
    explicit ChipOperands(const std::filesystem::path& data);

    // Names of chips that take the format together with some format of the other operand.
    std::vector<std::string> with_weights(const Format& weights) const;
    std::vector<std::string> with_activations(const Format& activations) const;
    // Names of chips that take every one of the weights with every one of the activations.
    std::vector<std::string> with_all(const std::vector<std::string>& weights,
                                      const std::vector<std::string>& activations) const;

    // "ant loom"; "all" for every chip, "-" for none.
    std::string text(const std::vector<std::string>& names) const;

private:
    template <class Takes>
    std::vector<std::string> names_where(Takes takes) const;

    std::vector<ChipDescription> chips_;
};

}  // namespace bitloom
