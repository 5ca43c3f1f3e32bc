// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/chip_description.h"

#include "models/base/error.h"
#include "models/memory/dram_parameters.h"

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

}  // namespace

void declare_keys(KeySet& keys, ChipDescription& chip) {
    AntConfig& c = chip.ant;
    keys.choice("chip.type", chip.type, {"ant"}, "Kind of accelerator");
    keys.integer("clock.frequency", c.clock_hz, {1'000'000, 10'000'000'000}, units::hertz,
                 "Clock; its period is rounded down to a whole number of ps");
    keys.integer("array.rows", c.array.rows, {2, 1024, 2}, "", "Rows of 4-bit PEs");
    keys.integer("array.columns", c.array.columns, {2, 1024, 2}, "", "Columns of 4-bit PEs");
    keys.choice("array.dataflow", chip.dataflow, {"output_stationary", "weight_stationary"},
                "What stays in the PEs");
    keys.choice("array.drain", chip.drain, {"bus", "shift"},
                "Output stationary: psums leave over a bus a column as they are complete, or are "
                "shifted out after the fold");
    keys.flag("array.overlap_folds", c.array.overlap_folds,
              "The next fold enters behind the last one; false: one after another, as SCALE-Sim");
    keys.integer("array.accumulator_bits", c.array.accumulator_bits, {16, 32}, "bit",
                 "Width of a psum; it wraps");
    declare_buffer(keys, "weight_buffer", c.weight_buffer_bytes, chip.widths.weight_bits,
                   "weights and the second operand of products of activations");
    keys.integer("weight_buffer.port_bits", c.array.weight_port_bits, {1, 65536}, "bit/cycle",
                 "Read width towards the array");
    declare_buffer(keys, "activation_buffer", c.activation_buffer_bytes,
                   chip.widths.activation_bits, "activations of the array");
    keys.integer("activation_buffer.port_bits", c.array.activation_port_bits, {1, 65536},
                 "bit/cycle", "Read width towards the array");
    declare_buffer(keys, "output_buffer", c.output_buffer_bytes, chip.widths.output_bits,
                   "psums, 4 bytes each");
    declare_buffer(keys, "vector_buffer", c.vector_buffer_bytes, chip.widths.vector_bits,
                   "operands and results of the vector unit");
    keys.integer("vector.lanes", c.vector.lanes, {1, 4096}, "", "16-bit lanes of the vector unit");
    keys.integer("vector.latency_cycles", c.vector.latency_cycles, {0, 1000}, "cycles",
                 "From the first word in to the first word out");
    keys.integer("vector.divide_cycles", c.vector.divide_cycles, {1, 1000}, "cycles",
                 "One division or square root");
    keys.integer("dma.width_bits", c.dma_width_bits, {8, 65536}, "bit/cycle",
                 "On-chip bus of each DMA direction");
    keys.integer("dma.outstanding", c.dma_outstanding, {1, 4096}, "",
                 "Memory requests in flight, each direction");
    keys.choice("memory.dram", c.dram, dram_names(), "Named DRAM timing set");
    keys.path("energy.table", chip.energy_table, "Component table").required();
    keys.path("energy.sram", chip.sram_table, "SRAM points").required();
    keys.flag("energy.extrapolate", chip.extrapolate,
              "Extrapolate SRAM costs beyond the points of the table");
}

ChipDescription read_chip(const std::filesystem::path& ini, const KeyValues& overrides) {
    ChipDescription chip;
    KeySet keys;
    declare_keys(keys, chip);
    read(keys, ini, overrides);
    chip.name = ini.stem().string();
    chip.configuration = resolved(keys);
    chip.ant.array.dataflow = chip.dataflow == "output_stationary" ? Dataflow::output_stationary
                                                                   : Dataflow::weight_stationary;
    chip.ant.array.drain = chip.drain == "bus" ? Drain::bus : Drain::shift;
    if (chip.ant.array.dataflow == Dataflow::weight_stationary &&
        chip.ant.array.drain == Drain::shift)
        fail("{}: only an output-stationary array shifts psums out; allowed here: bus",
             keys.where("array.drain"));
    chip_costs(chip);
    return chip;
}

ChipCosts chip_costs(const ChipDescription& chip) {
    const AntConfig& c = chip.ant;
    ChipCosts costs;
    costs.table = EnergyTable::read(chip.energy_table);
    const SramModel sram = SramModel::read(chip.sram_table);
    const auto buffer = [&](const char* name, std::int64_t bytes, std::int64_t access_bits) {
        try {
            add_sram(costs.table, sram, name, {bytes, access_bits, 0}, chip.extrapolate);
        } catch (const Error& error) {
            fail("{}.bytes = {}: {}", name, bytes, error.what());
        }
        costs.instances.push_back({name, 1});
    };
    buffer("weight_buffer", c.weight_buffer_bytes, chip.widths.weight_bits);
    buffer("activation_buffer", c.activation_buffer_bytes, chip.widths.activation_bits);
    buffer("output_buffer", c.output_buffer_bytes, chip.widths.output_bits);
    buffer("vector_buffer", c.vector_buffer_bytes, chip.widths.vector_bits);
    costs.instances.push_back({"array", c.array.rows * c.array.columns});
    costs.instances.push_back({"decoder", c.array.rows + c.array.columns});
    costs.instances.push_back({"vector", c.vector.lanes});
    costs.table.bind("dram", dram_parameters(c.dram).energy_component);
    return costs;
}

}  // namespace bitloom
