// SPDX-License-Identifier: Apache-2.0
// Windows, pooling and means.
#include <algorithm>
#include <numeric>

#include "workloads/import/onnx_importer.h"

namespace bitloom {
namespace {

// Padding before and after one axis.
struct Pads {
    std::int64_t before = 0, after = 0;
};

Pads same_pads(std::int64_t size, std::int64_t reach, std::int64_t stride, bool more_after) {
    const std::int64_t outputs = (size + stride - 1) / stride;
    const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * stride + reach - size);
    const std::int64_t less = total / 2;
    return more_after ? Pads{less, total - less} : Pads{total - less, less};
}

}  // namespace

// `kernel` has one size per spatial axis (1 or 2); an image of one spatial axis has height 1.
// `before`: zeros that a Pad has put around the image.
Window OnnxImporter::window(const OnnxNode& node, const std::vector<std::int64_t>& kernel,
                            const Shape& image, const Padding& before) const {
    const std::size_t n = kernel.size();
    const auto sizes = [&](const char* attribute, std::size_t count, std::int64_t otherwise,
                           std::int64_t low) {
        auto values = node.integers(attribute);
        if (values.empty()) values.assign(count, otherwise);
        if (values.size() != count)
            refuse(node, "{} has {} values: must be {}", attribute, values.size(), count);
        for (const auto v : values)
            if (v < low || v > (std::int64_t{1} << 30))
                refuse(node, "{} = {}: must be {}..2^30", attribute, v, low);
        return values;
    };
    for (const auto size : kernel)
        if (size < 1 || size > (std::int64_t{1} << 30))
            refuse(node, "kernel_shape = {}: must be 1..2^30", size);
    const auto stride = sizes("strides", n, 1, 1), dilation = sizes("dilations", n, 1, 1);
    const auto pads = sizes("pads", 2 * n, 0, 0);
    const std::string automatic = node.text("auto_pad", "NOTSET");
    if (automatic != "NOTSET" &&
        std::any_of(pads.begin(), pads.end(), [](auto p) { return p > 0; }))
        refuse(node, "auto_pad = {} and pads {}: must be one of the two", automatic,
               fmt::join(pads, ","));

    Window result;
    for (std::size_t i = 0; i < n; ++i) {
        const bool vertical = n == 2 && i == 0;
        const Pads zeros =
            vertical ? Pads{before.top, before.bottom} : Pads{before.left, before.right};
        const std::int64_t size = image[vertical ? 0 : 1] + zeros.before + zeros.after,
                           reach = (kernel[i] - 1) * dilation[i] + 1;
        Pads pad{pads[i], pads[i + n]};
        if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER")
            pad = same_pads(size, reach, stride[i], automatic == "SAME_UPPER");
        else if (automatic == "VALID")
            pad = {};
        else if (automatic != "NOTSET" && !automatic.empty())
            refuse(node, "auto_pad = '{}': must be NOTSET, SAME_UPPER, SAME_LOWER or VALID",
                   automatic);
        if (node.integer("ceil_mode", 0) != 0 && size + pad.before + pad.after >= reach) {
            // One window more where some input is left over and the window starts before the end
            // of the input; padding is never the maximum and never counts in a mean.
            const std::int64_t span = size + pad.before + pad.after - reach;
            std::int64_t steps = (span + stride[i] - 1) / stride[i];
            if (steps * stride[i] >= size + pad.before) --steps;
            pad.after = std::max(pad.after, steps * stride[i] + reach - size - pad.before);
        }
        (vertical ? result.kernel_h : result.kernel_w) = kernel[i];
        (vertical ? result.stride_h : result.stride_w) = stride[i];
        (vertical ? result.dilation_h : result.dilation_w) = dilation[i];
        (vertical ? result.pad_top : result.pad_left) = zeros.before + pad.before;
        (vertical ? result.pad_bottom : result.pad_right) = zeros.after + pad.after;
    }
    return result;
}

