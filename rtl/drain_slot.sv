// SPDX-License-Identifier: Apache-2.0
// How a complete psum of an output-stationary PE leaves its column. Bus drain: it is put on the
// column's bus, which one PE may use in a step. Shift drain: it is captured here and moves down one
// row a step while shift_i is high. A psum that is not shifted out in time is overwritten: lost_o
// tells it; the sequencer keeps folds far enough apart.
// C++ twin: PeArray::emit and PeArray::shift_captured (models/array/systolic/pe_array.cpp).
module drain_slot #(
  parameter int AccBits = 32
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               enable_i,
  input  logic               capture_i,  // static: shift drain
  input  logic               shift_i,

  // from this row's PE, valid for one step
  input  logic [AccBits-1:0] psum_i,
  input  logic               psum_valid_i,

  // the column's bus: what the rows above put on it, and with this row's
  input  logic [AccBits-1:0] bus_i,
  input  logic               bus_valid_i,
  output logic [AccBits-1:0] bus_o,
  output logic               bus_valid_o,

  // the shift chain: content of the slot above, and of this one
  input  logic [AccBits-1:0] slot_i,
  input  logic               slot_valid_i,
  output logic [AccBits-1:0] slot_o,
  output logic               slot_valid_o,
  output logic               lost_o
);
  logic [AccBits-1:0] slot_q;
  logic               slot_valid_q;

  assign bus_o       = bus_i | (psum_valid_i ? psum_i : '0);
  assign bus_valid_o = bus_valid_i | psum_valid_i;

  // A psum that has just become complete counts as captured already.
  logic arrives;
  assign arrives      = capture_i & psum_valid_i;
  assign slot_o       = arrives ? psum_i : slot_q;
  assign slot_valid_o = arrives | slot_valid_q;
  assign lost_o       = arrives & slot_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      slot_q       <= '0;
      slot_valid_q <= 1'b0;
    end else if (enable_i && capture_i) begin
      slot_q       <= shift_i ? slot_i : slot_o;
      slot_valid_q <= shift_i ? slot_valid_i : slot_valid_o;
    end
  end
endmodule
