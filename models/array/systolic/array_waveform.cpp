// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/array_waveform.h"

#include <fmt/format.h>

#include <utility>

#include "models/base/error.h"

namespace bitloom {

namespace {

constexpr std::int64_t most_pes_shown = 64;  // as rtl/array_probe.sv

// VCD's short names: numbers of base 94 in printable characters.
std::string identifier(int signal) {
    std::string text;
    do {
        text += static_cast<char>('!' + signal % 94);
        signal /= 94;
    } while (signal > 0);
    return text;
}

}  // namespace

ArrayWaveform::ArrayWaveform(std::shared_ptr<WaveformFile> file, std::int64_t rows,
                             std::int64_t columns, int accumulator_bits, std::uint64_t period_ps)
    : file_(std::move(file)), columns_(columns), period_ps_(period_ps) {
    // The scopes are those that the RTL has around its probe.
    file_->write(
        "$timescale 1ps $end\n$scope module TOP $end\n"
        "$scope module systolic_array $end\n$scope module i_probe $end\n");
    const auto declare_all = [&](const char* name, std::int64_t count, int bits) {
        const int first = static_cast<int>(std::ssize(signals_));
        for (std::int64_t i = 0; i < count; ++i) declare(fmt::format("{}[{}]", name, i), bits);
        return first;
    };
    clock_ = declare("clock", 1);
    enable_ = declare("enable", 1);
    activation_code_ = declare_all("activation_code", rows, 4);
    activation_valid_ = declare_all("activation_valid", rows, 1);
    psum_ = declare_all("psum", columns, accumulator_bits);
    psum_valid_ = declare_all("psum_valid", columns, 1);
    if (rows * columns <= most_pes_shown) {
        file_->write("$scope module g_pes $end\n");
        accumulator_ = declare_all("accumulator", rows * columns, accumulator_bits);
        file_->write("$upscope $end\n");
    }
    file_->write("$upscope $end\n$upscope $end\n$upscope $end\n$enddefinitions $end\n");
}

ArrayWaveform::~ArrayWaveform() {
    if (risen_) dump(last_rise_ps_);
}

int ArrayWaveform::declare(const std::string& name, int bits) {
    const int signal = static_cast<int>(std::ssize(signals_));
    const std::string range = bits == 1 ? "" : fmt::format(" [{}:0]", bits - 1);
    file_->write(fmt::format("$var wire {} {} {}{} $end\n", bits, identifier(signal), name, range));
    signals_.push_back({bits, 0, true});
    return signal;
}

void ArrayWaveform::set(int index, std::uint64_t value) {
    Signal& signal = signals_[static_cast<std::size_t>(index)];
    if (signal.bits < 64) value &= (std::uint64_t{1} << signal.bits) - 1;
    if (signal.value == value) return;
    signal.value = value;
    signal.changed = true;
}

void ArrayWaveform::rise(std::uint64_t time_ps) {
    if (risen_ && time_ps != last_rise_ps_) {
        BITLOOM_CHECK(time_ps > last_rise_ps_, "edges come in order: {} after {}", time_ps,
                      last_rise_ps_);
        dump(last_rise_ps_);
        set(clock_, 0);
        dump(last_rise_ps_ + period_ps_ / 2);
    }
    set(clock_, 1);
    risen_ = true;
    last_rise_ps_ = time_ps;
}

void ArrayWaveform::set_activation(std::int64_t row, std::uint32_t code, bool valid) {
    set(activation_code_ + static_cast<int>(row), code);
    set(activation_valid_ + static_cast<int>(row), valid);
}

void ArrayWaveform::set_psum(std::int64_t column, std::int64_t psum, bool valid) {
    set(psum_ + static_cast<int>(column), static_cast<std::uint64_t>(psum));
    set(psum_valid_ + static_cast<int>(column), valid);
}

void ArrayWaveform::set_accumulator(std::int64_t row, std::int64_t column, std::int64_t value) {
    set(accumulator_ + static_cast<int>(row * columns_ + column),
        static_cast<std::uint64_t>(value));
}

void ArrayWaveform::dump(std::uint64_t time_ps) {
    std::string text = fmt::format("#{}\n", time_ps);
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        Signal& signal = signals_[i];
        if (!signal.changed) continue;
        signal.changed = false;
        const std::string name = identifier(static_cast<int>(i));
        if (signal.bits == 1)
            text += fmt::format("{}{}\n", signal.value, name);
        else
            text += fmt::format("b{:0{}b} {}\n", signal.value, signal.bits, name);
    }
    file_->write(text);
}

}  // namespace bitloom
