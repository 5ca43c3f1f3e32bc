// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/quantize.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

#include "models/base/error.h"
#include "workloads/quantize/calibrate.h"
#include "workloads/quantize/data_tensors.h"
#include "workloads/quantize/encodings.h"
#include "workloads/quantize/fake_quant.h"
#include "workloads/quantize/layer_weights.h"
#include "workloads/quantize/promotion_of.h"
#include "workloads/quantize/select.h"

namespace bitloom {

namespace {

constexpr double word_max = 32767.0;

void check_options(const QuantizeOptions& options) {
    if (options.calibration_inputs < 1) {
        fail("quantize: calibration_inputs = {}: must be >= 1", options.calibration_inputs);
    }
    if (!(options.accuracy_threshold >= 0.0 && options.accuracy_threshold <= 1.0)) {
        fail("quantize: accuracy_threshold = {}: must be 0..1", options.accuracy_threshold);
    }
    const auto check_ratio = [](std::string_view name, int ratio, int low) {
        if (ratio < low || ratio > 1000)
            fail("quantize: {} = {}: must be {}..1000", name, ratio, low);
    };
    check_ratio("ratio_low", options.ratio_low, 1);
    check_ratio("ratio_low_wide", options.ratio_low_wide, 1);
    check_ratio("ratio_low_narrow", options.ratio_low_narrow, 1);
    check_ratio(
        "ratio_high", options.ratio_high,
        std::max({options.ratio_low, options.ratio_low_wide, options.ratio_low_narrow}) + 1);
}

const Network& with_values(const Network& network) {
    if (network.shape_only) {
        fail("network '{}': has shapes only: quantizing it needs its weights", network.name);
    }
    return network;
}

class Quantizer {
public:
    Quantizer(const Network& network, const Dataset& dataset, const QuantizeOptions& options)
        : network_(with_values(network)),
          dataset_(dataset),
          options_(options),
          scheme_(find_scheme(options.scheme)),
          range_{options.ratio_low, options.ratio_high, options.ratio_low_wide,
                 options.ratio_low_narrow},
          layers_(fuse(network)),
          weighted_(weighted_layers(layers_)),
          encoded_{network, layers_, {}, find_roots(network, layers_), {}, {}},
          float_executor_(network),
          fake_(network, layers_) {
        raised_ = raised_layers(scheme_, options.int8_layers, options.first_last_bits,
                                static_cast<std::int64_t>(weighted_.size()), "quantize");
        if (network.trained && network.trained->scheme == scheme_.name) {
            trained_ = &*network.trained;
        }
    }

    QuantizeResult run() {
        inputs_ = calibration_inputs(network_, dataset_, options_.calibration_inputs);
        step_ = int8_step(dataset_.count() > 0 ? std::span<const float>(dataset_.inputs)
                                               : inputs_.values);
        statistics_ = calibrate(float_executor_, inputs_, options_.seed,
                                [&](double done, double total) { tell("calibrate", done, total); });
        choose_activation_types();
        choose_weights();
        set_constants();
        raise_layers();
        QuantizeResult result;
        evaluate(result);
        result.tensors = report();
        result.trace = build(result);
        return result;
    }

private:
    void tell(std::string_view what, double done, double total) const {
        if (options_.progress) options_.progress(what, done, total);
    }

    // Types of activations.

    double word_scale(const FusedLayer& layer) const {
        const std::string& root = layer.node.output;
        double reach = word_margin * statistics_.at(root).max_magnitude();
        switch (layer.node.op) {
            // Nothing grows on its way: the words keep their scale and lose nothing.
            case Operator::transpose:
            case Operator::max_pool:
                return encoded_.type(layer.node.inputs[0], Encoding::word).scale;
            case Operator::softmax:
                return 1.0 / word_max;
            default:
                break;
        }
        if (layer.has_residual) {
            // The sum's parts pass through the same word, before any bound.
            for (const std::string& part : layer.intermediate) {
                reach = std::max(reach, word_margin * statistics_.at(part).max_magnitude());
            }
            const auto& residual = encoded_.type(layer.node.inputs[1], Encoding::word);
            reach = std::max(reach, word_max * residual.scale);
        } else {
            // Bounds on both sides limit what a word must hold.
            reach =
                std::min(reach, std::max(std::abs(layer.clamp_low), std::abs(layer.clamp_high)));
        }
        return reach > 0.0 ? reach / word_max : 1.0 / word_max;
    }

