// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "models/numeric/format.h"
#include "models/vector/layer_parameters.h"
#include "tests/models/vector/reference.h"

namespace bitloom {
namespace {

Activation activation(std::string format_name, double scale) {
    return {"a", {1}, std::move(format_name), scale};
}

class EveryFormat : public testing::TestWithParam<std::string> {};

std::vector<std::string> byte_formats() {
    std::vector<std::string> names;
    for (const std::string& name : format_names())
        if (format(name).bits() <= 8) names.push_back(name);
    return names;
}

// Scales: the words span the format's whole range; a third of it; 40 times of it (most words
// saturate); a word is far below the smallest step; a word is far above the largest value.
TEST_P(EveryFormat, TableIsTheFormatsEncodeOfEveryWord) {
    const Format& target = format(GetParam());
    const double span = target.max_value() / 32768.0;
    for (const double ratio : {span, span / 2.9, span * 40, 0x1p-70, 0x1p+70}) {
        const double working_scale = 0.37;
        const double scale = working_scale / ratio;
        const WordEncoder encoder(working_scale, activation(GetParam(), scale));
        ASSERT_FALSE(encoder.is_word());
        ASSERT_EQ(encoder.bits(), target.bits());
        const double unit = working_scale / scale;
        for (int word = -32768; word <= 32767; ++word)
            ASSERT_EQ(encoder.code(static_cast<std::int16_t>(word)), target.encode(word * unit))
                << "word " << word << " unit " << unit;
    }
}

// The quotient of two valid scales may overflow; a zero word must not become a NaN.
TEST_P(EveryFormat, OverflowingRatioOfScalesSaturatesAllButZero) {
    const Format& target = format(GetParam());
    const WordEncoder encoder(1e200, activation(GetParam(), 1e-200));
    EXPECT_EQ(encoder.code(0), target.encode(0.0));
    EXPECT_EQ(encoder.code(1), target.encode(INFINITY));
    EXPECT_EQ(encoder.code(-1), target.encode(-INFINITY));
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, testing::ValuesIn(byte_formats()),
                         [](const auto& param) { return param.param; });

TEST(WordEncoder, PacksEveryWidthAsTheTraceDoes) {
    reference::Draws draws(4);
    for (int bits = 1; bits <= 8; ++bits) {
        const WordEncoder encoder(1.0, activation(fmt::format("bipolar{}", bits), 1.0));
        for (std::size_t count = 0; count <= 40; ++count) {
            std::vector<std::int16_t> words(count);
            std::vector<std::uint8_t> codes;
            for (std::int16_t& word : words) {
                word = static_cast<std::int16_t>(static_cast<int>(draws.below(256)) - 128);
                codes.push_back(encoder.code(word));
            }
            const auto bytes =
                static_cast<std::size_t>(encoder.vector_bytes(static_cast<std::int64_t>(count)));
            // Earlier content must not shine through, and the next byte belongs to someone else.
            std::vector<std::byte> out(bytes + 1, std::byte{0xa5});
            encoder.encode(words, out.data());
            ASSERT_EQ(out.back(), std::byte{0xa5}) << bits << " bits, " << count << " words";
            out.pop_back();
            ASSERT_EQ(out, pack_codes(codes, bits)) << bits << " bits, " << count << " words";
        }
    }
}

TEST(WordEncoder, Int16IsTheWordItself) {
    const WordEncoder encoder(0.5, activation("int16", 0.5));
    EXPECT_TRUE(encoder.is_word());
    EXPECT_EQ(encoder.vector_bytes(3), 6);
    const std::vector<std::int16_t> words = {-32768, 0, 32767};
    std::vector<std::int16_t> out(3);
    encoder.encode(words, reinterpret_cast<std::byte*>(out.data()));
    EXPECT_EQ(out, words);
}

// Large enough for several threads; odd rows so that vectors end inside a byte.
TEST(WordEncoder, RowsAreItsVectorsOneAfterTheOther) {
    reference::Draws draws(5);
    for (const char* name : {"int16", "int8", "flint4", "int3"}) {
        const WordEncoder encoder(1.0,
                                  activation(name, name == std::string("int16") ? 1.0 : 999.0));
        const std::int64_t rows = 1001, features = 51, bytes = encoder.vector_bytes(features);
        std::vector<std::int16_t> words(static_cast<std::size_t>(rows * features));
        for (std::int16_t& word : words) word = draws.word();
        std::vector<std::byte> together(static_cast<std::size_t>(rows * bytes)), one(together);
        encoder.encode_rows(words.data(), rows, features, together.data());
        for (std::int64_t row = 0; row < rows; ++row)
            encoder.encode(std::span(words).subspan(static_cast<std::size_t>(row * features),
                                                    static_cast<std::size_t>(features)),
                           one.data() + row * bytes);
        EXPECT_EQ(together, one) << name;
    }
}

}  // namespace
}  // namespace bitloom
