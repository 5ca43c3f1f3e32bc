// SPDX-License-Identifier: Apache-2.0
// A node against its declaration: before it is imported what may be there, afterwards what was
// read.
#include <algorithm>
#include <charconv>
#include <limits>

#include "workloads/import/onnx_graph.h"
#include "workloads/import/onnx_schema.h"

namespace bitloom {
namespace {

// Attributes that a network may have whatever their value: they are about training, or about how a
// runtime keeps its memory and its sums.
const std::map<std::string, std::set<std::string>>& silent_attributes() {
    static const std::map<std::string, std::set<std::string>> table{
        {"BatchNormalization", {"momentum"}},
        {"Cast", {"round_mode", "saturate"}},
        {"Dropout", {"ratio", "seed"}},
        {"LayerNormalization", {"stash_type"}},
    };
    return table;
}

bool is_silent(const std::string& op, const std::string& attribute) {
    if (attribute == "consumed_inputs") return true;
    const auto found = silent_attributes().find(op);
    return found != silent_attributes().end() && found->second.contains(attribute);
}

OnnxAttribute default_value(const OnnxAttributeSchema& schema) {
    OnnxAttribute result;
    result.type = schema.type;
    result.given = false;
    const std::string& text = *schema.otherwise;
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (schema.type == "INT")
        result.ints = {static_cast<std::int64_t>(number)};
    else if (schema.type == "FLOAT")
        result.floats = {static_cast<float>(number)};
    else
        result.text = text;
    return result;
}

bool same_value(const OnnxAttribute& a, const OnnxAttribute& b) {
    return a.ints == b.ints && a.floats == b.floats && a.text == b.text;
}

std::string range(std::size_t low, std::size_t high) {
    if (low == high) return std::to_string(low);
    if (high == static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        return fmt::format("{} or more", low);
    return fmt::format("{}..{}", low, high);
}

}  // namespace

std::string OnnxAttribute::value_text() const {
    if (type == "STRING") return shown(text);
    if (!tensor.empty()) return "a tensor";
    if (ints.size() + floats.size() == 1 && !type.ends_with('S'))
        return ints.empty() ? fmt::format("{}", floats[0]) : fmt::format("{}", ints[0]);
    const std::size_t most = 8;
    const auto list = [&](const auto& values) {
        return fmt::format(
            "[{}{}]",
            fmt::join(values.begin(),
                      values.begin() + static_cast<std::ptrdiff_t>(std::min(values.size(), most)),
                      ", "),
            values.size() > most ? ", ..." : "");
    };
    return ints.empty() ? list(floats) : list(ints);
}

const OnnxAttribute* OnnxNode::find(const std::string& attribute) const {
    read_attributes_.insert(attribute);
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? nullptr : &found->second;
}

std::int64_t OnnxNode::integer(const std::string& attribute, std::int64_t otherwise) const {
    const OnnxAttribute* found = find(attribute);
    return found ? found->ints.at(0) : otherwise;
}

double OnnxNode::real(const std::string& attribute, double otherwise) const {
    const OnnxAttribute* found = find(attribute);
    return found ? double{found->floats.at(0)} : otherwise;
}

std::vector<std::int64_t> OnnxNode::integers(const std::string& attribute) const {
    const OnnxAttribute* found = find(attribute);
    return found ? found->ints : std::vector<std::int64_t>{};
}

std::string OnnxNode::text(const std::string& attribute, const std::string& otherwise) const {
    const OnnxAttribute* found = find(attribute);
    return found ? found->text : otherwise;
}

const OnnxConstant* OnnxNode::tensor(const std::string& attribute) const {
    const OnnxAttribute* found = find(attribute);
    return found ? &found->tensor.at(0) : nullptr;
}

void check_schema(const OnnxGraph& graph, OnnxNode& node) {
    const OnnxSchema* schema = onnx_schema(node.op, graph.opset);
    if (!schema)
        graph.refuse(node, "operator set {} has no such operator: it is there from {} on",
                     graph.opset, first_opset(node.op));
    if (node.inputs.size() < schema->min_inputs || node.inputs.size() > schema->max_inputs)
        graph.refuse(node, "has {} inputs: must be {} in operator set {}", node.inputs.size(),
                     range(schema->min_inputs, schema->max_inputs), graph.opset);
    for (std::size_t i = 0; i < schema->min_inputs; ++i)
        if (!node.has_input(i)) graph.refuse(node, "input {} is missing", i);
    if (node.outputs.size() > schema->max_outputs)
        graph.refuse(node, "has {} outputs: must be {} in operator set {}", node.outputs.size(),
                     range(schema->min_outputs, schema->max_outputs), graph.opset);
    for (const auto& [name, value] : node.attributes) {
        const OnnxAttributeSchema* declared = schema->attribute(name);
        if (!declared) {
            std::vector<std::string> known;
            for (const auto& attribute : schema->attributes) known.push_back(attribute.name);
            graph.refuse(node, "unknown attribute {}: operator set {} has {}{}", shown(name),
                         graph.opset,
                         known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")),
                         suggestion(name, known));
        }
        if (!value.problem.empty())
            graph.refuse(node, "attribute {} {}", shown(name), value.problem);
        if (value.type != declared->type)
            graph.refuse(node, "attribute {} is {}: must be {}", shown(name), value.type,
                         declared->type);
    }
    for (const auto& declared : schema->attributes) {
        if (declared.required && !node.has(declared.name) && !is_silent(node.op, declared.name))
            graph.refuse(node, "attribute '{}' is missing", declared.name);
        if (declared.otherwise) node.attributes.emplace(declared.name, default_value(declared));
    }
}

void check_all_read(const OnnxGraph& graph, const OnnxNode& node) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if (node.has_input(i) && !node.was_read(i))
            graph.refuse(node, "input {} ({}) is not supported: must be absent", i,
                         shown(node.inputs[i]));
    const OnnxSchema* schema = onnx_schema(node.op, graph.opset);
    for (const auto& [name, value] : node.attributes) {
        if (!value.given || node.was_read(name) || is_silent(node.op, name)) continue;
        const OnnxAttributeSchema* declared = schema ? schema->attribute(name) : nullptr;
        if (declared && declared->otherwise && same_value(value, default_value(*declared)))
            continue;
        graph.refuse(node, "attribute {} = {} is not supported: must be {}", shown(name),
                     value.value_text(),
                     declared && declared->otherwise ? *declared->otherwise : "absent");
    }
}

void lower_sums(OnnxGraph& graph) {
    std::set<std::string> names;
    for (const OnnxNode& node : graph.nodes) names.insert(node.outputs.begin(), node.outputs.end());
    std::vector<OnnxNode> nodes;
    for (OnnxNode& node : graph.nodes) {
        if (node.op != "Sum") {
            nodes.push_back(std::move(node));
            continue;
        }
        OnnxNode next = node;
        next.attributes.clear();
        next.op = node.inputs.size() == 1 ? "Identity" : "Add";
        std::string sum = node.inputs.front();
        for (std::size_t i = 1; i + 1 < node.inputs.size(); ++i) {
            next.name = fmt::format("{}/{}", node.name, i);
            next.inputs = {sum, node.inputs[i]};
            sum = fmt::format("{}/{}", node.outputs.front(), i);
            while (!names.insert(sum).second || graph.constants.contains(sum)) sum += "'";
            next.outputs = {sum};
            nodes.push_back(next);
        }
        next.name = node.name;
        next.inputs = node.inputs.size() == 1 ? node.inputs
                                              : std::vector<std::string>{sum, node.inputs.back()};
        next.outputs = node.outputs;
        nodes.push_back(std::move(next));
    }
    graph.nodes = std::move(nodes);
}

}  // namespace bitloom
