// SPDX-License-Identifier: Apache-2.0
// Cross-checks of the RTL against the C++ models: what one runs, and what it reports.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

struct VerifyOptions {
    std::uint64_t seed = 1;
    std::int64_t vectors = 200000;  // random ones in each section that is not exhaustive; >= 1
    // Called now and then with the section's name, the vectors done and their number.
    std::function<void(std::string_view section, double done, double total)> progress;
};

// A part of a check: one way to make inputs.
struct VerifySection {
    std::string name;          // "every pair of codes, every type and sign"
    bool exhaustive = false;   // every input of the named space; else seeded random, corners first
    std::int64_t vectors = 0;  // inputs applied and compared: one clock cycle each, or one
                               // evaluation of a module without a clock
};

// How much of a finite set was seen, e.g. codes, states, bits at 0 and at 1.
struct CoveragePoint {
    std::string name;
    std::int64_t reached = 0;
    std::int64_t total = 0;
    // A check is made to reach all of it. Not so for toggled bits: those that are constant by
    // structure can not toggle.
    bool reaches_all = true;
};

// The first difference; nothing is compared after it.
struct Mismatch {
    std::string section;
    std::int64_t cycle = 0;            // from 0, counted in the section
    std::vector<std::string> history;  // the last inputs, the oldest first; the last one is the
                                       // cycle's own
    std::string expected;              // outputs of the C++ model
    std::string got;                   // outputs of the RTL
};

struct VerifyReport {
    std::string name;
    std::vector<VerifySection> sections;
    std::vector<CoveragePoint> coverage;
    std::vector<std::string> uncovered;  // "ant_pe.sv:52: else not entered"
    std::optional<Mismatch> mismatch;
    double seconds = 0.0;  // of host time

    std::int64_t vectors() const;
    bool passed() const { return !mismatch; }
};

class VerifyRun;

// One line of the list.
struct VerifyEntry {
    std::string_view name;         // what users type: `bitloom verify ant_pe`
    std::string_view description;  // one line: which RTL against which C++
    void (*check)(VerifyRun& run);
};

// Every check, in the order in which `bitloom verify all` runs them.
const std::vector<VerifyEntry>& verify_list();
// Throws Error with the known names.
const VerifyEntry& verify_entry(std::string_view name);

// A chip, and the checks of what it is made of.
struct VerifyChip {
    std::string_view name;
    std::vector<std::string_view> checks;
};
const std::vector<VerifyChip>& verify_chips();
// The checks of a chip, of a name in the list, or of "all". Throws Error as verify_entry does.
std::vector<const VerifyEntry*> verify_selection(std::string_view name);

// Runs one check to its end or to the first difference. An assertion of the RTL that fails is a
// difference, too. The same options give the same vectors.
VerifyReport verify(const VerifyEntry& entry, const VerifyOptions& options);

}  // namespace bitloom
