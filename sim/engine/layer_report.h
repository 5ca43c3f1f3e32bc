// SPDX-License-Identifier: Apache-2.0
// From measurements to the report's numbers.
#pragma once

#include "models/chip/gemm_chip/gemm_chip.h"
#include "sim/engine/chip_description.h"
#include "sim/engine/engine.h"
#include "sim/report/result.h"

namespace bitloom {

// Names, configuration, accuracy of the trace: what is known before the run on any chip.
RunResult describe_run(const ChipDescription& chip, const Trace& trace, const RunOptions& options);

// Clock and peaks.
void describe_gemm_chip(const GemmChipConfig& config, RunResult& result);
// Name, operator, shape and formats of a layer.
LayerResult describe_layer(const Trace& trace, const Layer& layer);

// The clock whose period is a whole number of ps, in Hz.
double clock_of(std::int64_t clock_hz);

LayerResult report_layer(const Trace& trace, const Layer& layer, const GemmChipConfig& config,
                         const ChipCosts& costs, const LayerMeasurement& measured);

// SQNR, cosine and largest error against the trace's float reference of the layer, if it has one.
void report_fidelity(const Trace& trace, const Layer& layer, const std::vector<double>& values,
                     LayerResult& report);

void add_spans(const Layer& layer, const LayerMeasurement& measured, RunResult& result);

// Sums of the layers' energy, and the area.
void add_totals(const ChipDescription& chip, const ChipCosts& costs, RunResult& result);

// Totals and notes of a GEMM chip.
void summarize(const ChipDescription& chip, const ChipCosts& costs, RunResult& result);

}  // namespace bitloom
