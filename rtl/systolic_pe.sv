// SPDX-License-Identifier: Apache-2.0
// One place of the systolic array: a PE with the registers that hand its operands on.
// Output stationary: both operands meet here and the sum stays. Weight stationary: the weight
// stays, the psum comes from above and leaves below; the next weight shifts in beside the active
// one and takes its place when the first activation of a fold passes.
// It never stalls on its own: enable_i freezes it with all others. The sum wraps.
// C++ twin: PeArray::Cell and the loop bodies of models/array/systolic/pe_array.cpp.
module systolic_pe #(
  parameter int AccBits = 32
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               enable_i,
  input  logic               weight_stationary_i,  // static

  // activation from the left; to the right one step later. An operand is
  // {negative, exponent[3:0], base[3:0]}; first and last mark the ends of a fold.
  input  logic [8:0]         activation_i,
  input  logic               activation_valid_i,
  input  logic               activation_first_i,
  input  logic               activation_last_i,
  output logic [8:0]         activation_o,
  output logic               activation_valid_o,
  output logic               activation_first_o,
  output logic               activation_last_o,

  // weight from above; below one step later
  input  logic               weight_shift_i,  // weight stationary: take the weight from above
  input  logic [8:0]         weight_i,
  input  logic               weight_valid_i,
  output logic [8:0]         weight_o,
  output logic               weight_valid_o,

  // weight stationary: the psum from above
  input  logic [AccBits-1:0] psum_i,
  input  logic               psum_valid_i,

  // the sum; valid: complete (output stationary) or on its way down (weight stationary)
  output logic [AccBits-1:0] psum_o,
  output logic               psum_valid_o,
  output logic               mac_o  // both operands are valid in this step
);
  logic [8:0] activation_q, weight_q, active_q;
  logic       activation_valid_q, activation_first_q, activation_last_q;
  logic       weight_valid_q, active_valid_q;

  // The swap takes the waiting weight as it is before this edge.
  logic [8:0] stationary, weight;
  logic       stationary_valid, weight_valid;
  assign stationary       = activation_first_i ? weight_q : active_q;
  assign stationary_valid = activation_first_i ? weight_valid_q : active_valid_q;
  assign weight           = weight_stationary_i ? stationary : weight_i;
  assign weight_valid     = weight_stationary_i ? stationary_valid : weight_valid_i;

  logic [AccBits-1:0] product;
  ant_product #(.AccBits(AccBits)) i_product (
    .a_negative_i (activation_i[8]),
    .a_base_i     (activation_i[3:0]),
    .a_exponent_i (activation_i[7:4]),
    .w_negative_i (weight[8]),
    .w_base_i     (weight[3:0]),
    .w_exponent_i (weight[7:4]),
    .product_o    (product)
  );

  logic               mac;
  logic [AccBits-1:0] start, acc_d, acc_q;
  logic               psum_valid_d, psum_valid_q;
  assign mac = activation_valid_i & weight_valid;

  always_comb begin
    if (weight_stationary_i) start = psum_valid_i ? psum_i : '0;
    else                     start = (mac & activation_first_i) ? '0 : acc_q;
    acc_d        = mac ? start + product : start;
    psum_valid_d = weight_stationary_i ? (psum_valid_i | mac) : (mac & activation_last_i);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      activation_q       <= '0;
      activation_valid_q <= 1'b0;
      activation_first_q <= 1'b0;
      activation_last_q  <= 1'b0;
      weight_q           <= '0;
      weight_valid_q     <= 1'b0;
      active_q           <= '0;
      active_valid_q     <= 1'b0;
      acc_q              <= '0;
      psum_valid_q       <= 1'b0;
    end else if (enable_i) begin
      activation_q       <= activation_i;
      activation_valid_q <= activation_valid_i;
      activation_first_q <= activation_first_i;
      activation_last_q  <= activation_last_i;
      if (weight_shift_i || !weight_stationary_i) begin
        weight_q         <= weight_i;
        weight_valid_q   <= weight_valid_i;
      end
      if (activation_first_i) begin
        active_q         <= weight_q;
        active_valid_q   <= weight_valid_q;
      end
      acc_q              <= acc_d;
      psum_valid_q       <= psum_valid_d;
    end
  end

  assign activation_o       = activation_q;
  assign activation_valid_o = activation_valid_q;
  assign activation_first_o = activation_first_q;
  assign activation_last_o  = activation_last_q;
  assign weight_o           = weight_q;
  assign weight_valid_o     = weight_valid_q;
  assign psum_o             = acc_q;
  assign psum_valid_o       = psum_valid_q;
  assign mac_o              = mac;
endmodule
