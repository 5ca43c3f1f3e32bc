// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/systolic_body.h"

#include <algorithm>

#include "models/array/systolic/pe_array.h"
#include "models/array/systolic/rtl_array.h"
#include "models/array/systolic/tile_array.h"
#include "models/base/error.h"

namespace bitloom {

std::vector<Fold> folds_of(const SystolicConfig& config, const ConvolutionTile& tile, int lines) {
    const std::int64_t rows = config.rows / lines;
    const std::int64_t columns = config.columns / lines;
    const bool output_stationary = config.dataflow == Dataflow::output_stationary;
    const std::int64_t row_extent = output_stationary ? tile.m() : tile.k();
    std::vector<Fold> folds;
    for (std::int64_t n = 0; n < tile.n; n += columns)
        for (std::int64_t row = 0; row < row_extent; row += rows) {
            Fold fold{0, tile.m(), n, std::min(columns, tile.n - n), tile.k_begin, tile.k()};
            const std::int64_t count = std::min(rows, row_extent - row);
            if (output_stationary) {
                fold.m_begin = row;
                fold.m_count = count;
            } else {
                fold.k_begin = tile.k_begin + row;
                fold.k_count = count;
            }
            folds.push_back(fold);
        }
    return folds;
}

int common_lines(const AntDecoder& activation, const AntDecoder& weight) {
    if (activation.lines() != weight.lines())
        fail(
            "{} activations x {} weights: the array takes both of up to 4 bits, or both 8-bit "
            "integers",
            activation.format_name(), weight.format_name());
    return activation.lines();
}

SystolicBody::SystolicBody(sc_core::sc_module_name name, const SystolicConfig& config,
                           sc_core::sc_time period)
    : ArrayBody(name, period), config_(config) {
}

const AntDecoder& SystolicBody::decoder_of(const Format& format) {
    const auto found = decoders_.find(format.name());
    return found != decoders_.end() ? found->second
                                    : decoders_.emplace(format.name(), format).first->second;
}

void SystolicBody::set_operands(const ArrayCommand& command) {
    activation_decoder_ = &decoder_of(command.activation_values->format());
    weight_decoder_ = &decoder_of(command.weight_values->format());
    lines_ = common_lines(*activation_decoder_, *weight_decoder_);
}

std::unique_ptr<SystolicBody> make_systolic_array(const std::string& fidelity, const char* name,
                                                  const SystolicConfig& config,
                                                  sc_core::sc_time period) {
    if (fidelity == "tile") return std::make_unique<TileArray>(name, config, period);
    if (fidelity == "pe") return std::make_unique<PeArray>(name, config, period);
    if (fidelity == "rtl") return std::make_unique<RtlArray>(name, config, period);
    fail("fidelity = {}: allowed: pe, rtl, tile", fidelity);
}

}  // namespace bitloom
