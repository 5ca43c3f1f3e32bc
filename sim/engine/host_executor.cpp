// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/host_executor.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>

#include "models/array/array_body.h"
#include "models/array/gemm_kernel.h"
#include "models/base/error.h"
#include "models/chip/gemm_chip/vector_task.h"
#include "models/numeric/format.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "sim/engine/activation_codec.h"
#include "sim/mapping/gemm_tiling.h"
#include "sim/mapping/memory_map.h"
#include "sim/mapping/weight_image.h"

namespace bitloom {

// What a layer needs beyond its inputs, prepared once.
struct HostExecutor::LayerState {
    const Layer* layer = nullptr;
    bool alias = false;
    LayerProgram program;  // op, window, parameters, operands
    VectorTask task;       // the whole layer as one task on one buffer
    std::int64_t buffer_bytes = 0;
    GemmView view;                       // GEMM operators
    std::vector<ConvolutionTile> tiles;  // one a group
    std::vector<ReductionRuns> runs;
    std::vector<PackedWeights> weights;  // empty for products of activations
};

HostExecutor::~HostExecutor() = default;

HostExecutor::HostExecutor(const Trace& trace, int accumulator_bits)
    : trace_(trace), accumulator_bits_(accumulator_bits) {
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
        const bool gemm = layer.op == Operator::conv2d || layer.op == Operator::gemm ||
                          layer.op == Operator::matmul;
        if (!state->alias) state->program.parameters = layer_parameters(trace_, layer);

        std::int64_t offset = 0;
        const auto add_input = [&](std::int64_t elements, std::int64_t bytes) {
            task.inputs.push_back(offset);
            task.input_elements.push_back(elements);
            offset += (bytes + 1) / 2 * 2;
        };
        for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
            // The operands of the array are not the vector unit's.
            if (gemm && (i == 0 || layer.op == Operator::matmul)) continue;
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
        if (gemm) {
            state->view = gemm_view(trace_, layer);
            const GemmView& view = state->view;
            state->program.operands.emplace_back(*view.activation);
            state->program.operands.emplace_back(*view.weight);
            std::vector<std::byte> image;
            if (layer.weights) image = weight_image(trace_, layer);
            for (std::int64_t group = 0; group < view.groups; ++group) {
                ConvolutionTile tile;
                tile.window = view.window;
                tile.out_h = view.out_h;
                tile.out_w = view.out_w;
                tile.band_h = std::max(band_rows(view, view.out_h),
                                       view.in_h + view.window.pad_top + view.window.pad_bottom);
                tile.band_w = std::max(band_columns(view, view.out_w),
                                       view.in_w + view.window.pad_left + view.window.pad_right);
                tile.pad_top = view.window.pad_top;
                tile.pad_bottom = tile.band_h - view.in_h - tile.pad_top;
                tile.pad_left = view.window.pad_left;
                tile.pad_right = tile.band_w - view.in_w - tile.pad_left;
                tile.channels = view.channels;
                tile.channel_begin = group * view.group_channels();
                tile.group_channels = view.group_channels();
                tile.n = view.group_outputs();
                tile.k_end = view.k();
                tile.k_major = view.k_major;
                tile.activation_bits = view.activation_bits;
                tile.weight_bits = view.weight_bits;
                tile.psum_column = group * view.group_outputs();
                state->tiles.push_back(tile);
                state->runs.emplace_back(tile);
                if (layer.weights)
                    state->weights.emplace_back(
                        tile, state->runs.back(),
                        image.data() +
                            group * view.group_outputs() * packed_bytes(view.k(), view.weight_bits),
                        state->program.operands[1]);
            }
        }
        layers_.push_back(std::move(state));
    }
}

void HostExecutor::run(ActivationBytes& activations) const {
    const Manifest& manifest = trace_.manifest();
    for (const auto& state : layers_) {
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
        if (!state->tiles.empty()) {
            const GemmView& view = state->view;
            const std::int64_t pixels = view.out_h * view.out_w;
            psums.clear(view.batch * pixels, view.out_channels);
            const std::int64_t pixel = packed_bytes(view.channels, view.activation_bits);
            for (std::int64_t batch = 0; batch < view.batch; ++batch) {
                const std::byte* source = input(0).data() + batch * view.in_h * view.in_w * pixel;
                const ConvolutionTile& whole = state->tiles[0];
                std::vector<std::byte> band(
                    static_cast<std::size_t>(whole.band_h * whole.band_w * pixel));
                for (std::int64_t row = 0; row < view.in_h; ++row)
                    std::memcpy(band.data() + ((row + view.window.pad_top) * whole.band_w +
                                               view.window.pad_left) *
                                                  pixel,
                                source + row * view.in_w * pixel,
                                static_cast<std::size_t>(view.in_w * pixel));
                for (std::size_t g = 0; g < state->tiles.size(); ++g) {
                    const ConvolutionTile& tile = state->tiles[g];
                    const UnpackedActivations unpacked(tile, band.data(),
                                                       state->program.operands[0]);
                    PackedWeights own;
                    if (state->weights.empty()) {
                        const std::int64_t bytes = tile.weight_bytes();
                        own = PackedWeights(tile, state->runs[g], input(1).data() + batch * bytes,
                                            state->program.operands[1]);
                    }
                    multiply(
                        tile, state->runs[g], unpacked,
                        state->weights.empty() ? own : state->weights[g],
                        psums.words.data() + batch * pixels * view.out_channels + tile.psum_column,
                        view.out_channels);
                }
            }
            if (accumulator_bits_ < 32)
                for (std::int32_t& word : psums.words)
                    word = static_cast<std::int32_t>(wrap_to_bits(word, accumulator_bits_));
        }
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
        run(activations);
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
