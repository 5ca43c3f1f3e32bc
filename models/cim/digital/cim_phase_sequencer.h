// SPDX-License-Identifier: Apache-2.0
// Steps an analog core through its row tiles, passes and phases, cycle by cycle. Words, waits and a
// timing diagram: the README beside this file.
#pragma once

namespace bitloom {

struct CimPhaseSequencer {
    // Of the hardware.
    struct Config {
        int setup_cycles = 1;       // of a shot, before the pulses, 1..63
        int end_cycles = 2;         // of a shot, after the window, 1..63
        bool hold_columns = false;  // every column keeps its charge: one shot a pass, not a phase
    };

    // Kept from the first vector of a position to its last result.
    struct Schedule {
        int tiles = 1;   // row tiles of a position, 1..15
        int passes = 1;  // of a tile, 1..8
        int phases = 1;  // of a pass
        int window = 1;  // cycles of the pulses of the shot's pass, 1..255
    };

    struct State {
        // Shot.
        bool active = false;  // a vector is inside
        int cycle = 0;        // of the shot
        int tile = 0, pass = 0, phase = 0;
        // Conversion.
        bool converting = false;
        int take_pass = 0, take_phase = 0;
        bool take_clear = false, take_last = false;
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        bool valid = false;      // an input vector of a tile
        bool converted = false;  // the ADCs have their codes
        bool ready = false;      // codes that complete a sum can be taken
        Schedule schedule;
    };

    struct Outputs {
        bool ready = false;  // the vector is taken at this edge
        // Shot.
        bool start = false;  // pulses begin in the next cycle
        int pass = 0, phase = 0;
        bool sample = false;  // this edge keeps the charge
        // Converters.
        bool convert = false;  // conversions begin in the next cycle
        // Codes.
        bool take = false;  // they are added up at this edge
        int take_pass = 0, take_phase = 0;
        bool take_clear = false;  // they are the first of their sums
        bool take_last = false;   // they complete their sums
        bool operator==(const Outputs&) const = default;
    };

    static constexpr int shot_cycles(const Config& config, int window) {
        return config.setup_cycles + window + config.end_cycles;
    }

    static constexpr Outputs outputs(const State& state, const Inputs& inputs,
                                     const Config& config) {
        const Schedule& schedule = inputs.schedule;
        Outputs out;
        out.pass = state.pass;
        out.phase = state.phase;
        out.take_pass = state.take_pass;
        out.take_phase = state.take_phase;
        out.take_clear = state.take_clear;
        out.take_last = state.take_last;
        out.start = state.active && state.cycle == config.setup_cycles - 1;
        out.take = state.converting && inputs.converted && (!state.take_last || inputs.ready);
        const bool free = !state.converting || (out.take && !more_phases(state, schedule, config));
        out.sample =
            state.active && state.cycle == shot_cycles(config, schedule.window) - 1 && free;
        out.convert = out.sample || (out.take && more_phases(state, schedule, config));
        out.ready = !state.active || (out.sample && last_shot(state, schedule, config));
        return out;
    }

    // One clock edge.
    static constexpr State next(const State& state, const Inputs& inputs, const Config& config) {
        const Schedule& schedule = inputs.schedule;
        const Outputs out = outputs(state, inputs, config);
        State after = state;
        if (out.sample) {
            after.cycle = 0;
            after.phase = last_phase(state, schedule, config) ? 0 : state.phase + 1;
            if (last_phase(state, schedule, config))
                after.pass = state.pass == schedule.passes - 1 ? 0 : state.pass + 1;
            if (last_shot(state, schedule, config)) {
                after.active = false;
                after.tile = state.tile == schedule.tiles - 1 ? 0 : state.tile + 1;
            }
            after.converting = true;
            after.take_pass = state.pass;
            after.take_phase = state.phase;
            after.take_clear = state.tile == 0 && state.pass == 0;
            after.take_last = state.tile == schedule.tiles - 1 && state.pass == schedule.passes - 1;
        } else {
            if (state.active && state.cycle != shot_cycles(config, schedule.window) - 1)
                ++after.cycle;
            if (out.take) {
                after.converting = more_phases(state, schedule, config);
                if (after.converting) ++after.take_phase;
            }
        }
        if (inputs.valid && out.ready) after.active = true;
        return after;
    }

private:
    static constexpr bool last_phase(const State& state, const Schedule& schedule,
                                     const Config& config) {
        return config.hold_columns || state.phase == schedule.phases - 1;
    }
    static constexpr bool last_shot(const State& state, const Schedule& schedule,
                                    const Config& config) {
        return state.pass == schedule.passes - 1 && last_phase(state, schedule, config);
    }
    // Of the held shot, after the one that is being converted.
    static constexpr bool more_phases(const State& state, const Schedule& schedule,
                                      const Config& config) {
        return config.hold_columns && state.take_phase != schedule.phases - 1;
    }
};

}  // namespace bitloom
