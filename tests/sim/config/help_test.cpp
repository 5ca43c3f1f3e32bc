// SPDX-License-Identifier: Apache-2.0
#include "sim/config/help.h"

#include <gtest/gtest.h>

namespace bitloom {
namespace {

TEST(Help, ShowsUnitRangeDefaultAndText) {
    std::int64_t rows = 16, bytes = 65536;
    std::string dataflow = "ws", name;
    bool quiet = false, overlap = true;
    std::filesystem::path table;
    KeySet keys;
    keys.integer("array.rows", rows, {1, 1024}, "", "Rows of the array");
    keys.integer("buffer.size", bytes, {64, 1 << 20}, units::bytes, "Size of the buffer");
    keys.choice("array.a_rather_long_dataflow", dataflow, {"ws", "os"}, "What stays");
    keys.text("name", name, "Name of the run").required();
    keys.flag("quiet", quiet, "Say less");
    keys.flag("memory.overlap", overlap, "Load ahead");
    keys.path("table", table, "Energy table");
    EXPECT_EQ(help(keys),
              "  --array.rows N              Rows of the array\n"
              "                              1..1024; default 16\n"
              "  --buffer.size N             Size of the buffer\n"
              "                              64..1048576 B (B KiB MiB GiB); default 65536\n"
              "  --array.a_rather_long_dataflow NAME\n"
              "                              What stays\n"
              "                              one of ws os; default ws\n"
              "  --name TEXT                 Name of the run\n"
              "                              any text; required\n"
              "  --quiet                     Say less\n"
              "  --memory.overlap            Load ahead\n"
              "                              true or false; default true\n"
              "  --table FILE                Energy table\n");
}

}  // namespace
}  // namespace bitloom
