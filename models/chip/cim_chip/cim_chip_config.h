// SPDX-License-Identifier: Apache-2.0
// Sizes, clocks and converters of an analog compute-in-memory chip. Values are final: defaults
// applied, ranges checked. Defaults: the layer-serial PCM accelerator of AnalogNets (models/chip/
// aon_cim.ini says what of it is published and what is not).
#pragma once

#include <cstdint>
#include <string>

#include "models/chip/cim_chip/cim_timing.h"
#include "models/cim/crossbar/cim_mvm.h"
#include "models/cim/crossbar/crossbar_config.h"
#include "models/vector/vector_cost.h"

namespace bitloom {

// How the outputs follow the drift of the devices: by known inputs through the converters
// (models/cim/crossbar/drift_read_out.h), or by the current that all devices of a layer draw
// together, measured apart from the converters and so at any width of these.
enum class DriftCompensation { none, common_input, one_hot, total_current };

struct CimChipConfig {
    std::int64_t clock_hz = 1'000'000'000;  // of all that is digital, and the unit of pulses
    CrossbarConfig crossbar;
    int verify_attempts = 0;  // crossbar.verify follows from these two; 0: none
    double verify_tolerance_uS = 0.5;
    MvmConfig mvm;
    double full_scale_cells = 0.0;        // of the converters; 0: the network's own, or calibrated
    bool full_scale_per_layer = false;    // calibrated: one value a layer, else one for all
    std::int64_t adc_sample_rate_hz = 0;  // sampling converters; 0: (bits + 1) clocks a conversion
    std::int64_t tick_cycles = 1;         // of one step of an input pulse
    std::int64_t set_cycles = 1;          // before each pulse
    std::int64_t end_cycles = 2;          // after it
    double read_voltage_v = 0.2;          // height of a pulse: the energy of the array
    DriftCompensation compensation = DriftCompensation::one_hot;
    int fraction_bits = 8;  // of a psum below one ADC code, 0..8, where 32 bits hold them
    VectorConfig vector;
    std::int64_t activation_sram_bytes = 256 * 1024;  // inputs and results of every layer
    std::int64_t fetch_bits = 512;                    // moved a cycle towards the rows
    std::int64_t vector_port_bits = 1024;  // moved a cycle between memory and vector unit, each way
    std::string fidelity = "tile";         // "tile" or "pe"
};

// The law of time that follows from the converters.
CimTiming cim_timing(const CimChipConfig& config);

// Multiplications by weights of so many bits a cycle in one array, every row and every whole weight
// of its pairs at work.
double peak_macs_per_cycle(const CimChipConfig& config, int weight_bits);
// Operations a second of one array with weights of 8 bits, 2 a multiplication.
double peak_ops_per_s(const CimChipConfig& config);

}  // namespace bitloom
