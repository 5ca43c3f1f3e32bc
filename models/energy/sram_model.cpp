// SPDX-License-Identifier: Apache-2.0
#include "models/energy/sram_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "models/energy/csv_file.h"

namespace bitloom {
namespace {

const std::vector<std::string> kColumns = {"access_bits", "bank_bytes", "read_pj",
                                           "write_pj",    "leakage_mw", "area_um2",
                                           "node_nm",     "voltage_v",  "source"};

const std::vector<std::string> kOptional = {"device", "temperature_k"};

std::int64_t whole(const CsvFile& file, const CsvFile::Record& record, const char* column) {
    const double value = file.number(record, column);
    if (value < 1 || value > 1e12 || value != std::floor(value)) {
        fail("{}: {} = {}: must be a whole number >= 1", file.place(record), column, value);
    }
    return static_cast<std::int64_t>(value);
}

}  // namespace

SramModel SramModel::read(const std::filesystem::path& path) {
    return parse(path.string(), read_text(path));
}

SramModel SramModel::parse(const std::string& name, std::string_view text) {
    const CsvFile file(name, text, kColumns, kOptional);
    if (file.has("device") != file.has("temperature_k"))
        fail("{}: columns device and temperature_k: must be there both or neither", name);
    SramModel model;
    model.name_ = name;
    for (const CsvFile::Record& record : file.records()) {
        SramPoint p;
        p.access_bits = whole(file, record, "access_bits");
        p.bank_bytes = whole(file, record, "bank_bytes");
        p.read_pj = file.number(record, "read_pj");
        p.write_pj = file.number(record, "write_pj");
        p.leakage_mw = file.number(record, "leakage_mw");
        p.area_um2 = file.number(record, "area_um2");
        p.node_nm = file.number(record, "node_nm");
        p.voltage_v = file.number(record, "voltage_v");
        if (file.has("device")) {
            p.device = memory_device(file.text(record, "device"), file.place(record));
            p.temperature_k = file.number(record, "temperature_k");
            sram_leakage_mw_per_kb(*p.device, *p.temperature_k);  // known at all
        }
        p.source = file.text(record, "source");
        if (p.source.empty()) fail("{}: source is empty", file.place(record));
        for (const SramPoint& other : model.points_) {
            if (other.access_bits == p.access_bits && other.bank_bytes == p.bank_bytes) {
                fail("{}: {} bit of {} bytes is there twice", file.place(record), p.access_bits,
                     p.bank_bytes);
            }
            if (other.device != p.device || other.temperature_k != p.temperature_k)
                fail("{}: device or temperature differs from the other points'",
                     file.place(record));
            if (other.node_nm != p.node_nm || other.voltage_v != p.voltage_v) {
                fail("{}: node = {} nm at {} V: the other points are at {} nm, {} V",
                     file.place(record), p.node_nm, p.voltage_v, other.node_nm, other.voltage_v);
            }
        }
        model.points_.push_back(std::move(p));
    }
    std::sort(model.points_.begin(), model.points_.end(), [](const auto& a, const auto& b) {
        return std::tie(a.access_bits, a.bank_bytes) < std::tie(b.access_bits, b.bank_bytes);
    });
    return model;
}

std::vector<const SramPoint*> SramModel::of_width(std::int64_t access_bits) const {
    std::vector<const SramPoint*> found;
    std::set<std::int64_t> widths;
    for (const SramPoint& p : points_) {
        widths.insert(p.access_bits);
        if (p.access_bits == access_bits) found.push_back(&p);
    }
    if (found.empty()) {
        fail("{}: no memory of {} bit an access; known: {}", name_, access_bits,
             fmt::join(widths, " "));
    }
    return found;
}

std::int64_t SramModel::default_banks(std::int64_t capacity_bytes, std::int64_t access_bits) const {
    const std::vector<const SramPoint*> points = of_width(access_bits);
    const auto fits = [&](std::int64_t banks) {
        return capacity_bytes % banks == 0 &&
               capacity_bytes / banks >= points.front()->bank_bytes &&
               capacity_bytes / banks <= points.back()->bank_bytes;
    };
    constexpr std::int64_t kPublished = 32;
    for (std::int64_t factor = 1; factor <= (1 << 20); factor *= 2) {
        if (fits(kPublished * factor)) return kPublished * factor;
        if (factor <= kPublished && fits(kPublished / factor)) return kPublished / factor;
    }
    return capacity_bytes < points.front()->bank_bytes ? 1 : kPublished;
}

SramCost SramModel::cost(const SramShape& shape, bool extrapolate) const {
    const std::vector<const SramPoint*> points = of_width(shape.access_bits);
    const std::int64_t banks =
        shape.banks != 0 ? shape.banks : default_banks(shape.capacity_bytes, shape.access_bits);
    if (shape.capacity_bytes < 1 || banks < 1 || shape.capacity_bytes % banks != 0) {
        fail("{}: capacity = {} bytes in {} banks: must divide evenly", name_, shape.capacity_bytes,
             banks);
    }
    const std::int64_t bank_bytes = shape.capacity_bytes / banks;
    const std::int64_t low = points.front()->bank_bytes;
    const std::int64_t high = points.back()->bank_bytes;
    const bool outside = bank_bytes < low || bank_bytes > high;
    if (outside && !extrapolate) {
        fail(
            "{}: bank of {} bytes, {} bit an access: the fitted range is {}..{} bytes; choose "
            "another number of banks or allow extrapolation",
            name_, bank_bytes, shape.access_bits, low, high);
    }
    std::size_t upper = 1;  // the segment [upper - 1, upper], the nearest one when outside
    while (upper + 1 < points.size() && points[upper]->bank_bytes < bank_bytes) ++upper;
    const SramPoint& a = *points[points.size() == 1 ? 0 : upper - 1];
    const SramPoint& b = *points[points.size() == 1 ? 0 : upper];
    SramCost cost;
    const auto size = static_cast<double>(bank_bytes);
    const bool kept = &a == &b || bank_bytes < low;  // the energy of an access
    const auto between = [&](double SramPoint::*value) {
        if (kept) return a.*value;
        const double share =
            std::log(size / static_cast<double>(a.bank_bytes)) /
            std::log(static_cast<double>(b.bank_bytes) / static_cast<double>(a.bank_bytes));
        // At the points exactly the points' values, not their rounded interpolation.
        if (bank_bytes == b.bank_bytes) return b.*value;
        return a.*value + share * (b.*value - a.*value);
    };
    const double growth = kept ? size / static_cast<double>(a.bank_bytes) : 1.0;
    const auto bits = static_cast<double>(shape.access_bits);
    cost.read_pj_per_bit = between(&SramPoint::read_pj) / bits;
    cost.write_pj_per_bit = between(&SramPoint::write_pj) / bits;
    cost.leakage_mw = between(&SramPoint::leakage_mw) * growth * static_cast<double>(banks);
    cost.area_um2 = between(&SramPoint::area_um2) * growth * static_cast<double>(banks);
    if (!(cost.read_pj_per_bit > 0 && cost.write_pj_per_bit > 0 && cost.leakage_mw > 0 &&
          cost.area_um2 > 0)) {
        fail(
            "{}: bank of {} bytes, {} bit an access: extrapolation gives a value that is not "
            "positive",
            name_, bank_bytes, shape.access_bits);
    }
    cost.banks = banks;
    cost.node_nm = a.node_nm;
    cost.voltage_v = a.voltage_v;
    cost.device = a.device;
    cost.temperature_k = a.temperature_k;
    const bool exact = bank_bytes == a.bank_bytes || bank_bytes == b.bank_bytes;
    cost.source =
        fmt::format("{} banks x {} bytes x {} bit, {}{}", banks, bank_bytes, shape.access_bits,
                    outside ? "extrapolated: " : (exact ? "" : "interpolated: "), a.source);
    return cost;
}

}  // namespace bitloom
