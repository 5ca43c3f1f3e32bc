// SPDX-License-Identifier: Apache-2.0
// The rules of each operator: how many inputs, which shapes, which formats.
#include "workloads/trace/layer_rules.h"

#include <algorithm>
#include <limits>

#include "models/base/error.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

class OperatorCheck {
public:
    OperatorCheck(const Manifest& manifest, const Layer& layer, std::vector<std::string>& problems)
        : manifest_(manifest),
          layer_(layer),
          problems_(problems),
          place_("layer " + shown(layer.name)),
          result_(output(0).shape) {}

    void run() {
        for (std::size_t i = 1; i < layer_.outputs.size(); ++i)
            if (output(i).shape != result_)
                add("output {} has shape {}: must be {} as output {}", shown(layer_.outputs[i]),
                    to_string(output(i).shape), to_string(result_), shown(layer_.outputs[0]));
        for (std::size_t i = 0; i < layer_.outputs.size(); ++i)
            if (output(i).format == "int16" && output(i).scale != layer_.working_scale)
                add("output {} has scale {}: an int16 output has the working scale {}",
                    shown(layer_.outputs[i]), output(i).scale, layer_.working_scale);
        switch (layer_.op) {
            case Operator::conv2d:
                return conv2d();
            case Operator::gemm:
                return gemm();
            case Operator::matmul:
                return matmul();
            case Operator::add:
                return add_operator();
            case Operator::max_pool:
            case Operator::average_pool:
                return pool();
            case Operator::clamp:
            case Operator::softmax:
            case Operator::layer_norm:
            case Operator::gelu:
                return elementwise();
            case Operator::transpose:
                return transpose();
            case Operator::reshape:
                return reshape();
            case Operator::concat:
                return concat();
        }
    }

private:
    template <class... Args>
    void add(fmt::format_string<Args...> text, Args&&... args) {
        problems_.push_back(place_ + ": " + fmt::format(text, std::forward<Args>(args)...));
    }

    const Activation& input(std::size_t i) const { return manifest_.activation(layer_.inputs[i]); }
    const Activation& output(std::size_t i) const {
        return manifest_.activation(layer_.outputs[i]);
    }

    bool inputs_are(std::size_t low, std::size_t high) {
        const std::size_t count = layer_.inputs.size();
        if (count >= low && count <= high) return true;
        const std::string allowed =
            low == high ? std::to_string(low) : fmt::format("{}..{}", low, high);
        add("{} inputs: operator '{}' has {}", count, to_string(layer_.op), allowed);
        return false;
    }

    bool rank_is(std::size_t i, std::size_t low, std::size_t high, std::string_view allowed) {
        const Shape& shape = input(i).shape;
        if (shape.size() >= low && shape.size() <= high) return true;
        add("input {} has shape {}: must be {}", shown(layer_.inputs[i]), to_string(shape),
            allowed);
        return false;
    }

    void result_is(const Shape& expected) {
        if (result_ != expected)
            add("output {} has shape {}: must be {}", shown(layer_.outputs[0]), to_string(result_),
                to_string(expected));
    }

    // The array reads codes.
    void reads_codes(std::size_t i) {
        if (input(i).format == "int16")
            add("input {} has format 'int16': the array reads formats of at most 8 bits",
                shown(layer_.inputs[i]));
    }

    void reads_words(std::size_t i) {
        if (input(i).format != "int16")
            add("input {} has format '{}': the vector unit reads int16", shown(layer_.inputs[i]),
                input(i).format);
    }

    void residual() {
        if (layer_.inputs.size() < 2) return;
        reads_words(1);
        if (input(1).shape != result_)
            add("residual {} has shape {}: must be the result's {}", shown(layer_.inputs[1]),
                to_string(input(1).shape), to_string(result_));
    }

    bool weights_rank(std::size_t rank, std::string_view axes) {
        if (!layer_.weights || !shape_problem(layer_.weights->shape).empty()) return false;
        if (layer_.weights->shape.size() == rank) return true;
        add("weights have shape {}: must be {}", to_string(layer_.weights->shape), axes);
        return false;
    }

    // Arithmetic on a window is safe only after its members are in range.
    bool window_in_range() const {
        const Window& w = layer_.window;
        const auto within = [](std::int64_t low, std::initializer_list<std::int64_t> values) {
            return std::all_of(values.begin(), values.end(),
                               [low](std::int64_t v) { return v >= low && v <= max_axis; });
        };
        return within(1, {w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h,
                          w.dilation_w}) &&
               within(0, {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right});
    }

