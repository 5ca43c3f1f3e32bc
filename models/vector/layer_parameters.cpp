// SPDX-License-Identifier: Apache-2.0
#include "models/vector/layer_parameters.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "models/vector/parallel_ranges.h"

namespace bitloom {

namespace {

// Fills table[first..last], whose ends are already known, by bisection: encode is monotone in the
// value, so equal ends mean equal middles. `unit` is the format's value of one word.
void fill_between(const Format& format, double unit, std::vector<std::uint8_t>& table,
                  std::size_t first, std::size_t last) {
    if (last - first < 2) return;
    if (table[first] == table[last]) {
        std::fill(table.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                  table.begin() + static_cast<std::ptrdiff_t>(last), table[first]);
        return;
    }
    const std::size_t middle = (first + last) / 2;
    table[middle] =
        static_cast<std::uint8_t>(format.encode((static_cast<double>(middle) - 32768.0) * unit));
    fill_between(format, unit, table, first, middle);
    fill_between(format, unit, table, middle, last);
}

Multiplier multiplier(const Layer& layer, const char* what, double real) {
    if (!(real >= 0) || real >= 0x1p30)
        fail("layer '{}': {} = {:g}: the requantizer holds 0..2^30", layer.name, what, real);
    return quantize_multiplier(real);
}

std::int16_t bound(double real, double unit) {
    return static_cast<std::int16_t>(std::clamp(std::nearbyint(real / unit), -32768.0, 32767.0));
}

template <class T>
std::vector<T> copy_tensor(const Trace& trace, const std::string& name) {
    if (name.empty()) return {};
    const auto values = trace.tensor(name).as<T>();
    return {values.begin(), values.end()};
}

void set_gemm(const Trace& trace, const Layer& layer, LayerParameters& p) {
    const Manifest& manifest = trace.manifest();
    const double input_scale = manifest.activation(layer.inputs[0]).scale;
    if (layer.op == Operator::matmul) {
        const double scale = input_scale * manifest.activation(layer.inputs[1]).scale *
                             layer.multiplier / layer.working_scale;
        p.multipliers.assign(1, multiplier(layer, "scale of the product", scale));
        return;
    }
    for (std::int64_t channel = 0; channel < layer.weights->shape[0]; ++channel) {
        const auto& scales = layer.weights->scales;
        const double scale = scales[scales.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
        p.multipliers.push_back(
            multiplier(layer, "scale of a channel", scale * input_scale / layer.working_scale));
    }
    p.bias = copy_tensor<std::int32_t>(trace, layer.bias);
    p.has_residual = layer.inputs.size() > 1;
    if (p.has_residual)
        p.residual = multiplier(layer, "scale of the residual",
                                manifest.activation(layer.inputs[1]).scale / layer.working_scale);
}

void set_softmax(const Layer& layer, double input_scale, LayerParameters& p) {
    p.exponent_scale = multiplier(layer, "scale of the exponent", input_scale * 0x1p12);
    p.probability_scale = multiplier(layer, "scale of the result", 0x1p-15 / layer.working_scale);
}

void set_layer_norm(const Trace& trace, const Layer& layer, double input_scale,
                    LayerParameters& p) {
    const std::int64_t features = trace.manifest().activation(layer.inputs[0]).shape.back();
    auto gamma = copy_tensor<float>(trace, layer.gamma);
    auto beta = copy_tensor<float>(trace, layer.beta);
    gamma.resize(static_cast<std::size_t>(features), 1.0f);
    beta.resize(static_cast<std::size_t>(features), 0.0f);
    for (const float g : gamma) {
        p.gamma.push_back(
            multiplier(layer, "scale of gamma",
                       std::fabs(static_cast<double>(g)) * 0x1p-13 / layer.working_scale));
        p.gamma_negative.push_back(g < 0);
    }
    for (const float b : beta)
        p.beta.push_back(static_cast<std::int32_t>(std::clamp(
            std::nearbyint(static_cast<double>(b) / layer.working_scale), -0x1p30, 0x1p30)));
    const double unit = input_scale / 16;
    const double epsilon = layer.epsilon > 0 ? layer.epsilon / unit / unit : 0;
    if (epsilon > 0x1p46)
        fail(
            "layer '{}': epsilon = {:g}: in units of (input scale / 16)^2 = {:g}: the vector unit "
            "holds 0..2^46",
            layer.name, layer.epsilon, epsilon);
    p.epsilon = std::llround(epsilon);
}

// 0.5 x (1 + erf(x / sqrt 2)), or its approximation by tanh (Hendrycks and Gimpel, "Gaussian error
// linear units", 2016, section 2).
double gelu(double x, bool tanh_form) {
    if (x < -64) return 0;  // exact in double, and infinity times zero is never formed
    if (!tanh_form) return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
    const double inner = std::sqrt(2 * std::numbers::inv_pi) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + std::tanh(inner));
}

void set_gelu(const Layer& layer, double input_scale, LayerParameters& p) {
    for (int i = 0; i <= 512; ++i) {
        const double y = gelu((i - 256) * 128.0 * input_scale, layer.tanh_form);
        p.curve.push_back(static_cast<std::int32_t>(
            std::clamp(std::nearbyint(y / layer.working_scale), -0x1p24, 0x1p24)));
    }
}

void set_average_pool(const Layer& layer, double input_scale, LayerParameters& p) {
    const std::int64_t taps = layer.window.kernel_h * layer.window.kernel_w;
    if (taps > max_averaged)
        fail("layer '{}': window of {} x {} elements: the vector unit averages up to {}",
             layer.name, layer.window.kernel_h, layer.window.kernel_w, max_averaged);
    p.by_count.resize(1);
    for (std::int64_t n = 1; n <= taps; ++n)
        p.by_count.push_back(
            multiplier(layer, "scale of the mean",
                       input_scale / (static_cast<double>(n) * layer.working_scale)));
}

}  // namespace

WordEncoder::WordEncoder(double working_scale, const Activation& activation) {
    const Format& target = format(activation.format);
    bits_ = target.bits();
    if (bits_ > 8) {
        BITLOOM_CHECK(activation.format == "int16", "{} is stored as words or in up to 8 bits",
                      activation.format);
        return;
    }
    // Bounded, so that zero times it is zero; from 2^900 on, every other word saturates anyway.
    const double unit = std::min(working_scale / activation.scale, 0x1p900);
    table_.assign(65536, 0);
    table_.front() = static_cast<std::uint8_t>(target.encode(-32768.0 * unit));
    table_.back() = static_cast<std::uint8_t>(target.encode(32767.0 * unit));
    fill_between(target, unit, table_, 0, 65535);
}

namespace {

// `code` of word 0: bytes written through `out` may alias anything, so the loop keeps its own copy
// of the pointer.
template <int bits>
void encode_packed(const std::uint8_t* code, std::span<const std::int16_t> words, std::byte* out) {
    static_assert(std::endian::native == std::endian::little);
    // Eight codes fill whole bytes: `bits` of them.
    const std::size_t whole = words.size() / 8 * 8;
    for (std::size_t i = 0; i < whole; i += 8, out += bits) {
        std::uint64_t packed = 0;
        for (std::size_t k = 0; k < 8; ++k)
            packed |= std::uint64_t{code[words[i + k]]} << (k * bits);
        std::memcpy(out, &packed, bits);
    }
    const std::size_t left = words.size() - whole;
    std::uint64_t packed = 0;
    for (std::size_t k = 0; k < left; ++k)
        packed |= std::uint64_t{code[words[whole + k]]} << (k * bits);
    if (left > 0) std::memcpy(out, &packed, (left * bits + 7) / 8);
}

}  // namespace

void WordEncoder::encode(std::span<const std::int16_t> words, std::byte* out) const {
    if (words.empty()) return;
    if (is_word()) {
        std::memcpy(out, words.data(), words.size_bytes());
        return;
    }
    const std::uint8_t* code_of_zero = table_.data() + 32768;
    switch (bits_) {
        case 1:
            encode_packed<1>(code_of_zero, words, out);
            return;
        case 2:
            encode_packed<2>(code_of_zero, words, out);
            return;
        case 3:
            encode_packed<3>(code_of_zero, words, out);
            return;
        case 4:
            encode_packed<4>(code_of_zero, words, out);
            return;
        case 5:
            encode_packed<5>(code_of_zero, words, out);
            return;
        case 6:
            encode_packed<6>(code_of_zero, words, out);
            return;
        case 7:
            encode_packed<7>(code_of_zero, words, out);
            return;
        case 8:
            encode_packed<8>(code_of_zero, words, out);
            return;
        default:
            BITLOOM_CHECK(false, "codes of 1..8 bits: {}", bits_);
    }
}

void WordEncoder::encode_rows(const std::int16_t* words, std::int64_t rows, std::int64_t features,
                              std::byte* out) const {
    const std::int64_t row_bytes = vector_bytes(features);
    for_ranges(rows, features, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            encode({words + row * features, static_cast<std::size_t>(features)},
                   out + row * row_bytes);
    });
}

