// SPDX-License-Identifier: Apache-2.0
// The waveform of a PeArray: a VCD file with the signals of rtl/array_probe.sv, so that those of
// both fidelities can be laid one over the other. Signals change at rising edges of the clock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/array/waveform_file.h"

namespace bitloom {

class ArrayWaveform {
public:
    // `period_ps`: of the clock. The last edge is written when this object is destroyed.
    ArrayWaveform(std::shared_ptr<WaveformFile> file, std::int64_t rows, std::int64_t columns,
                  int accumulator_bits, std::uint64_t period_ps);
    ~ArrayWaveform();

    // A rising edge at `time_ps`, not before the last; what is set until the next one is shown from
    // here on. The clock rests low where no edge is.
    void rise(std::uint64_t time_ps);
    void set_enable(bool enable) { set(enable_, enable); }
    void set_activation(std::int64_t row, std::uint32_t code, bool valid);
    void set_psum(std::int64_t column, std::int64_t psum, bool valid);
    // Arrays of more than 64 PEs show none of them.
    bool shows_accumulators() const { return accumulator_ >= 0; }
    void set_accumulator(std::int64_t row, std::int64_t column, std::int64_t value);

private:
    struct Signal {
        int bits = 1;
        std::uint64_t value = 0;
        bool changed = true;
    };

    int declare(const std::string& name, int bits);
    void set(int signal, std::uint64_t value);
    void dump(std::uint64_t time_ps);

    const std::shared_ptr<WaveformFile> file_;
    const std::int64_t columns_;
    const std::uint64_t period_ps_;
    std::vector<Signal> signals_;
    int clock_ = 0, enable_ = 0;
    int activation_code_ = 0, activation_valid_ = 0;  // of row 0; the others follow
    int psum_ = 0, psum_valid_ = 0;
    int accumulator_ = -1;
    bool risen_ = false;
    std::uint64_t last_rise_ps_ = 0;
};

}  // namespace bitloom
