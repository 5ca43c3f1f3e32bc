// SPDX-License-Identifier: Apache-2.0
#include "sim/report/heading.h"

#include <fmt/format.h>

#include "sim/report/quantities.h"

namespace bitloom {

std::string scheme_heading(const std::string& scheme, const std::optional<Promotion>& promotion,
                           std::int64_t weight_layers) {
    if (!promotion) return scheme;
    if (promotion->untried) return scheme + ", no layer raised: accuracy was not evaluated";
    if (promotion->raised.empty()) return scheme;
    const std::string before =
        promotion->accuracy_before < 0
            ? std::string()
            : fmt::format(" (top-1 {} % before)", percent(promotion->accuracy_before));
    return fmt::format("{}, {} of {} layers raised to {}{}", scheme, promotion->raised.size(),
                       weight_layers, promotion->format, before);
}

std::string scheme_heading(const RunResult& result) {
    return scheme_heading(result.scheme, result.promotion, result.weight_layers);
}

std::string rule_text(const std::optional<Promotion>& promotion) {
    if (!promotion || promotion->by_rule.empty()) return "";
    return fmt::format("{} {} by the scheme",
                       promotion->by_rule.size() == 1 ? "first layer" : "first and last layer",
                       promotion->format);
}

std::string random_text(const RunResult& result) {
    if (result.random_codes_seed)
        return fmt::format("random codes (seed {})", *result.random_codes_seed);
    if (result.random_inputs_seed)
        return fmt::format("random inputs (seed {})", *result.random_inputs_seed);
    return "";
}

std::string float_text(const std::string& trained_for) {
    return trained_for.empty()
               ? "top-1 over the whole test set"
               : fmt::format("as trained for {}, its activations not rounded", trained_for);
}

std::vector<std::pair<std::string, std::string>> pairs_of(const RunProvenance& run) {
    return {{"version", run.version}, {"commit", run.commit},   {"build", run.build},
            {"date", run.date},       {"command", run.command}, {"host", run.host}};
}

std::string check_text(const RunResult& result) {
    if (!result.check) return "";
    return fmt::format("{} value{} of {} layer{} equal to the host's integer executor",
                       grouped_digits(result.check->values), result.check->values == 1 ? "" : "s",
                       grouped_digits(result.check->layers), result.check->layers == 1 ? "" : "s");
}

}  // namespace bitloom
