// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/report_command.h"

#include <fmt/format.h>

#include <optional>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/cli/cli.h"
#include "sim/cli/output_plan.h"
#include "sim/cli/workload.h"
#include "sim/sweep/report/sweep_page.h"

namespace bitloom {

std::string_view ReportCommand::details() const {
    return "Writes one page that any browser opens, without a network: Pareto fronts, parallel\n"
           "coordinates, the sensitivity of each metric to each parameter, heat maps of the "
           "layers,\n"
           "and a table of the points that sorts, filters and saves CSV. The page shows what the\n"
           "latest version of the program found; a sweep may still be running.\n"
           "A SWEEP is named by its file, or by its number in the database.\n";
}

std::string_view ReportCommand::examples() const {
    return "  bitloom report results.db\n"
           "  bitloom report results.db --sweep buffers --html buffers.html\n"
           "  bitloom report results.db --x area_mm2 --y tops_per_watt\n"
           "  bitloom report results.db --sweep new --compare-sweep old\n"
           "  bitloom report results.db --compare last_week.db\n";
}

void ReportCommand::declare(KeySet& options) {
    options.path("html", html_, "The page; default RESULTS.html beside the database");
    options.text("sweep", sweep_, "The sweep; default the last one of the database", "SWEEP");
    options.path("compare", compare_, "Compare with a sweep of this database");
    options.text("compare-sweep", compare_sweep_,
                 "Compare with this sweep; of the same database without --compare", "SWEEP");
    options.text("x", x_, "Metric of the first front: across; default latency_s", "METRIC");
    options.text("y", y_, "Metric of the first front: up; default energy_pj", "METRIC");
}

int ReportCommand::run(const Arguments& arguments, const KeySet&, Console& console) {
    const std::vector<std::string>& words = arguments.words;
    if (words.empty()) fail("command line: no database given; usage: bitloom {}", usage());
    if (words.size() > 1) fail("command line: unexpected '{}'", words[1]);
    const std::filesystem::path database = words[0];
    const std::filesystem::path page =
        html_.empty() ? std::filesystem::path(database).replace_extension(".html") : html_;
    OutputPlan outputs;
    outputs.keep_database(database);
    if (!compare_.empty()) outputs.keep_database(compare_);
    outputs.add("html", page);
    if (outputs.takes_standard_output()) console.leave_standard_output();

    const ReportedSweep sweep = read_reported_sweep(database, sweep_);
    std::optional<ReportedSweep> other;
    if (!compare_.empty() || !compare_sweep_.empty()) {
        const std::filesystem::path from = compare_.empty() ? database : compare_;
        other = read_reported_sweep(from, compare_sweep_);
        std::error_code ignored;
        if (other->id == sweep.id && std::filesystem::equivalent(from, database, ignored))
            fail("command line: --compare{} = {}: is the sweep itself",
                 compare_sweep_.empty() ? "" : "-sweep",
                 compare_sweep_.empty() ? compare_.string() : compare_sweep_);
    }
    write_file(page, sweep_page(sweep, other ? &*other : nullptr, {.x = x_, .y = y_}));
    const auto line = [](const ReportedSweep& each) {
        return fmt::format("sweep {} '{}' of {}: {} of {} points done, {} failed\n", each.id,
                           each.name, each.database, each.counts.done, each.counts.points,
                           each.counts.failed);
    };
    console.print(line(sweep));
    if (other) console.print("compared with " + line(*other));
    console.print(fmt::format("page: {}\n", page.string()));
    return exit_good;
}

}  // namespace bitloom
