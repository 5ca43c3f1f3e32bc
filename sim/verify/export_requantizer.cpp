// SPDX-License-Identifier: Apache-2.0
// Vectors of the requantizer: corners of its arithmetic, and stalls on both sides.
#include <array>
#include <limits>

#include "models/base/random.h"
#include "models/pe/requantizer/requantizer.h"
#include "sim/verify/export_case.h"

namespace bitloom {

namespace {

constexpr std::int32_t int32_min = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t int32_max = std::numeric_limits<std::int32_t>::max();

// Uniform in the number of bits, so that small numbers, which round, are as likely as large ones.
std::int32_t random_value(std::uint64_t bits) {
    const auto width = static_cast<int>(bits >> 59);  // 0..31
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits)) >> width;
}

// A multiplier's mantissa in most cases; else any number, and the two extremes.
std::int32_t random_mantissa(std::uint64_t bits) {
    switch (bits >> 60) {
        case 0:
            return int32_min;
        case 1:
            return int32_max;
        case 2:
        case 3:
            return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
        default:
            return static_cast<std::int32_t>((bits & 0x3fffffff) | 0x40000000);
    }
}

}  // namespace

std::vector<ExportCase> requantizer_export_cases(std::uint64_t seed, std::int64_t vectors) {
    ExportCase rows(
        "requantizer", "requantizer", {}, true,
        {{"rst_ni"}, {"valid_i"}, {"value_i", 32}, {"mantissa_i", 32}, {"shift_i", 6}, {"ready_i"}},
        {{"ready_o"}, {"valid_o"}, {"value_o", 16, "valid_o"}});
    Requantizer::State state;
    const auto cycle = [&](bool reset, const Requantizer::Inputs& inputs) {
        if (reset) state = {};
        const Requantizer::Outputs outputs = Requantizer::outputs(state, inputs);
        const auto& [value, mantissa, shift] = inputs.operand;
        rows.add_row({!reset, inputs.valid, static_cast<UInt128>(Int128{value}),
                      static_cast<UInt128>(Int128{mantissa}), static_cast<UInt128>(Int128{shift}),
                      inputs.ready},
                     {outputs.ready, outputs.valid, static_cast<UInt128>(Int128{outputs.value})});
        if (!reset) state = Requantizer::next(state, inputs);
    };
    cycle(true, {});
    constexpr std::array values = {
        int32_min, int32_min + 1, -65537, -65536, -32769,  -32768,   -3, -2, -1, 0, 1, 2,
        3,         32767,         32768,  65535,  1 << 30, int32_max};
    constexpr std::array mantissas = {int32_min,     -1,         0,        1 << 30,
                                      (1 << 30) + 1, 1503238554, int32_max};
    for (const std::int32_t value : values)
        for (const std::int32_t mantissa : mantissas)
            for (int shift = -30; shift <= 31; ++shift)
                cycle(false, {true, true, {value, mantissa, shift}});
    // Half-way cases of the last shift, of both signs: a mantissa of 2^30 halves the value.
    for (int shift = 1; shift <= 14; ++shift)
        for (int odd = -5; odd <= 5; odd += 2)
            cycle(false, {true, true, {odd * (1 << shift), 1 << 30, shift}});
    // Random operands; in turns of 256 cycles the sides stall seldom, often, or one of them.
    const RandomStream random(seed, "requantizer");
    for (std::int64_t i = 0; i < vectors; ++i) {
        const auto index = static_cast<std::uint64_t>(i) * 4;
        const std::uint64_t bits = random.bits(index);
        const auto turn = (i / 256) % 4;
        const bool valid = (bits & (turn % 2 != 0 ? 1 : 7)) != 0;
        const bool ready = ((bits >> 8) & (turn / 2 != 0 ? 1 : 7)) != 0;
        const bool reset = ((bits >> 16) & 1023) == 0;
        const auto shift = static_cast<int>(random.below(index + 3, 62)) - 30;
        cycle(reset, {valid,
                      ready,
                      {random_value(random.bits(index + 1)),
                       random_mantissa(random.bits(index + 2)), shift}});
    }
    for (int i = 0; i <= Requantizer::latency_cycles; ++i) cycle(false, {false, true, {}});
    std::vector<ExportCase> cases;
    cases.push_back(std::move(rows));
    return cases;
}

}  // namespace bitloom
