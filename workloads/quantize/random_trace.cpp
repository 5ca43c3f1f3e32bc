// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/random_trace.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "workloads/import/network.h"
#include "workloads/quantize/encodings.h"
#include "workloads/quantize/promotion_of.h"
#include "workloads/quantize/random_tensors.h"
#include "workloads/quantize/scheme.h"
#include "workloads/trace/names.h"
#include "workloads/trace/trace_checks.h"

namespace bitloom {

namespace {

// What is assumed of an activation's real values: their mean, mean square and sign.
struct Spread {
    double mean = 0.0;
    double mean_square = 1.0;
    bool non_negative = false;

    double rms() const { return std::sqrt(mean_square); }
};

// A code's range reaches four times the root mean square, a word eight times: beyond nearly every
// value of a sum of many products, and the word still has 12 bits below the root mean square.
constexpr double word_reach = 8.0;
constexpr double word_max = 32767.0;

// Of a format of one or two bits less: its few values would lie beyond nearly all of the tensor's.
double code_reach(const Format& format) {
    return format.bits() > 2 ? 4.0 : static_cast<double>(format.bits());
}

class RandomTraceBuilder {
public:
    RandomTraceBuilder(const Network& network, const RandomTraceOptions& options)
        : network_(network),
          options_(options),
          scheme_(find_scheme(options.scheme)),
          layers_(fuse(network)),
          explicit_(!options.weights_format.empty()),
          encoded_{network, layers_, {}, find_roots(network, layers_), {}, {}} {
        if (options.weights_format.empty() != options.activations_format.empty()) {
            fail(
                "random trace: weights and activations formats: only one is given: needs both or "
                "none");
        }
        for (const std::string& name : {options.weights_format, options.activations_format}) {
            if (!name.empty()) check_code_format(name);
        }
    }

    Trace run() {
        Manifest manifest = describe();
        return Trace::from_memory(std::move(manifest), std::move(tensors_));
    }

    // The manifest; makes the tensors that it names on the way, unless it is to have none.
    Manifest describe() {
        choose_widths();
        encoded_.needs = find_needs(network_, layers_, wide_, wide_matmul());
        encoded_.numbers.resize(layers_.size());
        for (const std::string& input : external_inputs(network_)) set_types(input, Spread{});
        for (std::size_t i = 0; i < layers_.size(); ++i) add_layer(i);
        EncodedManifest built = build_manifest(encoded_, wide_, wide_matmul());
        Manifest& manifest = built.manifest;
        manifest.scheme =
            explicit_ ? options_.weights_format + "x" + options_.activations_format : scheme_.name;
        manifest.random_seed = static_cast<std::int64_t>(options_.seed);
        if (!explicit_)
            manifest.promotion =
                promotion_of(scheme_, raised_, options_.first_last_bits, layers_, wide_);
        manifest.provenance["source"] = "random codes";
        manifest.provenance["seed"] = fmt::format("{}", options_.seed);
        if (!options_.version.empty()) manifest.provenance["version"] = options_.version;
        if (!options_.codes)
            for (Layer& layer : manifest.layers) {
                if (layer.weights) layer.weights->tensor.clear();
                for (std::string* name : {&layer.bias, &layer.gamma, &layer.beta}) name->clear();
            }
        return manifest;
    }

private:
    // With explicit formats there is one kind of codes, "narrow", whatever its width.
    bool wide_matmul() const { return !explicit_; }

    void choose_widths() {
        const auto weighted = static_cast<std::int64_t>(weighted_layers(layers_).size());
        raised_ = raised_layers(scheme_, options_.int8_layers, options_.first_last_bits, weighted,
                                "random trace");
        wide_ = wide_flags(layers_, explicit_ ? 0 : raised_.count, {});
    }

    // The candidate that stands for the scheme: its newest one that is not plain int.
    static const std::string& narrow(const std::vector<std::string>& candidates) {
        return candidates[candidates.size() > 1 ? 1 : 0];
    }

    std::string weights_format(std::size_t index) const {
        if (explicit_) return options_.weights_format;
        if (wide_[index]) return uniform_format(raised_.bits, true);
        return narrow(scheme_.weights);
    }

    std::string code_format(Encoding encoding, bool non_negative) const {
        if (explicit_) return options_.activations_format;
        if (encoding == Encoding::wide) return uniform_format(raised_.bits, !non_negative);
        return narrow(scheme_.activations(!non_negative));
    }

