// SPDX-License-Identifier: Apache-2.0
// A result as `bitloom run --json` wrote it, read back to be compared.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

struct LayerFile {
    std::string name, op, shape, types;
    std::int64_t cycles = 0, array_cycles = 0, dram_bytes = 0;  // >= 0
    std::map<std::string, std::int64_t> stalls;                 // cycles by cause
    double energy_pj = 0.0;
    std::map<std::string, double> energy_by_component_pj;
    std::optional<double> sqnr_db;  // +infinity: exact
};

struct ResultFile {
    std::string place;  // the file's name
    std::string chip, network, scheme, fidelity;
    std::int64_t cycles = 0;
    double clock_hz = 0.0;  // > 0
    double energy_pj = 0.0;
    std::optional<double> area_mm2, accuracy;
    bool random = false;  // random codes or inputs
    std::map<std::string, std::string> configuration;
    std::map<std::string, std::string> run;  // empty in files of older programs
    std::vector<LayerFile> layers;

    double seconds() const { return static_cast<double>(cycles) / clock_hz; }
};

// Throws Error "PLACE: where: what is wrong: found: allowed" for what is no result, for another
// version, and for missing or wrongly typed members; members that are not read are ignored.
ResultFile parse_result(std::string_view json, const std::string& place);

}  // namespace bitloom
