// SPDX-License-Identifier: Apache-2.0
// R x C systolic array of ANT PEs with decoders on its edges, for both dataflows and for 4-bit and
// 8-bit operands (an 8-bit one takes two lines; its four psums are added where they leave).
// The whole edge is fed at once: vector p of a fold in one step. The array delays row r by r steps
// and column c by c, so the sequencer knows no skew. It never stalls: a step is a clock edge with
// enable_i, and in every other cycle all registers hold.
// When: folds of `depth` vectors; the first is at the inputs in step t. Output stationary: the psum
// of row r, column c is complete and on the column's bus (bus drain) after step t+depth-1+r+c; with
// shift drain row R-1 leaves after the first step with shift_i. Weight stationary: vector p of
// activations, column c, leaves after step t+p+R-1+c. In 8-bit mode the last part's step counts.
// C++ twin: PeArray (models/array/systolic/pe_array.h).
`ifdef BITLOOM_ASSERT
  // Not without: Icarus 11 stops at macros of a module that reach those below it.
  `include "assertions.svh"
`endif

module systolic_array #(
  /* verilator tracing_off */
  parameter int Rows    = 4,  // PE lines, even
  parameter int Columns = 4,  // PE lines, even
  parameter int AccBits = 32
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       enable_i,

  // configuration, taken at every clock edge: to be set one edge before the first step and kept
  // while operands or psums are on their way
  input  logic                       weight_stationary_i,
  input  logic                       shift_drain_i,        // output stationary only
  input  logic                       wide_i,               // 8-bit mode
  input  logic [2:0]                 activation_type_i,    // of boundary_decoder, as the next three
  input  logic                       activation_narrow_i,
  input  logic [2:0]                 weight_type_i,
  input  logic                       weight_narrow_i,

  // activations, one vector a step; first and last mark the ends of a fold. A first vector without
  // valid lines swaps the weights all the same.
  input  logic [4*Rows-1:0]          activation_code_i,
  input  logic [Rows-1:0]            activation_valid_i,
  input  logic                       activation_first_i,
  input  logic                       activation_last_i,

  // weights, one vector a step; weight stationary: the R rows of a fold in R successive steps with
  // load_i, last row first, of which the first has load_first_i. repeat_i: the operands of the step
  // before once more (8-bit mode: both nibbles of an activation meet the same weight).
  input  logic [4*Columns-1:0]       weight_code_i,
  input  logic [Columns-1:0]         weight_valid_i,
  input  logic                       weight_load_i,
  input  logic                       weight_load_first_i,
  input  logic                       weight_repeat_i,

  // shift drain: move the captured psums down one row
  input  logic                       shift_i,

  // psums, one a column and step
  output logic [AccBits*Columns-1:0] psum_o,
  output logic [Columns-1:0]         psum_valid_o,

  // what happens in this step, for the counters
  output logic [Rows-1:0]            activation_decode_o,
  output logic [Columns-1:0]         weight_decode_o,
  output logic [Rows*Columns-1:0]    mac_o
);
  logic       weight_stationary_q, shift_drain_q, wide_q, activation_narrow_q, weight_narrow_q;
  logic [2:0] activation_type_q, weight_type_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      weight_stationary_q <= 1'b0;
      shift_drain_q       <= 1'b0;
      wide_q              <= 1'b0;
      activation_type_q   <= '0;
      activation_narrow_q <= 1'b0;
      weight_type_q       <= '0;
      weight_narrow_q     <= 1'b0;
    end else begin
      weight_stationary_q <= weight_stationary_i;
      shift_drain_q       <= shift_drain_i;
      wide_q              <= wide_i;
      activation_type_q   <= activation_type_i;
      activation_narrow_q <= activation_narrow_i;
      weight_type_q       <= weight_type_i;
      weight_narrow_q     <= weight_narrow_i;
    end
  end

  // Marks that all lines share: tap n is n steps late.
  for (genvar r = 0; r < Rows; r++) begin : g_row_marks
    logic first, last;
    if (r == 0) begin : g_edge
      assign {first, last} = {activation_first_i, activation_last_i};
    end else begin : g_tap
      skew_line #(.Width(2), .Depth(1)) i_skew (
        .clk_i    (clk_i),
        .rst_ni   (rst_ni),
        .enable_i (enable_i),
        .data_i   ({g_row_marks[r-1].first, g_row_marks[r-1].last}),
        .data_o   ({first, last})
      );
    end
  end

  for (genvar c = 0; c < Columns; c++) begin : g_column_marks
    logic load, load_first, again;
    if (c == 0) begin : g_edge
      assign {load, load_first, again} = {weight_load_i, weight_load_first_i, weight_repeat_i};
    end else begin : g_tap
      skew_line #(.Width(3), .Depth(1)) i_skew (
        .clk_i    (clk_i),
        .rst_ni   (rst_ni),
        .enable_i (enable_i),
        .data_i   ({g_column_marks[c-1].load, g_column_marks[c-1].load_first,
                    g_column_marks[c-1].again}),
        .data_o   ({load, load_first, again})
      );
    end
  end

  // The left edge.
  for (genvar r = 0; r < Rows; r++) begin : g_left
    logic [3:0] code;
    logic [8:0] operand;
    logic       valid;
    skew_line #(.Width(5), .Depth(r)) i_skew (
      .clk_i    (clk_i),
      .rst_ni   (rst_ni),
      .enable_i (enable_i),
      .data_i   ({activation_valid_i[r], activation_code_i[4*r +: 4]}),
      .data_o   ({valid, code})
    );
    boundary_decoder #(.EvenLine(r % 2 == 0)) i_decoder (
      .type_i    (activation_type_q),
      .narrow_i  (activation_narrow_q),
      .wide_i    (wide_q),
      .code_i    (code),
      .operand_o (operand)
    );
    assign activation_decode_o[r] = valid;
  end

  // The top edge. Row r of the waiting weights shifts in the last R - r of the R steps of a load,
  // so that a weight stops at its row and none is disturbed before its swap.
  for (genvar c = 0; c < Columns; c++) begin : g_top
    logic [3:0]      code;
    logic [8:0]      decoded, held_q, operand;
    logic            fresh_valid, held_valid_q, valid;
    logic [Rows-1:0] shifts;
    logic [Rows-2:0] shifts_q;
    skew_line #(.Width(5), .Depth(c)) i_skew (
      .clk_i    (clk_i),
      .rst_ni   (rst_ni),
      .enable_i (enable_i),
      .data_i   ({weight_valid_i[c], weight_code_i[4*c +: 4]}),
      .data_o   ({fresh_valid, code})
    );
    boundary_decoder #(.EvenLine(c % 2 == 0)) i_decoder (
      .type_i    (weight_type_q),
      .narrow_i  (weight_narrow_q),
      .wide_i    (wide_q),
      .code_i    (code),
      .operand_o (decoded)
    );
    assign operand            = g_column_marks[c].again ? held_q : decoded;
    assign valid              = g_column_marks[c].again ? held_valid_q : fresh_valid;
    assign weight_decode_o[c] = fresh_valid & ~g_column_marks[c].again;

    assign shifts = !g_column_marks[c].load     ? '0
                  : g_column_marks[c].load_first ? Rows'(1) : {shifts_q, 1'b1};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        held_q       <= '0;
        held_valid_q <= 1'b0;
        shifts_q     <= '0;
      end else if (enable_i) begin
        held_q       <= operand;
        held_valid_q <= valid;
        shifts_q     <= shifts[Rows-2:0];
      end
    end
  end

  // The PEs and the way out of each.
  for (genvar r = 0; r < Rows; r++) begin : g_row
    for (genvar c = 0; c < Columns; c++) begin : g_column
      logic [8:0]         activation_in, activation, weight_in, weight;
      logic               activation_valid_in, activation_first_in, activation_last_in;
      logic               activation_valid, activation_first, activation_last;
      logic               weight_valid_in, weight_valid;
      logic [AccBits-1:0] above, psum, bus_in, bus, slot_in, slot;
      logic               above_valid, psum_valid, bus_valid_in, bus_valid;
      logic               slot_valid_in, slot_valid, lost;

      if (c == 0) begin : g_from_edge
        assign activation_in       = g_left[r].operand;
        assign activation_valid_in = g_left[r].valid;
        assign activation_first_in = g_row_marks[r].first;
        assign activation_last_in  = g_row_marks[r].last;
      end else begin : g_from_left
        assign activation_in       = g_row[r].g_column[c-1].activation;
        assign activation_valid_in = g_row[r].g_column[c-1].activation_valid;
        assign activation_first_in = g_row[r].g_column[c-1].activation_first;
        assign activation_last_in  = g_row[r].g_column[c-1].activation_last;
      end

      if (r == 0) begin : g_from_top
        assign weight_in       = g_top[c].operand;
        assign weight_valid_in = g_top[c].valid;
        assign above           = '0;
        assign above_valid     = 1'b0;
        assign bus_in          = '0;
        assign bus_valid_in    = 1'b0;
        assign slot_in         = '0;
        assign slot_valid_in   = 1'b0;
      end else begin : g_from_above
        assign weight_in       = g_row[r-1].g_column[c].weight;
        assign weight_valid_in = g_row[r-1].g_column[c].weight_valid;
        assign above           = g_row[r-1].g_column[c].psum;
        assign above_valid     = g_row[r-1].g_column[c].psum_valid;
        assign bus_in          = g_row[r-1].g_column[c].bus;
        assign bus_valid_in    = g_row[r-1].g_column[c].bus_valid;
        assign slot_in         = g_row[r-1].g_column[c].slot;
        assign slot_valid_in   = g_row[r-1].g_column[c].slot_valid;
      end

      systolic_pe #(.AccBits(AccBits)) i_pe (
        .clk_i               (clk_i),
        .rst_ni              (rst_ni),
        .enable_i            (enable_i),
        .weight_stationary_i (weight_stationary_q),
        .activation_i        (activation_in),
        .activation_valid_i  (activation_valid_in),
        .activation_first_i  (activation_first_in),
        .activation_last_i   (activation_last_in),
        .activation_o        (activation),
        .activation_valid_o  (activation_valid),
        .activation_first_o  (activation_first),
        .activation_last_o   (activation_last),
        .weight_shift_i      (g_top[c].shifts[r]),
        .weight_i            (weight_in),
        .weight_valid_i      (weight_valid_in),
        .weight_o            (weight),
        .weight_valid_o      (weight_valid),
        .psum_i              (above),
        .psum_valid_i        (above_valid),
        .psum_o              (psum),
        .psum_valid_o        (psum_valid),
        .mac_o               (mac_o[r * Columns + c])
      );

      drain_slot #(.AccBits(AccBits)) i_slot (
        .clk_i        (clk_i),
        .rst_ni       (rst_ni),
        .enable_i     (enable_i),
        .capture_i    (shift_drain_q & ~weight_stationary_q),
        .shift_i      (shift_i),
        .psum_i       (psum),
        .psum_valid_i (psum_valid & ~weight_stationary_q),
        .bus_i        (bus_in),
        .bus_valid_i  (bus_valid_in),
        .bus_o        (bus),
        .bus_valid_o  (bus_valid),
        .slot_i       (slot_in),
        .slot_valid_i (slot_valid_in),
        .slot_o       (slot),
        .slot_valid_o (slot_valid),
        .lost_o       (lost)
      );
    end
  end

  // What leaves the right and the bottom edge has no taker.
  for (genvar r = 0; r < Rows; r++) begin : g_right
    logic unused;
    assign unused = &{1'b0, g_row[r].g_column[Columns-1].activation,
                      g_row[r].g_column[Columns-1].activation_valid,
                      g_row[r].g_column[Columns-1].activation_first,
                      g_row[r].g_column[Columns-1].activation_last};
  end

  // The bottom edge.
  for (genvar c = 0; c < Columns; c++) begin : g_bottom
    logic [AccBits-1:0] shifted_q, psum;
    logic               shifted_valid_q, valid;
    logic [Rows-1:0]    complete, lost;  // by row
    for (genvar r = 0; r < Rows; r++) begin : g_rows
      assign complete[r] = g_row[r].g_column[c].psum_valid & ~weight_stationary_q;
      assign lost[r]     = g_row[r].g_column[c].lost;
    end
    logic               unused;
    assign unused = &{1'b0, g_row[Rows-1].g_column[c].weight,
                      g_row[Rows-1].g_column[c].weight_valid, complete, lost};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        shifted_q       <= '0;
        shifted_valid_q <= 1'b0;
      end else if (enable_i) begin
        shifted_valid_q <= shift_i & g_row[Rows-1].g_column[c].slot_valid;
        shifted_q       <= g_row[Rows-1].g_column[c].slot;
      end
    end

    // Expressions: Icarus 11 never settles on an always_comb that writes these twice.
    assign psum  = weight_stationary_q ? g_row[Rows-1].g_column[c].psum
                 : !shift_drain_q      ? g_row[Rows-1].g_column[c].bus
                 : shifted_valid_q     ? shifted_q : '0;
    assign valid = weight_stationary_q ? g_row[Rows-1].g_column[c].psum_valid
                 : !shift_drain_q      ? g_row[Rows-1].g_column[c].bus_valid
                 : shifted_valid_q;
  end

  for (genvar p = 0; p < Columns / 2; p++) begin : g_pairs
    psum_combiner #(.AccBits(AccBits)) i_combiner (
      .clk_i         (clk_i),
      .rst_ni        (rst_ni),
      .enable_i      (enable_i),
      .wide_i        (wide_q),
      .skewed_i      (weight_stationary_q | ~shift_drain_q),
      .rows_paired_i (~weight_stationary_q),
      .even_i        (g_bottom[2*p].psum),
      .even_valid_i  (g_bottom[2*p].valid),
      .odd_i         (g_bottom[2*p+1].psum),
      .odd_valid_i   (g_bottom[2*p+1].valid),
      .even_o        (psum_o[AccBits*2*p +: AccBits]),
      .even_valid_o  (psum_valid_o[2*p]),
      .odd_o         (psum_o[AccBits*(2*p+1) +: AccBits]),
      .odd_valid_o   (psum_valid_o[2*p+1])
    );
  end

`ifdef BITLOOM_TRACE
  // The waveform; nothing depends on it.
  logic [4*Rows-1:0]               codes;
  logic [Rows*Columns*AccBits-1:0] accumulators;
  for (genvar r = 0; r < Rows; r++) begin : g_probed_row
    assign codes[4*r +: 4] = g_left[r].code;
    for (genvar c = 0; c < Columns; c++) begin : g_probed_column
      assign accumulators[(r*Columns + c)*AccBits +: AccBits] =
          (Rows * Columns <= 64) ? g_row[r].g_column[c].psum : '0;
    end
  end
  /* verilator tracing_on */
  array_probe #(.Rows(Rows), .Columns(Columns), .AccBits(AccBits)) i_probe (
    .clk_i              (clk_i),
    .enable_i           (enable_i),
    .activation_code_i  (codes),
    .activation_valid_i (activation_decode_o),
    .psum_i             (psum_o),
    .psum_valid_i       (psum_valid_o),
    .accumulator_i      (accumulators)
  );
  /* verilator tracing_off */
`endif

`ifdef BITLOOM_ASSERT
  ////////////////
  // Assertions //
  ////////////////

  for (genvar c = 0; c < Columns; c++) begin : g_checks
    `ASSERT(LoadIsUnbroken, enable_i && g_column_marks[c].load && !g_column_marks[c].load_first
                            |-> g_top[c].shifts_q[0])
    `ASSERT(OnePsumOnTheBus, enable_i && !shift_drain_q |-> $onehot0(g_bottom[c].complete))
    `ASSERT(CapturedIsShiftedInTime, enable_i |-> g_bottom[c].lost == '0)
  end
  `ASSERT(DrainIsOfOutputStationary, shift_i |-> shift_drain_q && !weight_stationary_q)
`endif
endmodule
