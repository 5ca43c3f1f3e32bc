// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/io/coded_stream.h>
#include <onnx/onnx.pb.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <set>

#include "models/base/output_file.h"
#include "workloads/import/onnx_external.h"
#include "workloads/import/onnx_graph.h"
#include "workloads/import/onnx_schema.h"

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

// Bytes of an element, and the field that holds such elements where raw_data does not; width 0: a
// type that is not supported.
struct Storage {
    std::int64_t width = 0, held = 0;
};

Storage storage_of(const onnx::TensorProto& tensor) {
    using Proto = onnx::TensorProto;
    switch (tensor.data_type()) {
        case Proto::FLOAT:
            return {4, tensor.float_data_size()};
        case Proto::DOUBLE:
            return {8, tensor.double_data_size()};
        case Proto::INT64:
            return {8, tensor.int64_data_size()};
        case Proto::INT32:
            return {4, tensor.int32_data_size()};
        case Proto::BOOL:
            return {1, tensor.int32_data_size()};
        default:
            return {};
    }
}

std::string type_name(std::int32_t type) {
    using Proto = onnx::TensorProto;
    return Proto::DataType_IsValid(type) ? Proto::DataType_Name(static_cast<Proto::DataType>(type))
                                         : std::to_string(type);
}

// One file's tensors: where they lie, and how much of them there is.
class TensorReader {
public:
    explicit TensorReader(const std::filesystem::path& path)
        : file_(path.string()), folder_(path.parent_path()) {}

    OnnxConstant read(const std::string& name, const onnx::TensorProto& tensor) {
        const std::string place = fmt::format("{}: tensor {}", file_, shown(name));
        OnnxConstant result;
        for (const auto size : tensor.dims()) {
            if (size < 0) fail("{}: a size of {}: must be 0 or more", place, size);
            result.shape.push_back(size);
        }
        if (result.shape.size() > most_axes)
            fail("{}: {} axes: must be {} or fewer", place, result.shape.size(), most_axes);
        std::int64_t count = 0;
        try {
            count = element_count(result.shape);
        } catch (const Error&) {
            fail("{}: shape has more elements than a file can hold", place);
        }
        check_fields(place, tensor);
        const Storage storage = storage_of(tensor);
        if (storage.width == 0) {
            result.problem =
                fmt::format("element type {}: must be FLOAT, DOUBLE, INT32, INT64 or BOOL",
                            type_name(tensor.data_type()));
            return result;
        }
        total_ += std::min(count, most_elements + 1);
        if (total_ > most_elements)
            fail("{}: the tensors of the file have more than {} elements together", place,
                 most_elements);
        std::string external;
        const std::string* raw = nullptr;
        if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
            std::map<std::string, std::string> entries;
            for (const auto& entry : tensor.external_data())
                if (!entries.emplace(entry.key(), entry.value()).second)
                    fail("{}: external data: {} is given twice", place, shown(entry.key()));
            external = read_external_data(place, folder_, entries, count * storage.width);
            raw = &external;
        } else if (tensor.has_raw_data() && storage.held == 0) {
            raw = &tensor.raw_data();
            const auto bytes = static_cast<std::int64_t>(raw->size());
            if (bytes % storage.width != 0 || bytes / storage.width != count)
                fail("{}: {} bytes of data: shape {} needs {} elements of {} bytes", place, bytes,
                     to_string(result.shape), count, storage.width);
        } else if (storage.held != count) {
            fail("{}: {} values: shape {} needs {}", place, storage.held, to_string(result.shape),
                 count);
        }
        take(tensor, raw, count, result);
        return result;
    }

