// SPDX-License-Identifier: Apache-2.0
// The decoder of one line at the array's edge: 4 bits of code become the operand of a PE line.
// An 8-bit integer occupies two lines: the high nibble on the even one, which alone has a sign and
// weighs 2^4, and the low nibble on the odd one. No clock, no state.
// C++ twin: AntDecoder (models/pe/ant_pe/ant_decoder.h).
module boundary_decoder #(
  parameter bit EvenLine = 1'b1
) (
  // of the whole tensor, static while its codes pass
  input  logic [2:0] type_i,    // of ant_decoder; in 8-bit mode integer, signed for int8
  input  logic       narrow_i,  // codes of 3 bits: the flints of 3 bits are not among those of 4
  input  logic       wide_i,    // 8-bit mode

  input  logic [3:0] code_i,
  output logic [8:0] operand_o  // {negative, exponent[3:0], base[3:0]}
);
  logic       negative4, negative3;
  logic [3:0] base4, exponent4;
  logic [2:0] base3, exponent3;
  logic [2:0] line_type;

  assign line_type = {type_i[2] & (EvenLine | ~wide_i), type_i[1:0]};

  ant_decoder #(.Bits(4)) i_decoder4 (
    .type_i     (line_type),
    .code_i     (code_i),
    .negative_o (negative4),
    .base_o     (base4),
    .exponent_o (exponent4)
  );

  ant_decoder #(.Bits(3)) i_decoder3 (
    .type_i     (line_type),
    .code_i     (code_i[2:0]),
    .negative_o (negative3),
    .base_o     (base3),
    .exponent_o (exponent3)
  );

  // One expression: Icarus 11 never settles on an always_comb that writes a part of its output.
  logic [3:0] exponent;
  assign exponent  = (wide_i && EvenLine) ? 4'd4 : (narrow_i ? {1'b0, exponent3} : exponent4);
  assign operand_o = narrow_i ? {negative3, exponent, 1'b0, base3} : {negative4, exponent, base4};
endmodule
