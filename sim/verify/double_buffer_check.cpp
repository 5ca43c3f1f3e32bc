// SPDX-License-Identifier: Apache-2.0
#include <Vdouble_buffer.h>

#include <deque>

#include "sim/verify/checks.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

constexpr int index_bits = 2;  // of the Verilated model
constexpr int words_of_half = 1 << index_bits;

struct BufferInputs {
    bool reset = false;
    bool fill_valid = false, fill_last = false;
    bool use_ready = false;

    int control() const {
        return (reset ? 8 : 0) + (fill_valid ? 4 : 0) + (fill_last ? 2 : 0) + (use_ready ? 1 : 0);
    }
    std::string describe() const {
        return fmt::format("reset {:d} fill valid {:d} last {:d} use ready {:d}", reset, fill_valid,
                           fill_last, use_ready);
    }
};

// An address counts only while its side may move; otherwise it is 0 here.
struct BufferOutputs {
    bool fill_ready = false, use_valid = false;
    int fill_half = 0, fill_index = 0;
    int use_half = 0, use_last = 0;

    static constexpr int bit_count = 4 + 2 * index_bits;
    bool operator==(const BufferOutputs&) const = default;
    std::uint64_t bits() const {
        return static_cast<std::uint64_t>((fill_ready ? 1 : 0) | (use_valid ? 2 : 0) |
                                          (fill_half << 2) | (use_half << 3) | (fill_index << 4) |
                                          (use_last << (4 + index_bits)));
    }
    std::string describe() const {
        return fmt::format("fill ready {:d} half {} index {}, use valid {:d} half {} last {}",
                           fill_ready, fill_half, fill_index, use_valid, use_half, use_last);
    }
};

class BufferRtl {
public:
    using Inputs = BufferInputs;
    using Outputs = BufferOutputs;

    explicit BufferRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        Vdouble_buffer& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.fill_valid_i = inputs.fill_valid;
        pins.fill_last_i = inputs.fill_last;
        pins.use_ready_i = inputs.use_ready;
        model_.settle();
        Outputs outputs;
        outputs.fill_ready = pins.fill_ready_o != 0;
        outputs.use_valid = pins.use_valid_o != 0;
        if (outputs.fill_ready) {
            outputs.fill_half = pins.fill_half_o;
            outputs.fill_index = pins.fill_index_o;
        }
        if (outputs.use_valid) {
            outputs.use_half = pins.use_half_o;
            outputs.use_last = pins.use_last_o;
        }
        return outputs;
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<Vdouble_buffer> model_;
};

// What the rules mean: a queue of blocks that holds at most two, of which the one that is being
// filled counts.
class BufferModel {
public:
    BufferOutputs observe(const BufferInputs& inputs) {
        if (inputs.reset) *this = {};
        BufferOutputs outputs;
        outputs.fill_ready = full_.size() < 2;
        outputs.use_valid = !full_.empty();
        if (outputs.fill_ready) {
            outputs.fill_half = fill_half_;
            outputs.fill_index = filled_;
        }
        if (outputs.use_valid) {
            outputs.use_half = full_.front().half;
            outputs.use_last = full_.front().words - 1;
        }
        return outputs;
    }
    void edge(const BufferInputs& inputs) {
        if (inputs.reset) return;
        const bool fill = inputs.fill_valid && full_.size() < 2;
        if (inputs.use_ready && !full_.empty()) full_.pop_front();
        if (!fill) return;
        ++filled_;
        if (!inputs.fill_last && filled_ < words_of_half) return;
        full_.push_back({fill_half_, filled_});
        fill_half_ = 1 - fill_half_;
        filled_ = 0;
    }
    // Blocks in use or waiting (0..2), the half that is filled next and the words in it.
    static constexpr int states = 3 * 2 * words_of_half;
    int state() const {
        return (static_cast<int>(full_.size()) * 2 + fill_half_) * words_of_half + filled_;
    }
    bool both_full() const { return full_.size() == 2; }

private:
    struct Block {
        int half = 0;
        int words = 0;
    };
    std::deque<Block> full_;
    int fill_half_ = 0;
    int filled_ = 0;
};

}  // namespace

void check_double_buffer(VerifyRun& run) {
    BufferRtl rtl(run);
    BufferModel model;
    LockStep lock_step(rtl, model, run, "double buffer");
    // With both halves full nothing has been filled: words are counted with an empty half only.
    constexpr int both_full_states = 2, filling_states = 2 * 2 * words_of_half;
    CoverageSet& states = run.coverage("blocks, half, words filled x (reset, valid, last, ready)",
                                       16 * (filling_states + both_full_states));
    const auto step = [&](const BufferInputs& inputs) {
        const int state = model.both_full() ? filling_states + (model.state() / words_of_half) % 2
                                            : model.state();
        states.mark(16 * state + inputs.control());
        lock_step.step(inputs);
    };

    // Every state, each by the shortest way from reset, and every control in it.
    run.begin("every state and control", true, 16 * (filling_states + both_full_states));
    for (int blocks = 0; blocks <= 2; ++blocks)
        for (int half = 0; half < 2; ++half)
            for (int words = 0; words < (blocks == 2 ? 1 : words_of_half); ++words)
                for (int control = 0; control < 16; ++control) {
                    step({.reset = true});
                    if ((blocks + half) % 2 != 0) {
                        step({.fill_valid = true, .fill_last = true});
                        step({.use_ready = true});
                    }
                    for (int i = 0; i < blocks; ++i) step({.fill_valid = true, .fill_last = true});
                    for (int i = 0; i < words; ++i) step({.fill_valid = true});
                    step({(control & 8) != 0, (control & 4) != 0, (control & 2) != 0,
                          (control & 1) != 0});
                    step({});
                }

    // Fast and slow sides in turn: each chance of a word, of an end and of a release in eighths.
    Draws draws =
        run.begin("random traffic, fast and slow sides, resets", false, run.options().vectors);
    step({.reset = true});
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        const auto eighths = [&](int shift) { return draws.below(8) <= ((i / 64) >> shift) % 8; };
        const bool fill = eighths(0), last = eighths(3), use = eighths(6);
        step({draws.one_in(256), fill, last, use});
    }
}

}  // namespace bitloom
