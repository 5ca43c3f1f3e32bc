// SPDX-License-Identifier: Apache-2.0
// Exact decimal numbers with a unit, for the ranges and conditions of a sweep: 0.1 + 0.2 is 0.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bitloom {

// digits / 10^decimals, in `suffix`. Trailing zeros of a fraction are dropped when it is printed.
struct Decimal {
    std::int64_t digits = 0;
    int decimals = 0;    // >= 0
    std::string suffix;  // "KiB"; empty: a pure number

    bool is_whole() const;
    double value() const;  // nearest; in `suffix`
    std::string text() const;
};

// A family of units in which numbers can be compared: "B KiB MiB GiB" is one.
enum class UnitFamily { none, size, frequency, time };
struct SuffixMeaning {
    UnitFamily family = UnitFamily::none;
    std::int64_t factor = 1;  // in the smallest unit of the family: KiB is 1024
};
// Of "" too; nothing for a suffix that no key has.
std::optional<SuffixMeaning> suffix_meaning(std::string_view suffix);

// The number at the beginning of `text`, with its suffix ("-3", "0.5 GHz", "1e-3"); `length` is how
// many characters it took. Nothing when there is no number, the suffix is unknown, or 18 digits do
// not hold it.
std::optional<Decimal> parse_decimal(std::string_view text, std::size_t& length);
// The same for a text that is a number and nothing else.
std::optional<Decimal> parse_decimal(std::string_view text);

// `number` in the unit `suffix` of the same family, exactly; nothing when the families differ or
// the digits do not fit.
std::optional<Decimal> in_unit(const Decimal& number, const std::string& suffix);
// `number` with more digits after the point (never fewer); nothing when they do not fit.
std::optional<Decimal> with_decimals(const Decimal& number, int decimals);

}  // namespace bitloom
