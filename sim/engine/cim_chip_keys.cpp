// SPDX-License-Identifier: Apache-2.0
// The keys of an analog chip.
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/cim/device/conductance.h"
#include "models/cim/device/device_list.h"
#include "sim/engine/chip_keys.h"

namespace bitloom {

namespace {

void declare_array(KeySet& keys, CrossbarConfig& array) {
    ArrayGeometry& geometry = array.geometry;
    keys.integer("array.rows", geometry.rows, {1, 4096}, "", "Rows of pairs of devices");
    keys.integer("array.columns", geometry.columns, {1, 4096}, "", "Columns of pairs");
    keys.integer("array.adc_mux", geometry.adc_mux, {1, 4096}, "",
                 "Columns that share a converter; divides the columns");
    keys.integer("array.cell_bits", geometry.cell_bits, {1, 7}, "bit",
                 "Bits of a weight's magnitude that a pair holds; more are further columns");
    keys.integer("array.most_arrays", geometry.most_arrays, {0, 1 << 20}, "",
                 "Arrays of the chip; 0: as many as the network takes");
    keys.choice("array.device", array.device, device_names(), "Model of the memory device");
    keys.real("array.wire_ohm", array.wire_ohm, {0, 1e6}, "ohm",
              "Bit line between neighbouring rows")
        .required();
    keys.real("array.output_ohm", array.output_ohm, {0, 1e6}, "ohm",
              "Between the last cell and the converter");
    keys.choice("array.sense_end", array.sense_end,
                {{"row_0", SenseEnd::row_0}, {"alternating", SenseEnd::alternating}},
                "End of a column at which its converter is");
    keys.choice(
        "array.wiring", array.wiring,
        {{"same_line", PairWiring::same_line}, {"separate_lines", PairWiring::separate_lines}},
        "The two devices of a pair on one bit line or on two");
    keys.real("stuck.off_rate", array.stuck.off_rate, {0, 1}, "",
              "Share of devices stuck at the lowest conductance");
    keys.real("stuck.on_rate", array.stuck.on_rate, {0, 1}, "",
              "Share of devices stuck at the highest conductance");
    keys.integer("stuck.cluster", array.stuck.cluster, {1, 1024}, "",
                 "Neighbouring devices of a column that fail together");
}

void declare_converters(KeySet& keys, CimChipConfig& c) {
    DacConfig& dac = c.mvm.dac;
    keys.choice("dac.mode", dac.mode,
                {{"pwm", InputMode::pwm},
                 {"split_pwm", InputMode::split_pwm},
                 {"bit_serial", InputMode::bit_serial}},
                "How an input code becomes pulses");
    keys.integer("dac.bits", dac.bits, {2, 8}, "bit",
                 "Of an input code, with its sign; wider activations lose their lowest bits");
    keys.integer("dac.split_low_bits", dac.split_low_bits, {1, 6}, "bit",
                 "split_pwm: bits of the first pass");
    keys.integer("dac.tick_cycles", c.tick_cycles, {1, 100'000}, "cycles",
                 "One step of a pulse's length");
    keys.integer("dac.set_cycles", c.set_cycles, {0, 100'000}, "cycles", "Before a pulse");
    keys.integer("dac.end_cycles", c.end_cycles, {0, 100'000}, "cycles", "After a pulse");
    keys.real("dac.voltage", c.read_voltage_v, {0, 5, true}, "V",
              "Height of a pulse: the energy of the array");
    keys.real("dac.gain_sigma", dac.gain_sigma, {0, 1}, "", "Spread of the rows' gains");
    keys.real("dac.offset_ticks_sigma", dac.offset_ticks_sigma, {0, 16}, "ticks",
              "Spread of the rows' offsets");
    keys.real("dac.jitter_ticks_sigma", dac.jitter_ticks_sigma, {0, 16}, "ticks",
              "Noise of a pulse");
    AdcConfig& adc = c.mvm.adc;
    keys.choice("adc.kind", adc.kind,
                {{"ideal", AdcKind::ideal}, {"sar", AdcKind::sar}, {"ramp", AdcKind::ramp}},
                "ramp integrates during the pulse; sar and ideal sample after it");
    keys.integer("adc.bits", adc.bits, {2, 29}, "bit", "Of a code, with its sign");
    keys.choice("adc.rounding", adc.rounding,
                {{"nearest", AdcRounding::nearest}, {"floor", AdcRounding::floor}},
                "Of a charge between two codes");
    keys.real("adc.full_scale", c.full_scale_cells, {0, 1e6}, "cells",
              "Full cells with full inputs that give the largest code; 0: the network's own value, "
              "else what the reference input fills");
    keys.choice("adc.range", c.full_scale_per_layer, {{"fixed", false}, {"per_layer", true}},
                "A calibrated full scale for all layers, or one a layer");
    keys.integer("adc.sample_rate", c.adc_sample_rate_hz, {0, 100'000'000'000}, units::hertz,
                 "Of a sampling converter; 0: a conversion takes bits + 1 clocks");
    keys.real("adc.gain_sigma", adc.gain_sigma, {0, 0.5}, "", "Spread of the converters' gains");
    keys.real("adc.offset_sigma_lsb", adc.offset_sigma_lsb, {0, 1000}, "codes",
              "Spread of the converters' offsets");
    keys.real("adc.noise_sigma_lsb", adc.noise_sigma_lsb, {0, 1000}, "codes",
              "Noise of a conversion");
    keys.real("adc.sar_unit_sigma", adc.sar_unit_sigma, {0, 0.5}, "",
              "sar: relative spread of a unit capacitor");
    keys.real("adc.ramp_nonlinearity", adc.ramp_nonlinearity, {-0.2, 0.2}, "",
              "ramp: largest departure from the straight line, of full scale");
}

std::vector<std::string> conversion_components(const EnergyTable& table) {
    std::vector<std::string> names;
    for (const auto& [event, row] : table.rows())
        if (row.component.starts_with("adc_") &&
            (names.empty() || names.back() != row.component.substr(4)))
            names.push_back(row.component.substr(4));
    return names;
}

// What a conversion costs, from the rows of component adc_NAME: a figure for exactly these bits, or
// one that grows with the time of a conversion, with the number of codes or with its square.
void bind_conversion(EnergyTable& table, const ChipDescription& chip) {
    const CimChipConfig& config = chip.cim();
    const std::string component = fmt::format("adc_{}", chip.adc_energy);
    const int bits = config.mvm.adc.bits;
    const CimTiming timing = cim_timing(config);
    double longest_ns = 0;
    for (std::size_t pass = 0; pass < timing.pass_ticks.size(); ++pass)
        longest_ns = std::max(longest_ns, static_cast<double>(pulse_cycles(timing, pass)) * 1e9 /
                                              static_cast<double>(config.clock_hz));
    const double codes = std::ldexp(1.0, bits);
    const std::pair<std::string, double> rules[] = {{fmt::format("conversion_{}b", bits), 1.0},
                                                    {"nanosecond", longest_ns},
                                                    {"code", codes},
                                                    {"code_squared", codes * codes}};
    for (const auto& [action, factor] : rules) {
        const EnergyRow* found = table.find(component, action);
        if (found == nullptr) continue;
        EnergyRow row = *found;
        row.component = "adc";
        row.action = "conversion";
        row.value *= factor;
        row.unit = unit_of_action(row.action);
        table.set(std::move(row));
        return;
    }
    fail("adc.energy = {}: {} prices no conversion of {} bits by it; it has: {}", chip.adc_energy,
         table.name(), bits, fmt::join(conversion_components(table), " "));
}

// V^2 times a unit of conductance for a tick.
void bind_array(EnergyTable& table, const CimChipConfig& config) {
    const double siemens =
        device_model(config.crossbar.device).facts().g_max_uS * 1e-6 / conductance_units_per_g_max;
    const double seconds =
        static_cast<double>(config.tick_cycles) / static_cast<double>(config.clock_hz);
    EnergyRow row;
    row.component = "cim_array";
    row.action = "unit_tick";
    row.value = config.read_voltage_v * config.read_voltage_v * siemens * seconds * 1e12;
    row.unit = unit_of_action(row.action);
    row.voltage_v = config.read_voltage_v;
    row.source = "V^2 g t of the pulses, with dac.voltage";
    row.place = "derived";
    table.set(std::move(row));
}

}  // namespace

void declare_cim_keys(KeySet& keys, ChipDescription& chip) {
    CimChipConfig& c = chip.cim();
    keys.integer(
        "clock.frequency", c.clock_hz, {1'000'000, 10'000'000'000}, units::hertz,
        "Digital clock, at most what the highest voltage of energy.table sustains; its period is "
        "rounded down to a whole number of ps");
    declare_array(keys, c.crossbar);
    keys.integer("verify.max_attempts", c.verify_attempts, {0, 10'000}, "",
                 "Times that a device is programmed until it reads well; 0: once, without a read");
    keys.real("verify.tolerance_uS", c.verify_tolerance_uS, {0, 1000}, "uS",
              "Accepted distance of that read from the target");
    keys.real("array.read_noise", c.mvm.read_noise, {0, 1}, "",
              "Noise of each use of a weight, of a full cell");
    declare_converters(keys, c);
    keys.choice("compensation.read_out", c.compensation,
                {{"none", DriftCompensation::none},
                 {"common_input", DriftCompensation::common_input},
                 {"one_hot", DriftCompensation::one_hot},
                 {"total_current", DriftCompensation::total_current}},
                "What tells how far the devices have drifted: outputs of known inputs, or the "
                "current of all devices");
    keys.integer("digital.fraction_bits", c.fraction_bits, {0, 8}, "bit",
                 "Of a sum below one code, for the bias; fewer where 32 bits do not hold them");
    declare_vector_keys(keys, c.vector);
    keys.integer("activation_sram.bytes", c.activation_sram_bytes, {64, 1 << 30, 64}, units::bytes,
                 "Capacity for inputs and results of the layers");
    keys.integer("activation_sram.fetch_bits", c.fetch_bits, {8, 65536}, "bit/cycle",
                 "Read towards the rows of the arrays");
    keys.integer("activation_sram.port_bits", c.vector_port_bits, {8, 65536}, "bit/cycle",
                 "Between memory and vector unit, each way");
    keys.text("adc.energy", chip.adc_energy, "Rows adc_NAME of the table that price a conversion",
              "NAME")
        .required();
}

void finish_cim_keys(const KeySet& keys, CimChipConfig& config) {
    if (config.verify_attempts > 0)
        config.crossbar.verify = VerifySettings{config.verify_tolerance_uS, config.verify_attempts};
    std::vector<std::string> found = problems(config.crossbar);
    for (std::string& problem : problems(config.mvm)) found.push_back(std::move(problem));
    throw_key_problems(keys, std::move(found));
}

ChipCosts cim_costs(const ChipDescription& chip, std::int64_t arrays) {
    const CimChipConfig& c = chip.cim();
    ChipCosts costs;
    costs.table = EnergyTable::read(chip.energy_table);
    add_buffer(costs, chip, "activation_sram", c.activation_sram_bytes, 512);
    bring_to(costs.table, chip.point);
    bind_conversion(costs.table, chip);
    bind_array(costs.table, c);
    const ArrayGeometry& geometry = c.crossbar.geometry;
    costs.instances.push_back({"cim_array", arrays * geometry.rows * geometry.columns});
    costs.instances.push_back({"dac", arrays * geometry.rows});
    costs.instances.push_back({"adc", arrays * adcs_per_array(geometry)});
    costs.instances.push_back({"vector", c.vector.lanes});
    return costs;
}

}  // namespace bitloom
