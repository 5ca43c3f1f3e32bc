// SPDX-License-Identifier: Apache-2.0
#include <Vcim_drain.h>
#include <fmt/format.h>

#include <array>

#include "models/cim/digital/adc_mux.h"
#include "models/cim/digital/cim_drain.h"
#include "models/cim/digital/shift_add.h"
#include "sim/verify/checks.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

constexpr int adcs = 4, columns = 8;

struct DrainInputs : CimDrain::Inputs {
    bool reset = false;
    DrainInputs() { sums.resize(adcs); }
    std::string describe() const {
        return fmt::format(
            "reset {:d} slices {} of {} bits, valid {:d} sums {} {} {} {} first {} count {} "
            "restart {:d}, ready {:d} bias {}",
            reset, slices, slice_bits, valid, sums[0], sums[1], sums[2], sums[3], first, count,
            restart, ready, bias);
    }
};

struct DrainOutputs : CimDrain::Outputs {
    static constexpr int bit_count = 37;
    std::uint64_t bits() const {
        return (std::uint64_t{static_cast<std::uint32_t>(psum)} << 5) |
               (static_cast<std::uint64_t>(output) << 2) | (ready ? 2 : 0) | (valid ? 1 : 0);
    }
    std::string describe() const {
        return fmt::format("ready {:d} valid {:d} output {} psum {}", ready, valid, output, psum);
    }
};

class DrainRtl {
public:
    using Inputs = DrainInputs;
    using Outputs = DrainOutputs;

    explicit DrainRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        Vcim_drain& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.slices_i = static_cast<std::uint8_t>(inputs.slices);
        pins.slice_bits_i = static_cast<std::uint8_t>(inputs.slice_bits);
        pins.valid_i = inputs.valid;
        for (int word = 0; word < 3; ++word) pins.sums_i[static_cast<std::size_t>(word)] = 0;
        for (int bit = 0; bit < adcs * ShiftAdd::sum_bits; ++bit) {
            const auto sum = static_cast<std::uint32_t>(
                inputs.sums[static_cast<std::size_t>(bit / ShiftAdd::sum_bits)]);
            pins.sums_i[static_cast<std::size_t>(bit / 32)] |=
                ((sum >> (bit % ShiftAdd::sum_bits)) & 1) << (bit % 32);
        }
        pins.first_i = static_cast<std::uint8_t>(inputs.first);
        pins.count_i = static_cast<std::uint8_t>(inputs.count);
        pins.restart_i = inputs.restart;
        pins.ready_i = inputs.ready;
        pins.bias_i = static_cast<std::uint32_t>(inputs.bias);
        model_.settle();
        const bool valid = pins.valid_o != 0;
        return {{pins.ready_o != 0, valid, pins.output_o,
                 valid ? static_cast<std::int32_t>(pins.psum_o) : 0}};
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<Vcim_drain> model_;
};

class DrainModel {
public:
    using Inputs = DrainInputs;
    using Outputs = DrainOutputs;

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) state_ = {std::vector<std::int32_t>(adcs)};
        return {CimDrain::outputs(state_, inputs)};
    }
    void edge(const Inputs& inputs) {
        if (!inputs.reset) state_ = CimDrain::next(state_, inputs, columns);
    }
    const CimDrain::State& state() const { return state_; }

private:
    CimDrain::State state_{std::vector<std::int32_t>(adcs)};
};

// Slices of a weight of at most 7 bits.
constexpr std::array<std::array<int, 2>, 7> slicings{
    {{1, 7}, {2, 4}, {3, 3}, {4, 2}, {5, 1}, {6, 1}, {7, 1}}};

}  // namespace

