// SPDX-License-Identifier: Apache-2.0
// The values of one parameter of a sweep, from the text that the user wrote:
//
//     ant, olive, 'a,b'         values as they stand; quotes keep commas and dots
//     1..8                      whole numbers: every one
//     16..128 step 16           evenly spaced
//     64KiB..1MiB step *2       multiplied each time
//     0.5GHz..1GHz count 6      6 values, evenly spaced
//     16..4096 log 9            9 values, evenly spaced in the logarithm
//     0.5..2.0                  any number between, for random and latin_hypercube
//     0.001..10.0 log           the same, even in the logarithm
//     1, 2, 4..16 step 4        a list may hold ranges
//
// A range whose ends are both written without a point has whole values only: `1..10 log 4` rounds
// to the nearest, `1.0..10.0 log 4` does not (it has 12 digits). The last value is left out where a
// step passes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// Either a list of values or, where `continuous`, all numbers from `low` to `high`.
struct Domain {
    static constexpr std::size_t most_values = 100'000;

    std::vector<std::string> values;  // as text for the key; no two are equal
    bool continuous = false;
    bool logarithmic = false;
    bool whole = false;  // round to the nearest whole number
    double low = 0.0;    // < high; > 0 where logarithmic
    double high = 0.0;
    std::string suffix;

    // The value at `position` in [0, 1) of the domain: in equal parts for a list.
    std::string at(double position) const;
};

// Throws Error that says what is wrong and what is allowed, without the place.
Domain parse_domain(std::string_view text);

}  // namespace bitloom
