// SPDX-License-Identifier: Apache-2.0
// The node tests of ONNX's Cast operator as golden data: other people's codes for our formats.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "models/numeric/format.h"

namespace bitloom {
namespace {

// What is needed of onnx.TensorProto: dims = 1 (varint), data_type = 2, raw_data = 9.
struct Tensor {
    std::size_t elements = 1;
    std::uint64_t type = 0;
    std::string raw;
};

std::uint64_t read_varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (int shift = 0; !bytes.empty() && shift < 64; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return value;
    }
    fail("the varint has no end");
}

Tensor read_tensor(const std::string& file) {
    std::string_view bytes = file;
    Tensor tensor;
    while (!bytes.empty()) {
        const std::uint64_t key = read_varint(bytes);
        const std::uint64_t value = read_varint(bytes);  // of wire type 2: the length
        if (key == (1 << 3)) tensor.elements *= value;
        if (key == (2 << 3)) tensor.type = value;
        if (key % 8 == 0) continue;
        if (key % 8 != 2 || value > bytes.size()) fail("not a tensor: key {}", key);
        if (key == (9 << 3 | 2)) tensor.raw = bytes.substr(0, value);
        bytes.remove_prefix(value);
    }
    return tensor;
}

const char* format_of(std::uint64_t type) {
    switch (type) {  // onnx.TensorProto.DataType
        case 2:
            return "uint8";
        case 3:
            return "int8";
        case 17:
            return "e4m3";
        case 19:
            return "e5m2";
        case 21:
            return "uint4";
        case 22:
            return "int4";
        case 23:
            return "e2m1";
        case 25:
            return "uint2";
        case 26:
            return "int2";
        default:
            return nullptr;
    }
}

double read_half(std::uint16_t bits) {
    const int exponent = bits >> 10 & 31;
    const int mantissa = bits & 1023;
    double magnitude =
        exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
    if (exponent == 31) magnitude = mantissa == 0 ? HUGE_VAL : std::nan("");
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

std::vector<double> read_reals(const Tensor& tensor) {
    std::vector<double> values;
    for (std::size_t i = 0; i < tensor.elements; ++i) {
        if (tensor.type == 1) {
            float value = 0;
            std::memcpy(&value, tensor.raw.data() + 4 * i, 4);
            values.push_back(value);
        } else {
            std::uint16_t bits = 0;
            std::memcpy(&bits, tensor.raw.data() + 2 * i, 2);
            values.push_back(read_half(bits));
        }
    }
    return values;
}

// Codes of less than a byte are packed, the first one in the low bits.
std::vector<std::uint32_t> read_codes(const Tensor& tensor, const Format& f) {
    std::vector<std::uint32_t> codes;
    const auto per_byte = static_cast<std::size_t>(8 / f.bits());
    for (std::size_t i = 0; i < tensor.elements; ++i) {
        const auto byte = static_cast<unsigned char>(tensor.raw.at(i / per_byte));
        codes.push_back(byte >> (i % per_byte * static_cast<std::size_t>(f.bits())) &
                        (f.code_count() - 1));
    }
    return codes;
}

class OnnxCast : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        const std::filesystem::path folder = std::filesystem::path(BITLOOM_SHARED_DATA) /
                                             "golden/onnx_node" / ("test_cast_" + GetParam()) /
                                             "test_data_set_0";
        if (!std::filesystem::exists(folder / "output_0.pb"))
            GTEST_SKIP() << "no golden data at " << folder;
        input_ = read_tensor(read_file(folder / "input_0.pb"));
        output_ = read_tensor(read_file(folder / "output_0.pb"));
        ASSERT_GT(input_.elements, 0u);
        ASSERT_EQ(input_.elements, output_.elements);
    }
    Tensor input_;
    Tensor output_;
};

// Encoding. Left out is what ONNX leaves to the implementation or defines otherwise: integers out
// of range (they wrap there, they saturate here) and NaN in a format without one.
class OnnxCastTo : public OnnxCast {};

TEST_P(OnnxCastTo, GivesTheSameCodes) {
    ASSERT_NE(format_of(output_.type), nullptr);
    const Format& f = format(format_of(output_.type));
    const bool integer = f.name().find("int") != std::string::npos;
    const bool has_nan = std::isnan(f.value(f.encode(std::nan(""))));
    const std::vector<double> values = read_reals(input_);
    const std::vector<std::uint32_t> codes = read_codes(output_, f);
    std::size_t compared = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (integer && (values[i] < f.min_value() || values[i] > f.max_value())) continue;
        if (std::isnan(values[i]) && !has_nan) continue;
        EXPECT_EQ(f.encode(values[i]), codes[i])
            << f.name() << ", element " << i << ": " << values[i];
        ++compared;
    }
    EXPECT_GE(compared, 4u);
}

INSTANTIATE_TEST_SUITE_P(Golden, OnnxCastTo,
                         testing::Values("FLOAT_to_FLOAT8E4M3FN", "FLOAT_to_FLOAT8E5M2",
                                         "FLOAT_to_FLOAT4E2M1", "FLOAT_to_INT4", "FLOAT_to_UINT4",
                                         "FLOAT_to_INT2", "FLOAT_to_UINT2",
                                         "FLOAT16_to_FLOAT8E4M3FN", "FLOAT16_to_FLOAT8E5M2",
                                         "FLOAT16_to_FLOAT4E2M1", "FLOAT16_to_INT4",
                                         "FLOAT16_to_UINT4", "FLOAT16_to_INT2", "FLOAT16_to_UINT2"),
                         [](const auto& test) { return test.param; });

// Decoding, to floats or to wider integers.
class OnnxCastFrom : public OnnxCast {};

TEST_P(OnnxCastFrom, GivesTheSameValues) {
    ASSERT_NE(format_of(input_.type), nullptr);
    const Format& f = format(format_of(input_.type));
    const std::vector<std::uint32_t> codes = read_codes(input_, f);
    std::vector<double> values;
    if (const char* wide = format_of(output_.type); wide != nullptr) {
        for (const std::uint32_t code : read_codes(output_, format(wide)))
            values.push_back(format(wide).value(code));
    } else {
        values = read_reals(output_);
    }
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const double got = f.value(codes[i]);
        if (std::isnan(values[i])) {
            EXPECT_TRUE(std::isnan(got)) << i;
        } else {
            EXPECT_EQ(got, values[i]) << f.name() << ", element " << i << ": code " << codes[i];
            EXPECT_EQ(std::signbit(got), std::signbit(values[i])) << i;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, OnnxCastFrom,
                         testing::Values("FLOAT8E4M3FN_to_FLOAT", "FLOAT8E5M2_to_FLOAT",
                                         "FLOAT4E2M1_to_FLOAT", "INT4_to_FLOAT", "UINT4_to_FLOAT",
                                         "INT2_to_FLOAT", "UINT2_to_FLOAT",
                                         "FLOAT8E4M3FN_to_FLOAT16", "FLOAT8E5M2_to_FLOAT16",
                                         "FLOAT4E2M1_to_FLOAT16", "INT4_to_INT8", "UINT4_to_UINT8",
                                         "INT2_to_INT8", "UINT2_to_UINT8"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace bitloom
