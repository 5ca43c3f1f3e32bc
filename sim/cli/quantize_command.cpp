// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/quantize_command.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/base/error.h"
#include "sim/cli/cli.h"
#include "sim/cli/columns.h"
#include "sim/cli/locate.h"
#include "sim/cli/output_plan.h"
#include "sim/cli/written.h"
#include "sim/report/heading.h"
#include "sim/report/quantities.h"

namespace bitloom {

std::string quantization_report(const QuantizeResult& result, const TextStyle& style) {
    const Manifest& manifest = result.trace.manifest();
    const std::int64_t weight_layers =
        std::count_if(manifest.layers.begin(), manifest.layers.end(),
                      [](const Layer& layer) { return layer.weights.has_value(); });
    const std::string heading = scheme_heading(manifest.scheme, manifest.promotion, weight_layers);
    std::string text =
        style.strong(
            wrapped(printable(fmt::format("network {}, scheme {}", manifest.network, heading)),
                    style.width, 2)) +
        "\n\n";
    std::set<std::string> raised;
    if (manifest.promotion)
        raised.insert(manifest.promotion->raised.begin(), manifest.promotion->raised.end());
    if (result.tensors.empty()) {
        BITLOOM_CHECK(manifest.random_seed, "what was not quantized has random codes");
        text +=
            fmt::format("random codes (seed {}): nothing was quantized\n", *manifest.random_seed);
    } else {
        TextTable table({name_column("layer"), words_column("tensor"), words_column("format"),
                         number_column("scale"), number_column("MSE"), number_column("SQNR [dB]")});
        for (const TensorReport& tensor : result.tensors)
            table.add_row(
                {printable(tensor.layer), tensor.tensor,
                 tensor.format + (raised.contains(tensor.layer) ? " (raised)" : ""),
                 fmt::format("{:.4g}", tensor.scale), fmt::format("{:.3e}", tensor.mse),
                 std::isinf(tensor.sqnr_db) ? "exact" : fmt::format("{:.2f}", tensor.sqnr_db)});
        text += table.to_string(style);
    }
    for (const char* told : {"data", "stated_accuracy"})
        if (const auto found = manifest.provenance.find(told); found != manifest.provenance.end())
            text += fmt::format("\ndata: {}\n", printable(found->second));
    const auto top1 = [](double value) { return value < 0 ? "n/a" : percent(value) + " %"; };
    text += "\n";
    if (const std::string rule = rule_text(manifest.promotion); !rule.empty()) text += rule + "\n";
    if (!manifest.trained_for.empty()) text += "float: " + float_text(manifest.trained_for) + "\n";
    std::string before;
    if (!raised.empty())
        before = fmt::format(", before raising {}", top1(manifest.promotion->accuracy_before));
    return text + fmt::format("top-1: float {}{}, quantized {}\n", top1(result.float_accuracy),
                              before, top1(result.quantized_accuracy));
}

std::string_view QuantizeCommand::details() const {
    return "Quantizes a network after training: chooses a number format and a scale for every\n"
           "tensor and reports what each choice loses. A network with shapes only gets random\n"
           "codes. NETWORK is a folder with zoo.json, an .onnx, .net or .csv file, or a name such\n"
           "as zoo/digits. An .onnx file needs --dataset: inputs to calibrate with and, with\n"
           "labels, to evaluate: .npz (inputs, labels), .npy and --labels, CLASS/*.png, or *.png\n"
           "with labels.csv. Values are taken as stored, bytes as 0..255, unless --scale, --mean\n"
           "and --std say more.\n"
           "Scheme wPaQ, P and Q in 1..8, has weights of P bits (one bit: -1 or +1 times the mean\n"
           "magnitude of the channel) and activations of Q bits. A network trained for it, such "
           "as\n"
           "zoo/digits_w1a2, brings its own scales.\n";
}

std::string_view QuantizeCommand::examples() const {
    return "  bitloom quantize zoo/digits --scheme ant4 --output digits.safetensors\n"
           "  bitloom quantize zoo/digits/network.onnx --dataset zoo/digits --scheme int8\n"
           "  bitloom quantize zoo/digits_w1a2\n";
}

void QuantizeCommand::declare(KeySet& options) {
    options.path("output", output_, "Write the trace (.safetensors); without, only report");
    declare_workload(options, workload_);
}

int QuantizeCommand::run(const Arguments& arguments, const KeySet& options, Console& console) {
    if (arguments.words.empty()) fail("command line: no network given; usage: bitloom {}", usage());
    if (arguments.words.size() > 1) fail("command line: unexpected '{}'", arguments.words[1]);
    const std::filesystem::path path = locate_network(arguments.words[0], arguments.data_folder);
    if (is_trace_file(path)) fail("{}: is a trace, already quantized", path.string());
    OutputPlan outputs;
    outputs.keep(path);
    outputs.add("output", output_);
    // What is no file has no ending to tell what it holds.
    if (!output_.empty() && !is_trace_file(output_) && !outputs.all_through())
        fail("command line: --output = {}: must end with .safetensors", output_.string());

    if (!workload_.random)
        workload_.dataset = locate_dataset(workload_.dataset, arguments.data_folder);
    Progress progress(terminal_writer(console.error_stream()), steady_clock_seconds());
    const QuantizeResult result = make_trace(path, workload_, options, progress);
    progress.clear();
    outputs.check_inputs();
    if (!output_.empty()) result.trace.write(output_);
    if (outputs.takes_standard_output()) console.leave_standard_output();
    console.print(quantization_report(result, console.style()));
    if (!output_.empty()) console.print(written_text(output_));
    return exit_good;
}

}  // namespace bitloom
