// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/scheme.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {

namespace {

// Candidates of one width, 4 or 8, the same families for every operand.
Scheme family_scheme(std::string name, std::initializer_list<std::string_view> families, int bits,
                     RaiseRule rule, std::string description) {
    Scheme scheme{std::move(name), {}, {}, {}, rule, std::move(description)};
    for (const std::string_view family : families) {
        scheme.weights.push_back(format_name(family, bits, true));
        scheme.signed_activations.push_back(format_name(family, bits, true));
        scheme.unsigned_activations.push_back(format_name(family, bits, false));
    }
    return scheme;
}

// Weights of 8 bits beside activations of `bits`, signed in any case.
Scheme cim_scheme(int bits) {
    const std::string activations = uniform_format(bits, true);
    return {fmt::format("cim{}", bits),
            {uniform_format(8, true)},
            {activations},
            {activations},
            RaiseRule::none,
            fmt::format("int8 weights, one scale a tensor, {} activations, for analog arrays",
                        activations),
            true};
}

// The digits of "wPaQ", or 0 0.
std::pair<int, int> uniform_widths(std::string_view name) {
    const auto width = [](char c) { return c >= '1' && c <= '8' ? c - '0' : 0; };
    if (name.size() != 4 || name[0] != 'w' || name[2] != 'a') return {0, 0};
    return {width(name[1]), width(name[3])};
}

}  // namespace

const std::vector<Scheme>& schemes() {
    static const std::vector<Scheme> list = {
        family_scheme(
            "ant4", {"int", "flint", "pot"}, 4, RaiseRule::accuracy,
            "ANT (IP-F): int4, flint4 or pot4 per tensor; layers raised to int8 for accuracy"),
        family_scheme("ip4", {"int", "pot"}, 4, RaiseRule::accuracy,
                      "int4 or pot4 per tensor; layers raised to int8 for accuracy"),
        family_scheme("flint4", {"flint"}, 4, RaiseRule::accuracy,
                      "flint4 everywhere; layers raised to int8 for accuracy"),
        family_scheme(
            "int4_mixed", {"int"}, 4, RaiseRule::accuracy,
            "int4; layers raised to int8 for accuracy, as BitFusion is run in the ANT paper"),
        family_scheme("int4", {"int"}, 4, RaiseRule::first_last, "int4; first and last layer int8"),
        family_scheme("int8", {"int"}, 8, RaiseRule::all,
                      "int8 weights, int8 or uint8 activations"),
        cim_scheme(8),
        cim_scheme(6),
        cim_scheme(4),
    };
    return list;
}

std::vector<std::string> scheme_names() {
    std::vector<std::string> names;
    for (const Scheme& scheme : schemes()) names.push_back(scheme.name);
    return names;
}

std::string known_schemes() {
    return fmt::format("{} w1a1..w8a8", fmt::join(scheme_names(), " "));
}

bool is_scheme(std::string_view name) {
    const auto [p, q] = uniform_widths(name);
    const auto is_named = [&](const Scheme& scheme) { return scheme.name == name; };
    return (p > 0 && q > 0) || std::any_of(schemes().begin(), schemes().end(), is_named);
}

Scheme find_scheme(std::string_view name) {
    for (const Scheme& scheme : schemes()) {
        if (scheme.name == name) return scheme;
    }
    const auto [p, q] = uniform_widths(name);
    if (p > 0 && q > 0) {
        return {std::string(name),
                {uniform_format(p, true)},
                {uniform_format(q, true)},
                {uniform_format(q, false)},
                RaiseRule::first_last,
                fmt::format("uniform, {} bits x {} bits; first and last layer int8", p, q)};
    }
    fail("unknown scheme '{}'; known: {}{}", name, known_schemes(),
         did_you_mean(name, scheme_names()));
}

std::string format_name(std::string_view family, int bits, bool is_signed) {
    return fmt::format("{}{}{}", is_signed ? "" : "u", family, bits);
}

std::string uniform_format(int bits, bool is_signed) {
    return format_name(bits == 1 && is_signed ? "bipolar" : "int", bits, is_signed);
}

RaisedLayers raised_layers(const Scheme& scheme, std::int64_t int8_layers, int first_last_bits,
                           std::int64_t layers, std::string_view place) {
    if (int8_layers < -1 || int8_layers > layers) {
        fail("{}: int8_layers = {}: must be -1..{}", place, int8_layers, layers);
    }
    if (first_last_bits < 0 || first_last_bits > 8) {
        fail("{}: first_last_bits = {}: must be 0..8", place, first_last_bits);
    }
    if (first_last_bits != 8 && (scheme.rule != RaiseRule::first_last || int8_layers >= 0)) {
        // Layers that are raised for accuracy, or by their number, are raised to 8 bits.
        const std::string why = int8_layers >= 0
                                    ? fmt::format("int8_layers = {} names", int8_layers)
                                    : fmt::format("scheme '{}' chooses", scheme.name);
        fail("{}: first_last_bits = {}: {} the layers of 8 bits: must be 8", place, first_last_bits,
             why);
    }
    if (int8_layers >= 0) return {int8_layers, 8};
    if (scheme.rule == RaiseRule::all) return {-1, 8};
    if (scheme.rule == RaiseRule::none || first_last_bits == 0) return {0, 8};
    return {std::min<std::int64_t>(2, layers), first_last_bits};
}

}  // namespace bitloom
