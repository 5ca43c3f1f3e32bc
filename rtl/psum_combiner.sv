// SPDX-License-Identifier: Apache-2.0
// Adds the psums of an 8-bit product where they leave: the two columns of a pair hold the high and
// the low nibble of the weights, and with output stationary PEs two successive rows hold those of
// the activations. The sum leaves at the odd column with its last part; it wraps. In 4-bit mode both
// columns pass unchanged.
// C++ twin: PeArray::Pending (models/array/systolic/pe_array.h).
`include "assertions.svh"

module psum_combiner #(
  parameter int AccBits = 32
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               enable_i,

  // static while a command runs
  input  logic               wide_i,         // 8-bit mode
  input  logic               skewed_i,       // the odd column is one step behind the even one
  input  logic               rows_paired_i,  // two successive psums of a column belong together

  input  logic [AccBits-1:0] even_i,
  input  logic               even_valid_i,
  input  logic [AccBits-1:0] odd_i,
  input  logic               odd_valid_i,

  output logic [AccBits-1:0] even_o,
  output logic               even_valid_o,
  output logic [AccBits-1:0] odd_o,
  output logic               odd_valid_o
);
  logic [AccBits-1:0] even_q, held_q;
  logic               even_valid_q;
  logic               half_q;  // held_q is the first of two rows
  logic               wide_q;  // the step whose psums lie at the inputs was in 8-bit mode

  logic [AccBits-1:0] pair, sum;
  logic               both, complete;
  assign pair     = (skewed_i ? even_q : even_i) + odd_i;
  assign sum      = half_q ? held_q + pair : pair;
  assign both     = odd_valid_i & (skewed_i ? even_valid_q : even_valid_i);
  assign complete = both & (half_q | ~rows_paired_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      even_q       <= '0;
      even_valid_q <= 1'b0;
      held_q       <= '0;
      half_q       <= 1'b0;
      wide_q       <= 1'b0;
    end else if (enable_i) begin
      wide_q       <= wide_i;
      even_q       <= even_i;
      even_valid_q <= even_valid_i;
      // The last psums of a 4-bit command still lie here in the first step of an 8-bit one.
      if (!wide_i || !wide_q) begin
        half_q     <= 1'b0;
      end else if (both) begin
        half_q     <= rows_paired_i & ~half_q;
        held_q     <= pair;
      end
    end
  end

  always_comb begin
    even_o       = even_i;
    even_valid_o = even_valid_i;
    odd_o        = odd_i;
    odd_valid_o  = odd_valid_i;
    if (wide_i) begin
      even_o       = '0;
      even_valid_o = 1'b0;
      odd_o        = complete ? sum : '0;
      odd_valid_o  = complete;
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(PartsMeet, enable_i && wide_i && wide_q && odd_valid_i |-> both)
endmodule
