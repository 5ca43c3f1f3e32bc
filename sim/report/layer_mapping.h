// SPDX-License-Identifier: Apache-2.0
// How a layer was mapped, as reports show it: `bitloom run --explain`.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace bitloom {

struct MappingFact {
    std::string key;    // of JSON, with its unit: "array_bound_cycles"
    std::string title;  // for people: "bound of the array"
    std::variant<std::int64_t, double, std::string> value;
    std::string unit;  // "cycles", "bytes", "%" or empty
    std::string note{};
};

// What the layer would take with more of one resource, mapped anew.
struct MappingChange {
    std::string resource;  // "activation_buffer.bytes"
    std::string from, to;
    std::int64_t cycles = 0;
};

struct LayerMapping {
    std::int64_t cycles = 0;  // of the mapper's own timing; what the changes are compared with
    std::vector<MappingFact> facts;
    std::vector<MappingChange> changes;
};

}  // namespace bitloom
