// SPDX-License-Identifier: Apache-2.0
// Rectangles laid out on equal sheets without overlap and without turning them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitloom {

struct PackedRectangle {
    std::int64_t height = 0, width = 0;  // each at least 1 and at most the sheet's
    int sheet = 0;
    std::int64_t top = 0, left = 0;
};

// Fills in sheet, top and left; returns the number of sheets. Maximal rectangles with best
// short-side fit (Jylanki, "A thousand ways to pack the bin", 2010): large ones first, by area, by
// height and by width in turn; the order that takes the fewest sheets wins. Deterministic.
int pack_rectangles(std::span<PackedRectangle> rectangles, std::int64_t sheet_height,
                    std::int64_t sheet_width);

}  // namespace bitloom
