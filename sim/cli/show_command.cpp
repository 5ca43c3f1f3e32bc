// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/show_command.h"

#include "models/base/error.h"
#include "models/base/text.h"
#include "sim/cli/cli.h"
#include "sim/cli/locate.h"
#include "sim/cli/show_topics.h"

namespace bitloom {

namespace {

struct Topic {
    std::string name;
    std::string word;  // the word that must follow; empty: none
    std::string (*text)(const std::string& word, const Arguments&, const ShowOptions&);
};

constexpr const char* default_energy_table = "models/energy/tables/28nm.csv";

const std::vector<Topic>& topics() {
    static const std::vector<Topic> all = {
        {"formats", "",
         [](const std::string&, const Arguments& arguments, const ShowOptions& options) {
             return show_formats(arguments.data_folder, options.style);
         }},
        {"format", "NAME",
         [](const std::string& word, const Arguments&, const ShowOptions& options) {
             return show_format(word, options.csv);
         }},
        {"schemes", "",
         [](const std::string&, const Arguments& arguments, const ShowOptions& options) {
             return show_schemes(arguments.data_folder, options.style);
         }},
        {"scheme", "NAME",
         [](const std::string& word, const Arguments& arguments, const ShowOptions& options) {
             return show_scheme(word, arguments.data_folder, options.style);
         }},
        {"devices", "",
         [](const std::string&, const Arguments&, const ShowOptions& options) {
             return show_devices(options.style);
         }},
        {"device", "NAME",
         [](const std::string& word, const Arguments&, const ShowOptions& options) {
             return show_device(word, options.device, options.csv, options.style);
         }},
        {"chips", "",
         [](const std::string&, const Arguments& arguments, const ShowOptions& options) {
             return show_chips(arguments.data_folder, options.style);
         }},
        {"chip", "CHIP",
         [](const std::string& word, const Arguments& arguments, const ShowOptions& options) {
             return show_chip(locate_chip(word, arguments.data_folder), arguments.chip_keys,
                              options.style);
         }},
        {"energy", "",
         [](const std::string&, const Arguments& arguments, const ShowOptions& options) {
             return show_energy(options.table.empty() ? arguments.data_folder / default_energy_table
                                                      : options.table,
                                options.style);
         }},
        {"trace", "FILE",
         [](const std::string& word, const Arguments&, const ShowOptions& options) {
             return show_trace(word, options.style);
         }},
        {"network", "NETWORK",
         [](const std::string& word, const Arguments& arguments, const ShowOptions& options) {
             return show_network(locate_network(word, arguments.data_folder), options.style);
         }},
    };
    return all;
}

const Topic& find_topic(const std::vector<std::string>& words) {
    std::vector<std::string> names;
    std::string known;
    for (const Topic& topic : topics()) {
        names.push_back(topic.name);
        known += " " + topic.name;
    }
    if (words.empty()) fail("command line: show what? known:{}", known);
    for (const Topic& topic : topics())
        if (topic.name == words[0]) return topic;
    fail("command line: cannot show '{}'; known:{}{}", words[0], known,
         did_you_mean(words[0], names));
}

}  // namespace

std::string_view ShowCommand::summary() const {
    return "Explain formats, schemes, devices, chips, energy tables, traces and networks";
}

std::string_view ShowCommand::details() const {
    return "Lists and explains. WHAT is one of:\n"
           "  formats          Number formats: range, the chips that take them, rule and source\n"
           "  format NAME      Every code of a format and its exact value\n"
           "  schemes          Quantization schemes: their formats, and the chips that run them\n"
           "  scheme NAME      One scheme: formats, which layers are raised, chips\n"
           "  devices          Analog memory devices: range, technology and source\n"
           "  device NAME      Conductances after programming and over time, of many devices\n"
           "  chips            Chips that have a name\n"
           "  chip CHIP        Every key of a chip: value, unit, range, meaning\n"
           "  energy           Energy, area and leakage of the components, with sources\n"
           "  trace FILE       Layers, formats, tensors and data set of a trace\n"
           "  network NETWORK  Layers, shapes and multiply-accumulates of a network\n"
           "CHIP is an .ini file, a .cfg file of SCALE-Sim or a name of `show chips`. NETWORK is\n"
           "a folder with zoo.json, an .onnx, .net or .csv file, or a name such as zoo/digits.\n"
           "Times of `device` count from the first read after programming.\n";
}

std::string_view ShowCommand::examples() const {
    return "  bitloom show format flint4 --csv\n"
           "  bitloom show scheme w1a2\n"
           "  bitloom show device pcm --targets 1,5,25 --times 0s,1h,1d\n"
           "  bitloom show chip ant --array.rows 32\n"
           "  bitloom show network zoo/digits\n";
}

void ShowCommand::declare(KeySet& options) {
    options.flag("csv", options_.csv, "With `format` and `device`: comma-separated values");
    options.path("table", options_.table, "With `energy`: another table than 28 nm");
    DeviceOptions& device = options_.device;
    options.text("targets", device.targets,
                 "With `device`: conductances such as 1,5,25 uS; empty: over the range", "LIST");
    options.text("times", device.times,
                 "With `device`: times such as 0s,30m,1h,1d; empty: up to 1y", "LIST");
    options.integer("samples", device.samples, {.min = 2, .max = 10'000'000}, units::none,
                    "With `device`: devices for each target");
    options.integer("seed", device.seed, {.min = 0}, units::none, "With `device`: seed");
}

int ShowCommand::run(const Arguments& arguments, const KeySet& options, Console& console) {
    const Topic& topic = find_topic(arguments.words);
    const std::size_t words = topic.word.empty() ? 1 : 2;
    if (arguments.words.size() < words)
        fail("command line: show {}: {} missing; usage: bitloom show {} {}", topic.name, topic.word,
             topic.name, topic.word);
    if (arguments.words.size() > words)
        fail("command line: show {}: unexpected '{}'", topic.name, arguments.words[words]);
    // An option that would have no effect is a mistake that must not pass in silence.
    const auto only_for = [&](const char* option, std::initializer_list<std::string_view> names) {
        if (options.find(option)->place.empty()) return;
        std::string allowed;
        for (const std::string_view name : names) {
            if (name == topic.name) return;
            allowed += fmt::format("{}`show {}`", allowed.empty() ? "" : " and ", name);
        }
        fail("command line: --{} is for {} only", option, allowed);
    };
    only_for("csv", {"format", "device"});
    only_for("table", {"energy"});
    for (const char* option : {"targets", "times", "samples", "seed"}) only_for(option, {"device"});
    if (!arguments.chip_keys.empty() && topic.name != "chip")
        fail("command line: --{} is for `show chip` only", arguments.chip_keys[0].first);
    options_.style = console.style();
    const std::string word = words > 1 ? arguments.words[1] : std::string();
    console.print(topic.text(word, arguments, options_));
    return exit_good;
}

}  // namespace bitloom
