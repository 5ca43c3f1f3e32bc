// SPDX-License-Identifier: Apache-2.0
#include "sim/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/report/heading.h"
#include "sim/report/quantities.h"
#include "sim/report/text_table.h"

namespace bitloom {

namespace {

constexpr auto not_available = "n/a";
constexpr auto raised_mark = " (raised)";

std::string decibels(const LayerResult& layer) {
    if (!layer.sqnr_db || std::isnan(*layer.sqnr_db)) return not_available;
    return is_exact(layer) ? "exact" : fmt::format("{:.1f}", *layer.sqnr_db);
}

std::string utilization_of(const LayerResult& layer) {
    return layer.macs > 0 ? percent(layer.utilization) : not_available;
}

// Three decimals; what is not zero never reads as zero.
std::string scaled_energy(double pj, const DisplayUnit& unit) {
    const double value = pj * unit.factor;
    if (!std::isfinite(value)) return not_available;
    if (value == 0.0) return "0";
    if (value > 0.0 && value < 0.0005) return "<0.001";
    return fmt::format("{:.3f}", value);
}

std::string share(double part, double whole) {
    return whole > 0 ? percent(part / whole) : not_available;
}

std::string time_table(const RunResult& result, const TextStyle& style) {
    const std::vector<std::string> causes = stall_causes(result, false);
    const LayerSums sums = layer_sums(result);
    std::vector<TextColumn> columns = {{"layer", "", "", false, true},
                                       {"operator", "", "", false, false},
                                       {"shape", "elements", "", false, true},
                                       {"total", "cycles", "cycles", true, false},
                                       {"array", "cycles", "cycles", true, false}};
    for (const std::string& cause : causes)
        columns.push_back({printable(cause), "cycles", "stalls by cause", true, false});
    columns.push_back({"used", "%", "", true, false});
    if (!result.analog) columns.push_back({"DRAM traffic", "bytes", "", true, false});

    TextTable table(std::move(columns));
    const auto add = [&](std::vector<std::string> cells, std::int64_t array_cycles,
                         const std::map<std::string, std::int64_t>& stalls, std::string used,
                         std::int64_t dram_bytes) {
        cells.push_back(grouped_digits(array_cycles));
        for (const std::string& cause : causes) {
            const auto found = stalls.find(cause);
            cells.push_back(found == stalls.end() ? "0" : grouped_digits(found->second));
        }
        cells.push_back(std::move(used));
        if (!result.analog) cells.push_back(grouped_digits(dram_bytes));
        table.add_row(std::move(cells));
    };
    for (const LayerResult& layer : result.layers)
        add({layer.name, layer.op, layer.shape, grouped_digits(layer.cycles)}, layer.array_cycles,
            layer.stalls, utilization_of(layer), layer.dram_bytes);
    table.add_rule();
    add({"total", "", "", grouped_digits(result.cycles)}, sums.array_cycles, sums.stalls,
        result.total_macs() > 0 ? percent(sums.utilization) : not_available, sums.dram_bytes);
    return table.to_string(style);
}

std::string energy_table(const RunResult& result, const TextStyle& style) {
    double largest = result.total_energy_pj();
    for (const LayerResult& layer : result.layers)
        largest = std::max(largest, total_energy_pj(layer));
    const DisplayUnit unit = energy_unit(largest);
    const std::string unit_name(unit.unit);

    // The last two groups, and on an analog chip all, appear only where a component is in them.
    std::array<bool, energy_groups.size()> shown;
    shown.fill(!result.analog);
    shown[energy_groups.size() - 2] = shown.back() = false;
    for (const std::string& component : energy_components(result))
        shown[energy_group(component)] = true;

    std::vector<TextColumn> columns = {{"layer", "", "", false, true},
                                       {"types", "formats", "", false, true}};
    for (std::size_t g = 0; g < energy_groups.size(); ++g)
        if (shown[g])
            columns.push_back(
                {std::string(energy_groups[g]), unit_name, "energy by component", true, false});
    columns.push_back({"total", unit_name, "", true, false});
    columns.push_back({"share", "%", "", true, false});
    columns.push_back({"per MAC", "pJ", "", true, false});
    columns.push_back({"SQNR", "dB", "", true, false});

    TextTable table(std::move(columns));
    const auto add = [&](const std::string& name, const std::string& types,
                         const std::map<std::string, double>& energy, std::int64_t macs,
                         std::string sqnr) {
        std::vector<std::string> cells = {name, types};
        const auto groups = energy_by_group(energy);
        double total = 0.0;
        for (std::size_t g = 0; g < energy_groups.size(); ++g) {
            total += groups[g];
            if (shown[g]) cells.push_back(scaled_energy(groups[g], unit));
        }
        cells.push_back(scaled_energy(total, unit));
        cells.push_back(share(total, result.total_energy_pj()));
        cells.push_back(macs > 0 ? fmt::format("{:.3f}", total / static_cast<double>(macs))
                                 : not_available);
        cells.push_back(std::move(sqnr));
        table.add_row(std::move(cells));
    };
    for (const LayerResult& layer : result.layers)
        add(layer.name, layer.raised ? layer.types + raised_mark : layer.types, layer.energy_pj,
            layer.macs, decibels(layer));
    table.add_rule();
    add("total", "", result.energy_pj, result.total_macs(), "");
    return table.to_string(style);
}

std::string rate_text(double per_second) {
    return per_second >= 1000.0 && per_second < 1e15 ? grouped_digits(std::llround(per_second))
                                                     : fmt::format("{:.4g}", per_second);
}

std::string top1(const std::optional<double>& fraction) {
    return fraction && std::isfinite(*fraction) ? percent(*fraction) + " %" : not_available;
}

class Lines {
public:
    explicit Lines(const TextStyle& style) : width_(style.width) {}

