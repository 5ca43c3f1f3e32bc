// SPDX-License-Identifier: Apache-2.0
// A chip as its .ini file, or a SCALE-Sim configuration (.cfg), describes it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "models/chip/cim_chip/cim_chip_config.h"
#include "models/chip/gemm_chip/gemm_chip_config.h"
#include "models/energy/energy_account.h"
#include "models/energy/operating_point.h"
#include "sim/config/key_set.h"
#include "sim/config/read.h"

namespace bitloom {

// Access widths of a GEMM chip's buffers, for their energy and area.
struct BufferWidths {
    std::int64_t weight_bits = 512, activation_bits = 512, output_bits = 512, vector_bits = 512,
                 global_bits = 512;
};

struct ChipDescription {
    std::string name;          // stem of the .ini file
    std::string type = "ant";  // which array: decides which keys there are
    std::variant<GemmChipConfig, CimChipConfig> chip;
    BufferWidths widths;
    std::string adc_energy;    // of an analog chip: which rows of the table price a conversion
    bool extrapolate = false;  // of the SRAM model beyond its points
    std::filesystem::path energy_table, sram_table;
    // read_chip fills in what was left open: the table's node, the voltage that the clock needs.
    OperatingPoint point;
    std::map<std::string, std::string> configuration;  // every resolved key
    std::vector<std::string> notes;                    // of a SCALE-Sim configuration

    bool is_analog() const { return std::holds_alternative<CimChipConfig>(chip); }
    // The configuration of the kind that the chip is; of another one InternalError.
    GemmChipConfig& gemm();
    const GemmChipConfig& gemm() const;
    CimChipConfig& cim();
    const CimChipConfig& cim() const;
    std::int64_t clock_hz() const { return is_analog() ? cim().clock_hz : gemm().clock_hz; }
};

// Which array a chip has: the values of the key chip.type.
const std::vector<std::string>& chip_types();
// The defaults of the type that the file and the overrides name; of the first type where they name
// none that exists, which read_chip reports.
ChipDescription default_chip(const std::filesystem::path& ini, const KeyValues& overrides);

// Declares every key of a chip of chip.type with its unit, range and help; targets are in `chip`.
void declare_keys(KeySet& keys, ChipDescription& chip);

// Stores the values of the file (.ini or .cfg) and of the overrides, as read() does.
void read_chip_keys(KeySet& keys, const std::filesystem::path& ini, const KeyValues& overrides);

// Throws Error: the problems of the file and of the overrides, one a line, and of keys that do not
// fit together.
ChipDescription read_chip(const std::filesystem::path& ini, const KeyValues& overrides = {});

// What the chip's parts cost: tables bound to this chip's memory and buffers, and its instances.
struct ChipCosts {
    EnergyTable table;
    std::vector<ComponentInstance> instances;
};
ChipCosts chip_costs(const ChipDescription& chip);

}  // namespace bitloom
