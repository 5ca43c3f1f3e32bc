// SPDX-License-Identifier: Apache-2.0
#include "sim/dpi/bitloom_dpi.h"

#include <cstdint>
#include <string>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "models/numeric/requantize.h"
#include "models/pe/ant_pe/ant_decoder.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "models/pe/int8_mac/int8_mac.h"
#include "models/pe/minifloat_mac/minifloat_mac_exact.h"
#include "models/pe/minifloat_mac/minifloat_mac_fp32.h"
#include "models/pe/requantizer/requantizer.h"
#include "sim/dpi/block.h"
#include "sim/dpi/gemm_object.h"
#include "sim/dpi/handles.h"

using namespace bitloom;

namespace {

thread_local std::string first_error;

// Runs `body`; a mistake in it gives the result's zero.
template <class Body>
auto guarded(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (const std::exception& error) {
        if (first_error.empty()) first_error = error.what();
    }
    return decltype(body())();
}

void require_range(const char* what, long long value, long long low, long long high) {
    if (value < low || value > high) fail("{} = {}: must be {}..{}", what, value, low, high);
}

// A handle is the place in the list of names, from 1: the same in every thread and run.
const Format& format_of(int handle) {
    const auto& names = format_names();
    require_range("format handle", handle, 1, static_cast<long long>(names.size()));
    return format(names[static_cast<std::size_t>(handle - 1)]);
}

std::uint32_t code_of(const Format& f, int code) {
    require_range("code", code, 0, static_cast<long long>(f.code_count()) - 1);
    return static_cast<std::uint32_t>(code);
}

BaseExponent operand_of(int negative, int base, int exponent) {
    require_range("base", base, 0, 15);
    require_range("exponent", exponent, 0, 15);
    return {negative != 0, static_cast<std::uint8_t>(base), static_cast<std::uint8_t>(exponent)};
}

const AntDecoder& byte_decoder(int is_signed) {
    static const AntDecoder int8(format("int8")), uint8(format("uint8"));
    return is_signed != 0 ? int8 : uint8;
}

Handles<GemmObject>& gemms() {
    static Handles<GemmObject> all("gemm");
    return all;
}

Handles<Block>& blocks() {
    static Handles<Block> all("block");
    return all;
}

std::string_view given(const char* what, const char* text) {
    if (text == nullptr) fail("{}: no name", what);
    return text;
}

Requantizer::Operand requantizer_operand(int value, int mantissa, int shift) {
    require_range("shift", shift, -30, 31);
    return {value, mantissa, shift};
}

}  // namespace

const char* bitloom_error() {
    return first_error.c_str();
}

void bitloom_clear_error() {
    first_error.clear();
}

int bitloom_format(const char* name) {
    return guarded([&] {
        if (name == nullptr) fail("format: no name");
        const std::string& canonical = format(name).name();
        const auto& names = format_names();
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == canonical) return static_cast<int>(i) + 1;
        fail("format '{}': has no handle: allowed: what 'bitloom show formats' lists", name);
    });
}

int bitloom_bits(int format) {
    return guarded([&] { return format_of(format).bits(); });
}

double bitloom_decode(int format, int code) {
    return guarded([&] {
        const Format& f = format_of(format);
        return f.value(code_of(f, code));
    });
}

int bitloom_encode(int format, double value) {
    return guarded([&] { return static_cast<int>(format_of(format).encode(value)); });
}

void bitloom_ant_operand(int format, int code, int* negative, int* base, int* exponent) {
    const BaseExponent operand = guarded([&] {
        const Format& f = format_of(format);
        return f.decode_base_exponent(code_of(f, code));
    });
    *negative = operand.negative;
    *base = operand.base;
    *exponent = operand.exponent;
}

long long bitloom_ant_pe(long long sum, int acc_bits, int clear, int a_negative, int a_base,
                         int a_exponent, int w_negative, int w_base, int w_exponent) {
    return guarded([&]() -> long long {
        require_range("acc_bits", acc_bits, 2, 64);
        const AntPe::Inputs inputs{true, clear != 0, operand_of(a_negative, a_base, a_exponent),
                                   operand_of(w_negative, w_base, w_exponent)};
        return AntPe::next({sum}, inputs, acc_bits).accumulator;
    });
}

long long bitloom_ant_int8_pe(long long sum, int acc_bits, int clear, int a_signed, int w_signed,
                              int a, int w) {
    return guarded([&]() -> long long {
        require_range("acc_bits", acc_bits, 2, 64);
        // The four sums wrap, so adding every product to one sum gives the same bits.
        AntPe::State state{sum};
        bool first = clear != 0;
        for (int row = 0; row < 2; ++row)
            for (int column = 0; column < 2; ++column) {
                state = AntPe::next(
                    state,
                    {true, first,
                     byte_decoder(a_signed).operand(static_cast<std::uint32_t>(a) & 255, row),
                     byte_decoder(w_signed).operand(static_cast<std::uint32_t>(w) & 255, column)},
                    acc_bits);
                first = false;
            }
        return state.accumulator;
    });
}

