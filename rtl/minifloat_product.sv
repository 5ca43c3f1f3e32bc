// SPDX-License-Identifier: Apache-2.0
// The exact product of two minifloat codes: +-(significand << shift) in units of the square of the
// format's smallest subnormal.
// Never rounds. NaN (also infinity times zero) and infinity have significand and shift 0.
module minifloat_product #(
  parameter int ExpBits    = 4,
  parameter int ManBits    = 3,
  parameter int Convention = 1
) (
  input  logic [ExpBits+ManBits:0] a_i,
  input  logic [ExpBits+ManBits:0] w_i,

  output logic                     negative_o,
  output logic [2*ManBits+1:0]     significand_o,  // two factors of ManBits + 1 bits
  output logic [ExpBits:0]         shift_o,        // a sum of two shifts
  output logic                     nan_o,
  output logic                     infinity_o
);
  logic               a_negative, a_nan, a_infinity, a_zero;
  logic               w_negative, w_nan, w_infinity, w_zero;
  logic [ManBits:0]   a_significand, w_significand;
  logic [ExpBits-1:0] a_shift, w_shift;

  minifloat_decoder #(
    .ExpBits(ExpBits),
    .ManBits(ManBits),
    .Convention(Convention)
  ) i_decoder_a (
    .code_i(a_i),
    .negative_o(a_negative),
    .significand_o(a_significand),
    .shift_o(a_shift),
    .nan_o(a_nan),
    .infinity_o(a_infinity)
  );

  minifloat_decoder #(
    .ExpBits(ExpBits),
    .ManBits(ManBits),
    .Convention(Convention)
  ) i_decoder_w (
    .code_i(w_i),
    .negative_o(w_negative),
    .significand_o(w_significand),
    .shift_o(w_shift),
    .nan_o(w_nan),
    .infinity_o(w_infinity)
  );

  assign a_zero = !(|a_significand) && !a_nan && !a_infinity;
  assign w_zero = !(|w_significand) && !w_nan && !w_infinity;

  assign negative_o    = a_negative ^ w_negative;
  assign nan_o         = a_nan || w_nan || (a_infinity && w_zero) || (w_infinity && a_zero);
  assign infinity_o    = (a_infinity || w_infinity) && !nan_o;
  assign significand_o = {{(ManBits + 1){1'b0}}, a_significand} *
                         {{(ManBits + 1){1'b0}}, w_significand};
  assign shift_o       = (nan_o || infinity_o) ? '0 : {1'b0, a_shift} + {1'b0, w_shift};
endmodule
