// SPDX-License-Identifier: Apache-2.0
#include "tests/workloads/trace/sample_traces.h"

#include <array>
#include <cmath>

#include "models/base/random.h"
#include "models/numeric/format.h"

namespace bitloom::test {

namespace {

template <class T>
Tensor tensor_of(Shape shape, const std::vector<T>& values) {
    return Tensor::of<T>(tensor_type<T>(), std::move(shape), values);
}

class RandomNetwork {
public:
    explicit RandomNetwork(std::uint64_t seed) : random_(seed, "trace") {}

    TraceParts build() {
        parts_.manifest.network = "random \"net\" \xc3\xa4";  // JSON must escape and keep it
        parts_.manifest.scheme = pick({"ant4", "int8", ""});
        parts_.manifest.provenance = {{"seed", "7"}, {"note", "two\nlines"}};
        const bool image = chance(2);
        const Shape shape =
            image ? Shape{range(1, 9), range(1, 9), range(1, 6)} : Shape{range(1, 6), range(1, 12)};
        parts_.manifest.input = activation("in", shape, chance(2) ? "int16" : code_format());
        here_ = {{parts_.manifest.input}};
        if (chance(3)) dataset(shape);
        if (chance(2)) floats("reference/input", shape);
        const std::int64_t layers = range(1, 12);
        for (std::int64_t i = 0; i < layers; ++i) step(i);
        parts_.manifest.output = here_.front();
        if (chance(2)) parts_.manifest.float_accuracy = random_.uniform(next_++);
        if (chance(2)) parts_.manifest.quantized_accuracy = random_.uniform(next_++);
        return std::move(parts_);
    }

private:
    std::int64_t range(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(
                         random_.below(next_++, static_cast<std::uint64_t>(high - low + 1)));
    }
    bool chance(std::int64_t one_in) { return range(1, one_in) == 1; }
    double real() { return std::exp(8.0 * random_.normal(next_++)); }  // > 0, any magnitude
    std::string pick(std::vector<std::string> from) {
        return from[static_cast<std::size_t>(range(0, static_cast<std::int64_t>(from.size()) - 1))];
    }
    std::string code_format() {
        return pick({"int2", "int3", "uint4", "flint4", "pot4", "int5", "int6", "uint7", "int8",
                     "uint8", "e4m3"});
    }

    std::string activation(const std::string& name, const Shape& shape, const std::string& format) {
        parts_.manifest.activations[name] = {name, shape, format, real()};
        return name;
    }
    const Activation& info(const std::string& name) const {
        return parts_.manifest.activation(name);
    }
    // An encoding of the present result: words for the vector unit, codes for the array, or "".
    std::string encoding(bool words) const {
        for (const std::string& name : here_)
            if ((info(name).format == "int16") == words) return name;
        return {};
    }

    void floats(const std::string& name, const Shape& shape) {
        std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
        for (float& value : values) value = static_cast<float>(random_.normal(next_++));
        parts_.tensors[name] = tensor_of<float>(shape, values);
    }

    void dataset(const Shape& shape) {
        Shape all = {range(1, 3)};
        all.insert(all.end(), shape.begin(), shape.end());
        if (chance(2)) {
            floats("dataset/inputs", all);
        } else {
            std::vector<std::int8_t> values(static_cast<std::size_t>(element_count(all)));
            for (std::int8_t& value : values) value = static_cast<std::int8_t>(range(-128, 127));
            parts_.tensors["dataset/inputs"] = tensor_of<std::int8_t>(all, values);
            parts_.manifest.provenance["dataset_scale"] = "0.0078125";
        }
        std::vector<std::int64_t> labels(static_cast<std::size_t>(all[0]));
        for (std::int64_t& label : labels) label = range(0, 9);
        if (chance(2)) parts_.tensors["dataset/labels"] = tensor_of<std::int64_t>({all[0]}, labels);
    }

