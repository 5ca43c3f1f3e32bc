// SPDX-License-Identifier: Apache-2.0
// numpy's .npy files: those of numpy itself, our own, and hostile ones.
#include "workloads/data/npy.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "models/base/error.h"

namespace bitloom {
namespace {

std::vector<std::byte> bytes_of(const std::string& text) {
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

// A file of version 1.0 as numpy lays it out.
std::string file_of(std::string header, const std::string& data) {
    header += std::string((64 - (10 + header.size() + 1) % 64) % 64, ' ') + "\n";
    std::string text("\x93NUMPY\x01\x00", 8);
    text += static_cast<char>(header.size() & 255);
    text += static_cast<char>(header.size() >> 8);
    return text + header + data;
}

std::string message(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

// numpy.save of numpy.array([[1, -2, 3], [4, 5, -6]], '<i2'), byte by byte.
TEST(Npy, WritesWhatNumpyWrites) {
    const std::vector<std::int16_t> values = {1, -2, 3, 4, 5, -6};
    const Tensor tensor = Tensor::of<std::int16_t>(TensorType::i16, {2, 3}, values);
    std::string data(12, '\0');
    std::memcpy(data.data(), values.data(), 12);
    const std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }";
    EXPECT_EQ(npy_bytes(tensor), bytes_of(file_of(header, data)));
    EXPECT_EQ(npy_bytes(tensor).size(), 128u + 12u);
    EXPECT_EQ(read_npy(npy_bytes(tensor), "f"), tensor);
}

TEST(Npy, ReadsEveryTypeAndShapeThatItWrites) {
    const auto round = [](const Tensor& tensor) {
        EXPECT_EQ(read_npy(npy_bytes(tensor), "f"), tensor);
    };
    round(Tensor::of<std::uint8_t>(TensorType::u8, {3}, std::vector<std::uint8_t>{0, 7, 255}));
    round(Tensor::of<std::int8_t>(TensorType::i8, {1, 2, 1}, std::vector<std::int8_t>{-128, 127}));
    round(Tensor::of<std::int32_t>(TensorType::i32, {}, std::vector<std::int32_t>{-5}));
    round(Tensor::of<std::int64_t>(TensorType::i64, {0, 4}, std::vector<std::int64_t>{}));
    round(Tensor::of<float>(TensorType::f32, {2}, std::vector<float>{1.5f, -0.0f}));
    round(Tensor::of<double>(TensorType::f64, {2}, std::vector<double>{1e300, 0.1}));
}

// [[1, 2, 3], [4, 5, 6]] stored column by column, and numbers with the high byte first.
TEST(Npy, ReadsFortranOrderAndTheOtherByteOrder) {
    const Tensor want = Tensor::of<std::uint8_t>(TensorType::u8, {2, 3},
                                                 std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6});
    const std::string fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }";
    EXPECT_EQ(read_npy(bytes_of(file_of(fortran, "\1\4\2\5\3\6")), "f"), want);
    const std::string big = "{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }";
    EXPECT_EQ(read_npy(bytes_of(file_of(big, std::string("\x01\x00\xff\xfe", 4))), "f"),
              Tensor::of<std::int16_t>(TensorType::i16, {2}, std::vector<std::int16_t>{256, -2}));
}

TEST(Npy, WhatItCannotReadIsToldWithTheFile) {
    const auto read = [](const std::string& text) {
        return message([&] { read_npy(bytes_of(text), "f.npy"); });
    };
    EXPECT_EQ(read(""), "f.npy: not a .npy file: it does not begin with \\x93NUMPY");
    EXPECT_EQ(read("PK\3\4 something else"),
              "f.npy: not a .npy file: it does not begin with \\x93NUMPY");
    EXPECT_EQ(read(std::string("\x93NUMPY\x09\x00\x10\x00", 10)),
              "f.npy: .npy version 9.0: allowed: 1.0, 2.0, 3.0");
    EXPECT_EQ(read(std::string("\x93NUMPY\x01\x00\xff\xff", 10)),
              "f.npy: .npy header of 65535 bytes: allowed: up to 2048");
    EXPECT_EQ(read(std::string("\x93NUMPY\x01\x00\x40\x00{", 11)),
              "f.npy: the .npy file ends within its header");
    EXPECT_EQ(read(file_of("{'descr': '<U8', 'fortran_order': False, 'shape': (1,), }", "")),
              "f.npy: numpy type '<U8': allowed: bool, int8, int16, int32, int64, uint8, float32, "
              "float64");
    EXPECT_EQ(read(file_of("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }", "abc")),
              "f.npy: .npy shape (5,) of 1 bytes an element: the file has 3 bytes of data, not 5");
    EXPECT_EQ(read(file_of(
                  "{'descr': '|u1', 'fortran_order': False, 'shape': (3000000, 3000000), }", "")),
              "f.npy: .npy header: shape (3000000, 3000000): more than 2^40 elements");
    EXPECT_NE(read(file_of("{'descr': '|u1', 'fortran_order': Maybe, 'shape': (3,), }", "abc"))
                  .find("'fortran_order' is missing or not understood"),
              std::string::npos);
    EXPECT_NE(
        read(file_of("{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (3,), }", ""))
            .find("'descr' is missing or not understood"),
        std::string::npos);
}

// A file cut anywhere is an error; one with a byte of its header changed is read or refused.
TEST(Npy, DamageIsAnError) {
    const Tensor tensor = Tensor::of<std::int16_t>(TensorType::i16, {2, 3},
                                                   std::vector<std::int16_t>{1, 2, 3, 4, 5, 6});
    const std::vector<std::byte> whole = npy_bytes(tensor);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_THROW(read_npy(std::span(whole).first(size), "f"), Error) << size;
    for (std::size_t at = 0; at < 128; ++at)
        for (const unsigned mask : {1u, 16u, 128u, 255u}) {
            std::vector<std::byte> changed = whole;
            changed[at] ^= static_cast<std::byte>(mask);
            try {
                EXPECT_EQ(read_npy(changed, "f").bytes.size(), 12u);
            } catch (const Error&) {
            }
        }
}

}  // namespace
}  // namespace bitloom
