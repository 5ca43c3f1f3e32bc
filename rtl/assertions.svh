// SPDX-License-Identifier: Apache-2.0
// Assertions of the simulation; nothing for tools that do not take them (Yosys, Icarus).
// A failing one stops the simulation with its name: see models/base/verilated_stop.cpp.
`ifndef BITLOOM_ASSERTIONS_SVH
`define BITLOOM_ASSERTIONS_SVH

`ifdef BITLOOM_ASSERT
  // Holds at every rising edge of clk_i outside reset.
  `define ASSERT(name_, property_) \
    name_: assert property (@(posedge clk_i) disable iff (!rst_ni) (property_));
  // Holds whenever the logic has settled: for modules without a clock.
  `define ASSERT_COMB(name_, expression_) \
    always_comb begin name_: assert (expression_); end
`else
  `define ASSERT(name_, property_)
  `define ASSERT_COMB(name_, expression_)
`endif

`endif