    void set_types(const std::string& activation, const Spread& spread) {
        spreads_[activation] = spread;
        if (encoded_.roots.at(activation) != activation) return;
        encoded_.types[{activation, Encoding::word}] = {"int16",
                                                        word_reach * spread.rms() / word_max};
        for (const Encoding encoding : {Encoding::narrow, Encoding::wide}) {
            const std::string name = code_format(encoding, spread.non_negative);
            const Format& held = format(name);
            const double scale = code_reach(held) * spread.rms() / held.max_value();
            encoded_.types[{activation, encoding}] = {name, scale};
        }
    }

    Spread input_spread(const FusedLayer& layer, std::size_t slot) const {
        return spreads_.at(layer.node.inputs.at(slot));
    }

    void add_layer(std::size_t index) {
        const FusedLayer& layer = layers_[index];
        Spread result = input_spread(layer, 0);
        switch (layer.node.op) {
            case Operator::conv2d:
            case Operator::gemm:
                result = add_gemm(index);
                break;
            case Operator::matmul:
                result = matmul_spread(layer);
                break;
            case Operator::add:
                result = add_sum(index);
                break;
            case Operator::softmax:
                // A share of one for each of n: between 1/n^2 (equal) and 1/n (one takes all).
                result = {0.0, 1.0 / std::sqrt(features(layer)) / features(layer), true};
                break;
            case Operator::layer_norm:
                add_norm(layer);
                result = Spread{};
                break;
            case Operator::gelu:
                result = {0.3, 0.4 * result.mean_square, false};
                break;
            default:
                break;  // pools, clamp and movements keep what they move
        }
        if (layer.clamp_low >= 0.0 && !result.non_negative) {
            // Half of the values of a symmetric distribution are cut to zero; the mean of the rest
            // is that of a half-normal one.
            result = {0.4 * result.rms(), 0.5 * result.mean_square, true};
        }
        set_types(layer.node.output, result);
    }

    double features(const FusedLayer& layer) const {
        return static_cast<double>(network_.shapes.at(layer.node.inputs.at(0)).back());
    }

    // Scales such that the mean square of the sums is one.
    Spread add_gemm(std::size_t index) {
        const FusedLayer& layer = layers_[index];
        const Shape& shape = network_.constants.at(layer.node.weights).shape;
        const auto count = element_count(shape);
        const double k = static_cast<double>(count) / static_cast<double>(shape.at(0));
        const std::string name = layer.node.name + ".weights";
        const Format& weights = format(weights_format(index));
        const CodeMoments moments = code_moments(weights);
        const Spread input = input_spread(layer, 0);
        const double variance = k * input.mean_square * moments.mean_square +
                                k * (k - 1.0) * std::pow(input.mean * moments.mean, 2.0);
        const double scale = 1.0 / std::sqrt(variance);
        encoded_.numbers[index].weights_format = weights.name();
        encoded_.numbers[index].weight_scales = {scale};
        if (options_.codes) tensors_[name] = random_codes(weights, count, options_.seed, name);
        if (options_.codes && !layer.node.bias.empty()) {
            const Encoding encoding = wide_[index] ? Encoding::wide : Encoding::narrow;
            const double unit = scale * encoded_.type(layer.node.inputs[0], encoding).scale;
            const std::string bias = layer.node.name + ".bias";
            tensors_[bias] =
                random_words<std::int32_t>({shape.at(0)}, 0.1 / unit, options_.seed, bias);
        }
        Spread result;
        if (layer.has_residual) result.mean_square += input_spread(layer, 1).mean_square;
        return result;
    }

    Spread matmul_spread(const FusedLayer& layer) const {
        const Spread a = input_spread(layer, 0), b = input_spread(layer, 1);
        const double k = features(layer);
        const double factor = layer.node.multiplier * layer.node.multiplier;
        return {0.0, factor * k * a.mean_square * b.mean_square,
                a.non_negative && b.non_negative && layer.node.multiplier >= 0.0};
    }

    Spread add_sum(std::size_t index) {
        const FusedLayer& layer = layers_[index];
        Spread result = input_spread(layer, 0);
        Spread other{0.0, 0.25 * result.mean_square, false};
        if (layer.node.constant.empty()) {
            other = input_spread(layer, 1);
        } else {
            const std::string name = layer.node.name + ".constant";
            // Uniform: the root mean square is 1/sqrt(3) of the largest.
            encoded_.numbers[index].constant_scale = std::sqrt(3.0) * other.rms() / word_max;
            if (options_.codes)
                tensors_[name] = random_words<std::int16_t>(network_.shapes.at(layer.node.output),
                                                            word_max, options_.seed, name);
        }
        return {result.mean + other.mean, result.mean_square + other.mean_square,
                result.non_negative && other.non_negative};
    }