    void weights(Layer& layer, Shape shape) {
        Weights weights{layer.name + ".w", std::move(shape), code_format(), {}};
        const Format& type = format(weights.format);
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(element_count(weights.shape)));
        for (std::uint8_t& code : codes) do
                code = static_cast<std::uint8_t>(range(0, type.code_count() - 1));
            while (!std::isfinite(type.value(code)));
        std::vector<std::byte> packed = pack_codes(codes, type.bits());
        parts_.tensors[weights.tensor] = {
            TensorType::u8, {static_cast<std::int64_t>(packed.size())}, packed};
        const std::int64_t channels = weights.shape[0];
        const std::int64_t scales = chance(2) ? 1 : channels;
        for (std::int64_t i = 0; i < scales; ++i) weights.scales.push_back(real());
        layer.weights = weights;
        if (chance(2)) {
            layer.bias = layer.name + ".b";
            std::vector<std::int32_t> bias(static_cast<std::size_t>(channels));
            for (std::int32_t& value : bias)
                value = static_cast<std::int32_t>(range(-99999, 99999));
            parts_.tensors[layer.bias] = tensor_of<std::int32_t>({channels}, bias);
        }
    }

    // Fills in the result's encodings and makes them the present ones.
    void finish(Layer& layer, const Shape& shape, bool moves_codes) {
        layer.working_scale = real();
        if (moves_codes) {
            const Activation from = info(layer.inputs[0]);
            layer.outputs = {activation(layer.name + ".y", shape, from.format)};
            parts_.manifest.activations[layer.outputs[0]].scale = from.scale;
        } else {
            layer.outputs = {activation(layer.name + ".y", shape, "int16")};
            parts_.manifest.activations[layer.outputs[0]].scale = layer.working_scale;
            for (std::int64_t i = range(0, 2); i > 0; --i)
                layer.outputs.push_back(
                    activation(fmt::format("{}.q{}", layer.name, i), shape, code_format()));
            if (chance(3)) layer.clamp_low = -0.0;  // not +0: the sign must survive the file
            if (chance(3)) layer.clamp_high = real();
        }
        if (chance(3)) floats("reference/" + layer.name, shape);
        parts_.manifest.layers.push_back(layer);
        here_ = layer.outputs;
    }

    void window(Layer& layer, const Shape& x, bool pool) {
        Window& w = layer.window;
        w = {range(1, std::min<std::int64_t>(3, x[0])), range(1, std::min<std::int64_t>(3, x[1])),
             range(1, 2), range(1, 2)};
        w.pad_top = range(0, w.kernel_h - 1);
        w.pad_bottom = range(0, w.kernel_h - 1);
        w.pad_left = range(0, w.kernel_w - 1);
        w.pad_right = range(0, w.kernel_w - 1);
        if (!pool && chance(3) && 2 * (w.kernel_h - 1) + 1 <= x[0]) w.dilation_h = 2;
    }

    void step(std::int64_t number) {
        Layer layer;
        layer.name = fmt::format("layer{}", number);
        const std::string codes = encoding(false);
        const std::string words = encoding(true);
        if (!codes.empty() && (words.empty() || chance(2)))
            array_step(layer, codes);
        else
            vector_step(layer, words);
    }

    void array_step(Layer& layer, const std::string& codes) {
        const Shape x = info(codes).shape;
        layer.inputs = {codes};
        if (chance(5)) return move_step(layer, x);
        if (x.size() == 3 && chance(5)) {  // [B,M,K] times its own transpose
            layer.op = Operator::matmul;
            layer.inputs.push_back(codes);
            layer.transpose_b = true;
            layer.multiplier = real();
            return finish(layer, {x[0], x[1], x[1]}, false);
        }
        if (x.size() == 3) {
            layer.op = Operator::conv2d;
            layer.groups = x[2] % 2 == 0 && chance(2) ? 2 : 1;
            window(layer, x, false);
            const Shape y = {layer.window.output_h(x[0]), layer.window.output_w(x[1]),
                             layer.groups * range(1, 3)};
            weights(layer,
                    {y[2], layer.window.kernel_h, layer.window.kernel_w, x[2] / layer.groups});
            return finish(layer, y, false);
        }
        layer.op = Operator::gemm;
        Shape y = x;
        y.back() = range(1, 9);
        weights(layer, {y.back(), x.back()});
        if (y == x && !encoding(true).empty()) layer.inputs.push_back(encoding(true));
        finish(layer, y, false);
    }

