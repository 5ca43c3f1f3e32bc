// SPDX-License-Identifier: Apache-2.0
// From the sums of one phase, which are there all at once, to psums one after the other: in the
// order of columns, the slices of a weight added up (neighbouring columns, the least significant
// first), then 8 fraction bits and a bias in those units. One column a cycle. A weight may begin in
// one phase and end in the next.
// C++ twin: CimDrain (models/cim/digital/cim_drain.h).
`include "assertions.svh"

module cim_drain #(
  parameter  int Adcs = 4,
  parameter  int AccBits = 20,  // of a sum, at most 31
  parameter  int Columns = 8,   // of a block, at least Adcs
  localparam int OutputBits = $clog2(Columns),
  localparam int IndexBits = (Adcs > 1) ? $clog2(Adcs) : 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // slices of a weight; kept while sums are inside
  input  logic [2:0]              slices_i,      // 1..7
  input  logic [2:0]              slice_bits_i,  // of one slice, 1..7

  // sums of a phase: ADC first_i has the first of count_i columns, the next one the second, ...
  input  logic                    valid_i,
  output logic                    ready_o,       // depends on ready_i in the same cycle
  input  logic [Adcs*AccBits-1:0] sums_i,
  input  logic [IndexBits-1:0]    first_i,
  input  logic [IndexBits:0]      count_i,       // 1..Adcs
  input  logic                    restart_i,     // first phase of a position

  // psum of output output_o, and its bias in the same cycle
  output logic                    valid_o,
  input  logic                    ready_i,
  output logic [OutputBits-1:0]   output_o,
  input  logic signed [31:0]      bias_i,        // in units of the LSB / 256
  output logic signed [31:0]      psum_o
);
  logic [Adcs*AccBits-1:0] sums_q;
  logic [IndexBits-1:0]    index_q;    // ADC of the next column
  logic [IndexBits:0]      left_q;     // columns
  logic [2:0]              slice_q;
  logic [2:0]              shift_q;    // of the slice; at most 6, for weights of 7 bits
  logic signed [31:0]      partial_q;  // sum of the slices before
  logic [OutputBits-1:0]   output_q;

  logic                      busy, last_slice, steps;
  logic signed [AccBits-1:0] sum;
  logic signed [31:0]        total;
  assign busy       = left_q != '0;
  assign last_slice = slice_q == slices_i - 3'd1;
  assign valid_o    = busy & last_slice;
  assign steps      = busy & (~last_slice | ready_i);
  assign ready_o    = ~busy | (steps & (left_q == (IndexBits + 1)'(1)));

  assign sum      = sums_q[index_q*AccBits +: AccBits];
  assign total    = partial_q + (32'(sum) <<< shift_q);
  assign psum_o   = (total <<< 8) + bias_i;
  assign output_o = output_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sums_q    <= '0;
      index_q   <= '0;
      left_q    <= '0;
      slice_q   <= '0;
      shift_q   <= '0;
      partial_q <= '0;
      output_q  <= '0;
    end else begin
      if (steps) begin
        left_q    <= left_q - (IndexBits + 1)'(1);
        index_q   <= (index_q == IndexBits'(Adcs - 1)) ? '0 : index_q + IndexBits'(1);
        slice_q   <= last_slice ? '0 : slice_q + 3'd1;
        shift_q   <= last_slice ? '0 : shift_q + slice_bits_i;
        partial_q <= last_slice ? '0 : total;
        if (last_slice) output_q <= output_q + OutputBits'(1);
      end
      if (valid_i & ready_o) begin
        sums_q  <= sums_i;
        index_q <= first_i;
        left_q  <= count_i;
        if (restart_i) output_q <= '0;
      end
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(PsumFits, valid_o |-> (total[31:23] == '0) || (&total[31:23]))
  `ASSERT(PsumStays, $past(valid_o && !ready_i && rst_ni) |-> valid_o && $stable(output_o))
  // A position ends with whole weights.
  `ASSERT(WeightsAreWhole, valid_i && ready_o && restart_i |->
                           busy ? last_slice : slice_q == '0)
endmodule
