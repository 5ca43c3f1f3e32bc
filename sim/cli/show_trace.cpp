// SPDX-License-Identifier: Apache-2.0
// `bitloom show trace FILE`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/cli/columns.h"
#include "sim/cli/show_topics.h"
#include "sim/report/heading.h"
#include "sim/report/quantities.h"
#include "workloads/trace/trace.h"

namespace bitloom {

namespace {

bool is_gemm(const Layer& layer) {
    return layer.op == Operator::conv2d || layer.op == Operator::gemm ||
           layer.op == Operator::matmul;
}

// "flint4 x uflint4 + int16 -> int16, uint4": weights, activation and residual as in the result's
// report; other operators have their inputs in order.
std::string formats(const Manifest& manifest, const Layer& layer) {
    std::string text = layer.weights ? layer.weights->format : "";
    const bool is_product = layer.weights || layer.op == Operator::matmul;
    const std::size_t factors = layer.weights ? 1 : layer.inputs.size();
    for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
        const char* join = !is_product ? ", " : i < factors ? " x " : " + ";
        text += (text.empty() ? "" : join) + manifest.activation(layer.inputs[i]).format;
    }
    std::string results;
    for (const std::string& output : layer.outputs)
        results += (results.empty() ? "" : ", ") + manifest.activation(output).format;
    return text + " -> " + results;
}

std::string header(const Trace& trace, const TextStyle& style) {
    const Manifest& manifest = trace.manifest();
    const std::int64_t weight_layers =
        std::count_if(manifest.layers.begin(), manifest.layers.end(),
                      [](const Layer& layer) { return layer.weights.has_value(); });
    std::vector<std::pair<std::string, std::string>> facts = {
        {"network", manifest.network},
        {"scheme", scheme_heading(manifest.scheme, manifest.promotion, weight_layers)}};
    if (const std::string rule = rule_text(manifest.promotion); !rule.empty())
        facts.emplace_back("", rule);
    if (manifest.promotion && !manifest.promotion->raised.empty())
        facts.emplace_back("raised", fmt::format("{}", fmt::join(manifest.promotion->raised, " ")));
    if (manifest.random_seed)
        facts.emplace_back("codes", fmt::format("random (seed {})", *manifest.random_seed));
    if (!manifest.trained_for.empty()) facts.emplace_back("trained for", manifest.trained_for);
    for (const auto& [label, name] :
         {std::pair("input", manifest.input), std::pair("output", manifest.output)}) {
        const Activation& one = manifest.activation(name);
        facts.emplace_back(label, fmt::format("{} {}, {}, scale {:g}", name, to_string(one.shape),
                                              one.format, one.scale));
    }
    const auto accuracy = [](double top1) { return top1 < 0 ? "n/a" : percent(top1) + " %"; };
    facts.emplace_back("top-1",
                       fmt::format("float {}, quantized {}", accuracy(manifest.float_accuracy),
                                   accuracy(manifest.quantized_accuracy)));
    facts.insert(facts.end(), manifest.provenance.begin(), manifest.provenance.end());
    std::size_t width = 0;
    for (const auto& [label, value] : facts) width = std::max(width, label.size());
    std::string text;
    for (const auto& [label, value] : facts)
        text += wrapped(fmt::format("{:<{}}  {}", printable(label), width, printable(value)),
                        style.width, width + 2) +
                "\n";
    return text;
}

std::string layers(const Manifest& manifest, const TextStyle& style) {
    TextTable table({name_column("layer"), words_column("operator"), name_column("input"),
                     name_column("output"), name_column("formats"), number_column("MACs")});
    std::int64_t total = 0;
    for (const Layer& layer : manifest.layers) {
        const std::int64_t macs = is_gemm(layer) ? gemm_shape(manifest, layer).macs() : 0;
        total += macs;
        table.add_row({printable(layer.name), std::string(to_string(layer.op)),
                       to_string(manifest.activation(layer.inputs.at(0)).shape),
                       to_string(manifest.activation(layer.outputs.at(0)).shape),
                       formats(manifest, layer), grouped_digits(macs)});
    }
    table.add_rule();
    table.add_row({"total", fmt::format("{} layers", manifest.layers.size()), "", "", "",
                   grouped_digits(total)});
    return table.to_string(style);
}

std::string tensors(const Trace& trace, const TextStyle& style) {
    TextTable table({name_column("tensor"), words_column("type"), name_column("shape"),
                     number_column("bytes")});
    std::int64_t total = 0;
    for (const std::string& name : trace.tensor_names()) {
        const TensorView tensor = trace.tensor(name);
        const auto bytes = static_cast<std::int64_t>(tensor.bytes.size());
        total += bytes;
        table.add_row({printable(name), std::string(to_string(tensor.type)),
                       to_string(tensor.shape), grouped_digits(bytes)});
    }
    table.add_rule();
    table.add_row({"total", "", "", grouped_digits(total)});
    return table.to_string(style);
}

std::string dataset(const Trace& trace) {
    if (!trace.has_tensor("dataset/labels")) return "data set: none\n";
    return fmt::format("data set: {} inputs\n",
                       grouped_digits(trace.tensor("dataset/labels").shape.at(0)));
}

}  // namespace

std::string show_trace(const std::filesystem::path& file, const TextStyle& style) {
    const Trace trace = Trace::open(file);
    std::string text = header(trace, style) + "\n" + layers(trace.manifest(), style) + "\n";
    if (trace.shape_only()) text += "shapes only: some weights have no tensor\n";
    if (!trace.tensor_names().empty()) text += tensors(trace, style) + "\n";
    return text + dataset(trace);
}

}  // namespace bitloom
