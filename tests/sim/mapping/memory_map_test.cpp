// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/memory_map.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/numeric/format.h"
#include "tests/property/random_network.h"

namespace bitloom::test {
namespace {

struct Range {
    std::uint64_t begin, end;
    std::string name;
};

// Every tensor that is not an alias has bytes of its own, 64-byte aligned, inside the memory.
TEST(MemoryMap, TensorsAreAlignedAndDoNotOverlap) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Trace trace = random_network_trace(seed);
        const Manifest& m = trace.manifest();
        const MemoryMap map(trace);
        std::vector<Range> ranges;
        const auto add = [&](const TensorPlace& place, const std::string& name) {
            EXPECT_EQ(place.address % 64, 0u) << name;
            ranges.push_back(
                {place.address, place.address + static_cast<std::uint64_t>(place.bytes()), name});
        };
        std::map<std::string, std::string> aliases;
        for (const Layer& layer : m.layers) {
            if (MemoryMap::is_alias(m, layer)) aliases[layer.outputs[0]] = layer.inputs[0];
            if (layer.weights) {
                const TensorPlace& place = map.weights(layer);
                EXPECT_EQ(place.vectors, layer.weights->shape[0]);
                EXPECT_EQ(place.vectors * place.vector_length, element_count(layer.weights->shape));
                add(place, layer.name + " weights");
            }
            if (layer.weights || layer.op == Operator::matmul) {
                EXPECT_EQ(map.parameters(layer).bytes(),
                          parameter_bytes * (layer.weights ? layer.weights->shape[0] : 1));
                add(map.parameters(layer), layer.name + " parameters");
            }
            if (!layer.constant.empty()) add(map.constant(layer), layer.name + " constant");
        }
        for (const auto& [name, a] : m.activations) {
            const TensorPlace& place = map.activation(name);
            EXPECT_EQ(place.vector_length, a.shape.back());
            EXPECT_EQ(place.vectors * place.vector_length, element_count(a.shape));
            EXPECT_EQ(place.bits, format(a.format).bits());
            if (aliases.contains(name)) {
                const TensorPlace& source = map.activation(aliases.at(name));
                EXPECT_EQ(place.address, source.address) << name;
                EXPECT_EQ(place.bytes(), source.bytes()) << name;
            } else {
                add(place, name);
            }
        }
        std::sort(ranges.begin(), ranges.end(),
                  [](const Range& a, const Range& b) { return a.begin < b.begin; });
        for (std::size_t i = 1; i < ranges.size(); ++i)
            EXPECT_LE(ranges[i - 1].end, ranges[i].begin)
                << "seed " << seed << ": " << ranges[i - 1].name << ", " << ranges[i].name;
        EXPECT_LE(ranges.back().end, static_cast<std::uint64_t>(map.size_bytes()));
    }
}

// [4][6] -> [3][8] of `format`.
Manifest reshape_of(const std::string& format_name) {
    Manifest m;
    Layer layer;
    layer.name = "r";
    layer.op = Operator::reshape;
    layer.inputs = {"a"};
    layer.outputs = {"b"};
    m.activations["a"] = {"a", {4, 6}, format_name, 1.0};
    m.activations["b"] = {"b", {3, 8}, format_name, 1.0};
    m.layers = {layer};
    m.input = "a";
    m.output = "b";
    return m;
}

bool alias(const Manifest& m) {
    return MemoryMap::is_alias(m, m.layers[0]);
}

TEST(MemoryMap, AReshapeIsAnAliasOnlyWhereEveryByteStays) {
    EXPECT_TRUE(alias(reshape_of("int16")));
    EXPECT_TRUE(alias(reshape_of("int8")));
    EXPECT_TRUE(alias(reshape_of("flint4")));  // rows of 3 and of 4 bytes without gaps
    EXPECT_FALSE(alias(reshape_of("int3")));   // rows of 18 bits are padded to 3 bytes
    Manifest m = reshape_of("int16");
    m.activations["b"].scale = m.layers[0].working_scale = 2.0;
    EXPECT_FALSE(alias(m)) << "another scale is another word";
    m = reshape_of("int16");
    m.layers[0].outputs.push_back("c");
    m.activations["c"] = {"c", {3, 8}, "int8", 1.0};
    EXPECT_FALSE(alias(m)) << "a second encoding is computed";
}

// A bound changes words, even where format and scale stay.
TEST(MemoryMap, AClampedReshapeIsNoAlias) {
    Manifest m = reshape_of("int16");
    m.layers[0].clamp_low = 0;
    EXPECT_FALSE(alias(m));
    m = reshape_of("int16");
    m.layers[0].clamp_high = 100;
    EXPECT_FALSE(alias(m));
}

TEST(MemoryMap, ElementsHaveTheAddressOfTheirByte) {
    const TensorPlace place{128, 3, 10, 4};
    EXPECT_EQ(place.vector_bytes(), 5);
    EXPECT_EQ(place.at(0), 128u);
    EXPECT_EQ(place.at(2, 4), 128u + 2 * 5 + 2);
    EXPECT_EQ((TensorPlace{0, 3, 10, 3}.at(1, 8)), 4u + 3u);
}

// On the chip: inside the buffer, aligned, and never over another that is still to be read; what
// leaves the chip has its place in memory.
TEST(MemoryMap, ActivationsOnTheChipKeepTheirBytesWhileTheyAreNeeded) {
    int on_chip = 0, in_memory = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Trace trace = random_network_trace(seed);
        const Manifest& m = trace.manifest();
        const std::int64_t capacity = 64 * static_cast<std::int64_t>(1 + seed * 7 % 61);
        const MemoryMap map(trace, capacity);
        EXPECT_FALSE(MemoryMap::is_on_chip(map.activation(m.input)));
        EXPECT_FALSE(MemoryMap::is_on_chip(map.activation(m.output)));
        // Who wrote each byte of the buffer, as the layers run.
        std::vector<std::string> writer(static_cast<std::size_t>(capacity));
        std::map<std::string, std::string> alias_of;
        const auto bytes_of = [&](const std::string& name, auto&& body) {
            const TensorPlace& place = map.activation(name);
            if (!MemoryMap::is_on_chip(place)) return false;
            EXPECT_EQ(place.address % 64, 0u);
            const auto begin = place.address - on_chip_address;
            EXPECT_LE(begin + static_cast<std::uint64_t>(place.bytes()),
                      static_cast<std::uint64_t>(capacity));
            for (std::int64_t i = 0; i < place.bytes(); ++i)
                body(writer[static_cast<std::size_t>(begin) + static_cast<std::size_t>(i)]);
            return true;
        };
        for (const Layer& layer : m.layers) {
            const bool alias = MemoryMap::is_alias(m, layer);
            for (const std::string& name : layer.inputs) {
                const std::string root = alias_of.contains(name) ? alias_of.at(name) : name;
                bytes_of(name, [&](const std::string& found) {
                    EXPECT_EQ(found, root) << "seed " << seed << ", " << layer.name;
                });
                if (alias) alias_of[layer.outputs[0]] = root;
            }
            if (alias) continue;
            for (const std::string& name : layer.outputs)
                ++(bytes_of(name, [&](std::string& found) { found = name; }) ? on_chip : in_memory);
        }
    }
    EXPECT_GT(on_chip, 100);
    EXPECT_GT(in_memory, 100);
}

}  // namespace
}  // namespace bitloom::test
