// SPDX-License-Identifier: Apache-2.0
#include "sim/verify/export_case.h"

#include <algorithm>

#include "models/base/error.h"

namespace bitloom {

namespace {

std::string row_digits(const std::vector<bool>& bits) {
    std::string text;
    unsigned digit = 0;
    std::size_t filled = (4 - bits.size() % 4) % 4;  // the first digit may have fewer than 4 bits
    for (const bool bit : bits) {
        digit = (digit << 1) | (bit ? 1u : 0u);
        if (++filled == 4) {
            text += "0123456789abcdef"[digit];
            digit = 0;
            filled = 0;
        }
    }
    return text + '\n';
}

}  // namespace

ExportCase::ExportCase(std::string name, std::string module,
                       std::vector<std::pair<std::string, int>> parameters, bool clocked,
                       std::vector<ExportPort> inputs, std::vector<ExportPort> outputs)
    : name_(std::move(name)),
      module_(std::move(module)),
      parameters_(std::move(parameters)),
      clocked_(clocked),
      inputs_(std::move(inputs)),
      outputs_(std::move(outputs)) {
    for (const auto* ports : {&inputs_, &outputs_})
        for (const ExportPort& port : *ports) {
            BITLOOM_CHECK(port.bits >= 1 && port.bits <= 128, "a port has 1 to 128 bits");
            row_bits_ += port.bits;
        }
    checksum_.assign(static_cast<std::size_t>(row_bits_), true);
}

void ExportCase::add_row(std::initializer_list<UInt128> inputs,
                         std::initializer_list<UInt128> outputs) {
    BITLOOM_CHECK(inputs.size() == inputs_.size() && outputs.size() == outputs_.size(),
                  "a row of {} has a value for each port", name_);
    row_.clear();
    const auto append = [this](UInt128 value, int bits) {
        for (int bit = bits - 1; bit >= 0; --bit) row_.push_back(((value >> bit) & 1) != 0);
    };
    auto port = inputs_.begin();
    for (const UInt128 value : inputs) append(value, (port++)->bits);
    port = outputs_.begin();
    for (const UInt128 value : outputs) append(value, (port++)->bits);
    rows_ += row_digits(row_);
    ++row_count_;

    const std::size_t size = row_.size();
    turn_ = (turn_ + 1) % size;
    for (std::size_t i = 0; i < size; ++i)
        if (row_[i]) checksum_[(i + turn_) % size].flip();
}

std::string ExportCase::checksum_row() const {
    std::vector<bool> bits = checksum_;
    std::rotate(bits.begin(), bits.begin() + static_cast<std::ptrdiff_t>(turn_), bits.end());
    return row_digits(bits);
}

namespace {

std::string range(int bits) {
    return bits == 1 ? "" : fmt::format("[{}:0] ", bits - 1);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string instance(const ExportCase& vectors) {
    std::string parameters, ports;
    for (const auto& [name, value] : vectors.parameters())
        parameters += fmt::format("{}.{}({})", parameters.empty() ? "" : ", ", name, value);
    if (vectors.clocked()) ports += "    .clk_i(clk_i)";
    for (const auto* list : {&vectors.inputs(), &vectors.outputs()})
        for (const ExportPort& port : *list)
            ports += fmt::format("{}    .{}({})", ports.empty() ? "" : ",\n", port.name, port.name);
    return fmt::format("  {}{} dut (\n{}\n  );\n", vectors.module(),
                       parameters.empty() ? "" : " #(" + parameters + ")", ports);
}

// Compares one output and reports the first difference with the inputs of its row.
std::string comparison(const ExportCase& vectors, const ExportPort& output) {
    std::string shown, values;
    for (const ExportPort& input : vectors.inputs()) {
        shown += fmt::format(" {}=%h", input.name);
        values += ", " + input.name;
    }
    const std::string condition =
        output.only_with.empty() ? "" : fmt::format("(expected_{} === 1'b1) && ", output.only_with);
    return fmt::format(
        "      if (!failed && {0}({1} !== expected_{1})) begin\n"
        "        failed = 1'b1;\n"
        "        $display(\"FAIL {2}: row %0d:{3}: {1} = %h, expected %h\",\n"
        "                 index{4}, {1}, expected_{1});\n"
        "      end\n",
        condition, output.name, vectors.name(), shown, values);
}

}  // namespace

std::string export_bench(const ExportCase& vectors) {
    std::string signals, comparisons;
    std::vector<std::string> fields;
    std::string idle;
    bool has_reset = false;
    for (const ExportPort& port : vectors.inputs()) {
        signals += fmt::format("  logic {}{};\n", range(port.bits), port.name);
        fields.push_back(port.name);
        has_reset = has_reset || port.name == "rst_ni";
        idle += fmt::format("    {} = '0;\n", port.name);
    }
    for (const ExportPort& port : vectors.outputs()) {
        signals += fmt::format("  wire  {}{};\n", range(port.bits), port.name);
        signals += fmt::format("  logic {}expected_{};\n", range(port.bits), port.name);
        fields.push_back("expected_" + port.name);
        comparisons += comparison(vectors, port);
    }
    // The falling edge of an asynchronous reset, and a clock edge in reset.
    const std::string reset = has_reset
                                  ? "    rst_ni = 1'b1;\n    #1;\n    rst_ni = 1'b0;\n    #1;\n"
                                    "    clk_i = 1'b1;\n    #1;\n    clk_i = 1'b0;\n    #1;\n"
                                  : "    #1;\n";
    const std::string edge =
        vectors.clocked() ? "      clk_i = 1'b1;\n      #1;\n      clk_i = 1'b0;\n      #1;\n" : "";
    return fmt::format(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Drives {module} with the rows of {name}.hex; prints PASS, or the first difference and\n"
        "// ends with $fatal. With Alone = 0 the module above ends the simulation.\n"
        "module {name}_tb #(\n"
        "  parameter Alone = 1\n"
        ");\n"
        "  localparam int ROWS = {rows};\n"
        "  localparam int BITS = {bits};  // of a row\n"
        "\n"
        "  logic [BITS-1:0] vectors [0:ROWS];  // the last one is the checksum of the others\n"
        "  logic [BITS-1:0] row;\n"
        "  logic [BITS-1:0] checksum;\n"
        "  integer          index;\n"
        "  integer          last;\n"
        "  logic            failed;\n"
        "  logic            finished;\n"
        "\n"
        "{clock}{signals}"
        "\n"
        "{instance}"
        "\n"
        "  initial begin\n"
        "    finished = 1'b0;\n"
        "    failed = 1'b0;\n"
        "    $readmemh(\"{name}.hex\", vectors);\n"
        "    if (!$value$plusargs(\"rows=%d\", last)) last = ROWS;\n"
        "    if (last > ROWS) last = ROWS;\n"
        "    if ((last >= 1) !== 1'b1) begin\n"
        "      failed = 1'b1;\n"
        "      last = 0;\n"
        "      $display(\"FAIL {name}: +rows must be at least 1\");\n"
        "    end\n"
        "{start}{idle}{reset}"
        "    for (index = 0; index < last && !failed; index = index + 1) begin\n"
        "      row = vectors[index];\n"
        "      if (^row === 1'bx) begin\n"
        "        failed = 1'b1;\n"
        "        $display(\"FAIL {name}: row %0d: not in {name}.hex\", index);\n"
        "      end\n"
        "      {{{fields}}} = row;\n"
        "      #1;\n"
        "{comparisons}{edge}"
        "    end\n"
        "    // A simulator with two states reads a missing row as zeros.\n"
        "    checksum = {{BITS{{1'b1}}}};\n"
        "    for (index = 0; index < ROWS; index = index + 1)\n"
        "      checksum = {{checksum[BITS-2:0], checksum[BITS-1]}} ^ vectors[index];\n"
        "    if (checksum !== vectors[ROWS]) begin\n"
        "      failed = 1'b1;\n"
        "      $display(\"FAIL {name}: {name}.hex: not as it was written: its checksum "
        "differs\");\n"
        "    end\n"
        "    if (!failed) $display(\"PASS {name}: %0d rows\", last);\n"
        "    finished = 1'b1;\n"
        "    if (Alone != 0) begin\n"
        "      if (failed) $fatal(1, \"{name} failed\");\n"
        "      $finish(0);\n"
        "    end\n"
        "  end\n"
        "endmodule\n",
        fmt::arg("module", vectors.module()), fmt::arg("name", vectors.name()),
        fmt::arg("rows", vectors.row_count()), fmt::arg("bits", vectors.row_bits()),
        fmt::arg("clock", vectors.clocked() ? "  logic clk_i;\n" : ""),
        fmt::arg("signals", signals), fmt::arg("instance", instance(vectors)),
        fmt::arg("start", vectors.clocked() ? "    clk_i = 1'b0;\n" : ""), fmt::arg("idle", idle),
        fmt::arg("reset", reset), fmt::arg("fields", joined(fields)),
        fmt::arg("comparisons", comparisons), fmt::arg("edge", edge));
}

}  // namespace bitloom
