// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "models/vector/parallel_ranges.h"
#include "models/vector/requantize_kernel.h"
#include "models/vector/vector_math.h"

namespace bitloom {

namespace {

// Calls visit(pixel) for every pixel of the window of output (oh, ow) that lies inside the input;
// returns how many there were.
template <class Visit>
std::size_t visit_window(const Window& window, const PoolBand& band, std::int64_t oh,
                         std::int64_t ow, const std::int16_t* in, const Visit& visit) {
    std::size_t count = 0;
    for (std::int64_t kh = 0; kh < window.kernel_h; ++kh) {
        const std::int64_t h = oh * window.stride_h - window.pad_top + kh * window.dilation_h;
        if (h < 0 || h >= band.in_h) continue;
        for (std::int64_t kw = 0; kw < window.kernel_w; ++kw) {
            const std::int64_t w = ow * window.stride_w - window.pad_left + kw * window.dilation_w;
            if (w < 0 || w >= band.in_w) continue;
            visit(in + ((h - band.band_begin) * band.in_w + w) * band.channels);
            ++count;
        }
    }
    return count;
}

// One result pixel after the other; all its channels at once, so that the inner loops are over
// neighbouring words.
class PoolRows {
public:
    PoolRows(const LayerParameters& p, const Window& window, const PoolBand& band,
             const std::int16_t* in)
        : p_(p), window_(window), band_(band), in_(in), kernel_(best_requantize_kernel()) {
        const auto channels = static_cast<std::size_t>(band.channels);
        if (p.op == Operator::max_pool) {
            largest_.resize(channels);
            multiplier_ = MultiplierLanes(p.multipliers[0]);
        } else {
            sums_.resize(channels);
        }
    }

    void compute(std::int64_t oh, std::int64_t ow, std::int16_t* out) {
        const std::size_t count =
            p_.op == Operator::max_pool ? maximum(oh, ow, out) : mean(oh, ow, out);
        // A window that holds padding only gives zero.
        if (count == 0)
            std::fill(out, out + band_.channels,
                      std::clamp<std::int16_t>(0, p_.clamp_low, p_.clamp_high));
    }

private:
    std::size_t maximum(std::int64_t oh, std::int64_t ow, std::int16_t* out) {
        std::fill(largest_.begin(), largest_.end(), std::int16_t{INT16_MIN});
        const std::size_t count =
            visit_window(window_, band_, oh, ow, in_, [&](const std::int16_t* pixel) {
                for (std::size_t c = 0; c < largest_.size(); ++c)
                    largest_[c] = std::max(largest_[c], pixel[c]);
            });
        WordRun run;
        run.a = largest_.data();
        run.count = band_.channels;
        run.a_multiplier = &multiplier_;
        run.clamp_low = p_.clamp_low;
        run.clamp_high = p_.clamp_high;
        kernel_.words(run, out);
        return count;
    }

    std::size_t mean(std::int64_t oh, std::int64_t ow, std::int16_t* out) {
        std::fill(sums_.begin(), sums_.end(), 0);
        const std::size_t count =
            visit_window(window_, band_, oh, ow, in_, [&](const std::int16_t* pixel) {
                for (std::size_t c = 0; c < sums_.size(); ++c) sums_[c] += pixel[c];
            });
        // Only windows at the border differ from their neighbours in it.
        if (count != multiplier_count_) multiplier_ = MultiplierLanes(p_.by_count[count]);
        multiplier_count_ = count;
        PsumRun run;
        run.psums = sums_.data();
        run.count = band_.channels;
        run.multipliers = &multiplier_;
        run.clamp_low = p_.clamp_low;
        run.clamp_high = p_.clamp_high;
        kernel_.psums(run, out);
        return count;
    }

    const LayerParameters& p_;
    const Window& window_;
    const PoolBand& band_;
    const std::int16_t* in_;
    const RequantizeKernel& kernel_;
    std::vector<std::int16_t> largest_;
    // At most 2^16 words (layer_parameters), so the sums fit.
    std::vector<std::int32_t> sums_;
    MultiplierLanes multiplier_;
    std::size_t multiplier_count_ = SIZE_MAX;
};

}  // namespace

void pool(const LayerParameters& p, const Window& window, const PoolBand& band,
          const std::int16_t* in, std::int16_t* words) {
    const std::int64_t row_words = band.out_w * band.channels;
    const std::int64_t work = row_words * window.kernel_h * window.kernel_w;
    for_ranges(band.row_end - band.row_begin, work, [&](std::int64_t begin, std::int64_t end) {
        PoolRows rows(p, window, band, in);
        for (std::int64_t row = begin; row < end; ++row)
            for (std::int64_t ow = 0; ow < band.out_w; ++ow)
                rows.compute(band.row_begin + row, ow,
                             words + row * row_words + ow * band.channels);
    });
}

}  // namespace bitloom
