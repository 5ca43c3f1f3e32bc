// SPDX-License-Identifier: Apache-2.0
// The models as a shared library: called from C, and from a SystemVerilog bench in Verilator
// (Icarus Verilog has no DPI).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <thread>

#include "models/base/output_file.h"
#include "models/base/random.h"
#include "models/numeric/format.h"
#include "models/pe/requantizer/requantizer.h"
#include "sim/dpi/bitloom_dpi.h"
#include "tests/cosim/export_tools.h"

namespace bitloom {
namespace {

TEST(Dpi, DecodesAndEncodesEveryFormatOfUpToEightBitsAsTheModels) {
    for (const std::string& name : format_names()) {
        const Format& f = format(name);
        const int handle = bitloom_format(name.c_str());
        ASSERT_GE(handle, 1) << name;
        ASSERT_EQ(bitloom_bits(handle), f.bits());
        if (f.bits() > 8) continue;
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            const double value = bitloom_decode(handle, static_cast<int>(code));
            ASSERT_EQ(std::bit_cast<std::uint64_t>(value),
                      std::bit_cast<std::uint64_t>(f.value(code)))
                << name << ' ' << code;
            if (std::isfinite(value)) {
                ASSERT_EQ(bitloom_encode(handle, value), static_cast<int>(f.encode(value)));
            }
        }
    }
    EXPECT_STREQ(bitloom_error(), "");
}

TEST(Dpi, AnAliasHasTheHandleOfItsFormat) {
    EXPECT_EQ(bitloom_format("e4m3fn"), bitloom_format("e4m3"));
    EXPECT_NE(bitloom_format("e4m3"), bitloom_format("e5m2"));
}

// Sums of products by plain integer arithmetic, for every pair of bytes and of signs.
TEST(Dpi, BytesOnFourPesGiveThePlainProduct) {
    for (int a = 0; a < 256; ++a)
        for (int w = 0; w < 256; ++w) {
            const int sa = static_cast<std::int8_t>(a), sw = static_cast<std::int8_t>(w);
            ASSERT_EQ(bitloom_ant_int8_pe(1000, 32, 0, 1, 1, a, w), 1000 + sa * sw);
            ASSERT_EQ(bitloom_ant_int8_pe(1000, 32, 1, 1, 0, a, w), sa * w);
            ASSERT_EQ(bitloom_ant_int8_pe(-5, 32, 0, 0, 0, a, w), a * w - 5);
            ASSERT_EQ(bitloom_int8_mac(7, 32, 0, a, w), 7 + sa * sw);
        }
    EXPECT_EQ(bitloom_ant_pe(32767, 16, 0, 0, 1, 0, 0, 1, 0), -32768);
    EXPECT_EQ(bitloom_ant_pe(0, 32, 1, 1, 3, 2, 0, 5, 1), -120);
    EXPECT_STREQ(bitloom_error(), "");
}

TEST(Dpi, TheExactSumAndTheFloatSumAreOfTheSameProducts) {
    const int e4m3 = bitloom_format("e4m3");
    long long low = 0, high = 0;
    int flags = 0;
    float want = 0;
    int fp32 = 0;
    const RandomStream random(4, "dpi");
    for (std::uint64_t i = 0; i < 64; ++i) {  // small enough that the float sum is exact
        const int a = 56 + static_cast<int>(random.below(3 * i, 8)),
                  w = 56 + static_cast<int>(i % 8);
        const int sign = random.bits(3 * i + 1) & 1 ? 128 : 0;
        bitloom_minifloat_mac_exact(e4m3, 12, i == 0, a | sign, w, &low, &high, &flags);
        fp32 = bitloom_minifloat_mac_fp32(e4m3, fp32, i == 0, a | sign, w);
        want += static_cast<float>(bitloom_decode(e4m3, a | sign) * bitloom_decode(e4m3, w));
    }
    EXPECT_EQ(std::bit_cast<float>(fp32), want);
    EXPECT_EQ(std::ldexp(static_cast<double>(low), -18), want);
    EXPECT_EQ(high, low < 0 ? -1 : 0);
    EXPECT_EQ(flags, 0);
    bitloom_minifloat_mac_exact(e4m3, 12, 0, 0x7f, 0, &low, &high, &flags);
    EXPECT_EQ(flags, 1);
    EXPECT_EQ(bitloom_binary32_add(0x3f800000, 0x3f800000), 0x40000000);
    EXPECT_STREQ(bitloom_error(), "");
}

// Vectors of the reference: M0 = round(0.7 * 2^31), 6 places.
TEST(Dpi, RequantizesThePublishedVectors) {
    constexpr int m0 = 1503238554;
    for (const auto& [value, want] :
         std::map<int, int>{{1000, 11}, {-1000, -11}, {123456, 1350}, {1048576, 11469}})
        EXPECT_EQ(bitloom_requantize(value, m0, 6), want);
    EXPECT_EQ(bitloom_requantize(1 << 30, m0, 0), 751619277);
    EXPECT_EQ(bitloom_requantize16(1 << 30, m0, 0), 32767);
    EXPECT_STREQ(bitloom_error(), "");
}

TEST(Dpi, AMistakeGivesZeroAndKeepsTheFirstText) {
    bitloom_clear_error();
    EXPECT_EQ(bitloom_decode(bitloom_format("int4"), 16), 0.0);
    EXPECT_STREQ(bitloom_error(), "code = 16: must be 0..15");
    EXPECT_EQ(bitloom_requantize(1, 1, 32), 0);
    EXPECT_STREQ(bitloom_error(), "code = 16: must be 0..15");
    bitloom_clear_error();
    EXPECT_EQ(bitloom_requantize(1, 1, 32), 0);
    EXPECT_STREQ(bitloom_error(), "shift = 32: must be -30..31");
    bitloom_clear_error();
    EXPECT_EQ(bitloom_bits(0), 0);
    EXPECT_STREQ(bitloom_error(),
                 fmt::format("format handle = 0: must be 1..{}", format_names().size()).c_str());
    bitloom_clear_error();
    EXPECT_EQ(bitloom_format(nullptr), 0);
    EXPECT_STREQ(bitloom_error(), "format: no name");
    bitloom_clear_error();
    EXPECT_EQ(bitloom_format("nonsense"), 0);
    EXPECT_STRNE(bitloom_error(), "");
    std::thread other([] { EXPECT_STREQ(bitloom_error(), ""); });
    other.join();
    bitloom_clear_error();
    EXPECT_STREQ(bitloom_error(), "");
}

// The header of C++ and that of SystemVerilog declare the same functions.
TEST(Dpi, BothHeadersHaveTheSameFunctions) {
    const auto folder = std::filesystem::path(BITLOOM_SOURCE_DIR) / "sim/dpi";
    const auto functions = [&](const char* file, const std::string& before) {
        const std::string text = read_file(folder / file);
        std::set<std::string> names;
        const std::regex declaration(before + R"re(\s*\w[\w *]*[ *](bitloom_\w+)\()re");
        for (std::sregex_iterator i(text.begin(), text.end(), declaration), end; i != end; ++i)
            names.insert((*i)[1]);
        return names;
    };
    const auto c = functions("bitloom_dpi.h", R"(\nBITLOOM_DPI)");
    EXPECT_EQ(c, functions("bitloom_dpi.svh", R"(\nimport "DPI-C" function)"));
    EXPECT_EQ(c.size(), 27u);
}

TEST(Dpi, TheLibraryNeedsNoSystemC) {
    const ToolRun run = run_in("/", "ldd '" BITLOOM_DPI_LIBRARY "'");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_NE(run.output.find("libstdc++"), std::string::npos) << run.output;
    EXPECT_EQ(run.output.find("systemc"), std::string::npos) << run.output;
}

// A block's mistakes are told by name, and its state stays.
TEST(Dpi, ABlockNamesWhatIsWrong) {
    bitloom_clear_error();
    const auto expect = [](const std::string& text) {
        EXPECT_EQ(bitloom_error(), text);
        bitloom_clear_error();
    };
    EXPECT_EQ(bitloom_block("sar", ""), 0);
    expect(
        "unknown block 'sar'; known: popcount_unit bit_serial_pe plane_packer bit_serial_array "
        "pwm_driver cim_phase_sequencer adc_mux sar_logic ramp_counter shift_add cim_drain "
        "cim_digital");
    EXPECT_EQ(bitloom_block("plane_packer", "Word=65"), 0);
    expect("plane_packer: Word = 65: must be 2..64");
    EXPECT_EQ(bitloom_block("plane_packer", "Word=8x"), 0);
    expect("plane_packer: Word = 8x: must be 2..64");
    EXPECT_EQ(bitloom_block("plane_packer", "Word"), 0);
    expect("plane_packer: Word = : must be 2..64");
    EXPECT_EQ(bitloom_block("plane_packer", "Word=8 Word=8"), 0);
    expect("plane_packer: parameter Word: given twice");
    EXPECT_EQ(bitloom_block("plane_packer", "Rows=8"), 0);
    expect("plane_packer: unknown parameter 'Rows'; known: Word");
    EXPECT_EQ(bitloom_block("adc_mux", "Columns=9"), 0);
    expect("adc_mux: Columns = 9: must be a multiple of Mux = 2");
    EXPECT_EQ(bitloom_block(nullptr, ""), 0);
    expect("block: no name");

    const int packer = bitloom_block("plane_packer", " Word=8 ");
    ASSERT_GE(packer, 1);
    bitloom_block_edge(packer);  // planes_i is still 0
    expect("plane_packer: planes_i = 0: must be 1..8");
    bitloom_block_set(packer, "plane_o", 0, 1);
    expect("plane_packer: port plane_o is an output");
    bitloom_block_set(packer, "code_i", 1, 1);
    expect("plane_packer: port code_i: word = 1: must be 0..0");
    EXPECT_EQ(bitloom_block_get(packer, "codes", 0), 0);
    expect(
        "plane_packer: unknown port 'codes'; known: planes_i valid_i code_i last_i ready_i "
        "ready_o valid_o word_o mask_o plane_o");
    bitloom_block_set(packer, "code_i", 0, 0x1ff);  // bits above the port are dropped
    EXPECT_EQ(bitloom_block_get(packer, "code_i", 0), 0xff);
    bitloom_block_free(packer);
    bitloom_block_free(packer);
    expect(fmt::format("block handle = {}: there is no such block", packer));

    EXPECT_EQ(bitloom_gemm(bitloom_format("int8"), bitloom_format("int4"), 1, 1, 1), 0);
    expect("gemm: int8 and int4: one is of 8 bits, the other is not");
    EXPECT_EQ(bitloom_gemm(bitloom_format("int8"), bitloom_format("int8"), 1 << 20, 1, 1 << 20), 0);
    expect("m * k = 1099511627776: must be 1..16777216");
    const int gemm = bitloom_gemm(bitloom_format("int8"), bitloom_format("int8"), 2, 2, 2);
    EXPECT_EQ(bitloom_gemm_psum(gemm, 2, 0, 32), 0);
    expect("m = 2: must be 0..1");
    EXPECT_EQ(bitloom_gemm_cycles(gemm, 5, 4, 0, 0), 0);
    expect("rows = 5: must be even");
    EXPECT_EQ(bitloom_gemm_cycles(gemm, 4, 4, 1, 1), 0);
    expect("shift_drain = 1: the array is weight stationary");
    bitloom_gemm_free(gemm);
    EXPECT_STREQ(bitloom_error(), "");
}

TEST(Dpi, TheHeaderIsCAndAProgramInCRuns) {
    if (!has_tool("cc")) GTEST_SKIP() << "cc is not installed (scripts/setup.sh)";
    const Folder folder;
    const std::filesystem::path root = BITLOOM_SOURCE_DIR, library = BITLOOM_DPI_LIBRARY;
    const ToolRun built =
        run_in(folder.path(),
               fmt::format(
                   "cc -std=c99 -Wall -Wextra -Werror -pedantic -I{} -o client {} {} -Wl,-rpath,{}",
                   quoted(root / "sim/dpi"), quoted(root / "tests/cosim/dpi_client.c"),
                   quoted(library), quoted(library.parent_path())));
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(built.output, "");
    const ToolRun run = run_in(folder.path(), "./client");
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.output, "PASS dpi_client\n");
}

