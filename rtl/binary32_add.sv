// SPDX-License-Identifier: Apache-2.0
// IEEE 754 binary32 addition, combinational: nearest, ties to even; subnormals are kept; overflow
// gives infinity; every NaN result is 0x7fc00000. x - x is +0.
module binary32_add (
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic [31:0] sum_o
);
  localparam logic [31:0] NAN      = 32'h7fc00000;
  localparam logic [30:0] INFINITY = 31'h7f800000;

  // The operand of the larger magnitude leads: its sign and, before normalization, its exponent
  // are the result's.
  logic        swap;
  logic [31:0] major, minor;
  logic        subtract;
  assign swap     = a_i[30:0] < b_i[30:0];
  assign major    = swap ? b_i : a_i;
  assign minor    = swap ? a_i : b_i;
  assign subtract = major[31] ^ minor[31];

  // Exponents of at least 1: a subnormal has the smallest normal exponent and no hidden bit.
  logic [7:0]  major_exp, minor_exp, distance;
  logic [26:0] major_sig, minor_sig;  // hidden bit, 23 bits, guard, round and sticky bit
  assign major_exp = (major[30:23] == 8'd0) ? 8'd1 : major[30:23];
  assign minor_exp = (minor[30:23] == 8'd0) ? 8'd1 : minor[30:23];
  assign distance  = major_exp - minor_exp;
  assign major_sig = {|major[30:23], major[22:0], 3'b000};
  assign minor_sig = {|minor[30:23], minor[22:0], 3'b000};

  // Below the 27 bits a copy of the shifted number collects what is lost, for the sticky bit.
  // A distance of 31 or more loses all bits, as 31 does.
  logic [4:0]  align;
  logic [57:0] shifted;
  logic [26:0] aligned;
  assign align   = (|distance[7:5]) ? 5'd31 : distance[4:0];
  assign shifted = {minor_sig, 31'd0} >> align;
  assign aligned = {shifted[57:32], shifted[31] | (|shifted[30:0])};

  logic [27:0] sum;
  assign sum = subtract ? {1'b0, major_sig} - {1'b0, aligned} : {1'b0, major_sig} + {1'b0, aligned};

  // Places from the leading one to bit 26, where the hidden bit belongs.
  logic [4:0] to_top;
  always_comb begin
    to_top = 5'd26;
    for (int i = 0; i < 27; i++) begin
      if (sum[i]) to_top = 5'(26 - i);
    end
  end

  // Normalize, but not below the smallest exponent: what remains is a subnormal.
  logic [7:0]  room, left, exponent;
  logic [26:0] normal;
  assign room = major_exp - 8'd1;
  assign left = ({3'd0, to_top} < room) ? {3'd0, to_top} : room;
  always_comb begin
    if (sum[27]) begin
      normal   = {sum[27:2], sum[1] | sum[0]};
      exponent = major_exp + 8'd1;
    end else begin
      normal   = sum[26:0] << left;
      exponent = major_exp - left;
    end
  end

  // The hidden bit adds one to the exponent field, and so does a carry out of the rounding.
  logic        round_up;
  logic [30:0] packed_sum;
  assign round_up   = normal[2] && ((|normal[1:0]) || normal[3]);
  assign packed_sum = {exponent - 8'd1, 23'd0} + {7'd0, normal[26:3]} + {30'd0, round_up};

  always_comb begin
    if (major[30:0] > INFINITY) begin
      sum_o = NAN;
    end else if (major[30:0] == INFINITY) begin
      sum_o = ((minor[30:0] == INFINITY) && subtract) ? NAN : major;
    end else if (sum == 28'd0) begin
      sum_o = {major[31] && !subtract, 31'd0};
    end else if (packed_sum >= INFINITY) begin
      sum_o = {major[31], INFINITY};
    end else begin
      sum_o = {major[31], packed_sum};
    end
  end
endmodule
