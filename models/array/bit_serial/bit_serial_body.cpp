// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/bit_serial_body.h"

#include "models/array/bit_serial/bit_serial_pe_core.h"
#include "models/array/bit_serial/bit_serial_tile_core.h"
#include "models/base/error.h"

namespace bitloom {

BitSerialBody::BitSerialBody(sc_core::sc_module_name name, const BitSerialConfig& config,
                             sc_core::sc_time period)
    : ArrayBody(name, period), config_(config) {
    const std::vector<std::string> wrong = problems(config);
    if (!wrong.empty()) fail("{}", wrong.front());
}

void BitSerialBody::record_waveform(std::shared_ptr<WaveformFile> file) {
    fail("waveform {}: the bit-serial core records none, at no fidelity", file->path().string());
}

void BitSerialBody::set_operands(const ArrayCommand& command) {
    activation_ = bit_operand(command.activation_values->format());
    weight_ = bit_operand(command.weight_values->format());
    const ConvolutionTile& tile = command.tile;
    BITLOOM_CHECK(tile.activation_bits == activation_.bits && tile.weight_bits == weight_.bits,
                  "{}: the tile's {} and {} bits are those of its formats", name(),
                  tile.activation_bits, tile.weight_bits);
    BITLOOM_CHECK(tile.psum_column + tile.n <= command.psums->columns &&
                      std::ssize(command.psums->words) == tile.m() * command.psums->columns,
                  "{}: psum tile {} x {} has its size", name(), tile.m(), command.psums->columns);
}

BitGemmShape BitSerialBody::shape_of(const ConvolutionTile& tile) const {
    return {tile.m(), tile.n, tile.k(), weight_.bits, activation_.bits};
}

std::unique_ptr<ArrayBody> make_bit_serial_core(const std::string& fidelity, const char* name,
                                                const BitSerialConfig& config,
                                                sc_core::sc_time period) {
    if (fidelity == "tile") return std::make_unique<BitSerialTileCore>(name, config, period);
    if (fidelity == "pe") return std::make_unique<BitSerialPeCore>(name, config, period);
    fail("fidelity = {}: allowed: pe, tile", fidelity);
}

}  // namespace bitloom
