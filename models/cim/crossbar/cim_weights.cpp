// SPDX-License-Identifier: Apache-2.0
#include "models/cim/crossbar/cim_weights.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/cim/crossbar/ir_drop.h"
#include "models/cim/device/conductance.h"
#include "models/cim/device/device_list.h"

namespace bitloom {

namespace {

std::int32_t lowest_units(const DeviceModel& model) {
    const double scaled =
        model.facts().g_min_uS * conductance_units_per_g_max / model.facts().g_max_uS;
    return static_cast<std::int32_t>(std::ceil(scaled));
}

// The part of a code that slice s holds, with the code's sign.
int slice_of(int code, int slice, int slice_bits) {
    const int magnitude = std::abs(code) >> (slice * slice_bits) & ((1 << slice_bits) - 1);
    return code < 0 ? -magnitude : magnitude;
}

// One column of a block: what its cells count at the ADC.
struct ColumnWires {
    double wire, output;  // in 1 / unit
    bool far_first;       // the ADC is at the end of row 0
    PairWiring wiring;
};

// A cell's devices in, the column's effective units out; `plus`, `minus` and `units` are strided by
// `stride`.
class ColumnMap {
public:
    explicit ColumnMap(std::int64_t rows)
        : loads_(static_cast<std::size_t>(rows)), plus_(loads_.size()), minus_(loads_.size()) {}

    template <class Plus, class Minus, class Set>
    void operator()(const ColumnWires& wires, const Plus& plus, const Minus& minus,
                    const Set& set) {
        const std::size_t rows = loads_.size();
        const auto row = [&](std::size_t k) { return wires.far_first ? rows - 1 - k : k; };
        const bool together = wires.wiring == PairWiring::same_line;
        for (std::size_t k = 0; k < rows; ++k)
            loads_[k] = plus(row(k)) + (together ? minus(row(k)) : 0.0);
        ir_drop_factors(loads_, wires.wire, wires.output, plus_);
        if (!together) {
            for (std::size_t k = 0; k < rows; ++k) loads_[k] = minus(row(k));
            ir_drop_factors(loads_, wires.wire, wires.output, minus_);
        }
        const std::vector<double>& of_minus = together ? plus_ : minus_;
        for (std::size_t k = 0; k < rows; ++k)
            set(row(k),
                round_to_even(together ? plus_[k] * (plus(row(k)) - minus(row(k)))
                                       : plus_[k] * plus(row(k)) - of_minus[k] * minus(row(k))));
    }

private:
    std::vector<double> loads_, plus_, minus_;
};

}  // namespace

WeightMapping whole_step_mapping(const DeviceModel& model, int largest) {
    const std::int32_t low = lowest_units(model);
    const std::int32_t step = (conductance_units_per_g_max - low) / largest;
    const double g_max = model.facts().g_max_uS;
    return {conductance_of_units(low, g_max), conductance_of_units(low + step * largest, g_max),
            largest};
}

CimWeights::CimWeights(const CrossbarConfig& config, std::span<const LayerMatrix> layers,
                       const Placement& placement, std::uint64_t seed)
    : config_(config),
      model_(&device_model(config.device)),
      placement_(std::make_shared<const Placement>(placement)) {
    const std::vector<std::string> wrong = problems(config);
    BITLOOM_CHECK(wrong.empty(), "a crossbar with {}", wrong.front());
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const LayerMatrix& matrix = layers[l];
        LayerCells cells;
        cells.k = matrix.k;
        cells.n = matrix.n;
        cells.slices = slices_of(config.geometry, matrix.weight_bits);
        cells.slice_bits = std::min(config.geometry.cell_bits, matrix.weight_bits - 1);
        cells.largest_code = (1 << (matrix.weight_bits - 1)) - 1;
        const int largest_slice = (1 << cells.slice_bits) - 1;
        cells.units_per_code =
            (conductance_units_per_g_max - lowest_units(*model_)) / largest_slice;
        codes_.push_back(matrix.codes);
        for (std::int8_t& code : codes_.back()) {
            const int largest = cells.largest_code;
            BITLOOM_CHECK(code >= -largest - 1 && code <= largest, "layer '{}': {} has {} bits",
                          matrix.name, code, matrix.weight_bits);
            if (code < -largest) {
                code = static_cast<std::int8_t>(-largest);
                ++cells.limited_codes;
            }
        }
        layers_.push_back(cells);
        const WeightMapping mapping = whole_step_mapping(*model_, largest_slice);
        Side plus = program(l, matrix, mapping, PairSide::plus, seed);
        Side minus = program(l, matrix, mapping, PairSide::minus, seed);
        devices_.push_back({std::move(plus), std::move(minus)});
    }
}

