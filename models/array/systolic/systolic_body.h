// SPDX-License-Identifier: Apache-2.0
// What the three bodies of the systolic array share: its sizes, its decoders, and how a command is
// cut into folds.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/array/array_body.h"
#include "models/array/systolic/systolic_timing.h"
#include "models/pe/ant_pe/ant_decoder.h"

namespace bitloom {

// One pass of the array. Output stationary: all of the tile's K; weight stationary: all of its M.
struct Fold {
    std::int64_t m_begin = 0, m_count = 0;
    std::int64_t n_begin = 0, n_count = 0;
    std::int64_t k_begin = 0, k_count = 0;  // within the whole K
};

// In execution order. `lines`: PE lines an operand occupies (AntDecoder::lines).
std::vector<Fold> folds_of(const SystolicConfig& config, const ConvolutionTile& tile, int lines);

// Lines that both operands occupy. Throws Error when they cannot meet in this array: one 8-bit, one
// not.
int common_lines(const AntDecoder& activation, const AntDecoder& weight);

class SystolicBody : public ArrayBody {
public:
    SystolicBody(sc_core::sc_module_name name, const SystolicConfig& config,
                 sc_core::sc_time period);
    const SystolicConfig& config() const { return config_; }

protected:
    // Programs the decoders for a command. Throws as AntDecoder and common_lines do.
    void set_operands(const ArrayCommand& command);
    const AntDecoder& activation_decoder() const { return *activation_decoder_; }
    const AntDecoder& weight_decoder() const { return *weight_decoder_; }
    int lines() const { return lines_; }

    const SystolicConfig config_;

private:
    const AntDecoder& decoder_of(const Format& format);

    std::map<std::string, AntDecoder> decoders_;  // programmed so far, by format
    const AntDecoder* activation_decoder_ = nullptr;
    const AntDecoder* weight_decoder_ = nullptr;
    int lines_ = 1;
};

// fidelity: "tile", "pe" or "rtl"; throws Error otherwise, and for an array that the RTL is not
// built for.
std::unique_ptr<SystolicBody> make_systolic_array(const std::string& fidelity, const char* name,
                                                  const SystolicConfig& config,
                                                  sc_core::sc_time period);

}  // namespace bitloom
