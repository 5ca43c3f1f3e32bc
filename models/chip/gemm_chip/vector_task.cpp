// SPDX-License-Identifier: Apache-2.0
#include "models/chip/gemm_chip/vector_task.h"

#include <cstring>

#include "models/array/convolution_tile.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

using Words = std::span<const std::int16_t>;

// Offsets of words are multiples of 2 and the halves are aligned, so words may be read in place.
Words words_at(std::span<std::byte> half, std::int64_t offset, std::int64_t count) {
    BITLOOM_CHECK(offset % 2 == 0 && offset + 2 * count <= std::ssize(half),
                  "words {}+{} lie in the half", offset, count);
    return {reinterpret_cast<const std::int16_t*>(half.data() + offset),
            static_cast<std::size_t>(count)};
}

// Codes move as they are: whole vectors, or element by element where the last axis changes.
void move_codes(const LayerProgram& program, const VectorTask& task, std::span<std::byte> half) {
    const int bits = program.parameters.code_bits;
    const auto unpack = [&](const std::byte* in, std::int64_t vectors, std::int64_t length,
                            std::uint8_t* out) {
        for (std::int64_t v = 0; v < vectors; ++v, in += packed_bytes(length, bits))
            for (std::int64_t i = 0; i < length; ++i)
                *out++ = static_cast<std::uint8_t>(packed_code(in, i, bits));
    };
    const auto count = static_cast<std::size_t>(task.work.words());
    std::vector<std::uint8_t> moved(count);
    if (program.op == Operator::concat) {
        std::int64_t column = 0;
        for (std::size_t i = 0; i < task.inputs.size(); ++i) {
            const std::int64_t features = task.piece_features[i];
            std::vector<std::uint8_t> piece(static_cast<std::size_t>(task.work.rows * features));
            unpack(half.data() + task.inputs[i], task.work.rows, features, piece.data());
            for (std::int64_t row = 0; row < task.work.rows; ++row)
                std::memcpy(moved.data() + row * task.work.features + column,
                            piece.data() + row * features, static_cast<std::size_t>(features));
            column += features;
        }
    } else {
        std::vector<std::uint8_t> codes(count);
        const std::int64_t length = task.block_shape.back();
        unpack(half.data() + task.inputs[0], task.work.words() / length, length, codes.data());
        if (program.op == Operator::transpose)
            permute(task.block_shape, task.permutation, codes.data(), moved.data());
        else
            moved = std::move(codes);
    }
    for (const std::int64_t output : task.outputs) {
        std::byte* out = half.data() + output;
        const std::int64_t row_bytes = packed_bytes(task.work.features, bits);
        std::memset(out, 0, static_cast<std::size_t>(task.work.rows * row_bytes));
        for (std::int64_t row = 0; row < task.work.rows; ++row)
            for (std::int64_t i = 0; i < task.work.features; ++i) {
                const unsigned code = moved[static_cast<std::size_t>(row * task.work.features + i)];
                const std::int64_t bit = i * bits;
                std::byte* at = out + row * row_bytes + bit / 8;
                at[0] |= static_cast<std::byte>(code << (bit % 8));
                if (bit % 8 + bits > 8) at[1] |= static_cast<std::byte>(code << (bit % 8) >> 8);
            }
    }
}