void OnnxImporter::pool(const OnnxNode& node) {
    const bool average = node.op == "AveragePool";
    const TensorView input = average ? padded_view(node, 0) : view(node, 0);
    if (input.scale != 1.0) view(node, 0);  // refuses it
    const auto kernel = node.integers("kernel_shape");
    if ((input.shape.size() != 3 && input.shape.size() != 4) ||
        kernel.size() != input.shape.size() - 2)
        refuse(node,
               "kernel_shape has {} values for an input of shape {}: must be one per spatial axis, "
               "1 or 2",
               kernel.size(), to_string(input.shape));
    if (node.integer("storage_order", 0) != 0) refuse(node, "storage_order = 1 is not supported");
    Node result;
    result.op = average ? Operator::average_pool : Operator::max_pool;
    Shape in;
    result.inputs = {image(node, input, in)};
    result.window = window(node, kernel, in, input.padding);
    const Window& w = result.window;
    const Window own = window(node, kernel, in);
    const bool padded = w.pad_top + w.pad_left + w.pad_bottom + w.pad_right > 0;
    const bool padded_here = own.pad_top + own.pad_left + own.pad_bottom + own.pad_right > 0;
    const bool counts = node.integer("count_include_pad", 0) != 0;
    const bool zeros_before = input.padding != Padding{};
    if (zeros_before && padded_here && !counts)
        refuse(node, "has a Pad before it and padding that does not count: must be one of the two");
    if (average && padded && (counts || zeros_before)) mean_of_padded(node, result);
    const std::string output = add_node(node, std::move(result)).output;
    const Shape& out = network_.shapes.at(output);
    define(node, image_view(output, kernel.size() == 2 ? Shape{1, out[2], out[0], out[1]}
                                                       : Shape{1, out[2], out[1]}));
}

// Padding never counts in the mean of an average pooling here. Where it does in ONNX, the mean is a
// depthwise convolution whose weights are all one share.
void OnnxImporter::mean_of_padded(const OnnxNode& node, Node& result) {
    if (node.integer("ceil_mode", 0) != 0)
        refuse(node, "ceil_mode = 1 with padding that counts is not supported: must be 0");
    const Window& w = result.window;
    const std::int64_t channels = network_.shapes.at(result.inputs.front()).back();
    const Shape shape{channels, w.kernel_h, w.kernel_w, 1};
    charge(node, shape);
    const auto share = static_cast<float>(1.0 / static_cast<double>(w.kernel_h * w.kernel_w));
    result.op = Operator::conv2d;
    result.groups = channels;
    result.weights =
        add_constant(node.name + "/share", shape,
                     std::vector<float>(static_cast<std::size_t>(element_count(shape)), share));
}

// Zeros around an image wait for the Conv or AveragePool that reads them.
void OnnxImporter::pad(const OnnxNode& node) {
    TensorView result = view(node, 0);
    const std::size_t rank = result.shape.size();
    const std::string mode = node.text("mode", "constant");
    if (mode != "constant")
        refuse(node, "mode = {} is not supported: must be constant", shown(mode));
    double value = graph_.opset < 11 ? node.real("value", 0.0) : 0.0;
    if (node.has_input(2)) {
        if (constant(node, 2).size() != 1) refuse(node, "input 2 must be one value");
        value = constant(node, 2).at(0);
    }
    if (value != 0.0) refuse(node, "a value of {} is not supported: must be 0", value);
    const auto sizes = graph_.opset >= 11  ? integers(node, 1)
                       : graph_.opset >= 2 ? node.integers("pads")
                                           : node.integers("paddings");
    std::vector<std::size_t> along(rank);
    std::iota(along.begin(), along.end(), std::size_t{0});
    if (node.has_input(3)) {
        along.clear();
        for (const auto a : integers(node, 3)) along.push_back(axis(node, a, rank));
    }
    if (sizes.size() != 2 * along.size())
        refuse(node, "pads has {} values: must be {}", sizes.size(), 2 * along.size());
    Padding& zeros = result.padding;
    for (std::size_t i = 0; i < along.size(); ++i) {
        const std::int64_t before = sizes[i], after = sizes[i + along.size()];
        if (before == 0 && after == 0) continue;
        const bool horizontal = along[i] + 1 == rank, vertical = rank == 4 && along[i] == 2;
        if (rank < 3 || along[i] < 2 || !(horizontal || vertical))
            refuse(node, "pads axis {} of {}: must be height or width of an image", along[i], rank);
        for (const auto size : {before, after})
            if (size < 0 || size > (std::int64_t{1} << 30))
                refuse(node, "pads = {}: must be 0..2^30", size);
        (horizontal ? zeros.left : zeros.top) += before;
        (horizontal ? zeros.right : zeros.bottom) += after;
    }
    define(node, std::move(result));
}

