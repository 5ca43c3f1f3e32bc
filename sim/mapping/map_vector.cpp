// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "models/base/divide_up.h"
#include "models/base/error.h"
#include "models/numeric/format.h"
#include "sim/mapping/map_layer.h"

namespace bitloom {

namespace {

std::int64_t even(std::int64_t bytes) {
    return (bytes + 1) / 2 * 2;
}
// Elements [first, first + count) of some vectors of a tensor.
struct Slice {
    const TensorPlace* place;
    std::vector<std::int64_t> vectors;
    std::int64_t first = 0, count = 0;

    std::int64_t bytes() const { return std::ssize(vectors) * ((count * place->bits + 7) / 8); }
    std::vector<Segment> segments() const {
        std::vector<Segment> result;
        const std::int64_t each = (count * place->bits + 7) / 8;
        for (const std::int64_t vector : vectors)
            append_segment(result, place->at(vector, first), each);
        return result;
    }
};

std::vector<std::int64_t> range(std::int64_t begin, std::int64_t end) {
    std::vector<std::int64_t> values(static_cast<std::size_t>(end - begin));
    std::iota(values.begin(), values.end(), begin);
    return values;
}

class VectorMapper {
public:
    VectorMapper(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                 const GemmChipConfig& config, LayerProgram& program)
        : manifest_(trace.manifest()),
          layer_(layer),
          half_bytes_(config.vector_buffer_bytes / 2),
          program_(program) {
        for (const std::string& input : layer.inputs) inputs_.push_back(&memory.activation(input));
        if (!layer.constant.empty()) inputs_.push_back(&memory.constant(layer));
        for (const std::string& output : layer.outputs)
            outputs_.push_back(&memory.activation(output));
    }

    void map() {
        switch (layer_.op) {
            case Operator::max_pool:
            case Operator::average_pool:
                map_pool();
                return;
            case Operator::transpose:
                map_transpose();
                return;
            case Operator::reshape:
                map_reshape();
                return;
            default:
                map_rows();
                return;
        }
    }

private:
    [[noreturn]] void too_small(std::int64_t needed) const {
        fail("vector_buffer.bytes = {}: layer '{}' needs at least {}", 2 * half_bytes_, layer_.name,
             2 * needed);
    }

    // Adds the loads, the task and the store of one task; inputs and outputs lie one after another.
    void add_task(VectorTask task, const std::vector<Slice>& inputs,
                  const std::vector<Slice>& outputs) {
        const std::int64_t index = std::ssize(program_.tasks);
        const std::int64_t earlier = std::max<std::int64_t>(0, index - 1);
        task.half = static_cast<int>(index % 2);
        task.needs_stores = earlier;
        std::int64_t offset = 0;
        for (const Slice& slice : inputs) {
            LoadCommand load;
            load.target = Buffer::vector;
            load.half = task.half;
            load.offset = offset;
            load.segments = slice.segments();
            load.row_bytes = load.region_bytes = slice.bytes();
            load.after_tasks = load.after_stores = earlier;
            program_.loads.push_back(std::move(load));
            task.inputs.push_back(offset);
            task.input_elements.push_back(std::ssize(slice.vectors) * slice.count);
            offset += even(slice.bytes());
        }
        task.needs_loads = std::ssize(program_.loads);
        StoreCommand store;
        store.half = task.half;
        store.needs_tasks = index + 1;
        for (const Slice& slice : outputs) {
            store.pieces.push_back({offset, slice.segments(), slice.bytes()});
            task.outputs.push_back(offset);
            offset += even(slice.bytes());
        }
        if (offset > half_bytes_) too_small(offset);
        program_.tasks.push_back(std::move(task));
        program_.stores.push_back(std::move(store));
    }

    std::vector<Slice> slices(const std::vector<const TensorPlace*>& places, std::int64_t begin,
                              std::int64_t end) const {
        std::vector<Slice> result;
        for (const TensorPlace* place : places)
            result.push_back({place, range(begin, end), 0, place->vector_length});
        return result;
    }

    // Whole vectors: element-wise operators, softmax, layer_norm, concat.
    void map_rows() {
        std::int64_t bytes = 0;
        for (const auto* places : {&inputs_, &outputs_})
            for (const TensorPlace* place : *places) bytes += even(place->vector_bytes());
        const std::int64_t vectors = outputs_[0]->vectors;
        const std::int64_t features = outputs_[0]->vector_length;
        if (bytes > half_bytes_) {
            map_pieces(bytes);
            return;
        }
        const std::int64_t most = half_bytes_ / bytes;
        const std::int64_t rows = divide_up(vectors, divide_up(vectors, most));
        for (std::int64_t row = 0; row < vectors; row += rows) {
            const std::int64_t end = std::min(vectors, row + rows);
            VectorTask task;
            task.work = {end - row, features, 1};
            task.constant_offset = row * features;
            if (layer_.op == Operator::concat)
                for (const TensorPlace* input : inputs_)
                    task.piece_features.push_back(input->vector_length);
            add_task(task, slices(inputs_, row, end), slices(outputs_, row, end));
        }
    }

