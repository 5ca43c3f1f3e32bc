// SPDX-License-Identifier: Apache-2.0
// The checks of a whole manifest: names, activations, and who produces what.
#include <cmath>
#include <set>

#include "models/base/error.h"
#include "models/base/text.h"
#include "models/numeric/format.h"
#include "workloads/trace/layer.h"
#include "workloads/trace/layer_rules.h"
#include "workloads/trace/names.h"

namespace bitloom {

std::string shape_problem(const Shape& shape) {
    if (shape.empty() || shape.size() > static_cast<std::size_t>(max_rank))
        return fmt::format("shape has {} axes: must be 1..{}", shape.size(), max_rank);
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        if (shape[axis] < 1 || shape[axis] > max_axis)
            return fmt::format("shape {}: axis {} = {}: must be 1..{}", to_string(shape), axis,
                               shape[axis], max_axis);
    std::int64_t count = 1;
    for (const std::int64_t size : shape) {
        if (count > max_elements / size)
            return fmt::format("shape {}: too many elements: at most {}", to_string(shape),
                               max_elements);
        count *= size;
    }
    return {};
}

std::string format_problem(const std::string& name, int& bits) {
    // A name this long is no misspelling of any format; do not measure its distance to each.
    if (name.size() > 64) return fmt::format("unknown format {}", shown(name));
    if (const std::string wrong = name_problem(name); !wrong.empty())
        return fmt::format("format {} {}", shown(name), wrong);
    try {
        bits = format(name).bits();
        return {};
    } catch (const Error& error) {
        return error.what();
    }
}

namespace {

class ManifestCheck {
public:
    explicit ManifestCheck(const Manifest& manifest) : manifest_(manifest) {}

    std::vector<std::string> run() {
        check_head();
        for (const auto& [key, activation] : manifest_.activations)
            check_activation(key, activation);
        check_input();
        if (manifest_.layers.empty()) add("layers: none: at least one");
        for (const Layer& layer : manifest_.layers) check_layer(layer);
        if (manifest_.promotion) check_promotion(*manifest_.promotion);
        check_end();
        return std::move(problems_);
    }

private:
    template <class... Args>
    void add(fmt::format_string<Args...> text, Args&&... args) {
        problems_.push_back(fmt::format(text, std::forward<Args>(args)...));
    }

    bool has(const std::string& name) const { return manifest_.activations.contains(name); }

    std::string nearest_activation(const std::string& name) const {
        // A hostile file may miss very many names among very many.
        if (manifest_.activations.size() > 1000) return {};
        std::vector<std::string> names;
        for (const auto& [key, activation] : manifest_.activations) names.push_back(key);
        return did_you_mean(name, names);
    }

    void check_head() {
        if (manifest_.version != 1) add("version = {}: must be 1", manifest_.version);
        check_text("network", manifest_.network);
        check_text("scheme", manifest_.scheme);
        check_accuracy("float_accuracy", manifest_.float_accuracy);
        check_accuracy("quantized_accuracy", manifest_.quantized_accuracy);
        check_text("trained_for", manifest_.trained_for);
        if (manifest_.random_seed && *manifest_.random_seed < 0)
            add("random_seed = {}: must be at least 0", *manifest_.random_seed);
        for (const auto& [key, value] : manifest_.provenance) {
            if (const std::string wrong = name_problem(key); !wrong.empty())
                add("provenance: key {} {}", shown(key), wrong);
            if (!is_utf8(value)) add("provenance: value of {} is not UTF-8", shown(key));
        }
    }

    // Unlike names, these may be empty.
    void check_text(std::string_view what, const std::string& text) {
        if (text.empty()) return;
        if (const std::string wrong = name_problem(text); !wrong.empty())
            add("{}: {} {}", what, shown(text), wrong);
    }

    // Absent is -1 and nothing else, so that a manifest read back is equal.
    void check_accuracy(std::string_view what, double value) {
        if (!(value >= 0.0 && value <= 1.0) && value != -1.0)
            add("{} = {}: must be 0..1, or -1 for absent", what, value);
    }

