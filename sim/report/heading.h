// SPDX-License-Identifier: Apache-2.0
// What a report is headed with, on every output alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/report/result.h"
#include "workloads/trace/promotion.h"

namespace bitloom {

// "ant4"; with layers raised beyond the scheme's own rule "ant4, 9 of 14 layers raised to int8
// (top-1 98.33 % before)"; without an evaluation "ant4, no layer raised: accuracy was not
// evaluated". `weight_layers`: all layers with weights.
std::string scheme_heading(const std::string& scheme, const std::optional<Promotion>& promotion,
                           std::int64_t weight_layers);
std::string scheme_heading(const RunResult& result);

// "first and last layer int8 by the scheme"; empty: the scheme's rule names none.
std::string rule_text(const std::optional<Promotion>& promotion);

// "random codes (seed 1)", "random inputs (seed 1)"; empty: codes and inputs are a network's.
std::string random_text(const RunResult& result);

// What the float accuracy is of.
std::string float_text(const std::string& trained_for);

// The members of a provenance by their names, in order.
std::vector<std::pair<std::string, std::string>> pairs_of(const RunProvenance& run);

// "4,352 values of 9 layers equal to the host's integer executor"; empty: nothing was compared.
std::string check_text(const RunResult& result);

}  // namespace bitloom
