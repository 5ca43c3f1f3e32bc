// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/chip_description.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/engine/chip_keys.h"
#include "sim/engine/scale_sim_config.h"

namespace bitloom {

GemmChipConfig& ChipDescription::gemm() {
    BITLOOM_CHECK(!is_analog(), "chip {} is digital", name);
    return std::get<GemmChipConfig>(chip);
}

const GemmChipConfig& ChipDescription::gemm() const {
    return const_cast<ChipDescription*>(this)->gemm();
}

CimChipConfig& ChipDescription::cim() {
    BITLOOM_CHECK(is_analog(), "chip {} is analog", name);
    return std::get<CimChipConfig>(chip);
}

const CimChipConfig& ChipDescription::cim() const {
    return const_cast<ChipDescription*>(this)->cim();
}

const std::vector<std::string>& chip_types() {
    static const std::vector<std::string> types = {"ant", "bit_serial", "cim"};
    return types;
}

ChipDescription default_chip(const std::filesystem::path& ini, const KeyValues& overrides) {
    ChipDescription chip;
    chip.name = ini.stem().string();
    const std::string type = peek_text("chip.type", ini, chip_ini(ini), overrides);
    if (std::find(chip_types().begin(), chip_types().end(), type) != chip_types().end())
        chip.type = type;
    if (chip.type == "bit_serial") chip.gemm().array = BitSerialConfig{};
    if (chip.type == "cim") chip.chip = CimChipConfig{};
    return chip;
}

void declare_keys(KeySet& keys, ChipDescription& chip) {
    keys.choice("chip.type", chip.type, chip_types(), "Kind of accelerator");
    if (chip.is_analog())
        declare_cim_keys(keys, chip);
    else
        declare_gemm_keys(keys, chip);
    declare_point_keys(keys, chip.point);
    keys.path("energy.table", chip.energy_table, "Component table").required();
    keys.path("energy.sram", chip.sram_table, "SRAM points").required();
    keys.flag("energy.extrapolate", chip.extrapolate,
              "Extrapolate SRAM costs beyond the points of the table");
}

void read_chip_keys(KeySet& keys, const std::filesystem::path& ini, const KeyValues& overrides) {
    read_text(keys, ini, chip_ini(ini), overrides);
}

ChipDescription read_chip(const std::filesystem::path& ini, const KeyValues& overrides) {
    ChipDescription chip = default_chip(ini, overrides);
    KeySet keys;
    declare_keys(keys, chip);
    read_chip_keys(keys, ini, overrides);
    if (is_scale_sim_config(ini)) chip.notes = scale_sim_chip(ini.string(), read_text(ini)).notes;
    chip.configuration = resolved(keys);
    if (chip.is_analog())
        finish_cim_keys(keys, chip.cim());
    else
        check_gemm_keys(keys, chip.gemm());
    finish_point(keys, chip);
    chip.configuration["clock.voltage"] = fmt::format("{}", chip.point.voltage_v);
    chip.configuration["technology.node"] = fmt::format("{}", chip.point.node_nm);
    chip_costs(chip);
    return chip;
}

ChipCosts chip_costs(const ChipDescription& chip) {
    return chip.is_analog() ? cim_costs(chip) : gemm_costs(chip);
}

void declare_vector_keys(KeySet& keys, VectorConfig& vector) {
    keys.integer("vector.lanes", vector.lanes, {1, 4096}, "", "16-bit lanes of the vector unit");
    keys.integer("vector.latency_cycles", vector.latency_cycles, {0, 1000}, "cycles",
                 "From the first word in to the first word out");
    keys.integer("vector.divide_cycles", vector.divide_cycles, {1, 1000}, "cycles",
                 "One division or square root");
}

void add_buffer(ChipCosts& costs, const ChipDescription& chip, const char* name, std::int64_t bytes,
                std::int64_t access_bits) {
    const SramModel sram = SramModel::read(chip.sram_table);
    try {
        add_sram(costs.table, sram, name, {bytes, access_bits, 0}, chip.extrapolate);
    } catch (const Error& error) {
        fail("{}.bytes = {}: {}", name, bytes, error.what());
    }
    costs.instances.push_back({name, 1});
}

void throw_key_problems(const KeySet& keys, std::vector<std::string> problems) {
    for (std::string& text : problems) {
        const std::string key = text.substr(0, text.find(" = "));
        if (keys.find(key) != nullptr) text = keys.where(key) + text.substr(text.find(": "));
    }
    if (!problems.empty()) fail("{}", fmt::join(problems, "\n"));
}

}  // namespace bitloom