    void choose_activation_types() {
        // What may be needed under any choice of 8-bit layers.
        const Needs low = find_needs(network_, layers_, std::vector<bool>(layers_.size(), false));
        const Needs high = find_needs(network_, layers_, std::vector<bool>(layers_.size(), true));
        const auto needed = [&](const std::string& root, Encoding encoding) {
            return low.at(root).contains(encoding) || high.at(root).contains(encoding);
        };
        const double input_reach = statistics_.at(network_.input).max_magnitude();
        set_types(network_.input, word_margin * input_reach / word_max, nullptr, needed);
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            const FusedLayer& layer = layers_[i];
            if (layer.node.op != Operator::reshape) {
                set_types(layer.node.output, word_scale(layer), &layer, needed);
            }
            tell("choose activation types", static_cast<double>(i + 1),
                 static_cast<double>(layers_.size()));
        }
    }

    template <class Needed>
    void set_types(const std::string& root, double word_scale, const FusedLayer* layer,
                   const Needed& needed) {
        const ActivationStatistics& seen = statistics_.at(root);
        encoded_.types[{root, Encoding::word}] = {"int16", word_scale > 0.0 ? word_scale : 1.0};
        if (!needed(root, Encoding::narrow) && !needed(root, Encoding::wide)) return;
        const SortedValues values(seen.samples);
        const bool is_signed = seen.low < 0.0;
        if (needed(root, Encoding::narrow)) {
            const auto& names = scheme_.activations(is_signed);
            const double trained = trained_scale(root);
            set_type(root, Encoding::narrow,
                     trained > 0.0
                         ? TypeChoice{names.front(), {trained}, 0.0}
                         : choose_activation_type(values, seen.max_magnitude(), names, range_));
        }
        if (!needed(root, Encoding::wide)) return;
        const std::string wide = uniform_format(raised_.bits, is_signed);
        const double held = format(wide).max_value();
        if (layer != nullptr && layer->node.op == Operator::softmax) {
            // The range is known: 1 is the largest code.
            encoded_.types[{root, Encoding::wide}] = {wide, 1.0 / held};
        } else if (layer == nullptr && step_ && seen.max_magnitude() <= held * *step_) {
            // Inputs stored as bytes are held without error.
            encoded_.types[{root, Encoding::wide}] = {wide, *step_};
        } else {
            set_type(root, Encoding::wide,
                     choose_activation_type(values, seen.max_magnitude(), {&wide, 1}, range_));
        }
    }

    // Of an activation that the network was trained with; 0: none.
    double trained_scale(const std::string& root) const {
        if (trained_ == nullptr) return 0.0;
        const auto found = trained_->activations.find(root);
        return found == trained_->activations.end() ? 0.0 : found->second;
    }

    void set_type(const std::string& root, Encoding encoding, const TypeChoice& choice) {
        encoded_.types[{root, encoding}] = {choice.format, choice.scales.at(0)};
    }

    const StoredType& operand(std::size_t index, bool wide) const {
        return encoded_.type(layers_[index].node.inputs.at(0),
                             wide ? Encoding::wide : Encoding::narrow);
    }

    double activation_mse(const std::string& activation, const StoredType& type) const {
        // Of the root: a reshape has the same values, but was sampled by itself.
        const auto& samples = statistics_.at(encoded_.roots.at(activation)).samples;
        return encoded_mse(samples, format(type.format), type.scale);
    }

    double activation_mean_square(const std::string& activation) const {
        return mean_square(statistics_.at(encoded_.roots.at(activation)).samples);
    }

    // Weights.

    std::span<const float> constant(const std::string& name) const {
        if (name.empty()) return {};
        return network_.constants.at(name).values;
    }

