// SPDX-License-Identifier: Apache-2.0
// Computes nodes whose inputs are all constants: the arithmetic of shapes, and transposed weights.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "workloads/import/onnx_importer.h"

namespace bitloom {
namespace {

constexpr std::int64_t folded_elements = std::int64_t{1} << 28;  // a limit against hostile files

OnnxConstant like(const OnnxConstant& source, Shape shape) {
    OnnxConstant result;
    result.integer = source.integer;
    result.shape = std::move(shape);
    const auto count = static_cast<std::size_t>(element_count(result.shape));
    source.integer ? result.ints.resize(count) : result.floats.resize(count);
    return result;
}

void copy_element(const OnnxConstant& from, std::size_t source, OnnxConstant& to,
                  std::size_t target) {
    if (to.integer)
        to.ints[target] = from.ints[source];
    else
        to.floats[target] = from.floats[source];
}

// Calls visit(element of the result, index of the result) in C order.
template <class Visit>
void for_each_index(const Shape& shape, Visit visit) {
    std::vector<std::int64_t> index(shape.size(), 0);
    const std::int64_t count = element_count(shape);
    for (std::int64_t i = 0; i < count; ++i) {
        visit(static_cast<std::size_t>(i), index);
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            if (++index[axis] < shape[axis]) break;
            index[axis] = 0;
        }
    }
}

// Element of `source` at the trailing axes of `index`, where axes of size 1 repeat.
std::size_t broadcast_element(const Shape& source, const std::vector<std::int64_t>& index) {
    std::int64_t element = 0;
    const std::size_t skip = index.size() - source.size();
    for (std::size_t axis = 0; axis < source.size(); ++axis)
        element = element * source[axis] + (source[axis] == 1 ? 0 : index[axis + skip]);
    return static_cast<std::size_t>(element);
}

std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b) {
    Shape result(std::max(a.size(), b.size()), 1);
    for (const Shape* shape : {&a, &b})
        for (std::size_t back = 1; back <= shape->size(); ++back) {
            const std::int64_t size = (*shape)[shape->size() - back];
            std::int64_t& target = result[result.size() - back];
            if (size != 1 && target != 1 && target != size) return std::nullopt;
            if (size != 1) target = size;
        }
    return result;
}

// Two's complement wrap-around, as ONNX runtimes do, without the undefined behaviour of C++.
std::optional<std::int64_t> integer_result(const std::string& op, std::int64_t a, std::int64_t b) {
    const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
    if (op == "Add") return static_cast<std::int64_t>(x + y);
    if (op == "Sub") return static_cast<std::int64_t>(x - y);
    if (op == "Mul") return static_cast<std::int64_t>(x * y);
    if (op == "Div" && b != 0 && b != -1) return a / b;
    if (op == "Div" && b == -1) return static_cast<std::int64_t>(0 - x);
    return std::nullopt;
}

float float_result(const std::string& op, float a, float b) {
    if (op == "Add") return a + b;
    if (op == "Sub") return a - b;
    if (op == "Mul") return a * b;
    if (op == "Div") return a / b;
    return std::pow(a, b);
}

}  // namespace

