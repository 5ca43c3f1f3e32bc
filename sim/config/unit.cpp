// SPDX-License-Identifier: Apache-2.0
#include "sim/config/unit.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace bitloom {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Factor of a written suffix in the family of `unit`; an empty suffix is the unit itself.
std::optional<std::int64_t> suffix_factor(std::string_view suffix, const Unit& unit) {
    if (suffix.empty() || suffix == unit.name) return unit.factor;
    for (const UnitSuffix& known : unit.family)
        if (known.name == suffix) return known.factor;
    return std::nullopt;
}

std::string_view skip_spaces(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
}

template <class T>
ParsedNumber<T> faulty(NumberFault fault, std::string_view suffix = {}) {
    return {T{}, fault, std::string(suffix)};
}

// What follows the number when it is no suffix of the unit. Text after a pure number means that
// the whole is no number.
template <class T>
ParsedNumber<T> bad_suffix(std::string_view suffix, const Unit& unit) {
    const bool word =
        (suffix[0] >= 'a' && suffix[0] <= 'z') || (suffix[0] >= 'A' && suffix[0] <= 'Z');
    if (unit.name.empty() || !word) return faulty<T>(NumberFault::not_a_number);
    return faulty<T>(NumberFault::unknown_unit, suffix);
}

}  // namespace

ParsedNumber<std::int64_t> parse_integer(std::string_view text, const Unit& unit) {
    using Result = std::int64_t;
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) ++at;
    std::int64_t digits = 0;       // all digits, without the point
    std::int64_t denominator = 1;  // 10^(digits after the point)
    bool any = false, point = false, fits = true;
    for (; at < text.size(); ++at) {
        if (text[at] == '.' && !point && any) {
            point = true;
            continue;
        }
        if (!is_digit(text[at])) break;
        any = true;
        fits = fits && !__builtin_mul_overflow(digits, 10, &digits) &&
               !__builtin_add_overflow(digits, text[at] - '0', &digits);
        if (point) fits = fits && !__builtin_mul_overflow(denominator, 10, &denominator);
    }
    if (!any || text[at - 1] == '.') return faulty<Result>(NumberFault::not_a_number);

    const std::string_view suffix = skip_spaces(text.substr(at));
    const auto factor = suffix_factor(suffix, unit);
    if (!factor) return bad_suffix<Result>(suffix, unit);
    // A fraction of a pure number, or without saying of what, is a slip rather than a size.
    if (point && (suffix.empty() || unit.family.empty()))
        return faulty<Result>(NumberFault::not_whole);
    if (!fits) return faulty<Result>(NumberFault::too_large);

    std::int64_t value = 0;
    if (__builtin_mul_overflow(digits, *factor, &value))
        return faulty<Result>(NumberFault::too_large);
    if (value % denominator != 0) return faulty<Result>(NumberFault::not_whole);
    value /= denominator;
    if (value % unit.factor != 0) return faulty<Result>(NumberFault::not_whole);
    value /= unit.factor;
    return {negative ? -value : value, NumberFault::none, std::string(suffix)};
}

ParsedNumber<double> parse_real(std::string_view text, const Unit& unit) {
    const std::string_view magnitude = text.starts_with('-') ? text.substr(1) : text;
    if (magnitude.empty() || !(is_digit(magnitude[0]) || magnitude[0] == '.'))
        return faulty<double>(NumberFault::not_a_number);  // also "nan", "inf", "+1", "--1"
    double value = 0.0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc::result_out_of_range) {
        // from_chars does not say on which side: a number too small to hold is as wrong as one too
        // large, and as rare.
        return faulty<double>(NumberFault::too_large);
    }
    if (error != std::errc{}) return faulty<double>(NumberFault::not_a_number);

    const std::string_view suffix = skip_spaces({rest, static_cast<std::size_t>(end - rest)});
    const auto factor = suffix_factor(suffix, unit);
    if (!factor) return bad_suffix<double>(suffix, unit);
    // All factors are integers below 2^53 that divide one another: one rounding.
    if (*factor >= unit.factor)
        value *= static_cast<double>(*factor / unit.factor);
    else
        value /= static_cast<double>(unit.factor / *factor);
    if (!std::isfinite(value)) return faulty<double>(NumberFault::too_large);
    return {value, NumberFault::none, std::string(suffix)};
}

std::string known_suffixes(const Unit& unit) {
    if (unit.family.empty()) return std::string(unit.name);
    std::string names;
    for (const UnitSuffix& suffix : unit.family) {
        if (!names.empty()) names += ' ';
        names += suffix.name;
    }
    return names;
}

}  // namespace bitloom
