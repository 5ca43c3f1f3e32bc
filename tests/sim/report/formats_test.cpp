// SPDX-License-Identifier: Apache-2.0
// The table, JSON, CSV and timeline: exact texts of a small result, and what holds for every
// result.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/report/csv.h"
#include "sim/report/json.h"
#include "sim/report/quantities.h"
#include "sim/report/table.h"
#include "sim/report/text_table.h"
#include "sim/report/timeline.h"
#include "tests/sim/report/sample_results.h"

namespace bitloom {
namespace {

using nlohmann::json;
using testing::random_result;
using testing::realistic_result;
using testing::small_result;

constexpr std::uint64_t seeds = 40;

void expect_golden(const std::string& text, const std::string& name) {
    const std::string path = BITLOOM_SOURCE_DIR "/tests/sim/report/golden/" + name;
    EXPECT_EQ(text, read_file(path))
        << "if this change is meant: report_samples tests/sim/report/golden";
}

TEST(ReportGolden, TableOfTheSmallResult) {
    expect_golden(to_table(small_result()), "small.txt");
}
TEST(ReportGolden, JsonOfTheSmallResult) {
    expect_golden(to_json(small_result()), "small.json");
}
TEST(ReportGolden, CsvOfTheSmallResult) {
    expect_golden(to_csv(small_result()), "small.csv");
}
TEST(ReportGolden, TimelineOfTheSmallResult) {
    expect_golden(to_chrome_trace(small_result()), "small.trace.json");
}

TEST(ReportGolden, TableOfTheAnalogResult) {
    expect_golden(to_table(testing::analog_result()), "analog.txt");
}
TEST(ReportGolden, JsonOfTheAnalogResult) {
    expect_golden(to_json(testing::analog_result()), "analog.json");
}
TEST(ReportGolden, CsvOfTheAnalogResult) {
    expect_golden(to_csv(testing::analog_result()), "analog.csv");
}
TEST(ReportGolden, TimelineOfTheAnalogResult) {
    expect_golden(to_chrome_trace(testing::analog_result()), "analog.trace.json");
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

TEST(ReportTable, RealisticResultFitsTheTerminalWithoutElision) {
    const std::string text = to_table(realistic_result());
    for (const std::string& line : lines_of(text)) EXPECT_LE(text_width(line), 160U) << line;
    for (const LayerResult& layer : realistic_result().layers) {
        EXPECT_NE(text.find(layer.name), std::string::npos) << layer.name;
        EXPECT_NE(text.find(layer.shape), std::string::npos) << layer.shape;
        EXPECT_NE(text.find(layer.types), std::string::npos) << layer.types;
    }
}

TEST(ReportTable, HoldsNothingThatSteersATerminal) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const std::string text = to_table(random_result(seed));
        const auto steers = [](char c) {
            return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
        };
        EXPECT_TRUE(std::none_of(text.begin(), text.end(), steers)) << "seed " << seed;
    }
}

// Each "n/a" has its reason among the notes, and no note speaks of what is available.
TEST(ReportTable, NotesExplainExactlyWhatIsMissing) {
    RunResult result = realistic_result();
    result.notes.clear();
    result.layers.erase(result.layers.begin() + 1);  // maxpool: no MACs, no SQNR
    result.layers.erase(result.layers.end() - 2);    // avgpool: no MACs
    std::string text = to_table(result);
    EXPECT_EQ(text.find("n/a"), std::string::npos);
    EXPECT_EQ(text.find("Notes"), std::string::npos);

    const auto notes = [](const RunResult& changed) {
        const std::string all = to_table(changed);
        const std::size_t at = all.find("\nNotes\n");
        return at == std::string::npos ? std::string() : all.substr(at + 7);
    };
    RunResult changed = result;
    changed.layers[0].sqnr_db.reset();
    EXPECT_EQ(
        notes(changed),
        "  - SQNR n/a: the trace has no float reference for the layer, or no tensors at all\n");
    changed = result;
    changed.layers[0].macs = 0;
    EXPECT_EQ(notes(changed), "  - used and per MAC n/a: the layer has no multiply-accumulates\n");
    changed = result;
    changed.accuracy.chip_top1.reset();
    EXPECT_EQ(notes(changed),
              "  - chip accuracy n/a: no data set was run through the arithmetic of the chip\n");
    changed = result;
    changed.accuracy.quantized_top1.reset();
    EXPECT_EQ(notes(changed), "  - float or quantized accuracy n/a: the trace does not state it\n");
    changed = result;
    changed.area_mm2.clear();
    EXPECT_EQ(notes(changed), "  - area n/a: no area table for this chip\n");
    changed = result;
    changed.clock_hz = 0;
    EXPECT_EQ(notes(changed), "  - latency and rates n/a: the clock frequency is not known\n");
    changed = result;
    changed.layers[2].accumulator_overflows = 1234;
    EXPECT_EQ(notes(changed),
              "  - WARNING: 1,234 accumulator overflows in layer 'layer1.0.conv2'\n");
}

TEST(ReportTable, SmallEnergyNeverReadsAsZero) {
    RunResult result = realistic_result();
    result.layers[0].energy_pj = {{"array", 1e-9}};
    EXPECT_NE(to_table(result).find("<0.001"), std::string::npos);
}

TEST(ReportJson, TotalsAreTheSumsOfTheLayersForAnyResult) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        SCOPED_TRACE(seed);
        const RunResult result = random_result(seed);
        const json report = json::parse(to_json(result));
        ASSERT_EQ(report["layers"].size(), result.layers.size());
        std::int64_t cycles = 0, macs = 0, dram = 0, busy = 0;
        double energy = 0.0;
        std::map<std::string, std::int64_t> stalls;
        for (const json& layer : report["layers"]) {
            cycles += layer["cycles"].get<std::int64_t>();
            macs += layer["macs"].get<std::int64_t>();
            dram += layer["dram_bytes"].get<std::int64_t>();
            busy += layer["array_cycles"].get<std::int64_t>();
            double parts = 0.0;
            for (const json& pj : layer["energy_by_component_pj"]) parts += pj.get<double>();
            EXPECT_EQ(parts, layer["energy_pj"].get<double>());
            energy += parts;
            for (const auto& [cause, stalled] : layer["stalls"].items())
                stalls[cause] += stalled.get<std::int64_t>();
        }
        EXPECT_EQ(report["cycles"], cycles);
        EXPECT_EQ(report["macs"], macs);
        EXPECT_EQ(report["dram_bytes"], dram);
        EXPECT_EQ(report["array_cycles"], busy);
        // Multiples of 1/8 below 2^53: sums are exact in any order.
        EXPECT_EQ(report["energy_pj"].get<double>(), energy);
        EXPECT_EQ(report["stalls"].get<decltype(stalls)>(), stalls);
        EXPECT_EQ(report["activity_events"].value("array.mac4", std::int64_t{0}), macs);
    }
}

