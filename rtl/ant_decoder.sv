// SPDX-License-Identifier: Apache-2.0
// Turns one code of an ANT tensor into the operand of a PE: sign, base and exponent, with
// value = (negative_o ? -1 : 1) * (base_o << exponent_o). No clock, no state.
// It never rounds. The second zero of the sign-magnitude types (-0) comes out as base 0 with the
// sign set. C++ twin: AntDecoder (models/pe/ant_pe), for every width flint_decode_integer.
`include "assertions.svh"

module ant_decoder #(
  parameter int Bits = 4  // of a code, 3..8
) (
  // of the whole tensor, static while its codes pass:
  // [1:0] 0 integer (two's complement when signed), 1 flint, 2 power of two; [2] signed
  input  logic [2:0]      type_i,
  input  logic [Bits-1:0] code_i,

  // Both are as wide as a code: the base of -2^(Bits-1) is 2^(Bits-1), and the largest power of two
  // is 2^(2^Bits - 2).
  output logic            negative_o,
  output logic [Bits-1:0] base_o,
  output logic [Bits-1:0] exponent_o
);
  localparam logic [1:0] TYPE_INT   = 2'd0;
  localparam logic [1:0] TYPE_FLINT = 2'd1;
  localparam logic [1:0] TYPE_POT   = 2'd2;

  logic       is_signed;
  logic [1:0] kind;
  assign is_signed  = type_i[2];
  assign kind       = type_i[1:0];
  assign negative_o = is_signed & code_i[Bits-1];

  // Sign-magnitude types: the magnitude with its first bit at the top, whether signed or not.
  logic [Bits-1:0] magnitude;
  logic [Bits-1:0] aligned;
  assign magnitude = is_signed ? {1'b0, code_i[Bits-2:0]} : code_i;
  assign aligned   = is_signed ? {code_i[Bits-2:0], 1'b0} : code_i;

  // Flint: the leading zeros of what follows the first bit are the exponent less 1.
  logic            first;
  logic [Bits-2:0] rest;
  logic [Bits-1:0] zeros;
  logic [Bits-2:0] normalized;
  logic [Bits-1:0] flint_base;
  assign first = aligned[Bits-1];
  assign rest  = aligned[Bits-2:0];

  always_comb begin
    // All zeros: as many as the field has bits, which is one fewer when there is a sign.
    zeros = is_signed ? Bits'(Bits - 2) : Bits'(Bits - 1);
    for (int i = 0; i < Bits - 1; i++) begin
      if (rest[i]) zeros = Bits'(Bits - 2 - i);
    end
  end

  // 10..0 is the largest value; the shift alone would give it base 0.
  assign normalized = (rest == '0) ? {1'b1, {(Bits - 2){1'b0}}} : rest << zeros;
  assign flint_base = is_signed ? {2'b00, normalized[Bits-2:1]} : {1'b0, normalized};

  always_comb begin
    base_o     = '0;
    exponent_o = '0;
    case (kind)
      TYPE_INT: base_o = negative_o ? ~code_i + Bits'(1) : code_i;
      TYPE_FLINT: begin
        if (first) begin
          base_o     = flint_base;
          exponent_o = zeros + Bits'(1);
        end else begin
          base_o = magnitude;
        end
      end
      TYPE_POT: begin
        if (magnitude != '0) begin
          base_o     = Bits'(1);
          exponent_o = magnitude - Bits'(1);
        end
      end
      /* verilator coverage_off */
      default: ;  // not a type: TypeIsKnown, below, ends the simulation first
      /* verilator coverage_on */
    endcase
  end

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT_COMB(TypeIsKnown, kind != 2'd3)
  // A zero has no exponent: a shifter behind it does not toggle.
  `ASSERT_COMB(ZeroHasNoExponent, base_o != '0 || exponent_o == '0)
endmodule
