// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/decimal.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/config/unit.h"

namespace bitloom {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Decimal shortest(Decimal number) {
    while (number.decimals > 0 && number.digits % 10 == 0) {
        number.digits /= 10;
        --number.decimals;
    }
    return number;
}

}  // namespace

bool Decimal::is_whole() const {
    return shortest(*this).decimals == 0;
}

double Decimal::value() const {
    // Through text: a division by a power of ten above 10^22 would round twice.
    return std::stod(fmt::format("{}e-{}", digits, decimals));
}

std::string Decimal::text() const {
    const Decimal number = shortest(*this);
    std::string text = fmt::format("{:0{}}", std::abs(number.digits), number.decimals + 1);
    if (number.decimals > 0)
        text.insert(text.size() - static_cast<std::size_t>(number.decimals), 1, '.');
    return (number.digits < 0 ? "-" : "") + text + suffix;
}

std::optional<SuffixMeaning> suffix_meaning(std::string_view suffix) {
    if (suffix.empty()) return SuffixMeaning{};
    for (const auto& [family, unit] : {std::pair(UnitFamily::size, &units::bytes),
                                       std::pair(UnitFamily::frequency, &units::hertz),
                                       std::pair(UnitFamily::time, &units::picoseconds)})
        for (const UnitSuffix& known : unit->family)
            if (known.name == suffix) return SuffixMeaning{family, known.factor};
    return std::nullopt;
}

std::optional<Decimal> parse_decimal(std::string_view text, std::size_t& length) {
    Decimal number;
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) ++at;
    bool any = false, point = false;
    for (; at < text.size(); ++at) {
        // "1..8" is a range, not 1. and .8
        if (text[at] == '.' && any && !point && at + 1 < text.size() && is_digit(text[at + 1])) {
            point = true;
            continue;
        }
        if (!is_digit(text[at])) break;
        any = true;
        if (number.digits > 99'999'999'999'999'999) return std::nullopt;
        number.digits = number.digits * 10 + (text[at] - '0');
        if (point) ++number.decimals;
    }
    if (!any) return std::nullopt;
    if (at + 1 < text.size() && text[at] == 'e' &&
        (is_digit(text[at + 1]) ||
         (text[at + 1] == '-' && at + 2 < text.size() && is_digit(text[at + 2])))) {
        const bool below = text[++at] == '-';
        if (below) ++at;
        int exponent = 0;
        for (; at < text.size() && is_digit(text[at]); ++at)
            if (exponent < 1000) exponent = exponent * 10 + (text[at] - '0');
        if (exponent > 300) return std::nullopt;
        number.decimals += below ? exponent : -exponent;
        for (; number.decimals < 0; ++number.decimals)
            if (__builtin_mul_overflow(number.digits, 10, &number.digits)) return std::nullopt;
        number = shortest(number);
        if (number.decimals > 18) return std::nullopt;
    }
    if (negative) number.digits = -number.digits;
    std::size_t suffix = at;
    while (suffix < text.size() && text[suffix] == ' ') ++suffix;
    std::size_t end = suffix;
    while (end < text.size() && is_letter(text[end])) ++end;
    const std::string_view word = text.substr(suffix, end - suffix);
    if (!word.empty() && suffix_meaning(word)) {
        number.suffix = word;
        at = end;
    } else if (!word.empty() && suffix == at) {
        return std::nullopt;  // "8x"; a word after a space is left to the caller
    }
    length = at;
    return number;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
    std::size_t length = 0;
    const std::optional<Decimal> number = parse_decimal(text, length);
    return number && length == text.size() ? number : std::nullopt;
}

std::optional<Decimal> in_unit(const Decimal& number, const std::string& suffix) {
    const std::optional<SuffixMeaning> from = suffix_meaning(number.suffix);
    const std::optional<SuffixMeaning> to = suffix_meaning(suffix);
    if (!from || !to || from->family != to->family) return std::nullopt;
    Decimal result{number.digits, number.decimals, suffix};
    if (from->factor >= to->factor) {
        if (__builtin_mul_overflow(result.digits, from->factor / to->factor, &result.digits))
            return std::nullopt;
        return shortest(result);
    }
    // Factors are powers of 2 or of 10: a quotient by either ends after finitely many digits.
    for (std::int64_t ratio = to->factor / from->factor; ratio > 1;) {
        const bool ten = ratio % 10 == 0;
        ratio /= ten ? 10 : 2;
        ++result.decimals;
        if (!ten && __builtin_mul_overflow(result.digits, 5, &result.digits)) return std::nullopt;
    }
    result = shortest(result);
    if (result.decimals > 18) return std::nullopt;
    return result;
}

std::optional<Decimal> with_decimals(const Decimal& number, int decimals) {
    Decimal result = number;
    for (; result.decimals < decimals; ++result.decimals)
        if (__builtin_mul_overflow(result.digits, 10, &result.digits)) return std::nullopt;
    return result;
}

}  // namespace bitloom