// Builds a bench with the modules in `rtl` and runs it.
ToolRun run_bench(const std::filesystem::path& folder, const std::string& bench,
                  const std::filesystem::path& rtl) {
    const std::filesystem::path root = BITLOOM_SOURCE_DIR, library = BITLOOM_DPI_LIBRARY;
    const ToolRun built = run_in(
        folder, fmt::format("{5} --binary --timing -Wno-fatal -y {0} -I{0} -I{1} -CFLAGS -O0 "
                            "-LDFLAGS '-L{2} -lbitloom_dpi -Wl,-rpath,{2}' --top-module {4} {3}",
                            quoted(rtl), quoted(root / "sim/dpi"), library.parent_path().string(),
                            quoted(root / "tests/cosim" / (bench + ".sv")), bench, verilator()));
    if (built.exit_code != 0) return built;
    return run_in(folder, "obj_dir/V" + bench);
}

// The modules with one text replaced.
std::filesystem::path faulty_rtl(const std::filesystem::path& folder, const std::string& file,
                                 const std::string& from, const std::string& to) {
    const auto rtl = folder / "rtl";
    std::filesystem::create_directories(rtl);
    for (const auto& entry : std::filesystem::directory_iterator(rtl_folder))
        if (entry.path().filename().string().ends_with("sv") || entry.path().extension() == ".svh")
            std::filesystem::copy_file(entry.path(), rtl / entry.path().filename());
    std::string text = read_file(rtl / file);
    EXPECT_NE(text.find(from), std::string::npos) << file;
    write_file(rtl / file, text.replace(text.find(from), from.size(), to));
    return rtl;
}

