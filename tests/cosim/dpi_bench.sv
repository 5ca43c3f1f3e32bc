// SPDX-License-Identifier: Apache-2.0
// How a bench uses Bitloom's models: each module is driven with random operands and compared with
// a DPI-C function in every cycle. For Verilator; Icarus Verilog has no DPI.
`include "bitloom_dpi.svh"

module dpi_bench;
  localparam int CYCLES = 20000;

  logic clk_i, rst_ni, valid_i, clear_i;
  int   failures;

  // Prints the first difference of a comparison.
  task automatic check(input string name, input int cycle, input longint got,
                       input longint expected);
    if (got != expected) begin
      if (failures == 0)
        $display("FAIL %s: cycle %0d: %0h, expected %0h", name, cycle, got, expected);
      failures = failures + 1;
    end
  endtask

  // ANT: two 4-bit flint codes through decoders into a PE, and bytes on four PEs.
  logic [3:0]         a_code, w_code;
  logic               a_negative, w_negative;
  logic [3:0]         a_base, w_base, a_exponent, w_exponent;
  logic signed [31:0] ant_sum, int8_sum;
  logic [7:0]         a_byte, w_byte;
  logic [1:0]         unused_valid;
  ant_decoder #(.Bits(4)) i_decoder_a (
    .type_i(3'b101), .code_i(a_code),
    .negative_o(a_negative), .base_o(a_base), .exponent_o(a_exponent)
  );
  ant_decoder #(.Bits(4)) i_decoder_w (
    .type_i(3'b101), .code_i(w_code),
    .negative_o(w_negative), .base_o(w_base), .exponent_o(w_exponent)
  );
  ant_pe i_ant_pe (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(valid_i), .clear_i(clear_i),
    .a_negative_i(a_negative), .a_base_i(a_base), .a_exponent_i(a_exponent),
    .w_negative_i(w_negative), .w_base_i(w_base), .w_exponent_i(w_exponent),
    .valid_o(unused_valid[0]), .acc_o(ant_sum)
  );
  ant_int8_pe i_int8_pe (
    .clk_i(clk_i), .rst_ni(rst_ni), .a_signed_i(1'b1), .w_signed_i(1'b0),
    .valid_i(valid_i), .clear_i(clear_i), .a_i(a_byte), .w_i(w_byte),
    .valid_o(unused_valid[1]), .acc_o(int8_sum)
  );

  // E5M2, both accumulators.
  logic signed [76:0] exact_sum;
  logic [31:0]        fp32_sum;
  logic               nan, positive, negative;
  logic [1:0]         unused_valid_mini;
  minifloat_mac_exact #(.ExpBits(5), .ManBits(2), .Convention(2)) i_exact (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(valid_i), .clear_i(clear_i),
    .a_i(a_byte), .w_i(w_byte), .valid_o(unused_valid_mini[0]), .acc_o(exact_sum),
    .nan_o(nan), .positive_infinity_o(positive), .negative_infinity_o(negative)
  );
  minifloat_mac_fp32 #(.ExpBits(5), .ManBits(2), .Convention(2)) i_fp32 (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(valid_i), .clear_i(clear_i),
    .a_i(a_byte), .w_i(w_byte), .valid_o(unused_valid_mini[1]), .acc_o(fp32_sum)
  );

  // Requantizer, never stalled: a result three cycles after its operand.
  logic signed [31:0] value, mantissa;
  logic signed [5:0]  shift;
  logic signed [15:0] word;
  logic               word_valid, unused_ready;
  int                 expected_word [0:2];
  requantizer i_requantizer (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(1'b1), .ready_o(unused_ready),
    .value_i(value), .mantissa_i(mantissa), .shift_i(shift),
    .valid_o(word_valid), .ready_i(1'b1), .value_o(word)
  );

  int     flint4, e5m2, sign, base, exponent, flags, fp32;
  longint ant, int8, low, high;

  initial begin
    failures = 0;
    clk_i = 1'b0;
    valid_i = 1'b0;
    clear_i = 1'b0;
    rst_ni = 1'b1;
    #1 rst_ni = 1'b0;
    #1 rst_ni = 1'b1;
    flint4 = bitloom_format("flint4");
    e5m2 = bitloom_format("e5m2");
    ant = 0; int8 = 0; low = 0; high = 0; flags = 0; fp32 = 0;

    for (int cycle = 0; cycle < CYCLES; cycle = cycle + 1) begin
      valid_i = $urandom_range(7) != 0;
      clear_i = $urandom_range(31) == 0;
      a_code = 4'($urandom);
      w_code = 4'($urandom);
      a_byte = 8'($urandom);
      w_byte = 8'($urandom);
      value = $signed($urandom) >>> $urandom_range(31);
      mantissa = $signed({2'b01, 30'($urandom)});
      shift = 6'($urandom_range(61)) - 6'sd30;
      #1;
      bitloom_ant_operand(flint4, 32'(a_code), sign, base, exponent);
      check("ant_decoder sign", cycle, 64'(a_negative), 64'(sign));
      check("ant_decoder base", cycle, 64'(a_base), 64'(base));
      check("ant_decoder exponent", cycle, 64'(a_exponent), 64'(exponent));
      if (valid_i) begin
        ant = bitloom_ant_pe(ant, 32, 32'(clear_i), 32'(a_negative), 32'(a_base), 32'(a_exponent),
                             32'(w_negative), 32'(w_base), 32'(w_exponent));
        int8 = bitloom_ant_int8_pe(int8, 32, 32'(clear_i), 1, 0, 32'(a_byte), 32'(w_byte));
        bitloom_minifloat_mac_exact(e5m2, 12, 32'(clear_i), 32'(a_byte), 32'(w_byte), low, high,
                                    flags);
        fp32 = bitloom_minifloat_mac_fp32(e5m2, fp32, 32'(clear_i), 32'(a_byte), 32'(w_byte));
      end
      clk_i = 1'b1;
      #1;
      clk_i = 1'b0;
      #1;
      check("ant_pe", cycle, 64'(ant_sum), ant);
      check("ant_int8_pe", cycle, 64'(int8_sum), int8);
      check("minifloat_mac_exact low", cycle, exact_sum[63:0], low);
      check("minifloat_mac_exact high", cycle, 64'($signed(exact_sum[76:64])), high);
      check("minifloat_mac_exact flags", cycle, {61'd0, negative, positive, nan}, 64'(flags));
      check("minifloat_mac_fp32", cycle, 64'(fp32_sum), 64'($unsigned(fp32)));
      expected_word[2] = expected_word[1];
      expected_word[1] = expected_word[0];
      expected_word[0] = bitloom_requantize16(value, mantissa, 32'(shift));
      check("requantizer valid", cycle, 64'(word_valid), cycle >= 2 ? 1 : 0);
      if (word_valid) check("requantizer", cycle, 64'(word), 64'(expected_word[2]));
    end

    // A float code and back: the nearest code of a code's value is the code.
    for (int code = 0; code < 124; code = code + 1)
      check("encode", code, 64'(bitloom_encode(e5m2, bitloom_decode(e5m2, code))), 64'(code));

    if (bitloom_error() != "") begin
      $display("FAIL bitloom: %s", bitloom_error());
      failures = failures + 1;
    end
    if (failures != 0) $fatal(1, "%0d differences", failures);
    $display("PASS dpi_bench: %0d cycles", CYCLES);
  end
endmodule
