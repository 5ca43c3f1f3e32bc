// SPDX-License-Identifier: Apache-2.0
// From the measurements of an analog chip to the report's numbers.
#pragma once

#include "models/chip/cim_chip/cim_chip.h"
#include "sim/engine/chip_description.h"
#include "sim/engine/cim_model.h"
#include "sim/report/result.h"

namespace bitloom {

void describe_cim_chip(const CimModel& model, RunResult& result);

LayerResult report_cim_layer(const CimModel& model, std::size_t layer, const ChipCosts& costs,
                             const CimMeasurement& measured);

// What each stage of the layer's pipeline did when.
void add_cim_spans(const std::string& layer, const CimMeasurement& measured, RunResult& result);

// Energy of an inference whose crossbars did `counts`, by matrix; seconds: its latency.
std::map<std::string, double> inference_energy_pj(const CimModel& model,
                                                  std::span<const CimLayerProgram> programs,
                                                  std::span<const CimCounts> counts,
                                                  const ChipCosts& costs, double seconds);

// Placement, peaks, price of a conversion, cost of a read-out (`counts` by matrix): all of
// AnalogResult that is not of a seed and a time.
AnalogResult describe_analog(const ChipDescription& chip, const CimModel& model,
                             const ChipCosts& costs, std::span<const CimCounts> read_out);

// Notes: sources, assumptions, limits.
void add_cim_notes(const ChipDescription& chip, const CimModel& model, const ChipCosts& costs,
                   RunResult& result);

}  // namespace bitloom
