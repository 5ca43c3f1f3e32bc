// SPDX-License-Identifier: Apache-2.0
#include "sim/verify/verify_run.h"

#include <algorithm>
#include <chrono>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {

std::int64_t VerifyReport::vectors() const {
    std::int64_t sum = 0;
    for (const VerifySection& section : sections) sum += section.vectors;
    return sum;
}

Draws VerifyRun::begin(std::string name, bool exhaustive, std::int64_t expected_vectors) {
    report_.sections.push_back({std::move(name), exhaustive, 0});
    expected_vectors_ = static_cast<double>(expected_vectors);
    show_progress();
    return {options_.seed, report_.name + ": " + report_.sections.back().name};
}

CoverageSet& VerifyRun::coverage(std::string name, std::int64_t total) {
    return coverage_.emplace_back(std::move(name), total);
}

void VerifyRun::differ(std::vector<std::string> history, std::string expected,
                       std::string got) const {
    const VerifySection& section = report_.sections.back();
    throw Difference{
        {section.name, section.vectors, std::move(history), std::move(expected), std::move(got)}};
}

void VerifyRun::finish() {
    for (const CoverageSet& set : coverage_) report_.coverage.push_back(set.point());
    for (const CoveragePoint& point : rtl_coverage_.points()) report_.coverage.push_back(point);
    report_.uncovered = rtl_coverage_.uncovered();
}

void VerifyRun::show_progress() const {
    if (!options_.progress) return;
    const auto done = static_cast<double>(report_.sections.back().vectors);
    options_.progress(report_.name + ": " + report_.sections.back().name, done,
                      std::max(done, expected_vectors_));
}

VerifyReport verify(const VerifyEntry& entry, const VerifyOptions& options) {
    BITLOOM_CHECK(options.vectors >= 1, "at least one vector: {}", options.vectors);
    const auto start = std::chrono::steady_clock::now();
    VerifyReport report;
    report.name = entry.name;
    VerifyRun run(options, report);
    try {
        entry.check(run);
    } catch (const VerifyRun::Difference& difference) {
        report.mismatch = difference.mismatch;
    }
    run.finish();
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

std::vector<const VerifyEntry*> verify_selection(std::string_view name) {
    std::vector<const VerifyEntry*> entries;
    if (name == "all")
        for (const VerifyEntry& entry : verify_list()) entries.push_back(&entry);
    for (const VerifyChip& chip : verify_chips())
        if (chip.name == name)
            for (const std::string_view check : chip.checks)
                entries.push_back(&verify_entry(check));
    if (entries.empty()) entries.push_back(&verify_entry(name));
    return entries;
}

const VerifyEntry& verify_entry(std::string_view name) {
    std::vector<std::string> names;
    std::string known;
    for (const VerifyEntry& entry : verify_list()) {
        if (entry.name == name) return entry;
        names.emplace_back(entry.name);
        known += " " + names.back();
    }
    fail("unknown check '{}'; known:{}{}", name, known, did_you_mean(name, names));
}

}  // namespace bitloom
