// SPDX-License-Identifier: Apache-2.0
// A processing element is complete: C++ with its README, RTL, energy rows, cross-check.
#include "models/pe/pe_list.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "models/energy/energy_table.h"
#include "sim/verify/verify.h"

namespace bitloom {
namespace {

const std::filesystem::path source = BITLOOM_SOURCE_DIR;

class PeList : public testing::TestWithParam<PeEntry> {};

TEST_P(PeList, HasEveryPiece) {
    const PeEntry& pe = GetParam();
    const std::filesystem::path folder = source / "models/pe" / pe.folder;
    EXPECT_TRUE(std::filesystem::exists(folder / "README.md")) << folder;
    EXPECT_TRUE(std::filesystem::exists(source / "rtl" / (std::string(pe.module) + ".sv")));
    EXPECT_FALSE(pe.description.empty());
    EXPECT_NO_THROW(verify_entry(pe.name));
    const EnergyTable table = EnergyTable::read(BITLOOM_ENERGY_TABLES "/28nm.csv");
    for (const std::string_view action :
         {pe.energy_action, std::string_view("leakage"), std::string_view("area")})
        EXPECT_NO_THROW(table.require(pe.energy_component, action)) << action;
}

INSTANTIATE_TEST_SUITE_P(All, PeList, testing::ValuesIn(pe_list().begin(), pe_list().end()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace bitloom
