// SPDX-License-Identifier: Apache-2.0
// An array behind one socket: whatever design sits behind it (systolic/, bit_serial/) and whatever
// its fidelity, the bodies of one design give the same psums, cycles and activity for the same
// command.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "models/array/array_counts.h"
#include "models/array/convolution_tile.h"
#include "models/array/waveform_file.h"
#include "models/numeric/code_values.h"

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
    const CodeValues* activation_values = nullptr;  // of the operands' formats
    const CodeValues* weight_values = nullptr;
    PsumTile* psums = nullptr;  // sized by the caller
};

class ArrayBody : public sc_core::sc_module {
public:
    ArrayBody(sc_core::sc_module_name name, sc_core::sc_time period);

    // Called from an SC_THREAD at a clock edge; returns at the clock edge at which the last psum is
    // in the output scratchpad. Never stalls in between: its operands are all in the scratchpads.
    virtual void execute(const ArrayCommand& command) = 0;

    // Writes a waveform (VCD) of the commands from now on, its end when this object is destroyed.
    // Before sc_start. Throws Error where a body has no signals.
    virtual void record_waveform(std::shared_ptr<WaveformFile> file);

    const ArrayCounts& counts() const { return counts_; }

protected:
    const sc_core::sc_time period_;
    ArrayCounts counts_;
};

}  // namespace bitloom
