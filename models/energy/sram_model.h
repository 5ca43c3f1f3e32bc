// SPDX-License-Identifier: Apache-2.0
// Energy, leakage and area of on-chip memories, from CACTI points.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/energy/sram_leakage.h"

namespace bitloom {

// One bank as characterized. Columns of the file, in any order:
// access_bits,bank_bytes,read_pj,write_pj,leakage_mw,area_um2,node_nm,voltage_v,device,temperature_k,source
// device and temperature_k, of the leakage, may be absent, both: leakage then is as stated whatever
// the chip's.
struct SramPoint {
    std::int64_t access_bits = 0;  // read or written at once
    std::int64_t bank_bytes = 0;
    double read_pj = 0;  // an access
    double write_pj = 0;
    double leakage_mw = 0;
    double area_um2 = 0;
    double node_nm = 0;
    double voltage_v = 0;
    std::optional<MemoryDevice> device;
    std::optional<double> temperature_k;
    std::string source;
};

// A buffer of `banks` equal banks, each access_bits wide.
struct SramShape {
    std::int64_t capacity_bytes = 0;
    std::int64_t access_bits = 0;
    std::int64_t banks = 0;  // 0: SramModel::default_banks
};

struct SramCost {
    double read_pj_per_bit = 0;
    double write_pj_per_bit = 0;
    double leakage_mw = 0;  // of the whole buffer
    double area_um2 = 0;    // of the whole buffer
    std::int64_t banks = 0;
    double node_nm = 0;
    double voltage_v = 0;
    std::optional<MemoryDevice> device;
    std::optional<double> temperature_k;
    std::string source;  // with "interpolated" or "extrapolated" where it is
};

// Costs of an access, leakage and area of a bank are linear in log(bank capacity) between the
// points of the same access width. Outside the points (a single point has no range) the model
// refuses unless told to extrapolate: above them the last segment is then continued; below them,
// and from a single point, energy is kept and leakage and area are proportional to the capacity.
// Error when that gives a value that is not positive, for a width without points, and for a
// capacity that the banks do not divide.
class SramModel {
public:
    static SramModel read(const std::filesystem::path& path);
    static SramModel parse(const std::string& name, std::string_view text);

    const std::vector<SramPoint>& points() const { return points_; }  // by width, then capacity
    SramCost cost(const SramShape& shape, bool extrapolate = false) const;
    // 32 (as in the published designs) if its banks lie in the fitted range, else the power of two
    // nearest to 32 that does, else 32; 1 for less than the smallest bank.
    std::int64_t default_banks(std::int64_t capacity_bytes, std::int64_t access_bits) const;

private:
    std::vector<const SramPoint*> of_width(std::int64_t access_bits) const;

    std::string name_;
    std::vector<SramPoint> points_;
};

}  // namespace bitloom
