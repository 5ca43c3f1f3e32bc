// SPDX-License-Identifier: Apache-2.0
// The keys of a chip that runs layers as tiles of matrix products.
#include <array>

#include "models/base/error.h"
#include "models/memory/dram_parameters.h"
#include "sim/engine/chip_keys.h"

namespace bitloom {

namespace {

constexpr std::int64_t largest_buffer = std::int64_t{1} << 30;

void declare_buffer(KeySet& keys, const std::string& name, std::int64_t& bytes,
                    std::int64_t& access_bits, const std::string& holds) {
    keys.integer(name + ".bytes", bytes, {64, largest_buffer, 64}, units::bytes,
                 "Capacity, both halves: " + holds);
    keys.integer(name + ".access_bits", access_bits, {1, 65536}, "bit",
                 "Width of an access, for energy and area");
}

void declare_ports(KeySet& keys, std::int64_t& weight_bits, std::int64_t& activation_bits,
                   std::int64_t most_bits) {
    keys.integer("weight_buffer.port_bits", weight_bits, {1, most_bits}, "bit/cycle",
                 "Read width towards the array");
    keys.integer("activation_buffer.port_bits", activation_bits, {1, most_bits}, "bit/cycle",
                 "Read width towards the array");
}

void declare_array(KeySet& keys, SystolicConfig& array) {
    keys.integer("array.rows", array.rows, {2, 1024, 2}, "", "Rows of 4-bit PEs");
    keys.integer("array.columns", array.columns, {2, 1024, 2}, "", "Columns of 4-bit PEs");
    keys.choice("array.dataflow", array.dataflow,
                {{"output_stationary", Dataflow::output_stationary},
                 {"weight_stationary", Dataflow::weight_stationary}},
                "What stays in the PEs");
    keys.choice("array.drain", array.drain, {{"bus", Drain::bus}, {"shift", Drain::shift}},
                "Output stationary: psums leave over a bus a column as they are complete, or are "
                "shifted out after the fold");
    keys.flag("array.overlap_folds", array.overlap_folds,
              "The next fold enters behind the last one; false: one after another, as SCALE-Sim");
    keys.integer("array.accumulator_bits", array.accumulator_bits, {16, 32}, "bit",
                 "Width of a psum; it wraps");
    declare_ports(keys, array.weight_port_bits, array.activation_port_bits, 65536);
}

void declare_array(KeySet& keys, BitSerialConfig& array) {
    keys.integer("array.rows", array.rows, {1, 1024}, "", "Dot-product units along output pixels");
    keys.integer("array.columns", array.columns, {1, 1024}, "",
                 "Dot-product units along output channels");
    keys.integer("array.word_bits", array.word_bits, {32, 512}, "bit",
                 "AND gates of a unit: 32, 64, 128, 256 or 512");
    keys.choice("array.dataflow", array.dataflow, named(bit_serial_dataflows),
                "Which bits meet when, and what is skipped");
    keys.choice("array.stacking", array.stacking, named(plane_stackings),
                "apnn: the operands whose bit planes lie side by side; auto: fewest cycles");
    keys.integer("array.lanes", array.lanes, {1, 64}, "",
                 "Products a unit takes at a time where weights are bit-parallel");
    keys.integer("array.serial_bits", array.serial_bits, {1, 4}, "bit",
                 "loom: activation bits a cycle, 1, 2 or 4");
    keys.integer("array.first_stage_bits", array.first_stage_bits, {0, 3}, "bit",
                 "pragmatic: lanes differ by shifts of up to 2^this - 1");
    keys.integer("array.lookahead", array.lookahead, {1, 7}, "",
                 "bit_tactical: lines ahead that are searched for weights");
    keys.integer("array.lookaside", array.lookaside, {0, 8}, "",
                 "bit_tactical: other lanes that are searched for weights");
    keys.choice("array.search", array.search, {{"t", SearchShape::t}, {"l", SearchShape::l}},
                "bit_tactical: shape of the searched positions");
    keys.choice("array.back_end", array.back_end,
                {{"stripes", TacticalBackEnd::stripes}, {"pragmatic", TacticalBackEnd::pragmatic}},
                "bit_tactical: how a lane takes its activation");
    keys.integer("array.fill_cycles", array.fill_cycles, {1, 64}, "cycles",
                 "Pipeline fill of a command");
    declare_ports(keys, array.weight_port_bits, array.activation_port_bits, 1 << 20);
}

void check(const KeySet& keys, const BitSerialConfig& array) {
    throw_key_problems(keys, problems(array));
}

void check(const KeySet& keys, const SystolicConfig& array) {
    if (array.dataflow == Dataflow::weight_stationary && array.drain == Drain::shift)
        fail("{}: only an output-stationary array shifts psums out; allowed here: bus",
             keys.where("array.drain"));
}

}  // namespace

void declare_gemm_keys(KeySet& keys, ChipDescription& chip) {
    GemmChipConfig& c = chip.gemm();
    keys.integer(
        "clock.frequency", c.clock_hz, {1'000'000, 10'000'000'000}, units::hertz,
        "Clock, at most what the highest voltage of energy.table sustains; its period is rounded "
        "down to a whole number of ps");
    std::visit([&](auto& array) { declare_array(keys, array); }, c.array);
    declare_buffer(keys, "weight_buffer", c.weight_buffer_bytes, chip.widths.weight_bits,
                   "weights and the second operand of products of activations");
    declare_buffer(keys, "activation_buffer", c.activation_buffer_bytes,
                   chip.widths.activation_bits, "activations of the array");
    declare_buffer(keys, "output_buffer", c.output_buffer_bytes, chip.widths.output_bits,
                   "psums, 4 bytes each");
    declare_buffer(keys, "vector_buffer", c.vector_buffer_bytes, chip.widths.vector_bits,
                   "operands and results of the vector unit");
    keys.integer("global_buffer.bytes", c.global_buffer_bytes, {0, largest_buffer, 64},
                 units::bytes,
                 "Capacity for activations that stay on the chip between layers; 0: none");
    keys.integer("global_buffer.access_bits", chip.widths.global_bits, {1, 65536}, "bit",
                 "Width of an access, for energy and area");
    keys.integer("global_buffer.port_bits", c.global_buffer_port_bits, {8, 65536}, "bit/cycle",
                 "Moved a cycle, reads and writes together");
    keys.integer("global_buffer.latency_cycles", c.global_buffer_latency_cycles, {0, 1000},
                 "cycles", "From a request to its data");
    declare_vector_keys(keys, c.vector);
    keys.flag("vector.fuse_pooling", c.fuse_pooling,
              "Pool a convolution's results before they leave, where windows do not overlap");
    keys.integer("dma.width_bits", c.dma_width_bits, {8, 65536}, "bit/cycle",
                 "On-chip bus of each DMA direction");
    keys.integer("dma.outstanding", c.dma_outstanding, {1, 4096}, "",
                 "Memory requests in flight, each direction");
    keys.choice("memory.dram", c.dram, dram_names(), "Named DRAM timing set");
}

void check_gemm_keys(const KeySet& keys, const GemmChipConfig& config) {
    std::visit([&](const auto& array) { check(keys, array); }, config.array);
}

ChipCosts gemm_costs(const ChipDescription& chip) {
    const GemmChipConfig& c = chip.gemm();
    ChipCosts costs;
    costs.table = EnergyTable::read(chip.energy_table);
    const auto buffer = [&](const char* name, std::int64_t bytes, std::int64_t access_bits) {
        add_buffer(costs, chip, name, bytes, access_bits);
    };
    buffer("weight_buffer", c.weight_buffer_bytes, chip.widths.weight_bits);
    buffer("activation_buffer", c.activation_buffer_bytes, chip.widths.activation_bits);
    buffer("output_buffer", c.output_buffer_bytes, chip.widths.output_bits);
    buffer("vector_buffer", c.vector_buffer_bytes, chip.widths.vector_bits);
    if (c.global_buffer_bytes > 0)
        buffer("global_buffer", c.global_buffer_bytes, chip.widths.global_bits);
    for (ComponentInstance& instance : array_instances(c.array))
        costs.instances.push_back(std::move(instance));
    costs.instances.push_back({"vector", c.vector.lanes});
    bring_to(costs.table, chip.point);
    costs.table.bind("dram", dram_parameters(c.dram).energy_component);
    return costs;
}

}  // namespace bitloom
