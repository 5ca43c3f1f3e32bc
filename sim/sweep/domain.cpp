// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/domain.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/base/error.h"
#include "sim/sweep/decimal.h"

namespace bitloom {

namespace {

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Splits at commas outside quotes.
std::vector<std::string_view> split_list(std::string_view text) {
    std::vector<std::string_view> items;
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\'') quoted = !quoted;
        if (text[at] == ',' && !quoted) {
            items.push_back(trim(text.substr(begin, at - begin)));
            begin = at + 1;
        }
    }
    if (quoted) fail("a quote is not closed: must be 'text'");
    items.push_back(trim(text.substr(begin)));
    return items;
}

Decimal number_or_fail(std::string_view text, std::string_view what) {
    const std::optional<Decimal> number = parse_decimal(text);
    if (!number)
        fail("the {} '{}': must be a number of at most 18 digits, as 64, 0.5 or 64KiB", what, text);
    return *number;
}

std::int64_t count_or_fail(std::string_view text, std::string_view word) {
    const std::optional<Decimal> number = parse_decimal(text);
    const auto most = static_cast<std::int64_t>(Domain::most_values);
    if (!number || number->decimals != 0 || !number->suffix.empty() || number->digits < 2 ||
        number->digits > most)
        fail("{} '{}': must be a whole number, 2..{}", word, text, most);
    return number->digits;
}

[[noreturn]] void too_many(std::string_view item) {
    fail("'{}' has more than {} values: give a larger step", item, Domain::most_values);
}

// One range: its ends in the same unit and with as many digits after the point as its step.
struct Range {
    std::string_view item;  // for messages
    Decimal low, high;
    bool whole = false;
};

std::vector<std::string> stepped(Range range, std::string_view step_text) {
    const std::optional<Decimal> in_low_unit =
        in_unit(number_or_fail(step_text, "step"), range.low.suffix);
    if (!in_low_unit)
        fail("the step '{}' has another unit than the range '{}..{}'", step_text, range.low.text(),
             range.high.text());
    const int decimals = std::max({range.low.decimals, range.high.decimals, in_low_unit->decimals});
    const auto low = with_decimals(range.low, decimals);
    const auto high = with_decimals(range.high, decimals);
    const auto step = with_decimals(*in_low_unit, decimals);
    if (!low || !high || !step) fail("'{}': its numbers need more than 18 digits", range.item);
    if (step->digits <= 0) fail("the step '{}': must be above 0", step_text);
    std::vector<std::string> values;
    for (Decimal at = *low; at.digits <= high->digits;) {
        values.push_back(at.text());
        if (values.size() > Domain::most_values) too_many(range.item);
        if (__builtin_add_overflow(at.digits, step->digits, &at.digits)) break;
    }
    return values;
}

std::vector<std::string> multiplied(const Range& range, std::string_view factor_text) {
    const Decimal factor = number_or_fail(factor_text, "factor");
    if (!factor.suffix.empty() || factor.value() <= 1.0)
        fail("the factor '{}': must be a number above 1 without a unit", factor_text);
    if (range.low.digits <= 0) fail("'{}': a range with a factor must begin above 0", range.item);
    std::vector<std::string> values;
    Decimal at = range.low;
    while (at.value() <= range.high.value()) {
        values.push_back(at.text());
        if (values.size() > Domain::most_values) too_many(range.item);
        at.decimals += factor.decimals;
        if (__builtin_mul_overflow(at.digits, factor.digits, &at.digits) || at.decimals > 18)
            fail("'{}': its numbers need more than 18 digits", range.item);
        for (; at.decimals > 0 && at.digits % 10 == 0; --at.decimals) at.digits /= 10;
    }
    return values;
}

std::string number_text(double value, bool whole, const std::string& suffix) {
    // A whole number goes through a 64-bit integer: no exponent, which integer keys do not read.
    // 12 digits hide the last bits of exp and log, which differ between C libraries.
    return whole ? fmt::format("{}{}", std::llround(value), suffix)
                 : fmt::format("{:.12g}{}", value, suffix);
}

double between(double low, double high, double position, bool logarithmic) {
    const double value = logarithmic
                             ? std::exp(std::log(low) + position * (std::log(high) - std::log(low)))
                             : low + position * (high - low);
    return std::clamp(value, low, high);
}