    void add_norm(const FusedLayer& layer) {
        if (!options_.codes) return;
        const std::int64_t size = network_.shapes.at(layer.node.output).back();
        const std::string gamma = layer.node.name + ".gamma", beta = layer.node.name + ".beta";
        tensors_[gamma] = random_reals(size, 1.0, 0.1, options_.seed, gamma);
        tensors_[beta] = random_reals(size, 0.0, 0.1, options_.seed, beta);
    }

    const Network& network_;
    const RandomTraceOptions& options_;
    const Scheme scheme_;
    const std::vector<FusedLayer> layers_;
    const bool explicit_;
    RaisedLayers raised_;
    std::vector<bool> wide_;
    std::map<std::string, Spread> spreads_;
    EncodedNetwork encoded_;
    std::map<std::string, Tensor> tensors_;
};

}  // namespace

Manifest random_manifest(const Network& shapes, const RandomTraceOptions& options) {
    RandomTraceOptions without = options;
    without.codes = false;
    Manifest manifest = RandomTraceBuilder(shapes, without).describe();
    require_valid(manifest, "trace " + shown(manifest.network));
    return manifest;
}

namespace {

constexpr std::int64_t many_codes = std::int64_t{1} << 26;

// Shapes alone; what cannot be a trace takes no memory.
void check_before_codes(Manifest manifest, const ShapeCheck& check) {
    if (!check) return;
    std::int64_t codes = 0, most = 0;
    for (Layer& layer : manifest.layers)
        if (layer.weights) {
            codes += element_count(layer.weights->shape);
            layer.weights->tensor.clear();
        }
    for (const auto& [name, activation] : manifest.activations)
        most = std::max(most, element_count(activation.shape));
    if (codes > 0 && codes + most > many_codes) check(Trace::from_memory(std::move(manifest), {}));
}

}  // namespace

Trace random_trace(const Network& shapes, const RandomTraceOptions& options) {
    check_before_codes(random_manifest(shapes, options), options.check);
    return RandomTraceBuilder(shapes, options).run();
}

Trace gemm_trace(std::int64_t m, std::int64_t n, std::int64_t k, std::string_view weights_format,
                 std::string_view activations_format, std::uint64_t seed, const ShapeCheck& check) {
    constexpr std::int64_t limit = std::int64_t{1} << 31;
    for (const auto& [name, size] : {std::pair{"M", m}, {"N", n}, {"K", k}}) {
        if (size < 1 || size > limit) fail("gemm: {} = {}: must be 1..{}", name, size, limit);
    }
    if (m > limit / k || n > limit / k || m > limit / n) {
        fail("gemm: {}x{}x{}: a matrix has more than {} elements", m, n, k, limit);
    }
    const Format& weights = check_code_format(weights_format);
    const Format& activations = check_code_format(activations_format);
    // Both operands are uniform over their codes: the mean square of the sums is known exactly.
    const CodeMoments w = code_moments(weights), a = code_moments(activations);
    const double count = static_cast<double>(k);
    const double rms = std::sqrt(count * w.mean_square * a.mean_square +
                                 count * (count - 1.0) * std::pow(w.mean * a.mean, 2.0));
    Layer layer;
    layer.name = "gemm";
    layer.op = Operator::gemm;
    layer.inputs = {"input"};
    layer.outputs = {"output"};
    layer.weights = Weights{"gemm.weights", {n, k}, weights.name(), {1.0}};
    layer.working_scale = word_reach * rms / word_max;
    Manifest manifest;
    manifest.network = fmt::format("gemm_{}x{}x{}", m, n, k);
    manifest.scheme = weights.name() + "x" + activations.name();
    manifest.input = "input";
    manifest.output = "output";
    manifest.activations["input"] = {"input", {m, k}, activations.name(), 1.0};
    manifest.activations["output"] = {"output", {m, n}, "int16", layer.working_scale};
    manifest.layers.push_back(std::move(layer));
    manifest.random_seed = static_cast<std::int64_t>(seed);
    manifest.provenance["source"] = "random codes";
    manifest.provenance["seed"] = fmt::format("{}", seed);
    check_before_codes(manifest, check);
    std::map<std::string, Tensor> tensors;
    tensors["gemm.weights"] = random_codes(weights, n * k, seed, "gemm.weights");
    return Trace::from_memory(std::move(manifest), std::move(tensors));
}

}  // namespace bitloom
