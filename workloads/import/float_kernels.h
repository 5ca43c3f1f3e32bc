// SPDX-License-Identifier: Apache-2.0
// The float meaning of each operator of a Network. Images are [H,W,C], C order everywhere; results
// are written whole. Sizes were checked before (network.h: check); nothing is checked here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/import/network.h"

namespace bitloom::float_kernels {

// y [m,n] = x [m,k] * w [n,k]^T + bias [n] (or empty).
void gemm(std::span<const float> x, std::span<const float> weights, std::span<const float> bias,
          std::int64_t m, std::int64_t n, std::int64_t k, std::span<float> y);

// `scratch` holds the unfolded input (im2col) and is resized as needed.
void conv2d(std::span<const float> x, const Shape& in, std::span<const float> weights,
            std::span<const float> bias, const Window& window, std::int64_t groups,
            const Shape& out, std::vector<float>& scratch, std::span<float> y);

// y = multiplier * a b for each of `shape.count` pairs; b is [K,N], or [N,K] with transpose_b.
void matmul(std::span<const float> a, std::span<const float> b, const GemmShape& shape,
            bool transpose_b, float multiplier, std::span<float> y);

void max_pool(std::span<const float> x, const Shape& in, const Window& window, const Shape& out,
              std::span<float> y);
void average_pool(std::span<const float> x, const Shape& in, const Window& window, const Shape& out,
                  std::span<float> y);

// Over rows of `size` elements. Sums in double.
void softmax(std::span<const float> x, std::int64_t size, std::span<float> y);
void layer_norm(std::span<const float> x, std::span<const float> gamma, std::span<const float> beta,
                double epsilon, std::span<float> y);

// x * Phi(x): exact through erf, or the tanh approximation (Hendrycks and Gimpel, "Gaussian error
// linear units", 2016, section 2).
float gelu(float x, bool tanh_form);

void transpose(std::span<const float> x, const Shape& in,
               const std::vector<std::int64_t>& permutation, std::span<float> y);

}  // namespace bitloom::float_kernels