LayerParameters layer_parameters(const Trace& trace, const Layer& layer) {
    const Manifest& manifest = trace.manifest();
    LayerParameters p;
    p.op = layer.op;
    const Activation& first = manifest.activation(layer.inputs[0]);
    if (layer.op == Operator::transpose || layer.op == Operator::reshape ||
        layer.op == Operator::concat) {
        p.code_bits = format(first.format).bits();
        p.moves_codes = p.code_bits <= 8;
        if (p.moves_codes) return p;
    }
    for (const std::string& output : layer.outputs)
        p.outputs.emplace_back(layer.working_scale, manifest.activation(output));
    p.clamp_low = bound(layer.clamp_low, layer.working_scale);
    p.clamp_high = bound(layer.clamp_high, layer.working_scale);
    switch (layer.op) {
        case Operator::conv2d:
        case Operator::gemm:
        case Operator::matmul:
            set_gemm(trace, layer, p);
            return p;
        case Operator::softmax:
            set_softmax(layer, first.scale, p);
            return p;
        case Operator::layer_norm:
            set_layer_norm(trace, layer, first.scale, p);
            return p;
        case Operator::gelu:
            set_gelu(layer, first.scale, p);
            return p;
        case Operator::average_pool:
            set_average_pool(layer, first.scale, p);
            return p;
        case Operator::add:
            p.constant = copy_tensor<std::int16_t>(trace, layer.constant);
            p.constant_multiplier = multiplier(layer, "scale of the constant",
                                               layer.constant_scale / layer.working_scale);
            break;
        default:
            break;
    }
    for (const std::string& input : layer.inputs)
        p.multipliers.push_back(multiplier(layer, "scale of an input",
                                           manifest.activation(input).scale / layer.working_scale));
    return p;
}

}  // namespace bitloom
