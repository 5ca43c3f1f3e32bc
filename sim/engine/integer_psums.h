// SPDX-License-Identifier: Apache-2.0
// The psums of a digital array: exact integer products, wrapped at the accumulator's width.
#pragma once

#include <memory>
#include <vector>

#include "sim/engine/psum_source.h"

namespace bitloom {

class IntegerPsums : public PsumSource {
public:
    // The trace must hold its weights. accumulator_bits: 16..32.
    IntegerPsums(const Trace& trace, int accumulator_bits);
    ~IntegerPsums() override;

    LayerParameters parameters(std::size_t index) const override;
    void psums(std::size_t index, std::span<const std::byte> first,
               std::span<const std::byte> second, std::uint64_t input_number,
               PsumTile& psums) const override;

private:
    struct Product;
    const Trace trace_;
    const int accumulator_bits_;
    std::vector<std::unique_ptr<Product>> products_;  // by layer; null without one
};

}  // namespace bitloom