bool OnnxImporter::fold(const OnnxNode& node) {
    for (const auto& name : node.inputs)
        if (!name.empty() && !is_constant(name)) return false;
    const OnnxConstant& a = constant(node, 0);
    OnnxConstant result;
    const std::string& op = node.op;

    if (op == "Identity" || op == "Dropout") {
        result = a;
    } else if (op == "Cast") {
        const auto to =
            node.integer("to", 0);  // TensorProto: 1 FLOAT, 11 DOUBLE, 6 INT32, 7 INT64, 9 BOOL
        const bool integer = to == 6 || to == 7 || to == 9;
        if (!integer && to != 1 && to != 11)
            refuse(node, "cast to element type {} is not supported", to);
        result = a;
        result.integer = integer;
        if (integer && !a.integer) {
            result.floats.clear();
            for (const float v : a.floats) {
                if (!(std::abs(v) < 9.0e18F)) refuse(node, "{} is no integer", v);
                result.ints.push_back(to == 9 ? (v != 0.0F) : static_cast<std::int64_t>(v));
            }
        } else if (!integer && a.integer) {
            result.ints.clear();
            for (const auto v : a.ints) result.floats.push_back(static_cast<float>(v));
        }
    } else if (op == "Neg" || op == "Sqrt") {
        result = a;
        if (op == "Neg" && a.integer)
            for (auto& v : result.ints)
                v = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(v));
        else if (a.integer)
            refuse(node, "of integers is not supported");
        else
            for (auto& v : result.floats) v = op == "Neg" ? -v : std::sqrt(v);
    } else if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Pow") {
        const OnnxConstant& b = constant(node, 1);
        if (a.integer != b.integer || (op == "Pow" && a.integer))
            refuse(node, "of {} and {} constants is not supported", a.integer ? "integer" : "float",
                   b.integer ? "integer" : "float");
        const auto shape = broadcast_shape(a.shape, b.shape);
        if (!shape)
            refuse(node, "shapes {} and {} do not fit", to_string(a.shape), to_string(b.shape));
        if (element_count(*shape) > folded_elements)
            refuse(node, "result of shape {} is too large", to_string(*shape));
        result = like(a, *shape);
        for_each_index(*shape, [&](std::size_t i, const std::vector<std::int64_t>& index) {
            const std::size_t x = broadcast_element(a.shape, index),
                              y = broadcast_element(b.shape, index);
            if (a.integer) {
                const auto value = integer_result(op, a.ints[x], b.ints[y]);
                if (!value) refuse(node, "division by zero");
                result.ints[i] = *value;
            } else {
                result.floats[i] = float_result(op, a.floats[x], b.floats[y]);
            }
        });
    } else if (op == "ConstantOfShape") {
        for (const auto size : integers(node, 0))
            if (size < 0) refuse(node, "a size of {}: must be 0 or more", size);
        const auto found = node.attributes.find("value");
        OnnxConstant value;
        if (found != node.attributes.end() && !found->second.tensor.empty())
            value = found->second.tensor.front();
        else
            value = {{1}, false, {0.0F}, {}};
        if (value.size() != 1) refuse(node, "value has {} elements: must be 1", value.size());
        if (element_count(a.ints) > folded_elements)
            refuse(node, "result of shape {} is too large", to_string(a.ints));
        result = like(value, a.ints);
        std::fill(result.ints.begin(), result.ints.end(), value.integer ? value.ints[0] : 0);
        std::fill(result.floats.begin(), result.floats.end(),
                  value.integer ? 0.0F : value.floats[0]);
    } else if (op == "Transpose") {
        std::vector<std::int64_t> permutation = node.integers("perm");
        const std::size_t rank = a.shape.size();
        if (permutation.empty())
            for (std::size_t i = rank; i-- > 0;)
                permutation.push_back(static_cast<std::int64_t>(i));
        std::vector<std::int64_t> sorted = permutation, all(rank);
        std::sort(sorted.begin(), sorted.end());
        std::iota(all.begin(), all.end(), std::int64_t{0});
        if (sorted != all)
            refuse(node, "perm {} is no permutation of {} axes", fmt::join(permutation, ","), rank);
        Shape shape;
        std::vector<std::int64_t> strides(rank, 1);
        for (std::size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * a.shape[i];
        for (const auto p : permutation) shape.push_back(a.shape[static_cast<std::size_t>(p)]);
        result = like(a, shape);
        for_each_index(shape, [&](std::size_t i, const std::vector<std::int64_t>& index) {
            std::int64_t source = 0;
            for (std::size_t d = 0; d < rank; ++d)
                source += index[d] * strides[static_cast<std::size_t>(permutation[d])];
            copy_element(a, static_cast<std::size_t>(source), result, i);
        });
    } else if (op == "Reshape" || op == "Squeeze" || op == "Unsqueeze" || op == "Flatten") {
        result = a;
        if (op == "Reshape") {
            result.shape = integers(node, 1);
            std::int64_t known = 1, open = -1;
            for (std::size_t i = 0; i < result.shape.size(); ++i) {
                auto& size = result.shape[i];
                if (size == 0 && i < a.shape.size()) size = a.shape[i];
                if (size == -1 && open < 0)
                    open = static_cast<std::int64_t>(i);
                else if (size < 0 || size > folded_elements || (known *= size) > folded_elements)
                    refuse(node, "a size of {}", size);
            }
            if (open >= 0 && known > 0)
                result.shape[static_cast<std::size_t>(open)] =
                    static_cast<std::int64_t>(a.size()) / known;
        } else if (op == "Flatten") {
            refuse(node, "of a constant is not supported");
        } else if (op == "Unsqueeze") {
            const std::size_t added =
                (node.has_input(1) ? integers(node, 1) : node.integers("axes")).size();
            for (const auto axis : axes(node, a.shape.size() + added))
                result.shape.insert(result.shape.begin() + axis, 1);
        } else {
            auto gone = axes(node, a.shape.size());
            if (gone.empty())
                for (std::size_t i = 0; i < a.shape.size(); ++i)
                    if (a.shape[i] == 1) gone.push_back(static_cast<std::int64_t>(i));
            for (std::size_t i = gone.size(); i-- > 0;)
                result.shape.erase(result.shape.begin() + gone[i]);
        }
        for (const auto size : result.shape)
            if (size < 0) refuse(node, "a size of {}", size);
        if (element_count(result.shape) != static_cast<std::int64_t>(a.size()))
            refuse(node, "shape {} does not have the {} elements of the constant",
                   to_string(result.shape), a.size());
    } else if (op == "Gather") {
        const auto indices = integers(node, 1);
        const Shape& index_shape = constant(node, 1).shape;
        const std::size_t along = axis(node, node.integer("axis", 0), a.shape.size());
        Shape shape(a.shape.begin(), a.shape.begin() + static_cast<std::ptrdiff_t>(along));
        shape.insert(shape.end(), index_shape.begin(), index_shape.end());
        shape.insert(shape.end(), a.shape.begin() + static_cast<std::ptrdiff_t>(along) + 1,
                     a.shape.end());
        const std::int64_t size = a.shape[along];
        std::int64_t inner = 1, outer = 1;
        for (std::size_t i = 0; i < a.shape.size(); ++i)
            if (i != along) (i < along ? outer : inner) *= a.shape[i];
        if (element_count(shape) > folded_elements)
            refuse(node, "result of shape {} is too large", to_string(shape));
        result = like(a, shape);
        std::size_t target = 0;
        for (std::int64_t o = 0; o < outer; ++o)
            for (auto index : indices) {
                if (index < -size || index >= size)
                    refuse(node, "index {}: must be {}..{}", index, -size, size - 1);
                if (index < 0) index += size;
                for (std::int64_t i = 0; i < inner; ++i)
                    copy_element(a, static_cast<std::size_t>((o * size + index) * inner + i),
                                 result, target++);
            }
    } else if (op == "Concat") {
        const std::size_t along = axis(node, node.integer("axis", 0), a.shape.size());
        Shape shape = a.shape;
        for (std::size_t n = 1; n < node.inputs.size(); ++n) {
            const OnnxConstant& part = constant(node, n);
            Shape fits = part.shape;
            if (fits.size() == shape.size()) fits[along] = shape[along];
            if (fits != shape || part.integer != a.integer)
                refuse(node, "constants of shapes {} and {} do not fit", to_string(a.shape),
                       to_string(part.shape));
            shape[along] += part.shape[along];
        }
        if (element_count(shape) > folded_elements)
            refuse(node, "result of shape {} is too large", to_string(shape));
        result = like(a, shape);
        std::int64_t start = 0;
        for (std::size_t n = 0; n < node.inputs.size(); ++n) {
            const OnnxConstant& part = constant(node, n);
            for_each_index(part.shape, [&](std::size_t i, const std::vector<std::int64_t>& index) {
                std::int64_t target = 0;
                for (std::size_t d = 0; d < shape.size(); ++d)
                    target = target * shape[d] + index[d] + (d == along ? start : 0);
                copy_element(part, i, result, static_cast<std::size_t>(target));
            });
            start += part.shape[along];
        }
    } else if (op == "Slice" && a.shape.size() == 1) {
        const auto start = integers(node, 1), end = integers(node, 2);
        const auto step = node.has_input(4) ? integers(node, 4) : std::vector<std::int64_t>{1};
        if (start.size() != 1 || end.size() != 1 || step != std::vector<std::int64_t>{1})
            refuse(node, "of a constant must have one axis and step 1");
        const std::int64_t size = a.shape[0];
        const auto clip = [&](std::int64_t v) {
            return std::clamp(v < 0 ? v + size : v, std::int64_t{0}, size);
        };
        const std::int64_t first = clip(start[0]), last = std::max(first, clip(end[0]));
        result = like(a, {last - first});
        for (std::int64_t i = first; i < last; ++i)
            copy_element(a, static_cast<std::size_t>(i), result,
                         static_cast<std::size_t>(i - first));
    } else if (op == "Shape") {
        return false;  // the same for constants and activations: shape_of
    } else {
        refuse(node, "of constants only is not supported");
    }
    graph_.constants[node.outputs.front()] = std::move(result);
    return true;
}

}  // namespace bitloom
