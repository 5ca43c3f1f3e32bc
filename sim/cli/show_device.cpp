// SPDX-License-Identifier: Apache-2.0
// `bitloom show devices` and `bitloom show device NAME`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "models/base/error.h"
#include "models/cim/device/device_array.h"
#include "models/cim/device/device_list.h"
#include "sim/cli/columns.h"
#include "sim/cli/number_list.h"
#include "sim/cli/show_topics.h"

namespace bitloom {

namespace {

constexpr Unit conductance_unit{"uS"};

// Targets that the device has; without a list, five from the lowest to the highest.
std::vector<double> read_targets(const DeviceFacts& facts, const std::string& text) {
    const double min = facts.g_min_uS, max = facts.g_max_uS;
    if (text.empty())
        return {min, min + 0.25 * (max - min), min + 0.5 * (max - min), min + 0.75 * (max - min),
                max};
    return read_number_list(
        "targets", text, conductance_unit, min, max,
        fmt::format("numbers with commas between, each {}..{} uS for {}", min, max, facts.name));
}

// Times that the device has; without a list, those of a year as far as its model goes.
std::vector<double> read_times(const DeviceFacts& facts, const std::string& text) {
    if (text.empty()) {
        std::vector<double> values{0.0, 3600.0, 86400.0, 30 * 86400.0, 365 * 86400.0};
        std::erase_if(values, [&](double value) { return value > facts.max_time_s; });
        return values;
    }
    return read_number_list(
        "times", text, device_time_unit, 0.0, facts.max_time_s,
        fmt::format("times with commas between, each a number with s, m, h, d or y, "
                    "0..{} s for {}",
                    facts.max_time_s, facts.name));
}

struct Statistics {
    double mean = 0.0;
    double deviation = 0.0;  // of the sample: divided by n - 1
};

Statistics statistics(std::span<const double> values) {
    const auto count = static_cast<double>(values.size());
    Statistics result;
    for (const double value : values) result.mean += value;
    result.mean /= count;
    double squares = 0.0;
    for (const double value : values) squares += (value - result.mean) * (value - result.mean);
    result.deviation = std::sqrt(squares / (count - 1.0));
    return result;
}

struct DeviceRow {
    double target_uS, time_s;
    Statistics programmed, read;
};

std::vector<DeviceRow> simulate(const DeviceModel& model, const DeviceOptions& options) {
    const std::vector<double> targets = read_targets(model.facts(), options.targets);
    const std::vector<double> times = read_times(model.facts(), options.times);
    std::vector<DeviceRow> rows;
    for (const double target : targets) {
        // The name of the draws has the target: a row does not depend on the others of the list.
        const DeviceArray array(
            model, std::vector<double>(static_cast<std::size_t>(options.samples), target),
            static_cast<std::uint64_t>(options.seed), fmt::format("show.device.{}", target));
        std::vector<double> programmed;
        for (const DeviceState& state : array.states()) programmed.push_back(state.programmed_uS);
        const Statistics at_programming = statistics(programmed);
        for (const double time : times)
            rows.push_back({target, time, at_programming, statistics(array.read_uS(time))});
    }
    return rows;
}

std::string csv_of(const std::vector<DeviceRow>& rows) {
    std::string text = "target_uS,time_s,mean_programmed_uS,std_programmed_uS,mean_uS,std_uS\n";
    for (const DeviceRow& row : rows)
        text += fmt::format("{},{},{},{},{},{}\n", row.target_uS, row.time_s, row.programmed.mean,
                            row.programmed.deviation, row.read.mean, row.read.deviation);
    return text;
}

TextColumn column(const char* title, const char* unit, const char* group = "") {
    TextColumn result = number_column(title);
    result.unit = unit;
    result.group = group;
    return result;
}

std::string table_of(const DeviceModel& model, const DeviceOptions& options,
                     const std::vector<DeviceRow>& rows, const TextStyle& style) {
    const DeviceFacts& facts = model.facts();
    TextTable table({column("target", "uS"), column("time", "s"),
                     column("mean", "uS", "programmed"), column("std", "uS", "programmed"),
                     column("mean", "uS", "read"), column("std", "uS", "read")});
    for (const DeviceRow& row : rows)
        table.add_row({fmt::format("{:g}", row.target_uS), fmt::format("{}", row.time_s),
                       fmt::format("{:.4f}", row.programmed.mean),
                       fmt::format("{:.4f}", row.programmed.deviation),
                       fmt::format("{:.4f}", row.read.mean),
                       fmt::format("{:.4f}", row.read.deviation)});
    const std::string first_read =
        facts.t_0_s > 0.0 ? fmt::format("first read {:g} s after programming", facts.t_0_s)
                          : std::string("no time of the first read");
    const std::string head = fmt::format("{}: {}; {:g}..{:g} uS; {}", facts.name, facts.technology,
                                         facts.g_min_uS, facts.g_max_uS, first_read);
    return fmt::format("{}\n{}\n{} devices a row, seed {}\n", wrapped(head, style.width, 2),
                       wrapped(facts.source, style.width, 2), options.samples, options.seed) +
           table.to_string(style);
}

}  // namespace

std::string show_devices(const TextStyle& style) {
    TextTable table({words_column("name"), number_column("min uS"), number_column("max uS"),
                     number_column("first read s"), name_column("technology"),
                     name_column("source")});
    for (const std::string& name : device_names()) {
        const DeviceFacts& facts = device_model(name).facts();
        table.add_row({name, fmt::format("{:g}", facts.g_min_uS),
                       fmt::format("{:g}", facts.g_max_uS), fmt::format("{:g}", facts.t_0_s),
                       facts.technology, facts.source});
    }
    return table.to_string(style);
}

std::string show_device(const std::string& name, const DeviceOptions& options, bool csv,
                        const TextStyle& style) {
    const DeviceModel& model = device_model(name);
    const std::vector<DeviceRow> rows = simulate(model, options);
    return csv ? csv_of(rows) : table_of(model, options, rows, style);
}

}  // namespace bitloom
