// SPDX-License-Identifier: Apache-2.0
// Simulations that need not be repeated.
//
// A GEMM chip's cycles and counts follow from what its units are told to do and from what lies in
// memory. Sizes that the mapper alone reads, and prices, do not matter: chips that differ in these
// share one simulation. What a layer takes also depends on the layers before it, which leave rows
// of the DRAM open and its refresh somewhere in its period (a layer of the digits alone takes up to
// a fifth more or fewer cycles than in its place), so that a network is shared as a whole.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/chip/gemm_chip/gemm_chip.h"

namespace bitloom {

// Whoever keeps simulations; the keys are long, to be hashed.
class SimulationCache {
public:
    using Key = std::vector<std::pair<std::string, std::string>>;
    virtual ~SimulationCache() = default;
    virtual std::optional<std::string> find(const Key& key) = 0;
    virtual void store(const Key& key, const std::string& value) = 0;
};

// What the simulation of a layer gives to its report.
struct SimulatedLayer {
    std::string name;
    LayerMeasurement measured;  // spans are not kept
    std::optional<double> sqnr_db, cosine, max_error;
};

// configuration: every resolved key of the chip. others: what else the simulation depends on.
SimulationCache::Key simulation_key(const std::map<std::string, std::string>& configuration,
                                    const std::map<std::string, LayerProgram>& programs,
                                    const SimulationCache::Key& others);

// Every number reads back to the bit.
std::string to_text(const std::vector<SimulatedLayer>& layers);
std::vector<SimulatedLayer> simulated_layers(const std::string& text);

}  // namespace bitloom
