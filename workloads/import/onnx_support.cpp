// SPDX-License-Identifier: Apache-2.0
// What no part of the program can do, found before anything is imported and reported at once.
#include <algorithm>

#include "workloads/import/onnx_import.h"
#include "workloads/import/onnx_importer.h"

namespace bitloom {
namespace {

// Unsupported operators in order of their first node, with the nodes of each.
class Unsupported {
public:
    void add(const std::string& what, const OnnxNode& node) {
        const auto [found, fresh] = nodes_.try_emplace(what);
        if (fresh) order_.push_back(what);
        if (found->second.first++ < named_nodes)
            found->second.second += (found->second.second.empty() ? "" : ", ") + shown(node.name);
    }

    bool empty() const { return order_.empty(); }

    // "Sigmoid x3 (nodes 'a', 'b', 'c'), LRN x1 (node 'd')"
    std::string text() const {
        std::string result;
        for (std::size_t i = 0; i < std::min(order_.size(), named_operators); ++i) {
            const auto& [count, names] = nodes_.at(order_[i]);
            result += fmt::format("{}{} x{} (node{} {}{})", i == 0 ? "" : ", ", unquoted(order_[i]),
                                  count, count == 1 ? "" : "s", names,
                                  count > named_nodes ? ", ..." : "");
        }
        if (order_.size() > named_operators)
            result += fmt::format(" and {} more", order_.size() - named_operators);
        return result;
    }

private:
    static constexpr std::size_t named_nodes = 3, named_operators = 32;

    std::map<std::string, std::pair<std::size_t, std::string>> nodes_;  // count, names
    std::vector<std::string> order_;
};

}  // namespace

// Nodes are in order; what is read before it is made counts as a constant and is refused later.
std::set<std::string> OnnxImporter::computed_tensors() const {
    std::set<std::string> computed{graph_.inputs.front().name};
    for (const OnnxNode& node : graph_.nodes)
        if (node.op != "Shape" &&
            std::any_of(node.inputs.begin(), node.inputs.end(),
                        [&](const std::string& name) { return computed.contains(name); }))
            computed.insert(node.outputs.begin(), node.outputs.end());
    return computed;
}

void OnnxImporter::check_operators() {
    Unsupported unsupported;
    std::string first_error;  // of the operators that are known
    for (OnnxNode& node : graph_.nodes) {
        if (!rules().contains(node.op)) {
            unsupported.add(node.op, node);
            continue;
        }
        if (!first_error.empty()) continue;
        try {
            check_schema(graph_, node);
        } catch (const Error& error) {
            first_error = error.what();
        }
    }
    if (first_error.empty()) {
        lower_sums(graph_);
        // Patterns are written with the broadcasting of operator set 7.
        if (graph_.opset >= 7) recognise_patterns(graph_);
        const std::set<std::string> computed = computed_tensors();
        for (const OnnxNode& node : graph_.nodes) {
            const auto is_computed = [&](const std::string& name) {
                return computed.contains(name);
            };
            const auto count = std::count_if(node.inputs.begin(), node.inputs.end(), is_computed);
            const auto rule = rules().find(node.op);
            if (rule == rules().end() || count == 0) continue;
            if (!rule->second.import)  // outside layer normalization and GELU
                unsupported.add(node.op + " of a computed tensor", node);
            else if (node.op == "Mul" && count == 2)
                unsupported.add("Mul of two computed tensors", node);
            else if (node.op == "Div" && is_computed(node.inputs[1]))
                unsupported.add("Div by a computed tensor", node);
            else if (node.op == "Sub" && is_computed(node.inputs[1]))
                unsupported.add("Sub of a computed tensor", node);
        }
    }
    if (!unsupported.empty())
        fail("{}: unsupported: {}; supported: {}", graph_.file, unsupported.text(),
             fmt::join(onnx_operators(), " "));
    if (!first_error.empty()) throw Error(first_error);
}

}  // namespace bitloom
