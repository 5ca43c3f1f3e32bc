// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/bit_serial_counts.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <bit>

#include "models/base/divide_up.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

struct Folds {
    std::int64_t rows, columns;  // numbers of folds
};

// Folds that hold some of the `planes` virtual lines of a line, over all `count` lines.
std::int64_t fold_contacts(std::int64_t count, std::int64_t planes, std::int64_t lines) {
    std::int64_t contacts = 0;
    for (std::int64_t i = 0; i < count; ++i)
        contacts += (i * planes + planes - 1) / lines - i * planes / lines + 1;
    return contacts;
}

void count_psums(ArrayCounts& counts, std::int64_t outputs, std::int64_t contacts,
                 bool accumulate) {
    counts.psum_words += contacts;
    counts.output_write_bits += contacts * bit_serial_accumulator_bits;
    counts.output_read_bits +=
        (contacts - (accumulate ? 0 : outputs)) * bit_serial_accumulator_bits;
}

// A step of `compute` cycles that reads these bits for each of the array's lines, `times` times.
void add_step(ArrayCounts& counts, const BitSerialConfig& config, std::int64_t compute,
              std::int64_t activation_bits, std::int64_t weight_bits, std::int64_t times) {
    const std::int64_t ports =
        std::max(port_cycles(config.rows, activation_bits, config.activation_port_bits),
                 port_cycles(config.columns, weight_bits, config.weight_port_bits));
    counts.cycles.streaming += compute * times;
    counts.cycles.bandwidth += std::max<std::int64_t>(ports - compute, 0) * times;
}

void count_planes(ArrayCounts& counts, const BitSerialConfig& config, const BitGemmShape& shape,
                  bool accumulate) {
    const PlaneLayout layout = plane_layout(config, shape);
    const std::int64_t rows = shape.m * layout.row_planes;
    const std::int64_t columns = shape.n * layout.column_planes;
    const std::int64_t planes = layout.row_planes * layout.column_planes;
    add_step(counts, config, 1, config.word_bits, config.word_bits,
             issue_slots(config, shape, layout));
    counts.cycles.fill_drain += combination_cycles(layout);
    counts.popcount_bits += rows * columns * layout.serial_pairs * shape.k;
    counts.accumulates +=
        rows * columns * layout.serial_pairs * divide_up(shape.k, config.word_bits);
    if (planes > 1) counts.combines += rows * columns;
    counts.activation_read_bits +=
        divide_up(columns, config.columns) * rows * shape.k * layout.serial_pairs;
    counts.weight_read_bits +=
        divide_up(rows, config.rows) * columns * shape.k * layout.serial_pairs;
    count_psums(counts, shape.m * shape.n,
                fold_contacts(shape.m, layout.row_planes, config.rows) *
                    fold_contacts(shape.n, layout.column_planes, config.columns),
                accumulate);
}

void count_stripes(ArrayCounts& counts, const BitSerialConfig& config, const BitGemmShape& shape,
                   const Folds& folds) {
    const std::int64_t steps = divide_up(shape.k, config.lanes);
    add_step(counts, config, shape.activation_bits, config.lanes * shape.activation_bits,
             config.lanes * shape.weight_bits, folds.rows * folds.columns * steps);
    counts.popcount_bits += shape.m * shape.n * shape.k * shape.weight_bits * shape.activation_bits;
    counts.accumulates += shape.m * shape.n * steps * shape.activation_bits;
    counts.activation_read_bits += folds.columns * shape.m * shape.k * shape.activation_bits;
    counts.weight_read_bits += folds.rows * shape.n * shape.k * shape.weight_bits;
}

