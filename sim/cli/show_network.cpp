// SPDX-License-Identifier: Apache-2.0
// `bitloom show network NETWORK`.
#include <fmt/format.h>

#include "models/base/error.h"
#include "sim/cli/columns.h"
#include "sim/cli/show_topics.h"
#include "sim/report/quantities.h"
#include "workloads/import/load.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom {

namespace {

std::int64_t product(std::int64_t a, std::int64_t b, const std::string& layer) {
    std::int64_t result = 0;
    if (__builtin_mul_overflow(a, b, &result)) fail("layer '{}' is too large to count", layer);
    return result;
}

// Useful multiply-accumulates: one a result and weight that meet (for a product of activations, one
// a result and step of the sum); padding counts, as on an array that computes it.
std::int64_t macs(const Network& network, const Node& node) {
    const std::int64_t results = element_count(network.shapes.at(node.output));
    switch (node.op) {
        case Operator::conv2d:
        case Operator::gemm: {
            const Shape& weights = network.constants.at(node.weights).shape;
            return product(results, element_count(weights) / weights.at(0), node.name);
        }
        case Operator::matmul:
            return product(results, network.shapes.at(node.inputs.at(0)).back(), node.name);
        default:
            return 0;
    }
}

std::int64_t parameters(const Network& network, const Node& node) {
    std::int64_t count = 0;
    for (const std::string* name :
         {&node.weights, &node.bias, &node.constant, &node.gamma, &node.beta})
        if (!name->empty()) count += element_count(network.constants.at(*name).shape);
    return count;
}

std::string input_shapes(const Network& network, const Node& node) {
    std::string text;
    for (const std::string& input : node.inputs)
        text += (text.empty() ? "" : ", ") + to_string(network.shapes.at(input));
    return text;
}

std::string window_text(const Node& node) {
    const Window& w = node.window;
    if (node.op != Operator::conv2d && node.op != Operator::max_pool &&
        node.op != Operator::average_pool)
        return "";
    std::string text = fmt::format("{}x{}", w.kernel_h, w.kernel_w);
    if (w.stride_h != 1 || w.stride_w != 1)
        text += w.stride_h == w.stride_w ? fmt::format("/{}", w.stride_h)
                                         : fmt::format("/{}x{}", w.stride_h, w.stride_w);
    if (w.dilation_h != 1 || w.dilation_w != 1)
        text += fmt::format(" dilation {}x{}", w.dilation_h, w.dilation_w);
    if (node.groups != 1) text += fmt::format(" groups {}", node.groups);
    return text;
}

}  // namespace

std::string show_network(const std::filesystem::path& path, const TextStyle& style) {
    const Network network = load_network(path);
    random_manifest(network, {});  // what run would refuse is not shown as if it ran
    TextTable table({name_column("layer"), words_column("operator"), name_column("input"),
                     words_column("window"), name_column("output"), number_column("parameters"),
                     number_column("MACs")});
    std::int64_t all_macs = 0, all_parameters = 0;
    for (const Node& node : network.nodes) {
        const std::int64_t node_macs = macs(network, node);
        const std::int64_t node_parameters = parameters(network, node);
        if (__builtin_add_overflow(all_macs, node_macs, &all_macs))
            fail("network '{}' is too large to count", network.name);
        all_parameters += node_parameters;
        table.add_row({printable(node.name), std::string(to_string(node.op)),
                       input_shapes(network, node), window_text(node),
                       to_string(network.shapes.at(node.output)), grouped_digits(node_parameters),
                       grouped_digits(node_macs)});
    }
    table.add_rule();
    table.add_row({"total", fmt::format("{} layers", network.nodes.size()), "", "", "",
                   grouped_digits(all_parameters), grouped_digits(all_macs)});
    return fmt::format("network {}{}\n\n{}", printable(network.name),
                       network.shape_only ? " (shapes only)" : "", table.to_string(style));
}

}  // namespace bitloom
