// SPDX-License-Identifier: Apache-2.0
// The fast array, the array of PEs and its RTL are one design: on any network and any chip, every
// number of a run is the same. The engine compares every stored byte of both with the host's
// integer executor, so equal runs have equal memories.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "sim/engine/engine.h"
#include "sim/report/json.h"
#include "sim/report/timeline.h"
#include "tests/property/random_network.h"
#include "tests/support/in_child.h"

namespace bitloom::test {
namespace {

class Fidelity : public testing::TestWithParam<int> {};

// A random network on a random chip.
struct Case {
    std::uint64_t seed = 0;
    ArrayKind kind = ArrayKind::systolic;
    bool has_rtl = false;

    Trace trace() const { return random_network_trace(seed, kind); }
    KeyValues keys(const Trace& trace) const {
        return random_chip_keys(seed, trace, has_rtl, kind);
    }
};

std::string run(const Case& c, const std::string& fidelity) {
    return in_child([&] {
        const Trace trace = c.trace();
        RunOptions options;
        options.fidelity = fidelity;
        options.seed = c.seed;
        options.timeline = true;
        RunResult result = run_chip(chip_with(c.keys(trace), c.kind), trace, options);
        result.fidelity.clear();
        return to_json(result) + to_chrome_trace(result);
    });
}

std::string describe(const Case& c) {
    return in_child([&] { return fmt::format("seed {}, {}", c.seed, text_of(c.keys(c.trace()))); });
}

void expect_equal_runs(const Case& c, const std::string& a, const std::string& b) {
    const std::string first = run(c, a);
    const std::string second = run(c, b);
    ASSERT_TRUE(first.starts_with("{")) << describe(c) << "\n" << first;
    ASSERT_TRUE(second.starts_with("{")) << describe(c) << "\n" << second;
    if (first == second) return;
    const std::size_t at = static_cast<std::size_t>(
        std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first -
        first.begin());
    const std::size_t from = at < 300 ? 0 : at - 300;
    ADD_FAILURE() << describe(c) << "\n"
                  << a << ":\n"
                  << first.substr(from, 600) << "\n"
                  << b << ":\n"
                  << second.substr(from, 600);
}

TEST_P(Fidelity, ArrayOfPesEqualsTheFastArray) {
    expect_equal_runs({static_cast<std::uint64_t>(GetParam())}, "pe", "tile");
}

// The same of the bit-serial core, every dataflow, formats of any width and sign.
class BitSerialFidelity : public testing::TestWithParam<int> {};

TEST_P(BitSerialFidelity, EveryUnitSteppedEqualsTheFastCore) {
    expect_equal_runs({static_cast<std::uint64_t>(GetParam()), ArrayKind::bit_serial, false}, "pe",
                      "tile");
}

// The same of analog arrays with all their noise: every phase and conversion in its time.
class AnalogFidelity : public testing::TestWithParam<int> {};

TEST_P(AnalogFidelity, EveryConversionSteppedEqualsTheFastArrays) {
    expect_equal_runs({static_cast<std::uint64_t>(GetParam()), ArrayKind::analog, false}, "pe",
                      "tile");
}

// On arrays of the sizes of which there is RTL.
class RtlFidelity : public testing::TestWithParam<int> {};

TEST_P(RtlFidelity, RtlEqualsTheFastArray) {
    expect_equal_runs({static_cast<std::uint64_t>(GetParam()), ArrayKind::systolic, true}, "rtl",
                      "tile");
}

// BITLOOM_SEEDS=5000 widens the search.
int seeds() {
    const char* text = std::getenv("BITLOOM_SEEDS");
    return text == nullptr ? 96 : std::atoi(text);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Fidelity, testing::Range(0, seeds()));
INSTANTIATE_TEST_SUITE_P(Seeds, BitSerialFidelity, testing::Range(0, seeds() / 2));
INSTANTIATE_TEST_SUITE_P(Seeds, AnalogFidelity, testing::Range(0, seeds() / 2));
// Fewer: the RTL is some hundred times slower.
INSTANTIATE_TEST_SUITE_P(Seeds, RtlFidelity, testing::Range(0, seeds() / 4));

}  // namespace
}  // namespace bitloom::test