CimWeights::Side CimWeights::program(std::size_t layer, const LayerMatrix& matrix,
                                     const WeightMapping& mapping, PairSide side,
                                     std::uint64_t seed) {
    const LayerCells& cells = layers_[layer];
    std::vector<double> targets;
    targets.reserve(codes_[layer].size() * static_cast<std::size_t>(cells.slices));
    for (const std::int8_t code : codes_[layer])
        for (int s = 0; s < cells.slices; ++s) {
            const PairTargets pair = pair_targets(mapping, slice_of(code, s, cells.slice_bits));
            targets.push_back(side == PairSide::plus ? pair.plus_uS : pair.minus_uS);
        }
    const std::string component =
        fmt::format("cells.{}.{}", matrix.name, side == PairSide::plus ? "plus" : "minus");
    const auto count = static_cast<std::int64_t>(targets.size());
    programming_.devices += count;
    std::int64_t attempts = count;
    const auto programmed = [&] {
        if (!config_.verify) return DeviceArray(*model_, targets, seed, component);
        VerifiedArray verified =
            program_and_verify(*model_, targets, seed, component, *config_.verify);
        attempts = verified.attempts;
        programming_.rejected += verified.rejected;
        return std::move(verified.array);
    };
    Side result{programmed(), {}};
    const StuckDevices faults(config_.stuck, seed);
    const DeviceNoise noise(seed, component);
    for (const Block& block : placement_->blocks) {
        if (block.layer != layer || !faults.any()) continue;
        for (std::int64_t k = 0; k < block.k_size; ++k)
            for (std::int64_t c = 0; c < block.columns(); ++c) {
                const Fault fault = faults.at(block.array, block.row0 + k, block.column0 + c, side);
                if (fault == Fault::none) continue;
                const auto device =
                    static_cast<std::size_t>((block.k_begin + k) * cells.n * cells.slices +
                                             block.n_begin * cells.slices + c);
                const bool on = fault == Fault::on;
                const double stuck_uS = on ? model_->facts().g_max_uS : model_->facts().g_min_uS;
                result.stuck.push_back(
                    {device, on ? conductance_units_per_g_max : lowest_units(*model_)});
                ++(on ? programming_.stuck_on : programming_.stuck_off);
                if (!config_.verify) continue;
                // It is tried to the end in vain, unless it happens to be where it should.
                const VerifiedDevice healthy =
                    program_and_verify(*model_, targets[device], noise, device, *config_.verify);
                const bool accepted =
                    std::abs(stuck_uS - targets[device]) <= config_.verify->tolerance_uS;
                attempts += (accepted ? 1 : config_.verify->max_attempts) - healthy.attempts;
                programming_.rejected += (accepted ? 0 : 1) - (healthy.accepted ? 0 : 1);
            }
    }
    programming_.attempts += attempts;
    return result;
}

std::vector<std::int32_t> CimWeights::Side::read(double time_s, std::uint64_t reading) const {
    std::vector<std::int32_t> units = devices.read_units(time_s, reading);
    for (const StuckUnits& each : stuck) units[each.device] = each.units;
    return units;
}

