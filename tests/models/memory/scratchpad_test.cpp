// SPDX-License-Identifier: Apache-2.0
#include "models/memory/scratchpad.h"

#include <gtest/gtest.h>

#include <functional>

#include "models/base/error.h"

namespace bitloom {
namespace {

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(Scratchpad, HalvesKeepTheirOwnBytes) {
    Scratchpad buffer("weight_buffer", 16);
    ASSERT_EQ(buffer.half_bytes(), 8);
    const std::vector<std::byte> ones(8, std::byte{1});
    const std::vector<std::byte> twos(8, std::byte{2});
    buffer.write(0, 0, ones);
    buffer.write(1, 0, twos);
    for (const std::byte b : buffer.read(0, 0, 8)) EXPECT_EQ(b, std::byte{1});
    for (const std::byte b : buffer.read(1, 0, 8)) EXPECT_EQ(b, std::byte{2});
}

TEST(Scratchpad, CountsBitsUnderItsName) {
    Scratchpad buffer("weight_buffer", 16);
    const std::vector<std::byte> data(3);
    buffer.write(0, 5, data);
    buffer.read(0, 0, 8);
    buffer.count_read_bits(4);
    buffer.count_write_bits(100);
    Activity expected;
    expected.add("weight_buffer.read_bits", 68);
    expected.add("weight_buffer.write_bits", 124);
    EXPECT_EQ(buffer.activity(), expected);
}

TEST(Scratchpad, AccessBeyondAHalfIsAnError) {
    Scratchpad buffer("output_buffer", 16);
    buffer.read(0, 0, 8);
    EXPECT_EQ(message_of([&] { buffer.read(0, 1, 8); }),
              "output_buffer: access to 8 bytes at offset 1: a half holds 8");
    EXPECT_EQ(message_of([&] { buffer.read(1, -1, 1); }),
              "output_buffer: access to 1 bytes at offset -1: a half holds 8");
    EXPECT_EQ(buffer.read_bits(), 64) << "a refused access is not counted";
}

TEST(Scratchpad, CapacityErrorsNameTheBufferAndTheUser) {
    EXPECT_EQ(message_of([] { Scratchpad("b", 7); }),
              "b: capacity = 7 bytes: must be even and at least 2");
    Scratchpad buffer("activation_buffer", 16);
    buffer.require_fit(8, "layer 'conv1'");
    EXPECT_EQ(message_of([&] { buffer.require_fit(9, "layer 'conv1'"); }),
              "activation_buffer: layer 'conv1' needs 9 bytes: a half holds 8");
}

}  // namespace
}  // namespace bitloom
