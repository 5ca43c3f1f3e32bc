// SPDX-License-Identifier: Apache-2.0
// Bitloom's models as DPI-C functions: link libbitloom_dpi.so. What they mean is in bitloom_dpi.h.
// For Verilator and other simulators with DPI; Icarus Verilog has none (use exported vectors).
`ifndef BITLOOM_DPI_SVH
`define BITLOOM_DPI_SVH

import "DPI-C" function string bitloom_error();
import "DPI-C" function void bitloom_clear_error();

import "DPI-C" function int bitloom_format(input string name);
import "DPI-C" function int bitloom_bits(input int format);
import "DPI-C" function real bitloom_decode(input int format, input int code);
import "DPI-C" function int bitloom_encode(input int format, input real value);
import "DPI-C" function void bitloom_ant_operand(
  input int format, input int code, output int negative, output int base, output int exponent);

import "DPI-C" function longint bitloom_ant_pe(
  input longint sum, input int acc_bits, input int clear, input int a_negative, input int a_base,
  input int a_exponent, input int w_negative, input int w_base, input int w_exponent);
import "DPI-C" function longint bitloom_ant_int8_pe(
  input longint sum, input int acc_bits, input int clear, input int a_signed, input int w_signed,
  input int a, input int w);
import "DPI-C" function longint bitloom_int8_mac(
  input longint sum, input int acc_bits, input int clear, input int a, input int w);

import "DPI-C" function void bitloom_minifloat_mac_exact(
  input int format, input int guard_bits, input int clear, input int a, input int w,
  inout longint low, inout longint high, inout int flags);
import "DPI-C" function int bitloom_minifloat_mac_fp32(
  input int format, input int sum, input int clear, input int a, input int w);
import "DPI-C" function int bitloom_binary32_add(input int a, input int b);

import "DPI-C" function int bitloom_requantize(input int value, input int mantissa, input int shift);
import "DPI-C" function int bitloom_requantize16(
  input int value, input int mantissa, input int shift);

import "DPI-C" function int bitloom_gemm(
  input int activation_format, input int weight_format, input int m, input int n, input int k);
import "DPI-C" function void bitloom_gemm_activation(
  input int gemm, input int m, input int k, input int code);
import "DPI-C" function void bitloom_gemm_weight(
  input int gemm, input int n, input int k, input int code);
import "DPI-C" function int bitloom_gemm_psum(
  input int gemm, input int m, input int n, input int acc_bits);
import "DPI-C" function longint bitloom_gemm_cycles(
  input int gemm, input int rows, input int columns, input int weight_stationary,
  input int shift_drain);
import "DPI-C" function void bitloom_gemm_free(input int gemm);

import "DPI-C" function int bitloom_block(input string module_name, input string parameters);
import "DPI-C" function void bitloom_block_reset(input int block);
import "DPI-C" function void bitloom_block_set(
  input int block, input string port, input int word, input longint bits);
import "DPI-C" function longint bitloom_block_get(input int block, input string port, input int word);
import "DPI-C" function void bitloom_block_edge(input int block);
import "DPI-C" function void bitloom_block_free(input int block);

`endif
