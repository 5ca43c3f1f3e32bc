// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/io/coded_stream.h>
#include <onnx/onnx.pb.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <set>

#include "models/base/output_file.h"
#include "workloads/import/onnx_graph.h"

namespace bitloom {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data of ONNX is little-endian");

template <class Stored, class Target>
void take_raw(const std::string& raw, std::vector<Target>& target) {
    for (std::size_t i = 0; i < target.size(); ++i) {
        Stored value;
        std::memcpy(&value, raw.data() + i * sizeof(Stored), sizeof(Stored));
        target[i] = static_cast<Target>(value);
    }
}

template <class Field, class Target>
void take_field(const Field& field, std::vector<Target>& target) {
    std::transform(field.begin(), field.end(), target.begin(),
                   [](auto v) { return static_cast<Target>(v); });
}

OnnxConstant read_tensor(const std::string& file, const std::string& name,
                         const onnx::TensorProto& tensor) {
    using Proto = onnx::TensorProto;
    OnnxConstant result;
    for (const auto size : tensor.dims()) {
        if (size < 0) fail("{}: tensor '{}': a size of {}: must be 0 or more", file, name, size);
        result.shape.push_back(size);
    }
    if (tensor.data_location() == Proto::EXTERNAL || tensor.external_data_size() > 0)
        fail("{}: tensor '{}': data in another file: must be in this one", file, name);
    std::int64_t count = 0;
    try {
        count = element_count(result.shape);
    } catch (const Error&) {
        fail("{}: tensor '{}': shape has more elements than a file can hold", file, name);
    }
    const bool raw = tensor.has_raw_data();
    std::int64_t width = 0, held = 0;
    switch (tensor.data_type()) {
        case Proto::FLOAT:
            width = 4, held = tensor.float_data_size();
            break;
        case Proto::DOUBLE:
            width = 8, held = tensor.double_data_size();
            break;
        case Proto::INT64:
            width = 8, held = tensor.int64_data_size();
            break;
        case Proto::INT32:
            width = 4, held = tensor.int32_data_size();
            break;
        case Proto::BOOL:
            width = 1, held = tensor.int32_data_size();
            break;
        default:
            fail("{}: tensor '{}': element type {}: must be FLOAT, DOUBLE, INT32, INT64 or BOOL",
                 file, name,
                 Proto::DataType_IsValid(tensor.data_type())
                     ? Proto::DataType_Name(static_cast<Proto::DataType>(tensor.data_type()))
                     : std::to_string(tensor.data_type()));
    }
    if (raw) {
        const auto bytes = static_cast<std::int64_t>(tensor.raw_data().size());
        if (bytes % width != 0 || bytes / width != count)
            fail("{}: tensor '{}': {} bytes of data: shape {} needs {} elements of {} bytes", file,
                 name, bytes, to_string(result.shape), count, width);
    } else if (held != count) {
        fail("{}: tensor '{}': {} values: shape {} needs {}", file, name, held,
             to_string(result.shape), count);
    }
    result.integer = tensor.data_type() != Proto::FLOAT && tensor.data_type() != Proto::DOUBLE;
    (result.integer ? result.ints.resize(static_cast<std::size_t>(count))
                    : result.floats.resize(static_cast<std::size_t>(count)));
    switch (tensor.data_type()) {
        case Proto::FLOAT:
            raw ? take_raw<float>(tensor.raw_data(), result.floats)
                : take_field(tensor.float_data(), result.floats);
            break;
        case Proto::DOUBLE:
            raw ? take_raw<double>(tensor.raw_data(), result.floats)
                : take_field(tensor.double_data(), result.floats);
            break;
        case Proto::INT64:
            raw ? take_raw<std::int64_t>(tensor.raw_data(), result.ints)
                : take_field(tensor.int64_data(), result.ints);
            break;
        case Proto::INT32:
            raw ? take_raw<std::int32_t>(tensor.raw_data(), result.ints)
                : take_field(tensor.int32_data(), result.ints);
            break;
        default:
            raw ? take_raw<std::uint8_t>(tensor.raw_data(), result.ints)
                : take_field(tensor.int32_data(), result.ints);
    }
    return result;
}

OnnxAttribute read_attribute(const std::string& file, const std::string& node,
                             const onnx::AttributeProto& source) {
    OnnxAttribute result;
    using Proto = onnx::AttributeProto;
    switch (source.type()) {
        case Proto::INT:
            result.ints = {source.i()};
            break;
        case Proto::INTS:
            result.ints.assign(source.ints().begin(), source.ints().end());
            break;
        case Proto::FLOAT:
            result.floats = {source.f()};
            break;
        case Proto::FLOATS:
            result.floats.assign(source.floats().begin(), source.floats().end());
            break;
        case Proto::STRING:
            result.text = source.s();
            break;
        case Proto::TENSOR:
            result.tensor.push_back(
                read_tensor(file, fmt::format("{} of node {}", source.name(), node), source.t()));
            break;
        default:
            break;  // of no operator that is known here; such a node is refused by its operator
    }
    return result;
}

// The value of a Constant node, in any of its attribute forms.
OnnxConstant constant_value(const OnnxGraph& graph, const OnnxNode& node) {
    OnnxConstant result;
    const auto take = [&](const char* name) -> const OnnxAttribute* {
        const auto found = node.attributes.find(name);
        return found == node.attributes.end() ? nullptr : &found->second;
    };
    if (const auto* a = take("value"); a && !a->tensor.empty()) return a->tensor.front();
    for (const char* name : {"value_int", "value_ints"})
        if (const auto* a = take(name)) {
            result.integer = true;
            result.ints = a->ints;
            if (std::string_view(name) == "value_ints")
                result.shape = {static_cast<std::int64_t>(a->ints.size())};
            return result;
        }
    for (const char* name : {"value_float", "value_floats"})
        if (const auto* a = take(name)) {
            result.floats = a->floats;
            if (std::string_view(name) == "value_floats")
                result.shape = {static_cast<std::int64_t>(a->floats.size())};
            return result;
        }
    graph.refuse(node, "has no numeric value");
}

OnnxInput read_input(const onnx::ValueInfoProto& source) {
    OnnxInput input{source.name(), {}, false};
    if (source.type().has_tensor_type() && source.type().tensor_type().has_shape()) {
        input.has_shape = true;
        for (const auto& dim : source.type().tensor_type().shape().dim())
            input.shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
    }
    return input;
}

}  // namespace

