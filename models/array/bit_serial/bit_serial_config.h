// SPDX-License-Identifier: Apache-2.0
// The bit-serial tensor core: rows x columns dot-product units, and the dataflows that share them.
// Definitions of lanes, steps and groups, with worked examples: the README beside this file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

enum class BitSerialDataflow {
    bismo,         // plane pairs one after another (Umuroglu et al., FPL'18)
    apnn,          // planes side by side in rows and columns (Feng et al., SC'21)
    stripes,       // weights bit-parallel, activations bit-serial (Judd et al., MICRO'16)
    loom,          // both bit-serial, precision of the activations found at run time (DAC'18)
    pragmatic,     // weights bit-parallel, only the set bits of activations (MICRO'17)
    bit_tactical,  // zero weights skipped by a static schedule (ASPLOS'19)
};
inline constexpr std::array bit_serial_dataflows = {
    BitSerialDataflow::bismo, BitSerialDataflow::apnn,      BitSerialDataflow::stripes,
    BitSerialDataflow::loom,  BitSerialDataflow::pragmatic, BitSerialDataflow::bit_tactical};

// Which operand's planes lie side by side in the array ("virtual batching"); the others follow one
// another in time. apnn only.
enum class PlaneStacking {
    automatic,  // for each command that with the fewest cycles; of equals the first of those below
    none,
    activations,  // planes of the activations in rows
    weights,      // planes of the weights in columns
    full,
};
inline constexpr std::array plane_stackings = {PlaneStacking::automatic, PlaneStacking::none,
                                               PlaneStacking::activations, PlaneStacking::weights,
                                               PlaneStacking::full};

// What drives the lanes of bit_tactical.
enum class TacticalBackEnd { stripes, pragmatic };  // TCLp and TCLe of the paper

// What a dot-product unit of bit_tactical may fetch into an idle lane.
enum class SearchShape { t, l };

std::string_view to_string(BitSerialDataflow dataflow);
std::string_view to_string(PlaneStacking stacking);  // "auto" for automatic
std::string_view to_string(TacticalBackEnd back_end);
std::string_view to_string(SearchShape shape);
// `key` begins the message of the Error that an unknown name throws.
BitSerialDataflow bit_serial_dataflow(std::string_view key, std::string_view name);
PlaneStacking plane_stacking(std::string_view key, std::string_view name);
TacticalBackEnd tactical_back_end(std::string_view key, std::string_view name);
SearchShape search_shape(std::string_view key, std::string_view name);

// Values are final: defaults applied, ranges checked with problems().
struct BitSerialConfig {
    std::int64_t rows = 64;        // dot-product units along M (activations), 1..1024
    std::int64_t columns = 64;     // along N (weights), 1..1024
    std::int64_t word_bits = 128;  // Dk, AND gates of a unit: 32, 64, 128, 256 or 512
    BitSerialDataflow dataflow = BitSerialDataflow::apnn;
    PlaneStacking stacking = PlaneStacking::automatic;
    // Positions of K that a unit takes at a time where weights are bit-parallel (stripes,
    // pragmatic, bit_tactical): 1..word_bits/8, since a weight of up to 8 bits needs 8 of the
    // unit's gates.
    std::int64_t lanes = 16;
    int serial_bits = 1;       // loom: bits of an activation that a unit takes a cycle, 1, 2 or 4
    int first_stage_bits = 2;  // pragmatic: B; lanes may differ by shifts of up to 2^B - 1; 0..3
    int lookahead = 2;         // bit_tactical: lines ahead, H, 1..7
    int lookaside = 5;         // bit_tactical: other positions searched, D, 0..8
    SearchShape search = SearchShape::t;
    TacticalBackEnd back_end = TacticalBackEnd::pragmatic;
    // L, cycles a command takes beyond its issue slots: 1..64. The default is that of BISMO's RTL
    // at 128 bits, bismo_fill_cycles(128).
    std::int64_t fill_cycles = 10;
    // Bits read from each scratchpad a cycle, 1..1048576; the defaults feed 64 words of 128 bits.
    std::int64_t activation_port_bits = 8192;
    std::int64_t weight_port_bits = 8192;
};

// Sums wrap at this width.
inline constexpr int bit_serial_accumulator_bits = 32;

// Everything wrong with the values, each "array.KEY = FOUND: allowed: ..."; empty when all is well.
std::vector<std::string> problems(const BitSerialConfig& config);

// Pipeline of BISMO's RTL: scratchpad read 3, broadcast 1, dot-product unit 3 + depth of the
// compressor tree (32: 2, 64: 3, 128: 3, 256: 4, 512: 5). word_bits: one of these.
std::int64_t bismo_fill_cycles(std::int64_t word_bits);

}  // namespace bitloom
