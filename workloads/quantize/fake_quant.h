// SPDX-License-Identifier: Apache-2.0
// The quantized network in float arithmetic: weights and biases are the real values of their
// integers, every array operand the real value of its code, every result the real value of its
// 16-bit word. Sums are exact in hardware and rounded to float here; softmax, normalization and
// GELU are the float ones.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "workloads/import/float_executor.h"
#include "workloads/quantize/encodings.h"
#include "workloads/quantize/layer_weights.h"

namespace bitloom {

class FakeQuantNetwork {
public:
    FakeQuantNetwork(const Network& network, const std::vector<FusedLayer>& layers);

    // Replaces the constants of layer `index`; `input_scale` is that of its operand.
    void set_weights(std::size_t index, const LayerWeights& weights, double input_scale);

    // Replaces the constant of an add.
    void set_constant(std::size_t index, std::vector<float> values);

    // How the network computes under `encoded` (of this network and these layers) and `wide`.
    ExecutionHooks hooks(const EncodedNetwork& encoded, const std::vector<bool>& wide) const;

    const FloatExecutor& executor() const { return executor_; }

private:
    const Network& network_;
    const std::vector<FusedLayer>& layers_;
    FloatExecutor executor_;
};

// Nearest 16-bit word (ties away from zero, saturated), as a real value.
void round_to_words(std::span<float> values, double scale);
// Nearest code by the format's rule, as a real value. At most 8 bits.
void round_to_codes(std::span<float> values, const StoredType& type);

}  // namespace bitloom
