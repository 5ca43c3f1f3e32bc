// SPDX-License-Identifier: Apache-2.0
// Finds operators that exporters write as several: layer normalization and GELU.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>

#include "workloads/import/onnx_graph.h"

namespace bitloom {
namespace {

class Patterns {
    static constexpr std::int64_t most_evaluations = std::int64_t{1} << 25;

public:
    explicit Patterns(OnnxGraph& graph) : graph_(graph), removed_(graph.nodes.size(), false) {
        for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
            for (const auto& name : graph.nodes[i].outputs) producer_[name] = i;
            for (const auto& name : graph.nodes[i].inputs) readers_[name].insert(i);
        }
    }

    void run() {
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            if (removed_[i]) continue;
            const std::string& op = graph_.nodes[i].op;
            if (op == "Sqrt") layer_norm(i);
            if (op == "Erf" || op == "Tanh") gelu(i);
        }
        std::vector<OnnxNode> kept;
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
            if (!removed_[i]) kept.push_back(std::move(graph_.nodes[i]));
        graph_.nodes = std::move(kept);
    }

private:
    const OnnxNode* produced_by(const std::string& tensor, std::string_view op) const {
        const auto found = producer_.find(tensor);
        if (found == producer_.end() || graph_.nodes[found->second].op != op) return nullptr;
        return &graph_.nodes[found->second];
    }

    std::optional<double> scalar(const std::string& tensor) const {
        const auto found = graph_.constants.find(tensor);
        if (found == graph_.constants.end() || found->second.size() != 1) return std::nullopt;
        return found->second.at(0);
    }

    // The single reader of a tensor that is not an output of the graph.
    std::optional<std::size_t> only_reader(const std::string& tensor) const {
        const auto found = readers_.find(tensor);
        if (found == readers_.end() || found->second.size() != 1 || is_output(tensor))
            return std::nullopt;
        return *found->second.begin();
    }

    bool is_output(const std::string& tensor) const {
        return std::find(graph_.outputs.begin(), graph_.outputs.end(), tensor) !=
               graph_.outputs.end();
    }

    // ReduceMean over the last axis with the axis kept; the axes are an attribute or, from operator
    // set 18 on, an input.
    bool mean_of_last_axis(const OnnxNode& node) const {
        std::vector<std::int64_t> axes = node.integers("axes");
        if (node.has_input(1)) {
            const auto found = graph_.constants.find(node.inputs[1]);
            if (found != graph_.constants.end()) axes = found->second.ints;
        }
        // A positive axis is compared with the rank when the node is imported as
        // LayerNormalization.
        return axes.size() == 1 && node.integer("keepdims", 1) == 1;
    }

    std::int64_t axis_of(const OnnxNode& mean) const {
        return mean.has_input(1) ? graph_.constants.at(mean.inputs[1]).ints.front()
                                 : mean.integers("axes").front();
    }

    // Sqrt(Add(ReduceMean(Pow(Sub(x, ReduceMean(x)), 2)), epsilon)) and what follows it.
    void layer_norm(std::size_t root) {
        const OnnxNode& square_root = graph_.nodes[root];
        const OnnxNode* sum = produced_by(square_root.inputs[0], "Add");
        if (!sum || sum->inputs.size() != 2) return;
        const std::size_t side = scalar(sum->inputs[0]) ? 0 : 1;
        const auto epsilon = scalar(sum->inputs[side]);
        const OnnxNode* variance = produced_by(sum->inputs[1 - side], "ReduceMean");
        if (!epsilon || !variance || !mean_of_last_axis(*variance)) return;
        const OnnxNode* difference = squared(variance->inputs[0]);
        if (!difference) return;
        const OnnxNode* mean = produced_by(difference->inputs[1], "ReduceMean");
        const std::string x = difference->inputs[0];
        if (!mean || mean->inputs[0] != x || !mean_of_last_axis(*mean) ||
            axis_of(*mean) != axis_of(*variance))
            return;

        const auto division = only_reader(square_root.outputs[0]);
        if (!division || graph_.nodes[*division].op != "Div" ||
            graph_.nodes[*division].inputs[1] != square_root.outputs[0])
            return;
        const OnnxNode* numerator = produced_by(graph_.nodes[*division].inputs[0], "Sub");
        if (!numerator || numerator->inputs[0] != x) return;
        const OnnxNode* mean_again = produced_by(numerator->inputs[1], "ReduceMean");
        if (!mean_again || mean_again->inputs[0] != x || !mean_of_last_axis(*mean_again) ||
            axis_of(*mean_again) != axis_of(*mean))
            return;

        OnnxNode norm;
        norm.name = graph_.nodes[*division].name;
        norm.op = "LayerNormalization";
        norm.inputs = {x};
        norm.outputs = graph_.nodes[*division].outputs;
        norm.attributes["axis"].ints = {axis_of(*mean)};
        norm.attributes["epsilon"].floats = {static_cast<float>(*epsilon)};
        std::size_t last = *division;
        for (const char* op : {"Mul", "Add"}) {  // gamma, then beta
            const auto next = only_reader(norm.outputs[0]);
            if (!next || graph_.nodes[*next].op != op) break;
            const OnnxNode& node = graph_.nodes[*next];
            const std::string& other = node.inputs[node.inputs[0] == norm.outputs[0] ? 1 : 0];
            const auto constant = graph_.constants.find(other);
            if (constant == graph_.constants.end() || constant->second.shape.size() != 1) break;
            norm.inputs.push_back(other);
            norm.outputs = node.outputs;
            last = *next;
        }
        replace(x, last, std::move(norm));
    }

