// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/table_format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/base/error.h"

namespace bitloom {

namespace {

struct Point {
    double value;
    std::uint8_t code;
};

// Finite values in ascending order, one code each (of two zeros: code 0).
std::vector<Point> ascending_points(const std::vector<Value>& values) {
    std::vector<Point> points;
    for (std::size_t code = 0; code < values.size(); ++code) {
        const Value& value = values[code];
        if (value.kind != Value::Kind::finite || (value.mantissa == 0 && code != 0)) continue;
        points.push_back({value.to_double(), static_cast<std::uint8_t>(code)});
    }
    std::sort(points.begin(), points.end(),
              [](const Point& a, const Point& b) { return a.value < b.value; });
    return points;
}

bool tie_goes_up(TieRule rule, const Point& low, const Point& high) {
    if (rule == TieRule::larger_value) return true;
    if (rule == TieRule::even_code_but_up_from_zero) {
        if (low.code == 0) return true;
        if (high.code == 0) return false;
    }
    return high.code % 2 == 0;
}

}  // namespace

TableFormat::TableFormat(TableSpec spec) : spec_(std::move(spec)) {
    BITLOOM_CHECK(spec_.bits >= 2 && spec_.bits <= 8, "{} has 2..8 bits", spec_.name);
    BITLOOM_CHECK(spec_.values.size() == code_count(), "{} has a value a code", spec_.name);
    BITLOOM_CHECK(spec_.values[0] == Value(), "code 0 of {} is zero", spec_.name);

    const std::vector<Point> points = ascending_points(spec_.values);
    thresholds_.fill(std::numeric_limits<double>::quiet_NaN());
    codes_.fill(0);
    for (std::size_t i = 0; i < points.size(); ++i) {
        codes_[i] = points[i].code;
        if (i == 0) continue;
        const Point& low = points[i - 1];
        const Point& high = points[i];
        BITLOOM_CHECK(low.value < high.value, "values of {} differ", spec_.name);
        // Exact: neighbours differ by less than 2^52 in significance. The threshold is the least
        // double that belongs to the upper neighbour.
        const double middle = (low.value + high.value) / 2;
        thresholds_[i - 1] = tie_goes_up(spec_.ties, low, high)
                                 ? middle
                                 : std::nextafter(middle, std::numeric_limits<double>::infinity());
    }
    min_ = points.front().value;
    max_ = points.back().value;
    first_step_ = code_count() / 2;
    if (spec_.encodes_negative_zero) negative_zero_code_ = static_cast<std::uint8_t>(first_step_);
    build_table();
}

Value TableFormat::decode(std::uint32_t code) const {
    BITLOOM_CHECK(code < spec_.values.size(), "code {} is one of {}", code, spec_.name);
    return spec_.values[code];
}

std::uint8_t TableFormat::lookup(double value) const {
    if (std::isnan(value)) return static_cast<std::uint8_t>(spec_.nan_code);
    std::size_t reached = 0;  // found without branches: values come in no order to predict
    for (std::size_t step = first_step_; step != 0; step /= 2)
        reached += step * static_cast<std::size_t>(value >= thresholds_[reached + step - 1]);
    const std::uint8_t code = codes_[reached];
    const int negative_zero = static_cast<int>(code == 0) & static_cast<int>(std::signbit(value));
    return static_cast<std::uint8_t>(code | negative_zero * negative_zero_code_);
}

template <class T>
void TableFormat::lookup_each(const T* in, std::size_t count, double scale,
                              std::uint8_t* out) const {
    for (std::size_t i = 0; i < count; ++i) out[i] = lookup(static_cast<double>(in[i]) / scale);
}

std::uint32_t TableFormat::encode(double value) const {
    return lookup(value);
}

void TableFormat::encode_block(const float* in, std::size_t count, double scale,
                               std::uint8_t* out) const {
    lookup_each(in, count, scale, out);
}

void TableFormat::encode_block(const double* in, std::size_t count, double scale,
                               std::uint8_t* out) const {
    lookup_each(in, count, scale, out);
}

BaseExponent TableFormat::decode_base_exponent(std::uint32_t code) const {
    if (!has_base_exponent()) return Format::decode_base_exponent(code);
    BITLOOM_CHECK(code < spec_.base_exponents.size(), "code {} is one of {}", code, spec_.name);
    return spec_.base_exponents[code];
}

}  // namespace bitloom
