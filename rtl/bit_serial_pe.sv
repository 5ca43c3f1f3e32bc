// SPDX-License-Identifier: Apache-2.0
// Bit-serial processing element: the dot product of two words of bit planes by popcount, and an
// accumulator that doubles between diagonals of planes (Horner). The sum wraps; it does not
// saturate. One word a cycle, one cycle later.
// C++ twin: BitSerialPe (models/pe/bit_serial/bit_serial_pe.h).
`ifdef BITLOOM_ASSERT
  // Not without: Icarus 11 stops at macros of a module that reach those below it.
  `include "assertions.svh"
`endif

module bit_serial_pe #(
  parameter  int Word    = 64,  // bits a cycle, at least 2
  parameter  int AccBits = 32,  // at least CountBits + 1
  localparam int CountBits = $clog2(Word + 1)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // control; no back-pressure, words are taken in every cycle with valid_i
  input  logic                      valid_i,
  input  logic                      clear_i,   // start a new sum with these words; wins over shift
  input  logic                      shift_i,   // double the sum before
  input  logic                      negate_i,  // subtract
  // planes of (activation, weight): 0 {0,1} {0,1}; 1 {-1,1} {-1,1}; 2 {0,1} {-1,1}; 3 {-1,1} {0,1}
  input  logic [1:0]                mode_i,

  // words, and the ones of the masked activation (mode 1: of the mask), which corrects the count
  input  logic [Word-1:0]           a_i,
  input  logic [Word-1:0]           w_i,
  input  logic [Word-1:0]           mask_i,
  input  logic [CountBits-1:0]      reference_i,

  // sum, one cycle after its last words; kept until the next one
  output logic                      valid_o,  // acc_o is new
  output logic signed [AccBits-1:0] acc_o
);
  logic [CountBits-1:0] count;
  popcount_unit #(.Word(Word)) i_popcount (
    .xor_i   (mode_i[0]),
    .a_i     (a_i),
    .w_i     (w_i),
    .mask_i  (mask_i),
    .count_o (count)
  );

  // (mode 0) count; (1) reference - 2 count; (2) 2 count - reference; (3) reference - count:
  // two terms of opposite sign, the count doubled when both or only the weight is bipolar.
  logic                        twice, corrected;
  logic signed [CountBits+1:0] counted, reference, difference;  // -Word..2*Word
  assign twice      = mode_i[0] ^ mode_i[1];
  assign corrected  = mode_i != 2'd0;
  assign counted    = (CountBits + 2)'(twice ? {1'b0, count, 1'b0} : {2'b00, count});
  assign reference  = corrected ? {2'b00, reference_i} : '0;
  assign difference = counted - reference;

  // Both kinds of negation in one: of the XOR modes and of the planes.
  logic                      subtract;
  logic signed [AccBits-1:0] start, term, acc_q;
  logic                      valid_q;
  assign subtract = mode_i[0] ^ negate_i;
  assign start    = clear_i ? '0 : (shift_i ? {acc_q[AccBits-2:0], 1'b0} : acc_q);
  assign term     = AccBits'(difference);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      acc_q   <= '0;
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
      if (valid_i) acc_q <= subtract ? start - term : start + term;
    end
  end

  assign valid_o = valid_q;
  assign acc_o   = acc_q;

`ifdef BITLOOM_ASSERT
  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(HoldsWithoutWords, !valid_o |-> $stable(acc_o) || !$past(rst_ni))
`endif
endmodule
