// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/run_command.h"

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/cli/cli.h"
#include "sim/cli/layer_selection.h"
#include "sim/cli/locate.h"
#include "sim/cli/version.h"
#include "sim/engine/chip_description.h"
#include "sim/engine/engine.h"
#include "sim/report/csv.h"
#include "sim/report/html.h"
#include "sim/report/json.h"
#include "sim/report/table.h"
#include "sim/report/timeline.h"

namespace bitloom {

GemmShape parse_gemm(std::string_view text) {
    std::int64_t sizes[3] = {};
    std::string_view rest = text;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t cross = i < 2 ? rest.find('x') : rest.size();
        const auto size = parse_integer(rest.substr(0, cross), units::none);
        if (cross == std::string_view::npos || size.fault != NumberFault::none || size.value < 1)
            fail("command line: --gemm = {}: must be MxNxK, three sizes of at least 1", text);
        sizes[i] = size.value;
        rest.remove_prefix(i < 2 ? cross + 1 : cross);
    }
    return {.count = 1, .m = sizes[0], .n = sizes[1], .k = sizes[2]};
}

std::string_view RunCommand::summary() const {
    return "Simulate a trace or a network on a chip: latency, energy, accuracy";
}

std::string_view RunCommand::details() const {
    return "Simulates every layer on the chip and reports cycles, energy and accuracy.\n"
           "CHIP is an .ini file or a name of `bitloom show chips`. TRACE is a .safetensors file\n"
           "of `bitloom quantize`. A NETWORK (a folder with zoo.json, an .onnx, .net or .csv "
           "file,\n"
           "or a name such as zoo/digits) is quantized first. With --gemm, one matrix product\n"
           "with random codes takes the place of TRACE.\n";
}

std::string_view RunCommand::examples() const {
    return "  bitloom run ant zoo/digits --scheme ant4\n"
           "  bitloom run apnn_tc zoo/digits_w1a2\n"
           "  bitloom run ant digits.safetensors --layers 0..2 --html digits.html\n"
           "  bitloom run ant --gemm 128x128x512 --weights flint4 --activations int8\n"
           "  bitloom run ant papers/ant/resnet18 --array.rows 32 --json resnet18.json\n";
}

void RunCommand::declare(KeySet& options) {
    options.text("gemm", gemm_, "Simulate the product of an MxK and a KxN matrix", "MxNxK");
    options.choice("fidelity", fidelity_, {"tile", "pe", "rtl"},
                   "Fast, every PE stepped, or the Verilog; equal numbers");
    options.text("layers", layers_, "Only these layers: names, numbers, ranges: conv1,3,5..8",
                 "LIST");
    options.integer("inputs", inputs_, {.min = 0}, units::none,
                    "Test inputs for the accuracy; 0: all");
    options.flag("check", check_, "Compare every stored result with the host's integer reference");
    options.path("json", json_, "Write the result for programs");
    options.path("csv", csv_, "Write one line a layer");
    options.path("html", html_, "Write a page with charts");
    options.path("timeline", timeline_, "Write what each unit did when, for ui.perfetto.dev");
    options.path("vcd", vcd_, "Write the array's signals, for GTKWave; fidelity pe or rtl");
    declare_workload(options, workload_);
}

Trace RunCommand::make_run_trace(const Arguments& arguments, const KeySet& options,
                                 Progress& progress) {
    if (!gemm_.empty()) {
        refuse_workload_options(options, {"seed", "weights", "activations", "random"},
                                "--gemm has random codes");
        const auto or_default = [](const std::string& name) {
            return name.empty() ? std::string("flint4") : name;
        };
        const GemmShape shape = parse_gemm(gemm_);
        return gemm_trace(shape.m, shape.n, shape.k, or_default(workload_.weights_format),
                          or_default(workload_.activations_format),
                          static_cast<std::uint64_t>(workload_.seed));
    }
    const std::filesystem::path path = locate_network(arguments.words[1], arguments.data_folder);
    if (is_trace_file(path)) {
        refuse_workload_options(options, {"seed"}, path.string() + " is a trace");
        return Trace::open(path);
    }
    return make_trace(path, workload_, options, progress).trace;
}

int RunCommand::run(const Arguments& arguments, const KeySet& options, Console& console) {
    const std::vector<std::string>& words = arguments.words;
    if (words.empty()) fail("command line: no chip given; usage: bitloom {}", usage());
    if (words.size() == 1 && gemm_.empty())
        fail("command line: no trace or network given; usage: bitloom {}", usage());
    if (words.size() > 2) fail("command line: unexpected '{}'", words[2]);
    if (words.size() == 2 && !gemm_.empty())
        fail("command line: give '{}' or --gemm, not both", words[1]);
    if (inputs_ != 0 && workload_.skip_accuracy)
        fail("command line: --inputs has no effect with --no-accuracy");
    for (const auto& [name, file] :
         {std::pair("json", &json_), std::pair("csv", &csv_), std::pair("html", &html_),
          std::pair("timeline", &timeline_), std::pair("vcd", &vcd_)})
        check_output(name, *file);
    if (!vcd_.empty() && fidelity_ == "tile")
        fail("command line: --vcd = {}: fidelity tile has no signals: give --fidelity pe or rtl",
             vcd_.string());
    const ChipDescription chip =
        read_chip(locate_chip(words[0], arguments.data_folder), arguments.chip_keys);

    Progress progress(terminal_writer(console.error_stream()), steady_clock_seconds());
    const Trace trace = make_run_trace(arguments, options, progress);
    RunOptions run_options;
    run_options.fidelity = fidelity_;
    run_options.seed = static_cast<std::uint64_t>(workload_.seed);
    run_options.max_inputs = inputs_ == 0 ? -1 : inputs_;
    run_options.accuracy = !workload_.skip_accuracy;
    run_options.vcd = vcd_;
    run_options.timeline = !timeline_.empty();
    run_options.check = check_;
    if (!layers_.empty()) {
        std::vector<std::string> names;
        for (const Layer& layer : trace.manifest().layers) names.push_back(layer.name);
        run_options.layers = select_layers(layers_, names);
    }
    run_options.progress = [&progress](std::string_view what, double done, double total) {
        progress.update(what, done, total);
    };
    RunResult result = run_chip(chip, trace, run_options);
    progress.clear();
    result.provenance.emplace("version", program_version);

    if (!json_.empty()) write_file(json_, to_json(result));
    if (!csv_.empty()) write_file(csv_, to_csv(result));
    if (!html_.empty()) write_file(html_, to_html(result));
    if (!timeline_.empty()) write_file(timeline_, to_chrome_trace(result));
    console.print(to_table(result));
    return exit_good;
}

}  // namespace bitloom
