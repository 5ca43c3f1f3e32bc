// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/cim_model.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/cim/crossbar/drift_read_out.h"
#include "sim/mapping/memory_map.h"

namespace bitloom {

namespace {

// Events of read-outs lie behind those of all inputs.
constexpr std::uint64_t read_out_event = std::uint64_t{1} << 48;

// The sum of the conductances of a layer's devices, read with one input of the longest pulse on all
// rows: one conversion a block.
std::int64_t total_current(const CimModel& model, const CimSnapshot& snapshot, std::size_t matrix,
                           CimCounts& counts) {
    const int longest = longest_pulse(model.config.mvm.dac);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < snapshot.blocks.size(); ++i) {
        const Block& block = snapshot.placement->blocks[i];
        if (block.layer != matrix) continue;
        for (const std::int64_t units : snapshot.blocks[i].row_units) sum += units;
        ++counts.passes;
        ++counts.phases;
        ++counts.conversions;
        counts.row_pulses += block.k_size;
        counts.row_ticks += block.k_size * longest;
    }
    ++counts.vectors;
    counts.unit_ticks += sum * longest;
    return sum;
}

ReadOutInput read_out_input(const CimChipConfig& config) {
    return config.compensation == DriftCompensation::one_hot ? ReadOutInput::one_hot
                                                             : ReadOutInput::common;
}

std::int64_t read_out(const CimModel& model, const CimMvm& mvm, std::size_t matrix,
                      CimCounts& counts) {
    if (model.config.compensation == DriftCompensation::total_current)
        return total_current(model, mvm.snapshot(), matrix, counts);
    return drift_read_out(mvm, matrix, read_out_input(model.config), read_out_event, counts);
}

// Largest charge of each matrix on an ideal chip, in cells.
std::vector<double> calibrate(const CimModel& model, const ActivationBytes& reference) {
    CrossbarConfig ideal;
    ideal.device = "ideal";
    ideal.geometry = model.config.crossbar.geometry;
    ideal.wire_ohm = 0;
    MvmConfig exact;
    exact.dac.mode = model.config.mvm.dac.mode;
    exact.dac.bits = model.config.mvm.dac.bits;
    exact.dac.split_low_bits = model.config.mvm.dac.split_low_bits;
    exact.adc.bits = model.config.mvm.adc.bits;
    const CimWeights weights(ideal, model.network.matrices, model.network.placement, 0);
    const CimSnapshot snapshot = weights.at(0);
    const CimMvm mvm(snapshot, exact, std::vector<double>(model.network.matrices.size(), 1.0), 0);
    ActivationBytes activations = reference;
    HostExecutor(model.trace, 32).run(activations);
    std::vector<double> cells;
    for (std::size_t matrix = 0; matrix < model.network.matrices.size(); ++matrix) {
        const Im2col& im2col = model.im2col[matrix];
        const std::vector<std::int8_t> x =
            im2col.gather_all(activations.at(model.layer(matrix).inputs[0]));
        const std::int64_t charge = mvm.largest_charge(matrix, x, im2col.positions());
        // A layer that gives nothing but zeros has no scale of its own.
        cells.push_back(charge == 0 ? 1.0 : full_scale_of(exact, snapshot.full_units, charge));
    }
    return cells;
}

std::vector<double> choose_full_scale(CimModel& model, const ActivationBytes& reference) {
    const std::size_t matrices = model.network.matrices.size();
    if (model.config.full_scale_cells > 0) {
        model.full_scale_source = "adc.full_scale";
        return std::vector<double>(matrices, model.config.full_scale_cells);
    }
    const auto& provenance = model.trace.manifest().provenance;
    const auto trained = provenance.find("adc_full_scale");
    if (trained != provenance.end() && !model.config.full_scale_per_layer) {
        model.full_scale_source = "the network, trained with it";
        double cells = 0;
        try {
            cells = std::stod(trained->second);
        } catch (const std::exception&) {
        }
        if (!(cells > 0 && cells <= 1e6))
            fail("network '{}': provenance adc_full_scale = {}: must be a number of cells, 0..1e6",
                 model.trace.manifest().network, trained->second);
        return std::vector<double>(matrices, cells);
    }
    model.full_scale_source = "calibrated: the largest charge of the reference input";
    std::vector<double> cells = calibrate(model, reference);
    if (!model.config.full_scale_per_layer && !cells.empty())
        cells.assign(matrices, *std::max_element(cells.begin(), cells.end()));
    return cells;
}

}  // namespace

