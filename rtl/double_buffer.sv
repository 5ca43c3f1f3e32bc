// SPDX-License-Identifier: Apache-2.0
// Rules the two halves of a scratchpad: one is filled word by word while the other, full, is used.
// Halves alternate on both sides, so blocks are used in the order in which they were filled. It
// holds no data: it gives the address of each word written and the half to read from.
// A half is never written while it is in use, and never offered before its last word is written.
`include "assertions.svh"

module double_buffer #(
  parameter int IndexBits = 8  // 2^IndexBits words a half
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // fill side: a word is written to {fill_half_o, fill_index_o} in each cycle with valid and ready;
  // last ends a block, which a full half does, too. ready does not wait for valid.
  input  logic                 fill_valid_i,
  input  logic                 fill_last_i,
  output logic                 fill_ready_o,
  output logic                 fill_half_o,
  output logic [IndexBits-1:0] fill_index_o,

  // use side: the block in use_half_o has use_last_o + 1 words; ready gives the half back
  output logic                 use_valid_o,
  output logic                 use_half_o,
  output logic [IndexBits-1:0] use_last_o,  // index of its last word
  input  logic                 use_ready_i
);
  logic [1:0]           full_q;
  logic                 fill_half_q, use_half_q;
  logic [IndexBits-1:0] index_q, last0_q, last1_q;

  logic fill, complete, release_half;
  assign fill         = fill_valid_i & fill_ready_o;
  assign complete     = fill & (fill_last_i | (&index_q));
  assign release_half = use_valid_o & use_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      full_q      <= '0;
      fill_half_q <= 1'b0;
      use_half_q  <= 1'b0;
      index_q     <= '0;
      last0_q     <= '0;
      last1_q     <= '0;
    end else begin
      if (fill) index_q <= complete ? '0 : index_q + IndexBits'(1);
      // Never both on one half: the fill side has an empty one, the use side a full one.
      if (complete) begin
        full_q[fill_half_q] <= 1'b1;
        fill_half_q         <= ~fill_half_q;
        if (fill_half_q) last1_q <= index_q;
        else             last0_q <= index_q;
      end
      if (release_half) begin
        full_q[use_half_q] <= 1'b0;
        use_half_q         <= ~use_half_q;
      end
    end
  end

  assign fill_ready_o = ~full_q[fill_half_q];
  assign fill_half_o  = fill_half_q;
  assign fill_index_o = index_q;
  assign use_valid_o  = full_q[use_half_q];
  assign use_half_o   = use_half_q;
  assign use_last_o   = use_half_q ? last1_q : last0_q;

  ////////////////
  // Assertions //
  ////////////////

  // The half that is filled is not the one that is used, and one of the sides can always move.
  `ASSERT(SidesKeepApart, fill_ready_o && use_valid_o |-> fill_half_o != use_half_o)
  `ASSERT(OneSideCanAlwaysMove, fill_ready_o || use_valid_o)
  `ASSERT(ValidStays, $past(use_valid_o && !use_ready_i && rst_ni) |-> use_valid_o)
  `ASSERT(BlockStays, $past(use_valid_o && !use_ready_i && rst_ni)
                      |-> $stable(use_half_o) && $stable(use_last_o))
endmodule