void count_loom(ArrayCounts& counts, const BitSerialConfig& config, const BitGemmShape& shape,
                const Folds& folds, const BitCommandCodes& codes) {
    std::array<std::uint8_t, 256> planes{};
    for (std::uint32_t code = 0; code < 1u << shape.activation_bits; ++code)
        planes[code] = static_cast<std::uint8_t>(significant_planes(codes.activation, code));
    for (std::int64_t m = 0; m < shape.m; m += config.rows) {
        const std::int64_t rows = std::min(config.rows, shape.m - m);
        for (std::int64_t k = 0; k < shape.k; k += config.word_bits) {
            const std::int64_t positions = std::min(config.word_bits, shape.k - k);
            std::uint8_t most = 1;
            for (std::int64_t r = m; r < m + rows; ++r) {
                const std::uint8_t* row = codes.activations->vector(r) + k;
                const std::uint8_t* mask = codes.mask ? codes.mask->vector(r) + k : nullptr;
                for (std::int64_t i = 0; i < positions; ++i)
                    if (!mask || mask[i] != 0) most = std::max(most, planes[row[i]]);
            }
            const std::int64_t digits = divide_up(most, config.serial_bits);
            const std::int64_t sent =
                std::min<std::int64_t>(digits * config.serial_bits, shape.activation_bits);
            add_step(counts, config, digits * shape.weight_bits, config.word_bits * sent,
                     config.word_bits * shape.weight_bits, folds.columns);
            counts.popcount_bits += rows * shape.n * positions * shape.weight_bits * sent;
            counts.accumulates += rows * shape.n * digits * shape.weight_bits;
            counts.combines += rows * shape.n * digits;
            counts.activation_read_bits += folds.columns * rows * positions * sent;
        }
    }
    counts.weight_read_bits += folds.rows * shape.n * shape.k * shape.weight_bits;
}

// [M][K]: essential bits; 0 where a position takes no part.
CodeMatrix essential_matrix(const BitGemmShape& shape, const BitCommandCodes& codes) {
    std::array<std::uint8_t, 256> essential{};
    for (std::uint32_t code = 0; code < 1u << shape.activation_bits; ++code)
        essential[code] = static_cast<std::uint8_t>(essential_bits(codes.activation, code));
    CodeMatrix matrix{shape.m, shape.k, codes.activations->codes};
    for (std::size_t i = 0; i < matrix.codes.size(); ++i)
        matrix.codes[i] = codes.mask && codes.mask->codes[i] == 0 ? 0 : essential[matrix.codes[i]];
    return matrix;
}

// Adds eight lanes, the first of which is `lane`, to the shifts; bit s of byte i of `terms`.
void add_lanes(LaneShifts& shifts, std::int64_t lane, std::uint64_t terms) {
    for (std::size_t s = 0; s < 8; ++s)
        // As in pack_word of bit_gemm: bit 8i moves to bit 56 + i.
        shifts[s] |= (terms >> s & 0x0101010101010101u) * 0x0102040810204080u >> 56 << lane;
}

struct UnitWork {
    std::int64_t cycles = 0, terms = 0;
};

// `position(lane)`: the index of K that the lane multiplies, or -1.
template <class Position>
UnitWork unit_work(const BitSerialConfig& config, const std::uint8_t* essential,
                   const Position& position) {
    LaneShifts shifts{};
    UnitWork work;
    for (std::int64_t lane = 0; lane < config.lanes; lane += 8) {
        std::uint64_t terms = 0;
        for (std::int64_t i = 0; i < std::min<std::int64_t>(8, config.lanes - lane); ++i) {
            const std::int64_t k = position(lane + i);
            if (k >= 0) terms |= std::uint64_t{essential[k]} << (8 * i);
        }
        work.terms += std::popcount(terms);
        add_lanes(shifts, lane, terms);
    }
    work.cycles = pragmatic_cycles(shifts, config.first_stage_bits);
    return work;
}

// What one step of a fold of rows does: the slowest unit's cycles, and sums over the units.
struct StepWork {
    std::int64_t slowest = 0, cycles = 0, terms = 0;
    void add(const UnitWork& unit, std::int64_t units) {
        slowest = std::max(slowest, unit.cycles);
        cycles += unit.cycles * units;
        terms += unit.terms * units;
    }
};

void count_pragmatic(ArrayCounts& counts, const BitSerialConfig& config, const BitGemmShape& shape,
                     const Folds& folds, const BitCommandCodes& codes) {
    const CodeMatrix essential = essential_matrix(shape, codes);
    const std::int64_t steps = divide_up(shape.k, config.lanes);
    std::vector<StepWork> work(static_cast<std::size_t>(folds.rows * steps));
    tbb::parallel_for(std::size_t{0}, work.size(), [&](std::size_t i) {
        const std::int64_t m = static_cast<std::int64_t>(i) / steps * config.rows;
        const std::int64_t k = static_cast<std::int64_t>(i) % steps * config.lanes;
        for (std::int64_t r = m; r < std::min(m + config.rows, shape.m); ++r)
            work[i].add(
                unit_work(config, essential.vector(r),
                          [&](std::int64_t lane) { return k + lane < shape.k ? k + lane : -1; }),
                shape.n);
    });
    for (const StepWork& step : work) {
        add_step(counts, config, step.slowest, config.lanes * shape.activation_bits,
                 config.lanes * shape.weight_bits, folds.columns);
        counts.popcount_bits += step.terms * shape.weight_bits;
        counts.accumulates += step.cycles;
    }
    counts.activation_read_bits += folds.columns * shape.m * shape.k * shape.activation_bits;
    counts.weight_read_bits += folds.rows * shape.n * shape.k * shape.weight_bits;
}

