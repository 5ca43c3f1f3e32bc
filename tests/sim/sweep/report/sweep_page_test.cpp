// SPDX-License-Identifier: Apache-2.0
// The page of a sweep: its data, and that nothing in it becomes markup. sweep_page_test.py has what
// a browser makes of it.
#include "sim/sweep/report/sweep_page.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.h"
#include "tests/sim/sweep/report/sample_sweeps.h"

namespace bitloom {
namespace {

using Json = nlohmann::ordered_json;
using testing::hostile_sweep;
using testing::plausible_sweep;

Json data_of(const ReportedSweep& sweep, const ReportedSweep* other = nullptr,
             const SweepPageOptions& options = {}) {
    return Json::parse(sweep_page_data(sweep, other, options));
}

const Json& named(const Json& columns, const std::string& name) {
    for (const Json& column : columns)
        if (column["name"] == name) return column;
    throw std::runtime_error("no column " + name);
}

// The text of a point in a column of texts; nothing where it has none.
std::optional<std::string> text_of(const Json& column, std::size_t point) {
    const std::int64_t code =
        column["codes"].is_null() ? 0 : column["codes"][point].get<std::int64_t>();
    if (code < 0) return std::nullopt;
    return column["values"][static_cast<std::size_t>(code)].get<std::string>();
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

TEST(SweepPageData, EveryValueOfEveryPointIsThere) {
    const ReportedSweep sweep = plausible_sweep(120);
    const Json data = data_of(sweep);
    for (std::size_t i = 0; i < sweep.records.size(); ++i) {
        const PointRecord& record = sweep.records[i];
        EXPECT_EQ(data["point"]["number"][i], i);
        EXPECT_EQ(data["point"]["hash"][i], record.point.hash);
        EXPECT_EQ(data["point"]["failed"][i], record.status == PointStatus::failed ? 1 : 0);
        EXPECT_EQ(data["point"]["seconds"][i], record.seconds);
        for (const auto& [key, value] : record.point.values)
            EXPECT_EQ(text_of(named(data["parameters"], key), i), value);
        for (const Json& metric : data["metrics"]) {
            const auto found = record.metrics.find(metric["name"].get<std::string>());
            if (found == record.metrics.end()) {
                EXPECT_TRUE(metric["values"][i].is_null());
            } else {
                std::visit([&](auto value) { EXPECT_EQ(metric["values"][i], value); },
                           found->second);
            }
        }
        if (record.status == PointStatus::failed) {
            EXPECT_EQ(text_of(data["message"], i), record.message);
        } else {
            EXPECT_GE(data["layers"]["block"][i], 0);
        }
    }
    EXPECT_EQ(data["sweeps"][0]["points"], 120);
    EXPECT_TRUE(named(data["parameters"], "inputs")["codes"].is_null());
}

TEST(SweepPageData, NumbersThatAReaderOfJsonWouldChangeAreTexts) {
    ReportedSweep sweep = testing::single_point();
    const std::int64_t exact = std::int64_t{1} << 53;
    const double infinity = std::numeric_limits<double>::infinity();
    sweep.records[0].metrics = {{"a", exact},           {"b", exact + 1}, {"c", -exact - 1},
                                {"d", infinity},        {"e", -infinity}, {"f", 0.1},
                                {"g", std::int64_t{3}}, {"h", -0.0}};
    std::string values;
    const Json data = data_of(sweep);
    for (const Json& metric : data["metrics"]) values += metric["values"][0].dump() + " ";
    EXPECT_EQ(values,
              "9007199254740992 \"9007199254740993\" \"-9007199254740993\" \"inf\" "
              "\"-inf\" 0.1 3 -0.0 ");
}

TEST(SweepPageData, FirstAxesAreThoseAskedForOrTheFirstObjectives) {
    ReportedSweep sweep = plausible_sweep(3);
    const auto first = [&sweep](const std::string& x, const std::string& y) {
        return data_of(sweep, nullptr, {.x = x, .y = y})["first"].dump();
    };
    EXPECT_EQ(first("", ""), R"({"x":"latency_s","y":"energy_pj"})");
    EXPECT_EQ(first("area_mm2", ""), R"({"x":"area_mm2","y":"energy_pj"})");
    EXPECT_EQ(first("", "latency_s"), R"({"x":"energy_pj","y":"latency_s"})");
    EXPECT_EQ(first("energy_pj", ""), R"({"x":"energy_pj","y":"accuracy"})");
    SearchSettings wanted;
    wanted.objectives = {{"area_mm2", false}, {"accuracy", true}};
    sweep.rule = frontier_rule(wanted);
    EXPECT_EQ(first("", ""), R"({"x":"area_mm2","y":"accuracy"})");
    for (PointRecord& record : sweep.records) record.metrics = {{"b", 1.0}, {"a", 1.0}};
    EXPECT_EQ(first("", ""), R"({"x":"a","y":"b"})");
    for (PointRecord& record : sweep.records) record.metrics = {{"b", 1.0}};
    EXPECT_EQ(first("", ""), R"({"x":"b","y":null})");
    for (PointRecord& record : sweep.records) record.metrics = {};
    EXPECT_EQ(first("", ""), R"({"x":null,"y":null})");
}

// Each sweep's own, by its objectives and limits.
TEST(SweepPageData, TheFrontierIsTheOneOfTheSweep) {
    ReportedSweep sweep = plausible_sweep(300);
    SearchSettings wanted;
    wanted.objectives = {{"latency_s", false}, {"area_mm2", false}, {"accuracy", true}};
    wanted.limits = {{"accuracy", false, 0.9}};
    sweep.rule = frontier_rule(wanted);
    const ReportedSweep other = plausible_sweep(100, 2);
    const Json data = data_of(sweep, &other);
    std::set<std::size_t> found, expected;
    for (std::size_t i = 0; i < 400; ++i)
        if (data["point"]["frontier"][i] == 1) found.insert(i);
    const auto expect = [&expected](const ReportedSweep& each, std::int64_t offset) {
        for (const WorkloadFrontier& front : frontier_of(each.rule, each.records).workloads())
            for (const std::int64_t number : front.numbers)
                expected.insert(static_cast<std::size_t>(number + offset));
    };
    expect(sweep, 0);
    expect(other, 300);
    EXPECT_EQ(found, expected);
    EXPECT_GT(found.size(), 6U);
    EXPECT_EQ(data["sweeps"][0]["frontier"].dump(),
              R"({"is_default":false,"objectives":[{"metric":"latency_s","maximize":false},)"
              R"({"metric":"area_mm2","maximize":false},{"metric":"accuracy","maximize":true}],)"
              R"("limits":[{"metric":"accuracy","at_most":false,"bound":0.9}],"workloads":[)"
              R"({"name":"zoo/digits","objectives":["latency_s","area_mm2","accuracy"]},)"
              R"({"name":"zoo/keywords","objectives":["latency_s","area_mm2","accuracy"]}]})");
    EXPECT_EQ(data["sweeps"][1]["frontier"]["is_default"], true);
}

TEST(SweepPageData, UnknownMetricIsNamed) {
    try {
        sweep_page_data(plausible_sweep(2), nullptr, {.y = "latency"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "no point has a metric 'latency'; known: accuracy area_mm2 cycles dram_bytes "
                     "energy_delay_js energy_pj energy_pj.array energy_pj.dram energy_pj.leakage "
                     "latency_s tops tops_per_watt; did you mean 'latency_s'?");
    }
}

// Of a page too small for all layers, points of the frontier have theirs.
TEST(SweepPageData, LayersOfTheFrontComeFirst) {
    const ReportedSweep sweep = plausible_sweep(300);
    const Json data = data_of(sweep, nullptr, {.most_layer_bytes = 6000});
    int there = 0;
    for (std::size_t i = 0; i < 300; ++i) {
        if (data["layers"]["block"][i] < 0) continue;
        ++there;
        EXPECT_EQ(data["point"]["frontier"][i], 1);
    }
    EXPECT_GT(there, 3);
    EXPECT_GT(data["layers"]["left_out"], 200);
}

TEST(SweepPageData, ASecondSweepFollowsTheFirst) {
    const ReportedSweep first = plausible_sweep(4), second = plausible_sweep(3, 2);
    const Json data = data_of(first, &second);
    EXPECT_EQ(data["sweeps"].size(), 2U);
    EXPECT_EQ(data["sweeps"][1]["name"], second.name);
    EXPECT_EQ(data["point"]["sweep"], Json::parse("[0,0,0,0,1,1,1]"));
    EXPECT_EQ(data["point"]["number"], Json::parse("[0,1,2,3,0,1,2]"));
}

TEST(SweepPage, NamesNeverBecomeMarkup) {
    const ReportedSweep sweep = hostile_sweep();
    const std::string page = sweep_page(sweep, &sweep);
    EXPECT_EQ(occurrences(page, "<script"), 3U);
    EXPECT_EQ(occurrences(page, "</script"), 3U);
    EXPECT_EQ(occurrences(page, "<!--"), 1U);  // the template's licence
    for (const char* part : {"<img", "<i>", "<u>", "<b ", "<title><"})
        EXPECT_EQ(page.find(part), std::string::npos) << part;
}

// Everything is in the file, and the policy lets nothing be fetched.
TEST(SweepPage, RefersToNothingOutsideItself) {
    const std::string page = sweep_page(plausible_sweep(2));
    for (const char* loads : {"<script src", "@import", "<link", "<iframe"})
        EXPECT_EQ(page.find(loads), std::string::npos) << loads;
    EXPECT_NE(page.find("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
                        "'unsafe-inline'\""),
              std::string::npos);
}

}  // namespace
}  // namespace bitloom
