// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/tile_array.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/pe/ant_pe/ant_pe.h"

namespace bitloom {

namespace {

// 16-bit values kept unpacked, of each operand: 64 MiB.
constexpr std::int64_t most_kept_values = std::int64_t{1} << 25;

struct Product {
    std::int64_t overflows = 0;
};

// The exact sums, fold by fold, where some psum may not fit the accumulator.
Product multiply_exactly(const SystolicConfig& config, const ArrayCommand& command, int lines) {
    const ConvolutionTile& tile = command.tile;
    Product result;
    for (const Fold& fold : folds_of(config, tile, lines)) {
        const bool add = tile.accumulate || fold.k_begin > tile.k_begin;
        for (std::int64_t m = fold.m_begin; m < fold.m_begin + fold.m_count; ++m)
            for (std::int64_t n = fold.n_begin; n < fold.n_begin + fold.n_count; ++n) {
                std::int64_t exact = 0;
                for (std::int64_t k = fold.k_begin; k < fold.k_begin + fold.k_count; ++k)
                    exact += static_cast<std::int64_t>(command.activation_values->value(
                                 tile.activation_code(command.activations, m, k))) *
                             command.weight_values->value(tile.weight_code(command.weights, n, k));
                const std::int64_t psum = wrap_to_bits(exact, config.accumulator_bits);
                result.overflows += psum != exact;
                std::int32_t& word = command.psums->words[static_cast<std::size_t>(
                    m * command.psums->columns + tile.psum_column + n)];
                const std::int64_t sum = (add ? word : 0) + psum;
                word = static_cast<std::int32_t>(wrap_to_bits(sum, config.accumulator_bits));
                result.overflows += word != sum;
            }
    }
    return result;
}

}  // namespace

ArrayCounts count_command(const SystolicConfig& config, const ConvolutionTile& tile, int lines) {
    const std::vector<Fold> folds = folds_of(config, tile, lines);
    const bool output_stationary = config.dataflow == Dataflow::output_stationary;
    ArrayCounts counts;
    for (const Fold& fold : folds) {
        const std::int64_t activations = fold.m_count * fold.k_count;
        const std::int64_t weights = fold.n_count * fold.k_count;
        const std::int64_t psums = fold.m_count * fold.n_count;
        counts.macs += psums * fold.k_count * lines * lines;
        counts.decodes += (activations + weights) * lines;
        counts.activation_read_bits += activations * tile.activation_bits;
        counts.weight_read_bits += weights * tile.weight_bits;
        counts.psum_words += psums;
        counts.output_write_bits += psums * config.accumulator_bits;
        if (tile.accumulate || fold.k_begin > tile.k_begin)
            counts.output_read_bits += psums * config.accumulator_bits;
    }
    counts.cycles = systolic_cycles(
        config, static_cast<std::int64_t>(folds.size()), output_stationary ? tile.k() : tile.m(),
        cycles_per_step(config, tile.activation_bits, tile.weight_bits));
    return counts;
}

// The packed order follows from the slice of K alone; where the runs lie depends on the band, which
// is narrower at the edge of an image.
const PackedWeights& TileArray::weights_of(const ArrayCommand& command, const ReductionRuns& runs) {
    const auto found = weights_.find(command.weight_tag);
    if (command.weight_tag.named() && found != weights_.end()) return found->second;
    const std::int64_t values = command.tile.n * command.tile.k();
    if (!command.weight_tag.named() || weight_values_ + values > most_kept_values) {
        weights_.clear();
        weight_values_ = 0;
    }
    weight_values_ += values;
    return weights_
        .insert_or_assign(command.weight_tag, PackedWeights(command.tile, runs, command.weights,
                                                            *command.weight_values))
        .first->second;
}

const UnpackedActivations& TileArray::activations_of(const ArrayCommand& command) {
    const auto found = activations_.find(command.activation_tag);
    if (command.activation_tag.named() && found != activations_.end()) return found->second;
    const ConvolutionTile& tile = command.tile;
    const std::int64_t values = tile.band_h * tile.band_w * tile.group_channels;
    if (!command.activation_tag.named() || activation_values_ + values > most_kept_values) {
        activations_.clear();
        activation_values_ = 0;
    }
    activation_values_ += values;
    return activations_
        .insert_or_assign(command.activation_tag, UnpackedActivations(tile, command.activations,
                                                                      *command.activation_values))
        .first->second;
}

void TileArray::execute(const ArrayCommand& command) {
    const ConvolutionTile& tile = command.tile;
    set_operands(command);
    ArrayCounts counts = count_command(config_, tile, lines());
    PsumTile& psums = *command.psums;
    BITLOOM_CHECK(tile.psum_column + tile.n <= psums.columns &&
                      std::ssize(psums.words) == tile.m() * psums.columns,
                  "{}: psum tile {} x {} has its size", name(), tile.m(), psums.columns);
    if (command.weight_tag.layer != layer_) {
        weights_.clear();
        activations_.clear();
        weight_values_ = activation_values_ = 0;
        layer_ = command.weight_tag.layer;
    }

    const ReductionRuns runs(tile);
    const PackedWeights& weights = weights_of(command, runs);
    const std::int64_t most =
        (tile.accumulate ? psums.magnitude_bound : 0) +
        weights.largest_column_sum() * command.activation_values->max_magnitude();
    psums.magnitude_bound = std::max(psums.magnitude_bound, most);
    const std::int64_t limit = (std::int64_t{1} << (config_.accumulator_bits - 1)) - 1;
    if (most > limit) {
        counts.overflows = multiply_exactly(config_, command, lines()).overflows;
        psums.magnitude_bound = limit + 1;
    } else {
        multiply(tile, runs, activations_of(command), weights,
                 psums.words.data() + tile.psum_column, psums.columns);
    }
    counts_ += counts;
    wait(period_ * static_cast<double>(counts.cycles.total()));
}

}  // namespace bitloom
