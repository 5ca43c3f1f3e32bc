// SPDX-License-Identifier: Apache-2.0
// The fast array and the array of PEs are one design: on any network and any chip, every number of
// a run is the same. The engine compares every stored byte of both with the host's integer
// executor, so equal runs have equal memories.
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

std::string run(std::uint64_t seed, const std::string& fidelity) {
    return in_child([&] {
        const Trace trace = random_network_trace(seed);
        RunOptions options;
        options.fidelity = fidelity;
        options.seed = seed;
        options.timeline = true;
        RunResult result = run_chip(chip_with(random_chip_keys(seed, trace)), trace, options);
        result.fidelity.clear();
        return to_json(result) + to_chrome_trace(result);
    });
}

std::string describe(std::uint64_t seed) {
    return in_child([&] {
        const Trace trace = random_network_trace(seed);
        return "seed " + std::to_string(seed) + ", " + text_of(random_chip_keys(seed, trace));
    });
}

TEST_P(Fidelity, ArrayOfPesEqualsTheFastArray) {
    const auto seed = static_cast<std::uint64_t>(GetParam());
    const std::string pe = run(seed, "pe");
    const std::string tile = run(seed, "tile");
    ASSERT_TRUE(pe.starts_with("{")) << describe(seed) << "\n" << pe;
    ASSERT_TRUE(tile.starts_with("{")) << describe(seed) << "\n" << tile;
    if (pe == tile) return;
    const std::size_t at = static_cast<std::size_t>(
        std::mismatch(pe.begin(), pe.end(), tile.begin(), tile.end()).first - pe.begin());
    const std::size_t from = at < 300 ? 0 : at - 300;
    ADD_FAILURE() << describe(seed) << "\npe:\n"
                  << pe.substr(from, 600) << "\ntile:\n"
                  << tile.substr(from, 600);
}

// BITLOOM_SEEDS=5000 widens the search.
int seeds() {
    const char* text = std::getenv("BITLOOM_SEEDS");
    return text == nullptr ? 96 : std::atoi(text);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Fidelity, testing::Range(0, seeds()));

}  // namespace
}  // namespace bitloom::test
