// SPDX-License-Identifier: Apache-2.0
// Minifloat multiply-accumulate with a binary32 accumulator: the product is exact, each step rounds
// once, to nearest even. Nothing wraps; NaN and infinity follow IEEE 754.
`include "assertions.svh"

module minifloat_mac_fp32 #(
  parameter int ExpBits    = 4,
  parameter int ManBits    = 3,
  parameter int Convention = 1  // 0 finite, 1 fn, 2 ieee
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // operands; no back-pressure, taken in every cycle with valid_i
  input  logic                     valid_i,
  input  logic                     clear_i,  // start a new sum with this product
  input  logic [ExpBits+ManBits:0] a_i,
  input  logic [ExpBits+ManBits:0] w_i,

  // sum as a binary32 pattern, one cycle after its last product; kept until the next one
  output logic                     valid_o,  // acc_o is new
  output logic [31:0]              acc_o
);
  localparam int ProductBits = 2 * ManBits + 2;
  // Exponent field of a product whose significand and shift are 1 and 0: the unit of products is
  // 2^(2 (1 - bias - ManBits)).
  localparam int UnitField = 127 + 2 - 2 * ((1 << (ExpBits - 1)) - 1) - 2 * ManBits;

  logic                   negative, nan, infinity;
  logic [ProductBits-1:0] significand;
  logic [ExpBits:0]       shift;

  minifloat_product #(
    .ExpBits(ExpBits),
    .ManBits(ManBits),
    .Convention(Convention)
  ) i_product (
    .a_i(a_i),
    .w_i(w_i),
    .negative_o(negative),
    .significand_o(significand),
    .shift_o(shift),
    .nan_o(nan),
    .infinity_o(infinity)
  );

  // The product as binary32: its leading one becomes the hidden bit (bit 23).
  logic [4:0]  leading;
  logic [23:0] fraction;
  logic [7:0]  field;
  logic [31:0] product;

  always_comb begin
    leading = 5'd0;
    for (int i = 0; i < ProductBits; i++) begin
      if (significand[i]) leading = 5'(i);
    end
  end

  assign fraction = {{(24 - ProductBits){1'b0}}, significand} << (5'd23 - leading);
  assign field    = UnitField[7:0] + {{(7 - ExpBits){1'b0}}, shift} + {3'd0, leading};

  always_comb begin
    if (nan) begin
      product = 32'h7fc00000;
    end else if (infinity) begin
      product = {negative, 31'h7f800000};
    end else if (!fraction[23]) begin
      product = {negative, 31'd0};
    end else begin
      product = {negative, field, fraction[22:0]};
    end
  end

  logic [31:0] start, acc_d, acc_q;
  logic        valid_q;
  assign start = clear_i ? 32'd0 : acc_q;

  binary32_add i_add (
    .a_i(start),
    .b_i(product),
    .sum_o(acc_d)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      acc_q   <= 32'd0;
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
      if (valid_i) acc_q <= acc_d;
    end
  end

  assign valid_o = valid_q;
  assign acc_o   = acc_q;

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(HoldsWithoutOperands, !valid_o |-> $stable(acc_o) || !$past(rst_ni))
  // Sums start at +0, and no step of round-to-nearest gives -0 from there.
  `ASSERT(NeverMinusZero, acc_o != 32'h8000_0000)
endmodule
