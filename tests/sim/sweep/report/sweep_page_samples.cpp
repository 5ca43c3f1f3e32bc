// SPDX-License-Identifier: Apache-2.0
// sweep_page_samples FOLDER: writes the pages that sweep_page_test.py opens in a browser.
#include <cstdio>
#include <exception>

#include "models/base/output_file.h"
#include "sim/sweep/report/sweep_page.h"
#include "tests/sim/sweep/report/sample_sweeps.h"

using namespace bitloom;
using namespace bitloom::testing;

int main(int count, char** words) {
    if (count != 2) return 2;
    const std::filesystem::path folder = words[1];
    try {
        write_file(folder / "many.html", sweep_page(plausible_sweep(2000)));
        ReportedSweep limited = plausible_sweep(500);
        SearchSettings wanted;
        wanted.objectives = {{"cycles", false}, {"area_mm2", false}};
        wanted.limits = {{"accuracy", false, 0.8}, {"dram_bytes", true, 1e6}};
        limited.rule = frontier_rule(wanted);
        write_file(folder / "limited.html", sweep_page(limited));
        write_file(folder / "most.html", sweep_page(plausible_sweep(10000)));
        write_file(folder / "one.html", sweep_page(single_point()));
        write_file(folder / "hostile.html", sweep_page(hostile_sweep()));
        write_file(folder / "without_metrics.html", sweep_page(without_metrics()));
        const ReportedSweep faster = plausible_sweep(600, 2, 1.25);
        write_file(folder / "two.html", sweep_page(plausible_sweep(600), &faster));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
