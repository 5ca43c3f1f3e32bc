// SPDX-License-Identifier: Apache-2.0
// Windows of packed activations as input codes, against the window's definition.
#include "models/chip/cim_chip/im2col.h"

#include <gtest/gtest.h>

#include "models/array/convolution_tile.h"
#include "models/base/error.h"
#include "models/base/random.h"
#include "models/numeric/format.h"
#include "workloads/trace/trace.h"

namespace bitloom {
namespace {

TEST(InputCodes, NarrowFormatsPassUnchangedAndTheLowestCodeSaturates) {
    for (const char* name : {"int2", "int4", "int8", "uint4", "uint7"}) {
        const InputCodes codes(format(name), 8);
        EXPECT_EQ(codes.shift(), 0) << name;
        for (std::uint32_t code = 0; code < format(name).code_count(); ++code)
            EXPECT_EQ(codes.code(code), std::max(-127.0, format(name).value(code)))
                << name << " " << code;
    }
}

TEST(InputCodes, WideFormatsLoseTheirLowestBits) {
    const InputCodes codes(format("uint8"), 6);
    EXPECT_EQ(codes.shift(), 3);
    for (std::uint32_t code = 0; code < 256; ++code)
        EXPECT_EQ(codes.code(code), std::min<int>(31, static_cast<int>(code + 4) / 8)) << code;
    EXPECT_EQ(InputCodes(format("uint8"), 8).shift(), 1);
    EXPECT_EQ(InputCodes(format("int8"), 4).shift(), 4);
    EXPECT_EQ(InputCodes(format("int8"), 4).code(0x80), -7);
}

TEST(InputCodes, RefusesWhatIsNoInteger) {
    try {
        InputCodes(format("flint4"), 8);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "flint4 activations: input converters take integers: must be int2..int8 or "
                     "uint2..uint8");
    }
}

TEST(Im2col, EveryPositionHasTheCodesOfItsWindow) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const RandomStream random(seed, "im2col");
        std::uint64_t draw = 0;
        const auto below = [&](std::uint64_t bound) {
            return static_cast<std::int64_t>(random.below(draw++, bound));
        };
        const char* names[] = {"int4", "uint3", "int8", "int5"};
        const Format& f = format(names[below(4)]);
        Im2col im2col;
        im2col.codes = InputCodes(f, 8);
        im2col.in_h = 1 + below(6);
        im2col.in_w = 1 + below(6);
        im2col.channels = 1 + below(5);
        Window& w = im2col.window;
        w.kernel_h = 1 + below(3);
        w.kernel_w = 1 + below(3);
        w.stride_h = 1 + below(2);
        w.stride_w = 1 + below(2);
        w.dilation_h = 1 + below(2);
        w.dilation_w = 1 + below(2);
        w.pad_top = below(3);
        w.pad_left = below(3);
        w.pad_bottom = below(3);
        w.pad_right = below(3);
        im2col.out_h = w.output_h(im2col.in_h);
        im2col.out_w = w.output_w(im2col.in_w);
        if (im2col.positions() == 0) continue;

        std::vector<std::uint8_t> codes;
        std::vector<std::byte> bytes;
        for (std::int64_t pixel = 0; pixel < im2col.in_h * im2col.in_w; ++pixel) {
            std::vector<std::uint8_t> one;
            for (std::int64_t c = 0; c < im2col.channels; ++c)
                one.push_back(static_cast<std::uint8_t>(below(f.code_count())));
            codes.insert(codes.end(), one.begin(), one.end());
            const auto packed = pack_codes(one, f.bits());
            bytes.insert(bytes.end(), packed.begin(), packed.end());
        }
        const std::vector<std::int8_t> all = im2col.gather_all(bytes);
        std::int64_t inside = 0;
        std::size_t i = 0;
        for (std::int64_t m = 0; m < im2col.positions(); ++m)
            for (std::int64_t kh = 0; kh < w.kernel_h; ++kh)
                for (std::int64_t kw = 0; kw < w.kernel_w; ++kw)
                    for (std::int64_t c = 0; c < im2col.channels; ++c, ++i) {
                        const std::int64_t y =
                            m / im2col.out_w * w.stride_h + kh * w.dilation_h - w.pad_top;
                        const std::int64_t x =
                            m % im2col.out_w * w.stride_w + kw * w.dilation_w - w.pad_left;
                        const bool in = y >= 0 && x >= 0 && y < im2col.in_h && x < im2col.in_w;
                        inside += in ? 1 : 0;
                        const int expected = in ? im2col.codes.code(codes[static_cast<std::size_t>(
                                                      (y * im2col.in_w + x) * im2col.channels + c)])
                                                : 0;
                        ASSERT_EQ(all[i], expected) << "seed " << seed << " at " << i;
                    }
        ASSERT_EQ(i, all.size());
        EXPECT_EQ(im2col.read_bits(), inside * f.bits()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace bitloom
