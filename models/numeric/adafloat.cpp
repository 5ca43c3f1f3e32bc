// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/adafloat.h"

#include "models/base/error.h"
#include "models/numeric/format_family.h"
#include "models/numeric/table_format.h"

namespace bitloom {

namespace {

constexpr int min_bits = 3;
constexpr int max_bits = 8;

}  // namespace

std::unique_ptr<Format> make_adafloat(std::string_view name) {
    constexpr std::string_view prefix = "adafloat";
    if (!name.starts_with(prefix)) return nullptr;
    const std::size_t e = name.find('e', prefix.size());
    if (e == std::string_view::npos) return nullptr;
    const auto bits = number_after(name.substr(0, e), prefix);
    const auto exponent_bits = number_after(name.substr(e), "e");
    if (!bits || !exponent_bits) return nullptr;
    if (*bits < min_bits || *bits > max_bits)
        fail("format '{}': width = {}: must be {}..{}", name, *bits, min_bits, max_bits);
    if (*exponent_bits < 1 || *exponent_bits > *bits - 2)
        fail("format '{}': exponent bits = {}: must be 1..{}", name, *exponent_bits, *bits - 2);

    const int mantissa_bits = *bits - 1 - *exponent_bits;
    TableSpec spec;
    spec.name = name;
    spec.description = fmt::format(
        "AdaptivFloat (DAC'20): sign, {} exponent bits, {} mantissa bits, no subnormals, the "
        "layer's exponent bias in its scale; nearest, ties to even, half the smallest magnitude "
        "away from zero; saturates; NaN becomes 0; -0 is decoded, never encoded",
        *exponent_bits, mantissa_bits);
    spec.bits = *bits;
    spec.is_signed = true;
    spec.ties = TieRule::even_code_but_up_from_zero;
    const std::uint32_t magnitudes = 1u << (*bits - 1);
    for (std::uint32_t code = 0; code < 2 * magnitudes; ++code) {
        const std::uint32_t magnitude = code & (magnitudes - 1);
        const std::uint32_t one = 1u << mantissa_bits;
        const int exponent = static_cast<int>(magnitude >> mantissa_bits);
        const std::uint32_t significand = magnitude == 0 ? 0 : one + (magnitude & (one - 1));
        spec.values.push_back(Value::of(code >= magnitudes, significand, exponent - mantissa_bits));
    }
    return std::make_unique<TableFormat>(std::move(spec));
}

std::vector<std::string> adafloat_names() {
    std::vector<std::string> names;
    for (int bits = min_bits; bits <= max_bits; ++bits)
        for (int exponent_bits = 1; exponent_bits <= bits - 2; ++exponent_bits)
            names.push_back(fmt::format("adafloat{}e{}", bits, exponent_bits));
    return names;
}

}  // namespace bitloom
