// SPDX-License-Identifier: Apache-2.0
// Minifloat multiply-accumulate that never rounds: a fixed-point accumulator as wide as every
// product, a sign and GuardBits (2^GuardBits products cannot overflow it). Beyond that it wraps.
// NaN and infinite products add nothing and set flags that stay until clear_i starts a new sum.
`include "assertions.svh"

module minifloat_mac_exact #(
  parameter int ExpBits    = 4,
  parameter int ManBits    = 3,
  parameter int Convention = 1,  // 0 finite, 1 fn, 2 ieee
  parameter int GuardBits  = 12,
  // Two significands and two shifts; the largest shift is 2^ExpBits - 2, one less where the
  // largest exponent is for infinity and NaN.
  parameter int AccBits    =
      2 * (ManBits + 1) + 2 * ((1 << ExpBits) - ((Convention == 2) ? 3 : 2)) + 1 + GuardBits
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // operands; no back-pressure, taken in every cycle with valid_i
  input  logic                      valid_i,
  input  logic                      clear_i,  // start a new sum with this product
  input  logic [ExpBits+ManBits:0]  a_i,
  input  logic [ExpBits+ManBits:0]  w_i,

  // sum, one cycle after its last product; kept until the next one
  output logic                      valid_o,  // acc_o is new
  output logic signed [AccBits-1:0] acc_o,
  output logic                      nan_o,                // a product was NaN
  output logic                      positive_infinity_o,  // a product was +infinity
  output logic                      negative_infinity_o   // a product was -infinity
);
  logic                 negative, nan, infinity;
  logic [2*ManBits+1:0] significand;
  logic [ExpBits:0]     shift;

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

  logic [AccBits-1:0] magnitude, addend, start, acc_d, acc_q;
  logic               nan_q, positive_q, negative_q, valid_q;

  assign magnitude = {{(AccBits - 2 * ManBits - 2){1'b0}}, significand} << shift;
  assign addend    = negative ? -magnitude : magnitude;
  assign start     = clear_i ? '0 : acc_q;
  assign acc_d     = start + addend;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      acc_q      <= '0;
      nan_q      <= 1'b0;
      positive_q <= 1'b0;
      negative_q <= 1'b0;
      valid_q    <= 1'b0;
    end else begin
      valid_q <= valid_i;
      if (valid_i) begin
        acc_q      <= acc_d;
        nan_q      <= nan || (nan_q && !clear_i);
        positive_q <= (infinity && !negative) || (positive_q && !clear_i);
        negative_q <= (infinity && negative) || (negative_q && !clear_i);
      end
    end
  end

  assign valid_o             = valid_q;
  assign acc_o               = acc_q;
  assign nan_o               = nan_q;
  assign positive_infinity_o = positive_q;
  assign negative_infinity_o = negative_q;

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(HoldsWithoutOperands, !valid_o |-> $stable(acc_o) || !$past(rst_ni))
  // Only a new sum forgets a NaN.
  `ASSERT(NanStays, $past(nan_o && rst_ni && !(valid_i && clear_i)) |-> nan_o)
endmodule
