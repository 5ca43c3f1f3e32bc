// SPDX-License-Identifier: Apache-2.0
// How a bench uses Bitloom's blocks with a state: each module and its block get the same random
// inputs, and every output is compared in every cycle. For Verilator; Icarus Verilog has no DPI.
`include "bitloom_dpi.svh"

module dpi_blocks_bench;
  localparam int CYCLES = 6000;
  localparam int EPISODE = 600;  // cycles from one reset to the next

  logic clk_i, rst_ni;
  int   failures, cycle;
  logic faulty;  // +faulty: a block gets a wrong input in one cycle, which has to be seen

  // Prints the first difference.
  task automatic check(input string name, input longint got, input longint expected);
    if (got != expected) begin
      if (failures == 0)
        $display("FAIL %s: cycle %0d: %0h, expected %0h", name, cycle, got, expected);
      failures = failures + 1;
    end
  endtask
  task automatic put(input int block, input string port, input longint bits);
    bitloom_block_set(block, port, 0, bits);
  endtask
  function automatic longint word(input int block, input string port, input int number);
    return bitloom_block_get(block, port, number);
  endfunction
  function automatic logic one_in(input int n);
    return $urandom_range(n - 1) == 0;
  endfunction

  // Bit-serial: a PE, its popcount unit, a packer of words of 8 codes, an array of 4 x 4.
  logic               bs_valid, bs_clear, bs_shift, bs_negate, bs_last;
  logic [1:0]         bs_mode, bs_row;
  logic [63:0]        bs_a, bs_w, bs_mask;
  logic [6:0]         reference, count;
  logic               pe_valid, array_valid;
  logic signed [31:0] pe_acc;
  logic [127:0]       array_a, array_w, array_mask, array_result;
  popcount_unit i_count (
    .xor_i(bs_mode[0]), .a_i(bs_a), .w_i(bs_w), .mask_i(bs_mask), .count_o(count)
  );
  bit_serial_pe i_pe (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(bs_valid), .clear_i(bs_clear), .shift_i(bs_shift),
    .negate_i(bs_negate), .mode_i(bs_mode), .a_i(bs_a), .w_i(bs_w), .mask_i(bs_mask),
    .reference_i(reference), .valid_o(pe_valid), .acc_o(pe_acc)
  );
  bit_serial_array i_array (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(bs_valid), .clear_i(bs_clear), .shift_i(bs_shift),
    .negate_i(bs_negate), .mode_i(bs_mode), .last_i(bs_last), .a_i(array_a), .mask_i(array_mask),
    .w_i(array_w), .valid_o(array_valid), .row_i(bs_row), .result_o(array_result)
  );
  logic [3:0] planes;
  logic       pack_valid, pack_ready, pack_last, pack_take, word_valid;
  logic [7:0] pack_code, pack_word, pack_mask;
  logic [2:0] plane;
  plane_packer #(.Word(8)) i_packer (
    .clk_i(clk_i), .rst_ni(rst_ni), .planes_i(planes), .valid_i(pack_valid), .ready_o(pack_ready),
    .code_i(pack_code), .last_i(pack_last), .valid_o(word_valid), .ready_i(pack_take),
    .word_o(pack_word), .mask_o(pack_mask), .plane_o(plane)
  );

  // Analog: what a core is made of.
  logic              load, start, pulse, negative, adc_start, compare;
  logic signed [7:0] code, adc_code, sar_trial, sar_code;
  logic [1:0]        mode;
  logic [2:0]        low_bits, pass;
  pwm_driver i_driver (
    .clk_i(clk_i), .rst_ni(rst_ni), .load_i(load), .code_i(code), .mode_i(mode),
    .low_bits_i(low_bits), .pass_i(pass), .start_i(start), .pulse_o(pulse), .negative_o(negative)
  );
  logic              sar_done, ramp_done;
  logic signed [3:0] ramp_trial, ramp_code;
  sar_logic i_sar (
    .clk_i(clk_i), .rst_ni(rst_ni), .start_i(adc_start), .trial_o(sar_trial), .compare_i(compare),
    .done_o(sar_done), .code_o(sar_code)
  );
  ramp_counter #(.Bits(4)) i_ramp (
    .clk_i(clk_i), .rst_ni(rst_ni), .start_i(adc_start), .trial_o(ramp_trial),
    .compare_i(compare), .done_o(ramp_done), .code_o(ramp_code)
  );
  logic [2:0] first;
  logic [3:0] block_count, adc_select, adc_enable;
  logic       mux_phase;
  adc_mux i_mux (
    .first_i(first), .count_i(block_count), .phase_i(mux_phase), .select_o(adc_select),
    .enable_o(adc_enable)
  );
  logic               add_valid, add_clear, add_negate, add_select;
  logic [2:0]         add_shift;
  logic signed [19:0] sum;
  shift_add i_add (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(add_valid), .clear_i(add_clear),
    .negate_i(add_negate), .shift_i(add_shift), .select_i(add_select), .code_i(adc_code),
    .sum_o(sum)
  );
  logic [3:0] tiles, passes;
  logic [1:0] phases;
  logic [7:0] window;
  logic       seq_valid, seq_ready, seq_start, seq_phase, seq_sample, seq_convert, seq_converted;
  logic       seq_take, seq_take_phase, seq_take_clear, seq_take_last, seq_taken;
  logic [2:0] seq_pass, seq_take_pass;
  cim_phase_sequencer i_sequencer (
    .clk_i(clk_i), .rst_ni(rst_ni), .tiles_i(tiles), .passes_i(passes), .phases_i(phases),
    .window_i(window), .valid_i(seq_valid), .ready_o(seq_ready), .start_o(seq_start),
    .pass_o(seq_pass), .phase_o(seq_phase), .sample_o(seq_sample), .convert_o(seq_convert),
    .converted_i(seq_converted), .take_o(seq_take), .take_pass_o(seq_take_pass),
    .take_phase_o(seq_take_phase), .take_clear_o(seq_take_clear), .take_last_o(seq_take_last),
    .ready_i(seq_taken)
  );
  logic [2:0]         slices, slice_bits, drain_count, drain_output;
  logic               drain_valid, drain_ready, restart, psum_valid, psum_taken;
  logic [79:0]        sums;
  logic [1:0]         drain_first;
  logic signed [31:0] bias, psum;
  cim_drain i_drain (
    .clk_i(clk_i), .rst_ni(rst_ni), .slices_i(slices), .slice_bits_i(slice_bits),
    .valid_i(drain_valid), .ready_o(drain_ready), .sums_i(sums), .first_i(drain_first),
    .count_i(drain_count), .restart_i(restart), .valid_o(psum_valid), .ready_i(psum_taken),
    .output_o(drain_output), .bias_i(bias), .psum_o(psum)
  );

  // The digital half around a core of 16 x 8 cells; its charges are random.
  logic               core_valid, core_ready, core_sample, core_take, core_done, core_taken;
  logic [127:0]       codes;
  logic [15:0]        pulses, negatives;
  logic [3:0]         core_select, core_enable, core_compare;
  logic [15:0]        core_trial, core_code;
  logic [2:0]         core_output;
  logic signed [31:0] mantissa;
  logic signed [5:0]  shift;
  logic signed [15:0] value;
  logic signed [4:0]  charge [0:3];
  cim_digital #(.DacBits(4), .AdcBits(4)) i_core (
    .clk_i(clk_i), .rst_ni(rst_ni), .mode_i(mode), .low_bits_i(3'd1), .tiles_i(tiles),
    .first_i(3'd1), .count_i(4'd6), .slices_i(slices), .slice_bits_i(slice_bits),
    .valid_i(core_valid), .ready_o(core_ready), .codes_i(codes), .pulse_o(pulses),
    .negative_o(negatives), .select_o(core_select), .enable_o(core_enable),
    .sample_o(core_sample), .trial_o(core_trial), .compare_i(core_compare), .take_o(core_take),
    .code_o(core_code), .output_o(core_output), .bias_i(bias), .mantissa_i(mantissa),
    .shift_i(shift), .valid_o(core_done), .ready_i(core_taken), .value_o(value)
  );

  // The systolic array of 4 x 4 lines, one command.
  logic         feed;
  logic [15:0]  a_codes, w_codes;
  logic         a_first, a_last;
  logic [127:0] psums;
  logic [3:0]   psums_valid;
  logic [3:0]   unused_a, unused_w;
  logic [15:0]  unused_mac;
  systolic_array i_systolic (
    .clk_i(clk_i), .rst_ni(rst_ni), .enable_i(1'b1), .weight_stationary_i(1'b0),
    .shift_drain_i(1'b0), .wide_i(1'b0), .activation_type_i(3'd5), .activation_narrow_i(1'b0),
    .weight_type_i(3'd4), .weight_narrow_i(1'b0), .activation_code_i(a_codes),
    .activation_valid_i({4{feed}}), .activation_first_i(a_first), .activation_last_i(a_last),
    .weight_code_i(w_codes), .weight_valid_i({4{feed}}), .weight_load_i(1'b0),
    .weight_load_first_i(1'b0), .weight_repeat_i(1'b0), .shift_i(1'b0), .psum_o(psums),
    .psum_valid_o(psums_valid), .activation_decode_o(unused_a), .weight_decode_o(unused_w),
    .mac_o(unused_mac)
  );

  int h_count, h_pe, h_array, h_packer, h_driver, h_sar, h_ramp, h_mux, h_add, h_seq, h_drain,
      h_core;
  int all [0:11];

  task automatic make_blocks();
    h_count = bitloom_block("popcount_unit", "");
    h_pe = bitloom_block("bit_serial_pe", "");
    h_array = bitloom_block("bit_serial_array", "");
    h_packer = bitloom_block("plane_packer", "Word=8");
    h_driver = bitloom_block("pwm_driver", "");
    h_sar = bitloom_block("sar_logic", "");
    h_ramp = bitloom_block("ramp_counter", "Bits=4");
    h_mux = bitloom_block("adc_mux", "");
    h_add = bitloom_block("shift_add", "");
    h_seq = bitloom_block("cim_phase_sequencer", "");
    h_drain = bitloom_block("cim_drain", "");
    h_core = bitloom_block("cim_digital", "DacBits=4 AdcBits=4");
    all = '{h_count, h_pe, h_array, h_packer, h_driver, h_sar, h_ramp, h_mux, h_add, h_seq,
            h_drain, h_core};
  endtask

  task automatic reset();
    rst_ni = 1'b0;
    for (int i = 0; i < 12; i = i + 1) bitloom_block_reset(all[i]);
    #1;
    rst_ni = 1'b1;
    // What is kept from one reset to the next.
    planes = 4'($urandom_range(8, 1));
    mode = 2'($urandom_range(2));
    tiles = 4'($urandom_range(3, 1));
    passes = 4'($urandom_range(3, 1));
    phases = 2'($urandom_range(2, 1));
    window = 8'($urandom_range(9, 1));
    slices = 3'($urandom_range(2, 1));
    slice_bits = 3'($urandom_range(7, 1));
    put(h_packer, "planes_i", 64'(planes));
    put(h_seq, "tiles_i", 64'(tiles));
    put(h_seq, "passes_i", 64'(passes));
    put(h_seq, "phases_i", 64'(phases));
    put(h_seq, "window_i", 64'(window));
    put(h_drain, "slices_i", 64'(slices));
    put(h_drain, "slice_bits_i", 64'(slice_bits));
    put(h_core, "mode_i", 64'(mode));
    put(h_core, "low_bits_i", 1);
    put(h_core, "tiles_i", 64'(tiles));
    put(h_core, "first_i", 1);
    put(h_core, "count_i", 6);
    put(h_core, "slices_i", 64'(slices));
    put(h_core, "slice_bits_i", 64'(slice_bits));
    for (int i = 0; i < 4; i = i + 1) charge[i] = '0;
    seq_converted = 1'b0;
  endtask

  task automatic drive();
    bs_valid = !one_in(8);
    bs_clear = one_in(16);
    bs_shift = one_in(8);
    bs_negate = one_in(2);
    bs_last = one_in(8);
    bs_mode = 2'($urandom);
    bs_row = 2'($urandom);
    bs_a = {$urandom, $urandom};
    bs_w = {$urandom, $urandom};
    bs_mask = {$urandom, $urandom};
    reference = 7'($countones(bs_mode == 2'd1 ? bs_mask : bs_a & bs_mask));
    array_a = {$urandom, $urandom, $urandom, $urandom};
    array_w = {$urandom, $urandom, $urandom, $urandom};
    array_mask = {$urandom, $urandom, $urandom, $urandom};
    put(h_count, "xor_i", 64'(bs_mode[0]));
    put(h_count, "a_i", bs_a);
    put(h_count, "w_i", bs_w);
    put(h_count, "mask_i", bs_mask);
    put(h_pe, "a_i", bs_a);
    put(h_pe, "w_i", bs_w);
    put(h_pe, "mask_i", bs_mask);
    put(h_pe, "reference_i", 64'(reference));
    for (int i = 0; i < 2; i = i + 1) begin
      automatic int h = i == 0 ? h_pe : h_array;
      put(h, "valid_i", 64'(bs_valid));
      put(h, "clear_i", 64'(bs_clear));
      put(h, "shift_i", 64'(bs_shift));
      put(h, "negate_i", 64'(bs_negate));
      put(h, "mode_i", 64'(bs_mode));
      bitloom_block_set(h_array, "a_i", i, array_a[64*i +: 64]);
      bitloom_block_set(h_array, "w_i", i, array_w[64*i +: 64]);
      bitloom_block_set(h_array, "mask_i", i, array_mask[64*i +: 64]);
    end
    put(h_array, "last_i", 64'(bs_last));
    put(h_array, "row_i", 64'(bs_row));
    pack_valid = !one_in(3);
    pack_code = 8'($urandom);
    pack_last = one_in(8);
    pack_take = !one_in(3);
    put(h_packer, "valid_i", 64'(pack_valid));
    put(h_packer, "code_i", 64'(pack_code));
    put(h_packer, "last_i", 64'(pack_last));
    put(h_packer, "ready_i", 64'(pack_take));

    load = one_in(8);
    code = 8'($urandom);
    low_bits = 3'($urandom_range(6, 1));
    pass = 3'($urandom_range(mode == 2'd2 ? 7 : 1));
    start = one_in(16);
    put(h_driver, "load_i", 64'(load));
    put(h_driver, "code_i", 64'(code));
    put(h_driver, "mode_i", 64'(mode));
    put(h_driver, "low_bits_i", 64'(low_bits));
    put(h_driver, "pass_i", 64'(pass));
    put(h_driver, "start_i", 64'(start));
    adc_start = one_in(12);
    compare = one_in(2);
    put(h_sar, "start_i", 64'(adc_start));
    put(h_sar, "compare_i", 64'(compare));
    put(h_ramp, "start_i", 64'(adc_start));
    put(h_ramp, "compare_i", 64'(compare));
    first = 3'($urandom);
    block_count = 4'($urandom_range(8 - 32'(first), 1));
    mux_phase = 1'($urandom);
    put(h_mux, "first_i", 64'(first));
    put(h_mux, "count_i", 64'(block_count));
    put(h_mux, "phase_i", 64'(mux_phase));
    add_valid = !one_in(4);
    add_clear = one_in(8);
    add_negate = one_in(2);
    add_shift = 3'($urandom);
    add_select = 1'($urandom);
    adc_code = 8'($urandom);
    put(h_add, "valid_i", 64'(add_valid));
    put(h_add, "clear_i", 64'(add_clear));
    put(h_add, "negate_i", 64'(add_negate));
    put(h_add, "shift_i", 64'(add_shift));
    put(h_add, "select_i", 64'(add_select));
    put(h_add, "code_i", 64'(adc_code));
    if (faulty && cycle == 1000) put(h_add, "code_i", 64'(adc_code + 8'd1));
    seq_valid = !one_in(3);
    seq_taken = !one_in(3);
    put(h_seq, "valid_i", 64'(seq_valid));
    put(h_seq, "converted_i", 64'(seq_converted));
    put(h_seq, "ready_i", 64'(seq_taken));
    drain_valid = !one_in(3);
    sums = {16'($urandom), $urandom, $urandom};
    drain_first = 2'($urandom);
    drain_count = 3'($urandom_range(4, 1));
    restart = one_in(4);
    psum_taken = !one_in(3);
    bias = $urandom;
    put(h_drain, "valid_i", 64'(drain_valid));
    bitloom_block_set(h_drain, "sums_i", 0, sums[63:0]);
    bitloom_block_set(h_drain, "sums_i", 1, 64'(sums[79:64]));
    put(h_drain, "first_i", 64'(drain_first));
    put(h_drain, "count_i", 64'(drain_count));
    put(h_drain, "restart_i", 64'(restart));
    put(h_drain, "ready_i", 64'(psum_taken));
    put(h_drain, "bias_i", 64'(bias));

    core_valid = !one_in(3);
    codes = {$urandom, $urandom, $urandom, $urandom};
    core_taken = !one_in(3);
    mantissa = $signed({2'b01, 30'($urandom)});
    shift = 6'($urandom_range(15)) - 6'sd4;
    put(h_core, "valid_i", 64'(core_valid));
    bitloom_block_set(h_core, "codes_i", 0, codes[63:0]);
    bitloom_block_set(h_core, "codes_i", 1, codes[127:64]);
    put(h_core, "ready_i", 64'(core_taken));
    put(h_core, "bias_i", 64'(bias));
    put(h_core, "mantissa_i", 64'(mantissa));
    put(h_core, "shift_i", 64'(shift));
    #1;
    for (int i = 0; i < 4; i = i + 1)
      core_compare[i] = charge[i] >= 5'($signed(core_trial[4*i +: 4]));
    put(h_core, "compare_i", 64'(core_compare));
    #1;
  endtask

  task automatic compare_all();
    check("popcount_unit", 64'(count), word(h_count, "count_o", 0));
    check("bit_serial_pe valid", 64'(pe_valid), word(h_pe, "valid_o", 0));
    check("bit_serial_pe", 64'(pe_acc), word(h_pe, "acc_o", 0));
    check("bit_serial_array valid", 64'(array_valid), word(h_array, "valid_o", 0));
    for (int i = 0; i < 2; i = i + 1)
      check("bit_serial_array", array_result[64*i +: 64], word(h_array, "result_o", i));
    check("plane_packer ready", 64'(pack_ready), word(h_packer, "ready_o", 0));
    check("plane_packer valid", 64'(word_valid), word(h_packer, "valid_o", 0));
    if (word_valid) begin
      check("plane_packer word", 64'(pack_word), word(h_packer, "word_o", 0));
      check("plane_packer mask", 64'(pack_mask), word(h_packer, "mask_o", 0));
      check("plane_packer plane", 64'(plane), word(h_packer, "plane_o", 0));
    end
    check("pwm_driver pulse", 64'(pulse), word(h_driver, "pulse_o", 0));
    check("pwm_driver negative", 64'(negative), word(h_driver, "negative_o", 0));
    check("sar_logic trial", 64'(sar_trial), word(h_sar, "trial_o", 0));
    check("sar_logic done", 64'(sar_done), word(h_sar, "done_o", 0));
    check("sar_logic code", 64'(sar_code), word(h_sar, "code_o", 0));
    check("ramp_counter trial", 64'(ramp_trial), word(h_ramp, "trial_o", 0));
    check("ramp_counter done", 64'(ramp_done), word(h_ramp, "done_o", 0));
    check("ramp_counter code", 64'(ramp_code), word(h_ramp, "code_o", 0));
    check("adc_mux select", 64'(adc_select), word(h_mux, "select_o", 0));
    check("adc_mux enable", 64'(adc_enable), word(h_mux, "enable_o", 0));
    check("shift_add", 64'(sum), word(h_add, "sum_o", 0));
    check("cim_phase_sequencer",
          64'({seq_ready, seq_start, seq_pass, seq_phase, seq_sample, seq_convert, seq_take,
               seq_take_pass, seq_take_phase, seq_take_clear, seq_take_last}),
          64'({1'(word(h_seq, "ready_o", 0)), 1'(word(h_seq, "start_o", 0)),
               3'(word(h_seq, "pass_o", 0)), 1'(word(h_seq, "phase_o", 0)),
               1'(word(h_seq, "sample_o", 0)), 1'(word(h_seq, "convert_o", 0)),
               1'(word(h_seq, "take_o", 0)), 3'(word(h_seq, "take_pass_o", 0)),
               1'(word(h_seq, "take_phase_o", 0)), 1'(word(h_seq, "take_clear_o", 0)),
               1'(word(h_seq, "take_last_o", 0))}));
    check("cim_drain ready", 64'(drain_ready), word(h_drain, "ready_o", 0));
    check("cim_drain valid", 64'(psum_valid), word(h_drain, "valid_o", 0));
    check("cim_drain output", 64'(drain_output), word(h_drain, "output_o", 0));
    if (psum_valid) check("cim_drain psum", 64'(psum), word(h_drain, "psum_o", 0));
    check("cim_digital ready", 64'(core_ready), word(h_core, "ready_o", 0));
    check("cim_digital pulse", 64'(pulses), word(h_core, "pulse_o", 0));
    check("cim_digital negative", 64'(negatives), word(h_core, "negative_o", 0));
    check("cim_digital select", 64'(core_select), word(h_core, "select_o", 0));
    check("cim_digital enable", 64'(core_enable), word(h_core, "enable_o", 0));
    check("cim_digital sample", 64'(core_sample), word(h_core, "sample_o", 0));
    check("cim_digital trial", 64'(core_trial), word(h_core, "trial_o", 0));
    check("cim_digital take", 64'(core_take), word(h_core, "take_o", 0));
    check("cim_digital code", 64'(core_code), word(h_core, "code_o", 0));
    check("cim_digital output", 64'(core_output), word(h_core, "output_o", 0));
    check("cim_digital valid", 64'(core_done), word(h_core, "valid_o", 0));
    if (core_done) begin
      check("cim_digital value", 64'(value), word(h_core, "value_o", 0));
      results = results + 1;
    end
  endtask

  int   results;  // of the core
  logic converts;

  // Psums in the order in which each column gives them, and the edge that gave the last.
  task automatic run_command();
    localparam int K = 9;
    automatic int gemm, edges, got;
    automatic int row [0:3];
    gemm = bitloom_gemm(bitloom_format("flint4"), bitloom_format("int4"), 4, 4, K);
    rst_ni = 1'b0;
    #1;
    rst_ni = 1'b1;
    feed = 1'b0;
    clk_i = 1'b1;
    #1;
    clk_i = 1'b0;
    got = 0;
    for (int c = 0; c < 4; c = c + 1) row[c] = 0;
    for (edges = 0; got < 16 && edges < 100; edges = edges + 1) begin
      feed = edges < K;
      a_first = edges == 0;
      a_last = edges == K - 1;
      a_codes = 16'($urandom);
      w_codes = 16'($urandom);
      for (int i = 0; i < 4 && feed; i = i + 1) begin
        bitloom_gemm_activation(gemm, i, edges, 32'(a_codes[4*i +: 4]));
        bitloom_gemm_weight(gemm, i, edges, 32'(w_codes[4*i +: 4]));
      end
      #1;
      clk_i = 1'b1;
      #1;
      clk_i = 1'b0;
      #1;
      for (int c = 0; c < 4; c = c + 1)
        if (psums_valid[c]) begin
          check("systolic_array psum", 64'($signed(psums[32*c +: 32])),
                64'(bitloom_gemm_psum(gemm, row[c], c, 32)));
          row[c] = row[c] + 1;
          got = got + 1;
        end
    end
    check("systolic_array psums", 64'(got), 16);
    check("systolic_array cycles", 64'(edges), bitloom_gemm_cycles(gemm, 4, 4, 0, 0));
    bitloom_gemm_free(gemm);
  endtask

  initial begin
    failures = 0;
    faulty = $test$plusargs("faulty") != 0;
    results = 0;
    clk_i = 1'b0;
    feed = 1'b0;
    rst_ni = 1'b1;
    #1;
    make_blocks();
    for (cycle = 0; cycle < CYCLES; cycle = cycle + 1) begin
      if (cycle % EPISODE == 0) reset();
      drive();
      compare_all();
      if (core_sample || core_take)
        for (int i = 0; i < 4; i = i + 1) charge[i] = 5'($urandom);
      converts = seq_convert;
      for (int i = 0; i < 12; i = i + 1) bitloom_block_edge(all[i]);
      clk_i = 1'b1;
      #1;
      clk_i = 1'b0;
      #1;
      if (converts) seq_converted = 1'b0;
      else if (one_in(4)) seq_converted = 1'b1;
    end
    for (int i = 0; i < 20; i = i + 1) run_command();
    for (int i = 0; i < 12; i = i + 1) bitloom_block_free(all[i]);
    if (results < 100) begin
      $display("FAIL cim_digital: %0d results", results);
      failures = failures + 1;
    end
    if (bitloom_error() != "") begin
      $display("FAIL bitloom: %s", bitloom_error());
      failures = failures + 1;
    end
    if (failures != 0) $fatal(1, "%0d differences", failures);
    $display("PASS dpi_blocks_bench: %0d cycles", CYCLES);
  end
endmodule
