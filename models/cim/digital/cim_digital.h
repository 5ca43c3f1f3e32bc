// SPDX-License-Identifier: Apache-2.0
// The digital half of an analog compute-in-memory core, cycle by cycle: everything between the
// input codes of a matrix-vector product and its 16-bit results, but for the array and the
// comparators. Those are the caller's: it sees pulses and column selects, keeps a charge at each
// edge with `sample`, and answers in every cycle whether it reaches the threshold of each ADC's
// trial code. Structure and timing: the README beside this file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/cim/digital/adc_mux.h"
#include "models/cim/digital/cim_drain.h"
#include "models/cim/digital/cim_phase_sequencer.h"
#include "models/cim/digital/pwm_driver.h"
#include "models/cim/digital/ramp_counter.h"
#include "models/cim/digital/sar_logic.h"
#include "models/cim/digital/shift_add.h"
#include "models/pe/requantizer/requantizer.h"

namespace bitloom {

struct CimDigital {
    // Of the hardware.
    struct Config {
        int rows = 16;
        int columns = 8;   // a multiple of mux
        int mux = 2;       // columns that share an ADC
        int dac_bits = 8;  // 2..8
        int adc_bits = 8;  // 2..8
        bool ramp = true;  // ADC: RampCounter, else SarLogic
        CimPhaseSequencer::Config sequence;

        int adcs() const { return columns / mux; }
    };

    // Kept from the first vector to the last result.
    struct Layer {
        InputMode mode = InputMode::pwm;
        int low_bits = 1;      // split_pwm: of pass 0
        int tiles = 1;         // row tiles of a position, 1..15, all in the same columns
        int first_column = 0;  // of the block
        int columns = 1;       // of the block, whole weights
        int slices = 1;        // of a weight, 1..7
        int slice_bits = 7;    // 1..7
    };

    struct State {
        CimPhaseSequencer::State sequencer;
        std::vector<PwmDriver::State> rows;
        std::vector<SarLogic::State> sar;      // one an ADC, or
        std::vector<RampCounter::State> ramp;  // one an ADC
        std::vector<ShiftAdd::State> sums;     // one an ADC
        CimDrain::State drain;
        Requantizer::State requantizer;
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        Layer layer;
        // Codes of a row tile, one a row.
        bool valid = false;
        std::vector<std::int8_t> codes;
        // Bit a: the charge that ADC a holds reaches the threshold of its trial code.
        std::uint64_t compare = 0;
        // Of output `output`.
        std::int32_t bias = 0;  // in units of the LSB / 256
        std::int32_t mantissa = 0;
        int shift = 0;
        // The result is taken.
        bool ready = false;
    };

    struct Outputs {
        bool ready = false;  // codes are taken at this edge
        // Array. Bit r is of row r.
        std::uint64_t pulse = 0, negative = 0;
        std::vector<int> select;   // per ADC, modulo mux: see AdcMux
        std::uint64_t enable = 0;  // bit a: there is a column for ADC a
        bool sample = false;       // this edge keeps the charge
        // Converters.
        std::vector<int> trial;
        bool take = false;      // codes are added up at this edge
        std::vector<int> code;  // per ADC; of enabled ones with `take`
        // Results.
        int output = 0;  // whose bias and multiplier are looked at
        bool valid = false;
        std::int16_t value = 0;  // 0 when not valid
        bool operator==(const Outputs&) const = default;
    };

    // After reset.
    static State initial(const Config& config);
    static Outputs outputs(const State& state, const Inputs& inputs, const Config& config);
    // One clock edge.
    static State next(const State& state, const Inputs& inputs, const Config& config);

    // Which shot or code a cycle's outputs are of; what RTL keeps inside.
    static CimPhaseSequencer::Outputs sequence(const State& state, const Inputs& inputs,
                                               const Config& config);

    static int conversion_cycles(const Config& config);
    static int passes(const Config& config, const Layer& layer);
    // Most ticks of a pass: cycles of the pulses of its shots.
    static int window(const Config& config, const Layer& layer, int pass);
};

}  // namespace bitloom
