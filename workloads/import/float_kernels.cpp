// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/float_kernels.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace bitloom::float_kernels {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;
using Target = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;

View view(const float* data, std::int64_t rows, std::int64_t columns, std::int64_t stride) {
    return View(data, rows, columns, Eigen::OuterStride<>(stride));
}

// Rows of the unfolded input of one group: for each output pixel, KH x KW x channels.
void unfold(const float* x, const Shape& in, const Window& w, const Shape& out,
            std::int64_t first_channel, std::int64_t channels, float* rows) {
    for (std::int64_t oy = 0; oy < out[0]; ++oy)
        for (std::int64_t ox = 0; ox < out[1]; ++ox)
            for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
                const std::int64_t iy = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
                for (std::int64_t kx = 0; kx < w.kernel_w; ++kx, rows += channels) {
                    const std::int64_t ix = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
                    if (iy < 0 || iy >= in[0] || ix < 0 || ix >= in[1])
                        std::fill_n(rows, channels, 0.0F);
                    else
                        std::copy_n(x + (iy * in[1] + ix) * in[2] + first_channel, channels, rows);
                }
            }
}

// Calls visit(input pixel index) for every pixel of the window that lies in the image.
template <class Visit>
void for_window(const Shape& in, const Window& w, std::int64_t oy, std::int64_t ox, Visit visit) {
    for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
        const std::int64_t iy = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
        if (iy < 0 || iy >= in[0]) continue;
        for (std::int64_t kx = 0; kx < w.kernel_w; ++kx) {
            const std::int64_t ix = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
            if (ix >= 0 && ix < in[1]) visit(iy * in[1] + ix);
        }
    }
}

}  // namespace

void gemm(std::span<const float> x, std::span<const float> weights, std::span<const float> bias,
          std::int64_t m, std::int64_t n, std::int64_t k, std::span<float> y) {
    Target result(y.data(), m, n, Eigen::OuterStride<>(n));
    result.noalias() = view(x.data(), m, k, k) * view(weights.data(), n, k, k).transpose();
    if (!bias.empty()) result.rowwise() += Eigen::Map<const Eigen::RowVectorXf>(bias.data(), n);
}

void conv2d(std::span<const float> x, const Shape& in, std::span<const float> weights,
            std::span<const float> bias, const Window& window, std::int64_t groups,
            const Shape& out, std::vector<float>& scratch, std::span<float> y) {
    const std::int64_t pixels = out[0] * out[1], channels = in[2] / groups,
                       results = out[2] / groups;
    const std::int64_t depth = window.kernel_h * window.kernel_w * channels;
    if (groups == 1 && window == Window{}) {  // 1x1: the input is its own unfolding
        gemm(x, weights, bias, pixels, results, depth, y);
        return;
    }
    scratch.resize(static_cast<std::size_t>(pixels * depth));
    for (std::int64_t g = 0; g < groups; ++g) {
        unfold(x.data(), in, window, out, g * channels, channels, scratch.data());
        Target result(y.data() + g * results, pixels, results, Eigen::OuterStride<>(out[2]));
        result.noalias() =
            view(scratch.data(), pixels, depth, depth) *
            view(weights.data() + g * results * depth, results, depth, depth).transpose();
        if (!bias.empty())
            result.rowwise() +=
                Eigen::Map<const Eigen::RowVectorXf>(bias.data() + g * results, results);
    }
}

void matmul(std::span<const float> a, std::span<const float> b, const GemmShape& s,
            bool transpose_b, float multiplier, std::span<float> y) {
    for (std::int64_t i = 0; i < s.count; ++i) {
        Target result(y.data() + i * s.m * s.n, s.m, s.n, Eigen::OuterStride<>(s.n));
        const View left = view(a.data() + i * s.m * s.k, s.m, s.k, s.k);
        const float* right = b.data() + i * s.k * s.n;
        if (transpose_b)
            result.noalias() = left * view(right, s.n, s.k, s.k).transpose();
        else
            result.noalias() = left * view(right, s.k, s.n, s.n);
        if (multiplier != 1.0F) result *= multiplier;
    }
}

