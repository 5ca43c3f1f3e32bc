// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/tiling_search.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <set>

#include "models/base/divide_up.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

using Sizes = std::vector<std::int64_t>;

// 1 2 3 4 6 8 12 16 24 ... up to `most`.
Sizes ladder(std::int64_t most) {
    Sizes sizes;
    for (std::int64_t power = 1; power <= most; power *= 2) {
        sizes.push_back(power);
        if (power > 1 && power / 2 * 3 <= most) sizes.push_back(power / 2 * 3);
    }
    return sizes;
}

// Sizes of tiles of `all`: equal parts, and multiples of `unit`; whole steps.
Sizes tile_sizes(std::int64_t all, std::int64_t step, std::int64_t unit) {
    std::set<std::int64_t> sizes = {std::min(all, step), all};
    const auto add = [&](std::int64_t size) {
        size = divide_up(size, step) * step;
        if (size < all) sizes.insert(size);
    };
    for (const std::int64_t n : ladder(all)) {
        add(divide_up(all, n));
        add(n * unit);
        add(divide_up(divide_up(all, n), unit) * unit);
    }
    return {sizes.rbegin(), sizes.rend()};
}

struct Rectangle {
    std::int64_t h, w;
};

// Rectangles of output pixels: bands of whole rows of every height for images, else of a ladder of
// heights; parts of rows of few heights.
std::vector<Rectangle> pixel_shapes(const GemmView& view, std::int64_t pixels_at_a_time) {
    std::vector<Rectangle> shapes;
    constexpr std::int64_t all_heights = 64;
    if (view.out_w > 1 && view.out_h / view.pool_h <= all_heights) {
        for (std::int64_t h = view.out_h / view.pool_h * view.pool_h; h >= view.pool_h;
             h -= view.pool_h)
            shapes.push_back({h, view.out_w});
    } else {
        const std::int64_t rows = divide_up(pixels_at_a_time, view.out_w);
        for (const std::int64_t h : tile_sizes(view.out_h, view.pool_h, rows))
            shapes.push_back({h, view.out_w});
    }
    if (view.out_w == view.pool_w) return shapes;
    for (const std::int64_t w : tile_sizes(view.out_w, view.pool_w, 8)) {
        if (w == view.out_w) continue;
        for (const std::int64_t n : {32, 16, 8, 4, 2, 1})
            if (n * view.pool_h <= view.out_h) shapes.push_back({n * view.pool_h, w});
    }
    return shapes;
}

struct Slicing {
    std::int64_t channels, k;
};

// Slices of K: all of it, ranges of channels, parts of the positions x channels of all channels or
// of the fewest.
std::vector<Slicing> slicings(const GemmView& view, std::int64_t unit, bool by_channels) {
    const std::int64_t channels = view.group_channels();
    const std::int64_t step = view.k_major ? 1 : 8;
    const auto align = std::lcm(step, std::max<std::int64_t>(1, unit));
    std::vector<Slicing> result;
    const auto add = [&](std::int64_t c, std::int64_t k) {
        const Slicing slicing{std::min(c, channels),
                              std::min(k, view.positions() * std::min(c, channels))};
        const auto same = [&](const Slicing& s) {
            return s.channels == slicing.channels && s.k == slicing.k;
        };
        if (std::none_of(result.begin(), result.end(), same)) result.push_back(slicing);
    };
    const auto parts = [&](std::int64_t c) {
        const std::int64_t all = view.positions() * c;
        add(c, step);
        for (const std::int64_t n : ladder(divide_up(all, step)))
            for (const std::int64_t multiple : {align, step})
                add(c, divide_up(divide_up(all, n), multiple) * multiple);
    };
    add(channels, view.k());
    if (by_channels) {
        for (const std::int64_t n : ladder(divide_up(channels, 8)))
            for (const std::int64_t multiple :
                 {std::lcm(std::int64_t{8}, align), std::int64_t{8}}) {
                const std::int64_t c = divide_up(divide_up(channels, n), multiple) * multiple;
                add(c, view.positions() * c);
            }
        // Equal parts of a long K may miss what just fits a buffer.
        for (const std::int64_t n : ladder(channels / 64)) add(n * 64, view.positions() * n * 64);
        parts(std::min<std::int64_t>(8, channels));
    }
    // Of a GEMM ranges of channels are all there is.
    if (!by_channels || view.positions() > 1) parts(channels);
    return result;
}

[[noreturn]] void refuse(const GemmView& view, const GemmChipConfig& config,
                         const std::string& layer) {
    const BufferNeeds least = buffer_needs(view, smallest_tiling(view));
    const BufferNeeds halves = buffer_halves(config);
    if (least.activation > halves.activation)
        fail(
            "activation_buffer.bytes = {}: layer '{}' needs at least {} (two halves of one "
            "output pixel's input)",
            config.activation_buffer_bytes, layer, 2 * least.activation);
    const auto check = [&](const char* key, std::int64_t bytes, std::int64_t need,
                           std::int64_t half) {
        if (need > half)
            fail("{}.bytes = {}: layer '{}' needs at least {}", key, bytes, layer, 2 * need);
    };
    check("weight_buffer", config.weight_buffer_bytes, least.weight, halves.weight);
    check("output_buffer", config.output_buffer_bytes, least.output, halves.output);
    check("vector_buffer", config.vector_buffer_bytes, least.vector, halves.vector);
    BITLOOM_CHECK(false, "{}: the smallest tile does not fit", layer);
    std::abort();
}

