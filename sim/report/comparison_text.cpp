// SPDX-License-Identifier: Apache-2.0
// A comparison as a text, as CSV and as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/report/comparison.h"
#include "sim/report/csv.h"
#include "sim/report/quantities.h"
#include "sim/report/text_table.h"

namespace bitloom {

namespace {

using Json = nlohmann::ordered_json;

struct Total {
    std::string name;
    std::string a, b;         // with units
    double value_a, value_b;  // NaN: not available
};

double known(const std::optional<double>& value) {
    return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

std::string top1(const std::optional<double>& fraction) {
    return fraction ? percent(*fraction) + " %" : "n/a";
}

std::string area(const std::optional<double>& mm2) {
    return mm2 ? fmt::format("{:.4f} mm2", *mm2) : "n/a";
}

std::vector<Total> totals(const Comparison& c) {
    const auto joules = [](const ResultFile& r) { return r.energy_pj * 1e-12; };
    const auto edp = [&](const ResultFile& r) { return joules(r) * r.seconds(); };
    return {
        {"latency", with_si_prefix(c.a.seconds(), "s"), with_si_prefix(c.b.seconds(), "s"),
         c.a.seconds(), c.b.seconds()},
        {"cycles", grouped_digits(c.a.cycles), grouped_digits(c.b.cycles),
         static_cast<double>(c.a.cycles), static_cast<double>(c.b.cycles)},
        {"clock", with_si_prefix(c.a.clock_hz, "Hz"), with_si_prefix(c.b.clock_hz, "Hz"),
         c.a.clock_hz, c.b.clock_hz},
        {"energy", with_si_prefix(joules(c.a), "J"), with_si_prefix(joules(c.b), "J"),
         c.a.energy_pj, c.b.energy_pj},
        {"EDP", fmt::format("{:.4g} J*s", edp(c.a)), fmt::format("{:.4g} J*s", edp(c.b)), edp(c.a),
         edp(c.b)},
        {"area", area(c.a.area_mm2), area(c.b.area_mm2), known(c.a.area_mm2), known(c.b.area_mm2)},
        {"top-1", top1(c.a.accuracy), top1(c.b.accuracy), known(c.a.accuracy),
         known(c.b.accuracy)}};
}

// Three decimals, and no false "1.000".
std::string ratio_text(double ratio) {
    if (!std::isfinite(ratio)) return "n/a";
    if (ratio != 1.0 && std::abs(ratio - 1.0) < 0.0005) return fmt::format("{:.6f}", ratio);
    return ratio >= 1000 ? fmt::format("{:.4g}", ratio) : fmt::format("{:.3f}", ratio);
}

TextColumn column(std::string title, std::string unit, std::string group, bool right) {
    TextColumn result;
    result.title = std::move(title);
    result.unit = std::move(unit);
    result.group = std::move(group);
    result.right = right;
    return result;
}

std::string totals_table(const Comparison& c, const TextStyle& style) {
    TextTable table({column("", "", "", false), column("A", "", "", true),
                     column("B", "", "", true), column("B / A", "", "", true)});
    for (const Total& total : totals(c))
        table.add_row({total.name, total.a, total.b, ratio_text(total.value_b / total.value_a)});
    return table.to_string(style);
}

std::string layer_table(const Comparison& c, const TextStyle& style) {
    TextColumn name = column("layer", "", "", false);
    name.elastic = true;
    TextTable table({name, column("A", "cycles", "cycles", true),
                     column("B", "cycles", "cycles", true), column("time", "B / A", "", true),
                     column("A", "", "bound by", false), column("B", "", "bound by", false),
                     column("A", "pJ", "energy", true), column("B", "pJ", "energy", true),
                     column("energy", "B / A", "", true), column("time differs by", "", "", false),
                     column("energy differs by", "", "", false)});
    for (const LayerComparison& layer : c.layers) {
        const LayerFile &a = c.in_a(layer), &b = c.in_b(layer);
        table.add_row({a.name, grouped_digits(a.cycles), grouped_digits(b.cycles),
                       ratio_text(layer.time_ratio), layer.bound_a, layer.bound_b,
                       fmt::format("{:.4g}", a.energy_pj), fmt::format("{:.4g}", b.energy_pj),
                       ratio_text(layer.energy_ratio), layer.time_cause, layer.energy_cause});
    }
    return table.to_string(style);
}

std::string head(std::string_view which, const ResultFile& result, const TextStyle& style) {
    const std::string line =
        fmt::format("{}  {}: {} on {}, scheme {}, fidelity {}", which, result.place, result.network,
                    result.chip, result.scheme, result.fidelity);
    return fmt::format("{}\n", wrapped(printable(line), style.width, 3));
}

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

}  // namespace

std::string comparison_text(const Comparison& c, const TextStyle& style) {
    const auto section = [&style](std::string_view title) {
        return fmt::format("\n{}\n\n", style.strong(title));
    };
    std::string text = head("A", c.a, style) + head("B", c.b, style);
    text += section("Totals") + totals_table(c, style);
    if (!c.layers.empty())
        text += section("Layers (bound by: what most of its cycles go to)") + layer_table(c, style);
    for (const auto& [name, layers] : {std::pair("A", &c.only_in_a), std::pair("B", &c.only_in_b)})
        if (!layers->empty())
            text += fmt::format(
                "\n{}\n",
                wrapped(printable(fmt::format("only in {}: {}", name, fmt::join(*layers, ", "))),
                        style.width, 2));
    if (!c.configuration.empty()) {
        TextTable table(
            {column("key", "", "", false), column("A", "", "", false), column("B", "", "", false)});
        for (const Comparison::Difference& key : c.configuration)
            table.add_row({key.key, key.a, key.b});
        text += section("Configuration: keys that differ") + table.to_string(style);
    }
    if (!c.notes.empty()) text += section("Notes");
    for (const std::string& note : c.notes)
        text += fmt::format("  - {}\n", wrapped(printable(note), style.width - 4, 4));
    return text;
}

std::string comparison_csv(const Comparison& c) {
    std::string text =
        "layer,cycles_a,cycles_b,time_a_s,time_b_s,time_ratio,bound_a,bound_b,energy_a_pj,"
        "energy_b_pj,energy_ratio,dram_a_bytes,dram_b_bytes,types_a,types_b,time_cause,"
        "energy_cause\r\n";
    const auto ratio = [](double value) {
        return std::isfinite(value) ? fmt::format("{}", value) : std::string();
    };
    for (const LayerComparison& layer : c.layers) {
        const LayerFile &a = c.in_a(layer), &b = c.in_b(layer);
        text += fmt::format(
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", csv_field(a.name), a.cycles,
            b.cycles, static_cast<double>(a.cycles) / c.a.clock_hz,
            static_cast<double>(b.cycles) / c.b.clock_hz, ratio(layer.time_ratio),
            csv_field(layer.bound_a), csv_field(layer.bound_b), a.energy_pj, b.energy_pj,
            ratio(layer.energy_ratio), a.dram_bytes, b.dram_bytes, csv_field(a.types),
            csv_field(b.types), csv_field(layer.time_cause), csv_field(layer.energy_cause));
    }
    return text + fmt::format("total,{},{},{},{},{},,,{},{},{},,,,,,\r\n", c.a.cycles, c.b.cycles,
                              c.a.seconds(), c.b.seconds(), ratio(c.b.seconds() / c.a.seconds()),
                              c.a.energy_pj, c.b.energy_pj, ratio(c.b.energy_pj / c.a.energy_pj));
}

std::string comparison_json(const Comparison& c) {
    Json json;
    json["schema"] = "bitloom-comparison";
    json["schema_version"] = 1;
    for (const auto& [name, result] : {std::pair("a", &c.a), std::pair("b", &c.b)})
        json[name] = {{"file", result->place},
                      {"chip", result->chip},
                      {"network", result->network},
                      {"scheme", result->scheme},
                      {"run", result->run}};
    for (const Total& total : totals(c))
        json["totals"][total.name] = {{"a", number(total.value_a)},
                                      {"b", number(total.value_b)},
                                      {"ratio", number(total.value_b / total.value_a)}};
    json["totals_units"] = {{"latency", "s"}, {"clock", "Hz"}, {"energy", "pJ"},
                            {"EDP", "J*s"},   {"area", "mm2"}, {"top-1", "0..1"}};
    json["layers"] = Json::array();
    for (const LayerComparison& layer : c.layers) {
        const LayerFile &a = c.in_a(layer), &b = c.in_b(layer);
        json["layers"].push_back({{"name", a.name},
                                  {"cycles_a", a.cycles},
                                  {"cycles_b", b.cycles},
                                  {"time_ratio", number(layer.time_ratio)},
                                  {"bound_a", layer.bound_a},
                                  {"bound_b", layer.bound_b},
                                  {"time_cause", layer.time_cause},
                                  {"energy_a_pj", number(a.energy_pj)},
                                  {"energy_b_pj", number(b.energy_pj)},
                                  {"energy_ratio", number(layer.energy_ratio)},
                                  {"energy_cause", layer.energy_cause}});
    }
    json["only_in_a"] = c.only_in_a;
    json["only_in_b"] = c.only_in_b;
    json["configuration"] = Json::object();
    for (const Comparison::Difference& key : c.configuration)
        json["configuration"][key.key] = {{"a", key.a}, {"b", key.b}};
    json["notes"] = c.notes;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bitloom