    // The Sub whose result `tensor` is the square of.
    const OnnxNode* squared(const std::string& tensor) const {
        const OnnxNode* square = produced_by(tensor, "Pow");
        if (square && scalar(square->inputs[1]) == 2.0)
            return produced_by(square->inputs[0], "Sub");
        square = produced_by(tensor, "Mul");
        if (square && square->inputs[0] == square->inputs[1])
            return produced_by(square->inputs[0], "Sub");
        return nullptr;
    }

    // Value of `tensor` where x has the value `at`; nothing when it depends on any other tensor.
    std::optional<double> evaluate(const std::string& tensor, const std::string& x, double at,
                                   int depth) const {
        // Files of hundreds of GELUs need far fewer; a file made to be searched for ever does not.
        if (++evaluations_ > most_evaluations)
            fail("{}: the search for GELU takes more than {} steps", graph_.file, most_evaluations);
        if (tensor == x) return at;
        if (const auto value = scalar(tensor)) return value;
        const auto found = producer_.find(tensor);
        if (found == producer_.end() || depth == 0) return std::nullopt;
        const OnnxNode& node = graph_.nodes[found->second];
        static const std::set<std::string> known{"Add", "Sub",  "Mul", "Div",
                                                 "Pow", "Sqrt", "Erf", "Tanh"};
        if (!known.contains(node.op) || node.inputs.empty()) return std::nullopt;
        const auto a = evaluate(node.inputs[0], x, at, depth - 1);
        if (!a) return std::nullopt;
        if (node.op == "Erf") return std::erf(*a);
        if (node.op == "Tanh") return std::tanh(*a);
        if (node.op == "Sqrt") return std::sqrt(*a);
        if (node.inputs.size() != 2) return std::nullopt;
        const auto b = evaluate(node.inputs[1], x, at, depth - 1);
        if (!b) return std::nullopt;
        if (node.op == "Add") return *a + *b;
        if (node.op == "Sub") return *a - *b;
        if (node.op == "Mul") return *a * *b;
        if (node.op == "Div") return *a / *b;
        return std::pow(*a, *b);
    }

    bool is_gelu(const std::string& output, const std::string& x, bool tanh_form) const {
        for (int step = -24; step <= 24; ++step) {
            const double v = step * 0.25;
            const double expected = tanh_form
                                        ? 0.5 * v *
                                              (1 + std::tanh(std::sqrt(2 * std::numbers::inv_pi) *
                                                             (v + 0.044715 * v * v * v)))
                                        : 0.5 * v * (1 + std::erf(v / std::numbers::sqrt2));
            const auto value = evaluate(output, x, v, 10);
            // Files hold the constants rounded to float, sometimes to a few digits.
            if (!value || !(std::abs(*value - expected) <= 1e-5)) return false;
        }
        return true;
    }

    void gelu(std::size_t root) {
        const bool tanh_form = graph_.nodes[root].op == "Tanh";
        // Candidates for x: what the root is computed from. For the result: what is computed from
        // it.
        std::vector<std::string> sources{graph_.nodes[root].inputs[0]};
        for (std::size_t i = 0; i < sources.size() && i < 16; ++i) {
            const auto found = producer_.find(sources[i]);
            if (found == producer_.end()) continue;
            for (const auto& name : graph_.nodes[found->second].inputs)
                if (!graph_.constants.contains(name) &&
                    std::count(sources.begin(), sources.end(), name) == 0)
                    sources.push_back(name);
        }
        std::vector<std::size_t> ends{root};
        for (std::size_t i = 0; i < ends.size() && i < 8; ++i) {
            const auto found = readers_.find(graph_.nodes[ends[i]].outputs[0]);
            if (found == readers_.end()) continue;
            for (const std::size_t reader : found->second) {
                for (const auto& x : sources)
                    if (is_gelu(graph_.nodes[reader].outputs[0], x, tanh_form)) {
                        OnnxNode node;
                        node.name = graph_.nodes[reader].name;
                        node.op = "Gelu";
                        node.inputs = {x};
                        node.outputs = graph_.nodes[reader].outputs;
                        node.attributes["approximate"].text = tanh_form ? "tanh" : "none";
                        replace(x, reader, std::move(node));
                        return;
                    }
                ends.push_back(reader);
            }
        }
    }

    // Puts `node` at the place of nodes[last] and drops what only served it, back to tensor x.
    void replace(const std::string& x, std::size_t last, OnnxNode node) {
        std::vector<std::string> freed;
        drop_readings(last, freed);
        graph_.nodes[last] = std::move(node);
        for (const auto& name : graph_.nodes[last].inputs) readers_[name].insert(last);
        while (!freed.empty()) {
            const std::string name = freed.back();
            freed.pop_back();
            const auto found = producer_.find(name);
            if (name == x || found == producer_.end() || !readers_[name].empty() || is_output(name))
                continue;
            if (removed_[found->second]) continue;
            removed_[found->second] = true;
            drop_readings(found->second, freed);
        }
        // Every producer recorded for the new outputs is the node itself.
        for (const auto& name : graph_.nodes[last].outputs) producer_[name] = last;
    }

    void drop_readings(std::size_t index, std::vector<std::string>& freed) {
        for (const auto& name : graph_.nodes[index].inputs) {
            readers_[name].erase(index);
            freed.push_back(name);
        }
    }

    OnnxGraph& graph_;
    std::vector<bool> removed_;
    std::map<std::string, std::size_t> producer_;
    std::map<std::string, std::set<std::size_t>> readers_;
    mutable std::int64_t evaluations_ = 0;
};

}  // namespace

void recognise_patterns(OnnxGraph& graph) {
    Patterns(graph).run();
}

}  // namespace bitloom
