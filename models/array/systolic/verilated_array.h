// SPDX-License-Identifier: Apache-2.0
// rtl/systolic_array.sv as Verilator made it, one C++ class for each size, behind one interface.
// It holds pins and evaluates; it knows neither time nor commands. No SystemC here: Verilator's
// headers would take this for a model made with --sc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "models/array/systolic/array_pins.h"
#include "models/array/systolic/systolic_timing.h"
#include "models/array/waveform_file.h"

namespace bitloom {

class VerilatedArray {
public:
    virtual ~VerilatedArray() = default;

    // Drives the inputs; outputs that depend on them without a clock follow.
    virtual void drive(const ArrayPins& pins) = 0;
    // Throws InternalError when an assertion in the RTL fails.
    virtual void clock(bool level) = 0;

    // Outputs, as masks of lines; macs: PEs that multiply in this step.
    virtual std::uint32_t activation_decodes() const = 0;
    virtual std::uint32_t weight_decodes() const = 0;
    virtual std::int64_t macs() const = 0;
    virtual std::uint32_t psum_valid() const = 0;
    virtual std::int32_t psum(std::int64_t column) const = 0;

    // Waveform of what rtl/array_probe.sv names; its end is written when this object is destroyed.
    virtual void open_waveform(std::shared_ptr<WaveformFile> file) = 0;
    virtual void dump(std::uint64_t time_ps) = 0;

    // Verilator's counts of the lines reached, for the models that have them (rtl/CMakeLists.txt).
    virtual void write_coverage(const std::filesystem::path& path) = 0;
};

// Throws Error when the RTL is not built for this array (sizes: verilated_array.cpp).
std::unique_ptr<VerilatedArray> make_verilated_array(const SystolicConfig& config);

}  // namespace bitloom
