// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sweep/report/sample_sweeps.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <random>

#include "sim/report/json.h"

namespace bitloom::testing {

namespace {

using Random = std::mt19937_64;

template <class Value>
const Value& pick(const std::vector<Value>& values, Random& random) {
    return values[random() % values.size()];
}

double uniform(Random& random) {
    return static_cast<double>(random() >> 11) * 0x1p-53;
}

struct Network {
    std::string name;
    std::vector<std::int64_t> layer_macs;
};

const std::vector<Network>& networks() {
    static const std::vector<Network> list = {
        {"zoo/digits", {225'792, 1'204'224, 602'112, 100'352, 12'288, 640}},
        {"zoo/keywords",
         {614'400, 2'457'600, 2'457'600, 1'228'800, 1'228'800, 614'400, 307'200, 98'304, 1'536}},
    };
    return list;
}

// The sum of the layers, and what follows from it.
RunResult measure(const Network& network, const std::string& chip, double bits, double rows,
                  double columns, double buffer_kib, double better, Random& random) {
    RunResult result;
    result.chip = chip;
    result.network = network.name;
    result.clock_hz = chip == "aon_cim" ? 1e9 : 8e8;
    for (std::size_t i = 0; i < network.layer_macs.size(); ++i) {
        LayerResult layer;
        layer.name = fmt::format("{}{}", i + 2 < network.layer_macs.size() ? "conv" : "fc", i + 1);
        layer.macs = network.layer_macs[i];
        const double fill =
            1.0 / (1.0 + rows * columns / (4096.0 * (1.0 + static_cast<double>(i % 3))));
        const double serial = chip == "apnn_tc" ? bits * bits / 16.0 : 1.0;
        layer.cycles = static_cast<std::int64_t>(
            (static_cast<double>(layer.macs) * serial / (rows * columns * fill) + 200.0 + rows) *
            (0.95 + 0.1 * uniform(random)) / better);
        layer.utilization = std::min(1.0, static_cast<double>(layer.macs) /
                                              (rows * columns * static_cast<double>(layer.cycles)));
        layer.dram_bytes =
            static_cast<std::int64_t>(static_cast<double>(layer.macs) / (8.0 + buffer_kib) * bits);
        layer.energy_pj["array"] =
            static_cast<double>(layer.macs) * 0.02 * bits * (chip == "aon_cim" ? 0.1 : 1.0);
        layer.energy_pj["dram"] = static_cast<double>(layer.dram_bytes) * 12.0;
        layer.energy_pj["leakage"] = static_cast<double>(layer.cycles) * rows * columns * 1e-3;
        if (chip != "aon_cim") layer.sqnr_db = 6.02 * bits - 4.0 - 0.5 * static_cast<double>(i);
        if (bits == 8 && i == 0) layer.sqnr_db = std::numeric_limits<double>::infinity();
        result.cycles += layer.cycles;
        for (const auto& [component, pj] : layer.energy_pj) result.energy_pj[component] += pj;
        result.layers.push_back(std::move(layer));
    }
    result.area_mm2["array"] = rows * columns * 2.5e-4 * std::sqrt(bits);
    result.area_mm2["buffers"] = buffer_kib * 2e-3;
    result.accuracy.chip_top1 =
        std::round((0.985 - 0.9 * std::exp2(-1.6 * bits) - (chip == "aon_cim" ? 0.012 : 0.0) +
                    0.004 * uniform(random)) *
                   1e4) /
        1e4;
    return result;
}

void set_metrics(PointRecord& record, const RunResult& result) {
    double area = 0.0;
    for (const auto& [component, mm2] : result.area_mm2) area += mm2;
    std::int64_t dram = 0;
    for (const LayerResult& layer : result.layers) dram += layer.dram_bytes;
    record.metrics = {{"cycles", result.cycles},
                      {"latency_s", result.latency_s()},
                      {"energy_pj", result.total_energy_pj()},
                      {"energy_delay_js", result.energy_delay_js()},
                      {"area_mm2", area},
                      {"tops", result.tops()},
                      {"tops_per_watt", result.tops_per_watt()},
                      {"accuracy", *result.accuracy.chip_top1},
                      {"dram_bytes", dram}};
    for (const auto& [component, pj] : result.energy_pj)
        record.metrics["energy_pj." + component] = pj;
    record.result_json = to_json(result);
}

void finish(ReportedSweep& sweep) {
    sweep.counts.points = static_cast<std::int64_t>(sweep.records.size());
    for (std::size_t i = 0; i < sweep.records.size(); ++i) {
        PointRecord& record = sweep.records[i];
        record.program_version = sweep.program_version;
        record.number = static_cast<std::int64_t>(i);
        record.point.hash = fmt::format("{:016x}{:048x}", (i + 1) * 0x9e3779b97f4a7c15U, i);
        (record.status == PointStatus::done ? sweep.counts.done : sweep.counts.failed) += 1;
    }
}

}  // namespace

ReportedSweep plausible_sweep(std::size_t count, std::uint64_t seed, double better) {
    ReportedSweep sweep;
    sweep.database = "results.db";
    sweep.name = fmt::format("sweeps/exploration{}.ini", seed);
    sweep.text = "chip = ant, apnn_tc, aon_cim\n[array]\nrows = 16..128 step *2\n";
    sweep.program_version = "0.1.0";
    Random random(7);  // the same points for every seed: sweeps can be compared
    for (std::size_t i = 0; i < count; ++i) {
        const Network& network = pick(networks(), random);
        const std::string chip = pick<std::string>({"ant", "apnn_tc", "aon_cim"}, random);
        const double bits = pick<double>({2, 3, 4, 6, 8}, random);
        const double rows = pick<double>({8, 16, 32, 64, 128}, random);
        const double columns = pick<double>({8, 16, 32, 64, 128}, random);
        const double buffer = pick<double>({8, 16, 32, 64, 128, 256}, random);
        PointRecord record;
        record.point.values = {{"array.columns", fmt::format("{}", columns)},
                               {"array.rows", fmt::format("{}", rows)},
                               {"buffer.weights", fmt::format("{}KiB", buffer)},
                               {"chip", chip},
                               {"inputs", "100"},
                               {"network", network.name},
                               {"scheme", fmt::format("int{}", bits)}};
        if (chip == "aon_cim")
            std::erase_if(record.point.values,
                          [](const auto& entry) { return entry.first == "buffer.weights"; });
        record.configuration = {
            {"array.rows", fmt::format("{}", rows)}, {"chip.clock", "800MHz"}, {"chip.name", chip}};
        record.provenance = {{"version", "0.1.0"}};
        record.seconds = 0.05 + 0.2 * uniform(random);
        record.peak_bytes = 40'000'000;
        record.finished_unix = 1'790'000'000 + static_cast<std::int64_t>(i);
        Random noise(seed * 1'000'003 + i);
        if (i % 53 == 52) {
            record.status = PointStatus::failed;
            record.message = i % 2 == 0 ? "killed after 600 s: the sweep's timeout"
                                        : "layer 'conv2': its weights do not fit into 8 KiB";
        } else {
            set_metrics(record, measure(network, chip, bits, rows, columns, buffer, better, noise));
        }
        sweep.records.push_back(std::move(record));
    }
    finish(sweep);
    return sweep;
}

ReportedSweep hostile_sweep() {
    ReportedSweep sweep;
    sweep.database = "</title><script>alert(1)</script>.db";
    sweep.name = "\"><img src=x onerror=alert(2)>.ini";
    sweep.text = "</script><script>alert(3)</script>\n<!-- {{DATA}} -->";
    sweep.program_version = "<b>0</b>";
    const std::vector<std::string> odd = {"</script><script>alert(4)//",
                                          "<!--<script>",
                                          "a,\"b\"\r\nc",
                                          "__proto__",
                                          "\xff\xfe",
                                          "{{SCRIPT}}",
                                          "\xe2\x80\xa8",
                                          ""};
    for (std::size_t i = 0; i < odd.size(); ++i) {
        PointRecord record;
        record.point.values = {{"<i>key</i>", odd[i]}, {"__proto__", odd[odd.size() - 1 - i]}};
        record.configuration = {{odd[i], odd[i]}};
        record.metrics = {
            {"constructor", std::int64_t{1} << 62},
            {"<u>m</u>", static_cast<double>(i)},
            {"huge", std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(i)}};
        if (i == 3) record.metrics["<u>m</u>"] = std::numeric_limits<double>::infinity();
        if (i == 4) record.metrics.erase("<u>m</u>");
        if (i == 5) {
            record.status = PointStatus::failed;
            record.metrics.clear();
            record.message = "</script><b onclick=alert(5)>" + odd[4];
        }
        record.result_json =
            i == 6 ? "{\"layers\": [{\"name\": \"</script>\", \"cycles\": 1}]}" : odd[i];
        sweep.records.push_back(std::move(record));
    }
    finish(sweep);
    return sweep;
}

ReportedSweep single_point() {
    return plausible_sweep(1);
}

ReportedSweep without_metrics() {
    ReportedSweep sweep = plausible_sweep(5);
    for (PointRecord& record : sweep.records) {
        record.metrics.clear();
        record.result_json.clear();
    }
    return sweep;
}

void write_database(const std::filesystem::path& database, const ReportedSweep& sweep) {
    SweepFile file;
    file.name = sweep.name;
    file.text = sweep.text;
    std::vector<SweepPoint> points;
    for (const PointRecord& record : sweep.records) points.push_back(record.point);
    ResultStore store(database);
    store.add_sweep(file, points);
    for (const PointRecord& record : sweep.records) store.record(record);
}

}  // namespace bitloom::testing
