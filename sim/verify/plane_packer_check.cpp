// SPDX-License-Identifier: Apache-2.0
#include <Vplane_packer.h>
#include <Vplane_packer8.h>

#include "models/pe/bit_serial/plane_packer.h"
#include "sim/verify/checks.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

struct PackerInputs : PlanePacker::Inputs {
    bool reset = false;
    std::string describe() const {
        return fmt::format("reset {:d} valid {:d} code 0x{:02x} last {:d} ready {:d} planes {}",
                           reset, valid, code, last, ready, planes);
    }
};

template <int word_bits>
struct PackerOutputs : PlanePacker::Outputs {
    // Of a word of 64 bits the middle of the mask is left out.
    static constexpr int shown = word_bits < 29 ? word_bits : 29;
    static constexpr int bit_count = 5 + 2 * shown;
    std::uint64_t bits() const {
        constexpr std::uint64_t low = (std::uint64_t{1} << shown) - 1;
        return (ready ? 1u : 0u) | (valid ? 2u : 0u) | (static_cast<std::uint64_t>(plane) << 2) |
               (((word >> (word_bits - shown)) & low) << 5) |
               (((mask >> (word_bits - shown)) & low) << (5 + shown));
    }
    std::string describe() const {
        return fmt::format("ready {:d} valid {:d} word 0x{:x} mask 0x{:x} plane {}", ready, valid,
                           word, mask, plane);
    }
};

template <class V, int word>
class PackerRtl {
public:
    using Inputs = PackerInputs;
    using Outputs = PackerOutputs<word>;

    explicit PackerRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.planes_i = static_cast<std::uint8_t>(inputs.planes);
        pins.valid_i = inputs.valid;
        pins.code_i = inputs.code;
        pins.last_i = inputs.last;
        pins.ready_i = inputs.ready;
        model_.settle();
        if (pins.valid_o == 0) return {{pins.ready_o != 0, false}};
        return {{pins.ready_o != 0, true, pins.word_o, pins.mask_o, pins.plane_o}};
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<V> model_;
};

template <int word>
class PackerModel {
public:
    using Inputs = PackerInputs;
    using Outputs = PackerOutputs<word>;

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) state_ = {};
        return {PlanePacker::outputs(state_, inputs)};
    }
    void edge(const Inputs& inputs) {
        if (!inputs.reset) state_ = PlanePacker::next(state_, inputs, word);
    }
    const PlanePacker::State& state() const { return state_; }

private:
    PlanePacker::State state_;
};

template <class V, int word>
void check_word(VerifyRun& run) {
    const std::string name = fmt::format("words of {}", word);
    PackerRtl<V, word> rtl(run);
    PackerModel<word> model;
    LockStep<PackerRtl<V, word>, PackerModel<word>> lock_step(rtl, model, run, name);
    CoverageSet& states = run.coverage(
        name + ": buffers (filled x free, last plane, more planes) x (reset, valid, last, ready)",
        96);
    CoverageSet& positions = run.coverage(name + ": codes in the buffer x last", 2 * word);
    CoverageSet& planes_left = run.coverage(name + ": plane out of planes", 36);
    const auto step = [&](const PackerInputs& inputs) {
        const PlanePacker::State& state = model.state();
        const int buffers = (state.full ? 3 : 0) + (state.left < 2 ? state.left : 2);
        const int control = (inputs.reset ? 8 : 0) + (inputs.valid ? 4 : 0) +
                            (inputs.last ? 2 : 0) + (inputs.ready ? 1 : 0);
        states.mark(16 * buffers + control);
        if (inputs.valid) positions.mark(2 * state.codes + (inputs.last ? 1 : 0));
        if (state.left != 0) {
            const int all = state.plane + state.left;
            planes_left.mark(all * (all - 1) / 2 + state.plane);
        }
        return lock_step.step(inputs);
    };
    const auto reset = [&] { step({{}, true}); };
    // Sends a code, and holds it while it has to wait; takes every plane.
    const auto send = [&](std::uint8_t code, bool last, int planes) {
        while (!step({{true, code, last, true, planes}}).ready) {
        }
    };
    const auto drain = [&](int planes) {
        for (int i = 0; i < 10; ++i) step({{false, 0, false, true, planes}});
    };

    run.begin(name + ", every code at every position, 1 to 8 planes", true, 8 * 256 * (word + 8));
    reset();
    for (int planes = 1; planes <= 8; ++planes) {
        for (int code = 0; code < 256; ++code)  // 37 is odd: each position gets every code
            for (int k = 0; k < word; ++k)
                send(static_cast<std::uint8_t>(code + 37 * k), k == word - 1 && code % 2 == 0,
                     planes);
        drain(planes);
    }
    run.begin(name + ", every length of a word", true, word * (word + 1) / 2);
    reset();
    for (int length = 1; length <= word; ++length)
        for (int k = 0; k < length; ++k)
            send(static_cast<std::uint8_t>(0xff ^ k), k == length - 1, 8);
    drain(8);

    // Every control in every state of the buffers: nothing, one plane or two in the one that
    // empties, and a complete word or none in the other.
    run.begin(name + ", every control in every state of the buffers", true, 96);
    for (int state = 0; state < 96; ++state) {
        reset();
        const int left = state / 16 % 3, control = state % 16;
        const auto word_of_one = [&] { step({{true, 0x5a, true, false, left}}); };
        if (left != 0) {
            word_of_one();
            step({{false, 0, false, false, left}});
        }
        if (state >= 48) word_of_one();
        step({{(control & 4) != 0, 0xc3, (control & 2) != 0, (control & 1) != 0, left},
              (control & 8) != 0});
        drain(left);
    }

    // Each side in turn often or seldom ready; short words, long ones; reset now and then. The
    // number of planes changes when nothing is inside.
    Draws draws = run.begin(name + ", random codes, stalls on both sides and resets", false,
                            run.options().vectors);
    reset();
    int planes = 8;
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        const std::int64_t mood = (i >> 8) & 7;
        const bool valid = (mood & 1) != 0 ? draws.one_in(4) : !draws.one_in(8);
        const bool ready = (mood & 2) != 0 ? draws.one_in(4) : !draws.one_in(8);
        const bool last = draws.one_in((mood & 4) != 0 ? 4 : 2 * word);
        const PlanePacker::State& state = model.state();
        if (state.codes == 0 && !state.full && state.left == 0)
            planes = 1 + static_cast<int>(draws.below(8));
        step({{valid, static_cast<std::uint8_t>(draws.bits()), last, ready, planes},
              draws.one_in(128)});
    }
    drain(planes);
}

}  // namespace

void check_plane_packer(VerifyRun& run) {
    check_word<Vplane_packer, 64>(run);
    check_word<Vplane_packer8, 8>(run);
}

}  // namespace bitloom
