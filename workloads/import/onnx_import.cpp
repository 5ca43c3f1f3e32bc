// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/onnx_import.h"

#include <algorithm>

#include "workloads/import/network_limits.h"
#include "workloads/import/onnx_importer.h"

namespace bitloom {

const std::map<std::string, OnnxImporter::Rule>& OnnxImporter::rules() {
    using I = OnnxImporter;
    static const std::map<std::string, Rule> table{
        {"Add", {1, &I::add}},
        {"AveragePool", {1, &I::pool}},
        {"BatchNormalization", {1, &I::batch_normalization}},
        {"Cast", {1, &I::cast}},
        {"Clip", {1, &I::clip}},
        {"Concat", {1, &I::concat}},
        {"ConstantOfShape", {1, nullptr}},
        {"Conv", {1, &I::conv}},
        {"Div", {1, &I::divide}},
        {"Dropout", {1, &I::identity}},
        {"Erf", {1, nullptr}},
        {"Flatten", {1, &I::flatten}},
        {"Gather", {1, &I::gather}},
        {"Gelu", {1, &I::gelu}},
        {"Gemm", {1, &I::gemm}},
        {"GlobalAveragePool", {1, &I::global_pool}},
        {"GlobalMaxPool", {1, &I::global_pool}},
        {"Identity", {1, &I::identity}},
        {"LayerNormalization", {1, &I::layer_normalization}},
        {"MatMul", {1, &I::matmul}},
        {"MaxPool", {1, &I::pool}},
        {"Mul", {1, &I::multiply}},
        {"Neg", {1, nullptr}},
        {"Pad", {1, &I::pad}},
        {"Pow", {1, nullptr}},
        {"ReduceMean", {1, &I::reduce_mean}},
        {"Relu", {1, &I::relu}},
        {"Reshape", {1, &I::reshape}},
        {"Shape", {1, &I::shape_of}},
        {"Slice", {1, &I::slice}},
        {"Softmax", {1, &I::softmax}},
        {"Split", {64, &I::split}},
        {"Sqrt", {1, nullptr}},
        {"Squeeze", {1, &I::squeeze}},
        {"Sub", {1, &I::subtract}},
        {"Sum", {1, nullptr}},
        {"Tanh", {1, nullptr}},
        {"Transpose", {1, &I::transpose}},
        {"Unsqueeze", {1, &I::unsqueeze}},
    };
    return table;
}

std::vector<std::string> onnx_operators() {
    std::vector<std::string> names{"Constant"};
    for (const auto& [name, rule] : OnnxImporter::rules()) names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
}

OnnxImporter::OnnxImporter(OnnxGraph graph) : graph_(std::move(graph)) {
}

void OnnxImporter::define_input() {
    const OnnxInput& input = graph_.inputs.front();
    static const std::set<std::string> numbers{"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16",
                                               "INT8",  "INT16",  "INT32",   "INT64",
                                               "UINT8", "UINT16", "UINT32",  "UINT64"};
    if (!numbers.contains(input.element_type))
        fail("{}: input {}: element type {}: must be a number", graph_.file, shown(input.name),
             input.element_type);
    if (!input.has_shape || input.shape.size() < 2 || input.shape.size() > 4)
        fail("{}: input {}: has {} axes: must be 2 to 4, the first of them the batch", graph_.file,
             shown(input.name), input.has_shape ? std::to_string(input.shape.size()) : "unknown");
    Shape shape = input.shape;
    if (shape[0] == -1) shape[0] = 1;
    if (shape[0] != 1)
        fail("{}: input {}: batch of {}: must be 1 or symbolic", graph_.file, shown(input.name),
             shape[0]);
    for (const auto size : shape)
        if (size < 1)
            fail("{}: input {}: shape {}: every axis but the first needs a size of 1 or more",
                 graph_.file, shown(input.name), to_string(input.shape));
    std::int64_t elements = 1;
    for (const auto size : shape)
        if (__builtin_mul_overflow(elements, size, &elements) || elements > max_tensor_elements)
            fail("{}: input {}: shape {} has more than {} elements", graph_.file, shown(input.name),
                 to_string(shape), max_tensor_elements);
    TensorView view =
        shape.size() == 4 ? image_view(input.name, shape) : plain_view(input.name, shape);
    view.exclusive = false;
    network_.shapes[input.name] = shape.size() == 4 ? Shape{shape[2], shape[3], shape[1]}
                                                    : Shape(shape.begin() + 1, shape.end());
    network_.input = input.name;
    names_.insert(input.name);
    views_[input.name] = view;
}

std::set<std::size_t> OnnxImporter::needed_nodes() const {
    std::map<std::string, std::size_t> producer;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
        for (const auto& name : graph_.nodes[i].outputs)
            if (!name.empty() &&
                (is_constant(name) || name == network_.input || !producer.emplace(name, i).second))
                refuse(graph_.nodes[i], "result {} is there twice", shown(name));
    std::set<std::size_t> needed;
    std::vector<std::string> open = graph_.outputs;
    while (!open.empty()) {
        const auto found = producer.find(open.back());
        open.pop_back();
        if (found == producer.end() || !needed.insert(found->second).second) continue;
        for (const auto& name : graph_.nodes[found->second].inputs)
            if (!name.empty()) open.push_back(name);
    }
    return needed;
}

Network OnnxImporter::run() {
    network_.name = std::filesystem::path(graph_.file).stem().string();
    if (graph_.inputs.size() != 1)
        fail("{}: has {} inputs that are not initializers: must be 1", graph_.file,
             graph_.inputs.size());
    if (graph_.outputs.size() != 1)
        fail("{}: has {} outputs: must be 1", graph_.file, graph_.outputs.size());
    check_operators();
    define_input();
    const auto needed = needed_nodes();
    for (const std::size_t i : needed)
        for (const auto& name : graph_.nodes[i].inputs) ++uses_[name];
    ++uses_[graph_.outputs.front()];
    for (const std::size_t i : needed) import_node(graph_.nodes[i]);
    define_output();
    remove_unused();
    try {
        check(network_);
    } catch (const Error& error) {
        fail("{}: {}", graph_.file, error.what());
    }
    return std::move(network_);
}

// A copy: folding changes the graph.
void OnnxImporter::import_node(OnnxNode node) {
    for (const auto& name : node.inputs)
        if (!name.empty() && !is_constant(name) && !views_.contains(name))
            refuse(node, "input {} is neither produced before nor an initializer", shown(name));
    const Rule& rule = rules().at(node.op);
    for (std::size_t o = rule.outputs; o < node.outputs.size(); ++o)
        if (uses_.contains(node.outputs[o]))
            refuse(node, "output {} ({}) is read: only the first {} is known", o,
                   shown(node.outputs[o]), rule.outputs);
    node = aligned(std::move(node));
    if (!fold(node)) {
        if (!rule.import)
            refuse(node, "is supported on constants and inside layer normalization and GELU only");
        try {
            (this->*rule.import)(node);
        } catch (const Error& error) {
            // Shape rules know the network's node only; the user needs the file too.
            const std::string text = error.what();
            if (text.starts_with(graph_.file)) throw;
            refuse(node, "{}", text);
        }
    }
    check_all_read(graph_, node);
}

void OnnxImporter::define_output() {
    const std::string name = graph_.outputs.front();
    const auto found = views_.find(name);
    if (found == views_.end() || network_.nodes.empty())
        fail("{}: output {}: is not computed from the input", graph_.file, shown(name));
    OnnxNode node;
    node.name = node.op = "output";
    TensorView view = found->second;
    if (view.scale != 1.0)
        fail("{}: output {}: a factor of {} on the result is not supported", graph_.file,
             shown(name), view.scale);
    if (view.padding != Padding{})
        fail("{}: output {}: a Pad on the result is not supported", graph_.file, shown(name));
    // An image stays [H,W,C]; everything else gets ONNX's own order, without the batch.
    Shape shape;
    if (view.shape.size() == 4)
        network_.output = image(node, view, shape);
    else
        network_.output = plain(node, view).activation;
}

void OnnxImporter::remove_unused() {
    std::set<std::string> read{network_.output};
    std::set<std::string> constants;
    std::vector<Node> kept;
    for (std::size_t i = network_.nodes.size(); i-- > 0;) {
        Node& node = network_.nodes[i];
        if (!read.contains(node.output)) {
            network_.shapes.erase(node.output);
            continue;
        }
        read.insert(node.inputs.begin(), node.inputs.end());
        for (const auto& name : {node.weights, node.bias, node.constant, node.gamma, node.beta})
            constants.insert(name);
        kept.push_back(std::move(node));
    }
    std::reverse(kept.begin(), kept.end());
    network_.nodes = std::move(kept);
    std::erase_if(network_.constants,
                  [&](const auto& item) { return !constants.contains(item.first); });
}

Network import_onnx(const std::filesystem::path& path) {
    return OnnxImporter(read_onnx(path)).run();
}

}  // namespace bitloom
