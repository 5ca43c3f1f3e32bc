// SPDX-License-Identifier: Apache-2.0
// The processing element of ANT: multiplies two bases, adds two exponents, shifts the product left
// and adds it to an integer accumulator (Guo et al., MICRO 2022, section 5).
// It never rounds and never saturates: the sum wraps. One result a cycle, one cycle later.
// C++ twin: AntPe (models/pe/ant_pe/ant_pe.h).
`include "assertions.svh"

module ant_pe #(
  parameter int BaseBits     = 4,
  parameter int ExponentBits = 4,
  parameter int AccBits      = 32
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // operands; no back-pressure, taken in every cycle with valid_i
  input  logic                      valid_i,
  input  logic                      clear_i,  // start a new sum with this product
  input  logic                      a_negative_i,
  input  logic [BaseBits-1:0]       a_base_i,
  input  logic [ExponentBits-1:0]   a_exponent_i,
  input  logic                      w_negative_i,
  input  logic [BaseBits-1:0]       w_base_i,
  input  logic [ExponentBits-1:0]   w_exponent_i,

  // sum, one cycle after its last product; kept until the next one
  output logic                      valid_o,  // acc_o is new
  output logic signed [AccBits-1:0] acc_o
);
  localparam int ProductBits = 2 * BaseBits;
  localparam int ShiftBits   = ExponentBits + 1;  // a sum of two exponents

  logic [ProductBits-1:0] product;
  logic [ShiftBits-1:0]   shift;
  logic [AccBits-1:0]     shifted;
  logic [AccBits-1:0]     term;
  logic [AccBits-1:0]     acc_q;
  logic                   valid_q;

  assign product = ProductBits'(a_base_i) * ProductBits'(w_base_i);
  assign shift   = ShiftBits'(a_exponent_i) + ShiftBits'(w_exponent_i);
  // Bits shifted out at the top are multiples of 2^AccBits: a wrapping sum does not see them.
  assign shifted = AccBits'(product) << shift;
  assign term    = (a_negative_i ^ w_negative_i) ? ~shifted + AccBits'(1) : shifted;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      acc_q   <= '0;
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
      if (valid_i) acc_q <= (clear_i ? '0 : acc_q) + term;
    end
  end

  assign valid_o = valid_q;
  assign acc_o   = acc_q;

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(HoldsWithoutOperands, !valid_o |-> $stable(acc_o) || !$past(rst_ni))
endmodule
