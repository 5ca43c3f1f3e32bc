// SPDX-License-Identifier: Apache-2.0
// Computes nodes whose inputs are all constants: the arithmetic of shapes, and transposed weights.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "workloads/import/onnx_importer.h"

namespace bitloom {
namespace {

// A limit against files that make much of little; their own tensors have a limit of their own.
constexpr std::int64_t folded_elements = std::int64_t{1} << 28;

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

std::vector<std::int64_t> all_axes(std::size_t rank) {
    std::vector<std::int64_t> axes(rank);
    std::iota(axes.begin(), axes.end(), std::int64_t{0});
    return axes;
}

}  // namespace

// Counts the steps that a result of that shape takes, before it is allocated. Axes of size 0 count
// as 1: loops run over the others.
void OnnxImporter::charge(const OnnxNode& node, const Shape& shape) {
    std::int64_t steps = 1;
    for (const auto size : shape)
        if (__builtin_mul_overflow(steps, std::max<std::int64_t>(size, 1), &steps) ||
            steps > folded_elements)
            steps = folded_elements + 1;
    computed_ += steps;
    if (computed_ > folded_elements)
        refuse(node,
               "result of shape {}: constants computed from constants have at most {} "
               "elements together",
               to_string(shape), folded_elements);
}

OnnxConstant OnnxImporter::like(const OnnxNode& node, const OnnxConstant& source, Shape shape) {
    charge(node, shape);
    OnnxConstant result;
    result.integer = source.integer;
    result.shape = std::move(shape);
    const auto count = static_cast<std::size_t>(element_count(result.shape));
    source.integer ? result.ints.resize(count) : result.floats.resize(count);
    return result;
}

// TensorProto's number of the type that a Cast makes.
std::int64_t OnnxImporter::cast_target(const OnnxNode& node) const {
    if (graph_.opset >= 6) return node.integer("to", 0);
    static const std::map<std::string, std::int64_t> types{
        {"FLOAT", 1}, {"INT32", 6}, {"INT64", 7}, {"BOOL", 9}, {"DOUBLE", 11}};
    const std::string name = node.text("to", "");
    const auto found = types.find(name);
    if (found == types.end()) refuse(node, "cast to {} is not supported", shown(name));
    return found->second;
}

void OnnxImporter::fold_cast(const OnnxNode& node, OnnxConstant& result) {
    const OnnxConstant& a = constant(node, 0);
    const auto to = cast_target(node);
    const bool integer = to == 6 || to == 7 || to == 9;
    if (!integer && to != 1 && to != 11)
        refuse(node, "cast to element type {} is not supported", to);
    charge(node, a.shape);
    result = a;
    result.integer = integer;
    if (integer && !a.integer) {
        result.floats.clear();
        for (const float v : a.floats) {
            if (!(std::abs(v) < 9.0e18F)) refuse(node, "{} is no integer", v);
            result.ints.push_back(static_cast<std::int64_t>(v));
        }
    } else if (!integer && a.integer) {
        result.ints.clear();
        for (const auto v : a.ints) result.floats.push_back(static_cast<float>(v));
    }
    if (to == 9)
        for (std::size_t i = 0; i < result.ints.size(); ++i) result.ints[i] = a.at(i) != 0.0;
    if (to == 6)
        for (const auto v : result.ints)
            if (v < std::numeric_limits<std::int32_t>::min() ||
                v > std::numeric_limits<std::int32_t>::max())
                refuse(node, "{} does not fit INT32", v);
}

void OnnxImporter::fold_binary(const OnnxNode& node, OnnxConstant& result) {
    const OnnxConstant& a = constant(node, 0);
    const OnnxConstant& b = constant(node, 1);
    if (a.integer != b.integer || (node.op == "Pow" && a.integer))
        refuse(node, "of {} and {} constants is not supported", a.integer ? "integer" : "float",
               b.integer ? "integer" : "float");
    const auto shape = broadcast_shape(a.shape, b.shape);
    if (!shape) refuse(node, "shapes {} and {} do not fit", to_string(a.shape), to_string(b.shape));
    result = like(node, a, *shape);
    for_each_index(*shape, [&](std::size_t i, const std::vector<std::int64_t>& index) {
        const std::size_t x = broadcast_element(a.shape, index),
                          y = broadcast_element(b.shape, index);
        if (a.integer) {
            const auto value = integer_result(node.op, a.ints[x], b.ints[y]);
            if (!value) refuse(node, "division by zero");
            result.ints[i] = *value;
        } else {
            result.floats[i] = float_result(node.op, a.floats[x], b.floats[y]);
        }
    });
}

void OnnxImporter::fold_transpose(const OnnxNode& node, OnnxConstant& result) {
    const OnnxConstant& a = constant(node, 0);
    std::vector<std::int64_t> permutation = node.integers("perm");
    const std::size_t rank = a.shape.size();
    if (permutation.empty()) {
        permutation = all_axes(rank);
        std::reverse(permutation.begin(), permutation.end());
    }
    std::vector<std::int64_t> sorted = permutation;
    std::sort(sorted.begin(), sorted.end());
    if (sorted != all_axes(rank))
        refuse(node, "perm {} is no permutation of {} axes", fmt::join(permutation, ","), rank);
    Shape shape;
    std::vector<std::int64_t> strides(rank, 1);
    for (std::size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * a.shape[i];
    for (const auto p : permutation) shape.push_back(a.shape[static_cast<std::size_t>(p)]);
    result = like(node, a, shape);
    for_each_index(shape, [&](std::size_t i, const std::vector<std::int64_t>& index) {
        std::int64_t source = 0;
        for (std::size_t d = 0; d < rank; ++d)
            source += index[d] * strides[static_cast<std::size_t>(permutation[d])];
        copy_element(a, static_cast<std::size_t>(source), result, i);
    });
}

// Reshape, Squeeze and Unsqueeze.
void OnnxImporter::fold_shape(const OnnxNode& node, OnnxConstant& result) {
    const OnnxConstant& a = constant(node, 0);
    Shape shape = a.shape;
    if (node.op == "Reshape") {
        shape = node.has_input(1) ? integers(node, 1) : node.integers("shape");
        const bool zero_keeps = node.integer("allowzero", 0) == 0;
        std::int64_t known = 1, open = -1;
        for (std::size_t i = 0; i < shape.size(); ++i) {
            auto& size = shape[i];
            if (size == 0 && zero_keeps && i < a.shape.size()) size = a.shape[i];
            if (size == -1 && open < 0)
                open = static_cast<std::int64_t>(i);
            else if (size < 0 || size > folded_elements || (known *= size) > folded_elements)
                refuse(node, "a size of {}", size);
        }
        if (open >= 0 && known > 0)
            shape[static_cast<std::size_t>(open)] = static_cast<std::int64_t>(a.size()) / known;
    } else if (node.op == "Unsqueeze") {
        const std::size_t added =
            (node.has_input(1) ? integers(node, 1) : node.integers("axes")).size();
        for (const auto axis : axes(node, a.shape.size() + added))
            shape.insert(shape.begin() + axis, 1);
    } else {
        auto gone = axes(node, a.shape.size());
        if (gone.empty())
            for (std::size_t i = 0; i < a.shape.size(); ++i)
                if (a.shape[i] == 1) gone.push_back(static_cast<std::int64_t>(i));
        for (std::size_t i = gone.size(); i-- > 0;) shape.erase(shape.begin() + gone[i]);
    }
    for (const auto size : shape)
        if (size < 0) refuse(node, "a size of {}", size);
    if (element_count(shape) != static_cast<std::int64_t>(a.size()))
        refuse(node, "shape {} does not have the {} elements of the constant", to_string(shape),
               a.size());
    charge(node, shape);
    result = a;
    result.shape = std::move(shape);
}

void OnnxImporter::fold_gather(const OnnxNode& node, OnnxConstant& result) {
    const OnnxConstant& a = constant(node, 0);
    const auto indices = integers(node, 1);
    const Shape& index_shape = constant(node, 1).shape;
    const std::size_t along = axis(node, node.integer("axis", 0), a.shape.size());
    const auto at = static_cast<std::ptrdiff_t>(along);
    Shape shape(a.shape.begin(), a.shape.begin() + at);
    shape.insert(shape.end(), index_shape.begin(), index_shape.end());
    shape.insert(shape.end(), a.shape.begin() + at + 1, a.shape.end());
    const std::int64_t size = a.shape[along];
    result = like(node, a, shape);
    const std::int64_t outer = element_count(Shape(a.shape.begin(), a.shape.begin() + at)),
                       inner = element_count(Shape(a.shape.begin() + at + 1, a.shape.end()));
    std::size_t target = 0;
    for (std::int64_t o = 0; o < outer; ++o)
        for (auto index : indices) {
            if (index < -size || index >= size)
                refuse(node, "index {}: must be {}..{}", index, -size, size - 1);
            if (index < 0) index += size;
            for (std::int64_t i = 0; i < inner; ++i)
                copy_element(a, static_cast<std::size_t>((o * size + index) * inner + i), result,
                             target++);
        }
}

void OnnxImporter::fold_concat(const OnnxNode& node, OnnxConstant& result) {
    const OnnxConstant& a = constant(node, 0);
    const std::size_t along = axis(node, node.integer("axis", concat_axis()), a.shape.size());
    Shape shape = a.shape;
    for (std::size_t n = 1; n < node.inputs.size(); ++n) {
        const OnnxConstant& part = constant(node, n);
        Shape fits = part.shape;
        if (fits.size() == shape.size()) fits[along] = shape[along];
        if (fits != shape || part.integer != a.integer)
            refuse(node, "constants of shapes {} and {} do not fit", to_string(a.shape),
                   to_string(part.shape));
        if (__builtin_add_overflow(shape[along], part.shape[along], &shape[along]))
            refuse(node, "an axis of more than 2^63 elements");
    }
    result = like(node, a, shape);
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
}

void OnnxImporter::fold_slice(const OnnxNode& node, OnnxConstant& result) {
    const OnnxConstant& a = constant(node, 0);
    using Numbers = std::vector<std::int64_t>;
    const bool inputs = graph_.opset >= 10;
    const Numbers start = inputs ? integers(node, 1) : node.integers("starts"),
                  end = inputs ? integers(node, 2) : node.integers("ends"),
                  along = !inputs             ? node.integers("axes")
                          : node.has_input(3) ? integers(node, 3)
                                              : Numbers{},
                  step = node.has_input(4) ? integers(node, 4) : Numbers{1};
    const bool first_axis = along.empty() || along == Numbers{0} || along == Numbers{-1};
    if (a.shape.size() != 1 || start.size() != 1 || end.size() != 1 || step != Numbers{1} ||
        !first_axis)
        refuse(node, "of a constant must have one axis and step 1");
    const std::int64_t size = a.shape[0];
    const auto clip = [&](std::int64_t v) {
        return std::clamp(v < 0 ? v + size : v, std::int64_t{0}, size);
    };
    const std::int64_t first = clip(start[0]), last = std::max(first, clip(end[0]));
    result = like(node, a, {last - first});
    for (std::int64_t i = first; i < last; ++i)
        copy_element(a, static_cast<std::size_t>(i), result, static_cast<std::size_t>(i - first));
}

bool OnnxImporter::fold(const OnnxNode& node) {
    for (const auto& name : node.inputs)
        if (!name.empty() && !is_constant(name)) return false;
    if (node.op == "Shape") return false;  // the same for constants and activations: shape_of
    const OnnxConstant& a = constant(node, 0);
    OnnxConstant result;
    const std::string& op = node.op;

    if (op == "Identity" || op == "Dropout") {
        if (op == "Dropout") refuse_training(node);
        charge(node, a.shape);
        result = a;
    } else if (op == "Cast") {
        fold_cast(node, result);
    } else if (op == "Neg" || op == "Sqrt") {
        charge(node, a.shape);
        result = a;
        if (op == "Neg" && a.integer)
            for (auto& v : result.ints)
                v = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(v));
        else if (a.integer)
            refuse(node, "of integers is not supported");
        else
            for (auto& v : result.floats) v = op == "Neg" ? -v : std::sqrt(v);
    } else if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Pow") {
        fold_binary(node, result);
    } else if (op == "ConstantOfShape") {
        for (const auto size : integers(node, 0))
            if (size < 0) refuse(node, "a size of {}: must be 0 or more", size);
        const OnnxConstant* given = node.tensor("value");
        const OnnxConstant value = given ? *given : OnnxConstant{{1}, false, {0.0F}, {}, {}};
        if (!value.problem.empty()) refuse(node, "value: {}", value.problem);
        if (value.size() != 1) refuse(node, "value has {} elements: must be 1", value.size());
        result = like(node, value, a.ints);
        std::fill(result.ints.begin(), result.ints.end(), value.integer ? value.ints[0] : 0);
        std::fill(result.floats.begin(), result.floats.end(),
                  value.integer ? 0.0F : value.floats[0]);
    } else if (op == "Transpose") {
        fold_transpose(node, result);
    } else if (op == "Reshape" || op == "Squeeze" || op == "Unsqueeze") {
        fold_shape(node, result);
    } else if (op == "Gather") {
        fold_gather(node, result);
    } else if (op == "Concat") {
        fold_concat(node, result);
    } else if (op == "Slice") {
        fold_slice(node, result);
    } else {
        refuse(node, "of constants only is not supported");
    }
    graph_.constants[node.outputs.front()] = std::move(result);
    return true;
}

}  // namespace bitloom