    void add(std::string_view what, std::string_view value, std::string_view more = "") {
        std::string line = fmt::format("  {:<16}{:>22}", what, value);
        if (!more.empty()) line += fmt::format("   {}", more);
        // Not wrapped() alone: the spaces that align the values stay.
        if (text_width(line) > width_ && !more.empty()) {
            line = fmt::format("  {:<16}{:>22}\n{}{}", what, value, indent,
                               wrapped(more, width_ - indent.size(), indent.size()));
        }
        text_ += line + '\n';
    }
    const std::string& text() const { return text_; }

private:
    static constexpr std::string_view indent = "      ";

    std::size_t width_;
    std::string text_;
};

std::string totals(const RunResult& result, const TextStyle& style) {
    const double seconds = result.latency_s();
    Lines lines(style);
    lines.add("latency", with_si_prefix(seconds, "s"),
              fmt::format("{} cycles at {}", grouped_digits(result.cycles),
                          with_si_prefix(result.clock_hz, "Hz")));
    lines.add("throughput",
              seconds > 0 ? rate_text(1.0 / seconds) + " inferences/s" : not_available,
              fmt::format("batch 1, {} MACs an inference", grouped_digits(result.total_macs())));
    const double peak_ops = 2.0 * result.peak_macs_per_cycle * result.clock_hz;
    lines.add(
        "rate", with_si_prefix(result.tops() * 1e12, "OPS"),
        peak_ops > 0
            ? fmt::format("peak {} ({} MACs/cycle), {} % of it reached; 1 MAC is 2 operations",
                          with_si_prefix(peak_ops, "OPS"),
                          fmt::format("{:.6g}", result.peak_macs_per_cycle),
                          percent(result.tops() * 1e12 / peak_ops))
            : "1 MAC is 2 operations");
    if (result.peak_bit_macs_per_cycle > 0) {
        const double peak = 2.0 * result.peak_bit_macs_per_cycle * result.clock_hz;
        lines.add(
            "binary rate", with_si_prefix(result.binary_tops() * 1e12, "OPS"),
            fmt::format("peak {}, {} % of it reached; MACs x weight bits x activation bits",
                        with_si_prefix(peak, "OPS"), percent(result.binary_tops() * 1e12 / peak)));
    }
    lines.add(
        "energy", with_si_prefix(result.total_energy_pj() * 1e-12, "J"),
        fmt::format("an inference; {} on average", with_si_prefix(average_power_w(result), "W")));
    if (result.conditions) {
        const OperatingConditions& c = *result.conditions;
        lines.add("conditions",
                  fmt::format("{:g} nm, {:g} V, {:g} K", c.node_nm, c.voltage_v, c.temperature_k),
                  fmt::format("memories of {} transistors; leakage is {} % of the energy", c.device,
                              percent(result.leakage_share())));
    }
    lines.add("efficiency", result.tops_per_watt() > 0
                                ? fmt::format("{:.4g} TOPS/W", result.tops_per_watt())
                                : not_available);
    lines.add("EDP",
              result.energy_delay_js() > 0 ? fmt::format("{:.4g} J*s", result.energy_delay_js())
                                           : not_available,
              "energy x latency");
    if (result.dram_bandwidth_bytes_per_s > 0)
        lines.add("DRAM bandwidth", with_si_prefix(result.dram_bandwidth_bytes_per_s, "B/s"),
                  "theoretical peak");
    return lines.text();
}

std::string accuracy(const RunResult& result, const TextStyle& style) {
    const AccuracyResult& accuracy = result.accuracy;
    const std::string inputs = accuracy.inputs > 0
                                   ? fmt::format("top-1 over {} inputs, the arithmetic of the chip",
                                                 grouped_digits(accuracy.inputs))
                                   : "no data set was run";
    Lines lines(style);
    lines.add("float", top1(accuracy.float_top1), float_text(result.trained_for));
    if (const auto& promotion = result.promotion; promotion && !promotion->raised.empty())
        lines.add("before raising",
                  promotion->accuracy_before < 0 ? not_available
                                                 : percent(promotion->accuracy_before) + " %",
                  fmt::format("quantized, before {} of {} layers were raised to {}",
                              promotion->raised.size(), result.weight_layers, promotion->format));
    lines.add("quantized", top1(accuracy.quantized_top1), "the scheme in float arithmetic");
    lines.add("chip", top1(accuracy.chip_top1), inputs);
    return lines.text();
}

std::string analog_table(const RunResult& result, const TextStyle& style) {
    const AnalogResult& analog = *result.analog;
    Lines lines(style);
    lines.add("arrays", grouped_digits(analog.arrays),
              fmt::format("{} % of their pairs mapped, {} % not zero", percent(analog.mapped_share),
                          percent(analog.non_zero_share)));
    lines.add("peak", with_si_prefix(analog.peak_tops * 1e12, "OPS"),
              fmt::format("{:.4g} TOPS/W with all pairs at work, mean |w| 1/4, mean |x| 1/5",
                          analog.peak_tops_per_watt));
    lines.add("conversion", fmt::format("{:.4g} pJ", analog.adc_conversion_pj),
              "energy by '" + printable(analog.adc_energy) + "'");
    lines.add("full scale", fmt::format("{:.4g} cells", analog.full_scale_cells),
              printable(analog.full_scale_source));
    if (analog.read_out_cycles > 0)
        lines.add("compensation", with_si_prefix(analog.read_out_pj * 1e-12, "J"),
                  fmt::format("{} cycles each time that the drift is read out",
                              grouped_digits(analog.read_out_cycles)));
    lines.add("programming", grouped_digits(analog.program_attempts),
              fmt::format("attempts for {} devices", grouped_digits(analog.devices)));

    TextTable table({{"time", "", "", true, false},
                     {"mean", "%", "top-1", true, false},
                     {"std", "%", "top-1", true, false},
                     {"energy", "uJ", "", true, false},
                     {"efficiency", "TOPS/W", "", true, false},
                     {"saturated", "%", "", true, false},
                     {"rms error", "%", "weights", true, false},
                     {"effective", "bits", "weights", true, false},
                     {"alpha", "", "", true, false}});
    const auto or_none = [](const std::optional<double>& fraction) {
        return fraction ? percent(*fraction) : std::string(not_available);
    };
    for (const AnalogMoment& moment : analog.moments)
        table.add_row(
            {time_text(moment.time_s), or_none(moment.mean_top1()), or_none(moment.std_top1()),
             fmt::format("{:.4g}", moment.total_energy_pj() * 1e-6),
             fmt::format("{:.4g}", tops_per_watt(result, moment)),
             fmt::format("{:.4g}", 100 * moment.saturated), percent(moment.weight_rms_error),
             std::isfinite(moment.effective_bits) ? fmt::format("{:.2f}", moment.effective_bits)
                                                  : "exact",
             fmt::format("{:.4f}", moment.alpha)});
    return lines.text() +
           fmt::format("\n{} chip{}, seeds from {}; std is of the chips\n\n", analog.seeds,
                       analog.seeds == 1 ? "" : "s", analog.first_seed) +
           table.to_string(style);
}

std::string fact_text(const MappingFact& fact) {
    const auto text = [](const auto& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::int64_t>) return grouped_digits(value);
        if constexpr (std::is_same_v<Value, double>) return fmt::format("{:.3f}", value);
        if constexpr (std::is_same_v<Value, std::string>) return printable(value);
    };
    std::string result = std::visit(text, fact.value);
    if (!fact.unit.empty()) result += " " + fact.unit;
    if (!fact.note.empty()) result += "   " + printable(fact.note);
    return result;
}

std::string mapping_text(const LayerResult& layer, const TextStyle& style) {
    const LayerMapping& mapping = *layer.mapping;
    std::size_t width = 0;
    for (const MappingFact& fact : mapping.facts) width = std::max(width, text_width(fact.title));
    std::string text =
        fmt::format("\n{}\n", style.strong("Mapping of " + printable(layer.name)));
    for (const MappingFact& fact : mapping.facts)
        text += fmt::format("  {:<{}}  {}\n", fact.title, width, fact_text(fact));
    if (mapping.changes.empty()) return text;
    TextTable table({{"with more", "", "", false, false},
                     {"from", "", "", true, false},
                     {"to", "", "", true, false},
                     {"cycles", "", "", true, false},
                     {"fewer", "%", "", true, false}});
    table.add_row({"as it is", "", "", grouped_digits(mapping.cycles), ""});
    for (const MappingChange& change : mapping.changes)
        table.add_row(
            {change.resource, change.from, change.to, grouped_digits(change.cycles),
             fmt::format("{:.2f}", 100.0 * static_cast<double>(mapping.cycles - change.cycles) /
                                       static_cast<double>(mapping.cycles))});
    return text + "\n" + table.to_string(style);
}

std::string area(const RunResult& result, const TextStyle& style) {
    const double total = total_area_mm2(result);
    Lines lines(style);
    for (const auto& [component, mm2] : result.area_mm2)
        lines.add(printable(component), fmt::format("{:.4f} mm2", mm2), share(mm2, total) + " %");
    lines.add("total", result.area_mm2.empty() ? not_available : fmt::format("{:.4f} mm2", total));
    return lines.text();
}

// Why something reads "n/a", and what must not be overlooked.
std::vector<std::string> own_notes(const RunResult& result) {
    std::vector<std::string> notes;
    if (const std::string checked = check_text(result); !checked.empty())
        notes.push_back("Checked: " + checked);
    if (const std::string rule = rule_text(result.promotion); !rule.empty()) notes.push_back(rule);
    const auto any = [&](auto condition) {
        return std::any_of(result.layers.begin(), result.layers.end(), condition);
    };
    if (any([](const LayerResult& layer) { return layer.accumulator_overflows > 0; }))
        for (const LayerResult& layer : result.layers)
            if (layer.accumulator_overflows > 0)
                notes.push_back(fmt::format("WARNING: {} accumulator overflows in layer '{}'",
                                            grouped_digits(layer.accumulator_overflows),
                                            layer.name));
    if (any([](const LayerResult& layer) { return layer.macs <= 0; }))
        notes.emplace_back("used and per MAC n/a: the layer has no multiply-accumulates");
    if (any([](const LayerResult& layer) { return !layer.sqnr_db || std::isnan(*layer.sqnr_db); }))
        notes.emplace_back(
            "SQNR n/a: the trace has no float reference for the layer, or no tensors at all");
    const AccuracyResult& accuracy = result.accuracy;
    if (!accuracy.float_top1 || !accuracy.quantized_top1)
        notes.emplace_back("float or quantized accuracy n/a: the trace does not state it");
    if (!accuracy.chip_top1)
        notes.emplace_back(
            "chip accuracy n/a: no data set was run through the arithmetic of the chip");
    if (result.area_mm2.empty()) notes.emplace_back("area n/a: no area table for this chip");
    if (result.clock_hz <= 0)
        notes.emplace_back("latency and rates n/a: the clock frequency is not known");
    if (result.total_energy_pj() <= 0) notes.emplace_back("energy n/a: no energy was accounted");
    return notes;
}

}  // namespace

