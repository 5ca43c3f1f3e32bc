// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/run_command.h"

#include <algorithm>
#include <cctype>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/cli/cli.h"
#include "sim/cli/layer_selection.h"
#include "sim/cli/locate.h"
#include "sim/cli/output_plan.h"
#include "sim/cli/run_provenance.h"
#include "sim/cli/version.h"
#include "sim/cli/written.h"
#include "sim/engine/chip_description.h"
#include "sim/engine/engine.h"
#include "sim/engine/layer_dump.h"
#include "sim/report/csv.h"
#include "sim/report/html.h"
#include "sim/report/json.h"
#include "sim/report/table.h"
#include "sim/report/timeline.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

// dump_LAYER, with what a file name should not hold as _.
std::filesystem::path default_dump_folder(const std::string& layer) {
    std::string name = "dump_";
    for (const char c : layer)
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ? c : '_';
    return name.substr(0, 200);
}

}  // namespace

std::string_view RunCommand::summary() const {
    return "Simulate a trace or a network on a chip: latency, energy, accuracy";
}

std::string_view RunCommand::details() const {
    return "Simulates every layer on the chip and reports cycles, energy and accuracy.\n"
           "CHIP is an .ini file, a .cfg file of SCALE-Sim or a name of `bitloom show chips`.\n"
           "TRACE is a .safetensors file of `bitloom quantize`. A NETWORK (a folder with\n"
           "zoo.json, an .onnx, .net or .csv file, or a name such as zoo/digits) is quantized\n"
           "first. With --gemm, one matrix product with random codes takes the place of TRACE.\n"
           "An output file appears whole or not at all; - is standard output, and the report then\n"
           "goes to standard error.\n";
}

std::string_view RunCommand::examples() const {
    return "  bitloom run ant zoo/digits --scheme ant4\n"
           "  bitloom run apnn_tc zoo/digits_w1a2\n"
           "  bitloom run ant digits.safetensors --layers 0..2 --html digits.html\n"
           "  bitloom run ant zoo/keywords --explain 2\n"
           "  bitloom run ant --gemm 128x128x512 --weights flint4 --activations int8\n"
           "  bitloom run aon_cim zoo/digits --scheme int8 --time 25s,1d,1y --seeds 25\n"
           "  bitloom run ant zoo/digits --dump conv2d_1 --dump-folder conv2d_1\n"
           "  bitloom run ant papers/ant/resnet18 --array.rows 32 --json resnet18.json\n";
}

void RunCommand::declare(KeySet& options) {
    declare_simulation(options, simulation_);
    options.flag("check", check_, "Compare every stored result with the host's integer reference");
    options.text("explain", explain_,
                 "Say how layers are mapped, what limits them, what more would bring",
                 "LIST");
    options.path("json", json_, "Write the result for programs");
    options.path("csv", csv_, "Write one line a layer");
    options.path("html", html_, "Write a page with charts");
    options.path("timeline", timeline_, "Write what each unit did when, for ui.perfetto.dev");
    options.path("vcd", vcd_, "Write the array's signals, for GTKWave; fidelity pe or rtl");
    options.text("dump", dump_, "Write a layer's codes and psums as hex and npy, with a bench",
                 "LAYER");
    options.path("dump-folder", dump_folder_,
                 "Where --dump writes: empty, new or of an earlier dump; dump_LAYER");
    declare_workload(options, workload_);
}

std::vector<std::string> RunCommand::explained_layers(const Trace& trace,
                                                      const RunOptions& how) const {
    if (explain_.empty()) return {};
    std::vector<std::string> names;
    for (const Layer& layer : trace.manifest().layers) names.push_back(layer.name);
    std::vector<std::string> explained = select_layers(explain_, names, "explain");
    for (const std::string& name : explained)
        if (!how.layers.empty() &&
            std::find(how.layers.begin(), how.layers.end(), name) == how.layers.end())
            fail("command line: --explain = {}: --layers leaves '{}' out", explain_, name);
    return explained;
}