void check_cim_drain(VerifyRun& run) {
    DrainRtl rtl(run);
    DrainModel model;
    LockStep<DrainRtl, DrainModel> lock_step(rtl, model, run, "drain");
    int sizes = 0;  // of blocks: whole weights
    for (const auto& slicing : slicings) sizes += columns / slicing[0];
    CoverageSet& blocks =
        run.coverage("slices and weights of a block x its first ADC", sizes * adcs);
    CoverageSet& states =
        run.coverage("columns left x (reset, valid, ready) x (psum or not)", 8 * (2 * adcs + 1));
    // The phases of a position, one after the other; then the next position.
    struct Position {
        std::size_t slicing = 0;
        int first = 0, count = 0, phase = 0;
    };
    Position position;
    const auto fill = [&](DrainInputs& inputs, Draws& draws) {
        const auto [slices, bits] = slicings[position.slicing];
        int weight = 0;
        for (int s = 0; s < slices; ++s) weight += 1 << (s * bits);
        inputs.slices = slices;
        inputs.slice_bits = bits;
        inputs.first = position.first;
        inputs.count = std::min(adcs, position.count - position.phase * adcs);
        inputs.restart = position.phase == 0;
        // Sums of up to 20 bits whose slices together stay within 2^23.
        const std::int64_t limit = std::min((1 << 23) - 1, weight * ((1 << 19) - 1)) / weight;
        for (std::int32_t& sum : inputs.sums)
            sum = draws.one_in(8) ? static_cast<std::int32_t>(draws.one_in(2) ? limit : -limit)
                                  : static_cast<std::int32_t>(draws.below(2 * limit + 1) - limit);
        inputs.bias = static_cast<std::int32_t>(draws.bits()) >> draws.below(32);
    };
    const auto step = [&](const DrainInputs& inputs) {
        const bool psum = CimDrain::outputs(model.state(), inputs).valid;
        const int left = model.state().left;
        states.mark((left == 0 ? 0 : 2 * left - (psum ? 0 : 1)) * 8 + (inputs.reset ? 4 : 0) +
                    (inputs.valid ? 2 : 0) + (inputs.ready ? 1 : 0));
        const DrainOutputs outputs = lock_step.step(inputs);
        if (inputs.reset) position.phase = 0;
        if (!inputs.valid || !outputs.ready || inputs.reset) return;
        int size = position.count / slicings[position.slicing][0] - 1;
        for (std::size_t s = 0; s < position.slicing; ++s) size += columns / slicings[s][0];
        blocks.mark(size * adcs + position.first);
        ++position.phase;
        if (position.phase == AdcMux::phases(adcs, position.count)) position.phase = 0;
    };
    const auto drain = [&] {
        DrainInputs inputs;
        inputs.slices = slicings[position.slicing][0];
        inputs.slice_bits = slicings[position.slicing][1];
        inputs.ready = true;
        while (model.state().left != 0) step(inputs);
    };

    Draws draws = run.begin("every block, whole positions", true, 7 * adcs * columns * 4);
    DrainInputs reset;
    reset.reset = true;
    step(reset);
    for (std::size_t slicing = 0; slicing < slicings.size(); ++slicing)
        for (int first = 0; first < adcs; ++first)
            for (int count = slicings[slicing][0]; count <= columns;
                 count += slicings[slicing][0]) {
                drain();
                position = {slicing, first, count, 0};
                do {
                    DrainInputs inputs;
                    fill(inputs, draws);
                    inputs.valid = inputs.ready = true;
                    step(inputs);
                } while (position.phase != 0 || model.state().left == 0);
            }
    drain();

    draws =
        run.begin("random positions, waits on both sides and resets", false, run.options().vectors);
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        if (position.phase == 0 && model.state().left == 0) {
            position.slicing = static_cast<std::size_t>(draws.below(7));
            const int slices = slicings[position.slicing][0];
            position.count = slices * (1 + static_cast<int>(draws.below(columns / slices)));
            position.first = static_cast<int>(draws.below(adcs));
        }
        const std::int64_t mood = (i >> 6) & 3;
        DrainInputs inputs;
        fill(inputs, draws);
        inputs.reset = draws.one_in(64);
        inputs.valid = (mood & 1) != 0 ? draws.one_in(4) : !draws.one_in(4);
        inputs.ready = (mood & 2) != 0 ? draws.one_in(4) : !draws.one_in(4);
        step(inputs);
    }
}

}  // namespace bitloom
