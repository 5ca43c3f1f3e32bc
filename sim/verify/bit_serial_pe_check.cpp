// SPDX-License-Identifier: Apache-2.0
#include <Vbit_serial_pe.h>
#include <Vbit_serial_pe32.h>

#include "models/pe/bit_serial/plane_schedule.h"
#include "sim/verify/bit_serial_tiles.h"
#include "sim/verify/checks.h"
#include "sim/verify/mac_check.h"

namespace bitloom {

namespace {

// Words of at most 64 bits; control without valid and clear, which MacInputs has.
struct BitSerialOperands {
    BitSerialPe::Control control{};
    std::uint64_t activation = 0, weight = 0, mask = 0;

    int reference() const { return BitSerialPe::reference(control.mode, activation, mask); }
    int kind() const {
        return 4 * static_cast<int>(control.mode) + (control.shift ? 2 : 0) +
               (control.negate ? 1 : 0);
    }
    std::string describe() const {
        return fmt::format("mode {} shift {:d} negate {:d} a 0x{:x} w 0x{:x} mask 0x{:x}",
                           static_cast<int>(control.mode), control.shift, control.negate,
                           activation, weight, mask);
    }
};

struct DriveBitSerial {
    using Operands = BitSerialOperands;
    explicit DriveBitSerial(VerifyRun&) {}
    template <class V>
    void operator()(V& pins, const Operands& operands) const {
        pins.shift_i = operands.control.shift;
        pins.negate_i = operands.control.negate;
        pins.mode_i = static_cast<std::uint8_t>(operands.control.mode);
        put(pins.a_i, operands.activation);
        put(pins.w_i, operands.weight);
        put(pins.mask_i, operands.mask);
        pins.reference_i = static_cast<std::uint8_t>(operands.reference());
    }
    template <class Pin>
    static void put(Pin& pin, std::uint64_t value) {
        pin = static_cast<Pin>(value);
    }
};

struct BitSerialModel {
    using Operands = BitSerialOperands;
    using State = BitSerialPe::State;
    static State next(const State& state, bool clear, const Operands& operands) {
        BitSerialPe::Control control = operands.control;
        control.valid = true;
        control.clear = clear;
        return BitSerialPe::next(
            state,
            {control, {&operands.activation, 1}, {&operands.weight, 1}, {&operands.mask, 1}});
    }
    static std::int64_t sum(const State& state) { return state.accumulator; }
};

template <class V, int word>
void check_word(VerifyRun& run) {
    const std::string name = fmt::format("PE of {} bits", word);
    MacCheck<MacRtl<V, DriveBitSerial, 32>, MacModel<BitSerialModel, 32>> check(run, name);
    CoverageSet& kinds = run.coverage(name + ": mode x shift x negate", 16);
    constexpr std::uint64_t ones = ~std::uint64_t{0} >> (64 - word);
    constexpr BitSerialMode modes[] = {BitSerialMode::and_binary, BitSerialMode::xor_bipolar,
                                       BitSerialMode::and_bipolar_weight,
                                       BitSerialMode::xor_bipolar_activation};

    // Every word and mask of three positions, which wander, in every mode, with every control.
    check.begin("every word of three positions, every mode, shift and sign", true, 16 * 512);
    for (int kind = 0; kind < 16; ++kind)
        for (std::uint64_t bits = 0; bits < 512; ++bits) {
            const auto at = static_cast<int>(bits % (word - 2));
            const BitSerialOperands operands{
                {true, false, (kind & 2) != 0, (kind & 1) != 0, modes[kind / 4]},
                (bits & 7) << at,
                ((bits >> 3) & 7) << at,
                (bits >> 6) << at};
            kinds.mark(operands.kind());
            check.step({.valid = true, .clear = bits % 16 == 0, .operands = operands});
        }
    check.end();

    check.begin("every count in every mode", true, 4 * 4 * (word + 1));
    for (const BitSerialMode mode : modes)
        for (int count = 0; count <= word; ++count) {
            const std::uint64_t span = count == 0 ? 0 : ones >> (word - count);
            for (const auto& [a, w, mask] : {std::tuple{span, ones, ones},
                                             {ones, span, ones},
                                             {ones, ones, span},
                                             {ones, std::uint64_t{0}, span}})
                check.product({{true, false, false, false, mode}, a, w, mask});
        }
    check.end();

    // Every pair of vectors of every pair of operands: of one position, and of two where both
    // operands together have at most 6 bits (bit_serial_array has the others).
    check.begin("every dot product of one position up to 4 x 4 bits, of two up to 6 bits in all",
                true, 1'200'000);
    for_each_short_tile(1, 1, [&](const ShortTile& tile) {
        if (tile.length == 2 && tile.activation.bits + tile.weight.bits > 6) return;
        for (const PlaneStep& step : plane_schedule(tile.activation, tile.weight)) {
            const BitSerialPe::Control control = step.control(true);
            check.step({.valid = true,
                        .clear = control.clear,
                        .operands = {control, tile.activation_word(0, step.activation_plane),
                                     tile.weight_word(0, step.weight_plane), tile.mask()}});
        }
    });
    check.end();

    // Sums that double and wrap: of 5 and -5.
    const auto doubling = [&](bool negate) {
        return BitSerialOperands{
            {true, false, true, negate, BitSerialMode::and_binary}, 31, 31, ones};
    };
    check.accumulate({doubling(false), doubling(true)}, 40);

    check.random([&](Draws& draws) {
        const std::uint64_t kind = draws.bits();
        const auto word_of = [&](std::uint64_t mood) {
            const std::uint64_t bits = draws.bits();
            return ones & (mood == 0   ? ones
                           : mood == 1 ? bits
                           : mood == 2 ? bits & draws.bits()
                                       : bits | draws.bits());
        };
        const std::uint64_t a = word_of(kind & 3), w = word_of((kind >> 2) & 3),
                            mask = word_of((kind >> 4) & 3);
        const BitSerialOperands operands{
            {true, false, ((kind >> 6) & 7) == 0, ((kind >> 9) & 1) != 0, modes[(kind >> 10) & 3]},
            a,
            w,
            mask};
        kinds.mark(operands.kind());
        return operands;
    });
}

}  // namespace

void check_bit_serial_pe(VerifyRun& run) {
    check_word<Vbit_serial_pe, 64>(run);
    check_word<Vbit_serial_pe32, 32>(run);
}

}  // namespace bitloom