void expect_failure(const ToolRun& run, const std::string& start) {
    EXPECT_TRUE(run.output.starts_with(start)) << run.output;
    EXPECT_EQ(run.output.find("PASS"), std::string::npos) << run.output;
    EXPECT_NE(run.exit_code, 0);
}

TEST(DpiBench, PesInVerilatorAgreeWithTheRtlAndAFaultIsSeen) {
    if (!has_tool("verilator")) GTEST_SKIP() << "verilator is not installed (scripts/setup.sh)";
    const Folder folder;
    const ToolRun run = run_bench(folder.path(), "dpi_bench", rtl_folder);
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.output, "PASS dpi_bench: 20000 cycles\n");
    const auto rtl =
        faulty_rtl(folder.path(), "ant_pe.sv", "(a_negative_i ^ w_negative_i)", "a_negative_i");
    expect_failure(run_bench(folder.path(), "dpi_bench", rtl), "FAIL ant_");
}

TEST(DpiBench, BlocksInVerilatorAgreeWithTheRtlAndADifferenceIsSeen) {
    if (!has_tool("verilator")) GTEST_SKIP() << "verilator is not installed (scripts/setup.sh)";
    const Folder folder;
    const ToolRun run = run_bench(folder.path(), "dpi_blocks_bench", rtl_folder);
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.output, "PASS dpi_blocks_bench: 6000 cycles\n");
    expect_failure(run_in(folder.path(), "obj_dir/Vdpi_blocks_bench +faulty"),
                   "FAIL shift_add: cycle 1000: ");
}

}  // namespace
}  // namespace bitloom
