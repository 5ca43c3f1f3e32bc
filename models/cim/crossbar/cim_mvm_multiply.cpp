// SPDX-License-Identifier: Apache-2.0
// The fast form of CimMvm: whole batches of vectors through the kernels.
#include <algorithm>

#include "models/base/error.h"
#include "models/cim/crossbar/cim_mvm_body.h"

namespace bitloom {

namespace {

// Vectors in flight: a few times those of a kernel call.
constexpr std::int64_t batch_vectors = 4 * charge_vectors;

std::int64_t round_up(std::int64_t value, std::int64_t to) {
    return (value + to - 1) / to * to;
}

// Some vectors on their way through a layer.
class Batch {
public:
    Batch(const DacConfig& config, std::int64_t k, std::int64_t most_rows,
          std::int64_t most_columns)
        : config_(config),
          k_(k),
          row_stride_(round_up(most_rows, 2)),
          column_stride_(round_up(most_columns, charge_lanes)),
          codes_(static_cast<std::size_t>(batch_vectors * k)),
          drives_(static_cast<std::size_t>(batch_vectors * row_stride_)),
          charges_(static_cast<std::size_t>(batch_vectors * column_stride_)) {}

    // Takes `count` <= batch_vectors vectors; returns how many codes had to be limited.
    std::int64_t load(const std::int8_t* x, std::int64_t count) {
        count_ = count;
        const int largest = largest_input(config_);
        std::int32_t limited = 0;
        for (std::int64_t i = 0; i < count * k_; ++i) {
            const int code = std::clamp<int>(x[i], -largest, largest);
            limited += code != x[i] ? 1 : 0;
            codes_[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(code);
        }
        return limited;
    }

    std::int64_t count() const { return count_; }
    std::span<const std::int8_t> codes(std::int64_t v, const Block& block) const {
        return {codes_.data() + v * k_ + block.k_begin, static_cast<std::size_t>(block.k_size)};
    }
    std::span<std::int16_t> drive(std::int64_t v, const Block& block) {
        return {drives_.data() + v * row_stride_, static_cast<std::size_t>(block.k_size)};
    }
    double* charges(std::int64_t v) { return charges_.data() + v * column_stride_; }
    std::int64_t column_stride() const { return column_stride_; }

    // Charges of the drives; vectors of the last six that are not there have old drives.
    void integrate(const ChargeKernel& kernel, const ChargePanels& panels) {
        for (std::int64_t v = 0; v < count_; v += charge_vectors) {
            const std::int16_t* vectors[charge_vectors];
            for (std::int64_t i = 0; i < charge_vectors; ++i)
                vectors[i] = drives_.data() + (v + i) * row_stride_;
            panels.charges(kernel, vectors, charges(v), column_stride_);
        }
    }

    // Sums of |units| / 2^11 times squared ticks of the same drives.
    template <class Square>
    const double* noise_sums(const ChargeKernel& kernel, const ChargePanels& panels,
                             const Square& square) {
        squares_.resize(drives_.size());
        sums_.resize(charges_.size());
        for (std::int64_t v = 0; v < count_; ++v) {
            const std::int64_t begin = v * row_stride_;
            for (std::int64_t k = begin; k < begin + panels.rows(); ++k)
                squares_[static_cast<std::size_t>(k)] =
                    static_cast<std::int16_t>(square(drives_[static_cast<std::size_t>(k)]));
        }
        for (std::int64_t v = 0; v < count_; v += charge_vectors) {
            const std::int16_t* vectors[charge_vectors];
            for (std::int64_t i = 0; i < charge_vectors; ++i)
                vectors[i] = squares_.data() + (v + i) * row_stride_;
            panels.noise_sums(kernel, vectors, sums_.data() + v * column_stride_, column_stride_);
        }
        return sums_.data();
    }

private:
    const DacConfig& config_;
    std::int64_t k_, row_stride_, column_stride_, count_ = 0;
    std::vector<std::int8_t> codes_;
    std::vector<std::int16_t> drives_, squares_;
    std::vector<double> charges_, sums_;
};

struct Extent {
    std::int64_t rows = 0, columns = 0;
};

Extent largest_block(const CimSnapshot& snapshot, const std::vector<std::size_t>& blocks) {
    Extent extent;
    for (const std::size_t b : blocks) {
        const Block& block = snapshot.placement->blocks[b];
        extent.rows = std::max(extent.rows, block.k_size);
        extent.columns = std::max(extent.columns, block.columns());
    }
    return extent;
}

// Adds the codes of a block's columns to the sums of its outputs.
void accumulate(const Block& block, int slice_bits, const InputPass& pass,
                const std::int32_t* codes, std::int32_t* acc) {
    const std::uint32_t sign = pass.negative ? ~0u : 1u;
    for (int s = 0; s < block.slices; ++s) {
        const std::uint32_t factor = sign << (pass.shift + s * slice_bits);
        const std::int32_t* from = codes + s;
        for (std::int64_t n = 0; n < block.n_size; ++n)
            acc[n] = static_cast<std::int32_t>(static_cast<std::uint32_t>(acc[n]) +
                                               static_cast<std::uint32_t>(from[n * block.slices]) *
                                                   factor);
    }
}

}  // namespace

void CimMvm::multiply(std::size_t layer, std::span<const std::int8_t> x, std::int64_t count,
                      std::uint64_t event, std::span<std::int32_t> acc, CimCounts& counts) const {
    const Body& body = *body_;
    const LayerCells& cells = body.snapshot->layers[layer];
    const Body::LayerBody& of_layer = body.layers[layer];
    BITLOOM_CHECK(static_cast<std::int64_t>(x.size()) == count * cells.k &&
                      static_cast<std::int64_t>(acc.size()) == count * cells.n,
                  "{} vectors of {} inputs and {} outputs, not {} and {}", count, cells.k, cells.n,
                  x.size(), acc.size());
    const ChargeKernel& kernel = best_charge_kernel();
    const Extent most = largest_block(*body.snapshot, of_layer.blocks);
    Batch batch(body.config.dac, cells.k, most.rows, most.columns);
    std::vector<std::int16_t> ticks(static_cast<std::size_t>(most.rows));
    std::vector<std::int32_t> z(static_cast<std::size_t>(most.columns)), codes(z.size());
    std::fill(acc.begin(), acc.end(), 0);
    counts.vectors += count;
    for (std::int64_t first = 0; first < count; first += batch_vectors) {
        counts.limited_inputs +=
            batch.load(x.data() + first * cells.k, std::min(batch_vectors, count - first));
        for (const std::size_t b : of_layer.blocks) {
            const Block& block = body.block(b);
            const Body::BlockBody& of_block = body.blocks[b];
            const std::vector<std::int64_t>& row_units = body.snapshot->blocks[b].row_units;
            const std::int64_t columns = block.columns();
            const std::int64_t phases = phases_of(body.snapshot->geometry, block);
            for (std::size_t p = 0; p < body.passes.size(); ++p) {
                const int pass = static_cast<int>(p);
                for (std::int64_t v = 0; v < batch.count(); ++v) {
                    const std::uint64_t at = event + static_cast<std::uint64_t>(first + v);
                    const std::span<std::int16_t> drive = batch.drive(v, block);
                    of_block.dac.drive(batch.codes(v, block), block.row0, pass, at, drive);
                    std::span<const std::int16_t> pulses = drive;
                    if (body.fraction_bits > 0) {
                        const std::span<std::int16_t> whole(ticks.data(), drive.size());
                        pulse_ticks(body.config.dac, pass, batch.codes(v, block), whole);
                        pulses = whole;
                    }
                    const RowLoad load =
                        kernel.row_load(pulses.data(), row_units.data(), block.k_size);
                    counts.row_pulses += load.pulses * phases;
                    counts.row_ticks += load.ticks * phases;
                    counts.unit_ticks += load.unit_ticks;
                }
                counts.passes += batch.count();
                counts.phases += batch.count() * phases;
                counts.conversions += batch.count() * columns;
                batch.integrate(kernel, of_block.panels);
                const double* noise_sums =
                    body.read_noise ? batch.noise_sums(kernel, of_block.panels,
                                                       [&](std::int16_t drive) {
                                                           return body.square_ticks(drive);
                                                       })
                                    : nullptr;
                for (std::int64_t v = 0; v < batch.count(); ++v) {
                    double* charges = batch.charges(v);
                    if (body.noisy) {
                        const std::uint64_t at = event + static_cast<std::uint64_t>(first + v);
                        of_block.noise.normals_q16(
                            body.noise_index(block, pass, at),
                            std::span(z.data(), static_cast<std::size_t>(columns)));
                        kernel.add_noise(of_layer.noise,
                                         noise_sums == nullptr
                                             ? nullptr
                                             : noise_sums + v * batch.column_stride(),
                                         z.data(), columns, charges);
                    }
                    if (body.ideal_adcs)
                        counts.saturated +=
                            kernel.convert(of_layer.conversion, charges, columns, codes.data());
                    else
                        for (std::int64_t c = 0; c < columns; ++c) {
                            const auto charge = static_cast<std::int64_t>(charges[c]);
                            const auto column = static_cast<std::size_t>(c);
                            const Adc& adc = *of_block.adcs[column];
                            codes[column] = adc.convert(charge);
                            if (std::abs(codes[column]) == adc.largest())
                                counts.saturated += adc.saturates(charge) ? 1 : 0;
                        }
                    accumulate(block, cells.slice_bits, body.passes[p], codes.data(),
                               acc.data() + (first + v) * cells.n + block.n_begin);
                }
            }
        }
    }
}

std::int64_t CimMvm::largest_charge(std::size_t layer, std::span<const std::int8_t> x,
                                    std::int64_t count) const {
    const Body& body = *body_;
    const LayerCells& cells = body.snapshot->layers[layer];
    const std::vector<std::size_t>& blocks = body.layers[layer].blocks;
    const Extent most = largest_block(*body.snapshot, blocks);
    Batch batch(body.config.dac, cells.k, most.rows, most.columns);
    double largest = 0.0;
    for (std::int64_t first = 0; first < count; first += batch_vectors) {
        batch.load(x.data() + first * cells.k, std::min(batch_vectors, count - first));
        for (const std::size_t b : blocks)
            for (std::size_t pass = 0; pass < body.passes.size(); ++pass) {
                for (std::int64_t v = 0; v < batch.count(); ++v)
                    pulse_ticks(body.config.dac, static_cast<int>(pass),
                                batch.codes(v, body.block(b)), batch.drive(v, body.block(b)));
                batch.integrate(best_charge_kernel(), body.blocks[b].panels);
                for (std::int64_t v = 0; v < batch.count(); ++v)
                    for (std::int64_t c = 0; c < body.block(b).columns(); ++c)
                        largest = std::max(largest, std::abs(batch.charges(v)[c]));
            }
    }
    return static_cast<std::int64_t>(largest);
}

}  // namespace bitloom
