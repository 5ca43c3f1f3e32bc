// SPDX-License-Identifier: Apache-2.0
// One layer of a run as files for an RTL engineer: weights, inputs, psums and outputs as rows for
// $readmemh and as numpy arrays, and a SystemVerilog bench that drives the RTL with them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/engine.h"

namespace bitloom {

// Integers of one tensor; codes are kept as their bits.
struct DumpedTensor {
    std::string name;  // of the files: "weights"
    std::string what;  // one line
    Shape shape;       // of the .npy file; the .hex file has one element a row, in C order
    TensorType type = TensorType::u8;
    int bits = 8;        // of an element, 1..32
    std::string format;  // of a code; empty: a plain integer
    double scale = 0.0;  // real = scale * value of the code; 0: not one for all
    std::vector<std::int64_t> values;
};

// How a product of the layer's matrices is laid out: `problems` (batch x groups) times
// operands [m][k] x weights [n][k] -> psums [m][n].
struct DumpedProduct {
    std::int64_t problems = 1, m = 1, n = 1, k = 1;
    std::string activation_format, weight_format;
};

struct LayerDump {
    std::string layer, op, network, scheme, chip, chip_type;
    bool analog = false;
    int accumulator_bits = 32;
    std::vector<DumpedTensor> tensors;
    std::optional<DumpedProduct> product;  // conv2d, gemm, matmul
    // The words are requantized psums and nothing more: no second input is added to them.
    bool requantized = false;
    std::int16_t clamp_low = -32768, clamp_high = 32767;

    const DumpedTensor& tensor(std::string_view name) const;  // InternalError when absent
};

// The layer's numbers for the run's first input, as run_chip with the same options computes them
// (an analog chip: the first of its seeds at the first of its times). Throws Error as run_chip
// does, and for a layer that the trace does not have.
LayerDump dump_layer(const ChipDescription& chip, const Trace& trace, const RunOptions& options,
                     const std::string& layer);

// The bench: module dump_tb; empty for a layer without a product.
std::string dump_bench(const LayerDump& dump);

// Writes NAME.hex and NAME.npy of every tensor, dump_tb.sv and dump.json into `folder`, which is
// made, is empty, or holds an earlier dump: then its files are replaced and others left alone.
// Throws Error for a folder with other content, and where a file cannot be written; the folder then
// is as it was. rtl: where the modules are, for the commands.
void check_dump_folder(const std::filesystem::path& folder);
void write_dump(const LayerDump& dump, const std::filesystem::path& folder,
                const std::filesystem::path& rtl);

// What a user types to run the bench in Icarus Verilog and in Verilator; empty without a bench.
std::vector<std::string> dump_commands(const LayerDump& dump, const std::filesystem::path& folder,
                                       const std::filesystem::path& rtl);

}  // namespace bitloom
