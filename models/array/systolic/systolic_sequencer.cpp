// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/systolic_sequencer.h"

#include "models/base/error.h"

namespace bitloom {

namespace {

constexpr std::uint8_t type_integer = 0;
constexpr std::uint8_t type_flint = 1;
constexpr std::uint8_t type_power_of_two = 2;
constexpr std::uint8_t type_signed = 4;

std::uint8_t type_of(const AntDecoder& decoder) {
    const std::string& name = decoder.format_name();
    const std::uint8_t sign = decoder.is_signed() ? type_signed : 0;
    if (name.find("flint") != std::string::npos) return sign | type_flint;
    if (name.find("pot") != std::string::npos) return sign | type_power_of_two;
    BITLOOM_CHECK(name.find("int") != std::string::npos, "'{}' is a type of ant_decoder.sv", name);
    return sign | type_integer;
}

}  // namespace

LineCoding::LineCoding(const AntDecoder& decoder)
    : type(type_of(decoder)),
      narrow((type & 3) == type_flint && decoder.bits() == 3),
      bits(decoder.bits()),
      lines(decoder.lines()) {
}

std::uint32_t LineCoding::line_code(std::uint32_t code, int line) const {
    if (lines == 2) return line == 0 ? code >> 4 : code & 15u;
    if (bits == 4 || narrow || (type & type_signed) == 0) return code;
    const std::uint32_t sign = code >> (bits - 1);
    // The same number in 4 bits: an integer repeats its sign, a power of two moves it.
    if ((type & 3) == type_integer) return sign != 0 ? code | (15u << bits & 15u) : code;
    return sign << 3 | (code & ((1u << (bits - 1)) - 1u));
}

SystolicSequencer::SystolicSequencer(const SystolicConfig& config, const ArrayCommand& command,
                                     const AntDecoder& activation, const AntDecoder& weight)
    : config_(config),
      command_(command),
      activation_coding_(activation),
      weight_coding_(weight),
      lines_(common_lines(activation, weight)),
      folds_(folds_of(config, command.tile, lines_)),
      depth_(output_stationary() ? command.tile.k() : command.tile.m()),
      interval_(fold_interval(config, depth_)),
      steps_((std::ssize(folds_) - 1) * interval_ + fold_latency(config, depth_)) {
    BITLOOM_CHECK(config.rows <= 16 && config.columns <= 16, "{} x {} lines fit the pins",
                  config.rows, config.columns);
}

ArrayPins SystolicSequencer::idle() const {
    ArrayPins pins;
    pins.weight_stationary = !output_stationary();
    pins.shift_drain = output_stationary() && config_.drain == Drain::shift;
    pins.wide = lines_ == 2;
    pins.activation_type = activation_coding_.type;
    pins.activation_narrow = activation_coding_.narrow;
    pins.weight_type = weight_coding_.type;
    pins.weight_narrow = weight_coding_.narrow;
    return pins;
}

ArrayPins SystolicSequencer::at(std::int64_t step) const {
    ArrayPins pins = idle();
    const auto fold_at = [&](std::int64_t local) -> const Fold* {
        const std::int64_t index = local / interval_;
        if (local < 0 || index >= std::ssize(folds_)) return nullptr;
        return &folds_[static_cast<std::size_t>(index)];
    };
    // Weight stationary: the first fold waits R steps for its weights.
    const std::int64_t streamed = step - (output_stationary() ? 0 : config_.rows);
    if (const Fold* fold = fold_at(streamed); fold && streamed % interval_ < depth_)
        put_activations(pins, *fold, streamed % interval_);
    const std::int64_t weight_steps = output_stationary() ? depth_ : config_.rows;
    if (const Fold* fold = fold_at(step); fold && step % interval_ < weight_steps)
        put_weights(pins, *fold, step % interval_);
    if (pins.shift_drain) {
        const std::int64_t drained = step - (depth_ + config_.rows + config_.columns - 2);
        pins.shift = fold_at(drained) != nullptr && drained % interval_ < config_.rows;
    }
    return pins;
}

void SystolicSequencer::put_activations(ArrayPins& pins, const Fold& fold,
                                        std::int64_t position) const {
    pins.activation_first = position == 0;
    pins.activation_last = position == depth_ - 1;
    const std::int64_t operands = output_stationary() ? fold.m_count : fold.k_count;
    for (std::int64_t i = 0; i < operands; ++i) {
        const std::int64_t m = fold.m_begin + (output_stationary() ? i : position);
        const std::int64_t k = fold.k_begin + (output_stationary() ? position : i);
        const std::uint32_t code = command_.tile.activation_code(command_.activations, m, k);
        for (int line = 0; line < lines_; ++line) {
            const std::int64_t row = i * lines_ + line;
            pins.activation_code |= std::uint64_t{activation_coding_.line_code(code, line)}
                                    << (4 * row);
            pins.activation_valid |= 1u << row;
        }
    }
}

void SystolicSequencer::put_weights(ArrayPins& pins, const Fold& fold,
                                    std::int64_t position) const {
    std::int64_t k = fold.k_begin + position;
    if (!output_stationary()) {
        // Last row first, so that each weight stops at its own row.
        const std::int64_t row = config_.rows - 1 - position;
        pins.weight_load = true;
        pins.weight_load_first = position == 0;
        // Two rows hold the same weight, one for each nibble of the activation.
        pins.weight_repeat = row % lines_ != lines_ - 1;
        if (pins.weight_repeat || row >= fold.k_count * lines_) return;
        k = fold.k_begin + row / lines_;
    }
    for (std::int64_t i = 0; i < fold.n_count; ++i) {
        const std::uint32_t code = command_.tile.weight_code(command_.weights, fold.n_begin + i, k);
        for (int line = 0; line < lines_; ++line) {
            const std::int64_t column = i * lines_ + line;
            pins.weight_code |= std::uint64_t{weight_coding_.line_code(code, line)} << (4 * column);
            pins.weight_valid |= 1u << column;
        }
    }
}

}  // namespace bitloom
