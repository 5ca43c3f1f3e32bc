// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/layer_selection.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/base/text.h"
#include "sim/config/unit.h"

namespace bitloom {

namespace {

// First and last number of "4" or "0..3"; false when it is neither.
bool parse_range(std::string_view item, std::int64_t& first, std::int64_t& last) {
    const std::size_t dots = item.find("..");
    const auto low = parse_integer(item.substr(0, dots), units::none);
    const auto high =
        dots == std::string_view::npos ? low : parse_integer(item.substr(dots + 2), units::none);
    first = low.value;
    last = high.value;
    return low.fault == NumberFault::none && high.fault == NumberFault::none;
}

}  // namespace

std::vector<std::string> select_layers(std::string_view text,
                                       const std::vector<std::string>& layers,
                                       std::string_view option) {
    std::vector<bool> chosen(layers.size(), false);
    const auto count = static_cast<std::int64_t>(layers.size());
    for (std::string_view rest = text;;) {
        const std::size_t comma = rest.find(',');
        const std::string_view item = rest.substr(0, comma);
        std::int64_t first = 0, last = 0;
        if (const auto named = std::find(layers.begin(), layers.end(), item);
            named != layers.end()) {
            chosen[static_cast<std::size_t>(named - layers.begin())] = true;
        } else if (parse_range(item, first, last)) {
            if (first < 0 || last >= count || first > last)
                fail("command line: --{} = {}: '{}' must be within 0..{}", option, text, item,
                     count - 1);
            std::fill(chosen.begin() + first, chosen.begin() + last + 1, true);
        } else {
            fail("command line: --{} = {}: no layer '{}'{}", option, text, item,
                 did_you_mean(item, layers));
        }
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < layers.size(); ++i)
        if (chosen[i]) names.push_back(layers[i]);
    return names;
}

}  // namespace bitloom
