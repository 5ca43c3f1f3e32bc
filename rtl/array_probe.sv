// SPDX-License-Identifier: Apache-2.0
// Gives the waveform of an array signals with short names, one a line, column and PE; the same names
// and values that ArrayWaveform writes for PeArray (models/array/systolic/array_waveform.h).
// For simulation: it drives nothing. PEs are shown in arrays of up to 64.
module array_probe #(
  /* verilator tracing_off */
  parameter int Rows    = 4,
  parameter int Columns = 4,
  parameter int AccBits = 32
) (
  input logic                            clk_i,
  input logic                            enable_i,
  input logic [4*Rows-1:0]               activation_code_i,
  input logic [Rows-1:0]                 activation_valid_i,
  input logic [AccBits*Columns-1:0]      psum_i,
  input logic [Columns-1:0]              psum_valid_i,
  input logic [Rows*Columns*AccBits-1:0] accumulator_i
);
  // The names are for the reader of the waveform: no module reads them.
  /* verilator lint_off UNUSEDSIGNAL */
  /* verilator tracing_on */
  logic               clock, enable;
  logic [3:0]         activation_code  [Rows];   // before the decoder of the row
  logic               activation_valid [Rows];
  logic [AccBits-1:0] psum             [Columns];
  logic               psum_valid       [Columns];
  assign clock  = clk_i;
  assign enable = enable_i;

  for (genvar r = 0; r < Rows; r++) begin : g_rows
    assign activation_code[r]  = activation_code_i[4*r +: 4];
    assign activation_valid[r] = activation_valid_i[r];
  end
  for (genvar c = 0; c < Columns; c++) begin : g_columns
    assign psum[c]       = psum_i[AccBits*c +: AccBits];
    assign psum_valid[c] = psum_valid_i[c];
  end

  if (Rows * Columns <= 64) begin : g_pes
    logic [AccBits-1:0] accumulator [Rows*Columns];  // row by row
    for (genvar p = 0; p < Rows * Columns; p++) begin : g_pe
      assign accumulator[p] = accumulator_i[AccBits*p +: AccBits];
    end
  end else begin : g_no_pes
    /* verilator tracing_off */
    logic unused;
    assign unused = &{1'b0, accumulator_i};
  end
  /* verilator tracing_off */
  /* verilator lint_on UNUSEDSIGNAL */
endmodule
