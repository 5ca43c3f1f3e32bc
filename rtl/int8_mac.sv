// SPDX-License-Identifier: Apache-2.0
// Signed 8-bit multiply-accumulate: the plain processing element others are compared with.
// The sum wraps; it does not saturate. One result a cycle, one cycle later.
// C++ twin: Int8Mac (models/pe/int8_mac/int8_mac.h).
`include "assertions.svh"

module int8_mac #(
  parameter int AccBits = 32  // at least 16, the width of a product
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // operands; no back-pressure, taken in every cycle with valid_i
  input  logic                      valid_i,
  input  logic                      clear_i,  // start a new sum with this product
  input  logic signed [7:0]         a_i,
  input  logic signed [7:0]         w_i,

  // sum, one cycle after its last product; kept until the next one
  output logic                      valid_o,  // acc_o is new
  output logic signed [AccBits-1:0] acc_o
);
  logic signed [15:0]        product;  // -128 * -128 = 2^14 fits
  logic signed [AccBits-1:0] acc_q;
  logic                      valid_q;

  assign product = 16'(a_i) * 16'(w_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      acc_q   <= '0;
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
      if (valid_i) acc_q <= (clear_i ? AccBits'(0) : acc_q) + AccBits'(product);
    end
  end

  assign valid_o = valid_q;
  assign acc_o   = acc_q;

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(HoldsWithoutOperands, !valid_o |-> $stable(acc_o) || !$past(rst_ni))
endmodule
