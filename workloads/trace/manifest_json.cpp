// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/manifest_json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "workloads/trace/strict_json.h"

namespace bitloom {

using nlohmann::json;

namespace {

// One list of the members of Window, for both directions.
template <class Self, class Visit>
void visit_window(Self& window, Visit visit) {
    visit("kernel_h", window.kernel_h);
    visit("kernel_w", window.kernel_w);
    visit("stride_h", window.stride_h);
    visit("stride_w", window.stride_w);
    visit("pad_top", window.pad_top);
    visit("pad_left", window.pad_left);
    visit("pad_bottom", window.pad_bottom);
    visit("pad_right", window.pad_right);
    visit("dilation_h", window.dilation_h);
    visit("dilation_w", window.dilation_w);
}

// The members of Layer that are left out at their default value, for both directions.
template <class Self, class Visit>
void visit_optional(Self& layer, Visit visit) {
    visit("groups", layer.groups);
    visit("bias", layer.bias);
    visit("constant", layer.constant);
    visit("constant_scale", layer.constant_scale);
    visit("gamma", layer.gamma);
    visit("beta", layer.beta);
    visit("epsilon", layer.epsilon);
    visit("transpose_b", layer.transpose_b);
    visit("multiplier", layer.multiplier);
    visit("permutation", layer.permutation);
    visit("tanh_form", layer.tanh_form);
    visit("clamp_low", layer.clamp_low);
    visit("clamp_high", layer.clamp_high);
}

void read(const JsonValue& value, std::int64_t& to) {
    to = value.integer();
}
void read(const JsonValue& value, double& to) {
    to = value.number();
}
void read(const JsonValue& value, bool& to) {
    to = value.boolean();
}
void read(const JsonValue& value, std::string& to) {
    to = value.string();
}
void read(const JsonValue& value, Shape& to) {
    to = value.integers();
}

json window_to_json(const Window& window) {
    json result = json::object();
    visit_window(window, [&](const char* key, std::int64_t value) { result[key] = value; });
    return result;
}

json layer_to_json(const Layer& layer) {
    json result = {{"name", layer.name},
                   {"op", to_string(layer.op)},
                   {"inputs", layer.inputs},
                   {"outputs", layer.outputs},
                   {"working_scale", layer.working_scale}};
    if (has_window(layer.op)) result["window"] = window_to_json(layer.window);
    if (layer.weights)
        result["weights"] = {{"tensor", layer.weights->tensor},
                             {"shape", layer.weights->shape},
                             {"format", layer.weights->format},
                             {"scales", layer.weights->scales}};
    json defaults = json::object();
    const Layer plain;
    visit_optional(plain, [&](const char* key, const auto& value) { defaults[key] = value; });
    visit_optional(layer, [&](const char* key, const auto& value) {
        // Infinities have no JSON number; they are defaults.
        if constexpr (std::same_as<std::remove_cvref_t<decltype(value)>, double>)
            if (!std::isfinite(value)) return;
        if (json written = value; written != defaults[key]) result[key] = std::move(written);
    });
    return result;
}

Window read_window(const JsonValue& value) {
    Window window;
    JsonObject object(value);
    visit_window(window,
                 [&](const char* key, std::int64_t& to) { to = object.required(key).integer(); });
    object.finish();
    return window;
}

Weights read_weights(const JsonValue& value) {
    JsonObject object(value);
    Weights weights;
    weights.tensor = object.required("tensor").string();
    weights.shape = object.required("shape").integers();
    weights.format = object.required("format").string();
    weights.scales = object.required("scales").numbers();
    object.finish();
    return weights;
}

Operator read_operator(const JsonValue& value) {
    const std::string name = value.string();
    try {
        return operator_from_string(name);
    } catch (const Error& error) {
        value.wrong(error.what());
    }
}

Layer read_layer(const JsonValue& value) {
    JsonObject object(value);
    Layer layer;
    layer.name = object.required("name").string();
    layer.op = read_operator(object.required("op"));
    layer.inputs = object.required("inputs").strings();
    layer.outputs = object.required("outputs").strings();
    layer.working_scale = object.required("working_scale").number();
    // A window or weights of another operator are read all the same: problems() names them better.
    if (object.has("window") || has_window(layer.op))
        layer.window = read_window(object.required("window"));
    if (object.has("weights") || has_weights(layer.op))
        layer.weights = read_weights(object.required("weights"));
    visit_optional(layer, [&](const char* key, auto& to) {
        if (!object.has(key)) return;
        const JsonValue member = object.required(key);
        // A clamp may also say null for "no bound".
        if (std::string_view(key).starts_with("clamp_") && member.is_null()) return;
        read(member, to);
    });
    object.finish();
    return layer;
}

json promotion_to_json(const Promotion& promotion) {
    json result = {{"format", promotion.format},
                   {"by_rule", promotion.by_rule},
                   {"raised", promotion.raised},
                   {"untried", promotion.untried}};
    if (promotion.accuracy_before >= 0.0) result["accuracy_before"] = promotion.accuracy_before;
    return result;
}

Promotion read_promotion(const JsonValue& value) {
    JsonObject object(value);
    Promotion promotion;
    promotion.format = object.required("format").string();
    promotion.by_rule = object.required("by_rule").strings();
    promotion.raised = object.required("raised").strings();
    promotion.untried = object.required("untried").boolean();
    if (object.has("accuracy_before"))
        promotion.accuracy_before = object.required("accuracy_before").number();
    object.finish();
    return promotion;
}

Activation read_activation(const std::string& name, const JsonValue& value) {
    JsonObject object(value);
    Activation activation;
    activation.name = name;
    activation.shape = object.required("shape").integers();
    activation.format = object.required("format").string();
    activation.scale = object.required("scale").number();
    object.finish();
    return activation;
}

}  // namespace

std::string manifest_to_json(const Manifest& manifest) {
    json activations = json::object();
    for (const auto& [name, activation] : manifest.activations)
        activations[name] = {{"shape", activation.shape},
                             {"format", activation.format},
                             {"scale", activation.scale}};
    json layers = json::array();
    for (const Layer& layer : manifest.layers) layers.push_back(layer_to_json(layer));
    json result = {{"version", manifest.version}, {"network", manifest.network},
                   {"scheme", manifest.scheme},   {"input", manifest.input},
                   {"output", manifest.output},   {"activations", std::move(activations)},
                   {"layers", std::move(layers)}, {"provenance", manifest.provenance}};
    if (manifest.float_accuracy >= 0.0) result["float_accuracy"] = manifest.float_accuracy;
    if (manifest.quantized_accuracy >= 0.0)
        result["quantized_accuracy"] = manifest.quantized_accuracy;
    if (manifest.promotion) result["promotion"] = promotion_to_json(*manifest.promotion);
    if (!manifest.trained_for.empty()) result["trained_for"] = manifest.trained_for;
    if (manifest.random_seed) result["random_seed"] = *manifest.random_seed;
    return result.dump();
}

Manifest manifest_from_json(std::string_view text, const std::string& place) {
    const json parsed = parse_strict_json(text, place);
    JsonObject object{JsonValue(parsed, place)};
    Manifest manifest;
    const JsonValue version = object.required("version");
    if (version.integer() != 1)
        version.wrong(fmt::format("is {}: this program reads version 1", version.integer()));
    manifest.network = object.required("network").string();
    manifest.scheme = object.required("scheme").string();
    manifest.input = object.required("input").string();
    manifest.output = object.required("output").string();
    for (const auto& [name, value] : object.required("activations").members())
        manifest.activations.emplace(name, read_activation(name, value));
    for (const JsonValue& layer : object.required("layers").elements())
        manifest.layers.push_back(read_layer(layer));
    manifest.provenance = object.required("provenance").string_map();
    if (object.has("float_accuracy"))
        manifest.float_accuracy = object.required("float_accuracy").number();
    if (object.has("quantized_accuracy"))
        manifest.quantized_accuracy = object.required("quantized_accuracy").number();
    if (object.has("promotion")) manifest.promotion = read_promotion(object.required("promotion"));
    if (object.has("trained_for")) manifest.trained_for = object.required("trained_for").string();
    if (object.has("random_seed")) manifest.random_seed = object.required("random_seed").integer();
    object.finish();
    return manifest;
}

}  // namespace bitloom
