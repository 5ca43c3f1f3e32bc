// SPDX-License-Identifier: Apache-2.0
// report_samples GOLDEN [PAGES]: writes the golden files to folder GOLDEN; with PAGES, also the
// realistic result in every form there, to look at.
#include <cstdio>
#include <exception>
#include <filesystem>

#include "models/base/output_file.h"
#include "sim/report/csv.h"
#include "sim/report/html.h"
#include "sim/report/json.h"
#include "sim/report/table.h"
#include "sim/report/timeline.h"
#include "tests/sim/report/sample_results.h"

namespace {

void write_all(const bitloom::RunResult& result, const std::filesystem::path& stem) {
    bitloom::write_file(stem.string() + ".txt", bitloom::to_table(result));
    bitloom::write_file(stem.string() + ".csv", bitloom::to_csv(result));
    bitloom::write_file(stem.string() + ".json", bitloom::to_json(result));
    bitloom::write_file(stem.string() + ".trace.json", bitloom::to_chrome_trace(result));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc > 3) {
        std::fputs("usage: report_samples GOLDEN [PAGES]\n", stderr);
        return 2;
    }
    try {
        const std::filesystem::path golden = argv[1];
        write_all(bitloom::testing::small_result(), golden / "small");
        write_all(bitloom::testing::analog_result(), golden / "analog");
        if (argc == 3) {
            const std::filesystem::path pages = argv[2];
            write_all(bitloom::testing::realistic_result(), pages / "realistic");
            bitloom::write_file(pages / "realistic.html",
                                bitloom::to_html(bitloom::testing::realistic_result()));
            bitloom::write_file(pages / "small.html",
                                bitloom::to_html(bitloom::testing::small_result()));
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "report_samples: error: %s\n", error.what());
        return 2;
    }
}
