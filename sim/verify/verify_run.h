// SPDX-License-Identifier: Apache-2.0
// What a check writes while it runs: sections, coverage, and the first difference.
#pragma once

#include <deque>
#include <vector>

#include "models/base/random.h"
#include "sim/verify/rtl_coverage.h"
#include "sim/verify/verify.h"

namespace bitloom {

// A finite set and which of its members were seen.
class CoverageSet {
public:
    CoverageSet(std::string name, std::int64_t total)
        : name_(std::move(name)), seen_(static_cast<std::size_t>(total), false) {}

    void mark(std::int64_t member) {
        auto seen = seen_[static_cast<std::size_t>(member)];
        if (seen) return;
        seen = true;
        ++reached_;
    }
    CoveragePoint point() const {
        return {name_, reached_, static_cast<std::int64_t>(seen_.size()), true};
    }

private:
    std::string name_;
    std::vector<bool> seen_;
    std::int64_t reached_ = 0;
};

// Random numbers in sequence; those of a section depend on the seed and on its name only.
class Draws {
public:
    Draws(std::uint64_t seed, std::string_view name) : stream_(seed, name) {}

    std::uint64_t bits() { return stream_.bits(index_++); }
    // 0..bound-1; bound >= 1.
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(
            stream_.below(index_++, static_cast<std::uint64_t>(bound)));
    }
    bool one_in(std::int64_t n) { return below(n) == 0; }

private:
    RandomStream stream_;
    std::uint64_t index_ = 0;
};

class VerifyRun {
public:
    // Ends a check; verify() catches it.
    struct Difference {
        Mismatch mismatch;
    };

    VerifyRun(const VerifyOptions& options, VerifyReport& report)
        : options_(options), report_(report) {}

    // `expected_vectors` is for the progress only. Returns the section's random numbers.
    Draws begin(std::string name, bool exhaustive, std::int64_t expected_vectors);
    // One vector was applied and compared.
    void count() {
        if ((++report_.sections.back().vectors & 0x1fff) == 0) show_progress();
    }
    // The set lives as long as the run; its coverage is in the report.
    CoverageSet& coverage(std::string name, std::int64_t total);

    // Where models leave what Verilator counted.
    RtlCoverage& rtl_coverage() { return rtl_coverage_; }

    // Ends the check: inputs oldest first, those of the current vector last.
    [[noreturn]] void differ(std::vector<std::string> history, std::string expected,
                             std::string got) const;

    const VerifyOptions& options() const { return options_; }
    // Collects the coverage into the report; called once, at the end.
    void finish();

private:
    void show_progress() const;

    const VerifyOptions& options_;
    VerifyReport& report_;
    double expected_vectors_ = 0.0;
    RtlCoverage rtl_coverage_;
    std::deque<CoverageSet> coverage_;  // a deque keeps references valid
};

}  // namespace bitloom
