// SPDX-License-Identifier: Apache-2.0
// Owns one Verilated model with a context of its own: many fit in a process.
#pragma once

#include <verilated.h>
#include <verilated_cov.h>

#include <cstdint>
#include <memory>

#include "models/base/error.h"
#include "sim/verify/rtl_coverage.h"

namespace bitloom {

template <class V>
class VerilatedModel {
public:
    // Registers start with random bits, as in silicon: what works only after power-up zeros fails.
    // `coverage`, if there is one, gets the model's counts when the model goes, and must be there.
    explicit VerilatedModel(std::uint64_t seed, RtlCoverage* coverage = nullptr)
        : coverage_(coverage) {
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
        if (coverage_) save_coverage(true);
        model_.reset();
        Verilated::threadContextp(Verilated::defaultContextp());
    }
    VerilatedModel(const VerilatedModel&) = delete;
    VerilatedModel& operator=(const VerilatedModel&) = delete;

    V& pins() { return *model_; }
    void settle() {
        model_->eval();
        if (coverage_ && !settled_) start_coverage();
    }

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
    // Only now do the counts know the random levels of power-up, which are no toggles. Blocks
    // that Verilator enters once, at the start, are saved.
    void start_coverage() {
        settled_ = true;
        save_coverage(false);
        context_->coveragep()->zero();
    }
    void save_coverage(bool bits) noexcept {
        try {
            coverage_->add_written(
                [this](const std::filesystem::path& path) {
                    context_->coveragep()->write(path.c_str());
                },
                bits);
        } catch (const std::exception&) {
            // No room for a temporary file: these points stay out of the report.
        }
    }

    RtlCoverage* coverage_;
    bool settled_ = false;
    std::unique_ptr<VerilatedContext> context_ = std::make_unique<VerilatedContext>();
    std::unique_ptr<V> model_;
};

}  // namespace bitloom