// Those that are near the best so far.
class Shortlist {
public:
    bool may_take(double cycles) const { return cycles <= best_ * near_best; }
    void offer(const RatedTiling& tiling) {
        best_ = std::min(best_, tiling.estimate.cycles);
        tilings_.push_back(tiling);
        if (tilings_.size() < 2 * kept_) return;
        prune();
        kept_ = std::max<std::size_t>(kept_, tilings_.size());
    }
    // Best first. Of two with the same loops, one that needs no less of any buffer and is estimated
    // no better is left out: what is left does not depend on the sizes of the buffers.
    std::vector<RatedTiling> take(const GemmView& view) {
        prune();
        std::stable_sort(
            tilings_.begin(), tilings_.end(),
            [](const RatedTiling& a, const RatedTiling& b) { return a.estimate < b.estimate; });
        std::vector<RatedTiling> found;
        std::vector<BufferNeeds> needs;
        for (const RatedTiling& tiling : tilings_) {
            const BufferNeeds own = buffer_needs(view, tiling.tiling);
            bool dominated = false;
            for (std::size_t i = 0; i < found.size() && !dominated; ++i)
                dominated = same_loops(found[i].tiling, tiling.tiling) && fits(needs[i], own);
            if (dominated) continue;
            found.push_back(tiling);
            needs.push_back(own);
        }
        return found;
    }

private:
    static bool same_loops(const GemmTiling& a, const GemmTiling& b) {
        return a.weights_outer == b.weights_outer && a.activations_whole == b.activations_whole &&
               a.weights_whole == b.weights_whole;
    }
    void prune() {
        std::erase_if(tilings_, [&](const RatedTiling& t) { return !may_take(t.estimate.cycles); });
    }

    std::vector<RatedTiling> tilings_;
    double best_ = std::numeric_limits<double>::infinity();
    std::size_t kept_ = 256;
};

}  // namespace

std::vector<RatedTiling> best_tilings(const GemmView& view, const GemmChipConfig& config,
                                      const TilingCost& cost, const std::string& layer) {
    const BufferNeeds halves = buffer_halves(config);
    if (!fits(buffer_needs(view, smallest_tiling(view)), halves)) refuse(view, config, layer);
    Shortlist best;
    const std::int64_t unit = std::lcm<std::int64_t>(
        8, std::min<std::int64_t>(128, channels_at_a_time(config.array, *view.weight)));
    const std::int64_t word = products_at_a_time(config.array, *view.weight);
    const auto try_loops = [&](GemmTiling t) {
        const double array = cost.array_cycles(t);
        if (!best.may_take(array)) return;
        const bool one_part = t.slice_channels == view.group_channels();
        const bool one_slice = one_part && t.slice_k == view.k();
        for (const bool outer : {false, true})
            for (const bool activations : {true, false})
                for (const bool weights : {true, false}) {
                    if ((!activations && one_part) || (!weights && one_slice)) continue;
                    t.weights_outer = outer;
                    t.activations_whole = activations;
                    t.weights_whole = weights;
                    if (!fits(buffer_needs(view, t), halves)) continue;
                    const TilingEstimate estimate = cost.estimate(t, array);
                    if (best.may_take(estimate.cycles)) best.offer({t, estimate});
                }
    };
    const std::vector<Rectangle> shapes =
        pixel_shapes(view, pixels_at_a_time(config.array, *view.activation));
    for (const std::int64_t channels : tile_sizes(view.out_channels, 8, unit)) {
        const bool by_channels = channels_can_be_sliced(view, channels);
        const std::vector<Slicing> ways = slicings(view, word, by_channels);
        for (const Rectangle& shape : shapes) {
            GemmTiling t;
            t.tile_h = shape.h;
            t.tile_w = shape.w;
            t.tile_channels = channels;
            t.slice_channels = view.group_channels();
            t.slice_k = view.k();
            if (shape.h * shape.w * channels * psum_bytes > halves.output ||
                task_bytes(view, shape.h * shape.w, channels) > halves.vector ||
                !best.may_take(cost.array_cycles(t)))
                continue;
            for (const Slicing& way : ways) {
                t.slice_channels = way.channels;
                t.slice_k = way.k;
                try_loops(t);
            }
        }
    }
    std::vector<RatedTiling> found = best.take(view);
    BITLOOM_CHECK(!found.empty(), "{}: the smallest tile is among those tried", layer);
    return found;
}

}  // namespace bitloom