TEST(ReportJson, WhatIsNotAvailableIsNull) {
    const json report = json::parse(to_json(RunResult{}));
    for (const char* key : {"clock_hz", "latency_s", "throughput_inferences_per_s", "tops",
                            "tops_per_watt", "energy_delay_js", "area_mm2", "accuracy",
                            "accuracy_float", "accuracy_quantized", "dram_bandwidth_bytes_per_s"})
        EXPECT_TRUE(report.at(key).is_null()) << key;
    EXPECT_EQ(report["cycles"], 0);
    EXPECT_EQ(report["layers"], json::array());
}

TEST(ReportJson, AccuracyIsThatOfTheChip) {
    const json report = json::parse(to_json(realistic_result()));
    EXPECT_EQ(report["accuracy"], 0.9677);
    EXPECT_EQ(report["accuracy_float"], 0.9766);
    EXPECT_EQ(report["accuracy_quantized"], 0.9683);
    EXPECT_EQ(report["test_inputs"], 1797);
}

// A reader of RFC 4180, as strict as a reader may be.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
    std::vector<std::vector<std::string>> records;
    std::vector<std::string> record;
    std::size_t at = 0;
    while (at < text.size()) {
        std::string field;
        if (text[at] == '"') {
            for (++at;; ++at) {
                if (at >= text.size()) throw Error("a quote is not closed");
                if (text[at] == '"' && text[++at] != '"') break;
                field += text[at];
            }
        } else {
            while (at < text.size() && text[at] != ',' && text[at] != '\r') {
                if (text[at] == '"' || text[at] == '\n') throw Error("a field wants quotes");
                field += text[at++];
            }
        }
        record.push_back(field);
        if (text.substr(at, 2) == "\r\n") {
            records.push_back(std::move(record));
            record.clear();
            at += 2;
        } else if (text[at] == ',') {
            ++at;
        } else {
            throw Error("a field ends with a comma or a line");
        }
    }
    if (!record.empty()) throw Error("the last line has no end");
    return records;
}

