// SPDX-License-Identifier: Apache-2.0
// Rows x Columns bit-serial PEs. The words of a row are broadcast along it, those of a column down
// it: one pair of planes, one word of the reduction a cycle. Three register stages: operands;
// accumulators; results, which take a copy of all accumulators behind the last words of a tile and
// are read row by row while the next tile accumulates.
// C++ twin: BitSerialArrayStep (models/pe/bit_serial/bit_serial_array_step.h).
module bit_serial_array #(
  parameter  int Rows    = 4,
  parameter  int Columns = 4,
  parameter  int Word    = 32,  // bits a PE takes a cycle, at least 2
  parameter  int AccBits = 32,
  localparam int RowBits = (Rows > 1) ? $clog2(Rows) : 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // control of all PEs, as in bit_serial_pe; last_i, with valid_i: the last words of a tile
  input  logic                       valid_i,
  input  logic                       clear_i,
  input  logic                       shift_i,
  input  logic                       negate_i,
  input  logic [1:0]                 mode_i,
  input  logic                       last_i,

  // words, row or column 0 in the lowest bits
  input  logic [Rows*Word-1:0]       a_i,
  input  logic [Rows*Word-1:0]       mask_i,
  input  logic [Columns*Word-1:0]    w_i,

  // results; new with valid_o, three cycles after their last words; kept until the next tile's
  output logic                       valid_o,
  input  logic [RowBits-1:0]         row_i,
  output logic [Columns*AccBits-1:0] result_o  // of row row_i, in the same cycle
);
  localparam int CountBits = $clog2(Word + 1);

  // Stage 1: operands.
  logic                    valid_q, clear_q, shift_q, negate_q, last_q;
  logic [1:0]              mode_q;
  logic [Rows*Word-1:0]    a_q, mask_q;
  logic [Columns*Word-1:0] w_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      clear_q  <= 1'b0;
      shift_q  <= 1'b0;
      negate_q <= 1'b0;
      last_q   <= 1'b0;
      mode_q   <= '0;
      a_q      <= '0;
      mask_q   <= '0;
      w_q      <= '0;
    end else begin
      valid_q <= valid_i;
      if (valid_i) begin
        clear_q  <= clear_i;
        shift_q  <= shift_i;
        negate_q <= negate_i;
        last_q   <= last_i;
        mode_q   <= mode_i;
        a_q      <= a_i;
        mask_q   <= mask_i;
        w_q      <= w_i;
      end
    end
  end

  // Stage 2: a row shares the popcount unit of the correction.
  logic [Rows*Columns*AccBits-1:0] acc;
  logic [Rows*Columns-1:0]         valid;
  for (genvar r = 0; r < Rows; r = r + 1) begin : g_rows
    logic [CountBits-1:0] reference;
    popcount_unit #(.Word(Word)) i_reference (
      .xor_i   (1'b0),
      .a_i     ((mode_q == 2'd1) ? {Word{1'b1}} : a_q[r*Word +: Word]),
      .w_i     ({Word{1'b1}}),
      .mask_i  (mask_q[r*Word +: Word]),
      .count_o (reference)
    );
    for (genvar c = 0; c < Columns; c = c + 1) begin : g_columns
      bit_serial_pe #(.Word(Word), .AccBits(AccBits)) i_pe (
        .clk_i       (clk_i),
        .rst_ni      (rst_ni),
        .valid_i     (valid_q),
        .clear_i     (clear_q),
        .shift_i     (shift_q),
        .negate_i    (negate_q),
        .mode_i      (mode_q),
        .a_i         (a_q[r*Word +: Word]),
        .w_i         (w_q[c*Word +: Word]),
        .mask_i      (mask_q[r*Word +: Word]),
        .reference_i (reference),
        .valid_o     (valid[r*Columns+c]),
        .acc_o       (acc[(r*Columns+c)*AccBits +: AccBits])
      );
    end
  end

  // Stage 3: results.
  logic                            last_q2, valid_q3;
  logic [Rows*Columns*AccBits-1:0] result_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      last_q2  <= 1'b0;
      valid_q3 <= 1'b0;
      result_q <= '0;
    end else begin
      last_q2  <= last_q;
      valid_q3 <= (&valid) & last_q2;
      if ((&valid) & last_q2) result_q <= acc;
    end
  end

  assign valid_o  = valid_q3;
  assign result_o = result_q[row_i*Columns*AccBits +: Columns*AccBits];
endmodule
