// SPDX-License-Identifier: Apache-2.0
// Drives two sides with the same inputs, cycle by cycle, and compares every output of every cycle.
// A side is any type with
//
//     using Inputs;   bool reset;   std::string describe() const;
//     using Outputs;  operator==;   std::string describe() const;
//                     std::uint64_t bits() const;  static constexpr int bit_count;
//     Outputs observe(const Inputs&);  // what a neighbour sees before the clock's edge
//     void edge(const Inputs&);        // the edge, with the inputs observed before
//
// `bits` is for the coverage: which output bits were seen at 0 and at 1.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "sim/verify/verify_run.h"

namespace bitloom {

template <class Rtl, class Model>
class LockStep {
public:
    using Inputs = typename Rtl::Inputs;
    using Outputs = typename Rtl::Outputs;

    // The sides must outlive this object. `name` is in the coverage: "sum bits at 0 and at 1".
    LockStep(Rtl& rtl, Model& model, VerifyRun& run, const std::string& name)
        : rtl_(rtl),
          model_(model),
          run_(run),
          toggles_(run.coverage(name + ": output bits at 0 and at 1", 2 * Outputs::bit_count)) {}

    // One cycle. Returns the outputs before its edge.
    Outputs step(const Inputs& inputs) {
        history_[count_++ % history_.size()] = inputs;
        const Outputs expected = model_.observe(inputs);
        const Outputs got = observe_rtl(inputs, expected);
        if (!(got == expected)) run_.differ(history(), expected.describe(), got.describe());
        model_.edge(inputs);
        try {
            rtl_.edge(inputs);
        } catch (const InternalError& error) {
            run_.differ(history(), expected.describe(), error.what());
        }
        const std::uint64_t bits = got.bits();
        if (((bits & ~ones_) | (~bits & ~zeros_)) != 0) mark_toggles(bits);
        run_.count();
        return got;
    }

private:
    // An assertion of the RTL that fails arrives as an InternalError.
    Outputs observe_rtl(const Inputs& inputs, const Outputs& expected) {
        try {
            return rtl_.observe(inputs);
        } catch (const InternalError& error) {
            run_.differ(history(), expected.describe(), error.what());
        }
    }

    void mark_toggles(std::uint64_t bits) {
        ones_ |= bits;
        zeros_ |= ~bits;
        for (int i = 0; i < Outputs::bit_count; ++i)
            toggles_.mark(2 * i + static_cast<int>((bits >> i) & 1));
    }

    std::vector<std::string> history() const {
        std::vector<std::string> lines;
        const std::size_t first = count_ > history_.size() ? count_ - history_.size() : 0;
        for (std::size_t i = first; i < count_; ++i)
            lines.push_back(history_[i % history_.size()].describe());
        return lines;
    }

    Rtl& rtl_;
    Model& model_;
    VerifyRun& run_;
    CoverageSet& toggles_;
    std::uint64_t ones_ = 0, zeros_ = 0;
    std::array<Inputs, 8> history_{};  // a ring: the guilty inputs are older than the difference
    std::size_t count_ = 0;
};

}  // namespace bitloom