TEST(ReportCsv, AnyNameReadsBackAndTheLastRecordIsTheTotal) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        SCOPED_TRACE(seed);
        const RunResult result = random_result(seed);
        const auto records = read_csv(to_csv(result));
        ASSERT_EQ(records.size(), result.layers.size() + 2);
        const std::vector<std::string>& header = records.front();
        for (const auto& record : records) ASSERT_EQ(record.size(), header.size());
        for (std::size_t i = 0; i < result.layers.size(); ++i) {
            EXPECT_EQ(records[i + 1][0], result.layers[i].name);
            EXPECT_EQ(records[i + 1][2], result.layers[i].shape);
        }
        EXPECT_EQ(records.back()[0], "total");
        for (std::size_t c = 0; c < header.size(); ++c) {
            const std::string& name = header[c];
            const bool sums =
                name != "begin_cycle" &&
                (name.ends_with("cycles") || name.ends_with("_pj") || name == "macs" ||
                 name == "dram_bytes" || name == "accumulator_overflows");
            if (!sums) continue;
            double sum = 0.0;
            for (std::size_t i = 1; i + 1 < records.size(); ++i) sum += std::stod(records[i][c]);
            EXPECT_EQ(std::stod(records.back()[c]), sum) << name;
        }
    }
}

TEST(ReportCsv, QuotesOnlyWhatNeedsThem) {
    EXPECT_EQ(csv_field("conv1"), "conv1");
    EXPECT_EQ(csv_field(""), "");
    EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_field("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(csv_field("a\nb"), "\"a\nb\"");
    EXPECT_EQ(csv_field("a\rb"), "\"a\rb\"");
}

// At 2 GHz a cycle is 0.0005 us.
TEST(ReportTimeline, TimesAreMicrosecondsOfSimulatedTime) {
    RunResult result;
    result.chip = "c";
    result.clock_hz = 2e9;
    result.timeline = {{"array", "tile 0", 1000, 5000}, {"dma", "stall: bus", 0, 1}};
    const json trace = json::parse(to_chrome_trace(result));
    std::vector<json> spans;
    std::map<int, std::string> threads;
    for (const json& event : trace["traceEvents"]) {
        if (event["ph"] == "X") spans.push_back(event);
        if (event["name"] == "thread_name") threads[event["tid"]] = event["args"]["name"];
    }
    EXPECT_EQ(threads, (std::map<int, std::string>{{0, "layers"}, {1, "array"}, {2, "dma"}}));
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_EQ(spans[0]["ts"].get<double>(), 0.5);
    EXPECT_EQ(spans[0]["dur"].get<double>(), 2.0);
    EXPECT_EQ(spans[0]["tid"], 1);
    EXPECT_EQ(spans[0]["cat"], "work");
    EXPECT_EQ(spans[0]["args"], (json{{"begin_cycle", 1000}, {"cycles", 4000}}));
    EXPECT_EQ(spans[1]["cat"], "stall");
}

TEST(ReportTimeline, AnyNamesGiveWellFormedJson) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        RunResult result = random_result(seed);
        result.clock_hz = 1e9;
        for (const LayerResult& layer : result.layers)
            result.timeline.push_back(
                {layer.shape, layer.name, layer.begin_cycle, layer.begin_cycle + layer.cycles});
        const json trace = json::parse(to_chrome_trace(result));
        const auto spans = std::count_if(trace["traceEvents"].begin(), trace["traceEvents"].end(),
                                         [](const json& event) { return event["ph"] == "X"; });
        EXPECT_EQ(static_cast<std::size_t>(spans), 2 * result.layers.size()) << "seed " << seed;
    }
}

TEST(ReportTimeline, ARunWithoutAClockHasNoTimeline) {
    EXPECT_THROW(to_chrome_trace(RunResult{}), InternalError);
}

}  // namespace
}  // namespace bitloom