    // The shape of the result of a window over input 0; false where the window does not fit.
    bool windowed(std::int64_t channels, Shape& expected) {
        const Shape& x = input(0).shape;
        const Window& w = layer_.window;
        expected = {w.output_h(x[0]), w.output_w(x[1]), channels};
        if (expected[0] >= 1 && expected[1] >= 1) return true;
        add("a window of {}x{} with dilation {}x{} does not fit input {} of {} with padding {} {} "
            "{} "
            "{} (top left bottom right)",
            w.kernel_h, w.kernel_w, w.dilation_h, w.dilation_w, shown(layer_.inputs[0]),
            to_string(x), w.pad_top, w.pad_left, w.pad_bottom, w.pad_right);
        return false;
    }

    void conv2d() {
        if (!inputs_are(1, 2)) return;
        reads_codes(0);
        residual();
        const bool image = rank_is(0, 3, 3, "[H,W,C]");
        if (!weights_rank(4, "[OC,KH,KW,IC/groups]") || !image) return;
        const Shape& weights = layer_.weights->shape;
        const Window& window = layer_.window;
        const std::int64_t channels = input(0).shape[2];
        if (weights[1] != window.kernel_h || weights[2] != window.kernel_w)
            add("weights have shape {}: the kernel is {}x{}", to_string(weights), window.kernel_h,
                window.kernel_w);
        if (layer_.groups < 1) return;  // reported with the members
        if (channels % layer_.groups != 0 || weights[0] % layer_.groups != 0)
            add("groups = {}: must divide {} input and {} output channels", layer_.groups, channels,
                weights[0]);
        else if (weights[3] != channels / layer_.groups)
            add("weights have shape {}: the last axis must be {} ({} channels in {} groups)",
                to_string(weights), channels / layer_.groups, channels, layer_.groups);
        if (!window_in_range()) return;
        Shape expected;
        if (!windowed(weights[0], expected)) return;
        result_is(expected);
        macs_fit(element_count(result_), element_count(weights) / weights[0]);
    }

    // Both factors are at most max_elements; the product may still exceed 64 bits.
    void macs_fit(std::int64_t results, std::int64_t macs_per_result) {
        if (results > max_layer_macs / macs_per_result)
            add("{} results of {} MACs: at most {} MACs in a layer", results, macs_per_result,
                max_layer_macs);
    }

    void gemm() {
        if (!inputs_are(1, 2)) return;
        reads_codes(0);
        residual();
        const bool rows = rank_is(0, 1, 2, "[M,K] or [K]");
        if (!weights_rank(2, "[N,K]") || !rows) return;
        const Shape& weights = layer_.weights->shape;
        const Shape& x = input(0).shape;
        if (x.back() != weights[1])
            add("weights have shape {}: the last axis must be {} as of input {}",
                to_string(weights), x.back(), shown(layer_.inputs[0]));
        Shape expected = x;
        expected.back() = weights[0];
        result_is(expected);
        macs_fit(element_count(result_), weights[1]);
    }

    void matmul() {
        if (!inputs_are(2, 2)) return;
        reads_codes(0);
        reads_codes(1);
        if (!rank_is(0, 2, max_rank, "[...,M,K]")) return;
        const Shape& a = input(0).shape;
        const Shape& b = input(1).shape;
        const std::size_t lead = a.size() - 2;
        if (b.size() != a.size() || !std::equal(a.begin(), a.end() - 2, b.begin())) {
            add("inputs have shapes {} and {}: must agree in all but the last two axes",
                to_string(a), to_string(b));
            return;
        }
        const std::int64_t k = b[layer_.transpose_b ? lead + 1 : lead];
        const std::int64_t n = b[layer_.transpose_b ? lead : lead + 1];
        if (a.back() != k)
            add("inputs have shapes {} and {}{}: K = {} and {} must agree", to_string(a),
                to_string(b), layer_.transpose_b ? " (transposed)" : "", a.back(), k);
        Shape expected = a;
        expected.back() = n;
        result_is(expected);
        macs_fit(element_count(result_), k);
    }

    void add_operator() {
        const bool constant = !layer_.constant.empty();
        if (layer_.inputs.size() != (constant ? 1u : 2u)) {
            add("{} inputs: operator 'add' has 2, or 1 and a constant; constant is {}",
                layer_.inputs.size(), shown(layer_.constant));
            return;
        }
        for (std::size_t i = 0; i < layer_.inputs.size(); ++i) {
            reads_words(i);
            if (input(i).shape != result_)
                add("input {} has shape {}: must be the result's {}", shown(layer_.inputs[i]),
                    to_string(input(i).shape), to_string(result_));
        }
    }

    void pool() {
        if (!inputs_are(1, 1)) return;
        reads_words(0);
        if (!rank_is(0, 3, 3, "[H,W,C]") || !window_in_range()) return;
        Shape expected;
        if (windowed(input(0).shape[2], expected)) result_is(expected);
        const Shape& x = input(0).shape;
        const Window& w = layer_.window;
        padding_only("h", window_of_padding(x[0], w.output_h(x[0]), w.kernel_h, w.stride_h,
                                            w.dilation_h, w.pad_top));
        padding_only("w", window_of_padding(x[1], w.output_w(x[1]), w.kernel_w, w.stride_w,
                                            w.dilation_w, w.pad_left));
    }

