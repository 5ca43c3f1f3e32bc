// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim configurations (.cfg; scalesim-project/SCALE-Sim, configs/) as chips.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bitloom {

bool is_scale_sim_config(const std::filesystem::path& file);  // by its ending, .cfg

struct ScaleSimChip {
    std::string ini;                 // the chip's .ini file; its lines are those of the .cfg
    std::vector<std::string> notes;  // what became of the keys, and what the .cfg does not say
};

// A systolic chip of 8-bit operands (chip.type ant: a multiplier of 8 bits is 2x2 of its PEs):
//
//   ArrayHeight, ArrayWidth  array.rows, array.columns = 2 x
//   Dataflow os, ws          array.dataflow; folds one after another
//   IfmapSramSzkB            activation_buffer.bytes     FilterSramSzkB  weight_buffer.bytes
//   OfmapSramSzkB            output_buffer.bytes = 4 x: as many results, of 4 bytes each
//   Bandwidth                dma.width_bits = 8 x words a cycle, with InterfaceBandwidth USER
//
// Offsets, request queues and the number of banks say nothing here and are named in a note.
// Dataflow is, custom layouts, sparsity and Ramulator traces are refused; so are unknown, repeated
// and missing keys. Throws Error "FILE:LINE: ...".
ScaleSimChip scale_sim_chip(const std::string& file, const std::string& text);

// The text of a chip's file as an .ini file: of a .cfg, that of scale_sim_chip.
std::string chip_ini(const std::filesystem::path& file);

}  // namespace bitloom
