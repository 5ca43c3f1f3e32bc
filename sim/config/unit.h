// SPDX-License-Identifier: Apache-2.0
// Units of configuration values, and numbers that may carry one: "65536", "64KiB", "0.5 GHz".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bitloom {

// A suffix that a user may write, in multiples of its family's smallest unit.
struct UnitSuffix {
    std::string_view name;
    std::int64_t factor;
};

// A plain number is in the unit itself. A number with a suffix of the same family is converted; for
// a unit without a family ("cycles") the unit's own name is the only suffix.
struct Unit {
    std::string_view name;               // empty: a pure number
    std::span<const UnitSuffix> family;  // smallest first
    std::int64_t factor = 1;             // of this unit in its family

    constexpr Unit() = default;
    // A unit without relatives: "cycles", "pJ". `text` must live as long as the program.
    constexpr Unit(const char* text) : name(text) {}
    constexpr Unit(std::string_view text, std::span<const UnitSuffix> relatives, std::int64_t size)
        : name(text), family(relatives), factor(size) {}
};

namespace units {

inline constexpr UnitSuffix size_suffixes[] = {
    {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
inline constexpr UnitSuffix frequency_suffixes[] = {
    {"Hz", 1}, {"kHz", 1'000}, {"MHz", 1'000'000}, {"GHz", 1'000'000'000}};
inline constexpr UnitSuffix time_suffixes[] = {
    {"ps", 1}, {"ns", 1'000}, {"us", 1'000'000}, {"ms", 1'000'000'000}, {"s", 1'000'000'000'000}};

inline constexpr Unit none{};
inline constexpr Unit bytes{"B", size_suffixes, 1};
inline constexpr Unit kibibytes{"KiB", size_suffixes, 1 << 10};
inline constexpr Unit hertz{"Hz", frequency_suffixes, 1};
inline constexpr Unit megahertz{"MHz", frequency_suffixes, 1'000'000};
inline constexpr Unit gigahertz{"GHz", frequency_suffixes, 1'000'000'000};
inline constexpr Unit picoseconds{"ps", time_suffixes, 1};
inline constexpr Unit nanoseconds{"ns", time_suffixes, 1'000};
inline constexpr Unit microseconds{"us", time_suffixes, 1'000'000};
inline constexpr Unit seconds{"s", time_suffixes, 1'000'000'000'000};

}  // namespace units

enum class NumberFault {
    none,
    not_a_number,  // also NaN, infinities, hexadecimal, a leading '+'
    unknown_unit,  // suffix() has it
    not_whole,     // a fraction of the unit where whole numbers are asked for
    too_large,     // beyond the C++ type
};

template <class T>
struct ParsedNumber {
    T value{};
    NumberFault fault = NumberFault::none;
    std::string suffix;  // as written
};

// Exact: "1.5KiB" is 1536, "0.1KiB" is not whole. A fraction needs a suffix of a family.
ParsedNumber<std::int64_t> parse_integer(std::string_view text, const Unit& unit);
// Nearest double; a suffix costs at most one more rounding.
ParsedNumber<double> parse_real(std::string_view text, const Unit& unit);

// "B KiB MiB GiB": the suffixes that `unit` takes.
std::string known_suffixes(const Unit& unit);

}  // namespace bitloom
