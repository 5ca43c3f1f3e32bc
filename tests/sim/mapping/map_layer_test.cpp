// SPDX-License-Identifier: Apache-2.0
// Programs are checked without time: whatever the order in which the four units run, every command
// finds its operands, and every result is computed and stored once.
#include "sim/mapping/map_layer.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "sim/mapping/gemm_view.h"
#include "tests/property/random_network.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom::test {
namespace {

std::int64_t bytes_of(const std::vector<Segment>& segments) {
    std::int64_t bytes = 0;
    for (const Segment& segment : segments) bytes += segment.bytes;
    return bytes;
}

class ProgramCheck {
public:
    ProgramCheck(const Trace& trace, const Layer& layer, const GemmChipConfig& config)
        : trace_(trace),
          layer_(layer),
          config_(config),
          map_(trace),
          p_(map_layer(trace, layer, map_, config)) {}

    std::string run() {
        loads();
        tiles();
        tasks();
        stores();
        progress();
        return problems_;
    }

private:
    template <class... Args>
    void expect(bool good, fmt::format_string<Args...> text, Args&&... args) {
        if (!good && problems_.size() < 2000)
            problems_ += layer_.name + ": " + fmt::format(text, std::forward<Args>(args)...) + "\n";
    }

    std::int64_t half_bytes(Buffer buffer) const {
        return (buffer == Buffer::activation ? config_.activation_buffer_bytes
                : buffer == Buffer::weight   ? config_.weight_buffer_bytes
                                             : config_.vector_buffer_bytes) /
               2;
    }

    void loads() {
        for (std::size_t i = 0; i < p_.loads.size(); ++i) {
            const LoadCommand& load = p_.loads[i];
            expect(bytes_of(load.segments) == load.rows * load.row_bytes, "load {}: {} bytes", i,
                   load.rows * load.row_bytes);
            if (load.target == Buffer::parameters) continue;
            expect(load.offset + load.region_bytes <= half_bytes(load.target),
                   "load {} does not fit", i);
            if (load.rows > 0 && load.row_bytes > 0)
                expect(load.first_row_offset + (load.rows - 1) * load.row_pitch + load.row_bytes <=
                           load.region_bytes,
                       "load {}: rows leave the region", i);
            for (const Segment& segment : load.segments)
                expect(segment.address + static_cast<std::uint64_t>(segment.bytes) <=
                           static_cast<std::uint64_t>(map_.size_bytes()),
                       "load {} leaves the memory", i);
        }
    }

    // The last load over the operand's bytes before the tile's watermark holds it, and the next one
    // over any of them waits for the tile.
    void operand(std::int64_t tile, Buffer buffer, int half, std::int64_t offset,
                 std::int64_t bytes) {
        bool found = false;
        const std::int64_t needed = p_.tiles[static_cast<std::size_t>(tile)].needs_loads;
        for (std::int64_t i = 0; i < std::ssize(p_.loads); ++i) {
            const LoadCommand& load = p_.loads[static_cast<std::size_t>(i)];
            const std::int64_t end = load.offset + load.region_bytes;
            if (load.target != buffer || load.half != half || load.offset >= offset + bytes ||
                end <= offset)
                continue;
            if (i < needed) {
                found = load.offset <= offset && end >= offset + bytes;
            } else {
                expect(load.after_tiles > tile, "load {} overwrites an operand of tile {}", i,
                       tile);
                break;
            }
        }
        expect(found, "tile {}: operand of {} bytes at {} is not there", tile, bytes, offset);
    }

    void tiles() {
        for (std::int64_t i = 0; i < std::ssize(p_.tiles); ++i) {
            const ArrayTask& task = p_.tiles[static_cast<std::size_t>(i)];
            operand(i, Buffer::activation, task.activation_half, task.activation_offset,
                    task.tile.activation_bytes());
            operand(i, Buffer::weight, task.weight_half, task.weight_offset,
                    task.tile.weight_bytes());
            expect(
                task.tile.m() * task.psum_columns * psum_bytes <= config_.output_buffer_bytes / 2,
                "tile {}: psums do not fit", i);
            expect(task.tile.psum_column + task.tile.n <= task.psum_columns, "tile {}: columns", i);
        }
    }

