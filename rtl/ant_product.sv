// SPDX-License-Identifier: Apache-2.0
// The product of two ANT operands, kept to the width of the sum it is added to. No clock, no state.
// It never rounds; bits above AccBits are dropped, which a wrapping sum does not see.
// C++ twin: AntPe::product (models/pe/ant_pe/ant_pe.h).
module ant_product #(
  parameter int BaseBits     = 4,
  parameter int ExponentBits = 4,
  parameter int AccBits      = 32
) (
  input  logic                    a_negative_i,
  input  logic [BaseBits-1:0]     a_base_i,
  input  logic [ExponentBits-1:0] a_exponent_i,
  input  logic                    w_negative_i,
  input  logic [BaseBits-1:0]     w_base_i,
  input  logic [ExponentBits-1:0] w_exponent_i,
  output logic [AccBits-1:0]      product_o
);
  localparam int ProductBits = 2 * BaseBits;
  localparam int ShiftBits   = ExponentBits + 1;  // a sum of two exponents

  logic [ProductBits-1:0] magnitude;
  logic [ShiftBits-1:0]   shift;
  logic [AccBits-1:0]     shifted;

  assign magnitude = ProductBits'(a_base_i) * ProductBits'(w_base_i);
  assign shift     = ShiftBits'(a_exponent_i) + ShiftBits'(w_exponent_i);
  assign shifted   = AccBits'(magnitude) << shift;
  assign product_o = (a_negative_i ^ w_negative_i) ? ~shifted + AccBits'(1) : shifted;
endmodule