long long bitloom_int8_mac(long long sum, int acc_bits, int clear, int a, int w) {
    return guarded([&]() -> long long {
        require_range("acc_bits", acc_bits, 16, 63);
        return Int8Mac::next(
                   {sum},
                   {true, clear != 0, static_cast<std::int8_t>(a), static_cast<std::int8_t>(w)},
                   acc_bits)
            .accumulator;
    });
}

void bitloom_minifloat_mac_exact(int format, int guard_bits, int clear, int a, int w,
                                 long long* low, long long* high, int* flags) {
    guarded([&] {
        const Format& f = format_of(format);
        const MinifloatShape& shape = minifloat_mac_shape(f.name());
        require_range("guard_bits", guard_bits, 0, MinifloatMacExact::max_guard_bits);
        const UInt128 sum = (static_cast<UInt128>(static_cast<std::uint64_t>(*high)) << 64) |
                            static_cast<std::uint64_t>(*low);
        MinifloatMacExact::State state{static_cast<Int128>(sum), (*flags & 1) != 0,
                                       (*flags & 2) != 0, (*flags & 4) != 0};
        state = MinifloatMacExact::next(state,
                                        {true, clear != 0, static_cast<std::uint8_t>(code_of(f, a)),
                                         static_cast<std::uint8_t>(code_of(f, w))},
                                        shape, guard_bits);
        const auto bits = static_cast<UInt128>(state.accumulator);
        *low = static_cast<long long>(static_cast<std::uint64_t>(bits));
        *high = static_cast<long long>(static_cast<std::uint64_t>(bits >> 64));
        *flags = (state.nan ? 1 : 0) | (state.positive_infinity ? 2 : 0) |
                 (state.negative_infinity ? 4 : 0);
    });
}

int bitloom_minifloat_mac_fp32(int format, int sum, int clear, int a, int w) {
    return guarded([&] {
        const Format& f = format_of(format);
        const auto state =
            MinifloatMacFp32::next({static_cast<std::uint32_t>(sum)},
                                   {true, clear != 0, static_cast<std::uint8_t>(code_of(f, a)),
                                    static_cast<std::uint8_t>(code_of(f, w))},
                                   minifloat_mac_shape(f.name()));
        return static_cast<int>(state.accumulator);
    });
}

int bitloom_binary32_add(int a, int b) {
    return static_cast<int>(
        binary32_add(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)));
}

int bitloom_requantize(int value, int mantissa, int shift) {
    return guarded([&]() -> int {
        const auto [left_value, factor, places] = requantizer_operand(value, mantissa, shift);
        const int left = places < 0 ? -places : 0;
        return rounding_divide_by_pot(
            saturating_rounding_doubling_high_mul(
                unchecked::saturating_shift_left(left_value, left), factor),
            places < 0 ? 0 : places);
    });
}

int bitloom_requantize16(int value, int mantissa, int shift) {
    return guarded(
        [&]() -> int { return Requantizer::result(requantizer_operand(value, mantissa, shift)); });
}

int bitloom_gemm(int activation_format, int weight_format, int m, int n, int k) {
    return guarded([&] {
        return gemms().add(std::make_unique<GemmObject>(format_of(activation_format),
                                                        format_of(weight_format), m, n, k));
    });
}

void bitloom_gemm_activation(int gemm, int m, int k, int code) {
    guarded([&] { gemms().at(gemm)->set_activation(m, k, code); });
}

void bitloom_gemm_weight(int gemm, int n, int k, int code) {
    guarded([&] { gemms().at(gemm)->set_weight(n, k, code); });
}

int bitloom_gemm_psum(int gemm, int m, int n, int acc_bits) {
    return guarded([&] { return gemms().at(gemm)->psum(m, n, acc_bits); });
}

long long bitloom_gemm_cycles(int gemm, int rows, int columns, int weight_stationary,
                              int shift_drain) {
    return guarded([&]() -> long long {
        return gemms().at(gemm)->cycles(rows, columns, weight_stationary != 0, shift_drain != 0);
    });
}

void bitloom_gemm_free(int gemm) {
    guarded([&] { gemms().remove(gemm); });
}

int bitloom_block(const char* module, const char* parameters) {
    return guarded([&] {
        return blocks().add(make_block(given("block", module), given("parameters", parameters)));
    });
}

void bitloom_block_reset(int block) {
    guarded([&] { blocks().at(block)->reset(); });
}

void bitloom_block_set(int block, const char* port, int word, long long bits) {
    guarded([&] {
        blocks().at(block)->set(given("port", port), word, static_cast<std::uint64_t>(bits));
    });
}

long long bitloom_block_get(int block, const char* port, int word) {
    return guarded([&]() -> long long {
        return static_cast<long long>(blocks().at(block)->get(given("port", port), word));
    });
}

void bitloom_block_edge(int block) {
    guarded([&] { blocks().at(block)->edge(); });
}

void bitloom_block_free(int block) {
    guarded([&] { blocks().remove(block); });
}
