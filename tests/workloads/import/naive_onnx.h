// SPDX-License-Identifier: Apache-2.0
// ONNX operators as plain loops over ONNX's own layout: what imported networks are compared with.
// Written from the operators' definitions; shares nothing with workloads/import.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "models/base/error.h"
#include "onnx_builder.h"
#include "workloads/import/float_executor.h"
#include "workloads/import/onnx_import.h"

namespace bitloom::naive {

inline std::size_t at(const Shape& shape, const std::vector<std::int64_t>& index) {
    std::int64_t element = 0;
    for (std::size_t i = 0; i < shape.size(); ++i) element = element * shape[i] + index[i];
    return static_cast<std::size_t>(element);
}

struct ConvOptions {
    std::int64_t groups = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
    std::int64_t top = 0, left = 0, bottom = 0, right = 0;
};

// x [1,C,H,W], w [OC,C/g,KH,KW], b [OC].
inline Plain conv(const Plain& x, const Plain& w, const Plain& b, const ConvOptions& o) {
    const auto size = [](std::int64_t in, std::int64_t pads, std::int64_t kernel,
                         std::int64_t dilation, std::int64_t stride) {
        return (in + pads - dilation * (kernel - 1) - 1) / stride + 1;
    };
    const std::int64_t oc = w.shape[0], ic = w.shape[1], kh = w.shape[2], kw = w.shape[3];
    const std::int64_t h = x.shape[2], wd = x.shape[3];
    Plain y{{1, oc, size(h, o.top + o.bottom, kh, o.dilation_h, o.stride_h),
             size(wd, o.left + o.right, kw, o.dilation_w, o.stride_w)},
            {}};
    for (std::int64_t c = 0; c < oc; ++c)
        for (std::int64_t i = 0; i < y.shape[2]; ++i)
            for (std::int64_t j = 0; j < y.shape[3]; ++j) {
                double sum = b.values.empty() ? 0.0 : double{b.values[static_cast<std::size_t>(c)]};
                for (std::int64_t k = 0; k < ic; ++k)
                    for (std::int64_t p = 0; p < kh; ++p)
                        for (std::int64_t q = 0; q < kw; ++q) {
                            const std::int64_t row = i * o.stride_h + p * o.dilation_h - o.top;
                            const std::int64_t column = j * o.stride_w + q * o.dilation_w - o.left;
                            if (row < 0 || row >= h || column < 0 || column >= wd) continue;
                            const std::int64_t channel = c / (oc / o.groups) * ic + k;
                            sum += double{w.values[at(w.shape, {c, k, p, q})]} *
                                   x.values[at(x.shape, {0, channel, row, column})];
                        }
                y.values.push_back(static_cast<float>(sum));
            }
    return y;
}

// x [..., M, K] times w [K, N]; or the same leading axes in both.
inline Plain matmul(const Plain& x, const Plain& w) {
    const std::size_t rx = x.shape.size(), rw = w.shape.size();
    const std::int64_t m = x.shape[rx - 2], k = x.shape[rx - 1], n = w.shape[rw - 1];
    const std::int64_t batches = element_count(x.shape) / (m * k);
    Plain y{x.shape, {}};
    y.shape.back() = n;
    for (std::int64_t b = 0; b < batches; ++b)
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t j = 0; j < n; ++j) {
                double sum = 0;
                for (std::int64_t p = 0; p < k; ++p)
                    sum +=
                        double{x.values[static_cast<std::size_t>((b * m + i) * k + p)]} *
                        w.values[static_cast<std::size_t>((rw == 2 ? 0 : b * k * n) + p * n + j)];
                y.values.push_back(static_cast<float>(sum));
            }
    return y;
}

inline Plain transpose(const Plain& x, const std::vector<std::size_t>& permutation) {
    Plain y{x.shape, x.values};
    for (std::size_t i = 0; i < permutation.size(); ++i) y.shape[i] = x.shape[permutation[i]];
    for (std::size_t e = 0; e < y.values.size(); ++e) {
        std::vector<std::int64_t> target(permutation.size()), source(permutation.size());
        std::size_t rest = e;
        for (std::size_t i = permutation.size(); i-- > 0;) {
            target[i] = static_cast<std::int64_t>(rest % static_cast<std::size_t>(y.shape[i]));
            rest /= static_cast<std::size_t>(y.shape[i]);
        }
        for (std::size_t i = 0; i < permutation.size(); ++i) source[permutation[i]] = target[i];
        y.values[e] = x.values[at(x.shape, source)];
    }
    return y;
}

inline Plain reshape(Plain x, const Shape& shape) {
    x.shape = shape;
    return x;
}

inline Plain map(Plain x, const std::function<double(double)>& f) {
    for (float& v : x.values) v = static_cast<float>(f(v));
    return x;
}

inline Plain plus(Plain a, const Plain& b) {  // b repeats over the leading axes
    for (std::size_t i = 0; i < a.values.size(); ++i) a.values[i] += b.values[i % b.values.size()];
    return a;
}

// Over the last axis.
inline Plain softmax(Plain x) {
    const auto n = static_cast<std::size_t>(x.shape.back());
    for (std::size_t r = 0; r < x.values.size(); r += n) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += std::exp(double{x.values[r + i]});
        for (std::size_t i = 0; i < n; ++i)
            x.values[r + i] = static_cast<float>(std::exp(double{x.values[r + i]}) / sum);
    }
    return x;
}

inline Plain layer_norm(Plain x, const Plain& gamma, const Plain& beta, double epsilon) {
    const auto n = static_cast<std::size_t>(x.shape.back());
    for (std::size_t r = 0; r < x.values.size(); r += n) {
        double mean = 0, variance = 0;
        for (std::size_t i = 0; i < n; ++i) mean += x.values[r + i] / static_cast<double>(n);
        for (std::size_t i = 0; i < n; ++i)
            variance += std::pow(x.values[r + i] - mean, 2) / static_cast<double>(n);
        for (std::size_t i = 0; i < n; ++i)
            x.values[r + i] = static_cast<float>(
                (x.values[r + i] - mean) / std::sqrt(variance + epsilon) * gamma.values[i] +
                beta.values[i]);
    }
    return x;
}

// Imports the model, runs it on x (ONNX's layout), and compares; the result of a model whose output
// is an image comes as [H,W,C] and is compared as such.
inline void expect_same(OnnxBuilder& model, const Plain& x, const Plain& expected,
                        double tolerance = 1e-5) {
    const Network network = import_onnx(model.write());
    const auto nhwc = [](const Plain& p) {
        return p.shape.size() == 4 ? transpose(p, {0, 2, 3, 1}) : p;
    };
    const auto actual = FloatExecutor(network).output(nhwc(x).values);
    const Plain wanted = nhwc(expected);
    ASSERT_EQ(actual.size(), wanted.values.size());
    Shape without_batch(wanted.shape.begin() + 1, wanted.shape.end());
    EXPECT_EQ(network.shapes.at(network.output), without_batch);
    for (std::size_t i = 0; i < actual.size(); ++i)
        ASSERT_NEAR(actual[i], wanted.values[i], tolerance) << "element " << i;
}

inline std::string import_error(const OnnxBuilder& model) {
    const auto path = model.write();
    try {
        import_onnx(path);
    } catch (const Error& error) {
        const std::string what = error.what();
        EXPECT_TRUE(what.starts_with(path.string() + ": ")) << what;
        return what.substr(std::min(what.size(), path.string().size() + 2));
    }
    return "no error";
}

}  // namespace bitloom::naive
