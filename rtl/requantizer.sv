// SPDX-License-Identifier: Apache-2.0
// Fixed-point requantization of gemmlowp: an optional saturating left shift, the saturating
// rounding doubling high multiply (round half up), the rounding divide by a power of two (ties
// away from zero), then saturation to a signed word of the vector unit. Two roundings, one after
// the other: not always the correctly rounded product.
// Three stages, each held while the next is full; nothing is dropped or reordered. A result leaves
// three cycles after its operand when ready_i stays high; one result a cycle.
// C++ twin: Requantizer (models/pe/requantizer/requantizer.h), arithmetic of
// models/numeric/requantize.h.
`include "assertions.svh"

module requantizer #(
  parameter int OutBits = 16  // of a result, 2..32
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // operand; ready_o depends on ready_i in the same cycle
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic signed [31:0]        value_i,
  input  logic signed [31:0]        mantissa_i,  // real multiplier = mantissa / 2^31 * 2^-shift
  input  logic signed [5:0]         shift_i,     // -30..31; negative: to the left, before

  // result; stays until taken
  output logic                      valid_o,
  input  logic                      ready_i,
  output logic signed [OutBits-1:0] value_o
);
  localparam logic signed [31:0] INT32_MIN = 32'sh8000_0000;
  localparam logic signed [31:0] INT32_MAX = 32'sh7FFF_FFFF;

  // A stage takes a new value when it is empty or passes its value on.
  logic valid1_q, valid2_q, valid3_q;
  logic enable1, enable2, enable3;
  assign enable3 = ready_i | ~valid3_q;
  assign enable2 = enable3 | ~valid2_q;
  assign enable1 = enable2 | ~valid1_q;
  assign ready_o = enable1;

  // Stage 1: left shift, saturated to 32 bits.
  logic               is_left;
  logic [4:0]         left;
  logic signed [62:0] wide;  // 32 bits shifted by up to 31
  logic signed [31:0] shifted_d, shifted_q, mantissa_q;
  logic [4:0]         right_q;
  assign is_left = shift_i[5];
  assign left    = is_left ? ~shift_i[4:0] + 5'd1 : 5'd0;
  assign wide    = 63'(value_i) <<< left;

  assign shifted_d = (wide[62:31] == {32{wide[62]}}) ? wide[31:0]
                   : wide[62]                        ? INT32_MIN
                                                     : INT32_MAX;

  // Stage 2: floor((a * b + 2^30) / 2^31); only -2^31 * -2^31 does not fit.
  logic signed [63:0] rounded;
  logic signed [31:0] high_d, high_q;
  logic [4:0]         right_q2;
  assign rounded = 64'(shifted_q) * 64'(mantissa_q) + 64'sh4000_0000;
  assign high_d  = (rounded[63:62] == 2'b01) ? INT32_MAX : rounded[62:31];

  logic [30:0] unused_fraction;
  assign unused_fraction = rounded[30:0];

  // Stage 3: shift right, ties away from zero; saturation.
  logic [31:0]               mask;  // of the bits shifted out
  logic [31:0]               remainder, threshold;
  logic signed [31:0]        divided;
  logic signed [OutBits-1:0] out_d, out_q;
  assign mask      = ~(32'hFFFF_FFFF << right_q2);
  assign remainder = high_q & mask;
  assign threshold = (mask >> 1) + {31'b0, high_q[31]};
  assign divided   = (high_q >>> right_q2) + ((remainder > threshold) ? 32'sd1 : 32'sd0);

  assign out_d = (divided[31:OutBits-1] == {(33 - OutBits){divided[31]}})
               ? divided[OutBits-1:0]
               : {divided[31], {(OutBits - 1){~divided[31]}}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      valid3_q <= 1'b0;
    end else begin
      if (enable1) valid1_q <= valid_i;
      if (enable2) valid2_q <= valid1_q;
      if (enable3) valid3_q <= valid2_q;
    end
  end

  // Data needs no reset: it counts only with its valid bit.
  always_ff @(posedge clk_i) begin
    if (enable1 && valid_i) begin
      shifted_q  <= shifted_d;
      mantissa_q <= mantissa_i;
      right_q    <= is_left ? 5'd0 : shift_i[4:0];
    end
    if (enable2 && valid1_q) begin
      high_q   <= high_d;
      right_q2 <= right_q;
    end
    if (enable3 && valid2_q) out_q <= out_d;
  end

  assign valid_o = valid3_q;
  assign value_o = out_q;

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(ShiftInRange, valid_i |-> shift_i >= -6'sd30)
  // A neighbour may rely on both: once valid, stay valid and stable until taken.
  `ASSERT(ValidStays, $past(valid_o && !ready_i && rst_ni) |-> valid_o)
  `ASSERT(ValueStays, $past(valid_o && !ready_i && rst_ni) |-> $stable(value_o))
endmodule
