// SPDX-License-Identifier: Apache-2.0
// Test vectors of one RTL module: what its ports carry, cycle by cycle.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "models/pe/minifloat_mac/minifloat_mac_exact.h"  // UInt128

namespace bitloom {

struct ExportPort {
    std::string name;
    int bits = 1;  // 1..128
    // An output with meaning only while this one-bit output is expected to be 1; empty: always.
    std::string only_with = {};
};

// A row is one cycle: the inputs, and the outputs just before the rising edge of clk_i that takes
// the inputs in. Modules without a clock have settled by then. rst_ni, where there is one, is an
// input like the others.
class ExportCase {
public:
    // name: of the files and of the bench module, an identifier; module: in rtl/.
    // parameters: what differs from the module's defaults.
    ExportCase(std::string name, std::string module,
               std::vector<std::pair<std::string, int>> parameters, bool clocked,
               std::vector<ExportPort> inputs, std::vector<ExportPort> outputs);

    // The values of all inputs, then of all outputs, in their order. Bits above a port's width are
    // dropped, so negative numbers may be given sign-extended.
    void add_row(std::initializer_list<UInt128> inputs, std::initializer_list<UInt128> outputs);

    const std::string& name() const { return name_; }
    const std::string& module() const { return module_; }
    const std::vector<std::pair<std::string, int>>& parameters() const { return parameters_; }
    bool clocked() const { return clocked_; }
    const std::vector<ExportPort>& inputs() const { return inputs_; }
    const std::vector<ExportPort>& outputs() const { return outputs_; }
    int row_bits() const { return row_bits_; }
    std::int64_t row_count() const { return row_count_; }

    // One hexadecimal number a row, as $readmemh reads it: the first port in the highest bits.
    const std::string& rows() const { return rows_; }
    // The row behind the others: all ones, and for each row turned left by one bit and XORed with
    // the row. Any one row that is changed or missing changes it.
    std::string checksum_row() const;

private:
    std::string name_;
    std::string module_;
    std::vector<std::pair<std::string, int>> parameters_;
    bool clocked_;
    std::vector<ExportPort> inputs_;
    std::vector<ExportPort> outputs_;
    int row_bits_ = 0;
    std::int64_t row_count_ = 0;
    std::string rows_;
    std::vector<bool> row_;       // the bits of the row being added, the highest first
    std::vector<bool> checksum_;  // bit i is at (i + turn_) % row_bits_
    std::size_t turn_ = 0;
};

// The bench: a SystemVerilog module NAME_tb that reads NAME.hex from the working directory, drives
// the module under test and prints "PASS NAME ..." or, for the first difference and for a file that
// is not as it was written, "FAIL NAME ...". It ends with $finish or $fatal, unless its parameter
// Alone is 0: then `finished` and `failed` tell the module above. Written for Icarus Verilog
// (-g2012) and Verilator (--binary). The plus-argument +rows=N, N >= 1, drives the first N rows
// only.
std::string export_bench(const ExportCase& vectors);

// Every case, in a fixed order. Exhaustive where operands have at most 8 bits, and `vectors` random
// rows each for what has a state or is wider (at least so many for the array, whose runs end with
// nothing in flight); the same seed gives the same rows.
std::vector<ExportCase> ant_export_cases(std::uint64_t seed, std::int64_t vectors);
std::vector<ExportCase> requantizer_export_cases(std::uint64_t seed, std::int64_t vectors);
std::vector<ExportCase> array_export_cases(std::uint64_t seed, std::int64_t vectors);
std::vector<ExportCase> minifloat_export_cases(std::uint64_t seed, std::int64_t vectors);
std::vector<ExportCase> bit_serial_export_cases(std::uint64_t seed, std::int64_t vectors);
std::vector<ExportCase> cim_export_cases(std::uint64_t seed, std::int64_t vectors);

}  // namespace bitloom
