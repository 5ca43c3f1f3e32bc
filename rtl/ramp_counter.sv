// SPDX-License-Identifier: Apache-2.0
// Counter of a ramp ADC: the reference rises one code a cycle from 1 while the comparator says that
// the charge is above it; when the first comparison fails it falls from 0 instead. The counter stops
// at the first comparison that ends the search, and at +-(2^(Bits-1) - 1): it never wraps. The ramp
// takes 2^(Bits-1) cycles whatever the charge; the code is there one cycle later and stays until the
// next start. A start in between begins anew.
// C++ twin: RampCounter (models/cim/digital/ramp_counter.h).
`include "assertions.svh"

module ramp_counter #(
  parameter int Bits = 8  // of a code, 2..8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // the charge is held from the cycle after start_i
  input  logic                   start_i,

  // comparator: the charge is at least the threshold of code trial_o, in the same cycle
  output logic signed [Bits-1:0] trial_o,
  input  logic                   compare_i,

  // code
  output logic                   done_o,
  output logic signed [Bits-1:0] code_o
);
  localparam logic [Bits-1:0] WINDOW = {1'b1, {(Bits - 1){1'b0}}};
  localparam logic signed [Bits-1:0] MAX = $signed(~WINDOW);
  localparam logic signed [Bits-1:0] ONE = Bits'(1);

  logic signed [Bits-1:0] code_q, higher, lower;
  logic [Bits-1:0]        left_q;  // cycles of the ramp
  logic                   down_q;  // the first comparison failed
  logic                   counting_q;
  logic                   done_q;
  assign higher = code_q + ONE;
  assign lower  = code_q - ONE;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      code_q     <= '0;
      left_q     <= '0;
      down_q     <= 1'b0;
      counting_q <= 1'b0;
      done_q     <= 1'b0;
    end else if (start_i) begin
      code_q     <= '0;
      left_q     <= WINDOW;
      down_q     <= 1'b0;
      counting_q <= 1'b1;
      done_q     <= 1'b0;
    end else if (left_q != '0) begin
      left_q <= left_q - Bits'(1);
      done_q <= left_q == Bits'(1);
      if (counting_q) begin
        if (!down_q) begin
          if (compare_i) begin
            code_q     <= higher;
            counting_q <= higher != MAX;
          end else begin
            down_q     <= 1'b1;
            counting_q <= left_q == WINDOW;
          end
        end else begin
          // The ramp ends before the counter could go below the lowest code.
          code_q     <= compare_i ? code_q : lower;
          counting_q <= ~compare_i;
        end
      end
    end
  end

  assign trial_o = (down_q | ~counting_q) ? code_q : higher;
  assign code_o  = code_q;
  assign done_o  = done_q;

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(CodeIsSymmetric, code_o >= -MAX)
  `ASSERT(CodeStays, $past(done_o && !start_i && rst_ni) |-> done_o && $stable(code_o))
endmodule
