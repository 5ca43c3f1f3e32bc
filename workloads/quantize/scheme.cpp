// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/scheme.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {

const std::vector<Scheme>& schemes() {
    static const std::vector<Scheme> list = {
        {"ant4", {"int", "flint", "pot"}, 4, RaiseRule::accuracy,
         "ANT (IP-F): int4, flint4 or pot4 per tensor; layers raised to int8 for accuracy"},
        {"ip4", {"int", "pot"}, 4, RaiseRule::accuracy,
         "int4 or pot4 per tensor; layers raised to int8 for accuracy"},
        {"flint4", {"flint"}, 4, RaiseRule::accuracy,
         "flint4 everywhere; layers raised to int8 for accuracy"},
        {"int4_mixed", {"int"}, 4, RaiseRule::accuracy,
         "int4; layers raised to int8 for accuracy, as BitFusion is run in the ANT paper"},
        {"int4", {"int"}, 4, RaiseRule::first_last, "int4; first and last layer int8"},
        {"int8", {"int"}, 8, RaiseRule::all, "int8 weights, int8 or uint8 activations"},
    };
    return list;
}

std::vector<std::string> scheme_names() {
    std::vector<std::string> names;
    for (const Scheme& scheme : schemes()) names.push_back(scheme.name);
    return names;
}

const Scheme& find_scheme(std::string_view name) {
    for (const Scheme& scheme : schemes()) {
        if (scheme.name == name) return scheme;
    }
    const std::vector<std::string> names = scheme_names();
    fail("unknown scheme '{}'; known: {}{}", name, fmt::join(names, " "),
         did_you_mean(name, names));
}

std::string format_name(std::string_view family, int bits, bool is_signed) {
    return fmt::format("{}{}{}", is_signed ? "" : "u", family, bits);
}

}  // namespace bitloom
