// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/bit_serial_steps.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "models/base/error.h"

namespace bitloom {

namespace {

std::uint32_t magnitude(const BitOperand& operand, std::uint32_t code) {
    return static_cast<std::uint32_t>(std::abs(bit_operand_value(operand, code)));
}

// One column's weights while it is scheduled.
class Column {
public:
    Column(const BitSerialConfig& config, const std::vector<SearchOffset>& offsets,
           const BitOperand& weight, const std::uint8_t* codes, std::int64_t k)
        : lanes_(config.lanes), lines_((k + config.lanes - 1) / config.lanes), offsets_(offsets) {
        slots_.assign(static_cast<std::size_t>(lines_ * lanes_), -1);
        full_.assign(static_cast<std::size_t>(lines_), 0);
        for (std::int64_t i = 0; i < k; ++i) {
            if (bit_operand_value(weight, codes[i]) == 0) continue;
            slots_[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(i);
            full_[static_cast<std::size_t>(i / lanes_)] |= std::uint64_t{1} << (i % lanes_);
        }
    }

    bool empty(std::int64_t line) const { return full_[static_cast<std::size_t>(line)] == 0; }

    void fill(std::int64_t line) {
        for (;;) {
            std::int64_t most = 0, slot = 0;
            for (std::int64_t lane = 0; lane < lanes_; ++lane) {
                if (full_[static_cast<std::size_t>(line)] >> lane & 1u) continue;
                std::int64_t found = 0;
                for (const SearchOffset& offset : offsets_) found += holds(line, lane, offset);
                if (found > most) {
                    most = found;
                    slot = lane;
                }
            }
            if (most == 0) return;
            for (const SearchOffset& offset : offsets_)
                if (holds(line, slot, offset)) {
                    move(line + offset.lines, aside(slot, offset), line, slot);
                    break;
                }
        }
    }

    const std::int32_t* line(std::int64_t line) const { return slots_.data() + line * lanes_; }

private:
    // Lanes wrap around.
    std::int64_t aside(std::int64_t lane, const SearchOffset& offset) const {
        return ((lane + offset.lanes) % lanes_ + lanes_) % lanes_;
    }
    bool holds(std::int64_t line, std::int64_t lane, const SearchOffset& offset) const {
        if (line + offset.lines >= lines_) return false;
        return full_[static_cast<std::size_t>(line + offset.lines)] >> aside(lane, offset) & 1u;
    }
    void move(std::int64_t from_line, std::int64_t from, std::int64_t line, std::int64_t lane) {
        std::swap(slots_[static_cast<std::size_t>(from_line * lanes_ + from)],
                  slots_[static_cast<std::size_t>(line * lanes_ + lane)]);
        full_[static_cast<std::size_t>(from_line)] &= ~(std::uint64_t{1} << from);
        full_[static_cast<std::size_t>(line)] |= std::uint64_t{1} << lane;
    }

    std::int64_t lanes_, lines_;
    const std::vector<SearchOffset>& offsets_;
    std::vector<std::int32_t> slots_;  // [line][lane]
    std::vector<std::uint64_t> full_;  // by line: the lanes with a weight
};

}  // namespace

int significant_planes(const BitOperand& operand, std::uint32_t code) {
    if (operand.is_bipolar()) return operand.bits;
    const bool negative = bit_operand_value(operand, code) < 0;
    return std::min(operand.bits, static_cast<int>(std::bit_width(magnitude(operand, code))) +
                                      (negative ? 1 : 0));
}

std::uint32_t essential_bits(const BitOperand& operand, std::uint32_t code) {
    return operand.is_bipolar() ? (1u << operand.bits) - 1u : magnitude(operand, code);
}

int pragmatic_cycles(LaneShifts lanes, int first_stage_bits) {
    const int window = (1 << first_stage_bits) - 1;
    int cycles = 0;
    for (int lowest = 0; lowest < 8;) {
        if (lanes[static_cast<std::size_t>(lowest)] == 0) {
            ++lowest;
            continue;
        }
        ++cycles;
        std::uint64_t served = 0;
        for (int s = lowest; s <= std::min(lowest + window, 7); ++s) {
            std::uint64_t& terms = lanes[static_cast<std::size_t>(s)];
            const std::uint64_t taken = terms & ~served;
            terms &= ~taken;
            served |= taken;
        }
    }
    return std::max(cycles, 1);
}

std::vector<SearchOffset> search_offsets(const BitSerialConfig& config) {
    std::vector<SearchOffset> offsets;
    for (int h = 1; h <= config.lookahead; ++h) offsets.push_back({h, 0});
    for (int i = 0; i < config.lookaside; ++i) {
        const int distance = i / 2 + 1;
        if (config.search == SearchShape::l)
            offsets.push_back({1, -(i + 1)});
        else
            offsets.push_back({i / 2 % config.lookahead + 1, i % 2 == 0 ? distance : -distance});
    }
    std::sort(offsets.begin(), offsets.end());
    return offsets;
}

TacticalSchedule tactical_schedule(const BitSerialConfig& config, const BitOperand& weight,
                                   const CodeMatrix& weights, std::int64_t column_begin,
                                   std::int64_t column_count) {
    BITLOOM_CHECK(config.lanes <= 64, "{} lanes fit a word", config.lanes);
    const std::vector<SearchOffset> offsets = search_offsets(config);
    std::vector<Column> columns;
    for (std::int64_t c = 0; c < column_count; ++c)
        columns.emplace_back(config, offsets, weight, weights.vector(column_begin + c),
                             weights.length);
    const std::int64_t lines = (weights.length + config.lanes - 1) / config.lanes;
    TacticalSchedule schedule;
    schedule.columns = column_count;
    schedule.lanes = config.lanes;
    std::int64_t skipped = 0;
    for (std::int64_t line = 0; line < lines; ++line) {
        const bool empty = std::all_of(columns.begin(), columns.end(),
                                       [&](const Column& column) { return column.empty(line); });
        const bool only_step = line == lines - 1 && schedule.steps.empty();
        if (empty && skipped < config.lookahead && !only_step) {
            ++skipped;
            continue;
        }
        schedule.steps.push_back({line, skipped + 1});
        skipped = 0;
        for (Column& column : columns) {
            column.fill(line);
            schedule.position.insert(schedule.position.end(), column.line(line),
                                     column.line(line) + config.lanes);
        }
    }
    return schedule;
}

}  // namespace bitloom