void max_pool(std::span<const float> x, const Shape& in, const Window& window, const Shape& out,
              std::span<float> y) {
    const std::int64_t channels = in[2];
    float* target = y.data();
    for (std::int64_t oy = 0; oy < out[0]; ++oy)
        for (std::int64_t ox = 0; ox < out[1]; ++ox, target += channels) {
            std::fill_n(target, channels, -std::numeric_limits<float>::infinity());
            for_window(in, window, oy, ox, [&](std::int64_t pixel) {
                const float* source = x.data() + pixel * channels;
                for (std::int64_t c = 0; c < channels; ++c)
                    target[c] = std::max(target[c], source[c]);
            });
        }
}

void average_pool(std::span<const float> x, const Shape& in, const Window& window, const Shape& out,
                  std::span<float> y) {
    const std::int64_t channels = in[2];
    std::vector<double> sums(static_cast<std::size_t>(channels));
    float* target = y.data();
    for (std::int64_t oy = 0; oy < out[0]; ++oy)
        for (std::int64_t ox = 0; ox < out[1]; ++ox, target += channels) {
            std::fill(sums.begin(), sums.end(), 0.0);
            std::int64_t count = 0;
            for_window(in, window, oy, ox, [&](std::int64_t pixel) {
                ++count;
                for (std::size_t c = 0; c < sums.size(); ++c)
                    sums[c] += x[static_cast<std::size_t>(pixel * channels) + c];
            });
            for (std::size_t c = 0; c < sums.size(); ++c)
                target[c] = static_cast<float>(sums[c] / static_cast<double>(count));
        }
}

void softmax(std::span<const float> x, std::int64_t size, std::span<float> y) {
    const auto n = static_cast<std::size_t>(size);
    for (std::size_t start = 0; start < x.size(); start += n) {
        const auto row = x.subspan(start, n);
        const float largest = *std::max_element(row.begin(), row.end());
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
            y[start + i] = std::exp(row[i] - largest);
            sum += y[start + i];
        }
        for (std::size_t i = 0; i < n; ++i) y[start + i] = static_cast<float>(y[start + i] / sum);
    }
}

void layer_norm(std::span<const float> x, std::span<const float> gamma, std::span<const float> beta,
                double epsilon, std::span<float> y) {
    const std::size_t n = gamma.size();
    for (std::size_t start = 0; start < x.size(); start += n) {
        const auto row = x.subspan(start, n);
        double mean = 0, square = 0;
        for (const float value : row) mean += value;
        mean /= static_cast<double>(n);
        for (const float value : row) square += (value - mean) * (value - mean);
        const double scale = 1.0 / std::sqrt(square / static_cast<double>(n) + epsilon);
        for (std::size_t i = 0; i < n; ++i)
            y[start + i] = static_cast<float>((row[i] - mean) * scale * gamma[i] + beta[i]);
    }
}

float gelu(float x, bool tanh_form) {
    const double v = x;
    if (tanh_form)
        return static_cast<float>(
            0.5 * v *
            (1 + std::tanh(std::sqrt(2 * std::numbers::inv_pi) * (v + 0.044715 * v * v * v))));
    return static_cast<float>(0.5 * v * (1 + std::erf(v / std::numbers::sqrt2)));
}

void transpose(std::span<const float> x, const Shape& in,
               const std::vector<std::int64_t>& permutation, std::span<float> y) {
    const std::size_t rank = in.size();
    std::vector<std::int64_t> in_stride(rank, 1), stride(rank), size(rank), index(rank, 0);
    for (std::size_t i = rank - 1; i-- > 0;) in_stride[i] = in_stride[i + 1] * in[i + 1];
    for (std::size_t i = 0; i < rank; ++i) {
        stride[i] = in_stride[static_cast<std::size_t>(permutation[i])];
        size[i] = in[static_cast<std::size_t>(permutation[i])];
    }
    std::int64_t source = 0;
    for (float& target : y) {
        target = x[static_cast<std::size_t>(source)];
        for (std::size_t axis = rank; axis-- > 0;) {  // count up, last axis first
            source += stride[axis];
            if (++index[axis] < size[axis]) break;
            source -= stride[axis] * size[axis];
            index[axis] = 0;
        }
    }
}

}  // namespace bitloom::float_kernels
