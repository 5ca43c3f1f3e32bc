// SPDX-License-Identifier: Apache-2.0
// An independent reference of the GEMM operators and of the movements, written from their
// definitions alone: plain loops over decoded values. No code of the chip or of the host's executor
// is used but the formats themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/random.h"
#include "models/numeric/format.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/host_executor.h"
#include "tests/models/array/array_bench.h"
#include "tests/property/random_network.h"
#include "tests/support/in_child.h"

namespace bitloom::test {
namespace {

__extension__ using Wide = __int128;

std::uint32_t bits_at(const std::byte* bytes, std::int64_t first, int count) {
    std::uint32_t code = 0;
    for (int b = 0; b < count; ++b)
        if ((std::to_integer<unsigned>(bytes[(first + b) / 8]) >> ((first + b) % 8) & 1u) != 0)
            code |= 1u << b;
    return code;
}

// Every code of a tensor in memory; a vector (last axis) starts on a byte.
std::vector<std::uint32_t> codes_of(const Activation& a, const std::vector<std::byte>& bytes) {
    const int bits = format(a.format).bits();
    const std::int64_t length = a.shape.back(), pitch = (length * bits + 7) / 8;
    std::vector<std::uint32_t> codes;
    for (std::int64_t i = 0; i < element_count(a.shape); ++i)
        codes.push_back(bits_at(bytes.data() + i / length * pitch, i % length * bits, bits));
    return codes;
}

std::vector<std::int64_t> values_of(const std::string& name,
                                    const std::vector<std::uint32_t>& codes) {
    std::vector<std::int64_t> values;
    for (const std::uint32_t code : codes)
        values.push_back(static_cast<std::int64_t>(format(name).value(code)));
    return values;
}

std::vector<std::byte> bytes_of(const Activation& a, const std::vector<std::uint32_t>& codes) {
    const int bits = format(a.format).bits();
    const std::int64_t length = a.shape.back(), pitch = (length * bits + 7) / 8;
    std::vector<std::byte> bytes(static_cast<std::size_t>(element_count(a.shape) / length * pitch));
    for (std::int64_t i = 0; i < element_count(a.shape); ++i)
        for (int b = 0; b < bits; ++b)
            if ((codes[static_cast<std::size_t>(i)] >> b & 1u) != 0) {
                const std::int64_t bit = i / length * pitch * 8 + i % length * bits + b;
                bytes[static_cast<std::size_t>(bit / 8)] |= std::byte{1} << (bit % 8);
            }
    return bytes;
}

// gemmlowp: real = mantissa * 2^(exponent - 31), the mantissa in [2^30, 2^31).
std::int64_t times(std::int64_t x, double real) {
    int exponent = 0;
    const double fraction = std::frexp(real, &exponent);
    auto mantissa = static_cast<std::int64_t>(std::floor(std::ldexp(fraction, 31) + 0.5));
    if (mantissa == std::int64_t{1} << 31) {
        mantissa /= 2;
        ++exponent;
    }
    if (real == 0 || exponent < -31) return 0;
    if (exponent > 0)
        x = std::clamp<std::int64_t>(x << exponent, std::numeric_limits<std::int32_t>::min(),
                                     std::numeric_limits<std::int32_t>::max());
    const Wide doubled = static_cast<Wide>(x) * mantissa + (Wide{1} << 30);
    auto high = static_cast<std::int64_t>(doubled >> 31);
    if (exponent >= 0) return high;
    // Nearest, ties away from zero.
    const std::int64_t divisor = std::int64_t{1} << -exponent;
    const std::int64_t magnitude = (std::abs(high) + divisor / 2) / divisor;
    return high < 0 ? -magnitude : magnitude;
}

std::int64_t word(std::int64_t x) {
    return std::clamp<std::int64_t>(x, -32768, 32767);
}

std::int64_t wrapped(std::int64_t x, int bits) {
    const std::int64_t size = std::int64_t{1} << bits;
    const std::int64_t rest = ((x % size) + size) % size;
    return rest >= size / 2 ? rest - size : rest;
}

std::int64_t clamped(const Layer& layer, std::int64_t x) {
    const auto bound = [&](double real) {
        return static_cast<std::int64_t>(
            std::clamp(std::nearbyint(real / layer.working_scale), -32768.0, 32767.0));
    };
    return std::clamp(x, bound(layer.clamp_low), bound(layer.clamp_high));
}

class Reference {
public:
    Reference(const Trace& trace, const ActivationBytes& activations, int accumulator_bits)
        : trace_(trace),
          m_(trace.manifest()),
          activations_(activations),
          accumulator_bits_(accumulator_bits) {}

