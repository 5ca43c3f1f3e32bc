// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/bit_serial_tile_core.h"

#include <algorithm>

#include "models/array/bit_serial/bit_serial_counts.h"
#include "models/base/error.h"
#include "models/pe/ant_pe/ant_pe.h"

namespace bitloom {

namespace {

// Weights of which unpacked forms are kept: at most some 100 MiB.
constexpr std::int64_t most_kept_codes = std::int64_t{1} << 24;

}  // namespace

// Points weights_ and activations_ at what earlier commands have unpacked of the same bytes.
void BitSerialTileCore::select_operands(const ArrayCommand& command) {
    const ConvolutionTile& tile = command.tile;
    if (command.weight_tag.layer != layer_) {
        kept_.clear();
        kept_codes_ = 0;
        activations_ = {};
        window_ = {};
        layer_ = command.weight_tag.layer;
    }
    const bool known = command.weight_tag.named() && kept_.contains(command.weight_tag);
    if (!known) {
        const std::int64_t codes = tile.n * tile.k();
        if (!command.weight_tag.named() || kept_codes_ + codes > most_kept_codes) {
            kept_.clear();
            kept_codes_ = 0;
        }
        kept_codes_ += codes;
    }
    weights_ = &kept_[command.weight_tag];
    const WindowTag window{command.activation_tag, tile.k_begin, tile.k_end,
                           tile.channel_begin,     tile.out_h,   tile.out_w};
    if (!command.activation_tag.named() || window != window_) activations_ = {};
    window_ = window;
}

const CodeMatrix& BitSerialTileCore::weight_codes_of(const ArrayCommand& command) {
    if (!weights_->codes) weights_->codes = weight_codes(command.tile, command.weights);
    return *weights_->codes;
}

const CodeMatrix& BitSerialTileCore::activation_codes_of(const ArrayCommand& command) {
    if (!activations_.codes)
        activations_.codes = activation_codes(command.tile, command.activations);
    return *activations_.codes;
}

// Padding is zero bytes; only a format without a zero has to leave it out.
const CodeMatrix* BitSerialTileCore::mask_of(const ArrayCommand& command) {
    if (!activation().is_bipolar() || !has_padding(command.tile)) return nullptr;
    if (!activations_.mask) activations_.mask = participation(command.tile);
    return &*activations_.mask;
}

ArrayCounts BitSerialTileCore::count(const ArrayCommand& command) {
    BitCommandCodes codes;
    codes.activation = activation();
    codes.weight = weight();
    if (counts_need_activations(config_)) {
        codes.activations = &activation_codes_of(command);
        codes.mask = mask_of(command);
    }
    if (config_.dataflow == BitSerialDataflow::bit_tactical) {
        std::vector<TacticalSchedule>& schedules = weights_->schedules;
        if (schedules.empty())
            for (std::int64_t n = 0; n < command.tile.n; n += config_.columns)
                schedules.push_back(
                    tactical_schedule(config_, weight(), weight_codes_of(command), n,
                                      std::min(config_.columns, command.tile.n - n)));
        codes.schedules = &schedules;
    }
    return count_bit_command(config_, shape_of(command.tile), command.tile.accumulate, codes);
}

void BitSerialTileCore::multiply_planes(const ArrayCommand& command) {
    if (!weights_->panels) weights_->panels.emplace(weight(), weight_codes_of(command));
    if (!activations_.rows)
        activations_.rows.emplace(activation(), activation_codes_of(command), mask_of(command));
    multiply(*activations_.rows, *weights_->panels, best_popcount_kernels(),
             command.tile.accumulate, command.psums->words.data() + command.tile.psum_column,
             command.psums->columns);
}

void BitSerialTileCore::multiply_integers(const ArrayCommand& command) {
    const ReductionRuns runs(command.tile);
    if (!weights_->packed)
        weights_->packed.emplace(command.tile, runs, command.weights, *command.weight_values);
    if (!activations_.unpacked)
        activations_.unpacked.emplace(command.tile, command.activations,
                                      *command.activation_values);
    multiply(command.tile, runs, *activations_.unpacked, *weights_->packed,
             command.psums->words.data() + command.tile.psum_column, command.psums->columns);
}

std::int64_t BitSerialTileCore::multiply_exactly(const ArrayCommand& command) {
    const ConvolutionTile& tile = command.tile;
    const CodeMatrix& x = activation_codes_of(command);
    const CodeMatrix& w = weight_codes_of(command);
    const CodeMatrix* mask = mask_of(command);
    std::int64_t overflows = 0;
    for (std::int64_t m = 0; m < tile.m(); ++m)
        for (std::int64_t n = 0; n < tile.n; ++n) {
            std::int64_t exact = 0;
            for (std::int64_t k = 0; k < tile.k(); ++k)
                if (!mask || mask->vector(m)[k] != 0)
                    exact += bit_operand_value(activation(), x.vector(m)[k]) *
                             bit_operand_value(weight(), w.vector(n)[k]);
            const std::int64_t psum = wrap_to_bits(exact, bit_serial_accumulator_bits);
            overflows += psum != exact;
            std::int32_t& word = command.psums->words[static_cast<std::size_t>(
                m * command.psums->columns + tile.psum_column + n)];
            const std::int64_t sum = (tile.accumulate ? word : 0) + psum;
            word = static_cast<std::int32_t>(wrap_to_bits(sum, bit_serial_accumulator_bits));
            overflows += word != sum;
        }
    return overflows;
}

void BitSerialTileCore::execute(const ArrayCommand& command) {
    set_operands(command);
    select_operands(command);
    ArrayCounts counts = count(command);
    PsumTile& psums = *command.psums;
    const std::int64_t most = (command.tile.accumulate ? psums.magnitude_bound : 0) +
                              command.tile.k() * command.activation_values->max_magnitude() *
                                  command.weight_values->max_magnitude();
    psums.magnitude_bound = std::max(psums.magnitude_bound, most);
    constexpr std::int64_t limit = (std::int64_t{1} << (bit_serial_accumulator_bits - 1)) - 1;
    if (most > limit) {
        counts.overflows = multiply_exactly(command);
        psums.magnitude_bound = limit + 1;
    } else if (popcount_pays(weight().bits, activation().bits)) {
        multiply_planes(command);
    } else {
        multiply_integers(command);
    }
    counts_ += counts;
    wait(period_ * static_cast<double>(counts.cycles.total()));
}

}  // namespace bitloom
