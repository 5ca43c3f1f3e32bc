// SPDX-License-Identifier: Apache-2.0
// The batch encoders give the code of every quotient, one by one.
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/models/numeric/all_formats.h"

namespace bitloom {
namespace {

template <class In, class Out>
void expect_batch_equals_single(const Format& f, double scale) {
    std::vector<In> in;
    for (const double x : interesting_points(f)) in.push_back(static_cast<In>(x * scale));
    in.push_back(static_cast<In>(not_a_number));
    std::vector<Out> out(in.size(), 0xa5);
    f.encode(std::span<const In>(in), scale, std::span<Out>(out));
    for (std::size_t i = 0; i < in.size(); ++i)
        ASSERT_EQ(out[i], f.encode(static_cast<double>(in[i]) / scale)) << in[i] << " / " << scale;
}

TEST(FormatBatch, EqualsTheEncoderOfOneValue) {
    for (const std::string& name : all_format_names()) {
        SCOPED_TRACE(name);
        const Format& f = format(name);
        for (const double scale : {1.0, 0.37, 3e-5}) {
            if (f.bits() <= 8) {
                expect_batch_equals_single<float, std::uint8_t>(f, scale);
                expect_batch_equals_single<double, std::uint8_t>(f, scale);
            }
            if (scale == 0.37) {
                expect_batch_equals_single<float, std::uint16_t>(f, scale);
                expect_batch_equals_single<double, std::uint16_t>(f, scale);
            }
            if (HasFatalFailure()) return;
        }
    }
}

TEST(FormatBatch, NothingIsWrittenForNoValues) {
    std::vector<std::uint8_t> none;
    format("int8").encode(std::span<const float>(), 1.0, std::span<std::uint8_t>(none));
    EXPECT_TRUE(none.empty());
}

TEST(FormatBatch, RefusesUnequalSizesBadScalesAndBytesForWideCodes) {
    const std::vector<float> in(2);
    std::vector<std::uint8_t> one(1);
    std::vector<std::uint8_t> two(2);
    EXPECT_THROW(format("int8").encode(in, 1.0, one), InternalError);
    EXPECT_THROW(format("int9").encode(in, 1.0, two), InternalError);
    for (const double scale : {0.0, -1.0, infinite, not_a_number})
        EXPECT_THROW(format("flint4").encode(in, scale, two), InternalError) << scale;
}

}  // namespace
}  // namespace bitloom