private:
    static constexpr std::size_t most_axes = 64;
    static constexpr std::int64_t most_elements = std::int64_t{1} << 30;

    // The data are in one place, and that is the place of their type.
    static void check_fields(const std::string& place, const onnx::TensorProto& tensor) {
        using Proto = onnx::TensorProto;
        if (tensor.has_segment()) fail("{}: is a segment of a tensor: must be whole", place);
        const bool external = tensor.data_location() == Proto::EXTERNAL;
        if (!external && tensor.external_data_size() > 0)
            fail("{}: names data in another file, but data_location is not EXTERNAL", place);
        std::vector<std::string> filled;
        const auto note = [&](bool is_filled, const char* field) {
            if (is_filled) filled.emplace_back(field);
        };
        note(external, "external_data");
        note(!tensor.raw_data().empty(), "raw_data");
        note(tensor.float_data_size() > 0, "float_data");
        note(tensor.int32_data_size() > 0, "int32_data");
        note(tensor.int64_data_size() > 0, "int64_data");
        note(tensor.double_data_size() > 0, "double_data");
        note(tensor.uint64_data_size() > 0, "uint64_data");
        note(tensor.string_data_size() > 0, "string_data");
        if (filled.size() > 1)
            fail("{}: has data in {}: must be in one field", place, fmt::join(filled, " and "));
        const Storage storage = storage_of(tensor);
        if (filled.empty() || storage.width == 0 || external || !tensor.raw_data().empty()) return;
        if (storage.held == 0)
            fail("{}: has its data in {}: elements of type {} are not kept there", place,
                 filled.front(), type_name(tensor.data_type()));
    }

    // `raw`: the data, or null where they are in the field of their type.
    static void take(const onnx::TensorProto& tensor, const std::string* raw, std::int64_t count,
                     OnnxConstant& result) {
        using Proto = onnx::TensorProto;
        const auto type = tensor.data_type();
        result.integer = type != Proto::FLOAT && type != Proto::DOUBLE;
        (result.integer ? result.ints.resize(static_cast<std::size_t>(count))
                        : result.floats.resize(static_cast<std::size_t>(count)));
        if (type == Proto::FLOAT)
            raw ? take_raw<float>(*raw, result.floats)
                : take_field(tensor.float_data(), result.floats);
        else if (type == Proto::DOUBLE)
            raw ? take_raw<double>(*raw, result.floats)
                : take_field(tensor.double_data(), result.floats);
        else if (type == Proto::INT64)
            raw ? take_raw<std::int64_t>(*raw, result.ints)
                : take_field(tensor.int64_data(), result.ints);
        else if (type == Proto::INT32)
            raw ? take_raw<std::int32_t>(*raw, result.ints)
                : take_field(tensor.int32_data(), result.ints);
        else
            raw ? take_raw<std::uint8_t>(*raw, result.ints)
                : take_field(tensor.int32_data(), result.ints);
    }

    std::string file_;
    std::filesystem::path folder_;
    std::int64_t total_ = 0;  // elements so far
};

// The types of the fields that hold something, in the order of AttributeProto.
std::vector<std::string> filled_fields(const onnx::AttributeProto& source) {
    std::vector<std::string> types;
    const auto note = [&](bool is_filled, const char* type) {
        if (is_filled) types.emplace_back(type);
    };
    note(source.has_f(), "FLOAT");
    note(source.has_i(), "INT");
    note(source.has_s(), "STRING");
    note(source.has_t(), "TENSOR");
    note(source.has_g(), "GRAPH");
    note(source.has_sparse_tensor(), "SPARSE_TENSOR");
    note(source.floats_size() > 0, "FLOATS");
    note(source.ints_size() > 0, "INTS");
    note(source.strings_size() > 0, "STRINGS");
    note(source.tensors_size() > 0, "TENSORS");
    note(source.graphs_size() > 0, "GRAPHS");
    note(source.sparse_tensors_size() > 0, "SPARSE_TENSORS");
    return types;
}

OnnxAttribute read_attribute(TensorReader& tensors, const std::string& node,
                             const onnx::AttributeProto& source) {
    using Proto = onnx::AttributeProto;
    OnnxAttribute result;
    const std::vector<std::string> filled = filled_fields(source);
    if (source.type() != Proto::UNDEFINED)
        result.type = Proto::AttributeType_Name(source.type());
    else if (filled.size() == 1)
        result.type = filled.front();  // IR versions before 2 had no type
    else
        result.problem = "has no type";
    for (const std::string& field : filled)
        if (result.problem.empty() && field != result.type)
            result.problem = fmt::format("is {} and holds {}: must be one", result.type,
                                         fmt::join(filled, ", "));
    if (!source.ref_attr_name().empty()) result.problem = "refers to an attribute of a function";
    if (!result.problem.empty()) return result;
    if (result.type == "INT")
        result.ints = {source.i()};
    else if (result.type == "INTS")
        result.ints.assign(source.ints().begin(), source.ints().end());
    else if (result.type == "FLOAT")
        result.floats = {source.f()};
    else if (result.type == "FLOATS")
        result.floats.assign(source.floats().begin(), source.floats().end());
    else if (result.type == "STRING")
        result.text = source.s();
    else if (result.type == "TENSOR")
        result.tensor.push_back(
            tensors.read(fmt::format("{} of node {}", source.name(), node), source.t()));
    return result;
}

