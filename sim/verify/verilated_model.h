// SPDX-License-Identifier: Apache-2.0
// Owns one Verilated model with a context of its own: many fit in a process.
#pragma once

#include <verilated.h>

#include <cstdint>
#include <memory>

namespace bitloom {

template <class V>
class VerilatedModel {
public:
    // Registers start with random bits, as in silicon: what works only after power-up zeros fails.
    explicit VerilatedModel(std::uint64_t seed) {
        context_->randReset(2);
        context_->randSeed(static_cast<int>(seed & 0x3fffffff) + 1);
        context_->assertOn(true);
        model_ = std::make_unique<V>(context_.get(), "top");
    }
    // A model leaves its scopes in the thread's current context, which may be that of a model that
    // is gone: make it our own first, and let nothing point to it afterwards.
    ~VerilatedModel() {
        Verilated::threadContextp(context_.get());
        model_->final();
        model_.reset();
        Verilated::threadContextp(Verilated::defaultContextp());
    }
    VerilatedModel(const VerilatedModel&) = delete;
    VerilatedModel& operator=(const VerilatedModel&) = delete;

    V& pins() { return *model_; }
    void settle() { model_->eval(); }

    // For models with clk_i and rst_ni: an asynchronous reset pulse, without an edge of the clock.
    void reset() {
        pins().clk_i = 0;
        pins().rst_ni = 1;
        settle();
        pins().rst_ni = 0;
        settle();
    }
    // A rising edge with the inputs as they are; settle() must have been called with them.
    void edge() {
        pins().clk_i = 1;
        settle();
        pins().clk_i = 0;  // takes effect with the next settle(); nothing looks at this edge
    }

private:
    std::unique_ptr<VerilatedContext> context_ = std::make_unique<VerilatedContext>();
    std::unique_ptr<V> model_;
};

}  // namespace bitloom
