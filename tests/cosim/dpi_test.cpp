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
    EXPECT_EQ(c.size(), 15u);
}

TEST(Dpi, TheLibraryNeedsNoSystemC) {
    const ToolRun run = run_in("/", "ldd '" BITLOOM_DPI_LIBRARY "'");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    EXPECT_NE(run.output.find("libstdc++"), std::string::npos) << run.output;
    EXPECT_EQ(run.output.find("systemc"), std::string::npos) << run.output;
}

// Builds the bench with the modules in `rtl` and runs it.
ToolRun run_bench(const std::filesystem::path& folder, const std::filesystem::path& rtl) {
    const std::filesystem::path root = BITLOOM_SOURCE_DIR, library = BITLOOM_DPI_LIBRARY;
    const ToolRun built = run_in(
        folder,
        fmt::format("verilator --binary --timing -Wno-fatal -y {0} -I{0} -I{1} -CFLAGS -O0 "
                    "-LDFLAGS '-L{2} -lbitloom_dpi -Wl,-rpath,{2}' --top-module dpi_bench {3}",
                    quoted(rtl), quoted(root / "sim/dpi"), library.parent_path().string(),
                    quoted(root / "tests/cosim/dpi_bench.sv")));
    if (built.exit_code != 0) return built;
    return run_in(folder, "obj_dir/Vdpi_bench");
}

TEST(Dpi, ABenchInVerilatorAgreesWithTheRtl) {
    if (!has_tool("verilator")) GTEST_SKIP() << "verilator is not installed (scripts/setup.sh)";
    const Folder folder;
    const ToolRun run = run_bench(folder.path(), rtl_folder);
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.output, "PASS dpi_bench: 20000 cycles\n");
}

TEST(Dpi, TheBenchSeesAFaultInTheRtl) {
    if (!has_tool("verilator")) GTEST_SKIP() << "verilator is not installed (scripts/setup.sh)";
    const Folder folder;
    const auto rtl = folder.path() / "rtl";
    std::filesystem::create_directories(rtl);
    for (const auto& entry : std::filesystem::directory_iterator(rtl_folder))
        if (entry.path().filename().string().ends_with("sv") || entry.path().extension() == ".svh")
            std::filesystem::copy_file(entry.path(), rtl / entry.path().filename());
    std::string text = read_file(rtl / "ant_pe.sv");
    const std::string from = "(a_negative_i ^ w_negative_i)";
    ASSERT_NE(text.find(from), std::string::npos);
    write_file(rtl / "ant_pe.sv", text.replace(text.find(from), from.size(), "a_negative_i"));
    const ToolRun run = run_bench(folder.path(), rtl);
    EXPECT_TRUE(run.output.starts_with("FAIL ant_")) << run.output;
    EXPECT_EQ(run.output.find("PASS"), std::string::npos) << run.output;
}

}  // namespace
}  // namespace bitloom
