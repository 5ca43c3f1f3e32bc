// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/trace_checks.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include <fmt/ranges.h>

#include "models/base/error.h"
#include "models/base/text.h"
#include "models/numeric/format.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

class TensorCheck {
public:
    TensorCheck(const Manifest& manifest, const TensorViews& tensors, const std::string& file)
        : manifest_(manifest),
          tensors_(tensors),
          file_(file),
          shape_only_(is_shape_only(manifest)) {}

    void run() {
        for (const Layer& layer : manifest_.layers) {
            const Shape& result = manifest_.activation(layer.outputs[0]).shape;
            const Shape features = {result.back()};
            if (layer.weights && !layer.weights->tensor.empty()) check_weights(layer);
            used_by(layer, "bias", layer.bias, TensorType::i32, features);
            used_by(layer, "constant", layer.constant, TensorType::i16, result);
            if (layer.op == Operator::layer_norm && layer.gamma.empty() && !shape_only_)
                fail(
                    "{}: layer {}: gamma and beta have no tensor: only a shape-only trace may "
                    "leave "
                    "them out",
                    file_, shown(layer.name));
            used_by(layer, "gamma", layer.gamma, TensorType::f32, features);
            used_by(layer, "beta", layer.beta, TensorType::f32, features);
            optional("reference/" + layer.name, result);
        }
        optional("reference/input", manifest_.activation(manifest_.input).shape);
        check_dataset();
        for (const auto& [name, view] : tensors_) {
            if (!known_.contains(name)) unknown(name);
            if (view.type == TensorType::f32) check_finite(name, view);
        }
    }

private:
    template <class... Args>
    [[noreturn]] void wrong(std::string_view name, fmt::format_string<Args...> text,
                            Args&&... args) const {
        fail("{}: tensor {}: {}", file_, shown(name),
             fmt::format(text, std::forward<Args>(args)...));
    }

    const TensorView* find(const std::string& name) {
        known_.insert(name);
        const auto found = tensors_.find(name);
        return found == tensors_.end() ? nullptr : &found->second;
    }

    void check_type(const std::string& name, const TensorView& view, TensorType type,
                    const Shape& shape) const {
        if (view.type != type)
            wrong(name, "has type {}: must be {}", to_string(view.type), to_string(type));
        if (view.shape != shape)
            wrong(name, "has shape {}: must be {}", to_string(view.shape), to_string(shape));
    }

    void used_by(const Layer& layer, std::string_view use, const std::string& name, TensorType type,
                 const Shape& shape) {
        if (name.empty()) return;
        if (const TensorView* view = find(name))
            check_type(name, *view, type, shape);
        else if (!shape_only_)
            wrong(name, "is missing: layer {} names it as its {}", shown(layer.name), use);
    }

    void optional(const std::string& name, const Shape& shape) {
        if (const TensorView* view = find(name)) check_type(name, *view, TensorType::f32, shape);
    }

    void check_weights(const Layer& layer) {
        const Weights& weights = *layer.weights;
        const TensorView* view = find(weights.tensor);
        if (view == nullptr)
            wrong(weights.tensor, "is missing: layer {} names it as its weights",
                  shown(layer.name));
        const Format& type = format(weights.format);
        const std::int64_t count = element_count(weights.shape);
        const std::int64_t size = packed_size(count, type.bits());
        if (view->type != TensorType::u8)
            wrong(weights.tensor, "has type {}: must be U8", to_string(view->type));
        if (view->shape != Shape{size})
            wrong(weights.tensor, "has shape {}: must be {} ({} codes of {} bits)",
                  to_string(view->shape), size, count, type.bits());
        const int used = static_cast<int>(count % 8 * type.bits() % 8);  // bits of the last byte
        if (used != 0 && std::to_integer<unsigned>(view->bytes.back()) >> used != 0)
            wrong(weights.tensor, "the last byte is 0x{:02x}: must be 0 beyond its lowest {} bits",
                  std::to_integer<unsigned>(view->bytes.back()), used);
        check_codes(weights, type, *view, count);
    }