// The value of a Constant node, in any of its attribute forms. The schema has checked their types.
OnnxConstant constant_value(const OnnxGraph& graph, const OnnxNode& node) {
    if (node.attributes.size() != 1)
        graph.refuse(node, "has {} values: must be 1", node.attributes.size());
    const auto& [name, value] = *node.attributes.begin();
    if (name == "value") return value.tensor.front();
    OnnxConstant result;
    result.integer = name.starts_with("value_int");
    if (!result.integer && !name.starts_with("value_float"))
        graph.refuse(node, "{} is not supported: must be numbers", name);
    result.ints = value.ints;
    result.floats = value.floats;
    if (name.ends_with('s')) result.shape = {static_cast<std::int64_t>(result.size())};
    return result;
}

OnnxInput read_input(const onnx::ValueInfoProto& source) {
    OnnxInput input;
    input.name = source.name();
    if (!source.type().has_tensor_type()) return input;
    input.element_type = type_name(source.type().tensor_type().elem_type());
    if (source.type().tensor_type().has_shape()) {
        input.has_shape = true;
        for (const auto& dim : source.type().tensor_type().shape().dim())
            input.shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
    }
    return input;
}

void check_versions(OnnxGraph& graph, const onnx::ModelProto& model) {
    const auto& file = graph.file;
    if (!model.has_ir_version() || model.ir_version() < 1 ||
        model.ir_version() > newest_onnx_ir_version)
        fail("{}: IR version {}: must be 1..{}", file,
             model.has_ir_version() ? std::to_string(model.ir_version()) : "missing",
             newest_onnx_ir_version);
    std::map<std::string, std::int64_t> versions;
    for (const auto& set : model.opset_import()) {
        const std::string domain = set.domain() == "ai.onnx" ? "" : set.domain();
        if (!versions.emplace(domain, set.version()).second)
            fail("{}: operator set {} is imported twice", file,
                 domain.empty() ? "'ai.onnx'" : shown(domain));
    }
    // Before IR version 3 files did not name their operator set; it was the first.
    if (model.ir_version() < 3 && model.opset_import_size() == 0) versions[""] = 1;
    if (!versions.contains("")) return;
    graph.opset = versions.at("");
    if (graph.opset < 1 || graph.opset > newest_onnx_opset)
        fail("{}: operator set {}: must be 1..{}", file, graph.opset, newest_onnx_opset);
}

OnnxNode read_node(OnnxGraph& graph, TensorReader& tensors, const onnx::NodeProto& from) {
    OnnxNode node;
    const bool own = from.domain().empty() || from.domain() == "ai.onnx";
    node.op = own ? from.op_type() : from.domain() + "." + from.op_type();
    node.inputs.assign(from.input().begin(), from.input().end());
    node.outputs.assign(from.output().begin(), from.output().end());
    node.name = !from.name().empty() ? from.name()
                : node.outputs.empty()
                    ? from.op_type()
                    : fmt::format("{} of {}", from.op_type(), node.outputs.front());
    if (node.outputs.empty() || node.outputs.front().empty()) graph.refuse(node, "has no output");
    if (first_opset(node.op) == 0) return node;  // refused by its operator
    if (graph.opset == 0) graph.refuse(node, "the file does not import ONNX's own operator set");
    for (const auto& attribute : from.attribute())
        if (!node.attributes
                 .emplace(attribute.name(), read_attribute(tensors, node.name, attribute))
                 .second)
            graph.refuse(node, "attribute {} is given twice", shown(attribute.name()));
    return node;
}

}  // namespace

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
    check_versions(graph, model);

    TensorReader tensors(path);
    const auto& source = model.graph();
    for (const auto& tensor : source.initializer())
        if (!graph.constants.emplace(tensor.name(), tensors.read(tensor.name(), tensor)).second)
            fail("{}: tensor {}: is there twice", graph.file, shown(tensor.name()));
    if (source.sparse_initializer_size() > 0)
        fail("{}: has sparse initializers: they must be dense", graph.file);
    for (const auto& input : source.input())
        if (!graph.constants.contains(input.name())) graph.inputs.push_back(read_input(input));
    for (const auto& output : source.output()) graph.outputs.push_back(output.name());

    for (const auto& from : source.node()) {
        OnnxNode node = read_node(graph, tensors, from);
        if (node.op != "Constant") {
            graph.nodes.push_back(std::move(node));
            continue;
        }
        check_schema(graph, node);
        if (!graph.constants.emplace(node.outputs.front(), constant_value(graph, node)).second)
            graph.refuse(node, "result {} is there twice", shown(node.outputs.front()));
    }
    return graph;
}

}  // namespace bitloom