    void check_activation(const std::string& key, const Activation& activation) {
        if (const std::string wrong = name_problem(key); !wrong.empty())
            add("activations: name {} {}", shown(key), wrong);
        const std::string place = "activation " + shown(key);
        if (activation.name != key)
            add("{}: is named {}: must be named as its key", place, shown(activation.name));
        bool good = true;
        if (const std::string wrong = shape_problem(activation.shape); !wrong.empty()) {
            add("{}: {}", place, wrong);
            good = false;
        }
        int bits = 0;
        if (const std::string wrong = format_problem(activation.format, bits); !wrong.empty()) {
            add("{}: {}", place, wrong);
            good = false;
        } else if (bits > 8 && activation.format != "int16") {
            add("{}: format '{}' has {} bits: must be int16 or a format of at most 8 bits", place,
                activation.format, bits);
            good = false;
        }
        if (!(std::isfinite(activation.scale) && activation.scale > 0.0))
            add("{}: scale = {}: must be finite and > 0", place, activation.scale);
        if (good) usable_.insert(key);
    }

    // What no layer produces comes from outside and is there from the start.
    void check_input() {
        const std::vector<std::string> external = manifest_.external_inputs();
        produced_.insert(external.begin(), external.end());
        if (!has(manifest_.input))
            add("input: activation {} does not exist{}", shown(manifest_.input),
                nearest_activation(manifest_.input));
        else if (!external.empty() && external[0] != manifest_.input)
            add("input: activation {}: must be {}, the first that no layer produces",
                shown(manifest_.input), shown(external[0]));
        else if (external.empty() && !manifest_.layers.empty())
            add("input: activation {}: no layer reads it, or a layer produces it",
                shown(manifest_.input));
    }

    void check_layer(const Layer& layer) {
        const std::string place = "layer " + shown(layer.name);
        if (const std::string wrong = name_problem(layer.name); !wrong.empty())
            add("{}: its name {}", place, wrong);
        else if (!layer_names_.insert(layer.name).second)
            add("{}: is not the only layer of this name: names are unique", place);
        bool usable = true;
        for (const std::string& name : layer.inputs) {
            if (!has(name))
                add("{}: input {} does not exist{}", place, shown(name), nearest_activation(name));
            else if (!produced_.contains(name))
                add("{}: input {} is not produced before this layer", place, shown(name));
            usable = usable && usable_.contains(name);
        }
        if (layer.outputs.empty()) {
            add("{}: outputs: none: at least one", place);
            usable = false;
        }
        for (const std::string& name : layer.outputs) {
            if (!has(name))
                add("{}: output {} does not exist{}", place, shown(name), nearest_activation(name));
            else if (!produced_.insert(name).second)
                add("{}: output {} is already produced: once only", place, shown(name));
            usable = usable && usable_.contains(name);
        }
        check_members(layer, problems_);
        // The rules of the operator would only repeat what is wrong with an activation.
        if (usable) check_operator(manifest_, layer, problems_);
    }

    void check_promotion(const Promotion& promotion) {
        int bits = 0;
        if (const std::string wrong = format_problem(promotion.format, bits); !wrong.empty())
            add("promotion: {}", wrong);
        check_accuracy("promotion: accuracy_before", promotion.accuracy_before);
        std::set<std::string> weighted, named;
        for (const Layer& layer : manifest_.layers)
            if (layer.weights) weighted.insert(layer.name);
        for (const auto& [key, names] :
             {std::pair("by_rule", &promotion.by_rule), std::pair("raised", &promotion.raised)})
            for (const std::string& name : *names) {
                if (!weighted.contains(name))
                    add("promotion: {}: {} is no layer with weights", key, shown(name));
                else if (!named.insert(name).second)
                    add("promotion: {}: {} is named before: each layer once", key, shown(name));
            }
    }

    void check_end() {
        if (!has(manifest_.output))
            add("output: activation {} does not exist{}", shown(manifest_.output),
                nearest_activation(manifest_.output));
        for (const auto& [key, activation] : manifest_.activations)
            if (!produced_.contains(key))
                add("activation {}: no layer reads or produces it", shown(key));
    }

    const Manifest& manifest_;
    std::set<std::string> usable_;    // activations of valid shape and format
    std::set<std::string> produced_;  // so far
    std::set<std::string> layer_names_;
    std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> problems(const Manifest& manifest) {
    return ManifestCheck(manifest).run();
}

}  // namespace bitloom