CimModel::CimModel(const Trace& trace_of_network, const CimChipConfig& chip,
                   const ActivationBytes& reference)
    : trace(trace_of_network), config(chip), network(cim_network(trace, config)) {
    const Manifest& manifest = trace.manifest();
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        const Layer& each = manifest.layers[i];
        exact.push_back(MemoryMap::is_alias(manifest, each) ? LayerParameters{}
                                                            : layer_parameters(trace, each));
        if (!network.matrix_of[i]) continue;
        layer_of.push_back(i);
        im2col.push_back(im2col_of(trace, each, config));
        fraction_bits.push_back(bitloom::fraction_bits(network, *network.matrix_of[i], config));
    }
    full_scale = choose_full_scale(*this, reference);
}

const Layer& CimModel::layer(std::size_t matrix) const {
    return trace.manifest().layers[layer_of[matrix]];
}

CimProgrammed::CimProgrammed(const CimModel& model, std::uint64_t seed)
    : model_(model),
      seed_(seed),
      weights_(model.config.crossbar, model.network.matrices, model.network.placement, seed) {
    if (model.config.compensation == DriftCompensation::none) return;
    const CimSnapshot snapshot = weights_.at(0);
    const CimMvm mvm(snapshot, model.config.mvm, model.full_scale, seed);
    CimCounts ignored;
    for (std::size_t matrix = 0; matrix < model.network.matrices.size(); ++matrix)
        first_.push_back(read_out(model, mvm, matrix, ignored));
}

CimMoment::CimMoment(const CimProgrammed& chip, double time_s)
    : chip_(chip), snapshot_(chip.weights().at(time_s)) {
    const CimModel& model = chip.model();
    const std::size_t matrices = model.network.matrices.size();
    mvm_ = std::make_unique<CimMvm>(snapshot_, model.config.mvm, model.full_scale, chip.seed());
    alpha_.assign(matrices, 1.0);
    read_out_.resize(matrices);
    if (chip.first_read_out().empty()) return;
    for (std::size_t matrix = 0; matrix < matrices; ++matrix) {
        const std::int64_t now = bitloom::read_out(model, *mvm_, matrix, read_out_[matrix]);
        alpha_[matrix] = drift_alpha(model.layer(matrix).name, chip.first_read_out()[matrix], now);
    }
}

WeightQuality CimMoment::weight_quality() const {
    double squares = 0, weights = 0;
    for (std::size_t matrix = 0; matrix < alpha_.size(); ++matrix) {
        const LayerMatrix& layer = model().network.matrices[matrix];
        const double rms =
            bitloom::weight_quality(chip_.weights(), snapshot_, matrix, alpha_[matrix]).rms_error;
        squares += rms * rms * static_cast<double>(layer.k * layer.n);
        weights += static_cast<double>(layer.k * layer.n);
    }
    WeightQuality quality;
    quality.rms_error = weights > 0 ? std::sqrt(squares / weights) : 0.0;
    quality.effective_bits = std::log2(2.0 / (std::sqrt(12.0) * quality.rms_error));
    return quality;
}

LayerParameters CimMoment::parameters(std::size_t layer) const {
    const CimModel& m = model();
    const auto matrix = m.network.matrix_of[layer];
    if (!matrix) return m.exact[layer];
    return analog_parameters(m.exact[layer], m.trace, m.trace.manifest().layers[layer],
                             mvm_->code_value(*matrix), m.im2col[*matrix].codes.shift(),
                             m.fraction_bits[*matrix], alpha_[*matrix]);
}

std::int64_t read_out_vectors(const CimModel& model, std::size_t matrix) {
    switch (model.config.compensation) {
        case DriftCompensation::none:
            return 0;
        case DriftCompensation::common_input:
        case DriftCompensation::total_current:
            return 1;
        case DriftCompensation::one_hot:
            return model.network.matrices[matrix].k;
    }
    return 0;
}

}  // namespace bitloom
