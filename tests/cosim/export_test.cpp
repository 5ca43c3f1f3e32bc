// SPDX-License-Identifier: Apache-2.0
// Exported vectors: what they hold, and that two other simulators agree with them, and see a
// difference when there is one.
#include "sim/verify/export.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "tests/cosim/export_tools.h"

namespace bitloom {
namespace {

constexpr std::int64_t few = 1500;  // random rows

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const ExportCase& next : export_cases(1, 1)) all.push_back(next.name());
    return all;
}

// Changes the last digit of a row, counted from 0: the lowest bit of the last output.
void break_row(const std::filesystem::path& file, int row) {
    std::string text = read_file(file);
    std::size_t end = text.find('\n');  // of the comment
    for (int i = 0; i <= row; ++i) end = text.find('\n', end + 1);
    char& digit = text[end - 1];
    const std::string digits = "0123456789abcdef";
    digit = digits[digits.find(digit) ^ 1];
    write_file(file, text);
}

TEST(Export, WritesABenchAndARowFileForEachCaseAndTheCommands) {
    const Folder folder;
    EXPECT_EQ(export_vectors(folder.path() / "deep/er", 1, 3), names());
    std::set<std::string> expected = {"all_tb.sv", "README.txt"};
    for (const std::string& name : names()) {
        expected.insert(name + ".hex");
        expected.insert(name + "_tb.sv");
    }
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "deep/er"))
        found.insert(entry.path().filename().string());
    EXPECT_EQ(found, expected);
}

TEST(Export, RowsDependOnTheSeedAndTheirNumberOnVectors) {
    const auto rows = [](std::uint64_t seed, std::int64_t vectors) {
        std::map<std::string, std::pair<std::int64_t, std::string>> all;
        for (const ExportCase& next : export_cases(seed, vectors))
            all[next.name()] = {next.row_count(), next.rows()};
        return all;
    };
    const auto first = rows(1, 10), again = rows(1, 10), other = rows(2, 10), more = rows(1, 25);
    EXPECT_EQ(first, again);
    int with_state = 0;
    for (const auto& [name, value] : first) {
        const bool exhaustive = name.find("decoder") != std::string::npos || name == "adc_mux";
        EXPECT_EQ(value == other.at(name), exhaustive) << name;
        if (name.starts_with("systolic_array"))  // whole runs of folds
            EXPECT_GE(more.at(name).first, 25) << name;
        else
            EXPECT_EQ(more.at(name).first - value.first, exhaustive ? 0 : 15) << name;
        with_state += exhaustive ? 0 : 1;
    }
    EXPECT_GE(with_state, 10);
}

// Every pair of 8-bit codes is in the rows of the PEs that take them.
TEST(Export, HoldsEveryPairOfBytes) {
    std::map<std::string, std::int64_t> count;
    for (const ExportCase& next : export_cases(1, 1)) count[next.name()] = next.row_count();
    for (const char* name :
         {"ant_int8_pe", "int8_mac", "minifloat_mac_exact_e4m3", "minifloat_mac_exact_e5m2",
          "minifloat_mac_fp32_e4m3", "minifloat_mac_fp32_e5m2"})
        EXPECT_GE(count.at(name), 65536) << name;
    EXPECT_EQ(count.at("ant_decoder8"), 6 * 256);
    EXPECT_EQ(count.at("minifloat_decoder_e5m2"), 256);
    EXPECT_EQ(count.at("minifloat_mac_exact_e2m1"), 256 + 1 + 2);
}

// By hand: 9 bits are a digit of one bit and two of four.
TEST(Export, ARowIsOneNumberWithTheFirstPortOnTop) {
    ExportCase rows("x", "m", {}, false, {{"a", 1}, {"b", 3}}, {{"c", 5}});
    rows.add_row({1, 5}, {static_cast<UInt128>(Int128{-2})});
    rows.add_row({0, 7}, {1});
    EXPECT_EQ(rows.rows(), "1be\n0e1\n");
    // 1ff, turned 1ff, ^ 1be = 041, turned 082, ^ 0e1 = 063.
    EXPECT_EQ(rows.checksum_row(), "063\n");
}

TEST(Export, NumberOfVectorsOutOfRangeIsAnError) {
    const Folder folder;
    for (const std::int64_t vectors : {std::int64_t{0}, std::int64_t{10'000'001}}) {
        try {
            export_vectors(folder.path(), 1, vectors);
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(std::string(error.what()),
                      fmt::format("vectors = {}: must be 1..10000000", vectors));
        }
    }
}

TEST(Export, AFileInPlaceOfTheFolderIsAnErrorWithItsName) {
    const Folder folder;
    const auto file = folder.path() / "file";
    write_file(file, "x");
    try {
        export_vectors(file / "sub", 1, 1);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()),
                  (file / "sub").string() + ": cannot make the folder: Not a directory");
    }
}

class ExportIcarus : public testing::TestWithParam<std::string> {};

