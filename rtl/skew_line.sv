// SPDX-License-Identifier: Apache-2.0
// Delays a word by Depth enabled cycles; it holds while enable_i is low. Depth 0 is a wire.
// It never drops or repeats a word.
module skew_line #(
  parameter int Width = 1,
  parameter int Depth = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             enable_i,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);
  if (Depth == 0) begin : g_wire
    logic unused;
    assign unused = &{1'b0, clk_i, rst_ni, enable_i};
    assign data_o = data_i;
  end else if (Depth == 1) begin : g_register
    logic [Width-1:0] data_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) data_q <= '0;
      else if (enable_i) data_q <= data_i;
    end
    assign data_o = data_q;
  end else begin : g_line
    logic [Depth*Width-1:0] data_q;  // the newest word at the bottom
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) data_q <= '0;
      else if (enable_i) data_q <= {data_q[(Depth-1)*Width-1:0], data_i};
    end
    assign data_o = data_q[Depth*Width-1 -: Width];
  end
endmodule