    void padding_only(std::string_view axis, std::int64_t window) {
        if (window >= 0)
            add("window {} in {} has nothing but padding: must have an element of input {}", window,
                axis, shown(layer_.inputs[0]));
    }

    void elementwise() {
        if (!inputs_are(1, 1)) return;
        reads_words(0);
        result_is(input(0).shape);
    }

    // Words may be rescaled on their way; codes of the array's formats cannot be.
    void moves() {
        const Activation& first = input(0);
        bool words = true;
        for (std::size_t i = 0; i < layer_.inputs.size(); ++i)
            words = words && input(i).format == "int16";
        if (words) return;
        const auto check = [&](const Activation& other, std::string_view what) {
            if (other.format != first.format || other.scale != first.scale)
                add("{} {} has format '{}' and scale {}: moved codes keep '{}' and {}", what,
                    shown(other.name), other.format, other.scale, first.format, first.scale);
        };
        for (std::size_t i = 1; i < layer_.inputs.size(); ++i) check(input(i), "input");
        for (std::size_t i = 0; i < layer_.outputs.size(); ++i) check(output(i), "output");
        if (layer_.clamp_low > -std::numeric_limits<double>::infinity() ||
            layer_.clamp_high < std::numeric_limits<double>::infinity())
            add("clamp {}..{}: moved codes of format '{}' have no clamp", layer_.clamp_low,
                layer_.clamp_high, first.format);
    }

    void transpose() {
        if (!inputs_are(1, 1)) return;
        moves();
        const Shape& x = input(0).shape;
        std::vector<std::int64_t> sorted = layer_.permutation;
        std::sort(sorted.begin(), sorted.end());
        bool valid = sorted.size() == x.size();
        for (std::size_t i = 0; valid && i < sorted.size(); ++i)
            valid = sorted[i] == static_cast<std::int64_t>(i);
        if (!valid) {
            if (sorted.size() == x.size())
                add("permutation [{}]: must have each of 0..{} once",
                    fmt::join(layer_.permutation, ","), x.size() - 1);
            else
                add("permutation of {} axes: input {} has {}", sorted.size(),
                    shown(layer_.inputs[0]), x.size());
            return;
        }
        Shape expected;
        for (const std::int64_t axis : layer_.permutation)
            expected.push_back(x[static_cast<std::size_t>(axis)]);
        result_is(expected);
    }

    void reshape() {
        if (!inputs_are(1, 1)) return;
        moves();
        const Shape& x = input(0).shape;
        if (element_count(x) != element_count(result_))
            add("output {} has shape {} of {} elements: input {} has {} of {}",
                shown(layer_.outputs[0]), to_string(result_), element_count(result_),
                shown(layer_.inputs[0]), to_string(x), element_count(x));
    }

    void concat() {
        if (!inputs_are(2, 1024)) return;
        moves();
        Shape expected = input(0).shape;
        for (std::size_t i = 1; i < layer_.inputs.size(); ++i) {
            const Shape& x = input(i).shape;
            if (x.size() != expected.size() ||
                !std::equal(x.begin(), x.end() - 1, expected.begin())) {
                add("input {} has shape {}: must agree with {} in all but the last axis",
                    shown(layer_.inputs[i]), to_string(x), to_string(input(0).shape));
                return;
            }
            expected.back() += x.back();
        }
        result_is(expected);
    }

    const Manifest& manifest_;
    const Layer& layer_;
    std::vector<std::string>& problems_;
    const std::string place_;
    const Shape& result_;
};

}  // namespace

std::int64_t window_of_padding(std::int64_t size, std::int64_t outputs, std::int64_t kernel,
                               std::int64_t stride, std::int64_t dilation, std::int64_t before) {
    // Steps wider than the input may jump over it from any window; others only from the first.
    const std::int64_t left = dilation > size ? outputs : std::min<std::int64_t>(outputs, 1);
    for (std::int64_t o = 0; o < left && o * stride < before; ++o) {
        const std::int64_t start = o * stride - before;
        const std::int64_t steps = (-start + dilation - 1) / dilation;
        if (steps >= kernel || start + steps * dilation >= size) return o;
    }
    const std::int64_t behind = (size + before + stride - 1) / stride;
    return behind < outputs ? behind : -1;
}

void check_operator(const Manifest& manifest, const Layer& layer,
                    std::vector<std::string>& problems) {
    OperatorCheck(manifest, layer, problems).run();
}

}  // namespace bitloom