    // The psums' products, or the words of a movement; empty for operators not covered here.
    std::vector<std::int64_t> words_of(const Layer& layer) const {
        switch (layer.op) {
            case Operator::conv2d:
                return finish(layer, conv2d(layer));
            case Operator::gemm:
                return finish(layer, gemm(layer));
            case Operator::matmul:
                return finish(layer, matmul(layer));
            case Operator::reshape:
            case Operator::transpose:
            case Operator::concat:
            case Operator::add:
            case Operator::clamp:
                return element_wise(layer);
            case Operator::max_pool:
                return max_pool(layer);
            default:
                return {};
        }
    }

private:
    const Activation& input(const Layer& layer, std::size_t i) const {
        return m_.activation(layer.inputs[i]);
    }
    std::vector<std::int64_t> values(const Activation& a) const {
        return values_of(a.format, codes_of(a, activations_.at(a.name)));
    }
    std::vector<std::int64_t> weights(const Layer& layer) const {
        std::vector<std::uint32_t> codes;
        const TensorView view = trace_.tensor(layer.weights->tensor);
        const int bits = format(layer.weights->format).bits();
        for (std::int64_t i = 0; i < element_count(layer.weights->shape); ++i)
            codes.push_back(bits_at(view.bytes.data(), i * bits, bits));
        return values_of(layer.weights->format, codes);
    }
    static std::int64_t at(const std::vector<std::int64_t>& v, std::int64_t i) {
        return v.at(static_cast<std::size_t>(i));
    }

    std::vector<std::int64_t> conv2d(const Layer& layer) const {
        const Shape& in = input(layer, 0).shape;
        const Shape& out = m_.activation(layer.outputs[0]).shape;
        const Shape& ws = layer.weights->shape;
        const Window& w = layer.window;
        const auto x = values(input(layer, 0)), weight = weights(layer);
        std::vector<std::int64_t> sums;
        for (std::int64_t oh = 0; oh < out[0]; ++oh)
            for (std::int64_t ow = 0; ow < out[1]; ++ow)
                for (std::int64_t oc = 0; oc < out[2]; ++oc) {
                    const std::int64_t group = oc / (out[2] / layer.groups);
                    std::int64_t sum = 0;
                    for (std::int64_t kh = 0; kh < ws[1]; ++kh)
                        for (std::int64_t kw = 0; kw < ws[2]; ++kw)
                            for (std::int64_t ic = 0; ic < ws[3]; ++ic) {
                                const std::int64_t h =
                                    oh * w.stride_h + kh * w.dilation_h - w.pad_top;
                                const std::int64_t c =
                                    ow * w.stride_w + kw * w.dilation_w - w.pad_left;
                                if (h < 0 || c < 0 || h >= in[0] || c >= in[1]) continue;
                                sum += at(x, (h * in[1] + c) * in[2] + group * ws[3] + ic) *
                                       at(weight, ((oc * ws[1] + kh) * ws[2] + kw) * ws[3] + ic);
                            }
                    sums.push_back(sum);
                }
        return sums;
    }

    std::vector<std::int64_t> gemm(const Layer& layer) const {
        const std::int64_t n = layer.weights->shape[0], k = layer.weights->shape[1];
        const auto x = values(input(layer, 0)), weight = weights(layer);
        std::vector<std::int64_t> sums;
        for (std::int64_t i = 0; i < std::ssize(x) / k * n; ++i) {
            std::int64_t sum = 0;
            for (std::int64_t j = 0; j < k; ++j)
                sum += at(x, i / n * k + j) * at(weight, i % n * k + j);
            sums.push_back(sum);
        }
        return sums;
    }

    std::vector<std::int64_t> matmul(const Layer& layer) const {
        const Shape& as = input(layer, 0).shape;
        const Shape& out = m_.activation(layer.outputs[0]).shape;
        const std::int64_t m = as[as.size() - 2], k = as.back(), n = out.back();
        const auto a = values(input(layer, 0)), b = values(input(layer, 1));
        std::vector<std::int64_t> sums;
        for (std::int64_t i = 0; i < element_count(out); ++i) {
            const std::int64_t batch = i / (m * n), row = i / n % m, column = i % n;
            std::int64_t sum = 0;
            for (std::int64_t j = 0; j < k; ++j)
                sum += at(a, (batch * m + row) * k + j) *
                       (layer.transpose_b ? at(b, (batch * n + column) * k + j)
                                          : at(b, (batch * k + j) * n + column));
            sums.push_back(sum);
        }
        return sums;
    }