    // Vectors longer than a half: pieces of one vector at a time, starting on multiples of 8
    // elements; of a concatenation, pieces of one input at a time.
    void map_pieces(std::int64_t vector_bytes) {
        if (layer_.op == Operator::softmax || layer_.op == Operator::layer_norm)
            too_small(vector_bytes);
        const bool concat = layer_.op == Operator::concat;
        std::int64_t element_bits = 0;
        for (const auto* places : {&inputs_, &outputs_})
            for (const TensorPlace* place : *places) element_bits += place->bits;
        const std::int64_t least = 8 * 2 * std::ssize(inputs_) + 8 * 2 * std::ssize(outputs_);
        if (least > half_bytes_) too_small(least);
        const std::int64_t step =
            std::max<std::int64_t>(8, half_bytes_ * 8 / element_bits / 8 * 8 - 8);
        for (std::int64_t vector = 0; vector < outputs_[0]->vectors; ++vector) {
            std::int64_t column = 0;
            for (std::size_t source = 0; source < (concat ? inputs_.size() : 1); ++source) {
                const std::int64_t length =
                    concat ? inputs_[source]->vector_length : outputs_[0]->vector_length;
                for (const TensorPlace* output : outputs_)
                    if (column * output->bits % 8 != 0) too_small(vector_bytes);
                for (std::int64_t first = 0; first < length; first += step) {
                    const std::int64_t count = std::min(step, length - first);
                    VectorTask task;
                    task.work = {1, count, 1};
                    task.constant_offset = vector * length + first;
                    task.first_input = source;
                    std::vector<Slice> reads, writes;
                    for (std::size_t i = 0; i < inputs_.size(); ++i)
                        if (!concat || i == source)
                            reads.push_back({inputs_[i], {vector}, first, count});
                    if (concat) task.piece_features = {count};
                    for (const TensorPlace* output : outputs_)
                        writes.push_back({output, {vector}, column + first, count});
                    add_task(task, reads, writes);
                }
                column += length;
            }
        }
    }

    void map_pool() {
        const Shape& in = manifest_.activation(layer_.inputs[0]).shape;
        const Shape& out = manifest_.activation(layer_.outputs[0]).shape;
        const Window& window = layer_.window;
        const std::int64_t extent = (window.kernel_h - 1) * window.dilation_h + 1;
        const auto input_rows = [&](std::int64_t begin, std::int64_t end) {
            const std::int64_t first = begin * window.stride_h - window.pad_top;
            const std::int64_t last = (end - 1) * window.stride_h - window.pad_top + extent;
            return std::pair(std::clamp<std::int64_t>(first, 0, in[0]),
                             std::clamp<std::int64_t>(last, 0, in[0]));
        };
        const auto bytes = [&](std::int64_t rows, std::int64_t channels) {
            const std::int64_t band = std::min(in[0], (rows - 1) * window.stride_h + extent);
            std::int64_t total = band * in[1] * channels * 2;
            for (const TensorPlace* output : outputs_)
                total += even(rows * out[1] * ((channels * output->bits + 7) / 8));
            return total;
        };
        std::int64_t channels = in[2];
        while (channels > 8 && bytes(1, channels) > half_bytes_)
            channels = divide_up(divide_up(channels, 2), 8) * 8;
        if (bytes(1, channels) > half_bytes_) too_small(bytes(1, channels));
        std::int64_t rows = out[0];
        while (bytes(rows, channels) > half_bytes_) rows = divide_up(rows, 2);
        for (std::int64_t channel = 0; channel < in[2]; channel += channels)
            for (std::int64_t row = 0; row < out[0]; row += rows) {
                const std::int64_t count = std::min(channels, in[2] - channel);
                const std::int64_t end = std::min(out[0], row + rows);
                const auto [first, last] = input_rows(row, end);
                VectorTask task;
                task.work = {(end - row) * out[1], count, window.kernel_h * window.kernel_w};
                task.band = {in[0], in[1], count, out[1], row, end, first};
                std::vector<Slice> results;
                for (const TensorPlace* output : outputs_)
                    results.push_back({output, range(row * out[1], end * out[1]), channel, count});
                add_task(task, {{inputs_[0], range(first * in[1], last * in[1]), channel, count}},
                         results);
            }
    }

