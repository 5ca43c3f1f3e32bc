// SPDX-License-Identifier: Apache-2.0
#include "models/cim/mapping/rectangle_packing.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "models/base/error.h"

namespace bitloom {

namespace {

struct Free {
    std::int64_t top, left, height, width;

    bool holds(const Free& other) const {
        return top <= other.top && left <= other.left && top + height >= other.top + other.height &&
               left + width >= other.left + other.width;
    }
};

// The maximal free rectangles of a sheet; they may overlap.
class Sheet {
public:
    Sheet(std::int64_t height, std::int64_t width) : free_{{0, 0, height, width}} {}

    // The free rectangle where height x width leaves the narrowest gap; the topmost, then leftmost
    // of equal ones. Null: no room.
    const Free* best(std::int64_t height, std::int64_t width, std::int64_t& gap) const {
        const Free* found = nullptr;
        for (const Free& f : free_) {
            if (f.height < height || f.width < width) continue;
            const std::int64_t narrowest = std::min(f.height - height, f.width - width);
            if (found == nullptr ||
                std::tie(narrowest, f.top, f.left) < std::tie(gap, found->top, found->left)) {
                found = &f;
                gap = narrowest;
            }
        }
        return found;
    }

    void take(const Free& used) {
        std::vector<Free> rest;
        for (const Free& f : free_) split(f, used, rest);
        free_.clear();
        for (std::size_t i = 0; i < rest.size(); ++i) {
            bool needed = true;
            for (std::size_t j = 0; j < rest.size() && needed; ++j)
                // Of two equal ones the first is kept.
                if (j != i && rest[j].holds(rest[i])) needed = rest[i].holds(rest[j]) && i < j;
            if (needed) free_.push_back(rest[i]);
        }
    }

private:
    // What is left of f: up to four rectangles, each as large as can be.
    static void split(const Free& f, const Free& used, std::vector<Free>& rest) {
        const std::int64_t bottom = used.top + used.height, right = used.left + used.width;
        const std::int64_t f_bottom = f.top + f.height, f_right = f.left + f.width;
        if (used.top >= f_bottom || bottom <= f.top || used.left >= f_right || right <= f.left) {
            rest.push_back(f);
            return;
        }
        if (used.top > f.top) rest.push_back({f.top, f.left, used.top - f.top, f.width});
        if (bottom < f_bottom) rest.push_back({bottom, f.left, f_bottom - bottom, f.width});
        if (used.left > f.left) rest.push_back({f.top, f.left, f.height, used.left - f.left});
        if (right < f_right) rest.push_back({f.top, right, f.height, f_right - right});
    }

    std::vector<Free> free_;
};

int pack_in_order(std::span<PackedRectangle> rectangles, std::span<const std::size_t> order,
                  std::int64_t height, std::int64_t width) {
    std::vector<Sheet> sheets;
    for (const std::size_t i : order) {
        PackedRectangle& r = rectangles[i];
        const Free* best = nullptr;
        std::int64_t best_gap = std::numeric_limits<std::int64_t>::max();
        std::size_t sheet = 0;
        for (std::size_t s = 0; s < sheets.size(); ++s) {
            std::int64_t gap = 0;
            const Free* free = sheets[s].best(r.height, r.width, gap);
            if (free != nullptr && gap < best_gap) {
                best = free;
                best_gap = gap;
                sheet = s;
            }
        }
        if (best == nullptr) {
            sheet = sheets.size();
            sheets.emplace_back(height, width);
            std::int64_t gap = 0;
            best = sheets.back().best(r.height, r.width, gap);
        }
        r.sheet = static_cast<int>(sheet);
        r.top = best->top;
        r.left = best->left;
        sheets[sheet].take({r.top, r.left, r.height, r.width});
    }
    return static_cast<int>(sheets.size());
}

}  // namespace

int pack_rectangles(std::span<PackedRectangle> rectangles, std::int64_t sheet_height,
                    std::int64_t sheet_width) {
    for (const PackedRectangle& r : rectangles)
        BITLOOM_CHECK(
            r.height >= 1 && r.height <= sheet_height && r.width >= 1 && r.width <= sheet_width,
            "a rectangle of {} x {} fits {} x {}", r.height, r.width, sheet_height, sheet_width);
    std::vector<std::size_t> order(rectangles.size());
    std::vector<PackedRectangle> best, attempt;
    int fewest = std::numeric_limits<int>::max();
    for (const int rule : {0, 1, 2}) {
        const auto size = [&](std::size_t i) {
            const PackedRectangle& r = rectangles[i];
            const std::int64_t area = r.height * r.width;
            return rule == 0   ? std::pair(area, r.height)
                   : rule == 1 ? std::pair(r.height, r.width)
                               : std::pair(r.width, r.height);
        };
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return size(a) > size(b); });
        attempt.assign(rectangles.begin(), rectangles.end());
        const int sheets = pack_in_order(attempt, order, sheet_height, sheet_width);
        if (sheets < fewest) {
            fewest = sheets;
            best.swap(attempt);
        }
    }
    std::copy(best.begin(), best.end(), rectangles.begin());
    return rectangles.empty() ? 0 : fewest;
}

}  // namespace bitloom
