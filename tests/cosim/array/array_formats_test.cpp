// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "tests/cosim/array/command_runner.h"
#include "tests/models/array/array_bench.h"

namespace bitloom {
namespace {

// Every code of a format as activation times every code of it as weight: M = N = codes, K = 1.
struct Square {
    const Format& number_format;
    CodeValues values;
    std::vector<std::byte> codes;
    PsumTile psums;

    explicit Square(const std::string& name) : number_format(format(name)), values(number_format) {
        // One code a vector, each on its own byte.
        for (std::uint32_t code = 0; code < number_format.code_count(); ++code)
            codes.push_back(static_cast<std::byte>(code));
        psums.clear(std::ssize(codes), std::ssize(codes));
    }
    ArrayCommand command() {
        ArrayCommand c;
        c.tile.out_h = c.tile.band_h = std::ssize(codes);
        c.tile.n = std::ssize(codes);
        c.tile.activation_bits = c.tile.weight_bits = number_format.bits();
        c.activations = c.weights = codes.data();
        c.activation_values = c.weight_values = &values;
        c.psums = &psums;
        return c;
    }
};

void expect_products(Dataflow dataflow) {
    std::vector<std::string> names = {"int8", "uint8"};
    for (const char* family : {"int", "uint", "flint", "uflint", "pot", "upot"})
        for (int bits = 2; bits <= 4; ++bits) {
            const std::string name = fmt::format("{}{}", family, bits);
            try {
                AntDecoder decoder(format(name));
            } catch (const Error&) {
                continue;  // no such format
            }
            names.push_back(name);
        }
    ASSERT_GE(names.size(), 14u);
    SystolicConfig config;
    config.rows = config.columns = 16;
    config.dataflow = dataflow;
    const auto array =
        make_systolic_array("rtl", "array", config, sc_core::sc_time(1, sc_core::SC_NS));
    std::vector<std::unique_ptr<Square>> squares;
    std::vector<ArrayCommand> commands;
    for (const std::string& name : names) {
        squares.push_back(std::make_unique<Square>(name));
        commands.push_back(squares.back()->command());
    }
    test::CommandRunner runner("runner", *array, commands,
                               std::vector(commands.size(), sc_core::SC_ZERO_TIME));
    sc_core::sc_start();
    ASSERT_TRUE(runner.finished);
    for (const auto& square : squares) {
        const std::int64_t count = std::ssize(square->codes);
        for (std::int64_t a = 0; a < count; ++a)
            for (std::int64_t w = 0; w < count; ++w)
                ASSERT_EQ(
                    square->psums.words[static_cast<std::size_t>(a * count + w)],
                    wrap_to_bits(std::int64_t{square->values.value(static_cast<std::uint32_t>(a))} *
                                     square->values.value(static_cast<std::uint32_t>(w)),
                                 32))
                    << square->number_format.name() << " codes " << a << " and " << w;
    }
}

TEST(ArrayFormats, EveryPairOfCodesOfEveryFormatMultipliesOutputStationary) {
    expect_products(Dataflow::output_stationary);
}

TEST(ArrayFormats, EveryPairOfCodesOfEveryFormatMultipliesWeightStationary) {
    expect_products(Dataflow::weight_stationary);
}

}  // namespace
}  // namespace bitloom
