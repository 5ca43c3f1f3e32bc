// SPDX-License-Identifier: Apache-2.0
#include "models/chip/cim_chip/cim_program.h"

#include <algorithm>

#include "models/base/divide_up.h"
#include "models/base/error.h"

namespace bitloom {

std::vector<std::vector<std::size_t>> blocks_by_array(const Placement& placement,
                                                      std::size_t matrix) {
    std::vector<std::vector<std::size_t>> arrays(static_cast<std::size_t>(placement.arrays));
    for (std::size_t i = 0; i < placement.blocks.size(); ++i)
        if (placement.blocks[i].layer == matrix)
            arrays[static_cast<std::size_t>(placement.blocks[i].array)].push_back(i);
    std::erase_if(arrays, [](const auto& blocks) { return blocks.empty(); });
    return arrays;
}

VectorBits vector_bits(const CimLayerProgram& program, std::int64_t rows) {
    const LayerParameters& p = program.vector.parameters;
    const VectorTask& task = program.task;
    const std::int64_t words = rows * task.work.features;
    VectorBits bits;
    if (program.product) {
        bits.read = p.has_residual ? words * 16 : 0;
    } else if (p.op == Operator::max_pool || p.op == Operator::average_pool) {
        bits.read = words * task.work.window_taps * 16;
    } else {
        // Softmax and layer_norm pass over a row three times.
        const std::int64_t passes =
            p.op == Operator::softmax || p.op == Operator::layer_norm ? 3 : 1;
        for (const std::int64_t elements : task.input_elements)
            bits.read += elements * (p.moves_codes ? p.code_bits : 16) * passes;
    }
    if (p.moves_codes)
        bits.write = words * p.code_bits * std::ssize(task.outputs);
    else
        for (const WordEncoder& output : p.outputs) bits.write += words * output.bits();
    return bits;
}

LayerStages layer_stages(const CimChipConfig& config, const Placement& placement,
                         const CimLayerProgram& program) {
    const auto port_cycles = [&](const VectorBits& bits) {
        return std::max(divide_up(bits.read, config.vector_port_bits),
                        divide_up(bits.write, config.vector_port_bits));
    };
    LayerStages stages;
    if (!program.product) {
        stages.finish =
            std::max(vector_cycles(config.vector, program.vector.parameters, program.task.work),
                     port_cycles(vector_bits(program, program.task.work.rows)));
        return stages;
    }
    const CimProduct& product = *program.product;
    const CimTiming timing = cim_timing(config);
    stages.positions = product.im2col.positions();
    stages.fetch = divide_up(product.im2col.row_bits(), config.fetch_bits);
    for (const auto& blocks : blocks_by_array(placement, product.matrix)) {
        std::int64_t busy = 0;
        for (const std::size_t block : blocks)
            busy += block_cycles(timing, placement.blocks[block].columns());
        stages.array = std::max(stages.array, busy);
        stages.tail =
            std::max(stages.tail, tail_cycles(timing, placement.blocks[blocks.back()].columns()));
    }
    stages.finish = std::max(divide_up(product.outputs, config.vector.lanes),
                             port_cycles(vector_bits(program, 1)));
    stages.latency = config.vector.latency_cycles;
    return stages;
}

void count_layer_events(const CimLayerProgram& program, Activity& activity) {
    count_vector_events(program.vector.parameters, program.task.work, activity);
    const VectorBits bits = vector_bits(program, program.task.work.rows);
    activity.add("activation_sram.read_bits", bits.read);
    activity.add("activation_sram.write_bits", bits.write);
    if (program.product)
        activity.add("activation_sram.read_bits", program.product->im2col.read_bits());
}

void count_array_events(const CimChipConfig& config, const Placement& placement,
                        const CimLayerProgram& program, const CimCounts& counts,
                        Activity& activity) {
    const CimProduct& product = *program.product;
    const CimTiming timing = cim_timing(config);
    const auto passes = std::ssize(timing.pass_ticks);
    std::int64_t driven_rows = 0;  // of a position
    for (const Block& block : placement.blocks)
        if (block.layer == product.matrix)
            driven_rows += block.k_size * passes *
                           (timing.integrating ? phases_of(timing, block.columns()) : 1);
    activity.add("dac.row_drive", driven_rows * product.im2col.positions());
    activity.add("dac.row_tick", counts.row_ticks);
    activity.add("adc.conversion", counts.conversions);
    activity.add("cim_array.unit_tick", counts.unit_ticks);
    activity.add("shift_add.add", counts.conversions);
}

}  // namespace bitloom
