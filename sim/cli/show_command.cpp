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
    std::string (*text)(const std::string& word, const Arguments&, bool csv,
                        const std::filesystem::path& table);
};

using std::filesystem::path;

constexpr const char* default_energy_table = "models/energy/tables/28nm.csv";

const std::vector<Topic>& topics() {
    static const std::vector<Topic> all = {
        {"formats", "",
         [](const std::string&, const Arguments&, bool, const path&) { return show_formats(); }},
        {"format", "NAME",
         [](const std::string& word, const Arguments&, bool csv, const path&) {
             return show_format(word, csv);
         }},
        {"chips", "",
         [](const std::string&, const Arguments& arguments, bool, const path&) {
             return show_chips(arguments.data_folder);
         }},
        {"chip", "CHIP",
         [](const std::string& word, const Arguments& arguments, bool, const path&) {
             return show_chip(locate_chip(word, arguments.data_folder), arguments.chip_keys);
         }},
        {"energy", "",
         [](const std::string&, const Arguments& arguments, bool, const path& table) {
             return show_energy(table.empty() ? arguments.data_folder / default_energy_table
                                              : table);
         }},
        {"trace", "FILE",
         [](const std::string& word, const Arguments&, bool, const path&) {
             return show_trace(word);
         }},
        {"network", "NETWORK",
         [](const std::string& word, const Arguments& arguments, bool, const path&) {
             return show_network(locate_network(word, arguments.data_folder));
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
    return "Explain formats, chips, energy tables, traces and networks";
}

std::string_view ShowCommand::details() const {
    return "Lists and explains. WHAT is one of:\n"
           "  formats          Number formats: width, sign, range, rule and source\n"
           "  format NAME      Every code of a format and its exact value\n"
           "  chips            Chips that have a name\n"
           "  chip CHIP        Every key of a chip: value, unit, range, meaning\n"
           "  energy           Energy, area and leakage of the components, with sources\n"
           "  trace FILE       Layers, formats, tensors and data set of a trace\n"
           "  network NETWORK  Layers, shapes and multiply-accumulates of a network\n"
           "CHIP is an .ini file or a name of `show chips`. NETWORK is a folder with zoo.json, an\n"
           ".onnx, .net or .csv file, or a name such as zoo/digits.\n";
}

std::string_view ShowCommand::examples() const {
    return "  bitloom show format flint4 --csv\n"
           "  bitloom show chip ant --array.rows 32\n"
           "  bitloom show network zoo/digits\n";
}

void ShowCommand::declare(KeySet& options) {
    options.flag("csv", csv_, "With `format`: comma-separated code,value");
    options.path("table", table_, "With `energy`: another table than 28 nm");
}

int ShowCommand::run(const Arguments& arguments, const KeySet&, Console& console) {
    const Topic& topic = find_topic(arguments.words);
    const std::size_t words = topic.word.empty() ? 1 : 2;
    if (arguments.words.size() < words)
        fail("command line: show {}: {} missing; usage: bitloom show {} {}", topic.name, topic.word,
             topic.name, topic.word);
    if (arguments.words.size() > words)
        fail("command line: show {}: unexpected '{}'", topic.name, arguments.words[words]);
    // An option that would have no effect is a mistake that must not pass in silence.
    if (csv_ && topic.name != "format") fail("command line: --csv is for `show format` only");
    if (!table_.empty() && topic.name != "energy")
        fail("command line: --table is for `show energy` only");
    if (!arguments.chip_keys.empty() && topic.name != "chip")
        fail("command line: --{} is for `show chip` only", arguments.chip_keys[0].first);
    const std::string word = words > 1 ? arguments.words[1] : std::string();
    console.print(topic.text(word, arguments, csv_, table_));
    return exit_good;
}

}  // namespace bitloom
