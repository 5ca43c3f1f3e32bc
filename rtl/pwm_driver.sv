// SPDX-License-Identifier: Apache-2.0
// Drives one row of a crossbar: a pulse of as many clock ticks as the pass asks for, with the sign
// of the code as its polarity. A code beyond +-(2^(Bits-1) - 1) is clamped when it is loaded.
//   PWM         one pass of |code| ticks
//   split PWM   pass 0: the low bits of |code|; pass 1: the others
//   bit-serial  pass p: bit p of the code in two's complement, one positive tick or none
// The first tick is in the cycle after start_i. A start while a pulse runs begins a new one.
// C++ twin: PwmDriver (models/cim/digital/pwm_driver.h).
`include "assertions.svh"

module pwm_driver #(
  parameter  int Bits = 8,  // of the converter, 2..8
  localparam int TickBits = Bits - 1
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  // code; kept until the next one
  input  logic              load_i,
  input  logic signed [7:0] code_i,

  // pass, looked at with start_i
  input  logic [1:0]        mode_i,      // 0 PWM, 1 split PWM, 2 bit-serial
  input  logic [2:0]        low_bits_i,  // of pass 0 of split PWM, 1..Bits-2
  input  logic [2:0]        pass_i,
  input  logic              start_i,

  // row; pulse_o is high while the driver is busy
  output logic              pulse_o,
  output logic              negative_o   // polarity of the pulse
);
  localparam logic [7:0] MAX = 8'((1 << TickBits) - 1);
  localparam logic [1:0] SPLIT  = 2'd1;
  localparam logic [1:0] SERIAL = 2'd2;

  // Sign and magnitude; |-128| needs the eighth bit.
  logic [7:0]          size;
  logic [TickBits-1:0] size_d, size_q;
  logic                sign_q;
  assign size   = code_i[7] ? ~code_i + 8'd1 : code_i;
  assign size_d = (size > MAX) ? MAX[TickBits-1:0] : size[TickBits-1:0];

  logic [TickBits-1:0] low_mask, split;
  assign low_mask = ~({TickBits{1'b1}} << low_bits_i);
  assign split    = (pass_i == 3'd0) ? (size_q & low_mask) : (size_q >> low_bits_i);

  logic [Bits-1:0] twos, twos_shifted;
  logic            serial;
  assign twos         = sign_q ? ~{1'b0, size_q} + Bits'(1) : {1'b0, size_q};
  assign twos_shifted = twos >> pass_i;
  assign serial       = twos_shifted[0];

  logic [Bits-2:0] unused_bits;
  assign unused_bits = twos_shifted[Bits-1:1];

  logic [TickBits-1:0] ticks_d, ticks_q;
  logic                negative_q;
  assign ticks_d = (mode_i == SERIAL) ? TickBits'(serial) : ((mode_i == SPLIT) ? split : size_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      size_q     <= '0;
      sign_q     <= 1'b0;
      ticks_q    <= '0;
      negative_q <= 1'b0;
    end else begin
      if (load_i) begin
        size_q <= size_d;
        sign_q <= code_i[7];
      end
      if (start_i) begin
        ticks_q    <= ticks_d;
        negative_q <= sign_q & (mode_i != SERIAL);
      end else if (pulse_o) begin
        ticks_q <= ticks_q - TickBits'(1);
      end
    end
  end

  assign pulse_o    = ticks_q != '0;
  assign negative_o = negative_q;

  ////////////////
  // Assertions //
  ////////////////

  // A pulse is one piece: only a start makes it longer.
  `ASSERT(OnePulse, $past(!pulse_o && !start_i && rst_ni) |-> !pulse_o)
endmodule
