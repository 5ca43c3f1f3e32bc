// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/bit_serial_pe_core.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "models/pe/bit_serial/plane_schedule.h"

namespace bitloom {

void BitSerialPeCore::cycle(Operation operation) {
    pipeline_.push_back(std::move(operation));
    if (pipeline_.size() > depth_) {
        const Operation leaving = std::move(pipeline_.front());
        pipeline_.pop_front();
        if (leaving) leaving();
    }
    wait(period_);
}

void BitSerialPeCore::wait_for_ports(std::int64_t compute, std::int64_t activation_bits,
                                     std::int64_t weight_bits) {
    std::int64_t activations_left =
        config_.rows * activation_bits - compute * config_.activation_port_bits;
    std::int64_t weights_left = config_.columns * weight_bits - compute * config_.weight_port_bits;
    while (activations_left > 0 || weights_left > 0) {
        activations_left -= config_.activation_port_bits;
        weights_left -= config_.weight_port_bits;
        counts_.cycles.bandwidth += 1;
        cycle({});
    }
}

std::uint32_t BitSerialPeCore::activation_code(std::int64_t m, std::int64_t k) const {
    return command_->tile.activation_code(command_->activations, m, command_->tile.k_begin + k);
}

std::uint32_t BitSerialPeCore::weight_code(std::int64_t n, std::int64_t k) const {
    return command_->tile.weight_code(command_->weights, n, command_->tile.k_begin + k);
}

// Padding is zero bytes: only a bipolar activation, which has no zero, has to be left out.
bool BitSerialPeCore::takes_part(std::int64_t m, std::int64_t k) const {
    return !activation().is_bipolar() ||
           !command_->tile.is_padding_of(m, command_->tile.k_begin + k);
}

std::int64_t BitSerialPeCore::positions_at(std::int64_t k) const {
    return std::min(config_.word_bits, shape_.k - k);
}

BitSerialPeCore::Words BitSerialPeCore::activation_word(std::int64_t m, int plane,
                                                        std::int64_t k) const {
    Words words(static_cast<std::size_t>((config_.word_bits + 63) / 64));
    for (std::int64_t i = 0; i < positions_at(k); ++i)
        if (activation_code(m, k + i) >> plane & 1u) set_bit(words, i);
    return words;
}

BitSerialPeCore::Words BitSerialPeCore::weight_word(std::int64_t n, int plane,
                                                    std::int64_t k) const {
    Words words(static_cast<std::size_t>((config_.word_bits + 63) / 64));
    for (std::int64_t i = 0; i < positions_at(k); ++i)
        if (weight_code(n, k + i) >> plane & 1u) set_bit(words, i);
    return words;
}

BitSerialPeCore::Words BitSerialPeCore::mask_word(std::int64_t m, std::int64_t k) const {
    Words words(static_cast<std::size_t>((config_.word_bits + 63) / 64));
    for (std::int64_t i = 0; i < positions_at(k); ++i)
        if (takes_part(m, k + i)) set_bit(words, i);
    return words;
}

void BitSerialPeCore::write_back(const BitFold& fold, const PlaneLayout& layout) {
    const ConvolutionTile& tile = command_->tile;
    for (std::int64_t row = 0; row < fold.row_count;) {
        const std::int64_t m = (fold.row_begin + row) / layout.row_planes;
        const std::int64_t row_end =
            std::min(fold.row_count, (m + 1) * layout.row_planes - fold.row_begin);
        for (std::int64_t column = 0; column < fold.column_count;) {
            const std::int64_t n = (fold.column_begin + column) / layout.column_planes;
            const std::int64_t column_end =
                std::min(fold.column_count, (n + 1) * layout.column_planes - fold.column_begin);
            std::uint32_t sum = 0;
            std::int64_t exact = 0;
            for (std::int64_t r = row; r < row_end; ++r)
                for (std::int64_t c = column; c < column_end; ++c) {
                    const std::int64_t shift = (fold.row_begin + r) % layout.row_planes +
                                               (fold.column_begin + c) % layout.column_planes;
                    sum += static_cast<std::uint32_t>(unit(r, c).pe.accumulator) << shift;
                    exact += unit(r, c).exact << shift;
                    if (layout.row_planes * layout.column_planes > 1) counts_.combines += 1;
                }
            const auto output = static_cast<std::size_t>(m * tile.n + n);
            const bool add = tile.accumulate || written_[output] != 0;
            std::int32_t& word = command_->psums->words[static_cast<std::size_t>(
                m * command_->psums->columns + tile.psum_column + n)];
            const std::uint32_t before = add ? static_cast<std::uint32_t>(word) : 0;
            word = static_cast<std::int32_t>(before + sum);
            written_[output] = 1;
            exact_[output] += exact;
            counts_.psum_words += 1;
            counts_.output_write_bits += bit_serial_accumulator_bits;
            if (add) counts_.output_read_bits += bit_serial_accumulator_bits;
            column = column_end;
        }
        row = row_end;
    }
}

// bismo and apnn. Serial planes follow the PE's schedule; stacked planes have their own rows and
// columns and are shifted when they are combined.
void BitSerialPeCore::run_planes() {
    const PlaneLayout layout = plane_layout(config_, shape_);
    const bool rows_stacked = layout.row_planes > 1, columns_stacked = layout.column_planes > 1;
    const std::vector<PlaneStep> schedule =
        plane_schedule({BitEncoding::unsigned_binary, rows_stacked ? 1 : shape_.activation_bits},
                       {BitEncoding::unsigned_binary, columns_stacked ? 1 : shape_.weight_bits});
    const BitSerialMode mode = bit_serial_mode(activation().encoding, weight().encoding);
    for (const BitFold& fold : bit_folds(config_, shape_, layout))
        for (const PlaneStep& pair : schedule)
            for (std::int64_t k = 0; k < shape_.k; k += config_.word_bits) {
                const bool last = &pair == &schedule.back() && k + config_.word_bits >= shape_.k;
                counts_.cycles.streaming += 1;
                counts_.activation_read_bits += fold.row_count * positions_at(k);
                counts_.weight_read_bits += fold.column_count * positions_at(k);
                wait_for_ports(1, config_.word_bits, config_.word_bits);
                cycle([this, fold, pair, k, last, layout, rows_stacked, columns_stacked, mode] {
                    std::vector<Words> weights;
                    std::vector<int> weight_planes;
                    for (std::int64_t c = 0; c < fold.column_count; ++c) {
                        const std::int64_t column = fold.column_begin + c;
                        weight_planes.push_back(
                            columns_stacked ? static_cast<int>(column % layout.column_planes)
                                            : pair.weight_plane);
                        weights.push_back(
                            weight_word(column / layout.column_planes, weight_planes.back(), k));
                    }
                    for (std::int64_t r = 0; r < fold.row_count; ++r) {
                        const std::int64_t row = fold.row_begin + r;
                        const std::int64_t m = row / layout.row_planes;
                        const int plane = rows_stacked ? static_cast<int>(row % layout.row_planes)
                                                       : pair.activation_plane;
                        const Words word = activation_word(m, plane, k);
                        const Words mask = mask_word(m, k);
                        for (std::int64_t c = 0; c < fold.column_count; ++c) {
                            const auto column = static_cast<std::size_t>(c);
                            BitSerialPe::Control control = pair.control(k == 0);
                            control.mode = mode;
                            control.negate = activation().is_negative(plane) !=
                                             weight().is_negative(weight_planes[column]);
                            const BitSerialPe::Inputs inputs{control, word, weights[column], mask};
                            Unit& target = unit(r, c);
                            target.pe = BitSerialPe::next(target.pe, inputs);
                            if (control.clear) target.exact = 0;
                            if (control.shift) target.exact *= 2;
                            const int term = BitSerialPe::contribution(inputs);
                            target.exact += control.negate ? -term : term;
                            counts_.accumulates += 1;
                            counts_.popcount_bits += positions_at(k);
                        }
                    }
                    if (last) write_back(fold, layout);
                });
            }
}

void BitSerialPeCore::run_loom() {
    for (const BitFold& fold : bit_folds(config_, shape_, PlaneLayout{}))
        for (std::int64_t k = 0; k < shape_.k; k += config_.word_bits)
            run_loom_step(fold, k, k + config_.word_bits >= shape_.k);
}

// Digit by digit of the activations until every lane of the array is done; under each digit all
// planes of the weights, the highest first.
void BitSerialPeCore::run_loom_step(const BitFold& fold, std::int64_t k, bool last) {
    const std::int64_t positions = positions_at(k);
    std::vector<PrecisionLane> lanes;  // [row][position]
    for (std::int64_t r = 0; r < fold.row_count; ++r)
        for (std::int64_t i = 0; i < positions; ++i)
            lanes.emplace_back(activation(), activation_code(fold.row_begin + r, k + i),
                               takes_part(fold.row_begin + r, k + i));
    const BitSerialMode mode = bit_serial_mode(activation().encoding, weight().encoding);
    const auto word_count = static_cast<std::size_t>((config_.word_bits + 63) / 64);
    std::int64_t compute = 0, sent = 0;
    bool done = false;
    for (std::int64_t digit = 0; !done; ++digit) {
        // What each row has on its wires while this digit meets all planes of the weights.
        std::vector<std::vector<WireWords>> wires(
            static_cast<std::size_t>(fold.row_count),
            std::vector<WireWords>(static_cast<std::size_t>(config_.serial_bits),
                                   {Words(word_count), Words(word_count), Words(word_count)}));
        for (std::int64_t r = 0; r < fold.row_count; ++r)
            for (std::int64_t i = 0; i < positions; ++i)
                for (int b = 0; b < config_.serial_bits; ++b) {
                    const LaneBit lane_bit =
                        lanes[static_cast<std::size_t>(r * positions + i)].next();
                    if (!lane_bit.sends) continue;
                    WireWords& words =
                        wires[static_cast<std::size_t>(r)][static_cast<std::size_t>(b)];
                    if (lane_bit.bit) set_bit(words.bits, i);
                    set_bit(lane_bit.negative ? words.minus : words.plus, i);
                }
        done = std::all_of(lanes.begin(), lanes.end(),
                           [](const PrecisionLane& lane) { return lane.done(); });
        const std::int64_t planes = std::min<std::int64_t>(
            config_.serial_bits, activation().bits - digit * config_.serial_bits);
        sent += planes;
        counts_.activation_read_bits += fold.row_count * positions * planes;
        for (int s = weight().bits - 1; s >= 0; --s) {
            ++compute;
            counts_.cycles.streaming += 1;
            if (done && s == 0)
                wait_for_ports(compute, config_.word_bits * sent,
                               config_.word_bits * weight().bits);
            cycle([this, fold, k, positions, digit, planes, s, wires, mode,
                   last = last && done && s == 0] {
                for (std::int64_t c = 0; c < fold.column_count; ++c) {
                    const Words w = weight_word(fold.column_begin + c, s, k);
                    for (std::int64_t r = 0; r < fold.row_count; ++r) {
                        Unit& target = unit(r, c);
                        if (k == 0 && digit == 0 && s == weight().bits - 1) target = {};
                        std::int64_t sum = 0;
                        for (int b = 0; b < config_.serial_bits; ++b) {
                            const WireWords& x =
                                wires[static_cast<std::size_t>(r)][static_cast<std::size_t>(b)];
                            const BitSerialPe::Control control{true, false, false, false, mode};
                            sum += (std::int64_t{
                                        BitSerialPe::contribution({control, x.bits, w, x.plus})} -
                                    BitSerialPe::contribution({control, x.bits, w, x.minus}))
                                   << b;
                        }
                        target.step = 2 * target.step + (weight().is_negative(s) ? -sum : sum);
                        counts_.accumulates += 1;
                        counts_.popcount_bits += positions * planes;
                        if (s > 0) continue;
                        target.exact += target.step << (digit * config_.serial_bits);
                        target.pe.accumulator =
                            static_cast<std::int32_t>(wrap_to_bits(target.exact, 32));
                        target.step = 0;
                        counts_.combines += 1;
                    }
                }
                if (last) write_back(fold, PlaneLayout{});
            });
        }
    }
    counts_.weight_read_bits += fold.column_count * positions * weight().bits;
}

void BitSerialPeCore::execute(const ArrayCommand& command) {
    set_operands(command);
    command_ = &command;
    shape_ = shape_of(command.tile);
    units_.assign(static_cast<std::size_t>(config_.rows * config_.columns), {});
    const auto outputs = static_cast<std::size_t>(shape_.m * shape_.n);
    exact_.assign(outputs, 0);
    written_.assign(outputs, 0);
    before_ = command.psums->words;
    const PlaneLayout layout = plane_layout(config_, shape_);
    const bool planes =
        config_.dataflow == BitSerialDataflow::bismo || config_.dataflow == BitSerialDataflow::apnn;
    depth_ =
        static_cast<std::size_t>(config_.fill_cycles + (planes ? combination_cycles(layout) : 0));
    pipeline_.clear();
    if (planes)
        run_planes();
    else if (config_.dataflow == BitSerialDataflow::loom)
        run_loom();
    else
        run_parallel();
    while (std::any_of(pipeline_.begin(), pipeline_.end(),
                       [](const Operation& operation) { return operation != nullptr; })) {
        counts_.cycles.fill_drain += 1;
        cycle({});
    }
    for (std::size_t i = 0; i < outputs; ++i) {
        const auto output = static_cast<std::int64_t>(i);
        BITLOOM_CHECK(written_[i] != 0, "{}: output {} left", name(), output);
        const std::int64_t psum = wrap_to_bits(exact_[i], bit_serial_accumulator_bits);
        counts_.overflows += psum != exact_[i];
        if (!command.tile.accumulate) continue;
        const std::int64_t sum =
            psum + before_[static_cast<std::size_t>(output / shape_.n * command.psums->columns +
                                                    command.tile.psum_column + output % shape_.n)];
        counts_.overflows += sum != wrap_to_bits(sum, bit_serial_accumulator_bits);
    }
    command_ = nullptr;
}

}  // namespace bitloom