    // A NaN or an infinity among weights is no number to multiply with.
    void check_codes(const Weights& weights, const Format& type, const TensorView& view,
                     std::int64_t count) const {
        const std::span<const double> values = type.table();
        if (std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
            return;
        const std::vector<std::uint8_t> codes = unpack_codes(view.bytes, type.bits(), count);
        for (std::size_t i = 0; i < codes.size(); ++i)
            if (!std::isfinite(values[codes[i]]))
                wrong(weights.tensor,
                      "element {} has code {}: is {} in format '{}': must be finite", i, codes[i],
                      std::isnan(values[codes[i]]) ? "NaN" : "infinite", type.name());
    }

    void check_dataset() {
        const TensorView* inputs = find("dataset/inputs");
        const TensorView* labels = find("dataset/labels");
        if (inputs == nullptr) {
            if (labels != nullptr)
                wrong("dataset/labels", "stands alone: dataset/inputs is missing");
            return;
        }
        Shape expected = manifest_.activation(manifest_.input).shape;
        if (inputs->type != TensorType::f32 && inputs->type != TensorType::i8)
            wrong("dataset/inputs", "has type {}: must be F32 or I8", to_string(inputs->type));
        if (inputs->shape.size() != expected.size() + 1 || inputs->shape[0] < 1 ||
            !std::equal(expected.begin(), expected.end(), inputs->shape.begin() + 1))
            wrong("dataset/inputs", "has shape {}: must be Nx{} with N >= 1",
                  to_string(inputs->shape), to_string(expected));
        if (inputs->type == TensorType::i8) check_dataset_scale();
        if (labels == nullptr) return;
        check_type("dataset/labels", *labels, TensorType::i64, {inputs->shape[0]});
        const std::span<const std::int64_t> values = labels->as<std::int64_t>();
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] < 0)
                wrong("dataset/labels", "element {} = {}: must be >= 0", i, values[i]);
    }

    void check_dataset_scale() const {
        const auto found = manifest_.provenance.find("dataset_scale");
        if (found == manifest_.provenance.end())
            fail("{}: manifest: provenance: key 'dataset_scale' is missing: dataset/inputs is I8",
                 file_);
        const std::string& text = found->second;
        double scale = 0.0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), scale);
        if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(scale) ||
            scale <= 0.0)
            fail("{}: manifest: provenance: dataset_scale = {}: must be a number > 0", file_,
                 shown(text));
    }

    void check_finite(const std::string& name, const TensorView& view) const {
        const std::span<const float> values = view.as<float>();
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!std::isfinite(values[i]))
                wrong(name, "element {} = {}: must be finite", i, values[i]);
    }

    [[noreturn]] void unknown(const std::string& name) const {
        const std::vector<std::string> names(known_.begin(), known_.end());
        wrong(name, "is not one that the manifest names or a trace may have{}",
              did_you_mean(name, names));
    }

    const Manifest& manifest_;
    const TensorViews& tensors_;
    const std::string& file_;
    const bool shape_only_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace

void require_valid(const Manifest& manifest, const std::string& file) {
    constexpr std::size_t most = 8;
    std::vector<std::string> found = problems(manifest);
    if (found.empty()) return;
    const std::size_t hidden = found.size() > most ? found.size() - most : 0;
    found.resize(found.size() - hidden);
    fail("{}: manifest: {}{}", file, fmt::join(found, "; "),
         hidden == 0 ? std::string() : fmt::format("; and {} more", hidden));
}

bool is_shape_only(const Manifest& manifest) {
    return std::any_of(manifest.layers.begin(), manifest.layers.end(), [](const Layer& layer) {
        return layer.weights && layer.weights->tensor.empty();
    });
}

void check_tensors(const Manifest& manifest, const TensorViews& tensors, const std::string& file) {
    TensorCheck(manifest, tensors, file).run();
}

}  // namespace bitloom
