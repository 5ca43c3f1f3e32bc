// SPDX-License-Identifier: Apache-2.0
// The C++ models as C functions, for SystemVerilog's DPI-C (declared there in bitloom_dpi.svh) and
// for any other program. C99. No SystemC. int and long long are int and longint there, double is
// real. What a PE keeps is passed in and out; blocks with more state, and the operands of a product
// of matrices, are behind handles. Handles count from 1, in the order in which they were made.
//
// No function throws. A mistake (unknown format, code or width out of range) gives 0 and a text in
// bitloom_error(), which keeps the thread's first one until bitloom_clear_error().
#pragma once

#define BITLOOM_DPI __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

// "" when there was no mistake. Valid until the next call of this library in the thread.
BITLOOM_DPI const char* bitloom_error(void);
BITLOOM_DPI void bitloom_clear_error(void);

// A handle of a format by its name ("flint4", "e4m3"), at least 1.
BITLOOM_DPI int bitloom_format(const char* name);
BITLOOM_DPI int bitloom_bits(int format);
// The value of a code in the format's grid units; infinities and NaN as such.
BITLOOM_DPI double bitloom_decode(int format, int code);
// The nearest code, saturating, ties by the format's rule.
BITLOOM_DPI int bitloom_encode(int format, double value);
// The operand of an ANT PE: value = (negative ? -1 : 1) * base << exponent.
BITLOOM_DPI void bitloom_ant_operand(int format, int code, int* negative, int* base, int* exponent);

// One valid clock edge of a PE: the new sum, sign-extended from acc_bits (2..64). clear starts a
// new sum. base 0..15, exponent 0..15.
BITLOOM_DPI long long bitloom_ant_pe(long long sum, int acc_bits, int clear, int a_negative,
                                     int a_base, int a_exponent, int w_negative, int w_base,
                                     int w_exponent);
// Four ANT PEs on the nibbles of two bytes: the sum of their four sums. a, w: the low 8 bits count.
BITLOOM_DPI long long bitloom_ant_int8_pe(long long sum, int acc_bits, int clear, int a_signed,
                                          int w_signed, int a, int w);
// Signed 8-bit multiply-accumulate.
BITLOOM_DPI long long bitloom_int8_mac(long long sum, int acc_bits, int clear, int a, int w);

// Minifloat MACs for e4m3, e5m2 and e2m1. The exact one: guard_bits 0..32; the sum in two halves,
// sign-extended to 128 bits; flags: 1 NaN, 2 +infinity, 4 -infinity.
BITLOOM_DPI void bitloom_minifloat_mac_exact(int format, int guard_bits, int clear, int a, int w,
                                             long long* low, long long* high, int* flags);
// The one with a binary32 accumulator: the new pattern.
BITLOOM_DPI int bitloom_minifloat_mac_fp32(int format, int sum, int clear, int a, int w);
// IEEE binary32 addition of two patterns, to nearest even; the one NaN is 0x7fc00000.
BITLOOM_DPI int bitloom_binary32_add(int a, int b);

// gemmlowp's requantization: mantissa / 2^31 * 2^-shift, shift -30..31. The second saturates to 16
// bits, as the vector unit's words.
BITLOOM_DPI int bitloom_requantize(int value, int mantissa, int shift);
BITLOOM_DPI int bitloom_requantize16(int value, int mantissa, int shift);

// A product of matrices as the systolic array of ANT PEs computes it: activations [m][k] times
// weights [n][k], all codes 0 at first. m, n, k >= 1, at most 2^24 codes in each matrix. Both
// formats of up to 4 bits, or both of 8.
BITLOOM_DPI int bitloom_gemm(int activation_format, int weight_format, int m, int n, int k);
BITLOOM_DPI void bitloom_gemm_activation(int gemm, int m, int k, int code);
BITLOOM_DPI void bitloom_gemm_weight(int gemm, int n, int k, int code);
// A psum, wrapped at acc_bits (16..32).
BITLOOM_DPI int bitloom_gemm_psum(int gemm, int m, int n, int acc_bits);
// Clock edges from the one that takes the first operands to the one that gives the last psum, for
// an array of rows x columns lines (even, 2..1024) that is fed in every cycle. weight_stationary 0
// or 1; shift_drain 0 (bus) or 1, output stationary only.
BITLOOM_DPI long long bitloom_gemm_cycles(int gemm, int rows, int columns, int weight_stationary,
                                          int shift_drain);
BITLOOM_DPI void bitloom_gemm_free(int gemm);

// A block in its state after reset, behind the ports of its module in rtl/: popcount_unit,
// bit_serial_pe, plane_packer, bit_serial_array; pwm_driver, cim_phase_sequencer, adc_mux,
// sar_logic, ramp_counter, shift_add, cim_drain, cim_digital. parameters: "Word=8 Rows=4", those of
// the module that differ from its defaults (sums have the modules' default widths).
BITLOOM_DPI int bitloom_block(const char* module, const char* parameters);
BITLOOM_DPI void bitloom_block_reset(int block);
// Bits 64*word .. 64*word+63 of a port. Inputs are 0 at first and stay until set again. Outputs are
// those before the next clock edge, with the inputs as they are; signed ports are sign-extended.
BITLOOM_DPI void bitloom_block_set(int block, const char* port, int word, long long bits);
BITLOOM_DPI long long bitloom_block_get(int block, const char* port, int word);
// A rising edge of clk_i. A mistake in the inputs leaves the state as it was.
BITLOOM_DPI void bitloom_block_edge(int block);
BITLOOM_DPI void bitloom_block_free(int block);

#ifdef __cplusplus
}
#endif
