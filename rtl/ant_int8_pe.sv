// SPDX-License-Identifier: Apache-2.0
// Multiplies two 8-bit integers on four ANT PEs and accumulates: x = (high << 4) + low, where only
// the high nibble has a sign, so the four products carry the shifts 8, 4, 4 and 0. The four sums
// are added where they leave. Wraps, never saturates. One result a cycle, one cycle later.
// C++ twin: four AntPe on the nibbles of AntDecoder (models/pe/ant_pe).
`ifdef BITLOOM_ASSERT
  // Not without: Icarus 11 stops at macros of a module that reach those below it.
  `include "assertions.svh"
`endif

module ant_int8_pe #(
  parameter int AccBits = 32
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // of the whole tensors, static: int8 when set, else uint8
  input  logic                      a_signed_i,
  input  logic                      w_signed_i,

  // operands; no back-pressure, taken in every cycle with valid_i
  input  logic                      valid_i,
  input  logic                      clear_i,  // start a new sum with this product
  input  logic [7:0]                a_i,
  input  logic [7:0]                w_i,

  // sum, one cycle after its last product; kept until the next one
  output logic                      valid_o,
  output logic signed [AccBits-1:0] acc_o
);
  localparam int NibbleBits = 4;
  localparam logic [1:0]  TYPE_INT   = 2'd0;  // of ant_decoder
  localparam logic [3:0]  HIGH       = 4'd4;  // exponent of the high nibble

  // [0] low nibble, [1] high nibble
  logic [1:0]              a_negative, w_negative;
  logic [2*NibbleBits-1:0] a_base, w_base;
  logic [2*NibbleBits-1:0] unused_a_exponent, unused_w_exponent;  // an integer's are 0

  // Declared apart from the loops: Icarus 11 takes them only so.
  genvar n, r, c;
  for (n = 0; n < 2; n = n + 1) begin : g_decoders
    ant_decoder #(.Bits(NibbleBits)) i_decoder_a (
      .type_i     ({(n == 1) & a_signed_i, TYPE_INT}),
      .code_i     (a_i[NibbleBits*n +: NibbleBits]),
      .negative_o (a_negative[n]),
      .base_o     (a_base[NibbleBits*n +: NibbleBits]),
      .exponent_o (unused_a_exponent[NibbleBits*n +: NibbleBits])
    );
    ant_decoder #(.Bits(NibbleBits)) i_decoder_w (
      .type_i     ({(n == 1) & w_signed_i, TYPE_INT}),
      .code_i     (w_i[NibbleBits*n +: NibbleBits]),
      .negative_o (w_negative[n]),
      .base_o     (w_base[NibbleBits*n +: NibbleBits]),
      .exponent_o (unused_w_exponent[NibbleBits*n +: NibbleBits])
    );
  end

  // PE r*2 + c multiplies nibble r of the activation with nibble c of the weight.
  logic [3:0]           valid;
  logic [4*AccBits-1:0] acc;

  for (r = 0; r < 2; r = r + 1) begin : g_rows
    for (c = 0; c < 2; c = c + 1) begin : g_columns
      localparam int P = 2 * r + c;
      ant_pe #(.BaseBits(NibbleBits), .ExponentBits(4), .AccBits(AccBits)) i_pe (
        .clk_i        (clk_i),
        .rst_ni       (rst_ni),
        .valid_i      (valid_i),
        .clear_i      (clear_i),
        .a_negative_i (a_negative[r]),
        .a_base_i     (a_base[NibbleBits*r +: NibbleBits]),
        .a_exponent_i ((r == 1) ? HIGH : 4'd0),
        .w_negative_i (w_negative[c]),
        .w_base_i     (w_base[NibbleBits*c +: NibbleBits]),
        .w_exponent_i ((c == 1) ? HIGH : 4'd0),
        .valid_o      (valid[P]),
        .acc_o        (acc[AccBits*P +: AccBits])
      );
    end
  end

  assign valid_o = &valid;  // all four are valid together
  assign acc_o   = (acc[0 +: AccBits] + acc[AccBits +: AccBits])
                 + (acc[2*AccBits +: AccBits] + acc[3*AccBits +: AccBits]);

`ifdef BITLOOM_ASSERT
  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(PartsAreValidTogether, valid == 4'h0 || valid == 4'hF)
  `ASSERT(HoldsWithoutOperands, !valid_o |-> $stable(acc_o) || !$past(rst_ni))
`endif
endmodule
