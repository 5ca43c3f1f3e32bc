// SPDX-License-Identifier: Apache-2.0
#include "models/energy/energy_table.h"

#include <gtest/gtest.h>

#include "tests/models/energy/message_of.h"

namespace bitloom {
namespace {

const std::string kHeader = "component,action,value,unit,node_nm,voltage_v,source\n";

EnergyTable parse(const std::string& text) {
    return EnergyTable::parse("t.csv", text);
}
std::string error_of(const std::string& text) {
    return message_of([&] { parse(text); });
}

TEST(EnergyTable, ReadsRowsInAnyColumnOrderWithQuotesAndComments) {
    const EnergyTable table = parse(
        "# comment\n\nsource,component,action,unit,value,voltage_v,node_nm,original_node_nm,"
        "original_value\r\n"
        "\"a, \"\"b\"\"\",array,mac,pJ,0.5,0.9,28,45,1\r\n"
        "std,dram_x,read_bits,pJ/bit,4,-,-,,\n");
    ASSERT_EQ(table.rows().size(), 2u);
    const EnergyRow& mac = table.require("array", "mac");
    EXPECT_EQ(mac.value, 0.5);
    EXPECT_EQ(mac.source, "a, \"b\"");
    EXPECT_EQ(mac.node_nm, 28);
    EXPECT_EQ(mac.original_value, 1);
    EXPECT_EQ(mac.original_node_nm, 45);
    EXPECT_EQ(mac.place, "t.csv:4");
    EXPECT_EQ(table.require_event("dram_x.read_bits").node_nm, std::nullopt);
    EXPECT_EQ(table.require_event("dram_x.read_bits").original_value, std::nullopt);
}

TEST(EnergyTable, ErrorsNameFileAndLine) {
    EXPECT_EQ(error_of(""), "t.csv: empty: must have a header line");
    EXPECT_EQ(error_of("component,action,value,node_nm,voltage_v,source\n"),
              "t.csv:1: missing column 'unit'");
    EXPECT_EQ(error_of("component,action,value,units,node_nm,voltage_v,source\n"),
              "t.csv:1: unknown column 'units'; did you mean 'unit'?");
    EXPECT_EQ(error_of("component,component\n"), "t.csv:1: column 'component' is there twice");
    EXPECT_EQ(error_of(kHeader + "array,mac,1,pJ,28,0.9\n"), "t.csv:2: 6 fields: the header has 7");
    EXPECT_EQ(error_of(kHeader + "array,mac,1,nJ,28,0.9,s\n"),
              "t.csv:2: unknown unit 'nJ': must be pJ, pJ/bit, mW, um2, MHz, V or 1");
    EXPECT_EQ(error_of(kHeader + "array,mac,1,mW,28,0.9,s\n"),
              "t.csv:2: unit of array.mac = 'mW': must be pJ");
    EXPECT_EQ(error_of(kHeader + "array,leakage,1,pJ,28,0.9,s\n"),
              "t.csv:2: unit of array.leakage = 'pJ': must be mW");
    EXPECT_EQ(error_of(kHeader + "b,read_bits,1,pJ,28,0.9,s\n"),
              "t.csv:2: unit of b.read_bits = 'pJ': must be pJ/bit");
    EXPECT_EQ(error_of(kHeader + "b,area,1,pJ,28,0.9,s\n"),
              "t.csv:2: unit of b.area = 'pJ': must be um2");
    EXPECT_EQ(error_of(kHeader + "\narray,mac,1,pJ,28,0.9,s\narray,mac,1,pJ,28,0.9,s\n"),
              "t.csv:4: array.mac is there twice, first at t.csv:3");
    EXPECT_EQ(error_of(kHeader + "array,mac,1,pJ,28,0.9,\n"), "t.csv:2: source is empty");
    EXPECT_EQ(error_of(kHeader + "array,a.b,1,pJ,28,0.9,s\n"),
              "t.csv:2: action = 'a.b': must not contain a dot");
    EXPECT_EQ(error_of(kHeader + "array,mac,1,pJ,28,0.9,\"s\n"),
              "t.csv:2: a quoted field has no end");
    EXPECT_EQ(error_of(kHeader + "array,mac,1,pJ,28,0.9,\"s\"t\n"),
              "t.csv:2: text after the closing quote of field 7");
    for (const char* bad : {"", "abc", "1x", "-1", "nan", "inf", "1e999", " 1"}) {
        EXPECT_EQ(error_of(kHeader + "array,mac," + bad + ",pJ,28,0.9,s\n"),
                  std::string("t.csv:2: value = '") + bad + "': must be a finite number >= 0");
    }
}

TEST(EnergyTable, AMissingRowNamesTheEventAndTheFile) {
    const EnergyTable table = parse(kHeader + "array,mac,1,pJ,28,0.9,s\n");
    EXPECT_EQ(message_of([&] { table.require_event("array.max"); }),
              "t.csv: no row for 'array.max'; did you mean 'array.mac'?");
    EXPECT_EQ(message_of([&] { table.require("dram", "read_bits"); }),
              "t.csv: no row for 'dram.read_bits'");
}

TEST(EnergyTable, BindCopiesTheRowsOfAnotherComponent) {
    EnergyTable table =
        parse(kHeader + "dram_a,read_bits,4,pJ/bit,-,-,s\n" +
              "dram_a,write_bits,5,pJ/bit,-,-,s\ndram_b,read_bits,9,pJ/bit,-,-,s\n");
    table.bind("dram", "dram_a");
    EXPECT_EQ(table.require("dram", "read_bits").value, 4);
    EXPECT_EQ(table.require("dram", "write_bits").value, 5);
    EXPECT_EQ(table.require("dram", "read_bits").source, "dram_a: s");
    EXPECT_EQ(table.require("dram_a", "read_bits").value, 4);
    EXPECT_EQ(message_of([&] { table.bind("dram", "dram_c"); }),
              "t.csv: no rows of component 'dram_c'; did you mean 'dram_a'?");
}

TEST(EnergyTable, TextShowsValueOriginalAndSource) {
    const EnergyTable table = parse(
        "component,action,value,unit,node_nm,voltage_v,original_value,original_node_nm,source\n"
        "array,mac,0.0744,pJ,28,0.9,0.13998,45,where from\n"
        "dram_x,read_bits,4,pJ/bit,-,-,,,a standard\n");
    EXPECT_EQ(energy_table_text(table),
              "event                                 value unit       nm     V   original    nm  "
              "source\n"
              "array.mac                            0.0744 pJ         28   0.9    0.13998    45  "
              "where from\n"
              "dram_x.read_bits                          4 pJ/bit      -     -          -     -  "
              "a standard\n");
}

}  // namespace
}  // namespace bitloom
