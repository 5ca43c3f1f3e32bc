// SPDX-License-Identifier: Apache-2.0
#include "models/vector/vector_cost.h"

#include <bit>

#include "models/base/divide_up.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

// Levels of the tree that reduces the lanes to one word.
std::int64_t tree_levels(std::int64_t lanes) {
    return std::bit_width(static_cast<std::uint64_t>(lanes - 1));
}

}  // namespace

std::int64_t vector_cycles(const VectorConfig& config, const LayerParameters& p,
                           const VectorWork& work) {
    const std::int64_t one_pass = divide_up(work.words(), config.lanes);
    const std::int64_t row_pass = divide_up(work.features, config.lanes);
    const std::int64_t tree = tree_levels(config.lanes);
    switch (p.op) {
        case Operator::max_pool:
        case Operator::average_pool:
            return config.latency_cycles + one_pass * work.window_taps;
        case Operator::softmax:  // maximum; exponents and their sum; scaling
            return config.latency_cycles +
                   work.rows * (3 * row_pass + 2 * tree + config.divide_cycles);
        case Operator::layer_norm:  // sum; squares; scaling. Mean, root and reciprocal
            return config.latency_cycles +
                   work.rows * (3 * row_pass + 2 * tree + 3 * config.divide_cycles);
        default:
            return config.latency_cycles + one_pass;
    }
}

void count_vector_events(const LayerParameters& p, const VectorWork& work, Activity& activity) {
    const std::int64_t words = work.words();
    if (!p.moves_codes)
        for (const WordEncoder& output : p.outputs)
            if (!output.is_word()) activity.add("vector.encode", words);
    const bool clamps = p.clamp_low > -32768 || p.clamp_high < 32767;
    if (clamps) activity.add("vector.compare", words);
    switch (p.op) {
        case Operator::conv2d:
        case Operator::gemm:
        case Operator::matmul:
            activity.add("vector.requantize", words * (p.has_residual ? 2 : 1));
            activity.add("vector.add",
                         words * ((p.bias.empty() ? 0 : 1) + (p.has_residual ? 1 : 0)));
            return;
        case Operator::add:
            activity.add("vector.requantize", words * 2);
            activity.add("vector.add", words);
            return;
        case Operator::max_pool:
            activity.add("vector.compare", words * work.window_taps);
            activity.add("vector.requantize", words);
            return;
        case Operator::average_pool:
            activity.add("vector.add", words * work.window_taps);
            activity.add("vector.requantize", words);
            return;
        case Operator::softmax:
            activity.add("vector.compare", words);
            activity.add("vector.add", words * 2);
            activity.add("vector.table_lookup", words);
            activity.add("vector.multiply", words);
            activity.add("vector.requantize", words * 2);
            activity.add("vector.divide", work.rows);
            return;
        case Operator::layer_norm:
            activity.add("vector.add", words * 4);
            activity.add("vector.multiply", words * 2);
            activity.add("vector.requantize", words);
            activity.add("vector.divide", work.rows * 2);
            activity.add("vector.sqrt", work.rows);
            return;
        case Operator::gelu:
            activity.add("vector.table_lookup", words);
            activity.add("vector.multiply", words);
            activity.add("vector.add", words);
            return;
        case Operator::clamp:
            activity.add("vector.requantize", words);
            return;
        case Operator::transpose:
        case Operator::reshape:
        case Operator::concat:
            if (!p.moves_codes) activity.add("vector.requantize", words);
            return;
    }
    BITLOOM_CHECK(false, "operator {} is known", static_cast<int>(p.op));
}

}  // namespace bitloom
