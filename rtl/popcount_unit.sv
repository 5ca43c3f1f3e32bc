// SPDX-License-Identifier: Apache-2.0
// Counts the ones of (a AND w) or (a XOR w) at the masked positions of a word.
// No clock: a tree of adders, each level one bit wider.
// C++ twin: BitSerialPe::count (models/pe/bit_serial/bit_serial_pe.h).
module popcount_unit #(
  parameter  int Word = 64,  // bits, at least 2
  localparam int CountBits = $clog2(Word + 1)
) (
  input  logic                 xor_i,   // else AND
  input  logic [Word-1:0]      a_i,
  input  logic [Word-1:0]      w_i,
  input  logic [Word-1:0]      mask_i,  // positions that count
  output logic [CountBits-1:0] count_o
);
  logic [Word-1:0] ones;
  always_comb begin
    if (xor_i) ones = (a_i ^ w_i) & mask_i;
    else       ones = (a_i & w_i) & mask_i;
  end

  localparam int Levels = $clog2(Word);
  localparam int Leaves = 1 << Levels;  // the positions beyond the word are 0

  // Level l has Leaves >> l sums of l + 1 bits: the ones of 2^l positions.
  for (genvar l = 0; l <= Levels; l = l + 1) begin : g_level
    logic [(Leaves >> l) * (l + 1) - 1:0] sums;
    if (l == 0) begin : g_leaves
      assign sums = Leaves'(ones);
    end else begin : g_sums
      for (genvar n = 0; n < (Leaves >> l); n = n + 1) begin : g_sum
        assign g_level[l].sums[n*(l+1) +: l+1] =
            (l + 1)'(g_level[l-1].sums[2*n*l +: l]) + (l + 1)'(g_level[l-1].sums[(2*n+1)*l +: l]);
      end
    end
  end

  logic [Levels:0] total;
  assign total   = g_level[Levels].sums;
  assign count_o = total[CountBits-1:0];
  if (CountBits <= Levels) begin : g_no_power_of_two
    logic unused_top;  // more ones than the word has bits
    assign unused_top = total[Levels];
  end
endmodule
