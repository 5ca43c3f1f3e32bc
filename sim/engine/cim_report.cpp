// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/cim_report.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/cim/device/conductance.h"
#include "models/cim/device/device_list.h"
#include "sim/engine/chip_keys.h"
#include "sim/engine/layer_report.h"

namespace bitloom {

namespace {

// Energy of one product of a full array at the activity that AnalogResult states. The mean number
// of pulse ticks of a code is what the converter's code gives for |x| of 1/5 of the largest.
double peak_energy_pj(const CimChipConfig& config, const EnergyTable& table) {
    const ArrayGeometry& geometry = config.crossbar.geometry;
    const CimTiming timing = cim_timing(config);
    const auto rows = static_cast<double>(geometry.rows);
    const auto columns = static_cast<double>(geometry.columns);
    const auto passes = static_cast<double>(timing.pass_ticks.size());
    double ticks = 0;
    for (const std::int64_t longest : timing.pass_ticks) ticks += static_cast<double>(longest) / 5;
    const double drives =
        timing.integrating ? static_cast<double>(phases_of(timing, geometry.columns)) : 1.0;
    const auto price = [&](const char* event) { return table.require_event(event).value; };
    return rows * passes * drives * price("dac.row_drive") +
           rows * drives * ticks * price("dac.row_tick") +
           columns * passes * (price("adc.conversion") + price("shift_add.add")) +
           rows * columns * ticks * conductance_units_per_g_max / 4 * price("cim_array.unit_tick");
}

}  // namespace

void describe_cim_chip(const CimModel& model, RunResult& result) {
    const double arrays = model.network.placement.arrays;
    result.clock_hz = clock_of(model.config.clock_hz);
    result.peak_macs_per_cycle = arrays * peak_macs_per_cycle(model.config, 8);
}

LayerResult report_cim_layer(const CimModel& model, std::size_t index, const ChipCosts& costs,
                             const CimMeasurement& measured) {
    const Layer& layer = model.trace.manifest().layers[index];
    LayerResult report = describe_layer(model.trace, layer);
    const LayerStages& stages = measured.stages;
    report.begin_cycle = measured.begin_cycle;
    report.cycles = measured.cycles;
    if (measured.cycles > 0) {
        // The slowest stage sets the pace; the others are seen in the first and last positions.
        const std::int64_t later = (stages.positions - 1) * (stages.slowest() - stages.array);
        const bool operands = stages.fetch == stages.slowest();
        report.array_cycles = stages.positions * stages.array;
        const auto stall = [&](const char* cause, std::int64_t cycles) {
            if (cycles > 0) report.stalls[cause] += cycles;
        };
        stall("operands", operands ? later : 0);
        stall("fill_drain", stages.fetch + stages.tail);
        stall("vector", stages.finish + stages.latency + (operands ? 0 : later));
    }
    std::int64_t accounted = report.array_cycles;
    for (const auto& [cause, cycles] : report.stalls) accounted += cycles;
    BITLOOM_CHECK(accounted == report.cycles, "layer '{}': {} cycles accounted of {}", layer.name,
                  accounted, report.cycles);
    if (const auto matrix = model.network.matrix_of[index]) {
        report.macs = gemm_shape(model.trace.manifest(), layer).macs();
        report.peak_macs_per_cycle =
            model.network.placement.arrays *
            peak_macs_per_cycle(model.config, model.network.matrices[*matrix].weight_bits);
        report.utilization = static_cast<double>(report.macs) /
                             (report.peak_macs_per_cycle * static_cast<double>(report.cycles));
    }
    report.activity = measured.activity;
    report.energy_pj =
        energy_pj(measured.activity, costs.table, costs.instances,
                  static_cast<double>(measured.cycles) / clock_of(model.config.clock_hz));
    return report;
}

void add_cim_spans(const std::string& layer, const CimMeasurement& measured, RunResult& result) {
    const LayerStages& stages = measured.stages;
    const std::int64_t begin = measured.begin_cycle, end = begin + measured.cycles;
    const std::int64_t rest = (stages.positions - 1) * stages.slowest();
    const auto span = [&](const char* unit, std::int64_t from, std::int64_t to) {
        if (to > from) result.timeline.push_back({unit, layer, from, to});
    };
    const std::int64_t multiplied = begin + stages.fetch + stages.array + rest;
    span("im2col", begin, begin + stages.fetch + (stages.fetch > 0 ? rest : 0));
    span("crossbar", begin + stages.fetch, stages.array > 0 ? multiplied : begin);
    span("vector", begin + stages.fetch + stages.array + stages.tail, end);
}

std::map<std::string, double> inference_energy_pj(const CimModel& model,
                                                  std::span<const CimLayerProgram> programs,
                                                  std::span<const CimCounts> counts,
                                                  const ChipCosts& costs, double seconds) {
    Activity activity;
    for (const CimLayerProgram& program : programs) {
        count_layer_events(program, activity);
        if (program.product)
            count_array_events(model.config, model.network.placement, program,
                               counts[program.product->matrix], activity);
    }
    return energy_pj(activity, costs.table, costs.instances, seconds);
}

AnalogResult describe_analog(const ChipDescription& chip, const CimModel& model,
                             const ChipCosts& costs, std::span<const CimCounts> read_out) {
    const CimChipConfig& config = model.config;
    const Placement& placement = model.network.placement;
    AnalogResult analog;
    analog.arrays = placement.arrays;
    analog.mapped_share = placement.utilization();
    analog.non_zero_share = placement.non_zero_share();
    analog.adc_energy = chip.adc_energy;
    analog.adc_conversion_pj = costs.table.require_event("adc.conversion").value;
    for (const double cells : model.full_scale)
        analog.full_scale_cells = std::max(analog.full_scale_cells, cells);
    analog.full_scale_source = model.full_scale_source;
    analog.peak_tops = peak_ops_per_s(config) * placement.arrays * 1e-12;
    const ArrayGeometry& geometry = config.crossbar.geometry;
    const std::int64_t weights = geometry.columns / slices_of(geometry, 8);
    analog.peak_tops_per_watt =
        2.0 * static_cast<double>(geometry.rows * weights) / peak_energy_pj(config, costs.table);
    Activity activity;
    for (std::size_t matrix = 0; matrix < read_out.size(); ++matrix) {
        const std::int64_t vectors = read_out_vectors(model, matrix);
        if (vectors == 0) continue;
        // A layer of so many positions without input from the memory or results to it.
        CimLayerProgram program;
        CimProduct product;
        product.matrix = matrix;
        product.im2col.in_h = product.im2col.out_h = vectors;
        product.im2col.channels = model.network.matrices[matrix].k;
        program.product = product;
        count_array_events(config, placement, program, read_out[matrix], activity);
        LayerStages stages = layer_stages(config, placement, program);
        analog.read_out_cycles += vectors * stages.array + stages.tail;
    }
    for (const auto& [component, pj] :
         energy_pj(activity, costs.table, costs.instances,
                   static_cast<double>(analog.read_out_cycles) / clock_of(config.clock_hz)))
        analog.read_out_pj += pj;
    return analog;
}

void add_cim_notes(const ChipDescription& chip, const CimModel& model, const ChipCosts& costs,
                   RunResult& result) {
    result.notes.push_back(fmt::format(
        "Cycles, energy: one inference (batch 1), layers one after another, at the first time and "
        "seed. Energy: counted events x {}, leakage x time.",
        chip.energy_table.filename().string()));
    result.notes.push_back(fmt::format(
        "A conversion: {:.4g} pJ, rows adc_{} ({}). Published figures differ a hundredfold: choose "
        "others with --adc.energy.",
        costs.table.require_event("adc.conversion").value, chip.adc_energy,
        costs.table.require_event("adc.conversion").source));
    result.notes.push_back(fmt::format("Device {}: {}.", model.config.crossbar.device,
                                       device_model(model.config.crossbar.device).facts().source));
    int shift = 0;
    for (const Im2col& im2col : model.im2col) shift = std::max(shift, im2col.codes.shift());
    if (shift > 0)
        result.notes.push_back(fmt::format(
            "Inputs wider than the {} bits of the converters lose up to {} of their lowest bits.",
            model.config.mvm.dac.bits, shift));
    result.notes.push_back("Programming the weights and the host's interface are not priced.");
}

}  // namespace bitloom