    // Every task's psums: each channel sums every slice of K once, starting from cleared words.
    void tasks() {
        std::int64_t tile = 0;
        const bool gemm = !p_.operands.empty();
        const std::int64_t k = gemm ? gemm_view(trace_, layer_).k() : 0;
        for (std::int64_t i = 0; i < std::ssize(p_.tasks); ++i) {
            const VectorTask& task = p_.tasks[static_cast<std::size_t>(i)];
            expect(task.needs_loads >= 1 || !gemm, "task {}: parameters", i);
            if (gemm) {
                expect(task.needs_tiles > tile, "task {} has no psums", i);
                std::vector<std::int64_t> summed(static_cast<std::size_t>(task.work.features), 0);
                std::set<std::array<std::int64_t, 4>> slices;
                for (bool first = true; tile < task.needs_tiles; ++tile, first = false) {
                    const ArrayTask& t = p_.tiles[static_cast<std::size_t>(tile)];
                    expect(t.first_of_psums == first, "tile {}: clears psums", tile);
                    expect(t.psum_half == task.psum_half, "tile {}: half", tile);
                    expect(t.needs_tasks >= i - 1, "tile {} overwrites psums", tile);
                    expect(t.tile.m() == task.work.rows && t.psum_columns == task.work.features,
                           "tile {}: shape", tile);
                    expect(slices
                               .insert({t.activation_content, t.tile.psum_column, t.tile.k_begin,
                                        t.tile.k_end})
                               .second,
                           "tile {}: slice {} is taken twice", tile, t.tile.k_begin);
                    for (std::int64_t c = 0; c < t.tile.n; ++c) {
                        auto& sum = summed[static_cast<std::size_t>(t.tile.psum_column + c)];
                        expect(t.tile.accumulate == (sum > 0), "tile {}: adds to psums", tile);
                        sum += t.tile.k();
                    }
                }
                for (const std::int64_t sum : summed)
                    expect(sum == k, "task {}: {} of {} products", i, sum, k);
            }
            vector_loads(i);
            expect(task.needs_stores >= i - 1, "task {} overwrites results", i);
        }
        expect(tile == std::ssize(p_.tiles), "{} tiles belong to tasks", tile);
    }

    // A task's inputs are loaded after the half is free, before the task runs.
    void vector_loads(std::int64_t task) {
        const VectorTask& t = p_.tasks[static_cast<std::size_t>(task)];
        const std::int64_t before =
            task == 0 ? 0 : p_.tasks[static_cast<std::size_t>(task - 1)].needs_loads;
        std::size_t found = 0;
        for (std::int64_t i = before; i < t.needs_loads; ++i) {
            const LoadCommand& load = p_.loads[static_cast<std::size_t>(i)];
            if (load.target != Buffer::vector) continue;
            expect(load.half == t.half && found < t.inputs.size() && load.offset == t.inputs[found],
                   "task {}: load {} is its input", task, i);
            expect(load.after_tasks >= task - 1 && load.after_stores >= task - 1,
                   "load {} overwrites the vector half", i);
            ++found;
        }
        expect(found == t.inputs.size(), "task {}: {} of {} inputs", task, found, t.inputs.size());
    }

    // Every byte of every output is stored once, from inside the half, after its task.
    void stores() {
        std::map<std::uint64_t, int> counts;
        expect(p_.stores.size() == p_.tasks.size(), "a store a task");
        for (std::int64_t i = 0; i < std::ssize(p_.stores); ++i) {
            const StoreCommand& store = p_.stores[static_cast<std::size_t>(i)];
            expect(store.needs_tasks == i + 1, "store {}: task", i);
            expect(store.half == p_.tasks[static_cast<std::size_t>(i)].half, "store {}: half", i);
            for (const StoreCommand::Piece& piece : store.pieces) {
                expect(bytes_of(piece.segments) == piece.bytes, "store {}: bytes", i);
                expect(piece.offset + piece.bytes <= half_bytes(Buffer::vector), "store {}: fit",
                       i);
                for (const Segment& segment : piece.segments)
                    for (std::int64_t b = 0; b < segment.bytes; ++b)
                        ++counts[segment.address + static_cast<std::uint64_t>(b)];
            }
        }
        std::size_t bytes = 0;
        for (const std::string& name : layer_.outputs) {
            const TensorPlace& place = map_.activation(name);
            for (std::int64_t b = 0; b < place.bytes(); ++b) {
                const auto at = counts.find(place.address + static_cast<std::uint64_t>(b));
                expect(at != counts.end() && at->second == 1, "'{}': byte {} is stored {} times",
                       name, b, at == counts.end() ? 0 : at->second);
            }
            bytes += static_cast<std::size_t>(place.bytes());
        }
        expect(counts.size() == bytes, "{} bytes are stored, outputs have {}", counts.size(),
               bytes);
    }

    // Running each queue in order, no unit waits for ever.
    void progress() {
        std::array<std::int64_t, 4> done{};  // loads, tiles, tasks, stores
        for (bool moved = true; moved;) {
            moved = false;
            const auto at = [&](std::size_t unit) { return static_cast<std::size_t>(done[unit]); };
            const auto step = [&](std::size_t unit, bool ready) {
                if (!ready) return;
                ++done[unit];
                moved = true;
            };
            if (at(0) < p_.loads.size()) {
                const LoadCommand& x = p_.loads[at(0)];
                step(0, done[1] >= x.after_tiles && done[2] >= x.after_tasks &&
                            done[3] >= x.after_stores);
            }
            if (at(1) < p_.tiles.size()) {
                const ArrayTask& x = p_.tiles[at(1)];
                step(1, done[0] >= x.needs_loads && done[2] >= x.needs_tasks);
            }
            if (at(2) < p_.tasks.size()) {
                const VectorTask& x = p_.tasks[at(2)];
                step(2, done[0] >= x.needs_loads && done[1] >= x.needs_tiles &&
                            done[3] >= x.needs_stores);
            }
            if (at(3) < p_.stores.size()) step(3, done[2] >= p_.stores[at(3)].needs_tasks);
        }
        expect(done == std::array<std::int64_t, 4>{std::ssize(p_.loads), std::ssize(p_.tiles),
                                                   std::ssize(p_.tasks), std::ssize(p_.stores)},
               "stuck after {} loads, {} tiles, {} tasks, {} stores", done[0], done[1], done[2],
               done[3]);
    }