TEST_P(ExportIcarus, TheRtlAgrees) {
    if (!has_tool("iverilog"))
        GTEST_SKIP() << "iverilog is not installed (scripts/setup.sh --tests)";
    const Folder folder;
    export_vectors(folder.path(), 5, few);
    const std::string& name = GetParam();
    const long rows = 3 * few;  // the random ones and the first of the others: seconds, not minutes
    const ToolRun run =
        run_icarus(folder.path(), name, rtl_folder, folder.path() / "program", rows);
    EXPECT_TRUE(run.output.starts_with("PASS " + name + ": ")) << run.output;
    EXPECT_EQ(std::count(run.output.begin(), run.output.end(), '\n'), 1) << run.output;
    EXPECT_EQ(run.exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(All, ExportIcarus, testing::ValuesIn(names()),
                         [](const auto& test) { return test.param; });

// The message holds what a reader needs: row, inputs, port, both values, and that the vectors and
// not the module are at fault.
TEST(ExportIcarus, ABrokenRowIsReportedWithItsInputs) {
    if (!has_tool("iverilog"))
        GTEST_SKIP() << "iverilog is not installed (scripts/setup.sh --tests)";
    const Folder folder;
    export_vectors(folder.path(), 5, 10);
    break_row(folder.path() / "minifloat_decoder_e2m1.hex", 11);
    const ToolRun run = run_icarus(folder.path(), "minifloat_decoder_e2m1", rtl_folder,
                                   folder.path() / "program", 1000);
    EXPECT_TRUE(run.output.starts_with(
        "FAIL minifloat_decoder_e2m1: row 11: code_i=b: infinity_o = 0, expected 1\n"
        "FAIL minifloat_decoder_e2m1: minifloat_decoder_e2m1.hex: not as it was written: its "
        "checksum differs\n"))
        << run.output;
    EXPECT_EQ(run.output.find("PASS"), std::string::npos) << run.output;
    EXPECT_NE(run.exit_code, 0);
}

// The commands of README.md, in a folder with rtl/, sim/dpi and the bench as in the sources.
TEST(ReadmeCommands, OfOtherSimulatorsPass) {
    if (!has_tool("verilator") || !has_tool("iverilog"))
        GTEST_SKIP() << "iverilog or verilator is not installed (scripts/setup.sh --tests)";
    const std::filesystem::path source = BITLOOM_SOURCE_DIR;
    const std::string readme = read_file(source / "README.md");
    const std::size_t section = readme.find("### From other simulators");
    ASSERT_NE(section, std::string::npos);
    const std::string text = readme.substr(section, readme.find("\n#", section + 4) - section);
    const Folder folder;
    std::filesystem::create_symlink(rtl_folder, folder.path() / "rtl");
    std::filesystem::create_symlink(source / "sim", folder.path() / "sim");
    std::filesystem::create_symlink(source / "tests", folder.path() / "tests");
    std::filesystem::create_directories(folder.path() / "build/release/sim");
    std::filesystem::create_symlink(std::filesystem::path(BITLOOM_DPI_LIBRARY).parent_path(),
                                    folder.path() / "build/release/sim/dpi");
    std::string script =
        fmt::format("set -e\nbitloom() {{ {} \"$@\"; }}\n", quoted(BITLOOM_PROGRAM));
    if (has_tool("ccache")) script += "export OBJCACHE=ccache\n";
    int blocks = 0;
    for (std::size_t at = 0; (at = text.find("```sh\n", at)) != std::string::npos; ++blocks) {
        at += 6;
        script += text.substr(at, text.find("```", at) - at);
    }
    EXPECT_EQ(blocks, 2);
    write_file(folder.path() / "script", script);
    const ToolRun run = run_in(folder.path(), "sh script");
    EXPECT_EQ(run.exit_code, 0) << run.output;
    for (const char* passed : {"PASS ant_pe: ", "PASS dump: 256 psums", "PASS dpi_bench: "})
        EXPECT_NE(run.output.find(passed), std::string::npos) << run.output;
    EXPECT_EQ(run.output.find("FAIL"), std::string::npos) << run.output;
}

// What may be wrong with a file of vectors, and with a request: no simulator may pass it.
struct Damage {
    const char* name;
    void (*apply)(const std::filesystem::path& file);
    std::string arguments = {};
};

void cut_lines(const std::filesystem::path& file, std::size_t from, std::size_t count) {
    std::string text = read_file(file);
    std::vector<std::size_t> starts = {0};
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '\n') starts.push_back(i + 1);
    starts.push_back(text.size());
    from = std::min(from, starts.size() - 2);
    const std::size_t to = std::min(from + count, starts.size() - 1);
    write_file(file, text.erase(starts[from], starts[to] - starts[from]));
}

const std::vector<Damage> damages = {
    {"a file of one row", [](const auto& file) { write_file(file, "00\n"); }},
    {"an empty file", [](const auto& file) { write_file(file, ""); }},
    {"no file", [](const auto& file) { std::filesystem::remove(file); }},
    {"a row cut out", [](const auto& file) { cut_lines(file, 700, 1); }},
    {"the second half missing", [](const auto& file) { cut_lines(file, 800, 1'000'000); }},
    {"the checksum missing", [](const auto& file) { cut_lines(file, 1'000'000, 1); }},
    // An input that no output depends on: valid_i is 0 in this row, or its operand is.
    {"an input changed",
     [](const auto& file) {
         std::string text = read_file(file);
         const std::size_t row = text.find('\n', text.find('\n') + 1) + 1;  // the row of the reset
         text[row + 2] = text[row + 2] == '0' ? '1' : '0';
         write_file(file, text);
     }},
    {"no rows asked for", [](const auto&) {}, " +rows=0"},
    {"a negative number of rows", [](const auto&) {}, " +rows=-3"},
    {"rows without a number", [](const auto&) {}, " +rows=many"},
};

// Runs `program` with each damage in turn and expects a failure that is told.
void expect_no_damage_passes(const std::filesystem::path& folder, const std::string& name,
                             const std::string& program) {
    const auto file = folder / (name + ".hex");
    const std::string whole = read_file(file);
    const ToolRun good = run_in(folder, program);
    EXPECT_EQ(good.exit_code, 0) << good.output;
    EXPECT_NE(good.output.find("PASS " + name + ": "), std::string::npos) << good.output;
    for (const Damage& damage : damages) {
        damage.apply(file);
        const ToolRun run = run_in(folder, "timeout 60 " + program + damage.arguments);
        EXPECT_NE(run.exit_code, 0) << damage.name << ": " << run.output;
        EXPECT_NE(run.exit_code, 124) << damage.name << ": does not end";
        EXPECT_EQ(run.output.find("PASS"), std::string::npos) << damage.name << ": " << run.output;
        write_file(file, whole);
    }
}

TEST(ExportIcarus, DamagedVectorsFailWithAnExitCode) {
    if (!has_tool("iverilog"))
        GTEST_SKIP() << "iverilog is not installed (scripts/setup.sh --tests)";
    const Folder folder;
    export_vectors(folder.path(), 5, 1500);
    ASSERT_EQ(
        run_icarus(folder.path(), "ant_pe", rtl_folder, folder.path() / "program", 1).exit_code, 0);
    expect_no_damage_passes(folder.path(), "ant_pe", "vvp -n program");
}

TEST(ExportVerilator, DamagedVectorsFailWithAnExitCode) {
    if (!has_tool("verilator")) GTEST_SKIP() << "verilator is not installed (scripts/setup.sh)";
    const Folder folder;
    export_vectors(folder.path(), 5, 1500);
    const ToolRun built =
        run_in(folder.path(), fmt::format("{1} --binary --timing -Wno-fatal -y {0} -I{0} "
                                          "--top-module ant_pe_tb -CFLAGS -O0 ant_pe_tb.sv",
                                          quoted(rtl_folder), verilator()));
    ASSERT_EQ(built.exit_code, 0) << built.output;
    expect_no_damage_passes(folder.path(), "ant_pe", "obj_dir/Vant_pe_tb");
}

// All benches in one program, by the command in README.txt, with every row; then one broken row.
TEST(ExportVerilator, EveryBenchPassesAndABrokenRowFails) {
    if (!has_tool("verilator")) GTEST_SKIP() << "verilator is not installed (scripts/setup.sh)";
    const Folder folder;
    export_vectors(folder.path(), 6, few);
    const ToolRun built =
        run_in(folder.path(), fmt::format("{1} --binary --timing -Wno-fatal -y {0} -I{0} "
                                          "--top-module all_tb -CFLAGS -O0 all_tb.sv "
                                          "$(ls *_tb.sv | grep -v all_tb)",
                                          quoted(rtl_folder), verilator()));
    ASSERT_EQ(built.exit_code, 0) << built.output;
    const ToolRun passed = run_in(folder.path(), "obj_dir/Vall_tb");
    for (const std::string& name : names())
        EXPECT_NE(passed.output.find("PASS " + name + ": "), std::string::npos) << passed.output;
    EXPECT_EQ(passed.output.find("FAIL"), std::string::npos) << passed.output;
    EXPECT_EQ(passed.exit_code, 0);

    break_row(folder.path() / "ant_pe.hex", 1000);
    const ToolRun failed = run_in(folder.path(), "obj_dir/Vall_tb");
    EXPECT_NE(failed.output.find("FAIL ant_pe: row 1000: rst_ni="), std::string::npos)
        << failed.output;
    EXPECT_EQ(failed.output.find("PASS ant_pe: "), std::string::npos) << failed.output;
    EXPECT_NE(failed.output.find("PASS ant_pe16: "), std::string::npos) << failed.output;
    EXPECT_NE(failed.output.find("1 of "), std::string::npos) << failed.output;
    EXPECT_NE(failed.exit_code, 0);
}

}  // namespace
}  // namespace bitloom
