// SPDX-License-Identifier: Apache-2.0
// Turns codes, one a cycle, into words of bit planes, one plane a cycle, the least significant
// first. One buffer fills while the other empties: with Word >= planes_i no code ever waits. The
// first plane leaves two cycles after the last code of its word.
// C++ twin: PlanePacker (models/pe/bit_serial/plane_packer.h).
`include "assertions.svh"

module plane_packer #(
  parameter  int Word = 64,  // codes of a full word, at least 2
  localparam int FillBits = $clog2(Word)
) (
  input  logic            clk_i,
  input  logic            rst_ni,

  // of the tensor, 1..8; kept while codes of it are inside
  input  logic [3:0]      planes_i,

  // codes; ready_o depends on ready_i in the same cycle
  input  logic            valid_i,
  output logic            ready_o,
  input  logic [7:0]      code_i,  // bits from planes_i on do not matter
  input  logic            last_i,  // the word ends with this code, even when it is not full

  // planes; a word stays until taken
  output logic            valid_o,
  input  logic            ready_i,
  output logic [Word-1:0] word_o,
  output logic [Word-1:0] mask_o,  // positions that hold a code
  output logic [2:0]      plane_o
);
  logic [8*Word-1:0]   filling_q, emptying_q;  // plane s at s*Word
  logic [Word-1:0]     fill_mask_q, empty_mask_q;
  logic [FillBits-1:0] codes_q;                // in the filling buffer
  logic                full_q;                 // it is complete
  logic [2:0]          plane_q;
  logic [3:0]          left_q;                 // planes still to leave; 0: the buffer is free

  logic moves, takes, complete, leaves;
  assign leaves   = valid_o & ready_i;
  assign moves    = full_q & ((left_q == 4'd0) | ((left_q == 4'd1) & ready_i));
  assign ready_o  = ~full_q | moves;
  assign takes    = valid_i & ready_o;
  assign complete = last_i | (codes_q == FillBits'(Word - 1));

  // The first code of a word clears what the buffer held.
  logic              first;
  logic [Word-1:0]   position;
  logic [8*Word-1:0] filling_d;
  assign first    = codes_q == '0;
  assign position = Word'(1) << codes_q;
  for (genvar s = 0; s < 8; s = s + 1) begin : g_planes
    assign filling_d[s*Word +: Word] = (first ? '0 : filling_q[s*Word +: Word])
                                     | (code_i[s] ? position : '0);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      filling_q    <= '0;
      fill_mask_q  <= '0;
      codes_q      <= '0;
      full_q       <= 1'b0;
      emptying_q   <= '0;
      empty_mask_q <= '0;
      plane_q      <= '0;
      left_q       <= '0;
    end else begin
      if (moves) begin
        emptying_q   <= filling_q;
        empty_mask_q <= fill_mask_q;
        plane_q      <= '0;
        left_q       <= planes_i;
      end else if (leaves) begin
        plane_q <= plane_q + 3'd1;
        left_q  <= left_q - 4'd1;
      end
      if (takes) begin
        filling_q   <= filling_d;
        fill_mask_q <= (first ? '0 : fill_mask_q) | position;
        codes_q     <= complete ? '0 : codes_q + FillBits'(1);
        full_q      <= complete;
      end else if (moves) begin
        full_q <= 1'b0;
      end
    end
  end

  assign valid_o = left_q != 4'd0;
  assign word_o  = emptying_q[plane_q*Word +: Word];
  assign mask_o  = empty_mask_q;
  assign plane_o = plane_q;

  ////////////////
  // Assertions //
  ////////////////

  `ASSERT(WordStaysUntilTaken,
          $past(valid_o && !ready_i && rst_ni) |-> valid_o && $stable({word_o, mask_o, plane_o}))
endmodule
