// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/program_timing.h"

#include <algorithm>
#include <optional>

#include "models/array/array_config.h"
#include "models/base/error.h"
#include "models/memory/dma_timing.h"
#include "models/memory/dram_timing.h"
#include "models/memory/memory_bus.h"
#include "models/memory/port_timing.h"

namespace bitloom {

namespace {

// The memories as the DMAs see them.
class Memories {
public:
    Memories(const GemmChipConfig& config, std::int64_t period)
        : dram_(dram_parameters(config.dram)),
          global_buffer_(config.global_buffer_port_bits, config.global_buffer_latency_cycles,
                         period) {}

    std::int64_t access(std::int64_t arrival, bool write, std::uint64_t address,
                        std::int64_t bytes) {
        if (address >= on_chip_address) return global_buffer_.access(arrival, bytes * 8);
        return dram_.access(arrival, write, address, bytes);
    }
    std::int64_t moved_bytes() const {
        return (dram_.counters().read_bits + dram_.counters().write_bits) / 8;
    }

private:
    DramTiming dram_;
    PortTiming global_buffer_;
};

// One DMA with the segments of a transfer, advanced turn by turn.
class Transfer {
public:
    Transfer(const GemmChipConfig& config, std::int64_t period, std::int64_t phase, bool write)
        : dma_({period, phase, config.dma_width_bits, dma_quantum_cycles,
                static_cast<std::size_t>(config.dma_outstanding)}),
          write_(write) {}

    // Time of the next turn.
    std::int64_t turn() const { return turn_; }
    bool done() const { return begun_ && segment_ == segments_->size(); }
    std::int64_t end() const { return dma_.end(); }
    std::int64_t requests() const { return requests_; }

    void call(const std::vector<Segment>& segments, std::int64_t now) {
        segments_ = &segments;
        segment_ = 0;
        moved_ = 0;
        begun_ = false;
        turn_ = dma_.first_turn(now);
    }

    // Issues requests until the DMA waits or has issued all.
    void advance(Memories& memories) {
        if (!begun_) dma_.begin(turn_);
        begun_ = true;
        for (; segment_ < segments_->size(); ++segment_, moved_ = 0) {
            const Segment& segment = (*segments_)[segment_];
            while (moved_ < segment.bytes) {
                const std::int64_t next = dma_.turn(turn_);
                if (next > turn_) {
                    turn_ = next;
                    return;
                }
                const std::int64_t bytes = std::min(segment.bytes - moved_, dma_request_bytes);
                const std::int64_t answered =
                    memories.access(dma_.issue(turn_), write_,
                                    segment.address + static_cast<std::uint64_t>(moved_), bytes);
                dma_.answered(answered, bytes);
                moved_ += bytes;
                ++requests_;
            }
        }
    }

private:
    DmaTiming dma_;
    const bool write_;
    const std::vector<Segment>* segments_ = nullptr;
    std::size_t segment_ = 0;
    std::int64_t moved_ = 0;
    bool begun_ = false;
    std::int64_t turn_ = 0;
    std::int64_t requests_ = 0;
};

// When the first n commands of a unit are done.
class Done {
public:
    // The time at which `count` are done; nothing while that is not known.
    std::optional<std::int64_t> at(std::int64_t count) const {
        if (count <= 0) return 0;
        if (count > std::ssize(times_)) return std::nullopt;
        return times_[static_cast<std::size_t>(count - 1)];
    }
    void add(std::int64_t time) { times_.push_back(time); }
    std::int64_t count() const { return std::ssize(times_); }
    std::int64_t last() const { return times_.empty() ? 0 : times_.back(); }

private:
    std::vector<std::int64_t> times_;
};

class Replay {
public:
    Replay(const LayerProgram& program, const LayerParameters& parameters,
           const LayerParameters* pool, const GemmChipConfig& config, const Format* activation,
           const Format* weight)
        : program_(program),
          parameters_(parameters),
          pool_(pool),
          config_(config),
          activation_(activation),
          weight_(weight),
          period_(1'000'000'000'000 / config.clock_hz),
          memories_(config, period_),
          load_(config, period_, 1, false),
          store_(config, period_, 2, true) {}

    ProgramTiming run() {
        for (;;) {
            compute();
            const std::optional<std::int64_t> load = next_load(), store = next_store();
            if (!load && !store) break;
            // The one that acts first; the load DMA's phase is the earlier one.
            if (load && (!store || *load < *store))
                advance_load();
            else
                advance_store();
        }
        BITLOOM_CHECK(stores_.count() == std::ssize(program_.stores) &&
                          loads_.count() == std::ssize(program_.loads),
                      "a program of {} stores ends", program_.stores.size());
        timing_.cycles =
            std::max({loads_.last(), tiles_.last(), tasks_.last(), stores_.last()}) / period_;
        timing_.array_end = tiles_.last() / period_;
        for (const LoadCommand& load : program_.loads) {
            const std::int64_t bytes = load.rows * load.row_bytes;
            if (load.target == Buffer::activation) timing_.activation_bytes += bytes;
            if (load.target == Buffer::weight) timing_.weight_bytes += bytes;
        }
        timing_.memory_bytes = memories_.moved_bytes();
        timing_.requests = load_.requests() + store_.requests();
        return timing_;
    }

private:
    static std::optional<std::int64_t> latest(
        std::initializer_list<std::optional<std::int64_t>> times) {
        std::int64_t most = 0;
        for (const auto& time : times) {
            if (!time) return std::nullopt;
            most = std::max(most, *time);
        }
        return most;
    }