    void move_step(Layer& layer, const Shape& x) {
        const bool codes = info(layer.inputs[0]).format != "int16";
        if (chance(3)) {
            layer.op = Operator::reshape;
            return finish(layer, {element_count(x)}, codes);
        }
        if (chance(2)) {
            layer.op = Operator::concat;
            layer.inputs.push_back(layer.inputs[0]);
            Shape y = x;
            y.back() *= 2;
            return finish(layer, y, codes);
        }
        layer.op = Operator::transpose;
        Shape y(x.rbegin(), x.rend());
        for (std::size_t i = x.size(); i > 0; --i)
            layer.permutation.push_back(static_cast<std::int64_t>(i) - 1);
        finish(layer, y, codes);
    }

    void vector_step(Layer& layer, const std::string& words) {
        const Shape x = info(words).shape;
        layer.inputs = {words};
        if (x.size() == 3 && chance(3)) {
            layer.op = chance(2) ? Operator::max_pool : Operator::average_pool;
            window(layer, x, true);
            return finish(layer, {layer.window.output_h(x[0]), layer.window.output_w(x[1]), x[2]},
                          false);
        }
        switch (range(0, 6)) {
            case 0:
                layer.op = Operator::add;
                layer.inputs.push_back(words);
                break;
            case 1: {
                layer.op = Operator::add;
                layer.constant = layer.name + ".c";
                layer.constant_scale = real();
                std::vector<std::int16_t> values(static_cast<std::size_t>(element_count(x)));
                for (auto& value : values) value = static_cast<std::int16_t>(range(-32768, 32767));
                parts_.tensors[layer.constant] = tensor_of<std::int16_t>(x, values);
                break;
            }
            case 2:
                layer.op = Operator::clamp;
                break;
            case 3:
                layer.op = Operator::softmax;
                break;
            case 4:
                layer.op = Operator::layer_norm;
                layer.gamma = layer.name + ".gamma";
                layer.beta = layer.name + ".beta";
                floats(layer.gamma, {x.back()});
                floats(layer.beta, {x.back()});
                if (chance(2)) layer.epsilon = real();
                break;
            case 5:
                layer.op = Operator::gelu;
                layer.tanh_form = chance(2);
                break;
            default:
                return move_step(layer, x);
        }
        finish(layer, x, false);
    }

    RandomStream random_;
    std::uint64_t next_ = 0;
    TraceParts parts_;
    std::vector<std::string> here_;  // encodings of the present result
};

}  // namespace

TraceParts small_parts() {
    TraceParts parts;
    Manifest& m = parts.manifest;
    m.network = "small";
    m.scheme = "ant4";
    m.input = "x";
    m.output = "y";
    m.activations["x"] = {"x", {3}, "int8", 0.5};
    m.activations["y"] = {"y", {2}, "int16", 0.25};
    Layer fc;
    fc.name = "fc";
    fc.op = Operator::gemm;
    fc.inputs = {"x"};
    fc.outputs = {"y"};
    fc.weights = Weights{"fc.w", {2, 3}, "flint4", {0.125, 0.1}};
    fc.bias = "fc.b";
    fc.clamp_low = 0.0;
    fc.working_scale = 0.25;
    m.layers = {fc};
    m.float_accuracy = 1.0;
    m.provenance = {{"source", "test"}};
    const std::vector<std::uint8_t> codes = {1, 2, 3, 15, 14, 0};
    parts.tensors["fc.w"] = {TensorType::u8, {3}, pack_codes(codes, 4)};
    parts.tensors["fc.b"] = tensor_of<std::int32_t>({2}, {-7, 1000000});
    parts.tensors["dataset/inputs"] =
        tensor_of<float>({2, 3}, {0.5f, -1.0f, 2.0f, 0.0f, 1.5f, 3.0f});
    parts.tensors["dataset/labels"] = tensor_of<std::int64_t>({2}, {1, 0});
    parts.tensors["reference/input"] = tensor_of<float>({3}, {0.5f, -1.0f, 2.0f});
    parts.tensors["reference/fc"] = tensor_of<float>({2}, {0.0f, 1.25f});
    return parts;
}

TraceParts random_parts(std::uint64_t seed) {
    return RandomNetwork(seed).build();
}

}  // namespace bitloom::test
