// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/random_tensors.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/base/error.h"
#include "models/base/random.h"
#include "workloads/quantize/data_tensors.h"

namespace bitloom {

const Format& check_code_format(std::string_view name) {
    const Format& found = format(name);
    if (found.bits() > 8) {
        fail("format '{}': {} bits: codes of the array have at most 8", name, found.bits());
    }
    return found;
}

namespace {

std::vector<std::uint8_t> finite_codes(const Format& format) {
    std::vector<std::uint8_t> codes;
    for (std::uint32_t code = 0; code < format.code_count(); ++code) {
        if (format.decode(code).kind == Value::Kind::finite) {
            codes.push_back(static_cast<std::uint8_t>(code));
        }
    }
    return codes;
}

}  // namespace

CodeMoments code_moments(const Format& format) {
    CodeMoments moments;
    const std::vector<std::uint8_t> codes = finite_codes(format);
    for (const std::uint8_t code : codes) {
        const double value = format.value(code);
        moments.mean += value;
        moments.mean_square += value * value;
    }
    moments.mean /= static_cast<double>(codes.size());
    moments.mean_square /= static_cast<double>(codes.size());
    return moments;
}

Tensor random_codes(const Format& format, std::int64_t count, std::uint64_t seed,
                    std::string_view name) {
    BITLOOM_CHECK(format.bits() <= 8, "'{}' has codes of one byte", format.name());
    const std::vector<std::uint8_t> allowed = finite_codes(format);
    const bool all = allowed.size() == format.code_count();
    const auto mask = static_cast<std::uint8_t>(format.code_count() - 1);
    const RandomStream stream(seed, name);
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(count));
    // Where every code is allowed, one draw gives eight codes, a byte each.
    constexpr std::size_t group = 8;
    const std::size_t groups = (codes.size() + group - 1) / group;
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, groups, 1024), [&](const auto& range) {
        for (std::size_t g = range.begin(); g != range.end(); ++g) {
            const std::size_t end = std::min(codes.size(), (g + 1) * group);
            std::uint64_t bits = all ? stream.bits(g) : 0;
            for (std::size_t i = g * group; i < end; ++i, bits >>= 8) {
                codes[i] = all ? static_cast<std::uint8_t>(bits & mask)
                               : allowed[stream.below(i, allowed.size())];
            }
        }
    });
    return packed_tensor(codes, format.bits());
}

template <class T>
Tensor random_words(Shape shape, double reach, std::uint64_t seed, std::string_view name) {
    const double limit = std::min(reach, static_cast<double>(std::numeric_limits<T>::max()));
    const RandomStream stream(seed, name);
    std::vector<T> values(static_cast<std::size_t>(element_count(shape)));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<T>(std::llround((2.0 * stream.uniform(i) - 1.0) * limit));
    }
    return Tensor::of<T>(tensor_type<T>(), std::move(shape), values);
}

template Tensor random_words<std::int16_t>(Shape, double, std::uint64_t, std::string_view);
template Tensor random_words<std::int32_t>(Shape, double, std::uint64_t, std::string_view);

Tensor random_reals(std::int64_t size, double mean, double deviation, std::uint64_t seed,
                    std::string_view name) {
    const RandomStream stream(seed, name);
    std::vector<float> values(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(mean + deviation * stream.normal(i));
    }
    return Tensor::of<float>(TensorType::f32, {size}, values);
}

}  // namespace bitloom
