// SPDX-License-Identifier: Apache-2.0
// The quantization schemes a user may name: a list of fixed ones, and wPaQ for uniform types.
//
// wPaQ (P, Q in 1..8; the names of APNN-TC, Feng et al., SC'21): weights of P bits, activations of
// Q bits, zero point 0, one scale an output channel or a tensor.
//   weights      P >= 2: intP, codes -2^(P-1) .. 2^(P-1)-1;  P = 1: bipolar1, sign(w) with the
//                scale mean |w| (XNOR-Net, Rastegari et al., ECCV'16), the one of least error
//   activations  uintQ where they cannot be negative (after a ReLU), else intQ, or bipolar1 for
//                Q = 1
//
// cimB (B = 8, 6, 4), for analog arrays whose DACs have B bits: every layer alike, weights int8
// with one scale for the whole tensor (its largest conductance is one physical value), activations
// intB, also where they cannot be negative: a DAC's pulses have a sign.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// Which layers run at the raised width (8 bits when the user does not say another).
enum class RaiseRule {
    none,        // no layer: every layer keeps the scheme's low-bit types
    first_last,  // the first and the last GEMM layer
    accuracy,    // those, then more until the accuracy is within the threshold
    all,         // every layer
};

struct Scheme {
    std::string name;
    // Candidate formats of the low-bit types, in the order of preference, not empty: of weights, of
    // activations that may be negative, and of those that may not.
    std::vector<std::string> weights, signed_activations, unsigned_activations;
    RaiseRule rule = RaiseRule::first_last;
    std::string description;        // one line
    bool one_weight_scale = false;  // of a tensor; else one an output channel

    const std::vector<std::string>& activations(bool is_signed) const {
        return is_signed ? signed_activations : unsigned_activations;
    }
};

// The fixed schemes, in a fixed order: what the documentation and the tests run over.
const std::vector<Scheme>& schemes();
std::vector<std::string> scheme_names();
// Every name there is, for messages: "ant4 ... cim4 w1a1..w8a8".
std::string known_schemes();
bool is_scheme(std::string_view name);
// A fixed scheme or wPaQ. Throws Error with the nearest fixed name.
Scheme find_scheme(std::string_view name);

// The name of a family's format: format_name("flint", 4, false) is "uflint4".
std::string format_name(std::string_view family, int bits, bool is_signed);
// The uniform type of a width, 1..8: "int8", "uint2", "uint1"; signed and of one bit: "bipolar1".
std::string uniform_format(int bits, bool is_signed);

// The layers that run at the raised width, by their count, and that width.
struct RaisedLayers {
    std::int64_t count = 0;  // -1: all
    int bits = 8;            // also of products of two activations
};
// `int8_layers` and `first_last_bits` as in QuantizeOptions, `layers` the number of GEMM layers.
// Throws Error "PLACE: ...".
RaisedLayers raised_layers(const Scheme& scheme, std::int64_t int8_layers, int first_last_bits,
                           std::int64_t layers, std::string_view place);

}  // namespace bitloom
