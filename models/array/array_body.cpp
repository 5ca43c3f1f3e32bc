// SPDX-License-Identifier: Apache-2.0
#include "models/array/array_body.h"

#include <algorithm>

#include "models/array/pe_array.h"
#include "models/array/rtl_array.h"
#include "models/array/tile_array.h"
#include "models/base/error.h"

namespace bitloom {

void PsumTile::clear(std::int64_t rows, std::int64_t row_length) {
    words.assign(static_cast<std::size_t>(rows * row_length), 0);
    columns = row_length;
    magnitude_bound = 0;
}

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

int common_lines(const ArrayCommand& command) {
    const int activation = command.activation_decoder->lines();
    const int weight = command.weight_decoder->lines();
    if (activation != weight)
        fail(
            "the array cannot multiply {}-bit activations by {}-bit weights: allowed: both of up "
            "to 4 bits, or both 8-bit integers",
            command.activation_decoder->bits(), command.weight_decoder->bits());
    return activation;
}

ArrayBody::ArrayBody(sc_core::sc_module_name name, const SystolicConfig& config,
                     sc_core::sc_time period)
    : sc_module(name), config_(config), period_(period) {
}

void ArrayBody::record_waveform(const std::filesystem::path& path) {
    fail("waveform {}: fidelity tile has no signals: choose fidelity pe or rtl", path.string());
}

std::unique_ptr<ArrayBody> make_array(const std::string& fidelity, const char* name,
                                      const SystolicConfig& config, sc_core::sc_time period) {
    if (fidelity == "tile") return std::make_unique<TileArray>(name, config, period);
    if (fidelity == "pe") return std::make_unique<PeArray>(name, config, period);
    if (fidelity == "rtl") return std::make_unique<RtlArray>(name, config, period);
    fail("fidelity = {}: allowed: pe, rtl, tile", fidelity);
}

}  // namespace bitloom
