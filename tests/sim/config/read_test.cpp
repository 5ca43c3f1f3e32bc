// SPDX-License-Identifier: Apache-2.0
#include "sim/config/read.h"

#include <gtest/gtest.h>

#include <fstream>

#include "models/base/error.h"

namespace bitloom {
namespace {

struct Config {
    std::int64_t rows = 16;
    std::int64_t buffer_bytes = 65536;
    double clock_ghz = 1.0;
    double leakage = 0.0;
    std::string dataflow = "ws";
    std::string description;
    bool overlap = true;
    std::filesystem::path table;
    bool operator==(const Config&) const = default;
};

void declare(KeySet& keys, Config& c) {
    keys.text("chip.description", c.description, "What the chip is");
    keys.integer("array.rows", c.rows, {1, 1024}, "", "Rows of the array");
    keys.choice("array.dataflow", c.dataflow, {"ws", "os"}, "Dataflow");
    keys.integer("buffer.size", c.buffer_bytes, {64, 1 << 20, 64}, units::bytes, "Buffer");
    keys.real("clock.frequency", c.clock_ghz, {.min = 0, .max = 10, .above_min = true},
              units::gigahertz, "Clock");
    keys.real("energy.leakage", c.leakage, {.min = 0}, "mW", "Leakage");
    keys.flag("memory.overlap", c.overlap, "Overlap loads");
    keys.path("energy.table", c.table, "Energy table");
}

Config good(const std::string& text, const KeyValues& overrides = {}) {
    Config config;
    KeySet keys;
    declare(keys, config);
    read_text(keys, "runs/a.ini", text, overrides);
    return config;
}

std::string error(const std::string& text, const KeyValues& overrides = {}) {
    try {
        good(text, overrides);
    } catch (const Error& caught) {
        return caught.what();
    }
    return "no error";
}

TEST(Read, EveryKindOfKeyTakesItsValue) {
    const Config c = good(
        "# a chip\n[chip]\ndescription = An 8 = 8 array\n\n[array]\r\n  rows=64  # many\n"
        "dataflow = os\n[buffer]\nsize = 128 KiB\n[clock]\nfrequency = 500MHz\n"
        "[energy]\nleakage = 1e-3\ntable = ../t.csv\n[memory]\noverlap = off\n");
    EXPECT_EQ(c, (Config{64, 131072, 0.5, 1e-3, "os", "An 8 = 8 array", false, "t.csv"}));
}

TEST(Read, EmptyFileLeavesDefaults) {
    EXPECT_EQ(good(""), Config());
}

TEST(Read, KeyMayStandWithItsSectionInOneName) {
    EXPECT_EQ(good("array.rows = 8\n").rows, 8);
}

TEST(Read, CommandLineWinsOverFile) {
    EXPECT_EQ(good("[array]\nrows = 8\n", {{"array.rows", "32"}}).rows, 32);
}

TEST(Read, PathStartsAtTheFileThatHasIt) {
    EXPECT_EQ(good("[energy]\ntable = t.csv\n").table, "runs/t.csv");
    EXPECT_EQ(good("[energy]\ntable = /etc/t.csv\n").table, "/etc/t.csv");
    EXPECT_EQ(good("[energy]\ntable = t.csv\n", {{"energy.table", "u.csv"}}).table, "u.csv");
    EXPECT_EQ(good("[energy]\ntable = t.csv\n", {{"energy.table", ""}}).table, "");
}

struct Case {
    const char* text;
    const char* message;
};

TEST(Read, EveryMistakeHasItsLine) {
    const std::vector<Case> cases = {
        {"[array]\nrows = 0\n", "runs/a.ini:2: array.rows = 0: must be 1..1024"},
        {"[array]\nrows = -1\n", "runs/a.ini:2: array.rows = -1: must be 1..1024"},
        {"[array]\nrows = 1025\n", "runs/a.ini:2: array.rows = 1025: must be 1..1024"},
        {"[array]\nrows = 99999999999999999999\n",
         "runs/a.ini:2: array.rows = 99999999999999999999: must be 1..1024"},
        {"[array]\nrows = many\n",
         "runs/a.ini:2: array.rows = many: must be a whole number, 1..1024"},
        {"[array]\nrows = 1.5\n",
         "runs/a.ini:2: array.rows = 1.5: must be a whole number, 1..1024"},
        {"[array]\nrows = 16 x\n",
         "runs/a.ini:2: array.rows = 16 x: must be a whole number, 1..1024"},
        {"[array]\nrows =\n", "runs/a.ini:2: array.rows has no value: must be 1..1024"},
        {"[array]\nrows = # 5\n", "runs/a.ini:2: array.rows has no value: must be 1..1024"},
        {"[array]\nrows = 4\n\nrows = 4\n",
         "runs/a.ini:4: array.rows is given twice; first in runs/a.ini:2"},
        {"\n\narray.row = 4\n",
         "runs/a.ini:3: unknown key 'array.row'; did you mean 'array.rows'?"},
        {"[zzz]\nqqqqqqqqqqqqqqqqq = 4\n", "runs/a.ini:2: unknown key 'zzz.qqqqqqqqqqqqqqqqq'"},
        {"[array]\ndataflow = wos\n",
         "runs/a.ini:2: array.dataflow = wos: must be one of ws os; did you mean 'ws'?"},
        {"[array]\ndataflow = stationary\n",
         "runs/a.ini:2: array.dataflow = stationary: must be one of ws os"},
        {"[buffer]\nsize = 64KB\n",
         "runs/a.ini:2: buffer.size = 64KB: unknown unit 'KB'; known: B KiB MiB GiB"},
        {"[buffer]\nsize = 100\n",
         "runs/a.ini:2: buffer.size = 100: must be 64..1048576 B, a multiple of 64"},
        {"[buffer]\nsize = 2MiB\n",
         "runs/a.ini:2: buffer.size = 2MiB: must be 64..1048576 B, a multiple of 64"},
        {"[buffer]\nsize = 0.1KiB\n",
         "runs/a.ini:2: buffer.size = 0.1KiB: must be a whole number, "
         "64..1048576 B, a multiple of 64"},
        {"[clock]\nfrequency = nan\n",
         "runs/a.ini:2: clock.frequency = nan: must be a number, above 0, at most 10 GHz"},
        {"[clock]\nfrequency = inf\n",
         "runs/a.ini:2: clock.frequency = inf: must be a number, above 0, at most 10 GHz"},
        {"[clock]\nfrequency = 0\n",
         "runs/a.ini:2: clock.frequency = 0: must be above 0, at most 10 GHz"},
        {"[clock]\nfrequency = 11GHz\n",
         "runs/a.ini:2: clock.frequency = 11GHz: must be above 0, at most 10 GHz"},
        {"[clock]\nfrequency = 1ns\n",
         "runs/a.ini:2: clock.frequency = 1ns: unknown unit 'ns'; known: Hz kHz MHz GHz"},
        {"[energy]\nleakage = 1 W\n",
         "runs/a.ini:2: energy.leakage = 1 W: unknown unit 'W'; known: mW"},
        {"[energy]\nleakage = 1e999\n",
         "runs/a.ini:2: energy.leakage = 1e999: must be at least 0 mW"},
        {"[memory]\noverlap = maybe\n",
         "runs/a.ini:2: memory.overlap = maybe: must be true or false"},
        {"[memory]\noverlap = yes\noverlap = no\n",
         "runs/a.ini:3: memory.overlap is given twice; first in runs/a.ini:2"},
        {"rows\n", "runs/a.ini:1: cannot read 'rows': must be [section], key = value or # comment"},
        {"[array\nrows = 3\n",
         "runs/a.ini:1: cannot read '[array': must be [section], key = value or # comment\n"
         "runs/a.ini:2: unknown key 'rows'"},
        {"[]\n", "runs/a.ini:1: '[]' names no section: must be [name]"},
        {"[a b]\n", "runs/a.ini:1: '[a b]' names no section: must be [name]"},
        {"= 4\n", "runs/a.ini:1: '= 4' has no key: must be key = value"},
    };
    for (const Case& c : cases) EXPECT_EQ(error(c.text), c.message) << c.text;
}

TEST(Read, CommandLineMistakesNameTheOption) {
    EXPECT_EQ(error("", {{"array.rows", "0"}}), "command line: --array.rows = 0: must be 1..1024");
    EXPECT_EQ(error("", {{"array.rows", ""}}),
              "command line: --array.rows has no value: must be 1..1024");
    EXPECT_EQ(error("", {{"array.rows", "2"}, {"array.rows", "2"}}),
              "command line: --array.rows is given twice");
    EXPECT_EQ(error("", {{"array.row", "2"}}),
              "command line: unknown key '--array.row'; did you mean '--array.rows'?");
}

// A user should not fix five mistakes in five runs.
TEST(Read, AllMistakesAreReportedAtOnce) {
    EXPECT_EQ(error("[array]\nrows = 0\ndataflow = x\nwidth\n[buffer]\nsize = 7 m\n",
                    {{"array.rows", "-1"}}),
              "runs/a.ini:4: cannot read 'width': must be [section], key = value or # comment\n"
              "runs/a.ini:2: array.rows = 0: must be 1..1024\n"
              "runs/a.ini:3: array.dataflow = x: must be one of ws os; did you mean 'ws'?\n"
              "runs/a.ini:6: buffer.size = 7 m: unknown unit 'm'; known: B KiB MiB GiB\n"
              "command line: --array.rows = -1: must be 1..1024");
}

TEST(Read, MissingKeyWithoutDefaultIsNamed) {
    const auto message = [](const std::string& text) -> std::string {
        std::int64_t rows = 0;
        std::string name;
        KeySet keys;
        keys.integer("array.rows", rows, {1, 4}, "", "Rows").required();
        keys.text("chip.name", name, "Name").required();
        try {
            read_text(keys, "a.ini", text);
        } catch (const Error& caught) {
            return caught.what();
        }
        return "no error";
    };
    EXPECT_EQ(message(""),
              "a.ini: array.rows is missing: must be 1..4\n"
              "a.ini: chip.name is missing: must be any text");
    EXPECT_EQ(message("[array]\nrows=\n[chip]\nname=\n"),
              "a.ini:2: array.rows has no value: must be 1..4\n"
              "a.ini:4: chip.name has no value: must be any text");
    EXPECT_EQ(message("[array]\nrows=3\n[chip]\nname=x\n"), "no error");
}

TEST(Read, ResolvedConfigurationReadsBackIdentically) {
    const auto text_of = [](Config& config, std::map<std::string, std::string>& values) {
        KeySet keys;
        declare(keys, config);
        values = resolved(keys);
    };
    Config first{3, 4096, 0.1 + 0.2, 1.0 / 3.0, "os", "two words", false, "some/t.csv"};
    std::map<std::string, std::string> values;
    text_of(first, values);
    EXPECT_EQ(values.size(), 8u);
    EXPECT_EQ(values.at("clock.frequency"), "0.30000000000000004");
    EXPECT_EQ(values.at("buffer.size"), "4096");

    Config second;
    KeySet keys;
    declare(keys, second);
    read_overrides(keys, KeyValues(values.begin(), values.end()));
    EXPECT_EQ(second, first);

    // The same for defaults, of which some are empty.
    Config defaults, third;
    text_of(defaults, values);
    KeySet more_keys;
    declare(more_keys, third);
    read_overrides(more_keys, KeyValues(values.begin(), values.end()));
    EXPECT_EQ(third, defaults);
}

TEST(Read, FileThatCannotBeReadIsNamed) {
    Config config;
    KeySet keys;
    declare(keys, config);
    try {
        read(keys, "no/such.ini");
        FAIL();
    } catch (const Error& caught) {
        EXPECT_STREQ(caught.what(), "no/such.ini: cannot read: No such file or directory");
    }
}

TEST(Read, FileOnDiskIsReadLikeText) {
    const auto path = std::filesystem::path(testing::TempDir()) / "bitloom_read_test.ini";
    std::ofstream(path) << "[array]\nrows = 12";  // no newline at the end
    Config config;
    KeySet keys;
    declare(keys, config);
    read(keys, path);
    EXPECT_EQ(config.rows, 12);
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace bitloom