void OnnxImporter::global_pool(const OnnxNode& node) {
    const TensorView input = view(node, 0);
    Node result;
    result.op = node.op == "GlobalMaxPool" ? Operator::max_pool : Operator::average_pool;
    Shape in;
    result.inputs = {image(node, input, in)};
    result.window.kernel_h = in[0];
    result.window.kernel_w = in[1];
    const std::string output = add_node(node, std::move(result)).output;
    Shape shape(input.shape.size(), 1);
    shape[1] = in[2];
    define(node, image_view(output, shape));
}

// A mean over some axes is an average pooling whose window is all of them.
void OnnxImporter::reduce_mean(const OnnxNode& node) {
    const TensorView input = view(node, 0);
    const std::size_t rank = input.shape.size();
    const auto reduced_axes = axes(node, rank);
    if (reduced_axes.empty()) refuse(node, "has no axes: must name those to average");
    std::vector<bool> reduced(rank, false);
    for (const auto a : reduced_axes) reduced[static_cast<std::size_t>(a)] = true;
    const auto ranges = axis_factors(input);
    std::vector<bool> gone(input.factors.size(), false);
    std::int64_t height = 1, width = 1, kept = 1;
    const bool spatial = rank == 4 && reduced == std::vector<bool>{false, false, true, true};
    for (std::size_t a = 0; a < rank; ++a) {
        if (!reduced[a])
            kept *= input.shape[a];
        else if (spatial && a == 3)
            width = input.shape[a];
        else
            height *= input.shape[a];
        for (std::size_t f = ranges[a].first; f < ranges[a].second; ++f) gone[f] = reduced[a];
    }
    // Averaged factors first (in any order they like), then the others as they lie.
    std::vector<std::size_t> order;
    if (spatial)
        order = factor_order(input, {2, 3});
    else
        std::copy_if(input.stored.begin(), input.stored.end(), std::back_inserter(order),
                     [&](std::size_t f) { return gone[f]; });
    std::vector<std::size_t> renamed(input.factors.size());
    std::size_t next = 0;
    for (std::size_t f = 0; f < gone.size(); ++f)
        if (!gone[f]) renamed[f] = next++;
    TensorView output;
    for (std::size_t f = 0; f < gone.size(); ++f)
        if (!gone[f]) output.factors.push_back(input.factors[f]);
    for (const std::size_t f : input.stored)
        if (!gone[f]) {
            order.push_back(f);
            output.stored.push_back(renamed[f]);
        }
    for (std::size_t a = 0; a < rank; ++a) {
        if (!reduced[a])
            output.shape.push_back(input.shape[a]);
        else if (node.integer("keepdims", 1) != 0)
            output.shape.push_back(1);
    }
    Node result;
    result.op = Operator::average_pool;
    result.window.kernel_h = height;
    result.window.kernel_w = width;
    result.inputs = {materialize(node, input, order, {height, width, kept})};
    output.activation = add_node(node, std::move(result)).output;
    define(node, output);
}

}  // namespace bitloom
