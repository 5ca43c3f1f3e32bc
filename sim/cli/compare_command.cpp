// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/compare_command.h"

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/cli/cli.h"
#include "sim/cli/output_plan.h"
#include "sim/cli/written.h"
#include "sim/report/comparison.h"

namespace bitloom {

std::string_view CompareCommand::details() const {
    return "Puts two results side by side: time and energy of every layer of the same name, their\n"
           "ratio, what each is bound by (array, DRAM, vector unit, ...), and what the difference\n"
           "comes from; then the keys of the chips that differ. Notes say what keeps the two from\n"
           "being compared: other networks, random codes, other nodes or temperatures.\n";
}

std::string_view CompareCommand::examples() const {
    return "  bitloom run ant zoo/digits --json a.json\n"
           "  bitloom run ant zoo/digits --array.rows 32 --json b.json\n"
           "  bitloom compare a.json b.json --csv ab.csv\n";
}

void CompareCommand::declare(KeySet& options) {
    options.path("json", json_, "Write the comparison for programs");
    options.path("csv", csv_, "Write one line a layer");
}

int CompareCommand::run(const Arguments& arguments, const KeySet&, Console& console) {
    const std::vector<std::string>& words = arguments.words;
    if (words.size() < 2) fail("command line: two results are needed; usage: bitloom {}", usage());
    if (words.size() > 2) fail("command line: unexpected '{}'", words[2]);
    OutputPlan outputs;
    for (const std::string& word : words) outputs.keep(word);
    outputs.add("json", json_);
    outputs.add("csv", csv_);
    ResultFile a = parse_result(read_file(words[0]), words[0]);
    ResultFile b = parse_result(read_file(words[1]), words[1]);
    const Comparison comparison = compare(std::move(a), std::move(b));
    if (!json_.empty()) write_file(json_, comparison_json(comparison));
    if (!csv_.empty()) write_file(csv_, comparison_csv(comparison));
    if (outputs.takes_standard_output()) console.leave_standard_output();
    console.print(comparison_text(comparison, console.style()));
    for (const auto* file : {&json_, &csv_})
        if (!file->empty()) console.print(written_text(*file));
    return exit_good;
}

}  // namespace bitloom
