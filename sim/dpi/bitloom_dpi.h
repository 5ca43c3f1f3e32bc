// SPDX-License-Identifier: Apache-2.0
// The C++ models as C functions, for SystemVerilog's DPI-C (declared there in bitloom_dpi.svh) and
// for any other program. They hold no state of a model: what a PE keeps is passed in and out. No
// SystemC. int and long long are int and longint there, double is real.
//
// No function throws. A mistake (unknown format, code or width out of range) gives 0 and a text in
// bitloom_error(), which keeps the thread's first one until bitloom_clear_error().
#pragma once

#define BITLOOM_DPI extern "C" __attribute__((visibility("default")))

// "" when there was no mistake. Valid until the next call of this library in the thread.
BITLOOM_DPI const char* bitloom_error();
BITLOOM_DPI void bitloom_clear_error();

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
