// SPDX-License-Identifier: Apache-2.0
#include <Vbit_serial_array.h>

#include <algorithm>
#include <array>

#include "models/pe/bit_serial/bit_serial_array_step.h"
#include "models/pe/bit_serial/plane_schedule.h"
#include "sim/verify/bit_serial_tiles.h"
#include "sim/verify/checks.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

// The module's defaults.
constexpr int rows = 4, columns = 4, word_bits = 32;

struct ArrayInputs {
    bool reset = false;
    int row = 0;  // to be read
    BitSerialPe::Control control{};
    bool last = false;
    std::array<std::uint32_t, rows> activations{}, masks{};
    std::array<std::uint32_t, columns> weights{};

    // reset, valid, clear, last
    int state() const {
        return (reset ? 8 : 0) + (control.valid ? 4 : 0) + (control.clear ? 2 : 0) + (last ? 1 : 0);
    }
    std::string describe() const {
        return fmt::format(
            "reset {:d} row {} valid {:d} clear {:d} shift {:d} negate {:d} mode {} last {:d} "
            "a {:08x} mask {:08x} w {:08x}",
            reset, row, control.valid, control.clear, control.shift, control.negate,
            static_cast<int>(control.mode), last, fmt::join(activations, " "),
            fmt::join(masks, " "), fmt::join(weights, " "));
    }
};

struct ArrayOutputs {
    bool valid = false;
    std::array<std::int32_t, columns> results{};

    static constexpr int bit_count = 64;  // the first column, the others' exclusive or, valid
    bool operator==(const ArrayOutputs&) const = default;
    std::uint64_t bits() const {
        std::uint32_t others = 0;
        for (int c = 1; c < columns; ++c)
            others ^= static_cast<std::uint32_t>(results[static_cast<std::size_t>(c)]);
        return (std::uint64_t{others} << 33) |
               (std::uint64_t{static_cast<std::uint32_t>(results[0])} << 1) | (valid ? 1u : 0u);
    }
    std::string describe() const {
        return fmt::format("valid {:d} results {}", valid, fmt::join(results, " "));
    }
};

class ArrayRtl {
public:
    using Inputs = ArrayInputs;
    using Outputs = ArrayOutputs;

    explicit ArrayRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        Vbit_serial_array& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.valid_i = inputs.control.valid;
        pins.clear_i = inputs.control.clear;
        pins.shift_i = inputs.control.shift;
        pins.negate_i = inputs.control.negate;
        pins.mode_i = static_cast<std::uint8_t>(inputs.control.mode);
        pins.last_i = inputs.last;
        pins.row_i = static_cast<std::uint8_t>(inputs.row);
        for (std::size_t r = 0; r < rows; ++r) {
            pins.a_i[r] = inputs.activations[r];
            pins.mask_i[r] = inputs.masks[r];
        }
        for (std::size_t c = 0; c < columns; ++c) pins.w_i[c] = inputs.weights[c];
        model_.settle();
        Outputs outputs{pins.valid_o != 0, {}};
        for (std::size_t c = 0; c < columns; ++c)
            outputs.results[c] = static_cast<std::int32_t>(pins.result_o[c]);
        return outputs;
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<Vbit_serial_array> model_;
};

class ArrayModel {
public:
    using Inputs = ArrayInputs;
    using Outputs = ArrayOutputs;

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) array_.reset();
        Outputs outputs{array_.valid(), {}};
        for (int c = 0; c < columns; ++c)
            outputs.results[static_cast<std::size_t>(c)] = array_.result(inputs.row, c);
        return outputs;
    }
    void edge(const Inputs& inputs) {
        if (inputs.reset) return;
        words_.control = inputs.control;
        words_.last = inputs.last;
        words_.activations.assign(inputs.activations.begin(), inputs.activations.end());
        words_.masks.assign(inputs.masks.begin(), inputs.masks.end());
        words_.weights.assign(inputs.weights.begin(), inputs.weights.end());
        array_.edge(words_);
    }

private:
    BitSerialArrayStep array_{rows, columns};
    BitSerialArrayStep::Inputs words_;
};

class ArrayBench {
public:
    explicit ArrayBench(VerifyRun& run)
        : rtl_(run),
          lock_step_(rtl_, model_, run, "array"),
          control_(run.coverage("control (reset, valid, clear, last) after control", 256)),
          modes_(run.coverage("mode x shift x negate", 16)) {}

    // Reads one row after the other.
    void step(ArrayInputs inputs) {
        inputs.row = row_;
        row_ = (row_ + 1) % rows;
        control_.mark(16 * last_ + inputs.state());
        last_ = inputs.state();
        if (inputs.control.valid)
            modes_.mark(4 * static_cast<int>(inputs.control.mode) + (inputs.control.shift ? 2 : 0) +
                        (inputs.control.negate ? 1 : 0));
        lock_step_.step(inputs);
    }
    void reset() { step({.reset = true}); }
    // Every row of the last tile's results is read.
    void drain() {
        for (int i = 0; i < BitSerialArrayStep::latency_cycles + rows; ++i) step({});
    }

private:
    ArrayRtl rtl_;
    ArrayModel model_;
    LockStep<ArrayRtl, ArrayModel> lock_step_;
    CoverageSet& control_;
    CoverageSet& modes_;
    int last_ = 0;
    int row_ = 0;
};