int RunCommand::run(const Arguments& arguments, const KeySet& options, Console& console) {
    const std::vector<std::string>& words = arguments.words;
    if (words.empty()) fail("command line: no chip given; usage: bitloom {}", usage());
    if (words.size() == 1 && simulation_.gemm.empty())
        fail("command line: no trace or network given; usage: bitloom {}", usage());
    if (words.size() > 2) fail("command line: unexpected '{}'", words[2]);
    if (words.size() == 2 && !simulation_.gemm.empty())
        fail("command line: give '{}' or --gemm, not both", words[1]);
    if (simulation_.inputs != 0 && workload_.skip_accuracy)
        fail("command line: --inputs has no effect with --no-accuracy");
    OutputPlan outputs;
    for (const auto& [name, file] :
         {std::pair("json", &json_), std::pair("csv", &csv_), std::pair("html", &html_),
          std::pair("timeline", &timeline_), std::pair("vcd", &vcd_)})
        outputs.add(name, *file);
    if (!vcd_.empty() && simulation_.fidelity == "tile")
        fail("command line: --vcd = {}: fidelity tile has no signals: give --fidelity pe or rtl",
             vcd_.string());
    if (dump_.empty() && !dump_folder_.empty())
        fail("command line: --dump-folder has no effect without --dump");
    std::filesystem::path dump_folder =
        dump_folder_.empty() ? default_dump_folder(dump_) : dump_folder_;
    if (!dump_folder.has_filename()) dump_folder = dump_folder.parent_path();  // "d/"
    if (!dump_.empty()) {
        check_output_folder("dump-folder", dump_folder);
        check_dump_folder(dump_folder);
    }
    const ChipDescription chip =
        read_chip(locate_chip(words[0], arguments.data_folder), arguments.chip_keys);
    refuse_chip_options(chip, options);

    Progress progress(terminal_writer(console.error_stream()), steady_clock_seconds());
    const std::filesystem::path network =
        words.size() == 2 ? locate_network(words[1], arguments.data_folder) : "";
    workload_.check = [&](const Trace& shapes) {
        check_fit(chip, shapes, run_options(simulation_, workload_, shapes).layers);
    };
    if (!workload_.random)
        workload_.dataset = locate_dataset(workload_.dataset, arguments.data_folder);
    const Trace trace = simulation_trace(network, simulation_, workload_, options, progress);
    RunOptions how = run_options(simulation_, workload_, trace);
    if (!dump_.empty() && trace.manifest().find_layer(dump_) == nullptr) {
        std::vector<std::string> names;
        for (const Layer& layer : trace.manifest().layers) names.push_back(layer.name);
        fail("command line: --dump: network '{}' has no layer {}{}", trace.manifest().network,
             shown(dump_), suggestion(dump_, names));
    }
    how.vcd = vcd_;
    how.explained = explained_layers(trace, how);
    how.timeline = !timeline_.empty();
    how.check = check_;
    how.progress = [&progress](std::string_view what, double done, double total) {
        progress.update(what, done, total);
    };
    outputs.check_inputs();
    RunResult result = run_chip(chip, trace, how);
    progress.clear();
    trace.check_unchanged();
    result.provenance.emplace("version", program_version);
    result.run = provenance_of_run(arguments.command);

    if (!json_.empty()) write_file(json_, to_json(result));
    if (!csv_.empty()) write_file(csv_, to_csv(result));
    if (!html_.empty()) write_file(html_, to_html(result));
    if (!timeline_.empty()) write_file(timeline_, to_chrome_trace(result));
    if (outputs.takes_standard_output()) console.leave_standard_output();
    console.print(to_table(result, console.style()));
    if (!dump_.empty()) {
        const LayerDump dump = dump_layer(chip, trace, how, dump_);
        const std::filesystem::path rtl = arguments.data_folder / "rtl";
        write_dump(dump, dump_folder, rtl);
        console.print(fmt::format("\nLayer {} is in {}\n", shown(dump_), dump_folder.string()));
        for (const std::string& command : dump_commands(dump, dump_folder, rtl))
            console.print(fmt::format("  {}\n", command));
    }
    std::string written;
    for (const auto* file : {&json_, &csv_, &html_, &timeline_, &vcd_})
        if (!file->empty()) written += written_text(*file);
    if (!written.empty()) console.print("\n" + written);
    return exit_good;
}

}  // namespace bitloom
