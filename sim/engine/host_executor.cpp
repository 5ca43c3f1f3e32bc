// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/host_executor.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>

#include "models/base/error.h"
#include "models/chip/gemm_chip/vector_task.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/integer_psums.h"
#include "sim/mapping/memory_map.h"

namespace bitloom {

// What a layer needs beyond its inputs, prepared once.
struct HostExecutor::LayerState {
    const Layer* layer = nullptr;
    bool alias = false;
    LayerProgram program;  // op, window, parameters, operands
    VectorTask task;       // the whole layer as one task on one buffer
    std::int64_t buffer_bytes = 0;
    bool gemm = false;
};

HostExecutor::~HostExecutor() = default;

HostExecutor::HostExecutor(const Trace& trace, int accumulator_bits)
    : HostExecutor(trace, std::make_shared<IntegerPsums>(trace, accumulator_bits)) {
}

HostExecutor::HostExecutor(const Trace& trace, std::shared_ptr<const PsumSource> source)
    : trace_(trace), source_(std::move(source)) {
    const Manifest& manifest = trace_.manifest();
    for (const Layer& layer : manifest.layers) {
        auto state = std::make_unique<LayerState>();
        state->layer = &layer;
        state->alias = MemoryMap::is_alias(manifest, layer);
        state->program.layer = layer.name;
        state->program.op = layer.op;
        state->program.window = layer.window;
        VectorTask& task = state->task;
        const Activation& result = manifest.activation(layer.outputs[0]);
        task.work = {vector_count(result), result.shape.empty() ? 1 : result.shape.back(), 1};
        state->gemm = has_weights(layer.op) || layer.op == Operator::matmul;
        if (!state->alias) state->program.parameters = source_->parameters(layers_.size());

        std::int64_t offset = 0;
        const auto add_input = [&](std::int64_t elements, std::int64_t bytes) {
            task.inputs.push_back(offset);
            task.input_elements.push_back(elements);
            offset += (bytes + 1) / 2 * 2;
        };
        for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
            // The operands of the array are not the vector unit's.
            if (state->gemm && (i == 0 || layer.op == Operator::matmul)) continue;
            const Activation& input = manifest.activation(layer.inputs[i]);
            add_input(element_count(input.shape), vector_count(input) * vector_bytes(input));
            if (layer.op == Operator::concat) task.piece_features.push_back(input.shape.back());
        }
        for (const std::string& name : layer.outputs) {
            const Activation& output = manifest.activation(name);
            task.outputs.push_back(offset);
            offset += (vector_count(output) * vector_bytes(output) + 1) / 2 * 2;
        }
        state->buffer_bytes = offset;
        const Shape& in = manifest.activation(layer.inputs[0]).shape;
        if (layer.op == Operator::max_pool || layer.op == Operator::average_pool)
            task.band = {in[0], in[1], in[2], result.shape[1], 0, result.shape[0], 0};
        if (layer.op == Operator::transpose || layer.op == Operator::reshape) {
            task.block_shape = in;
            task.permutation = layer.permutation;
        }
        layers_.push_back(std::move(state));
    }
}

void HostExecutor::run(ActivationBytes& activations, std::uint64_t input_number) const {
    const Manifest& manifest = trace_.manifest();
    for (std::size_t index = 0; index < layers_.size(); ++index) {
        const LayerState* state = layers_[index].get();
        const Layer& layer = *state->layer;
        const auto input = [&](std::size_t i) -> const std::vector<std::byte>& {
            const auto found = activations.find(layer.inputs[i]);
            BITLOOM_CHECK(found != activations.end(), "'{}' was computed", layer.inputs[i]);
            return found->second;
        };
        if (state->alias) {
            activations[layer.outputs[0]] = input(0);
            continue;
        }
        PsumTile psums;
        if (state->gemm)
            source_->psums(index, input(0),
                           layer.op == Operator::matmul ? std::span<const std::byte>(input(1))
                                                        : std::span<const std::byte>(),
                           input_number, psums);
        std::vector<std::byte> buffer(static_cast<std::size_t>(state->buffer_bytes));
        const std::size_t first = layer.inputs.size() - state->task.inputs.size();
        for (std::size_t i = 0; i < state->task.inputs.size(); ++i) {
            const std::vector<std::byte>& bytes = input(first + i);
            std::memcpy(buffer.data() + state->task.inputs[i], bytes.data(), bytes.size());
        }
        run_vector_task(state->program, state->task, buffer, psums.words);
        for (std::size_t i = 0; i < layer.outputs.size(); ++i) {
            const Activation& output = manifest.activation(layer.outputs[i]);
            const std::byte* begin = buffer.data() + state->task.outputs[i];
            activations[output.name].assign(begin,
                                            begin + vector_count(output) * vector_bytes(output));
        }
    }
}

double HostExecutor::accuracy(std::int64_t max_inputs,
                              const std::function<void(double, double)>& progress) const {
    const auto labels = trace_.tensor("dataset/labels").as<std::int64_t>();
    std::int64_t count = std::ssize(labels);
    if (max_inputs >= 0) count = std::min(count, max_inputs);
    if (count == 0) fail("the trace's data set is empty: accuracy needs at least one input");
    const Manifest& manifest = trace_.manifest();
    std::atomic<std::int64_t> good{0};
    std::mutex mutex;
    std::int64_t done = 0;
    tbb::parallel_for(std::int64_t{0}, count, [&](std::int64_t i) {
        ActivationBytes activations;
        const Activation& input = manifest.activation(manifest.input);
        activations[manifest.input] = encode_activation(input, dataset_input(trace_, i));
        run(activations, static_cast<std::uint64_t>(i));
        const std::vector<double> outputs =
            decode_activation(manifest.activation(manifest.output), activations[manifest.output]);
        const auto best = std::max_element(outputs.begin(), outputs.end()) - outputs.begin();
        if (best == labels[static_cast<std::size_t>(i)]) ++good;
        const std::lock_guard lock(mutex);
        ++done;
        if (progress) progress(static_cast<double>(done), static_cast<double>(count));
    });
    return static_cast<double>(good.load()) / static_cast<double>(count);
}

}  // namespace bitloom
