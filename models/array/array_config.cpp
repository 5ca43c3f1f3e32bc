// SPDX-License-Identifier: Apache-2.0
#include "models/array/array_config.h"

#include "models/array/bit_serial/bit_serial_body.h"
#include "models/array/bit_serial/bit_serial_timing.h"
#include "models/array/systolic/systolic_body.h"
#include "models/base/divide_up.h"

namespace bitloom {

namespace {

// PE lines that an operand of the systolic array occupies.
int systolic_lines(const Format& format) {
    return format.bits() > 4 ? 2 : 1;
}

std::unique_ptr<ArrayBody> make(const std::string& fidelity, const char* name,
                                const SystolicConfig& config, sc_core::sc_time period) {
    return make_systolic_array(fidelity, name, config, period);
}

std::unique_ptr<ArrayBody> make(const std::string& fidelity, const char* name,
                                const BitSerialConfig& config, sc_core::sc_time period) {
    return make_bit_serial_core(fidelity, name, config, period);
}

int accumulator(const SystolicConfig& config) {
    return config.accumulator_bits;
}

int accumulator(const BitSerialConfig&) {
    return bit_serial_accumulator_bits;
}

void require(const SystolicConfig&, const Format& activation, const Format& weight) {
    common_lines(AntDecoder(activation), AntDecoder(weight));
}

void require(const BitSerialConfig&, const Format& activation, const Format& weight) {
    bit_operand(activation);
    bit_operand(weight);
}

std::int64_t folds(const SystolicConfig& config, std::int64_t m, std::int64_t n, std::int64_t k,
                   const Format&, const Format& weight) {
    const int lines = systolic_lines(weight);
    const bool output_stationary = config.dataflow == Dataflow::output_stationary;
    return divide_up(n, config.columns / lines) *
           divide_up(output_stationary ? m : k, config.rows / lines);
}

std::int64_t folds(const BitSerialConfig& config, std::int64_t m, std::int64_t n, std::int64_t k,
                   const Format& activation, const Format& weight) {
    const BitGemmShape shape{m, n, k, weight.bits(), activation.bits()};
    return std::ssize(bit_folds(config, shape, plane_layout(config, shape)));
}

std::int64_t estimate(const SystolicConfig& config, std::int64_t m, std::int64_t n, std::int64_t k,
                      const Format& activation, const Format& weight) {
    const bool output_stationary = config.dataflow == Dataflow::output_stationary;
    return systolic_cycles(config, folds(config, m, n, k, activation, weight),
                           output_stationary ? k : m,
                           cycles_per_step(config, activation.bits(), weight.bits()))
        .total();
}

std::int64_t estimate(const BitSerialConfig& config, std::int64_t m, std::int64_t n, std::int64_t k,
                      const Format& activation, const Format& weight) {
    return estimate_cycles(config, m, n, k, weight.bits(), activation.bits());
}

std::int64_t pixels(const SystolicConfig& config, const Format& activation) {
    return config.dataflow == Dataflow::output_stationary ? config.rows / systolic_lines(activation)
                                                          : 1;
}

std::int64_t pixels(const BitSerialConfig& config, const Format&) {
    return config.rows;
}

std::int64_t products(const SystolicConfig& config, const Format& weight) {
    return config.dataflow == Dataflow::output_stationary ? 1
                                                          : config.rows / systolic_lines(weight);
}

std::int64_t products(const BitSerialConfig& config, const Format&) {
    switch (config.dataflow) {
        case BitSerialDataflow::bismo:
        case BitSerialDataflow::apnn:
        case BitSerialDataflow::loom:
            return config.word_bits;
        case BitSerialDataflow::stripes:
        case BitSerialDataflow::pragmatic:
        case BitSerialDataflow::bit_tactical:
            return config.lanes;
    }
    return 1;
}

std::int64_t channels(const SystolicConfig& config, const Format& weight) {
    return config.columns / systolic_lines(weight);
}

// Of stacked weights fewer fit side by side; a multiple of the array's columns suits both.
std::int64_t channels(const BitSerialConfig& config, const Format&) {
    return config.columns;
}

double peak(const SystolicConfig& config, int activation_bits, int weight_bits) {
    const double pes = static_cast<double>(config.rows * config.columns);
    return activation_bits > 4 || weight_bits > 4 ? pes / 4 : pes;
}

// One-bit lanes over the bit products of a multiplication, or the lanes that take a whole weight.
double peak(const BitSerialConfig& config, int activation_bits, int weight_bits) {
    const double units = static_cast<double>(config.rows * config.columns);
    const double word = static_cast<double>(config.word_bits);
    switch (config.dataflow) {
        case BitSerialDataflow::bismo:
        case BitSerialDataflow::apnn:
            return units * word / (activation_bits * weight_bits);
        case BitSerialDataflow::loom:
            return units * word /
                   static_cast<double>(divide_up(activation_bits, config.serial_bits) *
                                       weight_bits);
        case BitSerialDataflow::stripes:
        case BitSerialDataflow::pragmatic:
        case BitSerialDataflow::bit_tactical:
            return units * static_cast<double>(config.lanes) / activation_bits;
    }
    return 0;
}

std::vector<ComponentInstance> instances(const SystolicConfig& config) {
    return {{"array", config.rows * config.columns}, {"decoder", config.rows + config.columns}};
}

std::vector<ComponentInstance> instances(const BitSerialConfig& config) {
    const std::int64_t units = config.rows * config.columns;
    return {{"bit_serial", units}, {"popcount_bit", units * config.word_bits}};
}

}  // namespace

std::unique_ptr<ArrayBody> make_array(const std::string& fidelity, const char* name,
                                      const ArrayConfig& config, sc_core::sc_time period) {
    return std::visit([&](const auto& c) { return make(fidelity, name, c, period); }, config);
}

int accumulator_bits(const ArrayConfig& config) {
    return std::visit([](const auto& c) { return accumulator(c); }, config);
}

void require_operands(const ArrayConfig& config, const Format& activation, const Format& weight) {
    std::visit([&](const auto& c) { require(c, activation, weight); }, config);
}

std::int64_t estimate_cycles(const ArrayConfig& config, std::int64_t m, std::int64_t n,
                             std::int64_t k, const Format& activation, const Format& weight) {
    return std::visit([&](const auto& c) { return estimate(c, m, n, k, activation, weight); },
                      config);
}

std::int64_t pixels_at_a_time(const ArrayConfig& config, const Format& activation) {
    return std::visit([&](const auto& c) { return pixels(c, activation); }, config);
}

std::int64_t products_at_a_time(const ArrayConfig& config, const Format& weight) {
    return std::visit([&](const auto& c) { return products(c, weight); }, config);
}

std::int64_t array_folds(const ArrayConfig& config, std::int64_t m, std::int64_t n, std::int64_t k,
                         const Format& activation, const Format& weight) {
    return std::visit([&](const auto& c) { return folds(c, m, n, k, activation, weight); }, config);
}

std::int64_t channels_at_a_time(const ArrayConfig& config, const Format& weight) {
    return std::visit([&](const auto& c) { return channels(c, weight); }, config);
}

double peak_macs_per_cycle(const ArrayConfig& config, int activation_bits, int weight_bits) {
    return std::visit([&](const auto& c) { return peak(c, activation_bits, weight_bits); }, config);
}

double peak_bit_macs_per_cycle(const ArrayConfig& config) {
    const auto* core = std::get_if<BitSerialConfig>(&config);
    return core == nullptr ? 0.0
                           : static_cast<double>(core->rows * core->columns * core->word_bits);
}

std::vector<ComponentInstance> array_instances(const ArrayConfig& config) {
    return std::visit([](const auto& c) { return instances(c); }, config);
}

}  // namespace bitloom
