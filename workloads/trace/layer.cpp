// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/layer.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "models/base/error.h"
#include "models/base/text.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

constexpr std::array<std::pair<Operator, std::string_view>, 13> operators = {{
    {Operator::conv2d, "conv2d"},
    {Operator::gemm, "gemm"},
    {Operator::matmul, "matmul"},
    {Operator::add, "add"},
    {Operator::clamp, "clamp"},
    {Operator::max_pool, "max_pool"},
    {Operator::average_pool, "average_pool"},
    {Operator::softmax, "softmax"},
    {Operator::layer_norm, "layer_norm"},
    {Operator::gelu, "gelu"},
    {Operator::transpose, "transpose"},
    {Operator::reshape, "reshape"},
    {Operator::concat, "concat"},
}};

std::int64_t window_steps(std::int64_t padded, std::int64_t kernel, std::int64_t stride,
                          std::int64_t dilation) {
    BITLOOM_CHECK(stride >= 1, "the stride {} of a window is at least 1", stride);
    const std::int64_t extent = dilation * (kernel - 1) + 1;
    return padded < extent ? 0 : (padded - extent) / stride + 1;
}

}  // namespace

std::int64_t element_count(const Shape& shape) {
    std::int64_t count = 1;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (shape[axis] < 0)
            fail("shape {}: axis {} = {}: must be >= 0", to_string(shape), axis, shape[axis]);
        if (__builtin_mul_overflow(count, shape[axis], &count))
            fail("shape {}: too many elements: at most {}", to_string(shape),
                 std::numeric_limits<std::int64_t>::max());
    }
    return count;
}

std::string to_string(const Shape& shape) {
    return shape.empty() ? std::string("scalar") : fmt::format("{}", fmt::join(shape, "x"));
}

std::string_view to_string(Operator op) {
    for (const auto& [value, name] : operators)
        if (value == op) return name;
    check_failed(__FILE__, __LINE__, "every operator has a name");
}

Operator operator_from_string(std::string_view name) {
    std::vector<std::string> names;
    for (const auto& [value, known] : operators) {
        if (known == name) return value;
        names.emplace_back(known);
    }
    fail("unknown operator {}{}; known: {}", shown(name), did_you_mean(name, names),
         fmt::join(names, " "));
}

bool has_window(Operator op) {
    return op == Operator::conv2d || op == Operator::max_pool || op == Operator::average_pool;
}

bool has_weights(Operator op) {
    return op == Operator::conv2d || op == Operator::gemm;
}

std::int64_t Window::output_h(std::int64_t input_h) const {
    return window_steps(input_h + pad_top + pad_bottom, kernel_h, stride_h, dilation_h);
}

std::int64_t Window::output_w(std::int64_t input_w) const {
    return window_steps(input_w + pad_left + pad_right, kernel_w, stride_w, dilation_w);
}

const Activation& Manifest::activation(std::string_view name) const {
    const auto found = activations.find(std::string(name));
    if (found == activations.end()) {
        std::vector<std::string> names;
        for (const auto& [known, activation] : activations) names.push_back(known);
        fail("network {}: unknown activation {}{}", shown(network), shown(name),
             did_you_mean(name, names));
    }
    return found->second;
}

const Layer* Manifest::find_layer(std::string_view name) const {
    const auto found = std::find_if(layers.begin(), layers.end(),
                                    [name](const Layer& layer) { return layer.name == name; });
    return found == layers.end() ? nullptr : &*found;
}

std::vector<std::string> Manifest::external_inputs() const {
    std::set<std::string> known;  // produced by some layer, or listed already
    for (const Layer& layer : layers) known.insert(layer.outputs.begin(), layer.outputs.end());
    std::vector<std::string> result;
    for (const Layer& layer : layers)
        for (const std::string& name : layer.inputs)
            if (known.insert(name).second) result.push_back(name);
    return result;
}

GemmShape gemm_shape(const Manifest& manifest, const Layer& layer) {
    GemmShape gemm;
    switch (layer.op) {
        case Operator::conv2d: {
            const Shape& result = manifest.activation(layer.outputs.at(0)).shape;
            const Shape& weights = layer.weights.value().shape;
            gemm.count = layer.groups;
            gemm.m = result.at(0) * result.at(1);
            gemm.n = weights.at(0) / layer.groups;
            gemm.k = weights.at(1) * weights.at(2) * weights.at(3);
            return gemm;
        }
        case Operator::gemm: {
            const Shape& input = manifest.activation(layer.inputs.at(0)).shape;
            const Shape& weights = layer.weights.value().shape;
            gemm.m = input.size() == 1 ? 1 : input.at(0);
            gemm.n = weights.at(0);
            gemm.k = weights.at(1);
            return gemm;
        }
        case Operator::matmul: {
            const Shape& a = manifest.activation(layer.inputs.at(0)).shape;
            const Shape& result = manifest.activation(layer.outputs.at(0)).shape;
            gemm.count = element_count(Shape(a.begin(), a.end() - 2));
            gemm.m = a.at(a.size() - 2);
            gemm.k = a.back();
            gemm.n = result.back();
            return gemm;
        }
        default:
            fail("layer {}: operator '{}' is not a GEMM: must be conv2d, gemm or matmul",
                 shown(layer.name), to_string(layer.op));
    }
}

}  // namespace bitloom
