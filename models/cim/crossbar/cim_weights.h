// SPDX-License-Identifier: Apache-2.0
// The weights of a network on devices: programmed once, read at any time after.
//
// A device draws at (seed, layer, side, k, n, slice): what it becomes does not depend on where it
// lies or how layers are cut. Faults are of the place: (seed, array, row, column, side).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/cim/crossbar/crossbar_config.h"
#include "models/cim/device/device_array.h"
#include "models/cim/device/device_pairs.h"
#include "models/cim/mapping/placement.h"

namespace bitloom {

// How codes of a layer are conductances. The step is a whole number of units, so that an ideal
// device holds every code exactly and an ideal crossbar computes the integer GEMM.
struct LayerCells {
    std::int64_t k = 0, n = 0;
    int slices = 1;
    int slice_bits = 7;               // output n of slice s counts 2^(s * slice_bits)
    int largest_code = 127;           // of the whole weight: 2^(weight_bits-1) - 1
    std::int32_t units_per_code = 0;  // conductance units (g_max / 2^20) of one step of a slice
    std::int64_t limited_codes = 0;   // weights -2^(P-1), held as -(2^(P-1) - 1)
};

// Conductances of one moment, as they act on the charge.
struct BlockConductance {
    // [k_size][columns]: G+ - G- as seen at the ADC, in units of g_max / 2^20. The reads are
    // rounded to units; the IR-drop map is applied to these and its result rounded once (nearest,
    // ties to even). Without resistance it is their difference.
    std::vector<std::int32_t> units;
    // [k_size]: sum of G+ + G- over the columns, in units, at the cells (without IR drop: what a
    // row driver charges, an upper bound with it).
    std::vector<std::int64_t> row_units;
};

struct CimSnapshot {
    ArrayGeometry geometry;
    std::shared_ptr<const Placement> placement;
    std::vector<LayerCells> layers;
    std::int64_t full_units = 0;           // g_max - g_min of the device in units: one full cell
    std::vector<BlockConductance> blocks;  // of placement->blocks
};

// What programming took. With one programming of each device: attempts = devices, rejected = 0.
struct ProgrammingCounts {
    std::int64_t devices = 0;
    std::int64_t attempts = 0;  // each is a programming pulse train and, with verify, one read
    std::int64_t rejected = 0;  // devices outside the tolerance at the end
    std::int64_t stuck_off = 0, stuck_on = 0;
};

class CimWeights {
public:
    // Programs the devices. Errors: those of place() (called by the caller), of the device's list.
    CimWeights(const CrossbarConfig& config, std::span<const LayerMatrix> layers,
               const Placement& placement, std::uint64_t seed);

    // `time_s` since the first read; `reading` as in DeviceArray. Thread-safe; caches nothing.
    CimSnapshot at(double time_s, std::uint64_t reading = 0) const;

    const CrossbarConfig& config() const { return config_; }
    const Placement& placement() const { return *placement_; }
    const std::vector<LayerCells>& layers() const { return layers_; }
    const ProgrammingCounts& programming() const { return programming_; }
    // The integer weight that was to be stored, [k][n], limited.
    const std::vector<std::int8_t>& codes(std::size_t layer) const { return codes_[layer]; }

private:
    struct StuckUnits {
        std::size_t device;  // index in the layer's array of its side
        std::int32_t units;
    };
    struct Side {
        DeviceArray devices;  // [k][n * slices]
        std::vector<StuckUnits> stuck;

        std::vector<std::int32_t> read(double time_s, std::uint64_t reading) const;
    };
    struct LayerDevices {
        Side plus, minus;
    };
    Side program(std::size_t layer, const LayerMatrix& matrix, const WeightMapping& mapping,
                 PairSide side, std::uint64_t seed);

    CrossbarConfig config_;
    const DeviceModel* model_;
    std::shared_ptr<const Placement> placement_;
    std::vector<LayerCells> layers_;
    std::vector<std::vector<std::int8_t>> codes_;
    std::vector<LayerDevices> devices_;
    ProgrammingCounts programming_;
};

// The codes -largest..largest of a model with a step that is a whole number of units: from the
// first whole unit at or above g_min on, as far up as such steps reach.
WeightMapping whole_step_mapping(const DeviceModel& model, int largest);

// How well a moment holds the weights of a layer.
struct WeightQuality {
    double rms_error = 0.0;       // of weights times `alpha`, as a share of the largest code
    double effective_bits = 0.0;  // log2(2 / (sqrt(12) rms_error)); infinite without error
};
WeightQuality weight_quality(const CimWeights& weights, const CimSnapshot& now, std::size_t layer,
                             double alpha = 1.0);

}  // namespace bitloom