void short_tile(ArrayBench& bench, const ShortTile& tile) {
    const auto steps = plane_schedule(tile.activation, tile.weight);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        ArrayInputs inputs{.control = steps[i].control(true), .last = i + 1 == steps.size()};
        for (int r = 0; r < rows; ++r) {
            const auto row = static_cast<std::size_t>(r);
            inputs.activations[row] =
                static_cast<std::uint32_t>(tile.activation_word(r, steps[i].activation_plane));
            inputs.masks[row] = static_cast<std::uint32_t>(tile.mask());
        }
        for (int c = 0; c < columns; ++c)
            inputs.weights[static_cast<std::size_t>(c)] =
                static_cast<std::uint32_t>(tile.weight_word(c, steps[i].weight_plane));
        bench.step(inputs);
    }
    // The next tile's results do not come before all rows of these were read.
    for (std::size_t i = steps.size(); i < rows; ++i) bench.step({});
}

// One tile of random operands and padding, cut short after cycles_left. Returns its cycles.
std::int64_t random_tile(ArrayBench& bench, Draws& draws, std::int64_t cycles_left) {
    std::int64_t cycles = 0;
    const auto operand = [&draws] {
        return BitOperand{static_cast<BitEncoding>(draws.below(3)),
                          1 + static_cast<int>(draws.below(8))};
    };
    const BitOperand a = operand(), w = operand();
    const std::int64_t length = 1 + draws.below(300);
    const std::int64_t words = (length + word_bits - 1) / word_bits;
    const bool gaps = draws.one_in(4), padding = draws.one_in(2);
    const auto steps = plane_schedule(a, w);
    for (std::size_t s = 0; s < steps.size(); ++s)
        for (std::int64_t i = 0; i < words; ++i) {
            if (cycles >= cycles_left) return cycles;
            ArrayInputs inputs{.control = steps[s].control(i == 0),
                               .last = s + 1 == steps.size() && i + 1 == words};
            const int used =
                static_cast<int>(std::min<std::int64_t>(word_bits, length - i * word_bits));
            const std::uint32_t full = ~std::uint32_t{0} >> (word_bits - used);
            for (std::size_t r = 0; r < rows; ++r) {
                inputs.activations[r] = static_cast<std::uint32_t>(draws.bits());
                inputs.masks[r] = padding ? full & static_cast<std::uint32_t>(draws.bits()) : full;
            }
            for (std::uint32_t& word : inputs.weights)
                word = static_cast<std::uint32_t>(draws.bits());
            bench.step(inputs);
            ++cycles;
            if (!gaps || !draws.one_in(4)) continue;
            bench.step({});
            ++cycles;
        }
    return cycles;
}

}  // namespace

void check_bit_serial_array(VerifyRun& run) {
    ArrayBench bench(run);

    run.begin("every dot product of one and two positions, up to 4 x 4 bits, every encoding", true,
              900'000);
    bench.reset();
    for_each_short_tile(rows, columns, [&](const ShortTile& tile) { short_tile(bench, tile); });
    bench.drain();

    const std::int64_t vectors = run.options().vectors;
    Draws draws =
        run.begin("random tiles of up to 8 x 8 bits, with padding and gaps", false, vectors);
    bench.reset();
    for (std::int64_t left = vectors; left > 0;) left -= random_tile(bench, draws, left);
    bench.drain();

    // Control without a rule: each after each, in every state of the pipeline.
    draws = run.begin("random control and resets", false, vectors);
    bench.reset();
    for (int i = 0; i < 256; ++i)
        for (const int each : {i / 16, i % 16})
            bench.step({.reset = (each & 8) != 0,
                        .control = {(each & 4) != 0, (each & 2) != 0, false, false,
                                    BitSerialMode::xor_bipolar},
                        .last = (each & 1) != 0,
                        .activations = {1, 2, 4, 8},
                        .masks = {15, 15, 7, 7},
                        .weights = {3, 5, 9, 0}});
    for (std::int64_t i = 0; i < vectors; ++i) {
        const std::uint64_t bits = draws.bits();
        ArrayInputs inputs{
            .reset = (bits & 127) == 0,
            .control = {((bits >> 8) & 7) != 0, ((bits >> 12) & 31) == 0, ((bits >> 17) & 3) == 0,
                        ((bits >> 20) & 1) != 0, static_cast<BitSerialMode>((bits >> 24) & 3)},
            .last = ((bits >> 28) & 3) == 0};
        for (auto* words : {&inputs.activations, &inputs.masks})
            for (std::uint32_t& word : *words) word = static_cast<std::uint32_t>(draws.bits());
        for (std::uint32_t& word : inputs.weights) word = static_cast<std::uint32_t>(draws.bits());
        bench.step(inputs);
    }
    bench.drain();
}

}  // namespace bitloom