std::string to_table(const RunResult& result, const TextStyle& style) {
    const auto section = [&style](std::string_view title) {
        return fmt::format("\n{}\n", style.strong(title));
    };
    std::string head = fmt::format("{} on {}   scheme {}   fidelity {}", result.network,
                                   result.chip, scheme_heading(result), result.fidelity);
    if (const std::string random = random_text(result); !random.empty()) head += "   " + random;
    std::string text = style.strong(wrapped(printable(head), style.width, 4)) + "\n\n";
    text += wrapped(
        "Time by layer ('array': cycles in which operands stream through the array; 'used': useful "
        "MAC slots of all)",
        style.width, 0);
    text += "\n\n" + time_table(result, style);
    text += "\nEnergy and accuracy by layer\n\n";
    text += energy_table(result, style);
    for (const LayerResult& layer : result.layers)
        if (layer.mapping) text += mapping_text(layer, style);
    text += section("Totals") + totals(result, style);
    text += section("Accuracy") + accuracy(result, style);
    if (result.analog) text += section("Analog") + analog_table(result, style);
    text += section("Area") + area(result, style);
    if (result.run) {
        text += section("Run");
        for (const auto& [key, value] : pairs_of(*result.run))
            text +=
                wrapped(fmt::format("  {:<9}{}", key, printable(value)), style.width, 11) + "\n";
    }
    std::vector<std::string> notes = own_notes(result);
    notes.insert(notes.end(), result.notes.begin(), result.notes.end());
    if (!notes.empty()) text += section("Notes");
    for (const std::string& note : notes) {
        const std::string lines = "  - " + wrapped(printable(note), style.width - 4, 4);
        text += (note.starts_with("WARNING") ? style.warning(lines) : lines) + "\n";
    }
    return text;
}

}  // namespace bitloom