    // A reshape that changes the encoding or the packing of vectors: whole tensors, split where
    // both shapes have a vector boundary.
    void map_reshape() {
        const std::int64_t in_length = inputs_[0]->vector_length;
        const std::int64_t out_length = outputs_[0]->vector_length;
        const std::int64_t unit = std::lcm(in_length, out_length);
        const std::int64_t total = inputs_[0]->vectors * in_length;
        std::int64_t bytes = even(unit / in_length * inputs_[0]->vector_bytes());
        for (const TensorPlace* output : outputs_)
            bytes += even(unit / out_length * output->vector_bytes());
        if (bytes > half_bytes_) too_small(bytes);
        const std::int64_t step = half_bytes_ / bytes * unit;
        for (std::int64_t first = 0; first < total; first += step) {
            const std::int64_t last = std::min(total, first + step);
            VectorTask task;
            task.work = {(last - first) / out_length, out_length, 1};
            task.block_shape = {(last - first) / in_length, in_length};
            add_task(task, slices(inputs_, first / in_length, last / in_length),
                     slices(outputs_, first / out_length, last / out_length));
        }
    }

    // Blocks of the output: the leading axes are fixed until the rest fits into a half.
    void map_transpose() {
        const Shape& in = manifest_.activation(layer_.inputs[0]).shape;
        const std::size_t rank = in.size();
        std::vector<std::int64_t> permutation = layer_.permutation;
        Shape out;
        for (const std::int64_t axis : permutation)
            out.push_back(in[static_cast<std::size_t>(axis)]);
        const auto block_bytes = [&](std::size_t fixed) {
            Shape block(out.begin() + static_cast<std::ptrdiff_t>(fixed), out.end());
            const std::int64_t elements = element_count(block);
            std::int64_t bytes = elements * 2;
            for (const TensorPlace* output : outputs_)
                bytes += even(elements / out.back() * output->vector_bytes());
            return bytes;
        };
        std::size_t fixed = 0;
        while (fixed + 1 < rank && block_bytes(fixed) > half_bytes_) ++fixed;
        // A fixed axis must not be the input's vectors themselves.
        for (std::size_t axis = 0; axis < fixed; ++axis)
            if (permutation[axis] == static_cast<std::int64_t>(rank) - 1)
                too_small(block_bytes(axis));
        if (block_bytes(fixed) > half_bytes_) too_small(block_bytes(fixed));

        Shape outer(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(fixed));
        const std::int64_t blocks = element_count(outer);
        const std::int64_t block_vectors = outputs_[0]->vectors / blocks;
        for (std::int64_t block = 0; block < blocks; ++block) {
            // Sizes of the block in the input's order: fixed axes have size 1.
            std::vector<std::int64_t> begin(rank, 0);
            std::vector<std::int64_t> size(in.begin(), in.end());
            std::int64_t rest = block;
            for (std::size_t axis = fixed; axis-- > 0;) {
                const auto input_axis = static_cast<std::size_t>(permutation[axis]);
                begin[input_axis] = rest % out[axis];
                size[input_axis] = 1;
                rest /= out[axis];
            }
            std::vector<std::int64_t> vectors;
            std::int64_t count = 1;
            for (std::size_t axis = 0; axis + 1 < rank; ++axis) count *= size[axis];
            for (std::int64_t i = 0; i < count; ++i) {
                std::int64_t left = i, vector = 0, scale = 1;
                for (std::size_t axis = rank - 1; axis-- > 0;) {
                    vector += (begin[axis] + left % size[axis]) * scale;
                    left /= size[axis];
                    scale *= in[axis];
                }
                vectors.push_back(vector);
            }
            VectorTask task;
            task.work = {block_vectors, out.back(), 1};
            task.block_shape = size;
            task.permutation = permutation;
            add_task(task, {{inputs_[0], vectors, 0, in.back()}},
                     slices(outputs_, block * block_vectors, (block + 1) * block_vectors));
        }
    }

    const Manifest& manifest_;
    const Layer& layer_;
    const std::int64_t half_bytes_;
    LayerProgram& program_;
    std::vector<const TensorPlace*> inputs_, outputs_;
};

}  // namespace

void map_vector(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                const GemmChipConfig& config, LayerProgram& program) {
    VectorMapper(trace, layer, memory, config, program).map();
}

}  // namespace bitloom
