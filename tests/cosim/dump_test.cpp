// SPDX-License-Identifier: Apache-2.0
// `bitloom run --dump`: the files of a layer, read without Bitloom, and their bench in both
// simulators.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/base/output_file.h"
#include "tests/cosim/export_tools.h"

namespace bitloom {
namespace {

const std::filesystem::path source = BITLOOM_SOURCE_DIR;

ToolRun run_dump(const std::filesystem::path& folder, const std::string& arguments) {
    return run_in(folder,
                  fmt::format("{} run {} --dump-folder d", quoted(BITLOOM_PROGRAM), arguments));
}

// The command that the program printed, for the simulator named.
std::string printed_command(const ToolRun& run, const std::string& simulator) {
    std::size_t at = 0;
    while ((at = run.output.find("\n  cd ", at)) != std::string::npos) {
        const std::string line = run.output.substr(at + 3, run.output.find('\n', at + 1) - at - 3);
        if (line.find(simulator) != std::string::npos) return line;
        ++at;
    }
    return "";
}

struct Case {
    const char* name;
    const char* arguments;
    bool exact;          // psums are integer products
    const char* passed;  // what the bench says
    const char* plus = "";
};

const std::vector<Case> cases = {
    {"ant_4_bits", "ant --gemm 9x11x20 --weights flint4 --activations uflint4 --dump gemm", true,
     "PASS dump: 99 psums, 99 words\n"},
    {"ant_3_bits", "ant --gemm 9x11x20 --weights pot3 --activations flint3 --dump gemm", true,
     "PASS dump: 99 psums, 99 words\n"},
    {"ant_8_bits", "ant --gemm 9x11x20 --weights int8 --activations uint8 --dump gemm", true,
     "PASS dump: 99 psums, 99 words\n"},
    {"ant_convolution", "ant zoo/digits --no-accuracy --dump /blocks/blocks.1/first/first.0/Conv",
     true, "PASS dump: 256 psums, 512 words\n", " +parts=4"},
    {"ant_attention",
     "ant zoo/keywords_transformer --no-accuracy --dump /blocks/blocks.0/attention/scores/MatMul",
     true, "PASS dump: 96 psums, 2500 words\n", " +parts=6"},
    {"bit_serial_bipolar",
     "bismo --gemm 5x6x130 --weights bipolar2 --activations bipolar3 --dump gemm", true,
     "PASS dump: 30 psums, 30 words\n"},
    {"bit_serial_signed", "loom --gemm 5x6x70 --weights int4 --activations uint3 --dump gemm", true,
     "PASS dump: 30 psums, 30 words\n"},
    // Padding of a format without a zero takes no part in the sums.
    {"bit_serial_padding", "apnn_tc zoo/digits_w1a2 --no-accuracy --dump /stem/stem.0/Conv", true,
     "PASS dump: 128 psums, 1024 words\n", " +parts=128"},
    {"analog", "aon_cim zoo/digits --scheme int8 --no-accuracy --dump /stem/stem.0/Conv", false,
     "PASS dump: 0 psums, 1024 words\n"},
};

class DumpOf : public testing::TestWithParam<Case> {};

TEST_P(DumpOf, IsReadByOthersAndPassesInIcarus) {
    if (!has_tool("iverilog"))
        GTEST_SKIP() << "iverilog is not installed (scripts/setup.sh --tests)";
    const Folder folder;
    const ToolRun run = run_dump(folder.path(), GetParam().arguments);
    ASSERT_EQ(run.exit_code, 0) << run.output;
    const ToolRun check = run_in(
        folder.path(), fmt::format("python3 {} d {}", quoted(source / "tests/cosim/dump_check.py"),
                                   GetParam().exact ? "exact" : ""));
    EXPECT_EQ(check.exit_code, 0) << check.output;
    const ToolRun bench = run_in(folder.path(), printed_command(run, "iverilog") + GetParam().plus);
    EXPECT_EQ(bench.exit_code, 0) << bench.output;
    EXPECT_EQ(bench.output, GetParam().passed);
}

INSTANTIATE_TEST_SUITE_P(Layers, DumpOf, testing::ValuesIn(cases),
                         [](const auto& test) { return std::string(test.param.name); });

void change_last_digit(const std::filesystem::path& file) {
    std::string text = read_file(file);
    char& digit = text[text.size() - 2];
    digit = digit == '0' ? '1' : '0';
    write_file(file, text);
}

void expect_failure(const ToolRun& run, const std::string& text) {
    EXPECT_NE(run.exit_code, 0) << run.output;
    EXPECT_NE(run.output.find("FAIL dump: " + text), std::string::npos) << run.output;
    EXPECT_EQ(run.output.find("PASS"), std::string::npos) << run.output;
}

// Both simulators pass the same dump, and see a changed file, a short one and a fault in the RTL.
TEST(DumpBench, FailsWithAnExitStatusWhenAFileOrTheRtlIsWrong) {
    if (!has_tool("iverilog") || !has_tool("verilator"))
        GTEST_SKIP() << "iverilog or verilator is not installed (scripts/setup.sh --tests)";
    const Folder folder;
    const ToolRun run = run_dump(
        folder.path(), "ant --gemm 9x11x20 --weights flint4 --activations int4 --dump gemm");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    std::string build = printed_command(run, "verilator");
    build.replace(build.find("verilator"), 9, verilator());
    const ToolRun built = run_in(folder.path(), build);
    EXPECT_EQ(built.exit_code, 0) << built.output;
    EXPECT_NE(built.output.find("PASS dump: 99 psums, 99 words\n"), std::string::npos)
        << built.output;
    const std::string icarus = printed_command(run, "iverilog");
    EXPECT_EQ(run_in(folder.path(), icarus).output, "PASS dump: 99 psums, 99 words\n");

    const auto dump = folder.path() / "d";
    const auto expect_both = [&](const std::string& text) {
        expect_failure(run_in(dump, "timeout 60 vvp -n dump_tb.vvp"), text);
        expect_failure(run_in(dump, "timeout 60 obj_dir/Vdump_tb"), text);
    };
    for (const char* name : {"weights", "operands", "psums", "bias", "words"}) {
        const auto file = dump / fmt::format("{}.hex", name);
        const std::string whole = read_file(file);
        change_last_digit(file);
        expect_both(fmt::format("{}.hex: not as it was written", name));
        write_file(file, whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));
        expect_both(fmt::format("{}.hex: not as it was written", name));
        write_file(file, whole);
    }
    // Nothing to check is no pass.
    for (const char* program : {"vvp -n dump_tb.vvp", "obj_dir/Vdump_tb"}) {
        const ToolRun none = run_in(dump, fmt::format("timeout 60 {} +parts=0", program));
        EXPECT_NE(none.exit_code, 0);
        EXPECT_EQ(none.output.find("PASS"), std::string::npos);
    }
    const auto rtl = folder.path() / "rtl";
    std::filesystem::copy(rtl_folder, rtl);
    std::string text = read_file(rtl / "ant_product.sv");
    const std::string from = "a_negative_i ^ w_negative_i";
    ASSERT_NE(text.find(from), std::string::npos);
    write_file(rtl / "ant_product.sv", text.replace(text.find(from), from.size(), "a_negative_i"));
    std::string faulty = icarus;
    for (std::size_t at = 0; (at = faulty.find(rtl_folder.string(), at)) != std::string::npos;)
        faulty.replace(at, rtl_folder.string().size(), rtl.string());
    expect_failure(run_in(folder.path(), faulty), "psum [0][");
}

TEST(DumpFolder, HoldsADumpOnlyWhereNothingElseIsLost) {
    const Folder folder;
    const std::string gemm = "ant --gemm 3x4x5 --weights int4 --activations int4 --dump gemm";
    const auto d = folder.path() / "d";
    std::filesystem::create_directories(d);
    EXPECT_EQ(run_dump(folder.path(), gemm).exit_code, 0);  // an empty folder
    write_file(d / "mine.txt", "kept");
    const std::string first = read_file(d / "weights.hex");
    // Other numbers replace the earlier ones; files of others stay.
    EXPECT_EQ(run_dump(folder.path(), gemm + " --seed 2").exit_code, 0);
    EXPECT_NE(read_file(d / "weights.hex"), first);
    EXPECT_EQ(read_file(d / "mine.txt"), "kept");
    EXPECT_EQ(run_dump(folder.path(), gemm).exit_code, 0);
    EXPECT_EQ(read_file(d / "weights.hex"), first);  // the same seed, the same bytes
    // A layer without a product leaves no bench of the one before.
    EXPECT_EQ(run_dump(folder.path(), "ant zoo/digits --no-accuracy --dump /pool/GlobalAveragePool")
                  .exit_code,
              0);
    EXPECT_FALSE(std::filesystem::exists(d / "dump_tb.sv"));
    EXPECT_FALSE(std::filesystem::exists(d / "weights.hex"));
    EXPECT_TRUE(std::filesystem::exists(d / "inputs.npy"));

    std::filesystem::remove(d / "dump.json");
    const ToolRun refused = run_dump(folder.path(), gemm);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_EQ(refused.output,
              "bitloom: error: d: holds files that no dump wrote: give --dump-folder a folder that "
              "is empty or does not exist\n");
    EXPECT_EQ(read_file(d / "mine.txt"), "kept");
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        EXPECT_EQ(entry.path().filename(), "d");  // no temporary folder is left
}

TEST(DumpFolder, MistakesHaveOneLineAndExitCode2) {
    const Folder folder;
    const auto expect = [&](const std::string& arguments, const std::string& text) {
        const ToolRun run = run_in(folder.path(), fmt::format("{} run ant --gemm 3x4x5 {}",
                                                              quoted(BITLOOM_PROGRAM), arguments));
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_EQ(run.output, "bitloom: error: " + text + "\n");
    };
    expect("--dump-folder d", "command line: --dump-folder has no effect without --dump");
    expect("--dump gem",
           "command line: --dump: network 'gemm_3x4x5' has no layer 'gem'; did you mean 'gemm'?");
    write_file(folder.path() / "file", "x");
    expect("--dump gemm --dump-folder file", "file: is no folder: give --dump-folder another name");
    expect("--dump gemm --dump-folder file/d",
           "command line: --dump-folder = file/d: folder file does not exist");
}

}  // namespace
}  // namespace bitloom
