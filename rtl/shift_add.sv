// SPDX-License-Identifier: Apache-2.0
// Adds the codes of one ADC up, over passes and row tiles: one sum for each column that it serves.
// A code counts 2^shift_i times, and negatively for the sign pass of bit-serial inputs; clear_i
// starts a new sum with this code. The sum must fit: 20 bits hold 15 tiles of codes of 8 bits in 8
// bit-serial passes, 15 * 255 * 127 < 2^19.
// C++ twin: ShiftAdd (models/cim/digital/shift_add.h).
`include "assertions.svh"

module shift_add #(
  parameter  int CodeBits = 8,
  parameter  int AccBits = 20,
  parameter  int Mux = 2,
  localparam int SelectBits = (Mux > 1) ? $clog2(Mux) : 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // code; taken in every cycle with valid_i
  input  logic                       valid_i,
  input  logic                       clear_i,
  input  logic                       negate_i,
  input  logic [2:0]                 shift_i,
  input  logic [SelectBits-1:0]      select_i,  // the sum it goes to, 0..Mux-1
  input  logic signed [CodeBits-1:0] code_i,

  // that sum with this code, in the same cycle
  output logic signed [AccBits-1:0]  sum_o
);
  logic [Mux*AccBits-1:0]    acc_q;
  logic signed [AccBits-1:0] start, shifted, addend;
  assign start   = clear_i ? '0 : acc_q[select_i*AccBits +: AccBits];
  assign shifted = AccBits'(code_i) <<< shift_i;
  assign addend  = negate_i ? -shifted : shifted;
  assign sum_o   = start + addend;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      acc_q <= '0;
    end else if (valid_i) begin
      acc_q[select_i*AccBits +: AccBits] <= sum_o;
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(SumFits, valid_i |-> (start[AccBits-1] != addend[AccBits-1]) ||
                               (sum_o[AccBits-1] == start[AccBits-1]))
endmodule
