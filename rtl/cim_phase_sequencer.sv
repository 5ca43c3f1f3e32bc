// SPDX-License-Identifier: Apache-2.0
// Steps an analog core through its row tiles, passes and phases. A shot is one application of input
// pulses: set-up, the window in which the pulses run, an end; its charge is sampled at the edge that
// ends its last cycle. Conversion of a shot overlaps with the next shot. HoldColumns = 0: an ADC
// holds one charge, and each phase has a shot of its own. HoldColumns = 1: every column holds its
// charge, a pass has one shot, and its phases are conversions one after the other.
// Waits, with the charge on the column, while the converters still have the shot before; and with
// the code in the ADC, while the codes that complete a sum cannot be taken. Nothing is dropped.
// C++ twin: CimPhaseSequencer (models/cim/digital/cim_phase_sequencer.h).
`include "assertions.svh"

module cim_phase_sequencer #(
  parameter  int SetupCycles = 1,  // of a shot, 1..63
  parameter  int EndCycles = 2,    // of a shot, 1..63
  parameter  int Mux = 2,
  parameter  int HoldColumns = 0,  // 0 or 1
  localparam int PhaseBits = (Mux > 1) ? $clog2(Mux) : 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // schedule; kept from the first vector of a position to its last result
  input  logic [3:0]           tiles_i,   // row tiles of a position, 1..15
  input  logic [3:0]           passes_i,  // of a tile, 1..8
  input  logic [PhaseBits:0]   phases_i,  // of a pass, 1..Mux
  input  logic [7:0]           window_i,  // cycles of the pulses of pass pass_o, 1..255

  // input vector of a tile; taken at the edge with both high
  input  logic                 valid_i,
  output logic                 ready_o,

  // shot
  output logic                 start_o,   // pulses begin in the next cycle
  output logic [2:0]           pass_o,
  output logic [PhaseBits-1:0] phase_o,   // 0 with HoldColumns
  output logic                 sample_o,

  // converters; convert_o: they begin in the next cycle; converted_i stays until then
  output logic                 convert_o,
  input  logic                 converted_i,

  // codes; a code that completes a sum is taken with ready_i only
  output logic                 take_o,
  output logic [2:0]           take_pass_o,
  output logic [PhaseBits-1:0] take_phase_o,  // of the conversion, from its start on
  output logic                 take_clear_o,  // first code of a sum
  output logic                 take_last_o,   // last code of a sum
  input  logic                 ready_i
);
  localparam int CycleBits = 9;  // at most 63 + 255 + 63

  logic                 active_q;
  logic [CycleBits-1:0] cycle_q;
  logic [3:0]           tile_q;
  logic [2:0]           pass_q;
  logic [PhaseBits-1:0] phase_q;

  logic                 converting_q;
  logic [2:0]           take_pass_q;
  logic [PhaseBits-1:0] take_phase_q;
  logic                 take_clear_q, take_last_q;

  // Shot
  logic [CycleBits-1:0] last_cycle;
  logic                 at_end, last_pass, last_phase, last_shot, loads;
  assign last_cycle = CycleBits'(SetupCycles + EndCycles - 1) + CycleBits'(window_i);
  assign at_end     = active_q & (cycle_q == last_cycle);
  assign last_pass  = {1'b0, pass_q} == passes_i - 4'd1;
  assign last_phase = (HoldColumns != 0) | ({1'b0, phase_q} == phases_i - (PhaseBits + 1)'(1));
  assign last_shot  = last_pass & last_phase;
  assign start_o    = active_q & (cycle_q == CycleBits'(SetupCycles - 1));
  assign loads      = valid_i & ready_o;

  // Conversion
  logic more_phases, converters_free;
  assign more_phases     = (HoldColumns != 0) & ({1'b0, take_phase_q} != phases_i - (PhaseBits + 1)'(1));
  assign take_o          = converting_q & converted_i & (~take_last_q | ready_i);
  assign converters_free = ~converting_q | (take_o & ~more_phases);
  assign sample_o        = at_end & converters_free;
  assign convert_o       = sample_o | (take_o & more_phases);
  assign ready_o         = ~active_q | (sample_o & last_shot);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q     <= 1'b0;
      cycle_q      <= '0;
      tile_q       <= '0;
      pass_q       <= '0;
      phase_q      <= '0;
      converting_q <= 1'b0;
      take_pass_q  <= '0;
      take_phase_q <= '0;
      take_clear_q <= 1'b0;
      take_last_q  <= 1'b0;
    end else begin
      if (loads) begin
        active_q <= 1'b1;
      end else if (sample_o & last_shot) begin
        active_q <= 1'b0;
      end
      if (sample_o) begin
        cycle_q <= '0;
        if (last_phase) begin
          phase_q <= '0;
          pass_q  <= last_pass ? '0 : pass_q + 3'd1;
        end else begin
          phase_q <= phase_q + PhaseBits'(1);
        end
        if (last_shot) tile_q <= (tile_q == tiles_i - 4'd1) ? '0 : tile_q + 4'd1;

        converting_q <= 1'b1;
        take_pass_q  <= pass_q;
        take_phase_q <= phase_q;
        take_clear_q <= (tile_q == '0) & (pass_q == '0);
        take_last_q  <= (tile_q == tiles_i - 4'd1) & last_pass;
      end else begin
        if (active_q & ~at_end) cycle_q <= cycle_q + CycleBits'(1);
        if (take_o) begin
          converting_q <= more_phases;
          if (more_phases) take_phase_q <= take_phase_q + PhaseBits'(1);
        end
      end
    end
  end

  assign pass_o       = pass_q;
  assign phase_o      = phase_q;
  assign take_pass_o  = take_pass_q;
  assign take_phase_o = take_phase_q;
  assign take_clear_o = take_clear_q;
  assign take_last_o  = take_last_q;

  ////////////////
  // Assertions //
  ////////////////

  // A charge that cannot be converted yet stays on its column.
  `ASSERT(ChargeWaits, $past(at_end && !sample_o && rst_ni) |-> at_end)
  // So does a code that cannot be taken.
  `ASSERT(CodeWaits, $past(converting_q && !take_o && rst_ni) |->
                     converting_q && $stable({take_pass_o, take_phase_o, take_last_o}))
endmodule
