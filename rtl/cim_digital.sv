// SPDX-License-Identifier: Apache-2.0
// The digital half of an analog compute-in-memory core: everything between the input codes of a
// matrix-vector product and its 16-bit results, but for the array and the comparators. Those are
// outside: the array sees row pulses and column selects, and keeps a charge when sample_o is high;
// comparator a says whether the charge that ADC a holds reaches the threshold of its trial code.
// Timing: models/cim/digital/README.md. Row tiles of a position lie in the same columns.
// Its own assertions would go into its parts: Icarus 11 crashes on a module that includes
// assertions.svh and has several parts that do.
// C++ twin: CimDigital (models/cim/digital/cim_digital.h).

module cim_digital #(
  parameter  int Rows = 16,
  parameter  int Columns = 8,
  parameter  int Mux = 2,              // columns that share an ADC
  parameter  int DacBits = 8,          // 2..8
  parameter  int AdcBits = 8,          // 2..8
  parameter  int Ramp = 1,             // ADC: 1 ramp_counter, 0 sar_logic
  parameter  int HoldColumns = 0,      // 0 or 1, see cim_phase_sequencer
  parameter  int SetupCycles = 1,
  parameter  int EndCycles = 2,
  parameter  int AccBits = 20,         // of the sum of a column, at most 31
  localparam int Adcs = Columns / Mux,
  localparam int ColumnBits = $clog2(Columns),
  localparam int SelectBits = (Mux > 1) ? $clog2(Mux) : 1,
  localparam int IndexBits = (Adcs > 1) ? $clog2(Adcs) : 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // layer; kept from the first vector to the last result
  input  logic [1:0]                 mode_i,        // see pwm_driver
  input  logic [2:0]                 low_bits_i,    // see pwm_driver
  input  logic [3:0]                 tiles_i,       // row tiles, 1..15
  input  logic [ColumnBits-1:0]      first_i,       // first column of the block
  input  logic [ColumnBits:0]        count_i,       // columns of the block
  input  logic [2:0]                 slices_i,      // of a weight, 1..7
  input  logic [2:0]                 slice_bits_i,  // 1..7

  // input codes of a row tile, row 0 in the low bits
  input  logic                       valid_i,
  output logic                       ready_o,
  input  logic [8*Rows-1:0]          codes_i,

  // array: pulses on rows; the columns that are on the integrators (HoldColumns: on the ADCs)
  output logic [Rows-1:0]            pulse_o,
  output logic [Rows-1:0]            negative_o,
  output logic [Adcs*SelectBits-1:0] select_o,      // see adc_mux
  output logic [Adcs-1:0]            enable_o,
  output logic                       sample_o,      // the edge that ends this cycle keeps the charge

  // comparators, and the codes that they led to
  output logic [Adcs*AdcBits-1:0]    trial_o,
  input  logic [Adcs-1:0]            compare_i,
  output logic                       take_o,        // the codes are added up at this edge
  output logic [Adcs*AdcBits-1:0]    code_o,

  // output output_o: bias and multiplier of this cycle
  output logic [ColumnBits-1:0]      output_o,
  input  logic signed [31:0]         bias_i,        // in units of the LSB / 256
  input  logic signed [31:0]         mantissa_i,    // see requantizer
  input  logic signed [5:0]          shift_i,

  // results, in the order of the outputs
  output logic                       valid_o,
  input  logic                       ready_i,
  output logic signed [15:0]         value_o
);
  localparam logic [1:0] SPLIT  = 2'd1;
  localparam logic [1:0] SERIAL = 2'd2;

  localparam logic [7:0] MAX = 8'((1 << (DacBits - 1)) - 1);

  // Sequence
  logic [3:0]            passes;
  logic [SelectBits:0]   phases;
  logic                  start, convert, take_clear, take_last, drain_ready;
  logic [2:0]            pass, take_pass;
  logic [SelectBits-1:0] phase, take_phase;
  logic [Adcs-1:0]       converted;
  logic [7:0]            window;  // the most ticks of the shot's pass
  assign passes = (mode_i == SERIAL) ? 4'(DacBits) : ((mode_i == SPLIT) ? 4'd2 : 4'd1);
  assign phases = (SelectBits + 1)'((count_i + (ColumnBits + 1)'(Adcs - 1)) /
                                    (ColumnBits + 1)'(Adcs));

  assign window = (mode_i == SERIAL) ? 8'd1
                : ((mode_i != SPLIT) ? MAX
                : ((pass == '0)      ? ~(8'hFF << low_bits_i)
                                     : MAX >> low_bits_i));

  cim_phase_sequencer #(
    .SetupCycles(SetupCycles),
    .EndCycles  (EndCycles),
    .Mux        (Mux),
    .HoldColumns(HoldColumns)
  ) i_sequencer (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .tiles_i     (tiles_i),
    .passes_i    (passes),
    .phases_i    (phases),
    .window_i    (window),
    .valid_i     (valid_i),
    .ready_o     (ready_o),
    .start_o     (start),
    .pass_o      (pass),
    .phase_o     (phase),
    .sample_o    (sample_o),
    .convert_o   (convert),
    .converted_i (&converted),
    .take_o      (take_o),
    .take_pass_o (take_pass),
    .take_phase_o(take_phase),
    .take_clear_o(take_clear),
    .take_last_o (take_last),
    .ready_i     (drain_ready)
  );

  // Rows
  for (genvar r = 0; r < Rows; r = r + 1) begin : g_row
    pwm_driver #(.Bits(DacBits)) i_driver (
      .clk_i     (clk_i),
      .rst_ni    (rst_ni),
      .load_i    (valid_i & ready_o),
      .code_i    (codes_i[8*r +: 8]),
      .mode_i    (mode_i),
      .low_bits_i(low_bits_i),
      .pass_i    (pass),
      .start_i   (start),
      .pulse_o   (pulse_o[r]),
      .negative_o(negative_o[r])
    );
  end

  // Columns on the integrators of a shot; columns of the codes
  logic [Adcs*SelectBits-1:0] shot_select, take_select;
  logic [Adcs-1:0]            shot_enable, take_enable;
  adc_mux #(.Columns(Columns), .Mux(Mux)) i_shot_mux (
    .first_i (first_i),
    .count_i (count_i),
    .phase_i (phase),
    .select_o(shot_select),
    .enable_o(shot_enable)
  );
  adc_mux #(.Columns(Columns), .Mux(Mux)) i_take_mux (
    .first_i (first_i),
    .count_i (count_i),
    .phase_i (take_phase),
    .select_o(take_select),
    .enable_o(take_enable)
  );
  assign select_o = (HoldColumns != 0) ? take_select : shot_select;
  assign enable_o = (HoldColumns != 0) ? take_enable : shot_enable;

  // ADCs and the sums of their columns; the passes of bit-serial inputs end with the sign
  logic [2:0]              pass_shift;
  logic                    negate;
  logic [Adcs*AccBits-1:0] sums;
  assign pass_shift = (mode_i == SERIAL) ? take_pass
                    : (((mode_i == SPLIT) && (take_pass != '0)) ? low_bits_i : 3'd0);
  assign negate     = (mode_i == SERIAL) & ({1'b0, take_pass} == passes - 4'd1);

  for (genvar a = 0; a < Adcs; a = a + 1) begin : g_adc
    if (Ramp != 0) begin : g_ramp
      ramp_counter #(.Bits(AdcBits)) i_adc (
        .clk_i    (clk_i),
        .rst_ni   (rst_ni),
        .start_i  (convert),
        .trial_o  (trial_o[a*AdcBits +: AdcBits]),
        .compare_i(compare_i[a]),
        .done_o   (converted[a]),
        .code_o   (code_o[a*AdcBits +: AdcBits])
      );
    end else begin : g_sar
      sar_logic #(.Bits(AdcBits)) i_adc (
        .clk_i    (clk_i),
        .rst_ni   (rst_ni),
        .start_i  (convert),
        .trial_o  (trial_o[a*AdcBits +: AdcBits]),
        .compare_i(compare_i[a]),
        .done_o   (converted[a]),
        .code_o   (code_o[a*AdcBits +: AdcBits])
      );
    end

    shift_add #(.CodeBits(AdcBits), .AccBits(AccBits), .Mux(Mux)) i_shift_add (
      .clk_i   (clk_i),
      .rst_ni  (rst_ni),
      .valid_i (take_o),
      .clear_i (take_clear),
      .negate_i(negate),
      .shift_i (pass_shift),
      .select_i(take_select[a*SelectBits +: SelectBits]),
      .code_i  (code_o[a*AdcBits +: AdcBits]),
      .sum_o   (sums[a*AccBits +: AccBits])
    );
  end

  // Sums that are complete leave one after the other.
  logic [ColumnBits:0] left;  // columns of the block from this phase on
  logic                psum_valid, psum_ready;
  logic signed [31:0]  psum;
  assign left = count_i - (ColumnBits + 1)'(take_phase) * (ColumnBits + 1)'(Adcs);

  cim_drain #(.Adcs(Adcs), .AccBits(AccBits), .Columns(Columns)) i_drain (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .slices_i    (slices_i),
    .slice_bits_i(slice_bits_i),
    .valid_i     (take_o & take_last),
    .ready_o     (drain_ready),
    .sums_i      (sums),
    .first_i     (IndexBits'(first_i % ColumnBits'(Adcs))),
    .count_i     ((left > (ColumnBits + 1)'(Adcs)) ? (IndexBits + 1)'(Adcs)
                                                   : (IndexBits + 1)'(left)),
    .restart_i   (take_phase == '0),
    .valid_o     (psum_valid),
    .ready_i     (psum_ready),
    .output_o    (output_o),
    .bias_i      (bias_i),
    .psum_o      (psum)
  );

  requantizer i_requantizer (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .valid_i   (psum_valid),
    .ready_o   (psum_ready),
    .value_i   (psum),
    .mantissa_i(mantissa_i),
    .shift_i   (shift_i),
    .valid_o   (valid_o),
    .ready_i   (ready_i),
    .value_o   (value_o)
  );
endmodule
