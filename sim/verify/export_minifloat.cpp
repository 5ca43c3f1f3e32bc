// SPDX-License-Identifier: Apache-2.0
// Vectors of the minifloat decoder and MACs.
#include <fmt/format.h>

#include <array>

#include "models/base/random.h"
#include "models/pe/minifloat_mac/minifloat_mac_exact.h"
#include "models/pe/minifloat_mac/minifloat_mac_fp32.h"
#include "sim/verify/binary32_operands.h"
#include "sim/verify/export_case.h"
#include "sim/verify/minifloat_cycles.h"

namespace bitloom {

namespace {

constexpr int guard_bits = 12;     // the default of the RTL
constexpr int few_guard_bits = 1;  // sums wrap often

std::vector<std::pair<std::string, int>> parameters_of(const MinifloatShape& shape) {
    return {{"ExpBits", shape.exponent_bits},
            {"ManBits", shape.mantissa_bits},
            {"Convention", static_cast<int>(shape.convention)}};
}

std::vector<ExportPort> mac_inputs(const MinifloatShape& shape) {
    return {{"rst_ni"}, {"valid_i"}, {"clear_i"}, {"a_i", shape.bits()}, {"w_i", shape.bits()}};
}

// Calls cycle(MinifloatCycle): random sums, every pair of codes, an idle cycle that shows the last.
template <class Cycle>
void mac_cycles(const MinifloatShape& shape, const RandomStream& random, std::int64_t vectors,
                Cycle cycle) {
    cycle({.reset = true});
    for (std::int64_t i = 0; i < vectors; ++i)
        cycle(random_minifloat_cycle(shape, i, random.bits(static_cast<std::uint64_t>(i))));
    every_minifloat_pair(shape, cycle);
    cycle({.clear = true});
}

ExportCase decoder_case(const NamedMinifloat& format) {
    const MinifloatShape& shape = format.shape;
    ExportCase rows(fmt::format("minifloat_decoder_{}", format.name), "minifloat_decoder",
                    parameters_of(shape), false, {{"code_i", shape.bits()}},
                    {{"negative_o"},
                     {"significand_o", shape.mantissa_bits + 1},
                     {"shift_o", shape.exponent_bits},
                     {"nan_o"},
                     {"infinity_o"}});
    for (std::uint32_t code = 0; code < 1u << shape.bits(); ++code) {
        const MinifloatOperand o = decode_minifloat(shape, code);
        rows.add_row({code}, {o.negative, o.significand, o.shift, o.nan, o.infinity});
    }
    return rows;
}

ExportCase exact_case(const NamedMinifloat& format, int guard, std::uint64_t seed,
                      std::int64_t vectors) {
    using Mac = MinifloatMacExact;
    const MinifloatShape& shape = format.shape;
    const std::string name = fmt::format("minifloat_mac_exact_{}{}", format.name,
                                         guard == guard_bits ? "" : fmt::format("_g{}", guard));
    auto parameters = parameters_of(shape);
    parameters.emplace_back("GuardBits", guard);
    ExportCase rows(name, "minifloat_mac_exact", parameters, true, mac_inputs(shape),
                    {{"valid_o"},
                     {"acc_o", Mac::accumulator_bits(shape, guard)},
                     {"nan_o"},
                     {"positive_infinity_o"},
                     {"negative_infinity_o"}});
    Mac::State state;
    bool was_valid = false;
    mac_cycles(shape, RandomStream(seed, name), vectors, [&](const MinifloatCycle& c) {
        if (c.reset) {
            state = {};
            was_valid = false;
        }
        rows.add_row({!c.reset, c.valid, c.clear, c.a, c.w},
                     {was_valid, static_cast<UInt128>(state.accumulator), state.nan,
                      state.positive_infinity, state.negative_infinity});
        if (c.reset) return;
        state = Mac::next(state, {c.valid, c.clear, c.a, c.w}, shape, guard);
        was_valid = c.valid;
    });
    return rows;
}

ExportCase fp32_case(const NamedMinifloat& format, std::uint64_t seed, std::int64_t vectors) {
    using Mac = MinifloatMacFp32;
    const MinifloatShape& shape = format.shape;
    const std::string name = fmt::format("minifloat_mac_fp32_{}", format.name);
    ExportCase rows(name, "minifloat_mac_fp32", parameters_of(shape), true, mac_inputs(shape),
                    {{"valid_o"}, {"acc_o", 32}});
    Mac::State state;
    bool was_valid = false;
    mac_cycles(shape, RandomStream(seed, name), vectors, [&](const MinifloatCycle& c) {
        if (c.reset) {
            state = {};
            was_valid = false;
        }
        rows.add_row({!c.reset, c.valid, c.clear, c.a, c.w}, {was_valid, state.accumulator});
        if (c.reset) return;
        state = Mac::next(state, {c.valid, c.clear, c.a, c.w}, shape);
        was_valid = c.valid;
    });
    return rows;
}

// The adder alone: corners against each other, then random pairs.
ExportCase adder_case(std::uint64_t seed, std::int64_t vectors) {
    ExportCase rows("binary32_add", "binary32_add", {}, false, {{"a_i", 32}, {"b_i", 32}},
                    {{"sum_o", 32}});
    const auto add = [&](std::uint32_t a, std::uint32_t b) {
        rows.add_row({a, b}, {binary32_add(a, b)});
    };
    const std::vector<std::uint32_t> corners = binary32_corners();
    for (const std::uint32_t a : corners)
        for (const std::uint32_t b : corners) add(a, b);
    const RandomStream random(seed, "binary32_add");
    for (std::int64_t i = 0; i < vectors; ++i) {
        const auto [a, b] = random_binary32_pair(i, random.bits(static_cast<std::uint64_t>(i)));
        add(a, b);
    }
    return rows;
}

}  // namespace

std::vector<ExportCase> minifloat_export_cases(std::uint64_t seed, std::int64_t vectors) {
    std::vector<ExportCase> cases;
    for (const NamedMinifloat& format : minifloat_mac_formats) {
        cases.push_back(decoder_case(format));
        cases.push_back(exact_case(format, guard_bits, seed, vectors));
        cases.push_back(exact_case(format, few_guard_bits, seed, vectors));
        cases.push_back(fp32_case(format, seed, vectors));
    }
    cases.push_back(adder_case(seed, vectors));
    return cases;
}

}  // namespace bitloom