    const Trace& trace_;
    const Layer& layer_;
    const GemmChipConfig& config_;
    const MemoryMap map_;
    const LayerProgram p_;
    std::string problems_;
};

TEST(MapLayer, EveryProgramIsCompleteAndFindsItsOperands) {
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        const Trace trace = random_network_trace(seed);
        const KeyValues keys = random_chip_keys(seed, trace);
        const ChipDescription chip = chip_with(keys);
        for (const Layer& layer : trace.manifest().layers) {
            if (MemoryMap::is_alias(trace.manifest(), layer)) continue;
            ASSERT_EQ(ProgramCheck(trace, layer, chip.gemm()).run(), "")
                << "seed " << seed << ", " << text_of(keys);
        }
    }
}

std::string error_of(const Trace& trace, const GemmChipConfig& config) {
    try {
        const MemoryMap map(trace);
        map_layer(trace, trace.manifest().layers[0], map, config);
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

TEST(MapLayer, RefusesOperandsOfDifferentWidths) {
    EXPECT_EQ(
        error_of(gemm_trace(4, 4, 4, "int8", "int4", 1), GemmChipConfig{}),
        "layer 'gemm': int4 activations x int8 weights: the array takes both of up to 4 bits, "
        "or both 8-bit integers");
}

TEST(MapLayer, RefusesFormatsThatTheArrayDoesNotRun) {
    EXPECT_EQ(error_of(gemm_trace(4, 4, 4, "e4m3", "int8", 1), GemmChipConfig{}),
              "layer 'gemm': format 'e4m3' does not run on the ANT array: allowed: int8, uint8, "
              "and int, flint and "
              "power-of-two of up to 4 bits");
}

// [ROWS, FEATURES] -> the same, words in and out.
Trace row_trace(Operator op, std::int64_t rows, std::int64_t features) {
    Manifest m;
    m.network = "rows";
    m.input = "x";
    m.output = "y";
    m.activations["x"] = {"x", {rows, features}, "int16", 0.001};
    m.activations["y"] = {"y", {rows, features}, "int16", 0.001};
    Layer layer;
    layer.name = "norm";
    layer.op = op;
    layer.inputs = {"x"};
    layer.outputs = {"y"};
    layer.working_scale = 0.001;
    m.layers = {layer};
    return Trace::from_memory(std::move(m), {});
}

// A row of 100 words in, one out: 400 bytes, in each of two halves.
TEST(MapLayer, ARowThatIsReducedMustFit) {
    GemmChipConfig config;
    const Trace trace = row_trace(Operator::softmax, 3, 100);
    config.vector_buffer_bytes = 800;
    EXPECT_EQ(error_of(trace, config), "none");
    config.vector_buffer_bytes = 798;
    EXPECT_EQ(error_of(trace, config),
              "vector_buffer.bytes = 798: layer 'norm' needs at least 800");
}

TEST(MapLayer, AppendSegmentJoinsNeighboursOnly) {
    std::vector<Segment> segments;
    append_segment(segments, 100, 10);
    append_segment(segments, 110, 6);
    append_segment(segments, 117, 1);
    append_segment(segments, 100, 1);
    EXPECT_EQ(segments, (std::vector<Segment>{{100, 16}, {117, 1}, {100, 1}}));
}

// Two outputs' encodings need a byte boundary between the pieces of a joined vector: where one of
// them has none, the vector must fit as a whole.
TEST(MapLayer, AJoinedVectorIsCutOnBytesOfEveryEncoding) {
    Manifest m;
    m.network = "joined";
    m.input = "a";
    m.output = "y";
    m.activations["a"] = {"a", {2, 5}, "int16", 0.001};
    m.activations["b"] = {"b", {2, 40}, "int16", 0.001};
    m.activations["y"] = {"y", {2, 45}, "int16", 0.001};
    m.activations["z"] = {"z", {2, 45}, "int4", 1.0};
    Layer layer;
    layer.name = "join";
    layer.op = Operator::concat;
    layer.inputs = {"a", "b"};
    layer.outputs = {"y", "z"};
    layer.working_scale = 0.001;
    m.layers = {layer};
    const Trace trace = Trace::from_memory(std::move(m), {});
    GemmChipConfig config;
    // 10 + 80 bytes in, 90 and 24 (23 and a gap) out.
    config.vector_buffer_bytes = 2 * 204;
    EXPECT_EQ(error_of(trace, config), "none");
    config.vector_buffer_bytes = 2 * 202;
    EXPECT_EQ(error_of(trace, config),
              "vector_buffer.bytes = 404: layer 'join' needs at least 408");
}

}  // namespace
}  // namespace bitloom::test
