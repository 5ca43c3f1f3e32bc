// SPDX-License-Identifier: Apache-2.0
// Which encodings of each activation a trace stores, and the manifest that follows from them.
//
// - A vector operator (add, pool, softmax, layer_norm, gelu, transpose, a stand-alone clamp), a
//   residual and the reader of the network's output take 16-bit words, format "int16".
// - conv2d, gemm and matmul take codes: narrow (the scheme's low-bit type) or wide (8-bit integers,
//   or integers of the width chosen for the first and the last layer).
// - A reshape is free: it takes and gives whatever its readers need, one reshape a stored encoding.
// - An external input needed in more than one encoding is stored as words; a clamp without bounds,
//   "<input>.quantize", stores the codes.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workloads/quantize/fuse.h"
#include "workloads/trace/layer.h"

namespace bitloom {

enum class Encoding { word, narrow, wide };

// The encodings an activation is needed in.
using Needs = std::map<std::string, std::set<Encoding>>;

// `wide` has one flag a layer: whether a conv2d or gemm takes 8-bit integers. `wide_matmul`:
// whether products of two activations do.
Needs find_needs(const Network& network, const std::vector<FusedLayer>& layers,
                 const std::vector<bool>& wide, bool wide_matmul = true);

// Reshapes of one tensor share their values: the activation at the start of the chain, by name.
std::map<std::string, std::string> find_roots(const Network& network,
                                              const std::vector<FusedLayer>& layers);

// Indices of the layers with weights (conv2d, gemm), in execution order.
std::vector<std::size_t> weighted_layers(const std::vector<FusedLayer>& layers);

// 8-bit flags: the first `count` of: the first weighted layer, the last, then `order` (indices of
// layers, repeats allowed). count < 0 means every weighted layer.
std::vector<bool> wide_flags(const std::vector<FusedLayer>& layers, std::int64_t count,
                             const std::vector<std::size_t>& order);

struct StoredType {
    std::string format;
    double scale = 1.0;
};

// The numbers that turn layers into a manifest.
struct LayerNumbers {
    std::string weights_format;  // conv2d, gemm
    std::vector<double> weight_scales;
    double constant_scale = 0.0;  // add with a constant
};

struct EncodedNetwork {
    const Network& network;
    const std::vector<FusedLayer>& layers;
    Needs needs;
    std::map<std::string, std::string> roots;
    // By root. Words are there for every activation, stored or not: their scale is the working
    // scale of the layer that forms them.
    std::map<std::pair<std::string, Encoding>, StoredType> types;
    std::vector<LayerNumbers> numbers;  // by layer

    // Name of an activation's stored encoding: "x" for words, "x.q" for codes, with their widths
    // when it has both kinds of codes: "x.q4" and "x.q8" (of one width: "x.q8n" for the narrow
    // one); an underscore is appended while the network uses the name itself.
    std::string name(const std::string& activation, Encoding encoding) const;
    const StoredType& type(const std::string& activation, Encoding encoding) const;
};

struct EncodedManifest {
    Manifest manifest;                           // layers, activations, input, output
    std::map<std::string, std::string> results;  // trace layer -> activation of the network
};

// Tensor names are "<layer>.weights", ".bias", ".constant", ".gamma" and ".beta".
EncodedManifest build_manifest(const EncodedNetwork& encoded, const std::vector<bool>& wide,
                               bool wide_matmul = true);

}  // namespace bitloom