    LayerWeights weights_of(std::size_t index, bool wide) const {
        const Node& node = layers_[index].node;
        const std::vector<std::string> names =
            wide ? std::vector{uniform_format(raised_.bits, true)} : scheme_.weights;
        const auto values = constant(node.weights);
        const double input_scale = operand(index, wide).scale;
        const auto channels =
            static_cast<std::size_t>(network_.constants.at(node.weights).shape[0]);
        const bool brought = trained_ != nullptr && !wide && trained_->weights.contains(node.name);
        TypeChoice choice =
            brought ? TypeChoice{names.front(), trained_->weights.at(node.name), 0.0}
                    : choose_weight_type(values, scheme_.one_weight_scale ? 1 : channels, names,
                                         range_);
        if (choice.scales.size() == 1) choice.scales.resize(channels, choice.scales.front());
        return make_layer_weights(values, choice, constant(node.bias), input_scale);
    }

    void choose_weights() {
        double done = 0.0;
        for (const std::size_t index : weighted_) {
            narrow_[index] = weights_of(index, false);
            const LayerWeights& weights = narrow_[index];
            const std::string& input = layers_[index].node.inputs[0];
            error_[index] = relative(weights.mse, weights.mean_square) +
                            relative(activation_mse(input, operand(index, false)),
                                     activation_mean_square(input));
            fake_.set_weights(index, weights, operand(index, false).scale);
            tell("choose weight types", ++done, static_cast<double>(weighted_.size()));
        }
    }

    static double relative(double mse, double mean_square) {
        return mean_square > 0.0 ? mse / mean_square : 0.0;
    }

    const LayerWeights& weights(std::size_t index, bool wide) {
        if (!wide) return narrow_.at(index);
        if (!wide_weights_.contains(index)) wide_weights_[index] = weights_of(index, true);
        return wide_weights_.at(index);
    }

    void set_constants() {
        encoded_.numbers.resize(layers_.size());
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            const Node& node = layers_[i].node;
            if (node.constant.empty()) continue;
            double reach = 0.0;
            for (const float value : constant(node.constant)) {
                reach = std::max(reach, std::abs(static_cast<double>(value)));
            }
            const double scale = reach > 0.0 ? reach / word_max : 1.0;
            encoded_.numbers[i].constant_scale = scale;
            std::vector<float> real(constant(node.constant).begin(), constant(node.constant).end());
            round_to_words(real, scale);
            fake_.set_constant(i, std::move(real));
        }
    }

    // Which layers run as 8-bit integers.

    void set_wide(std::int64_t count, const std::vector<std::size_t>& order) {
        const std::vector<bool> wide = wide_flags(layers_, count, order);
        for (const std::size_t index : weighted_) {
            if (!wide_.empty() && wide_[index] == wide[index]) continue;
            fake_.set_weights(index, weights(index, wide[index]),
                              operand(index, wide[index]).scale);
        }
        wide_ = wide;
        encoded_.needs = find_needs(network_, layers_, wide_);
    }

