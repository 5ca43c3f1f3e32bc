// SPDX-License-Identifier: Apache-2.0
// `bitloom show schemes` and `bitloom show scheme NAME`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/cli/chip_operands.h"
#include "sim/cli/columns.h"
#include "sim/cli/show_topics.h"
#include "workloads/quantize/scheme.h"

namespace bitloom {

namespace {

constexpr int raised_bits = 8;  // of QuantizeOptions, unless first_last_bits says another width

std::string rule_text(RaiseRule rule) {
    switch (rule) {
        case RaiseRule::none:
            return "none";
        case RaiseRule::first_last:
            return "first and last";
        case RaiseRule::accuracy:
            return "first and last, then by error until the accuracy holds";
        case RaiseRule::all:
            return "all";
    }
    return "";
}

std::vector<std::string> activations_of(const Scheme& scheme) {
    std::vector<std::string> all = scheme.signed_activations;
    for (const std::string& name : scheme.unsigned_activations)
        if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
    return all;
}

// Chips that take every pair of formats that the scheme may choose, those of raised layers too.
std::vector<std::string> chips_of(const Scheme& scheme, const ChipOperands& chips) {
    std::vector<std::string> names = chips.with_all(scheme.weights, activations_of(scheme));
    if (scheme.rule == RaiseRule::none) return names;
    const std::vector<std::string> wide =
        chips.with_all({uniform_format(raised_bits, true)},
                       {uniform_format(raised_bits, true), uniform_format(raised_bits, false)});
    std::erase_if(names, [&](const std::string& name) {
        return std::find(wide.begin(), wide.end(), name) == wide.end();
    });
    return names;
}

}  // namespace

std::string show_schemes(const std::filesystem::path& data, const TextStyle& style) {
    const ChipOperands chips(data);
    TextTable table({words_column("name"), words_column("weights"), words_column("activations"),
                     words_column("layers of int8"), words_column("chips"),
                     words_column("description")});
    const auto row = [&](const Scheme& scheme) {
        table.add_row({scheme.name, fmt::format("{}", fmt::join(scheme.weights, " ")),
                       fmt::format("{}", fmt::join(activations_of(scheme), " ")),
                       rule_text(scheme.rule), chips.text(chips_of(scheme, chips)),
                       scheme.description});
    };
    for (const Scheme& scheme : schemes()) row(scheme);
    for (const char* name : {"w1a1", "w1a2", "w2a2", "w4a4", "w8a8"}) row(find_scheme(name));
    const std::string more =
        "wPaQ, P and Q in 1..8: P bits of weights, Q of activations; five of the 64 are above. "
        "`show scheme NAME` explains any. A chip is named where its array takes every pair of "
        "formats that the scheme may choose.";
    return fmt::format("{}\n{}\n", table.to_string(style), wrapped(more, style.width, 0));
}

std::string show_scheme(const std::string& name, const std::filesystem::path& data,
                        const TextStyle& style) {
    const ChipOperands chips(data);
    const Scheme scheme = find_scheme(name);
    std::string text;
    const auto line = [&](std::string_view what, const std::string& value) {
        text += fmt::format("{}\n", wrapped(fmt::format("{:<30}{}", what, value), style.width, 30));
    };
    line("scheme", scheme.name);
    line("what it does", scheme.description);
    line("weights", fmt::format("{}", fmt::join(scheme.weights, " ")));
    line("activations, may be negative",
         fmt::format("{}", fmt::join(scheme.signed_activations, " ")));
    line("activations, never negative",
         fmt::format("{}", fmt::join(scheme.unsigned_activations, " ")));
    line("scale of weights", scheme.one_weight_scale ? "one a tensor" : "one an output channel");
    line("layers of int8", rule_text(scheme.rule));
    line("chips", chips.text(chips_of(scheme, chips)));
    if (scheme.weights.size() > 1)
        line("choice", "of each tensor: the format of the least mean squared error");
    return text;
}

}  // namespace bitloom
