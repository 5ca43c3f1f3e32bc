// SPDX-License-Identifier: Apache-2.0
// A code of a minifloat format as sign, integer significand and left shift: its value is
// +-(significand << shift) in units of the format's smallest subnormal.
// Never rounds. NaN and infinity have significand and shift 0 and set their flag.
module minifloat_decoder #(
  parameter int ExpBits    = 4,  // 1..5
  parameter int ManBits    = 3,  // 1..6; with sign and exponent at most 8 bits
  parameter int Convention = 1   // 0 finite, 1 fn (one NaN a sign), 2 ieee
) (
  input  logic [ExpBits+ManBits:0] code_i,

  output logic                     negative_o,
  output logic [ManBits:0]         significand_o,
  output logic [ExpBits-1:0]       shift_o,
  output logic                     nan_o,
  output logic                     infinity_o
);
  logic [ExpBits-1:0] field;
  logic [ManBits-1:0] mantissa;
  logic               top;
  logic               normal;

  assign field    = code_i[ExpBits+ManBits-1:ManBits];
  assign mantissa = code_i[ManBits-1:0];
  assign top      = &field;
  assign normal   = |field;

  assign negative_o = code_i[ExpBits+ManBits];
  assign infinity_o = (Convention == 2) && top && !(|mantissa);
  assign nan_o      = top && (((Convention == 2) && (|mantissa)) ||
                              ((Convention == 1) && (&mantissa)));

  // A subnormal has no hidden bit, and the shift of the smallest normal numbers.
  assign significand_o = (nan_o || infinity_o) ? '0 : {normal, mantissa};
  assign shift_o       = (nan_o || infinity_o || !normal) ? '0 : field - 1'b1;
endmodule
