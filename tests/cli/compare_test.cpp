// SPDX-License-Identifier: Apache-2.0
// `bitloom compare`, as a user runs it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "models/base/output_file.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// The ratios are recomputed from the two files.
TEST(CompareCommand, PutsTwoRunsSideBySide) {
    const TemporaryFolder folder;
    const std::string a = folder / "a.json", b = folder / "b.json";
    for (const auto& [file, rows] : {std::pair(a, "64"), std::pair(b, "16")}) {
        const ProgramRun run = run_bitloom(
            {"run", "ant", "zoo/digits", "--no-accuracy", "--array.rows", rows, "--json", file});
        ASSERT_EQ(run.exit_code, 0) << run.error;
    }
    const ProgramRun run =
        run_bitloom({"compare", a, b, "--json", folder / "ab.json", "--csv", folder / "ab.csv"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    EXPECT_EQ(run.error, "");
    EXPECT_THAT(run.output, HasSubstr("array.rows"));
    EXPECT_THAT(run.output, HasSubstr(fmt::format("written: {}", folder / "ab.csv")));
    const json of_a = json::parse(read_file(a)), of_b = json::parse(read_file(b)),
               compared = json::parse(read_file(folder / "ab.json"));
    ASSERT_EQ(compared.at("layers").size(), of_a.at("layers").size());
    for (std::size_t i = 0; i < of_a.at("layers").size(); ++i) {
        const json& layer = compared.at("layers")[i];
        const double cycles_a = of_a.at("layers")[i].at("cycles");
        const double cycles_b = of_b.at("layers")[i].at("cycles");
        if (cycles_a > 0) {
            EXPECT_DOUBLE_EQ(layer.at("time_ratio").get<double>(), cycles_b / cycles_a);
        }
    }
    EXPECT_EQ(compared.at("configuration").at("array.rows").at("b"), "16");
}

TEST(CompareCommand, MistakesAreNamed) {
    const TemporaryFolder folder;
    const std::string text = folder.write("a.json", "not JSON");
    const auto error = [](const std::vector<std::string>& arguments) {
        const ProgramRun run = run_bitloom(arguments);
        EXPECT_EQ(run.exit_code, 2);
        return run.error;
    };
    EXPECT_EQ(error({"compare", text, text}),
              fmt::format("bitloom: error: {}: not valid JSON near byte 2\n", text));
    EXPECT_EQ(error({"compare", text}),
              "bitloom: error: command line: two results are needed; usage: bitloom compare A.json "
              "B.json [options]\n");
    EXPECT_THAT(error({"compare", folder / "none", text}), HasSubstr("No such file"));
}

}  // namespace
}  // namespace bitloom::test