CimSnapshot CimWeights::at(double time_s, std::uint64_t reading) const {
    CimSnapshot snapshot;
    snapshot.geometry = config_.geometry;
    snapshot.placement = placement_;
    snapshot.layers = layers_;
    snapshot.full_units = conductance_units_per_g_max - lowest_units(*model_);
    snapshot.blocks.resize(placement_->blocks.size());
    const double siemens_per_unit = model_->facts().g_max_uS * 1e-6 / conductance_units_per_g_max;
    const bool resistive = config_.wire_ohm > 0.0 || config_.output_ohm > 0.0;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        const std::vector<std::int32_t> plus = devices_[l].plus.read(time_s, reading);
        const std::vector<std::int32_t> minus = devices_[l].minus.read(time_s, reading);
        const auto width = static_cast<std::size_t>(layers_[l].n * layers_[l].slices);
        for (std::size_t b = 0; b < placement_->blocks.size(); ++b) {
            const Block& block = placement_->blocks[b];
            if (block.layer != l) continue;
            const auto rows = static_cast<std::size_t>(block.k_size);
            const auto columns = static_cast<std::size_t>(block.columns());
            const std::size_t origin = static_cast<std::size_t>(block.k_begin) * width +
                                       static_cast<std::size_t>(block.n_begin * block.slices);
            BlockConductance& out = snapshot.blocks[b];
            out.units.resize(rows * columns);
            out.row_units.resize(rows);
            for (std::size_t k = 0; k < rows; ++k)
                for (std::size_t c = 0; c < columns; ++c) {
                    const std::size_t device = origin + k * width + c;
                    out.units[k * columns + c] = plus[device] - minus[device];
                    out.row_units[k] += std::int64_t{plus[device]} + minus[device];
                }
            if (!resistive) continue;
            ColumnMap map(block.k_size);
            for (std::size_t c = 0; c < columns; ++c) {
                const bool at_row_0 = config_.sense_end == SenseEnd::row_0 ||
                                      (block.column0 + static_cast<std::int64_t>(c)) % 2 == 0;
                // Rows of other layers are disconnected: only their wire is in the way.
                const std::int64_t between =
                    at_row_0 ? block.row0 : config_.geometry.rows - block.row0 - block.k_size;
                const ColumnWires wires{
                    config_.wire_ohm * siemens_per_unit,
                    (config_.output_ohm + static_cast<double>(between) * config_.wire_ohm) *
                        siemens_per_unit,
                    at_row_0, config_.wiring};
                map(
                    wires, [&](std::size_t k) -> double { return plus[origin + k * width + c]; },
                    [&](std::size_t k) -> double { return minus[origin + k * width + c]; },
                    [&](std::size_t k, std::int32_t units) { out.units[k * columns + c] = units; });
            }
        }
    }
    return snapshot;
}

WeightQuality weight_quality(const CimWeights& weights, const CimSnapshot& now, std::size_t layer,
                             double alpha) {
    const LayerCells& cells = weights.layers()[layer];
    const std::vector<std::int8_t>& codes = weights.codes(layer);
    double square = 0.0;
    for (std::size_t b = 0; b < now.blocks.size(); ++b) {
        const Block& block = now.placement->blocks[b];
        if (block.layer != layer) continue;
        const std::int32_t* units = now.blocks[b].units.data();
        for (std::int64_t k = 0; k < block.k_size; ++k)
            for (std::int64_t n = 0; n < block.n_size; ++n) {
                double held = 0.0;
                for (int s = 0; s < block.slices; ++s)
                    held += *units++ * std::ldexp(1.0, s * cells.slice_bits);
                const auto at =
                    static_cast<std::size_t>((block.k_begin + k) * cells.n + block.n_begin + n);
                const double error = alpha * held / cells.units_per_code - codes[at];
                square += error * error;
            }
    }
    WeightQuality quality;
    quality.rms_error = std::sqrt(square / static_cast<double>(codes.size())) / cells.largest_code;
    quality.effective_bits = std::log2(2.0 / (std::sqrt(12.0) * quality.rms_error));
    return quality;
}

}  // namespace bitloom
