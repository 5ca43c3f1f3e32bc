// SPDX-License-Identifier: Apache-2.0
#include "sim/report/result_file.h"

#include <cmath>
#include <limits>
#include <set>

#include "models/base/error.h"
#include "workloads/trace/strict_json.h"

namespace bitloom {

namespace {

std::int64_t count(const JsonValue& value) {
    const std::int64_t number = value.integer();
    if (number < 0) value.wrong(fmt::format("is {}: must be at least 0", number));
    return number;
}

double positive(const JsonValue& value) {
    const double number = value.number();
    if (!(number > 0)) value.wrong(fmt::format("is {}: must be above 0", number));
    return number;
}

double quantity(const JsonValue& value) {
    const double number = value.number();
    if (!(number >= 0)) value.wrong(fmt::format("is {}: must be at least 0", number));
    return number;
}

std::optional<double> optional_number(JsonObject& object, const std::string& key) {
    if (!object.has(key)) return std::nullopt;
    const JsonValue value = object.required(key);
    return value.is_null() ? std::nullopt : std::optional(value.number());
}

LayerFile read_layer(const JsonValue& value) {
    JsonObject object(value);
    LayerFile layer;
    layer.name = object.required("name").string();
    layer.op = object.required("op").string();
    layer.shape = object.required("shape").string();
    layer.types = object.required("types").string();
    layer.cycles = count(object.required("cycles"));
    layer.array_cycles = count(object.required("array_cycles"));
    layer.dram_bytes = count(object.required("dram_bytes"));
    for (const auto& [cause, cycles] : object.required("stalls").members())
        layer.stalls[cause] = count(cycles);
    layer.energy_pj = quantity(object.required("energy_pj"));
    for (const auto& [component, energy] : object.required("energy_by_component_pj").members())
        layer.energy_by_component_pj[component] = quantity(energy);
    layer.sqnr_db = optional_number(object, "sqnr_db");
    if (object.has("exact") && object.required("exact").boolean())
        layer.sqnr_db = std::numeric_limits<double>::infinity();
    return layer;
}

void check_schema(JsonObject& object, const JsonValue& root) {
    if (!object.has("schema"))
        root.wrong("no member 'schema': must be a result that `bitloom run --json` wrote");
    const JsonValue schema = object.required("schema");
    if (schema.string() != "bitloom-result")
        schema.wrong(
            fmt::format("is '{}': must be 'bitloom-result', which `bitloom run --json` writes",
                        schema.string()));
    const JsonValue version = object.required("schema_version");
    if (version.integer() != 1)
        version.wrong(fmt::format("is {}: this program reads 1", version.integer()));
}

}  // namespace

ResultFile parse_result(std::string_view json, const std::string& place) {
    const nlohmann::json parsed = parse_strict_json(json, place);
    const JsonValue root(parsed, place);
    JsonObject object(root);
    check_schema(object, root);
    ResultFile result;
    result.place = place;
    result.chip = object.required("chip").string();
    result.network = object.required("network").string();
    result.scheme =
        object.required(object.has("scheme_heading") ? "scheme_heading" : "scheme").string();
    result.fidelity = object.required("fidelity").string();
    result.cycles = count(object.required("cycles"));
    result.clock_hz = positive(object.required("clock_hz"));
    result.energy_pj = quantity(object.required("energy_pj"));
    result.area_mm2 = optional_number(object, "area_mm2");
    result.accuracy = optional_number(object, "accuracy");
    result.random = optional_number(object, "random_codes_seed").has_value() ||
                    optional_number(object, "random_inputs_seed").has_value();
    result.configuration = object.required("configuration").string_map();
    if (object.has("run")) result.run = object.required("run").string_map();
    std::set<std::string> names;
    for (const JsonValue& value : object.required("layers").elements()) {
        result.layers.push_back(read_layer(value));
        if (!names.insert(result.layers.back().name).second)
            value.wrong(
                fmt::format("name '{}' is repeated: each layer once", result.layers.back().name));
    }
    return result;
}

}  // namespace bitloom
