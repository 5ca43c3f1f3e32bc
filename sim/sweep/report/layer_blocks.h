// SPDX-License-Identifier: Apache-2.0
// What the points' layers took, small enough for a page.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// Quantities of a layer that a page shows, as they are named in a result's JSON.
inline constexpr std::string_view layer_quantities[] = {"cycles", "energy_pj", "utilization",
                                                        "sqnr_db", "dram_bytes"};

// Equal layers of different points are kept once. Reals are rounded to 6 significant digits:
// pages show 4.
class LayerBlocks {
public:
    // The next point; `result_json` as of to_json(RunResult), or anything else: no layers then.
    void add(std::string_view result_json);

    // {"quantities": [names], "names": [[layers' names]], "blocks": [{"names": index into names,
    // "values": [[by layer] by quantity]}], "block": [index into blocks by point, or -1],
    // "left_out": points whose block did not fit}. A value is a number, null, or "exact" (an SQNR
    // without noise). Blocks are taken in the order of `first` and then of the points until their
    // text has `most_bytes`.
    nlohmann::ordered_json to_json(const std::vector<std::size_t>& first,
                                   std::size_t most_bytes) const;

private:
    std::map<std::string, std::size_t> index_;  // of a block's text
    std::vector<const std::string*> blocks_;    // keys of index_
    std::vector<std::string> names_;            // JSON arrays
    std::map<std::string, std::size_t> names_index_;
    std::vector<std::ptrdiff_t> block_of_;  // by point; -1: none
};

}  // namespace bitloom