    // Array and vector unit, as far as what they wait for is known.
    void compute() {
        for (bool progress = true; progress;) {
            progress = false;
            while (tiles_.count() < std::ssize(program_.tiles)) {
                const ArrayTask& task = program_.tiles[static_cast<std::size_t>(tiles_.count())];
                const auto start = latest(
                    {tiles_.last(), tasks_.at(task.needs_tasks), loads_.at(task.needs_loads)});
                if (!start) break;
                const std::int64_t cycles =
                    estimate_cycles(config_.array, task.tile.m(), task.tile.n, task.tile.k(),
                                    *activation_, *weight_);
                if (tiles_.count() == 0) timing_.array_begin = *start / period_;
                timing_.array_cycles += cycles;
                tiles_.add(*start + cycles * period_);
                progress = true;
            }
            while (tasks_.count() < std::ssize(program_.tasks)) {
                const VectorTask& task = program_.tasks[static_cast<std::size_t>(tasks_.count())];
                const auto start =
                    latest({tasks_.last(), tiles_.at(task.needs_tiles), loads_.at(task.needs_loads),
                            stores_.at(task.needs_stores)});
                if (!start) break;
                std::int64_t cycles = vector_cycles(config_.vector, parameters_, task.work);
                if (pool_ != nullptr)
                    cycles += vector_cycles(config_.vector, *pool_, task.pool_work);
                timing_.vector_cycles += cycles;
                tasks_.add(*start + cycles * period_);
                progress = true;
            }
        }
    }

    // When the load unit acts next; nothing: all is done, or it waits for what is not known yet.
    std::optional<std::int64_t> next_load() {
        if (!loading_) {
            if (loads_.count() == std::ssize(program_.loads)) return std::nullopt;
            const LoadCommand& load = program_.loads[static_cast<std::size_t>(loads_.count())];
            const auto start = latest({loads_.last(), tiles_.at(load.after_tiles),
                                       tasks_.at(load.after_tasks), stores_.at(load.after_stores)});
            if (!start) return std::nullopt;
            load_.call(load.segments, *start);
            loading_ = true;
        }
        return load_.turn();
    }

    void advance_load() {
        load_.advance(memories_);
        if (!load_.done()) return;
        loads_.add(load_.end());
        loading_ = false;
    }

    std::optional<std::int64_t> next_store() {
        if (!storing_) {
            if (stores_.count() == std::ssize(program_.stores)) return std::nullopt;
            const StoreCommand& store = program_.stores[static_cast<std::size_t>(stores_.count())];
            const auto start = latest({stores_.last(), tasks_.at(store.needs_tasks)});
            if (!start) return std::nullopt;
            piece_ = 0;
            storing_ = true;
            piece_end_ = *start;
            begin_piece(store);
        }
        return store_.turn();
    }

    void begin_piece(const StoreCommand& store) {
        if (piece_ < store.pieces.size()) store_.call(store.pieces[piece_].segments, piece_end_);
    }

    void advance_store() {
        const StoreCommand& store = program_.stores[static_cast<std::size_t>(stores_.count())];
        if (piece_ < store.pieces.size()) {
            store_.advance(memories_);
            if (!store_.done()) return;
            piece_end_ = store_.end();
            if (++piece_ < store.pieces.size()) {
                begin_piece(store);
                return;
            }
        }
        stores_.add(piece_end_);
        storing_ = false;
    }

    const LayerProgram& program_;
    const LayerParameters& parameters_;
    const LayerParameters* pool_;
    const GemmChipConfig& config_;
    const Format* activation_;
    const Format* weight_;
    const std::int64_t period_;  // ps
    Memories memories_;
    Transfer load_, store_;
    bool loading_ = false, storing_ = false;
    std::size_t piece_ = 0;
    std::int64_t piece_end_ = 0;
    Done loads_, tiles_, tasks_, stores_;
    ProgramTiming timing_;
};

}  // namespace

ProgramTiming time_program(const LayerProgram& program, const LayerParameters& parameters,
                           const LayerParameters* pool, const GemmChipConfig& config,
                           const Format* activation, const Format* weight) {
    return Replay(program, parameters, pool, config, activation, weight).run();
}

}  // namespace bitloom