void count_tactical(ArrayCounts& counts, const BitSerialConfig& config, const BitGemmShape& shape,
                    const Folds& folds, const BitCommandCodes& codes) {
    const bool pragmatic = config.back_end == TacticalBackEnd::pragmatic;
    const CodeMatrix essential = pragmatic ? essential_matrix(shape, codes) : CodeMatrix{};
    const std::int64_t slot_bits = shape.weight_bits + schedule_bits(config);
    BITLOOM_CHECK(std::ssize(*codes.schedules) == folds.columns, "{} schedules, {} folds",
                  codes.schedules->size(), folds.columns);
    for (const TacticalSchedule& schedule : *codes.schedules) {
        const std::int64_t steps = std::ssize(schedule.steps);
        std::vector<StepWork> work(static_cast<std::size_t>(folds.rows * steps));
        tbb::parallel_for(std::size_t{0}, work.size(), [&](std::size_t i) {
            const std::int64_t m = static_cast<std::int64_t>(i) / steps * config.rows;
            const std::int64_t step = static_cast<std::int64_t>(i) % steps;
            const std::int64_t last = std::min(m + config.rows, shape.m);
            for (std::int64_t column = 0; column < schedule.columns; ++column) {
                const std::int32_t* slots = schedule.slots(step, column);
                if (!pragmatic) {
                    const std::int64_t weights = std::count_if(
                        slots, slots + config.lanes, [](std::int32_t k) { return k >= 0; });
                    work[i].add({shape.activation_bits, weights * shape.activation_bits}, last - m);
                    continue;
                }
                for (std::int64_t r = m; r < last; ++r)
                    work[i].add(unit_work(config, essential.vector(r),
                                          [&](std::int64_t lane) { return slots[lane]; }),
                                1);
            }
        });
        for (std::size_t i = 0; i < work.size(); ++i) {
            const auto& step = schedule.steps[i % static_cast<std::size_t>(steps)];
            add_step(counts, config, work[i].slowest,
                     step.lines * config.lanes * shape.activation_bits, config.lanes * slot_bits,
                     1);
            counts.popcount_bits += work[i].terms * shape.weight_bits;
            counts.accumulates += work[i].cycles;
        }
        const std::int64_t read =
            std::min(shape.k, (schedule.steps.back().line + 1) * config.lanes);
        counts.activation_read_bits += shape.m * read * shape.activation_bits;
        counts.weight_read_bits += folds.rows * schedule.columns * steps * config.lanes * slot_bits;
    }
}

}  // namespace

bool counts_need_activations(const BitSerialConfig& config) {
    return config.dataflow == BitSerialDataflow::loom ||
           config.dataflow == BitSerialDataflow::pragmatic ||
           (config.dataflow == BitSerialDataflow::bit_tactical &&
            config.back_end == TacticalBackEnd::pragmatic);
}

ArrayCounts count_bit_command(const BitSerialConfig& config, const BitGemmShape& shape,
                              bool accumulate, const BitCommandCodes& codes) {
    ArrayCounts counts;
    counts.cycles.fill_drain = config.fill_cycles;
    const Folds folds{divide_up(shape.m, config.rows), divide_up(shape.n, config.columns)};
    switch (config.dataflow) {
        case BitSerialDataflow::bismo:
        case BitSerialDataflow::apnn:
            count_planes(counts, config, shape, accumulate);
            return counts;
        case BitSerialDataflow::stripes:
            count_stripes(counts, config, shape, folds);
            break;
        case BitSerialDataflow::loom:
            count_loom(counts, config, shape, folds, codes);
            break;
        case BitSerialDataflow::pragmatic:
            count_pragmatic(counts, config, shape, folds, codes);
            break;
        case BitSerialDataflow::bit_tactical:
            count_tactical(counts, config, shape, folds, codes);
            break;
    }
    count_psums(counts, shape.m * shape.n, shape.m * shape.n, accumulate);
    return counts;
}

}  // namespace bitloom
