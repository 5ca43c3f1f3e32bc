// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/verify_command.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.h"
#include "sim/cli/cli.h"
#include "sim/cli/columns.h"
#include "sim/cli/progress.h"
#include "sim/verify/export.h"

namespace bitloom {

std::string_view VerifyCommand::summary() const {
    return "Cross-check the RTL against the C++ models, cycle by cycle";
}

std::string_view VerifyCommand::details() const {
    return "Drives the Verilated RTL of a processing element and its C++ model with the same\n"
           "inputs and compares every output in every cycle: all inputs where their number\n"
           "allows it, else corner cases and seeded random ones. Whole arrays run random commands\n"
           "in each fidelity: psums, cycles and counted events are compared. Stops at the first\n"
           "difference (exit code 1) and prints the inputs before it and the command that repeats\n"
           "it. With the name of a chip, checks what it is made of; without a name, everything;\n"
           "the last line then is the result over all of them.\n"
           "With --export, writes what the models say as rows for $readmemh and benches that run\n"
           "them in Icarus Verilog or Verilator, without this program, and checks nothing.\n";
}

std::string_view VerifyCommand::examples() const {
    return "  bitloom verify\n"
           "  bitloom verify ant\n"
           "  bitloom verify ant_pe --vectors 10000000 --seed 7\n"
           "  bitloom verify --list\n"
           "  bitloom verify --export vectors\n";
}

void VerifyCommand::declare(KeySet& options) {
    options.integer("seed", seed_, {.min = 0}, units::none, "Seed of the random inputs");
    options.integer("vectors", vectors_, {.min = 1}, units::none,
                    "Random inputs in each section that is not exhaustive");
    options.path("export", export_,
                 "Write vectors and benches for other simulators into this folder and stop; 20000 "
                 "random inputs a module unless --vectors is given");
    options.flag("uncovered", uncovered_,
                 "List the lines and bits of the RTL that a check does not reach");
    options.flag("list", list_, "List what can be verified and stop");
}

std::string verify_list_text(const TextStyle& style) {
    TextTable table({words_column("name"), words_column("what is compared with its C++ model")});
    for (const VerifyEntry& entry : verify_list())
        table.add_row({std::string(entry.name), std::string(entry.description)});
    TextTable chips({words_column("chip"), words_column("its checks")});
    for (const VerifyChip& chip : verify_chips())
        chips.add_row({std::string(chip.name), fmt::format("{}", fmt::join(chip.checks, " "))});
    return table.to_string(style) + "\n" + chips.to_string(style);
}

std::string verify_text(const VerifyReport& report, const VerifyOptions& options,
                        const TextStyle& style) {
    TextTable sections(
        {words_column("section"), words_column("inputs"), number_column("compared")});
    for (const VerifySection& section : report.sections)
        sections.add_row({section.name, section.exhaustive ? "all" : "corners, random",
                          fmt::format("{}", section.vectors)});
    std::string text =
        fmt::format("{}: {}\n\n", report.name, verify_entry(report.name).description) +
        sections.to_string(style);
    if (!report.coverage.empty()) {
        TextTable coverage(
            {words_column("coverage"), number_column("reached"), number_column("of")});
        for (const CoveragePoint& point : report.coverage)
            coverage.add_row(
                {point.name, fmt::format("{}", point.reached), fmt::format("{}", point.total)});
        text += fmt::format("\n{}", coverage.to_string(style));
    }
    if (!report.mismatch) {
        return text + fmt::format("\n{}: no difference in {} comparisons, {:.1f} s\n", report.name,
                                  report.vectors(), report.seconds);
    }
    const Mismatch& mismatch = *report.mismatch;
    text += fmt::format("\n{}: MISMATCH in '{}', cycle {}\n  inputs, the oldest first\n",
                        report.name, mismatch.section, mismatch.cycle);
    for (const std::string& line : mismatch.history) text += fmt::format("    {}\n", line);
    return text + fmt::format(
                      "  expected (C++)  {}\n  got (RTL)       {}\n"
                      "  repeat: bitloom verify {} --seed {} --vectors {}\n",
                      mismatch.expected, mismatch.got, report.name, options.seed, options.vectors);
}

std::string verify_summary(const std::vector<VerifyReport>& reports) {
    std::vector<std::string> different;
    std::int64_t comparisons = 0;
    double seconds = 0;
    for (const VerifyReport& report : reports) {
        if (!report.passed()) different.push_back(report.name);
        comparisons += report.vectors();
        seconds += report.seconds;
    }
    if (different.empty())
        return fmt::format("all {} modules: no difference in {} comparisons, {:.1f} s\n",
                           reports.size(), comparisons, seconds);
    return fmt::format("{} of {} modules {}: {}\n", different.size(), reports.size(),
                       different.size() == 1 ? "differs" : "differ", fmt::join(different, ", "));
}

std::string uncovered_text(const VerifyReport& report) {
    std::string text =
        fmt::format("\n{}: not reached in the RTL: {}\n", report.name, report.uncovered.size());
    for (const std::string& line : report.uncovered) text += fmt::format("  {}\n", line);
    return text;
}

int VerifyCommand::run(const Arguments& arguments, const KeySet& options, Console& console) {
    const std::vector<std::string>& words = arguments.words;
    if (words.size() > 1) fail("command line: unexpected '{}'", words[1]);
    if (list_) {
        if (!words.empty()) fail("command line: unexpected '{}' with --list", words[0]);
        for (const char* option : {"seed", "vectors", "export", "uncovered"})
            if (!options.find(option)->place.empty())
                fail("command line: --{} has no effect with --list", option);
        console.print(verify_list_text(console.style()));
        return exit_good;
    }
    if (!export_.empty()) {
        if (!words.empty()) fail("command line: unexpected '{}' with --export", words[0]);
        constexpr std::int64_t fewer = 20000;  // 20 MB of text, not 200
        const bool given = !options.find("vectors")->place.empty();
        const auto names =
            export_vectors(export_, static_cast<std::uint64_t>(seed_), given ? vectors_ : fewer);
        console.print(fmt::format("{} benches with their vectors are in {}: see {}\n", names.size(),
                                  export_.string(), (export_ / "README.txt").string()));
        return exit_good;
    }
    std::vector<const VerifyEntry*> entries;
    try {
        entries = verify_selection(words.empty() ? "all" : words[0]);
    } catch (const Error& error) {
        fail("command line: {}", error.what());
    }
    Progress progress(terminal_writer(console.error_stream()), steady_clock_seconds());
    VerifyOptions verify_options;
    verify_options.seed = static_cast<std::uint64_t>(seed_);
    verify_options.vectors = vectors_;
    verify_options.progress = [&progress](std::string_view section, double done, double total) {
        progress.update(section, done, total);
    };
    std::vector<VerifyReport> reports;
    for (const VerifyEntry* entry : entries) {
        const VerifyReport& report = reports.emplace_back(verify(*entry, verify_options));
        progress.clear();
        console.print(fmt::format("{}{}", entry == entries.front() ? "" : "\n",
                                  verify_text(report, verify_options, console.style())));
        if (uncovered_) console.print(uncovered_text(report));
        console.flush();
    }
    if (reports.size() > 1) console.print(fmt::format("\n{}", verify_summary(reports)));
    return std::ranges::all_of(reports, &VerifyReport::passed) ? exit_good : exit_check_failed;
}

}  // namespace bitloom
