// SPDX-License-Identifier: Apache-2.0
#include "sim/report/csv.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "sim/report/heading.h"
#include "sim/report/quantities.h"

namespace bitloom {

namespace {

class Record {
public:
    explicit Record(std::string& text) : text_(text) {}
    ~Record() { text_ += "\r\n"; }
    Record(const Record&) = delete;
    Record& operator=(const Record&) = delete;

    void text(std::string_view value) {
        if (!first_) text_ += ',';
        first_ = false;
        text_ += csv_field(value);
    }
    void count(std::int64_t value) { text(fmt::format("{}", value)); }
    void number(const std::optional<double>& value) {  // shortest digits that read back the same
        text(value && !std::isnan(*value) ? fmt::format("{}", *value) : "");
    }
    template <class Map, class Key>
    void entry(const Map& map, const Key& key) {
        const auto found = map.find(key);
        text(found == map.end() ? "0" : fmt::format("{}", found->second));
    }

private:
    std::string& text_;
    bool first_ = true;
};

// Of the whole run; only the total has them.
constexpr std::array<const char*, 6> run_columns = {
    "scheme",  "random", "accuracy_before_raising", "accuracy_float", "accuracy_quantized",
    "accuracy"};

std::optional<double> known(double accuracy) {
    return accuracy < 0 ? std::nullopt : std::optional(accuracy);
}

// Of an analog chip, for each time; only the total has them.
constexpr std::array<const char*, 5> moment_columns = {
    "accuracy_mean", "accuracy_std", "saturated_fraction", "weight_effective_bits", "energy_pj"};

std::vector<AnalogMoment> moments_of(const RunResult& result) {
    return result.analog ? result.analog->moments : std::vector<AnalogMoment>{};
}

}  // namespace

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string field = "\"";
    for (char c : text) {
        if (c == '"') field += '"';
        field += c;
    }
    return field + '"';
}

std::string to_csv(const RunResult& result) {
    const std::vector<std::string> causes = stall_causes(result, true);
    const std::vector<std::string> components = energy_components(result);
    const auto run_pairs = pairs_of(result.run.value_or(RunProvenance{}));
    std::string text;
    {
        Record header(text);
        for (const char* name : {"layer", "operator", "shape", "types", "raised", "begin_cycle",
                                 "cycles", "array_cycles"})
            header.text(name);
        for (const std::string& cause : causes) header.text("stall_" + cause + "_cycles");
        for (const char* name :
             {"utilization_fraction", "macs", "peak_macs_per_cycle", "dram_bytes"})
            header.text(name);
        for (const std::string& component : components) header.text("energy_" + component + "_pj");
        for (const char* name :
             {"energy_pj", "sqnr_db", "exact", "cosine", "max_error", "accumulator_overflows"})
            header.text(name);
        for (const char* name : run_columns) header.text(name);
        for (const auto& [name, value] : run_pairs) header.text(name);
        for (const AnalogMoment& moment : moments_of(result))
            for (const char* name : moment_columns)
                header.text(fmt::format("{}_at_{}s", name, moment.time_s));
    }
    for (const LayerResult& layer : result.layers) {
        Record record(text);
        record.text(layer.name);
        record.text(layer.op);
        record.text(layer.shape);
        record.text(layer.types);
        record.count(layer.raised ? 1 : 0);
        record.count(layer.begin_cycle);
        record.count(layer.cycles);
        record.count(layer.array_cycles);
        for (const std::string& cause : causes) record.entry(layer.stalls, cause);
        record.number(layer.utilization);
        record.count(layer.macs);
        record.number(layer.peak_macs_per_cycle);
        record.count(layer.dram_bytes);
        for (const std::string& component : components) record.entry(layer.energy_pj, component);
        record.number(total_energy_pj(layer));
        record.number(layer.sqnr_db);
        record.text(!layer.sqnr_db ? "" : is_exact(layer) ? "1" : "0");
        record.number(layer.cosine);
        record.number(layer.max_error);
        record.count(layer.accumulator_overflows);
        for (std::size_t i = 0; i < run_columns.size() + run_pairs.size(); ++i) record.text("");
        for (std::size_t i = 0; i < moments_of(result).size() * moment_columns.size(); ++i)
            record.text("");
    }
    const LayerSums sums = layer_sums(result);
    Record total(text);
    total.text("total");
    for (int i = 0; i < 3; ++i) total.text("");
    total.count(result.promotion ? std::ssize(result.promotion->raised) : 0);
    total.count(0);
    total.count(result.cycles);
    total.count(sums.array_cycles);
    for (const std::string& cause : causes) total.entry(sums.stalls, cause);
    total.number(sums.utilization);
    total.count(result.total_macs());
    total.number(result.peak_macs_per_cycle);
    total.count(sums.dram_bytes);
    for (const std::string& component : components) total.entry(result.energy_pj, component);
    total.number(result.total_energy_pj());
    for (int i = 0; i < 4; ++i) total.text("");
    total.count(sums.accumulator_overflows);
    total.text(scheme_heading(result));
    total.text(random_text(result));
    total.number(known(result.promotion ? result.promotion->accuracy_before : -1.0));
    total.number(result.accuracy.float_top1);
    total.number(result.accuracy.quantized_top1);
    total.number(result.accuracy.chip_top1);
    for (const auto& [name, value] : run_pairs) total.text(value);
    for (const AnalogMoment& moment : moments_of(result)) {
        total.number(moment.mean_top1());
        total.number(moment.std_top1());
        total.number(moment.saturated);
        total.number(moment.effective_bits);
        total.number(moment.total_energy_pj());
    }
    return text;
}

}  // namespace bitloom
