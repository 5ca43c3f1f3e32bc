// SPDX-License-Identifier: Apache-2.0
// Logic of a successive-approximation ADC: one comparison a cycle, from the top bit of the code in
// offset binary. Codes are -(2^(Bits-1) - 1)..2^(Bits-1) - 1: a charge below all thresholds gives
// the lowest, never one less. The code is there Bits + 1 cycles after start_i and stays until the
// next start; a start in between begins anew.
// C++ twin: SarLogic (models/cim/digital/sar_logic.h).
`include "assertions.svh"

module sar_logic #(
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
  logic [Bits-1:0] code_q, bit_q;  // offset binary: code + 2^(Bits-1); the bit on trial, one hot
  logic            done_q;

  logic [Bits-1:0] trial;
  logic            lowest, keep;
  assign trial  = code_q | bit_q;
  assign lowest = trial == Bits'(1);  // there is no threshold below the lowest code
  assign keep   = compare_i | lowest;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      code_q <= {1'b1, {(Bits - 1){1'b0}}};  // 0
      bit_q  <= '0;
      done_q <= 1'b0;
    end else if (start_i) begin
      code_q <= '0;
      bit_q  <= {1'b1, {(Bits - 1){1'b0}}};
      done_q <= 1'b0;
    end else if (bit_q != '0) begin
      if (keep) code_q <= trial;
      bit_q  <= bit_q >> 1;
      done_q <= bit_q[0];
    end
  end

  assign trial_o = {~trial[Bits-1], trial[Bits-2:0]};
  assign code_o  = {~code_q[Bits-1], code_q[Bits-2:0]};
  assign done_o  = done_q;

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(CodeIsSymmetric, done_o |-> code_q != '0)
  `ASSERT(CodeStays, $past(done_o && !start_i && rst_ni) |-> done_o && $stable(code_o))
endmodule
