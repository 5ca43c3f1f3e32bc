// SPDX-License-Identifier: Apache-2.0
// Vectors of the popcount unit, the bit-serial PE, the plane packer and the bit-serial array.
#include <fmt/format.h>

#include <array>

#include "models/base/random.h"
#include "models/pe/bit_serial/bit_serial_array_step.h"
#include "models/pe/bit_serial/plane_packer.h"
#include "models/pe/bit_serial/plane_schedule.h"
#include "sim/verify/bit_serial_tiles.h"
#include "sim/verify/export_case.h"

namespace bitloom {

namespace {

UInt128 bits_of(std::int64_t value) {
    return static_cast<UInt128>(Int128{value});
}

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

std::uint64_t ones_of(int bits) {
    return bits == 0 ? 0 : all_ones >> (64 - bits);
}

std::uint64_t mode_of(const BitSerialPe::Control& control) {
    return static_cast<std::uint64_t>(control.mode);
}

// Sparse, dense, even or full, as the two bits of `mood` say.
std::uint64_t random_word(const RandomStream& random, std::uint64_t index, std::uint64_t mood) {
    const std::uint64_t a = random.bits(index), b = random.bits(index ^ (all_ones << 40));
    switch (mood & 3) {
        case 0:
            return a & b;
        case 1:
            return a | b;
        case 2:
            return a;
        default:
            return all_ones;
    }
}

ExportCase popcount_case(std::uint64_t seed, std::int64_t vectors) {
    ExportCase rows("popcount_unit", "popcount_unit", {}, false,
                    {{"xor_i"}, {"a_i", 64}, {"w_i", 64}, {"mask_i", 64}}, {{"count_o", 7}});
    const auto row = [&rows](bool is_xor, std::uint64_t a, std::uint64_t w, std::uint64_t mask) {
        const auto mode = is_xor ? BitSerialMode::xor_bipolar : BitSerialMode::and_binary;
        rows.add_row({is_xor, a, w, mask},
                     {static_cast<UInt128>(BitSerialPe::count(mode, a, w, mask))});
    };
    const RandomStream random(seed, "popcount_unit");
    for (std::int64_t i = 0; i < vectors; ++i) {
        const auto at = static_cast<std::uint64_t>(i) * 4;
        const std::uint64_t mood = random.bits(at);
        row((mood & 64) != 0, random_word(random, at + 1, mood),
            random_word(random, at + 2, mood >> 2), random_word(random, at + 3, mood >> 4));
    }
    for (int count = 0; count <= 64; ++count) {
        const std::uint64_t span = ones_of(count);
        row(false, span, all_ones, all_ones);
        row(false, all_ones, all_ones, span);
        row(true, span, 0, all_ones);
        row(true, all_ones, span, all_ones);
    }
    return rows;
}

ExportCase pe_case(int word_bits, std::uint64_t seed, std::int64_t vectors) {
    const std::string name =
        word_bits == 64 ? "bit_serial_pe" : fmt::format("bit_serial_pe{}", word_bits);
    ExportCase rows(name, "bit_serial_pe", {{"Word", word_bits}}, true,
                    {{"rst_ni"},
                     {"valid_i"},
                     {"clear_i"},
                     {"shift_i"},
                     {"negate_i"},
                     {"mode_i", 2},
                     {"a_i", word_bits},
                     {"w_i", word_bits},
                     {"mask_i", word_bits},
                     {"reference_i", word_bits == 64 ? 7 : 6}},
                    {{"valid_o"}, {"acc_o", 32}});
    BitSerialPe::State state;
    bool was_valid = false;
    const auto cycle = [&](bool reset, const BitSerialPe::Control& control, std::uint64_t a,
                           std::uint64_t w, std::uint64_t mask) {
        if (reset) {
            state = {};
            was_valid = false;
        }
        const int reference = BitSerialPe::reference(control.mode, a, mask);
        rows.add_row({!reset, control.valid, control.clear, control.shift, control.negate,
                      mode_of(control), a, w, mask, static_cast<UInt128>(reference)},
                     {was_valid, bits_of(state.accumulator)});
        if (reset) return;
        state = BitSerialPe::next(state, {control, {&a, 1}, {&w, 1}, {&mask, 1}});
        was_valid = control.valid;
    };
    cycle(true, {}, 0, 0, 0);
    // Random words; the sum doubles in one of eight cycles, and starts anew in one of 64.
    const RandomStream random(seed, name);
    const std::uint64_t ones = ones_of(word_bits);
    for (std::int64_t i = 0; i < vectors; ++i) {
        const auto at = static_cast<std::uint64_t>(i) * 4;
        const std::uint64_t bits = random.bits(at);
        cycle((bits & 1023) == 0,
              {((bits >> 10) & 7) != 0, ((bits >> 13) & 63) == 0, ((bits >> 19) & 7) == 0,
               ((bits >> 22) & 1) != 0, static_cast<BitSerialMode>((bits >> 24) & 3)},
              ones & random_word(random, at + 1, bits >> 32),
              ones & random_word(random, at + 2, bits >> 34),
              ones & random_word(random, at + 3, bits >> 36));
    }
    // Every pair of vectors of one and two positions of operands of up to 2 bits.
    for_each_short_tile(1, 1, [&](const ShortTile& tile) {
        if (tile.activation.bits > 2 || tile.weight.bits > 2) return;
        for (const PlaneStep& step : plane_schedule(tile.activation, tile.weight))
            cycle(false, step.control(true), tile.activation_word(0, step.activation_plane),
                  tile.weight_word(0, step.weight_plane), tile.mask());
    });
    cycle(false, {}, 0, 0, 0);
    return rows;
}

ExportCase packer_case(int word_bits, std::uint64_t seed, std::int64_t vectors) {
    const std::string name =
        word_bits == 64 ? "plane_packer" : fmt::format("plane_packer{}", word_bits);
    ExportCase rows(
        name, "plane_packer", {{"Word", word_bits}}, true,
        {{"rst_ni"}, {"planes_i", 4}, {"valid_i"}, {"code_i", 8}, {"last_i"}, {"ready_i"}},
        {{"ready_o"},
         {"valid_o"},
         {"word_o", word_bits, "valid_o"},
         {"mask_o", word_bits, "valid_o"},
         {"plane_o", 3, "valid_o"}});
    PlanePacker::State state;
    const auto cycle = [&](bool reset, const PlanePacker::Inputs& inputs) {
        if (reset) state = {};
        const PlanePacker::Outputs outputs = PlanePacker::outputs(state, inputs);
        rows.add_row({!reset, static_cast<UInt128>(inputs.planes), inputs.valid, inputs.code,
                      inputs.last, inputs.ready},
                     {outputs.ready, outputs.valid, outputs.word, outputs.mask,
                      static_cast<UInt128>(outputs.plane)});
        if (!reset) state = PlanePacker::next(state, inputs, word_bits);
    };
    cycle(true, {});
    // In turns of 256 cycles each side waits seldom or often; short words and long ones. The number
    // of planes changes while nothing is inside.
    const RandomStream random(seed, name);
    int planes = 8;
    for (std::int64_t i = 0; i < vectors; ++i) {
        const std::uint64_t bits = random.bits(static_cast<std::uint64_t>(i));
        const std::int64_t turn = i / 256;
        const bool valid = (turn & 1) != 0 ? (bits & 3) == 0 : (bits & 7) != 0;
        const bool ready = (turn & 2) != 0 ? ((bits >> 4) & 3) == 0 : ((bits >> 4) & 7) != 0;
        const bool last = ((bits >> 8) & ((turn & 4) != 0 ? 3 : 63)) == 0;
        if (state.codes == 0 && !state.full && state.left == 0)
            planes = 1 + static_cast<int>((bits >> 16) & 7);
        cycle(((bits >> 20) & 255) == 0,
              {valid, static_cast<std::uint8_t>(bits >> 32), last, ready, planes});
    }
    for (int i = 0; i < 20; ++i) cycle(false, {.ready = true, .planes = planes});
    // Full words of every code, without a wait.
    for (int code = 0; code < 256; ++code)
        cycle(false, {true, static_cast<std::uint8_t>(code), code == 255, true, 8});
    for (int i = 0; i < 10; ++i) cycle(false, {.ready = true, .planes = 8});
    return rows;
}

ExportCase array_case(std::uint64_t seed, std::int64_t vectors) {
    constexpr int lines = 4, word_bits = 32;
    ExportCase rows("bit_serial_array", "bit_serial_array", {}, true,
                    {{"rst_ni"},
                     {"valid_i"},
                     {"clear_i"},
                     {"shift_i"},
                     {"negate_i"},
                     {"mode_i", 2},
                     {"last_i"},
                     {"a_i", lines * word_bits},
                     {"mask_i", lines * word_bits},
                     {"w_i", lines * word_bits},
                     {"row_i", 2}},
                    {{"valid_o"}, {"result_o", lines * 32}});
    BitSerialArrayStep array(lines, lines);
    const auto packed = [](const std::vector<std::uint64_t>& words) {
        UInt128 all = 0;
        for (std::size_t i = 0; i < words.size(); ++i) all |= UInt128{words[i]} << (32 * i);
        return all;
    };
    int row = 0;
    const auto cycle = [&](bool reset, const BitSerialArrayStep::Inputs& inputs) {
        if (reset) array.reset();
        UInt128 results = 0;
        for (int c = 0; c < lines; ++c)
            results |= UInt128{static_cast<std::uint32_t>(array.result(row, c))} << (32 * c);
        const BitSerialPe::Control& control = inputs.control;
        rows.add_row({!reset, control.valid, control.clear, control.shift, control.negate,
                      mode_of(control), inputs.last, packed(inputs.activations),
                      packed(inputs.masks), packed(inputs.weights), static_cast<UInt128>(row)},
                     {array.valid(), results});
        row = (row + 1) % lines;
        if (!reset) array.edge(inputs);
    };
    cycle(true, {});
    const RandomStream random(seed, "bit_serial_array");
    for (std::int64_t i = 0; i < vectors; ++i) {
        const auto at = static_cast<std::uint64_t>(i) * 16;
        const std::uint64_t bits = random.bits(at);
        BitSerialArrayStep::Inputs inputs;
        inputs.control = {((bits >> 10) & 7) != 0, ((bits >> 13) & 31) == 0,
                          ((bits >> 19) & 3) == 0, ((bits >> 22) & 1) != 0,
                          static_cast<BitSerialMode>((bits >> 24) & 3)};
        inputs.last = ((bits >> 28) & 7) == 0;
        for (std::uint64_t k = 0; k < lines; ++k) {
            inputs.activations.push_back(random.bits(at + 1 + k) >> 32);
            inputs.masks.push_back(random.bits(at + 5 + k) >> 32);
            inputs.weights.push_back(random.bits(at + 9 + k) >> 32);
        }
        cycle((bits & 1023) == 0, inputs);
    }
    // Every dot product of one position of operands of up to 3 bits; every row of results is read.
    for_each_short_tile(lines, lines, [&](const ShortTile& tile) {
        if (tile.length > 1 || tile.activation.bits > 3 || tile.weight.bits > 3) return;
        const auto steps = plane_schedule(tile.activation, tile.weight);
        for (std::size_t s = 0; s < steps.size(); ++s) {
            BitSerialArrayStep::Inputs inputs;
            inputs.control = steps[s].control(true);
            inputs.last = s + 1 == steps.size();
            for (int k = 0; k < lines; ++k) {
                inputs.activations.push_back(tile.activation_word(k, steps[s].activation_plane));
                inputs.masks.push_back(tile.mask());
                inputs.weights.push_back(tile.weight_word(k, steps[s].weight_plane));
            }
            cycle(false, inputs);
        }
        for (std::size_t s = steps.size(); s < lines; ++s) cycle(false, {});
    });
    for (int i = 0; i < 8; ++i) cycle(false, {});
    return rows;
}

}  // namespace

std::vector<ExportCase> bit_serial_export_cases(std::uint64_t seed, std::int64_t vectors) {
    std::vector<ExportCase> cases;
    cases.push_back(popcount_case(seed, vectors));
    for (const int word_bits : {64, 32}) cases.push_back(pe_case(word_bits, seed, vectors));
    for (const int word_bits : {64, 8}) cases.push_back(packer_case(word_bits, seed, vectors));
    cases.push_back(array_case(seed, vectors));
    return cases;
}

}  // namespace bitloom