void compute(const LayerProgram& program, const VectorTask& task, std::span<std::byte> half,
             const std::vector<std::int32_t>& psums, std::vector<std::int16_t>& words) {
    const LayerParameters& p = program.parameters;
    const auto input = [&](std::size_t i) {
        return words_at(half, task.inputs[i], task.input_elements[i]);
    };
    switch (program.op) {
        case Operator::conv2d:
        case Operator::gemm:
        case Operator::matmul:
            finish_psums(p, psums.data(), task.work.rows, task.work.features, task.first_channel,
                         p.has_residual ? input(0).data() : nullptr, words.data());
            return;
        case Operator::add:
            if (p.constant.empty())
                add_words(p, input(0), input(1).data(), words.data());
            else
                add_constant(p, input(0), task.constant_offset, words.data());
            return;
        case Operator::max_pool:
        case Operator::average_pool:
            pool(p, program.window, task.band, input(0).data(), words.data());
            return;
        case Operator::softmax:
            softmax_rows(p, input(0).data(), task.work.rows, task.work.features, words.data());
            return;
        case Operator::layer_norm:
            layer_norm_rows(p, input(0).data(), task.work.rows, task.work.features, words.data());
            return;
        case Operator::gelu:
            gelu_words(p, input(0), words.data());
            return;
        case Operator::clamp:
        case Operator::reshape:
            rescale(p, 0, input(0), words.data());
            return;
        case Operator::transpose: {
            std::vector<std::int16_t> scaled(words.size());
            rescale(p, 0, input(0), scaled.data());
            permute(task.block_shape, task.permutation, scaled.data(), words.data());
            return;
        }
        case Operator::concat: {
            std::int64_t column = 0;
            for (std::size_t i = 0; i < task.inputs.size(); ++i) {
                const std::int64_t features = task.piece_features[i];
                for (std::int64_t row = 0; row < task.work.rows; ++row)
                    rescale(p, task.first_input + i,
                            input(i).subspan(static_cast<std::size_t>(row * features),
                                             static_cast<std::size_t>(features)),
                            words.data() + row * task.work.features + column);
                column += features;
            }
            return;
        }
    }
    BITLOOM_CHECK(false, "operator {} is known", static_cast<int>(program.op));
}

}  // namespace

VectorTraffic run_vector_task(const LayerProgram& program, const VectorTask& task,
                              std::span<std::byte> half, const std::vector<std::int32_t>& psums) {
    const LayerParameters& p = program.parameters;
    const bool gemm = program.op == Operator::conv2d || program.op == Operator::gemm ||
                      program.op == Operator::matmul;
    VectorTraffic traffic;
    const std::int64_t input_bits = p.moves_codes ? p.code_bits : 16;
    // Softmax and layer_norm pass over a row three times, pools once a window tap.
    const std::int64_t passes =
        program.op == Operator::softmax || program.op == Operator::layer_norm ? 3 : 1;
    for (const std::int64_t elements : task.input_elements)
        traffic.read_bits += elements * input_bits * passes;
    if (program.op == Operator::max_pool || program.op == Operator::average_pool)
        traffic.read_bits = task.work.words() * task.work.window_taps * 16;
    if (gemm) traffic.psums_read = task.work.words();

    if (p.moves_codes) {
        move_codes(program, task, half);
        traffic.write_bits = task.work.words() * p.code_bits * std::ssize(task.outputs);
        return traffic;
    }
    std::vector<std::int16_t> words(static_cast<std::size_t>(task.work.words()));
    compute(program, task, half, psums, words);
    const LayerParameters* last = &p;
    VectorWork stored = task.work;
    if (program.pool) {
        // The words stay in the buffer; only pooled results are encoded.
        traffic.write_bits += task.work.words() * 16;
        traffic.read_bits += task.pool_work.words() * task.pool_work.window_taps * 16;
        std::memcpy(half.data() + task.pool_words_offset, words.data(), words.size() * 2);
        stored = task.pool_work;
        last = &program.pool->parameters;
        words.resize(static_cast<std::size_t>(stored.words()));
        pool(*last, program.pool->window, task.band,
             words_at(half, task.pool_words_offset, task.work.words()).data(), words.data());
    }
    for (std::size_t i = 0; i < last->outputs.size(); ++i) {
        traffic.write_bits += stored.words() * last->outputs[i].bits();
        last->outputs[i].encode_rows(words.data(), stored.rows, stored.features,
                                     half.data() + task.outputs[i]);
    }
    return traffic;
}

}  // namespace bitloom
