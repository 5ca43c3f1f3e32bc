// SPDX-License-Identifier: Apache-2.0
// The array behind one socket: whoever sits behind it (tile_array, pe_array, rtl_array) gives the same
// psums, the same cycles and the same activity for the same command.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/array/convolution_tile.h"
#include "models/array/systolic_timing.h"
#include "models/energy/activity.h"
#include "models/pe/ant_pe/ant_decoder.h"

namespace bitloom {

// Psums in the output scratchpad: rows of `columns`, each psum wrapped to the accumulator's width.
// Several commands may fill one tile, each its own columns (the groups of a convolution).
struct PsumTile {
    std::vector<std::int32_t> words;
    std::int64_t columns = 0;
    std::int64_t magnitude_bound = 0;  // no |word| can exceed this unless it wrapped
    void clear(std::int64_t rows, std::int64_t row_length);
};

// Names the content of a scratchpad: equal tags, equal bytes. It lets a fast body keep what it
// unpacked; a tag with content 0 names nothing.
struct ContentTag {
    std::int64_t layer = 0;    // counts the layers run
    std::int64_t content = 0;  // within the layer, from 1
    std::int64_t part = 0;     // of that content
    bool named() const { return content != 0; }
    auto operator<=>(const ContentTag&) const = default;
};

struct ArrayCommand {
    ConvolutionTile tile;
    const std::byte* activations = nullptr;  // activation scratchpad, at the band
    const std::byte* weights = nullptr;      // weight scratchpad, at the tile
    ContentTag activation_tag;
    ContentTag weight_tag;
    const AntDecoder* activation_decoder = nullptr;
    const AntDecoder* weight_decoder = nullptr;
    PsumTile* psums = nullptr;  // sized by the caller
};

// Events of an array; bits and words are exact counts.
struct ArrayCounts {
    std::int64_t macs = 0;        // PE multiply-accumulates with both operands valid
    std::int64_t decodes = 0;     // operands (nibbles) that passed a boundary decoder
    std::int64_t psum_words = 0;  // psums that left the array
    std::int64_t activation_read_bits = 0;
    std::int64_t weight_read_bits = 0;
    std::int64_t output_read_bits = 0;  // psums read back to be added to
    std::int64_t output_write_bits = 0;
    std::int64_t overflows = 0;  // psums that wrapped, in the array or when added
    SystolicCycles cycles;
    bool operator==(const ArrayCounts&) const = default;
    ArrayCounts& operator+=(const ArrayCounts& other);
    void add_to(Activity& activity) const;
};

// One pass of the array. Output stationary: all of the tile's K; weight stationary: all of its M.
struct Fold {
    std::int64_t m_begin = 0, m_count = 0;
    std::int64_t n_begin = 0, n_count = 0;
    std::int64_t k_begin = 0, k_count = 0;  // within the whole K
};

// In execution order. `lines`: PE lines an operand occupies (AntDecoder::lines).
std::vector<Fold> folds_of(const SystolicConfig& config, const ConvolutionTile& tile, int lines);

// Throws Error when the two operands cannot meet in this array (one 8-bit, one not).
int common_lines(const ArrayCommand& command);

class ArrayBody : public sc_core::sc_module {
public:
    ArrayBody(sc_core::sc_module_name name, const SystolicConfig& config, sc_core::sc_time period);

    // Called from an SC_THREAD at a clock edge; returns at the clock edge at which the last psum is
    // in the output scratchpad. Never stalls in between: its operands are all in the scratchpads.
    virtual void execute(const ArrayCommand& command) = 0;

    // Writes a waveform (VCD) of the commands from now on; the file appears when this object is
    // destroyed. Before sc_start. Throws Error where a body has no signals.
    virtual void record_waveform(const std::filesystem::path& path);

    const ArrayCounts& counts() const { return counts_; }
    const SystolicConfig& config() const { return config_; }

protected:
    const SystolicConfig config_;
    const sc_core::sc_time period_;
    ArrayCounts counts_;
};

// fidelity: "tile", "pe" or "rtl"; throws Error otherwise, and for an array that the RTL is not built
// for.
std::unique_ptr<ArrayBody> make_array(const std::string& fidelity, const char* name,
                                      const SystolicConfig& config, sc_core::sc_time period);

}  // namespace bitloom
