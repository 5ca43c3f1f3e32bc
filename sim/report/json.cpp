// SPDX-License-Identifier: Apache-2.0
#include "sim/report/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/report/heading.h"
#include "sim/report/quantities.h"

namespace bitloom {

namespace {

using Json = nlohmann::ordered_json;

// nlohmann writes NaN and infinity as null, too; this keeps the rule in sight.
Json number(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json seed(const std::optional<std::int64_t>& value) {
    return value ? Json(*value) : Json(nullptr);
}

// Rates are 0 where their divisor is; a file says "not available" instead.
Json positive(double value) {
    return value > 0 ? number(value) : Json(nullptr);
}

template <class Map>
Json object(const Map& map) {
    Json json = Json::object();
    for (const auto& [key, value] : map) json[key] = value;
    return json;
}

Json mapping_json(const LayerMapping& mapping) {
    Json json = Json::object();
    json["cycles"] = mapping.cycles;
    for (const MappingFact& fact : mapping.facts)
        std::visit([&](const auto& value) { json[fact.key] = value; }, fact.value);
    json["with_more"] = Json::array();
    for (const MappingChange& change : mapping.changes)
        json["with_more"].push_back({{"resource", change.resource},
                                     {"from", change.from},
                                     {"to", change.to},
                                     {"cycles", change.cycles}});
    return json;
}

Json layer_json(const LayerResult& layer) {
    Json json;
    json["name"] = layer.name;
    json["op"] = layer.op;
    json["shape"] = layer.shape;
    json["types"] = layer.types;
    json["raised"] = layer.raised;
    json["begin_cycle"] = layer.begin_cycle;
    json["cycles"] = layer.cycles;
    json["array_cycles"] = layer.array_cycles;
    json["stalls"] = object(layer.stalls);
    json["utilization"] = number(layer.utilization);
    json["macs"] = layer.macs;
    json["peak_macs_per_cycle"] = positive(layer.peak_macs_per_cycle);
    if (layer.bit_macs > 0) json["bit_macs"] = layer.bit_macs;
    json["dram_bytes"] = layer.dram_bytes;
    json["energy_pj"] = number(total_energy_pj(layer));
    json["energy_by_component_pj"] = object(layer.energy_pj);
    json["sqnr_db"] = number(layer.sqnr_db);
    json["exact"] = is_exact(layer);
    json["cosine"] = number(layer.cosine);
    json["max_error"] = number(layer.max_error);
    json["accumulator_overflows"] = layer.accumulator_overflows;
    json["activity_events"] = object(layer.activity.events());
    if (layer.mapping) json["mapping"] = mapping_json(*layer.mapping);
    return json;
}

Json analog_json(const RunResult& result) {
    const AnalogResult& analog = *result.analog;
    Json json;
    json["first_seed"] = analog.first_seed;
    json["seeds"] = analog.seeds;
    json["arrays"] = analog.arrays;
    json["mapped_share"] = number(analog.mapped_share);
    json["non_zero_share"] = number(analog.non_zero_share);
    json["adc_energy"] = analog.adc_energy;
    json["adc_conversion_pj"] = number(analog.adc_conversion_pj);
    json["full_scale_cells"] = number(analog.full_scale_cells);
    json["full_scale_source"] = analog.full_scale_source;
    json["peak_tops"] = positive(analog.peak_tops);
    json["peak_tops_per_watt"] = positive(analog.peak_tops_per_watt);
    json["compensation_read_out_cycles"] = analog.read_out_cycles;
    json["compensation_read_out_pj"] = number(analog.read_out_pj);
    json["devices"] = analog.devices;
    json["programming_attempts"] = analog.program_attempts;
    json["moments"] = Json::array();
    for (const AnalogMoment& moment : analog.moments) {
        Json at;
        at["time_s"] = number(moment.time_s);
        at["accuracy_mean"] = number(moment.mean_top1());
        at["accuracy_std"] = number(moment.std_top1());
        at["accuracy_by_seed"] = moment.top1;
        at["saturated_share"] = number(moment.saturated);
        at["weight_rms_error"] = number(moment.weight_rms_error);
        at["weight_effective_bits"] = number(moment.effective_bits);
        at["alpha"] = number(moment.alpha);
        at["energy_pj"] = number(moment.total_energy_pj());
        at["energy_by_component_pj"] = object(moment.energy_pj);
        at["tops_per_watt"] = positive(tops_per_watt(result, moment));
        json["moments"].push_back(std::move(at));
    }
    return json;
}

}  // namespace

std::string to_json(const RunResult& result) {
    const LayerSums sums = layer_sums(result);
    const double seconds = result.latency_s();
    Json json;
    json["schema"] = "bitloom-result";
    json["schema_version"] = 1;
    json["chip"] = result.chip;
    json["network"] = result.network;
    json["scheme"] = result.scheme;
    json["scheme_heading"] = scheme_heading(result);
    json["weight_layers"] = result.weight_layers;
    json["raised_layers"] = Json::array();
    json["raised_to"] = nullptr;
    json["wide_by_rule"] = Json::array();
    json["accuracy_before_raising"] = nullptr;
    if (const auto& promotion = result.promotion) {
        json["raised_layers"] = promotion->raised;
        if (!promotion->raised.empty()) json["raised_to"] = promotion->format;
        json["wide_by_rule"] = promotion->by_rule;
        if (promotion->accuracy_before >= 0)
            json["accuracy_before_raising"] = promotion->accuracy_before;
    }
    json["trained_for"] = result.trained_for.empty() ? Json(nullptr) : Json(result.trained_for);
    json["random_codes_seed"] = seed(result.random_codes_seed);
    json["random_inputs_seed"] = seed(result.random_inputs_seed);
    json["fidelity"] = result.fidelity;

    json["cycles"] = result.cycles;
    json["clock_hz"] = positive(result.clock_hz);
    json["latency_s"] = result.clock_hz > 0 ? number(seconds) : Json(nullptr);
    json["throughput_inferences_per_s"] = seconds > 0 ? number(1.0 / seconds) : Json(nullptr);
    json["energy_pj"] = number(result.total_energy_pj());
    if (result.conditions) {
        const OperatingConditions& c = *result.conditions;
        json["conditions"] = {{"node_nm", c.node_nm},
                              {"voltage_v", c.voltage_v},
                              {"temperature_k", c.temperature_k},
                              {"memory_device", c.device},
                              {"sram_leakage_mw_per_kb", c.sram_leakage_mw_per_kb},
                              {"leakage_share", number(result.leakage_share())}};
    }
    json["average_power_w"] = positive(average_power_w(result));
    json["macs"] = result.total_macs();
    json["tops"] = positive(result.tops());
    if (result.peak_bit_macs_per_cycle > 0) {
        json["binary_tops"] = positive(result.binary_tops());
        json["peak_bit_macs_per_cycle"] = result.peak_bit_macs_per_cycle;
    }
    json["tops_per_watt"] = positive(result.tops_per_watt());
    json["energy_delay_js"] = positive(result.energy_delay_js());
    json["area_mm2"] = result.area_mm2.empty() ? Json(nullptr) : number(total_area_mm2(result));
    json["accuracy"] = number(result.accuracy.chip_top1);
    json["accuracy_float"] = number(result.accuracy.float_top1);
    json["accuracy_quantized"] = number(result.accuracy.quantized_top1);
    json["test_inputs"] = result.accuracy.inputs;
    if (result.check)
        json["check"] = {{"values", result.check->values},
                         {"layers", result.check->layers},
                         {"equal_to", "the host's integer executor"}};

    if (result.analog) json["analog"] = analog_json(result);

    json["array_cycles"] = sums.array_cycles;
    json["utilization"] = number(sums.utilization);
    json["stalls"] = object(sums.stalls);
    json["stalls_unit"] = "cycles";
    json["dram_bytes"] = sums.dram_bytes;
    json["accumulator_overflows"] = sums.accumulator_overflows;
    json["peak_macs_per_cycle"] = positive(result.peak_macs_per_cycle);
    json["compute_roofs_macs_per_cycle"] = object(result.compute_roofs_macs_per_cycle);
    json["dram_bandwidth_bytes_per_s"] = positive(result.dram_bandwidth_bytes_per_s);
    json["energy_by_component_pj"] = object(result.energy_pj);
    // In which column of tables and charts a component is.
    json["energy_groups"] = Json::object();
    for (const std::string& component : energy_components(result))
        json["energy_groups"][component] = energy_groups[energy_group(component)];
    json["area_by_component_mm2"] = object(result.area_mm2);
    json["activity_events"] = object(sums.activity.events());

    json["layers"] = Json::array();
    for (const LayerResult& layer : result.layers) json["layers"].push_back(layer_json(layer));
    json["notes"] = result.notes;
    json["configuration"] = object(result.configuration);
    json["provenance"] = object(result.provenance);
    if (result.run)
        for (const auto& [key, value] : pairs_of(*result.run)) json["run"][key] = value;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bitloom
