// SPDX-License-Identifier: Apache-2.0
#include "sim/dpi/gemm_object.h"

#include "models/array/systolic/systolic_timing.h"
#include "models/base/divide_up.h"
#include "models/base/error.h"
#include "models/pe/ant_pe/ant_pe.h"

namespace bitloom {

namespace {

constexpr std::int64_t max_codes = std::int64_t{1} << 24;

void require_range(const char* what, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (value < low || value > high) fail("{} = {}: must be {}..{}", what, value, low, high);
}

}  // namespace

GemmObject::GemmObject(const Format& activation, const Format& weight, int m, int n, int k)
    : activation_decoder_(activation),
      weight_decoder_(weight),
      activation_codes_(activation.code_count()),
      weight_codes_(weight.code_count()),
      m_(m),
      n_(n),
      k_(k) {
    if (activation_decoder_.lines() != weight_decoder_.lines())
        fail("gemm: {} and {}: one is of 8 bits, the other is not", activation.name(),
             weight.name());
    for (const auto& [name, value] : {std::pair("m", m), std::pair("n", n), std::pair("k", k)})
        require_range(name, value, 1, max_codes);
    require_range("m * k", std::int64_t{m} * k, 1, max_codes);
    require_range("n * k", std::int64_t{n} * k, 1, max_codes);
    activations_.resize(static_cast<std::size_t>(m) * static_cast<std::size_t>(k));
    weights_.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(k));
}

std::size_t GemmObject::place(const char* row_name, int row, int rows, int k) const {
    require_range(row_name, row, 0, rows - 1);
    require_range("k", k, 0, k_ - 1);
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(k_) +
           static_cast<std::size_t>(k);
}

void GemmObject::set_activation(int m, int k, int code) {
    require_range("code", code, 0, activation_codes_ - 1);
    activations_[place("m", m, m_, k)] = static_cast<std::uint32_t>(code);
}

void GemmObject::set_weight(int n, int k, int code) {
    require_range("code", code, 0, weight_codes_ - 1);
    weights_[place("n", n, n_, k)] = static_cast<std::uint32_t>(code);
}

int GemmObject::psum(int m, int n, int acc_bits) const {
    require_range("acc_bits", acc_bits, 16, 32);
    const std::size_t a = place("m", m, m_, 0), w = place("n", n, n_, 0);
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(k_); ++k)
        for (int row = 0; row < activation_decoder_.lines(); ++row)
            for (int column = 0; column < weight_decoder_.lines(); ++column)
                sum += AntPe::product(activation_decoder_.operand(activations_[a + k], row),
                                      weight_decoder_.operand(weights_[w + k], column));
    return static_cast<int>(wrap_to_bits(sum, acc_bits));
}

std::int64_t GemmObject::cycles(int rows, int columns, bool weight_stationary,
                                bool shift_drain) const {
    for (const auto& [name, value] : {std::pair("rows", rows), std::pair("columns", columns)}) {
        require_range(name, value, 2, 1024);
        if (value % 2 != 0) fail("{} = {}: must be even", name, value);
    }
    if (weight_stationary && shift_drain) fail("shift_drain = 1: the array is weight stationary");
    SystolicConfig config;
    config.rows = rows;
    config.columns = columns;
    config.dataflow = weight_stationary ? Dataflow::weight_stationary : Dataflow::output_stationary;
    config.drain = shift_drain ? Drain::shift : Drain::bus;
    const int lines = activation_decoder_.lines();
    const std::int64_t folds =
        divide_up((weight_stationary ? k_ : m_), rows / lines) * divide_up(n_, columns / lines);
    return systolic_cycles(config, folds, weight_stationary ? m_ : k_, 1).total();
}

}  // namespace bitloom
