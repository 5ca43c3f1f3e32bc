// SPDX-License-Identifier: Apache-2.0
// Which layers a quantizer keeps in wider integers than the types of its scheme.
#pragma once

#include <string>
#include <vector>

namespace bitloom {

struct Promotion {
    std::string format;                // of the wider weights: "int8"
    std::vector<std::string> by_rule;  // the first and the last layer, where the scheme says so
    std::vector<std::string>
        raised;  // further ones: for accuracy, or because a user gave their number
    // Top-1 over the data set with `by_rule` alone, 0..1; -1: not measured, or nothing was raised.
    double accuracy_before = -1.0;
    // The scheme raises layers for accuracy, and accuracy was not evaluated: none was tried.
    bool untried = false;
    bool operator==(const Promotion&) const = default;
};

}  // namespace bitloom
