// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/format_table.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/models/numeric/all_formats.h"

namespace bitloom {
namespace {

TEST(FormatTable, DecimalsAreExact) {
    EXPECT_EQ(exact_decimal(Value::of(false, 0, 0)), "0");
    EXPECT_EQ(exact_decimal(Value::of(true, 0, 0)), "-0");
    EXPECT_EQ(exact_decimal(Value::of(true, 1, -4)), "-0.0625");
    EXPECT_EQ(exact_decimal(Value::of(false, 6, -1)), "3");
    EXPECT_EQ(exact_decimal(Value::of(false, 7, 13)), "57344");
    EXPECT_EQ(exact_decimal(Value::of(false, 1, -16)), "0.0000152587890625");
    EXPECT_EQ(exact_decimal(Value::of(false, 1, 100)), "1267650600228229401496703205376");
    EXPECT_EQ(exact_decimal({Value::Kind::infinity, true, 0, 0}), "-inf");
    EXPECT_EQ(exact_decimal({Value::Kind::nan, true, 0, 0}), "nan");
}

TEST(FormatTable, ShortestDecimalsSpellSpecialValues) {
    EXPECT_EQ(shortest_decimal(not_a_number), "nan");
    EXPECT_EQ(shortest_decimal(-not_a_number), "nan");
    EXPECT_EQ(shortest_decimal(infinite), "inf");
    EXPECT_EQ(shortest_decimal(-infinite), "-inf");
    EXPECT_EQ(shortest_decimal(-0.0), "-0");
    EXPECT_EQ(shortest_decimal(0.1), "0.1");
    EXPECT_EQ(shortest_decimal(std::ldexp(1.0, 254)), "2.894802230932905e+76");
}

// Read back with the C library: both texts give the very value, for every code of every format.
TEST(FormatTable, RowsAndCsvReadBackAsTheValues) {
    for (const std::string& name : all_format_names()) {
        SCOPED_TRACE(name);
        const Format& f = format(name);
        const std::vector<FormatRow> rows = format_rows(f);
        ASSERT_EQ(rows.size(), f.code_count());
        std::istringstream csv(format_csv(f));
        std::string line;
        std::getline(csv, line);
        EXPECT_EQ(line, "code,value");
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            const FormatRow& row = rows[code];
            ASSERT_EQ(row.code, code);
            ASSERT_EQ(row.bits.size(), static_cast<std::size_t>(f.bits()));
            ASSERT_EQ(std::strtoul(row.bits.c_str(), nullptr, 2), code);
            ASSERT_EQ(row.base_exponent.has_value(), f.has_base_exponent());
            ASSERT_TRUE(std::getline(csv, line));
            const std::string start = std::to_string(code) + ",";
            ASSERT_TRUE(line.starts_with(start)) << line;
            for (const std::string& text : {row.value, line.substr(start.size())}) {
                const double read = std::strtod(text.c_str(), nullptr);
                const double value = f.value(code);
                ASSERT_TRUE(read == value || (std::isnan(read) && std::isnan(value))) << text;
                ASSERT_TRUE(value != 0 || std::signbit(read) == std::signbit(value)) << text;
            }
        }
        EXPECT_FALSE(std::getline(csv, line));
    }
}

TEST(FormatTable, CsvOfE2m1IsThePublishedList) {
    EXPECT_EQ(format_csv(format("e2m1")),
              "code,value\n0,0\n1,0.5\n2,1\n3,1.5\n4,2\n5,3\n6,4\n7,6\n8,-0\n9,-0.5\n10,-1\n"
              "11,-1.5\n12,-2\n13,-3\n14,-4\n15,-6\n");
}

TEST(FormatTable, TableAlignsItsColumns) {
    EXPECT_EQ(format_table(format("flint3")),
              "flint3: sign and flint magnitude of 2 bits (ANT, MICRO'22); nearest, ties to the "
              "larger value; saturates; NaN becomes 0; -0 is decoded, never encoded\n"
              "code  bits  value  sign  base  exponent\n"
              "   0   000      0     +     0         0\n"
              "   1   001      1     +     1         0\n"
              "   2   010      4     +     1         2\n"
              "   3   011      2     +     1         1\n"
              "   4   100     -0     -     0         0\n"
              "   5   101     -1     -     1         0\n"
              "   6   110     -4     -     1         2\n"
              "   7   111     -2     -     1         1\n");
    EXPECT_EQ(format_table(format("e2m0")),
              "e2m0: float: sign, 2 exponent bits (bias 1), 0 mantissa bits, subnormals, no "
              "infinity, no NaN; nearest, ties to even; saturates; NaN becomes 0\n"
              "code  bits  value\n"
              "   0   000      0\n"
              "   1   001      1\n"
              "   2   010      2\n"
              "   3   011      4\n"
              "   4   100     -0\n"
              "   5   101     -1\n"
              "   6   110     -2\n"
              "   7   111     -4\n");
}

}  // namespace
}  // namespace bitloom