// Both ends are met exactly.
std::vector<std::string> spaced(const Range& range, std::int64_t count, bool logarithmic) {
    std::vector<std::string> values;
    for (std::int64_t i = 0; i < count; ++i) {
        std::string value;
        if (i == 0) {
            value = range.low.text();
        } else if (i == count - 1) {
            value = range.high.text();
        } else {
            value = number_text(
                between(range.low.value(), range.high.value(),
                        static_cast<double>(i) / static_cast<double>(count - 1), logarithmic),
                range.whole, range.low.suffix);
        }
        // Rounding may give neighbours the same whole number.
        if (values.empty() || values.back() != value) values.push_back(value);
    }
    return values;
}

// "64KiB..1MiB step *2": the words after the ends. Nothing when the item is no range.
bool parse_range(std::string_view item, Domain& domain) {
    std::size_t length = 0;
    const std::optional<Decimal> first = parse_decimal(item, length);
    if (!first || !trim(item.substr(length)).starts_with("..")) return false;
    const std::string_view after = trim(trim(item.substr(length)).substr(2));
    const std::optional<Decimal> second = parse_decimal(after, length);
    if (!second)
        fail("'{}': after '..' must stand a number of at most 18 digits, as 64, 0.5 or 64KiB",
             item);
    const bool whole = first->decimals == 0 && second->decimals == 0;
    const std::optional<Decimal> high = in_unit(*second, first->suffix);
    if (!high) fail("'{}': both ends must have a unit of one kind, or none", item);
    const Range range{item, *first, *high, whole && high->is_whole()};
    if (range.low.value() >= range.high.value()) fail("'{}': must begin below its end", item);

    const std::string_view rest = trim(after.substr(length));
    const std::size_t space = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, space);
    const std::string_view argument = trim(rest.substr(space));
    const bool logarithmic = word == "log";
    if (logarithmic && range.low.digits <= 0)
        fail("'{}': a logarithmic range must begin above 0", item);
    std::vector<std::string> values;
    if (word == "step" && argument.starts_with('*')) {
        values = multiplied(range, trim(argument.substr(1)));
    } else if (word == "step") {
        values = stepped(range, argument);
    } else if (word == "count" || (logarithmic && !argument.empty())) {
        values = spaced(range, count_or_fail(argument, word), logarithmic);
    } else if (word.empty() && range.whole) {
        values = stepped(range, "1" + range.low.suffix);
    } else if (word.empty() || logarithmic) {
        domain.continuous = true;
        domain.logarithmic = logarithmic;
        domain.whole = range.whole;
        domain.low = range.low.value();
        domain.high = range.high.value();
        domain.suffix = range.low.suffix;
    } else {
        fail("'{}': after a range must stand step N, step *N, count N or log N", item);
    }
    domain.values.insert(domain.values.end(), values.begin(), values.end());
    return true;
}

std::string unquoted(std::string_view item) {
    const bool quoted = item.size() >= 2 && item.front() == '\'' && item.back() == '\'';
    const std::string_view inside = quoted ? item.substr(1, item.size() - 2) : item;
    if (inside.empty()) fail("an empty value in the list: must be VALUE, VALUE, ...");
    if (inside.find('\'') != std::string_view::npos)
        fail("{}: a quote inside a value: must be 'text'", item);
    return std::string(inside);
}

}  // namespace

std::string Domain::at(double position) const {
    if (continuous) return number_text(between(low, high, position, logarithmic), whole, suffix);
    const auto size = static_cast<double>(values.size());
    const auto index = static_cast<std::size_t>(position * size);
    return values[std::min(index, values.size() - 1)];
}

Domain parse_domain(std::string_view text) {
    Domain domain;
    const std::vector<std::string_view> items = split_list(text);
    for (const std::string_view item : items)
        if (!parse_range(item, domain)) domain.values.push_back(unquoted(item));
    if (domain.continuous && items.size() > 1)
        fail("a range without steps must stand alone: give step N, step *N, count N or log N");
    if (domain.values.size() > Domain::most_values) too_many(text);
    std::set<std::string_view> seen;
    for (const std::string& value : domain.values)
        if (!seen.insert(value).second) fail("{} is given twice", value);
    return domain;
}

}  // namespace bitloom