    // Bias, multiplier, residual, clamp.
    std::vector<std::int64_t> finish(const Layer& layer, std::vector<std::int64_t> sums) const {
        std::vector<std::int64_t> residual;
        if (layer.op != Operator::matmul && layer.inputs.size() > 1)
            residual = values(input(layer, 1));
        const std::int64_t n = m_.activation(layer.outputs[0]).shape.back();
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const auto channel = static_cast<std::size_t>(static_cast<std::int64_t>(i) % n);
            std::int64_t x = wrapped(sums[i], accumulator_bits_);
            double scale = 0;
            if (layer.op == Operator::matmul) {
                scale = input(layer, 0).scale * input(layer, 1).scale * layer.multiplier;
            } else {
                const auto& scales = layer.weights->scales;
                scale = scales[scales.size() == 1 ? 0 : channel] * input(layer, 0).scale;
                if (!layer.bias.empty())
                    x = std::clamp<std::int64_t>(
                        x + trace_.tensor(layer.bias).as<std::int32_t>()[channel],
                        std::numeric_limits<std::int32_t>::min(),
                        std::numeric_limits<std::int32_t>::max());
            }
            x = word(times(x, scale / layer.working_scale));
            if (!residual.empty())
                x += word(times(residual[i], input(layer, 1).scale / layer.working_scale));
            sums[i] = clamped(layer, x);
        }
        return sums;
    }

    // Words that are moved, rescaled or added, and clamped.
    std::vector<std::int64_t> element_wise(const Layer& layer) const {
        const Activation& first = input(layer, 0);
        if (first.format != "int16") return {};
        const auto rescaled = [&](const Activation& a) {
            std::vector<std::int64_t> words;
            for (const std::int64_t x : values(a))
                words.push_back(times(x, a.scale / layer.working_scale));
            return words;
        };
        std::vector<std::int64_t> result = rescaled(first);
        if (layer.op == Operator::add) {
            for (std::size_t i = 0; i < result.size(); ++i)
                result[i] += layer.constant.empty()
                                 ? rescaled(input(layer, 1))[i]
                                 : times(trace_.tensor(layer.constant).as<std::int16_t>()[i],
                                         layer.constant_scale / layer.working_scale);
        } else if (layer.op == Operator::transpose) {
            result = transposed(layer, result);
        } else if (layer.op == Operator::concat) {
            std::vector<std::vector<std::int64_t>> pieces;
            for (std::size_t i = 0; i < layer.inputs.size(); ++i)
                pieces.push_back(rescaled(input(layer, i)));
            result = joined(layer, pieces);
        }
        for (std::int64_t& x : result) x = clamped(layer, x);
        return result;
    }

public:
    template <class T>
    std::vector<T> transposed(const Layer& layer, const std::vector<T>& in) const {
        const Shape& from = input(layer, 0).shape;
        const Shape& to = m_.activation(layer.outputs[0]).shape;
        std::vector<T> out(in.size());
        for (std::size_t i = 0; i < in.size(); ++i) {
            Shape index(from.size());
            std::int64_t rest = static_cast<std::int64_t>(i);
            for (std::size_t axis = from.size(); axis-- > 0;) {
                index[axis] = rest % from[axis];
                rest /= from[axis];
            }
            std::int64_t target = 0;
            for (std::size_t axis = 0; axis < to.size(); ++axis)
                target =
                    target * to[axis] + index[static_cast<std::size_t>(layer.permutation[axis])];
            out[static_cast<std::size_t>(target)] = in[i];
        }
        return out;
    }

    template <class T>
    std::vector<T> joined(const Layer& layer, const std::vector<std::vector<T>>& pieces) const {
        std::vector<T> out;
        const Shape& first = input(layer, 0).shape;
        for (std::int64_t row = 0; row < element_count(first) / first.back(); ++row)
            for (std::size_t p = 0; p < pieces.size(); ++p) {
                const std::int64_t length = input(layer, p).shape.back();
                out.insert(out.end(), pieces[p].begin() + row * length,
                           pieces[p].begin() + (row + 1) * length);
            }
        return out;
    }

private:
    std::vector<std::int64_t> max_pool(const Layer& layer) const {
        const Shape& in = input(layer, 0).shape;
        const Shape& out = m_.activation(layer.outputs[0]).shape;
        const Window& w = layer.window;
        const auto x = values(input(layer, 0));
        std::vector<std::int64_t> result;
        for (std::int64_t i = 0; i < element_count(out); ++i) {
            const std::int64_t c = i % out[2], ow = i / out[2] % out[1], oh = i / out[2] / out[1];
            std::int64_t most = std::numeric_limits<std::int64_t>::min();
            for (std::int64_t kh = 0; kh < w.kernel_h; ++kh)
                for (std::int64_t kw = 0; kw < w.kernel_w; ++kw) {
                    const std::int64_t h = oh * w.stride_h + kh * w.dilation_h - w.pad_top;
                    const std::int64_t v = ow * w.stride_w + kw * w.dilation_w - w.pad_left;
                    if (h >= 0 && v >= 0 && h < in[0] && v < in[1])
                        most = std::max(most, at(x, (h * in[1] + v) * in[2] + c));
                }
            result.push_back(
                clamped(layer, times(most, input(layer, 0).scale / layer.working_scale)));
        }
        return result;
    }