    void raise_layers() {
        std::vector<std::size_t> order = weighted_;
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return error_.at(a) > error_.at(b); });
        const auto all = static_cast<std::int64_t>(weighted_.size());
        std::int64_t count = raised_.count < 0 ? all : raised_.count;
        if (options_.int8_layers >= 0) {
            set_wide(std::min(count, ruled_count()), order);
            if (count > ruled_count()) accuracy_before_ = quantized_accuracy();
        }
        set_wide(count, order);
        if (options_.int8_layers >= 0 || scheme_.rule != RaiseRule::accuracy ||
            !options_.evaluate) {
            return;
        }
        const std::int64_t first_count = count;
        Dataset calibration;
        calibration.input_shape = dataset_.input_shape;
        calibration.inputs.assign(inputs_.values.begin(), inputs_.values.end());
        calibration.labels.resize(static_cast<std::size_t>(inputs_.count));
        calibration.labels = float_executor_.predictions(calibration);
        for (;; set_wide(++count, order)) {
            tell("raise layers to 8 bits", static_cast<double>(count), static_cast<double>(all));
            agreement_ = fake_.executor().accuracy(calibration, fake_.hooks(encoded_, wide_));
            if (agreement_ >= 1.0 - options_.accuracy_threshold || count == all) return;
            if (count == first_count) accuracy_before_ = quantized_accuracy();
        }
    }

    // Layers that the scheme's own rule keeps wide.
    std::int64_t ruled_count() const {
        const auto all = static_cast<std::int64_t>(weighted_.size());
        const std::int64_t count =
            raised_layers(scheme_, -1, options_.first_last_bits, all, "quantize").count;
        return count < 0 ? all : count;
    }

    // Top-1 over the data set with the layers as they are now; -1: not evaluated.
    double quantized_accuracy() const {
        if (!options_.evaluate || dataset_.count() == 0) return -1.0;
        return fake_.executor().accuracy(dataset_, fake_.hooks(encoded_, wide_));
    }

    void evaluate(QuantizeResult& result) const {
        if (!options_.evaluate || dataset_.count() == 0) return;
        tell("evaluate", 0.0, 2.0);
        result.float_accuracy = float_executor_.accuracy(dataset_);
        tell("evaluate", 1.0, 2.0);
        result.quantized_accuracy = quantized_accuracy();
        tell("evaluate", 2.0, 2.0);
    }

    // What comes out.

    static TensorReport line(const std::string& layer, std::string tensor, const StoredType& type,
                             double mse, double square) {
        const double sqnr =
            mse > 0.0 ? 10.0 * std::log10(square / mse) : std::numeric_limits<double>::infinity();
        return {layer, std::move(tensor), type.format, type.scale, mse, sqnr};
    }

    std::vector<TensorReport> report() {
        std::vector<TensorReport> lines;
        const auto add_operand = [&](const Node& node, std::size_t slot, Encoding encoding) {
            const std::string& input = node.inputs[slot];
            const StoredType& type = encoded_.type(input, encoding);
            lines.push_back(line(node.name, "activations", type, activation_mse(input, type),
                                 activation_mean_square(input)));
        };
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            const Node& node = layers_[i].node;
            if (layers_[i].is_gemm()) {
                const LayerWeights& held = weights(i, wide_[i]);
                const double mean = std::accumulate(held.scales.begin(), held.scales.end(), 0.0) /
                                    static_cast<double>(held.scales.size());
                lines.push_back(
                    line(node.name, "weights", {held.format, mean}, held.mse, held.mean_square));
                add_operand(node, 0, wide_[i] ? Encoding::wide : Encoding::narrow);
            } else if (node.op == Operator::matmul) {
                add_operand(node, 0, Encoding::wide);
                add_operand(node, 1, Encoding::wide);
            }
        }
        return lines;
    }

    Trace build(const QuantizeResult& result) {
        std::map<std::string, Tensor> tensors;
        for (std::size_t i = 0; i < layers_.size(); ++i) add_tensors(i, tensors);
        EncodedManifest built = build_manifest(encoded_, wide_);
        const std::size_t size = inputs_.values.size() / static_cast<std::size_t>(inputs_.count);
        const auto first = dataset_.count() > 0 ? std::span(dataset_.inputs).first(size)
                                                : inputs_.values.first(size);
        add_references(network_, built, float_executor_.run(first), tensors);
        Manifest& manifest = built.manifest;
        add_dataset(dataset_, step_, manifest, tensors);
        manifest.scheme = scheme_.name;
        manifest.float_accuracy = result.float_accuracy;
        manifest.quantized_accuracy = result.quantized_accuracy;
        manifest.promotion =
            promotion_of(scheme_, raised_, options_.first_last_bits, layers_, wide_);
        if (manifest.promotion) {
            manifest.promotion->accuracy_before = accuracy_before_;
            manifest.promotion->untried = scheme_.rule == RaiseRule::accuracy &&
                                          options_.int8_layers < 0 && !options_.evaluate;
        }
        if (network_.trained) manifest.trained_for = network_.trained->scheme;
        add_provenance(manifest);
        const double off = std::abs(options_.stated_accuracy - result.float_accuracy) *
                           static_cast<double>(dataset_.count());
        if (options_.stated_accuracy >= 0 && result.float_accuracy >= 0 && off > 1.001)
            manifest.provenance["stated_accuracy"] =
                fmt::format("zoo.json states a float accuracy of {:.2f} %, computed: {:.2f} %",
                            100 * options_.stated_accuracy, 100 * result.float_accuracy);
        return Trace::from_memory(std::move(manifest), std::move(tensors));
    }

    static void join_equal(std::vector<double>& scales) {
        if (std::adjacent_find(scales.begin(), scales.end(), std::not_equal_to<>()) == scales.end())
            scales.resize(1);
    }

    void add_tensors(std::size_t index, std::map<std::string, Tensor>& tensors) {
        const Node& node = layers_[index].node;
        if (layers_[index].is_gemm()) {
            const LayerWeights& held = weights(index, wide_[index]);
            encoded_.numbers[index].weights_format = held.format;
            encoded_.numbers[index].weight_scales = held.scales;
            if (scheme_.one_weight_scale) join_equal(encoded_.numbers[index].weight_scales);
            tensors[node.name + ".weights"] = packed_tensor(held.codes, format(held.format).bits());
            if (!held.bias.empty()) {
                tensors[node.name + ".bias"] = Tensor::of<std::int32_t>(
                    TensorType::i32, {static_cast<std::int64_t>(held.bias.size())}, held.bias);
            }
        }
        if (!node.constant.empty()) {
            tensors[node.name + ".constant"] =
                word_tensor(network_.shapes.at(node.output), constant(node.constant),
                            encoded_.numbers[index].constant_scale);
        }
        for (const auto& [name, suffix] : {std::pair{node.gamma, ".gamma"}, {node.beta, ".beta"}}) {
            if (name.empty()) continue;
            const FloatTensor& held = network_.constants.at(name);
            tensors[node.name + suffix] =
                Tensor::of<float>(TensorType::f32, held.shape, held.values);
        }
    }

    void add_provenance(Manifest& manifest) const {
        std::vector<std::string> raised;
        for (const std::size_t index : weighted_) {
            if (wide_[index]) raised.push_back(layers_[index].node.name);
        }
        auto& provenance = manifest.provenance;
        provenance["source"] =
            trained_ != nullptr ? "quantization-aware training" : "post-training quantization";
        provenance["calibration_inputs"] = fmt::format("{}", inputs_.count);
        provenance["calibration_source"] = "dataset " + inputs_.source;
        provenance["seed"] = fmt::format("{}", options_.seed);
        provenance["int8_layers"] = fmt::format("{}", fmt::join(raised, " "));
        provenance["ratios_percent"] =
            fmt::format("{}..{} ({}.. above 6 bits)", range_.low, range_.high - 1, range_.low_wide);
        if (options_.first_last_bits != 8) {
            provenance["first_last_bits"] = fmt::format("{}", options_.first_last_bits);
        }
        if (trained_ != nullptr) provenance["trained_scales"] = trained_->scheme;
        if (trained_ != nullptr && trained_->adc_full_scale > 0.0) {
            provenance["adc_full_scale"] = fmt::format("{}", trained_->adc_full_scale);
        }
        if (agreement_ >= 0.0) {
            provenance["calibration_agreement"] = fmt::format("{:.4f}", agreement_);
        }
        if (!options_.version.empty()) provenance["version"] = options_.version;
        if (!options_.data_note.empty()) provenance["data"] = options_.data_note;
    }

    const Network& network_;
    const Dataset& dataset_;
    const QuantizeOptions& options_;
    const Scheme scheme_;
    const RatioRange range_;
    const std::vector<FusedLayer> layers_;
    const std::vector<std::size_t> weighted_;
    EncodedNetwork encoded_;
    FloatExecutor float_executor_;
    FakeQuantNetwork fake_;
    RaisedLayers raised_;
    const TrainedScales* trained_ = nullptr;  // when they are those of the scheme
    CalibrationInputs inputs_;
    std::optional<float> step_;
    std::map<std::string, ActivationStatistics> statistics_;
    std::map<std::size_t, LayerWeights> narrow_, wide_weights_;  // by layer
    std::map<std::size_t, double> error_;                        // by layer, at the low-bit types
    std::vector<bool> wide_;
    double agreement_ = -1.0;
    double accuracy_before_ = -1.0;  // Promotion::accuracy_before
};

}  // namespace

QuantizeResult quantize(const Network& network, const Dataset& dataset,
                        const QuantizeOptions& options) {
    check_options(options);
    return Quantizer(network, dataset, options).run();
}

}  // namespace bitloom