std::int64_t OnnxNode::integer(const std::string& attribute, std::int64_t otherwise) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() || found->second.ints.empty() ? otherwise
                                                                   : found->second.ints.front();
}

double OnnxNode::real(const std::string& attribute, double otherwise) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() || found->second.floats.empty()
               ? otherwise
               : double{found->second.floats.front()};
}

std::vector<std::int64_t> OnnxNode::integers(const std::string& attribute) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? std::vector<std::int64_t>{} : found->second.ints;
}

std::string OnnxNode::text(const std::string& attribute, const std::string& otherwise) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? otherwise : found->second.text;
}

OnnxGraph read_onnx(const std::filesystem::path& path) {
    OnnxGraph graph;
    graph.file = path.string();
    const std::string bytes = read_file(path);
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        fail("{}: {} bytes: an ONNX file has at most 2 GiB", graph.file, bytes.size());
    onnx::ModelProto model;
    if (bytes.empty() || !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        fail("{}: not an ONNX file, or a truncated one", graph.file);
    if (!model.has_graph() || model.graph().node_size() == 0)
        fail("{}: has no graph with nodes", graph.file);

    graph.opset = 1;
    for (const auto& set : model.opset_import())
        if (set.domain().empty() || set.domain() == "ai.onnx") graph.opset = set.version();
    const auto& source = model.graph();
    for (const auto& tensor : source.initializer())
        if (!graph.constants.emplace(tensor.name(), read_tensor(graph.file, tensor.name(), tensor))
                 .second)
            fail("{}: tensor '{}': is there twice", graph.file, tensor.name());
    if (source.sparse_initializer_size() > 0)
        fail("{}: has sparse initializers: they must be dense", graph.file);
    for (const auto& input : source.input())
        if (!graph.constants.contains(input.name())) graph.inputs.push_back(read_input(input));
    for (const auto& output : source.output()) graph.outputs.push_back(output.name());

    for (const auto& from : source.node()) {
        OnnxNode node;
        const bool own = from.domain().empty() || from.domain() == "ai.onnx";
        node.op = own ? from.op_type() : from.domain() + "." + from.op_type();
        node.inputs.assign(from.input().begin(), from.input().end());
        node.outputs.assign(from.output().begin(), from.output().end());
        node.name = !from.name().empty() ? from.name()
                    : node.outputs.empty()
                        ? from.op_type()
                        : fmt::format("{} of {}", from.op_type(), node.outputs.front());
        if (node.outputs.empty() || node.outputs.front().empty())
            graph.refuse(node, "has no output");
        for (const auto& attribute : from.attribute())
            node.attributes[attribute.name()] = read_attribute(graph.file, node.name, attribute);
        if (node.op == "Constant")
            graph.constants[node.outputs.front()] = constant_value(graph, node);
        else
            graph.nodes.push_back(std::move(node));
    }
    return graph;
}

}  // namespace bitloom