    const Trace& trace_;
    const Manifest& m_;
    const ActivationBytes& activations_;
    const int accumulator_bits_;
};

// Random bytes are random codes; the unused bits of a vector's last byte are zero.
std::vector<std::byte> random_bytes(const Activation& a, std::uint64_t seed) {
    const RandomStream stream(seed, a.name);
    std::vector<std::uint32_t> codes;
    for (std::int64_t i = 0; i < element_count(a.shape); ++i)
        codes.push_back(static_cast<std::uint32_t>(
            stream.below(static_cast<std::uint64_t>(i), format(a.format).code_count())));
    return bytes_of(a, codes);
}

// Lines of text: what differs. `covered` counts the layers that were compared.
std::string differences(std::uint64_t seed, std::map<Operator, int>& covered) {
    const Trace trace = random_network_trace(seed);
    const Manifest& m = trace.manifest();
    Dice dice(seed, "reference");
    const int accumulator_bits = static_cast<int>(dice.below(2) == 0 ? 32 : dice.between(16, 31));
    ActivationBytes activations;
    for (const std::string& name : external_inputs(m))
        activations[name] = random_bytes(m.activation(name), seed);
    HostExecutor(trace, accumulator_bits).run(activations);
    const Reference reference(trace, activations, accumulator_bits);
    std::string text;
    for (const Layer& layer : m.layers) {
        const Activation& first = m.activation(layer.inputs[0]);
        const auto compare = [&](const std::string& name, const std::vector<std::byte>& bytes) {
            const std::vector<std::byte>& found = activations.at(name);
            ++covered[layer.op];
            if (found == bytes) return;
            const auto at = std::mismatch(found.begin(), found.end(), bytes.begin(), bytes.end());
            text += fmt::format("seed {} accumulator {} layer '{}' output '{}': byte {} of {}\n",
                                seed, accumulator_bits, layer.name, name, at.first - found.begin(),
                                found.size());
        };
        const bool moves = layer.op == Operator::reshape || layer.op == Operator::transpose ||
                           layer.op == Operator::concat;
        if (moves && first.format != "int16") {
            std::vector<std::vector<std::uint32_t>> pieces;
            for (const std::string& input : layer.inputs)
                pieces.push_back(codes_of(m.activation(input), activations.at(input)));
            std::vector<std::uint32_t> moved = pieces[0];
            if (layer.op == Operator::transpose) moved = reference.transposed(layer, pieces[0]);
            if (layer.op == Operator::concat) moved = reference.joined(layer, pieces);
            for (const std::string& name : layer.outputs)
                compare(name, bytes_of(m.activation(name), moved));
            continue;
        }
        const std::vector<std::int64_t> words = reference.words_of(layer);
        if (words.empty()) continue;
        for (const std::string& name : layer.outputs) {
            const Activation& output = m.activation(name);
            std::vector<std::uint32_t> codes;
            for (const std::int64_t x : words)
                codes.push_back(output.format == "int16"
                                    ? static_cast<std::uint32_t>(x & 0xffff)
                                    : format(output.format)
                                          .encode(static_cast<double>(x) *
                                                  (layer.working_scale / output.scale)));
            compare(name, bytes_of(output, codes));
        }
    }
    return text;
}

TEST(Reference, HostExecutorEqualsPlainLoopsOnRandomLayers) {
    std::map<Operator, int> covered;
    for (std::uint64_t seed = 0; seed < 150; ++seed) EXPECT_EQ(differences(seed, covered), "");
    for (const Operator op :
         {Operator::conv2d, Operator::gemm, Operator::matmul, Operator::add, Operator::clamp,
          Operator::max_pool, Operator::transpose, Operator::reshape, Operator::concat})
        EXPECT_GE(covered[op], 20) << to_string(op);
}

}  // namespace
}  // namespace bitloom::test
