// SPDX-License-Identifier: Apache-2.0
// What the bodies of the bit-serial core share. Cycles, counts and psums: the README beside this
// file.
#pragma once

#include <memory>
#include <memory>
#include <string>

#include "models/array/array_body.h"
#include "models/array/bit_serial/bit_serial_config.h"
#include "models/array/bit_serial/bit_serial_timing.h"
#include "models/pe/bit_serial/bit_operand.h"

namespace bitloom {

class BitSerialBody : public ArrayBody {
public:
    // Throws Error with the first of problems(config).
    BitSerialBody(sc_core::sc_module_name name, const BitSerialConfig& config,
                  sc_core::sc_time period);
    const BitSerialConfig& config() const { return config_; }

    // Throws Error: no body of this core records one.
    void record_waveform(std::shared_ptr<WaveformFile> file) override;

protected:
    // Of the command's formats. Throws Error for a format without bit planes.
    void set_operands(const ArrayCommand& command);
    const BitOperand& activation() const { return activation_; }
    const BitOperand& weight() const { return weight_; }
    BitGemmShape shape_of(const ConvolutionTile& tile) const;

    const BitSerialConfig config_;

private:
    BitOperand activation_;
    BitOperand weight_;
};

// fidelity: "tile" or "pe"; throws Error otherwise.
std::unique_ptr<ArrayBody> make_bit_serial_core(const std::string& fidelity, const char* name,
                                                const BitSerialConfig& config,
                                                sc_core::sc_time period);

}  // namespace bitloom
