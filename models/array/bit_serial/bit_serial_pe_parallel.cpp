// SPDX-License-Identifier: Apache-2.0
// The dataflows of BitSerialPeCore whose weights are bit-parallel.
#include <algorithm>
#include <array>
#include <type_traits>

#include "models/array/bit_serial/bit_serial_pe_core.h"
#include "models/array/bit_serial/code_matrix.h"
#include "models/pe/ant_pe/ant_pe.h"

namespace bitloom {

// stripes, pragmatic and bit_tactical: a lane holds a whole weight.
void BitSerialPeCore::run_parallel() {
    const bool tactical = config_.dataflow == BitSerialDataflow::bit_tactical;
    const bool essential = config_.dataflow == BitSerialDataflow::pragmatic ||
                           (tactical && config_.back_end == TacticalBackEnd::pragmatic);
    const CodeMatrix weights =
        tactical ? weight_codes(command_->tile, command_->weights) : CodeMatrix{};
    const std::int64_t slot_bits = weight().bits + (tactical ? schedule_bits(config_) : 0);
    for (const BitFold& fold : bit_folds(config_, shape_, PlaneLayout{})) {
        TacticalSchedule schedule;
        if (tactical)
            schedule =
                tactical_schedule(config_, weight(), weights, fold.column_begin, fold.column_count);
        const std::int64_t lines = (shape_.k + config_.lanes - 1) / config_.lanes;
        const std::int64_t steps = tactical ? std::ssize(schedule.steps) : lines;
        std::int64_t next_position = 0;  // not yet read
        for (std::int64_t step = 0; step < steps; ++step) {
            // Position of K of each column's lanes.
            std::vector<std::int64_t> positions;
            for (std::int64_t c = 0; c < fold.column_count; ++c)
                for (std::int64_t lane = 0; lane < config_.lanes; ++lane) {
                    const std::int64_t k = step * config_.lanes + lane;
                    positions.push_back(tactical ? schedule.slots(step, c)[lane]
                                                 : (k < shape_.k ? k : -1));
                }
            std::int64_t lines_read = 1;
            if (tactical) lines_read = schedule.steps[static_cast<std::size_t>(step)].lines;
            const std::int64_t position_end =
                std::min(shape_.k, next_position + lines_read * config_.lanes);
            const std::int64_t read = position_end - next_position;
            next_position = position_end;
            counts_.activation_read_bits += fold.row_count * read * activation().bits;
            counts_.weight_read_bits +=
                fold.column_count * (tactical ? config_.lanes : read) * slot_bits;
            const bool first = step == 0, last = step == steps - 1;
            if (essential)
                run_parallel_step<EssentialLane>(fold, positions, first, last, lines_read,
                                                 slot_bits);
            else
                run_parallel_step<PlaneLane>(fold, positions, first, last, lines_read, slot_bits);
        }
    }
}

template <class Lane>
void BitSerialPeCore::run_parallel_step(const BitFold& fold,
                                        const std::vector<std::int64_t>& positions, bool first,
                                        bool last, std::int64_t lines, std::int64_t slot_bits) {
    constexpr bool essential = std::is_same_v<Lane, EssentialLane>;
    struct Slot {
        Lane lane;
        bool valid = false;
    };
    const BitSerialMode mode = bit_serial_mode(activation().encoding, weight().encoding);
    const std::int64_t window = (std::int64_t{1} << config_.first_stage_bits) - 1;
    const auto unit_count = static_cast<std::size_t>(fold.row_count * fold.column_count);
    std::vector<std::vector<Slot>> units(unit_count);
    for (std::size_t u = 0; u < unit_count; ++u)
        for (std::int64_t lane = 0; lane < config_.lanes; ++lane) {
            const std::int64_t m =
                fold.row_begin + static_cast<std::int64_t>(u) / fold.column_count;
            const std::int64_t k = positions[u % static_cast<std::size_t>(fold.column_count) *
                                                 static_cast<std::size_t>(config_.lanes) +
                                             static_cast<std::size_t>(lane)];
            units[u].push_back(
                k < 0 ? Slot{}
                      : Slot{Lane(activation(), activation_code(m, k), takes_part(m, k)), true});
        }
    const auto busy = [](const Slot& slot) { return slot.valid && !slot.lane.done(); };
    std::int64_t compute = 0;
    for (bool done = false; !done;) {
        done = true;
        std::vector<std::int64_t> sums(unit_count);
        std::int64_t active = 0;
        for (std::size_t u = 0; u < unit_count; ++u) {
            const std::int64_t m_column = static_cast<std::int64_t>(u) % fold.column_count;
            // Lanes grouped by shift: their bits, and who sends them.
            std::array<WireWords, 8> by_shift;
            for (WireWords& words : by_shift) words = {Words(1), Words(1), Words(1)};
            int lowest = 8;
            if constexpr (essential)
                for (const Slot& slot : units[u])
                    if (busy(slot)) lowest = std::min(lowest, slot.lane.front());
            bool sends = false;
            for (std::int64_t lane = 0; lane < config_.lanes; ++lane) {
                Slot& slot = units[u][static_cast<std::size_t>(lane)];
                if (!busy(slot)) continue;
                if constexpr (essential)
                    if (slot.lane.front() > lowest + window) continue;
                const LaneBit lane_bit = slot.lane.next();
                sends = true;
                counts_.popcount_bits += weight().bits;
                if (!lane_bit.sends) continue;
                WireWords& words = by_shift[static_cast<std::size_t>(lane_bit.shift)];
                if (lane_bit.bit) set_bit(words.bits, lane);
                set_bit(lane_bit.negative ? words.minus : words.plus, lane);
            }
            // A unit adds in the first cycle of a step in any case; without work it adds nothing.
            // The planes of Stripes pass all units in step.
            if (sends || compute == 0 || !essential) ++active;
            for (int s = 0; s < weight().bits; ++s) {
                Words w(1);
                for (std::int64_t lane = 0; lane < config_.lanes; ++lane) {
                    const std::int64_t k =
                        positions[static_cast<std::size_t>(m_column * config_.lanes + lane)];
                    if (k >= 0 && (weight_code(fold.column_begin + m_column, k) >> s & 1u))
                        set_bit(w, lane);
                }
                for (std::size_t shift = 0; shift < by_shift.size(); ++shift) {
                    const WireWords& x = by_shift[shift];
                    const BitSerialPe::Control control{true, false, false, false, mode};
                    const std::int64_t sum =
                        std::int64_t{BitSerialPe::contribution({control, x.bits, w, x.plus})} -
                        BitSerialPe::contribution({control, x.bits, w, x.minus});
                    sums[u] += (weight().is_negative(s) ? -sum : sum)
                               << (shift + static_cast<std::size_t>(s));
                }
            }
            done = done && std::none_of(units[u].begin(), units[u].end(), busy);
        }
        if constexpr (!essential) done = compute + 1 == activation().bits;
        ++compute;
        counts_.accumulates += active;
        counts_.cycles.streaming += 1;
        if (done)
            wait_for_ports(compute, lines * config_.lanes * activation().bits,
                           config_.lanes * slot_bits);
        cycle([this, fold, sums, clear = first && compute == 1, write = last && done] {
            for (std::int64_t r = 0; r < fold.row_count; ++r)
                for (std::int64_t c = 0; c < fold.column_count; ++c) {
                    Unit& target = unit(r, c);
                    if (clear) target = {};
                    target.exact += sums[static_cast<std::size_t>(r * fold.column_count + c)];
                    target.pe.accumulator =
                        static_cast<std::int32_t>(wrap_to_bits(target.exact, 32));
                }
            if (write) write_back(fold, PlaneLayout{});
        });
    }
}

}  // namespace bitloom
