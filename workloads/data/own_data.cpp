// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/own_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "models/base/error.h"
#include "workloads/data/data_file.h"
#include "workloads/data/label_file.h"
#include "workloads/data/npy.h"
#include "workloads/data/npz.h"
#include "workloads/data/png_folder.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

namespace fs = std::filesystem;

constexpr const char* input_names[] = {"inputs", "images", "x", "x_test"};
constexpr const char* label_names[] = {"labels", "y", "y_test"};

template <class T, class Out>
std::vector<Out> converted(const Tensor& tensor) {
    const auto* values = reinterpret_cast<const T*>(tensor.bytes.data());
    return {values, values + tensor.bytes.size() / sizeof(T)};
}

template <class Out>
std::vector<Out> numbers(const Tensor& tensor) {
    switch (tensor.type) {
        case TensorType::u8:
            return converted<std::uint8_t, Out>(tensor);
        case TensorType::i8:
            return converted<std::int8_t, Out>(tensor);
        case TensorType::i16:
            return converted<std::int16_t, Out>(tensor);
        case TensorType::i32:
            return converted<std::int32_t, Out>(tensor);
        case TensorType::i64:
            return converted<std::int64_t, Out>(tensor);
        case TensorType::f32:
            return converted<float, Out>(tensor);
        case TensorType::f64:
            return converted<double, Out>(tensor);
    }
    return {};
}

std::string type_name(TensorType type) {
    switch (type) {
        case TensorType::u8:
            return "uint8";
        case TensorType::i8:
            return "int8";
        case TensorType::i16:
            return "int16";
        case TensorType::i32:
            return "int32";
        case TensorType::i64:
            return "int64";
        case TensorType::f32:
            return "float32";
        case TensorType::f64:
            return "float64";
    }
    return "";
}

// The first of the names that the archive has; two of them leave open which is meant.
std::string one_of(const NpzFile& npz, std::span<const char* const> names,
                   const std::string& file) {
    std::string found;
    for (const char* name : names) {
        if (!npz.has(name)) continue;
        if (!found.empty()) fail("{}: has both '{}' and '{}': must have one", file, found, name);
        found = name;
    }
    return found;
}

std::vector<std::int64_t> label_array(const Tensor& tensor, const std::string& place) {
    const bool integer = tensor.type != TensorType::f32 && tensor.type != TensorType::f64;
    const bool column = tensor.shape.size() == 2 && tensor.shape[1] == 1;
    if (!integer || (tensor.shape.size() != 1 && !column))
        fail("{}: labels: {} of shape {}: must be integers of shape [count]", place,
             type_name(tensor.type), to_string(tensor.shape));
    return numbers<std::int64_t>(tensor);
}

Tensor read_npy_file(const fs::path& path) {
    const std::string bytes = read_data_file(path);
    return read_npy(std::as_bytes(std::span(bytes)), path.string());
}

void read_npz(const fs::path& path, StoredData& data) {
    const NpzFile npz(path);
    const std::string inputs = one_of(npz, input_names, data.file);
    if (inputs.empty()) {
        std::string held;
        for (const std::string& name : npz.names()) held += fmt::format(" {}", shown(name));
        fail("{}: no array of inputs: must be named one of: {}; there are:{}", data.file,
             fmt::join(input_names, " "), held.empty() ? " none" : held);
    }
    data.inputs = npz.read(inputs);
    const std::string labels = one_of(npz, label_names, data.file);
    if (!labels.empty()) data.labels = label_array(npz.read(labels), data.file);
}

// How the elements of a stored input become those of the network's.
struct Fit {
    bool channels_first = false;
    std::string order;  // for the note; empty: there is only one
};

Shape without_ones(Shape shape) {
    std::erase(shape, 1);
    return shape;
}

Fit fit_of(const StoredData& stored, const Shape& network, ImageLayout layout) {
    const Shape input(stored.inputs.shape.begin() + 1, stored.inputs.shape.end());
    const auto refuse = [&](const std::string& allowed) {
        fail("{}: inputs of shape {}: must be {}", stored.file, to_string(input), allowed);
    };
    const bool image = network.size() == 3;
    const bool flat = input.size() == 1 && input[0] == element_count(network);
    // One channel or one pixel: every order is the same.
    const bool one_order = !image || network[2] == 1 || network[0] * network[1] == 1;
    if (one_order) {
        const bool same = without_ones(input) == without_ones(network);
        if (!same && !flat) refuse(to_string(network));
        return {};
    }
    const Shape first{network[2], network[0], network[1]};
    bool nchw = input == first || flat, nhwc = input == network || flat;
    const std::string both =
        fmt::format("{} (NCHW) or {} (NHWC)", to_string(first), to_string(network));
    if (!nchw && !nhwc) refuse(both);
    if (layout == ImageLayout::automatic) layout = stored.layout;
    if (layout == ImageLayout::nchw && !nchw) refuse(to_string(first) + ", as the layout is NCHW");
    if (layout == ImageLayout::nhwc && !nhwc)
        refuse(to_string(network) + ", as the layout is NHWC");
    if (layout == ImageLayout::automatic && nchw && nhwc)
        fail("{}: inputs of shape {}: may be NCHW or NHWC: give --layout", stored.file,
             to_string(input));
    const bool channels_first =
        layout == ImageLayout::automatic ? nchw : layout == ImageLayout::nchw;
    return {channels_first, channels_first ? "NCHW" : "NHWC"};
}

std::vector<double> per_channel(const char* name, const std::vector<double>& given,
                                double otherwise, std::size_t channels) {
    if (given.size() > 1 && given.size() != channels)
        fail("command line: --{}: {} numbers: must be 1, or {}, one a channel", name, given.size(),
             channels);
    std::vector<double> values = given.empty() ? std::vector<double>{otherwise} : given;
    values.resize(channels, values.front());
    return values;
}

std::vector<float> fitted_values(const StoredData& stored, const Shape& network, const Fit& fit,
                                 const Normalization& normalization) {
    const auto size = static_cast<std::size_t>(element_count(network));
    const auto channels = static_cast<std::size_t>(network.empty() ? 1 : network.back());
    const std::size_t pixels = size / channels;
    const std::vector<double> mean = per_channel("mean", normalization.mean, 0.0, channels);
    const std::vector<double> deviation =
        per_channel("std", normalization.deviation, 1.0, channels);
    const std::vector<double> values = numbers<double>(stored.inputs);
    std::vector<float> out(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t within = i % size;
        const std::size_t channel = fit.channels_first ? within / pixels : within % channels;
        const std::size_t pixel = fit.channels_first ? within % pixels : within / channels;
        const auto real = static_cast<float>((values[i] * normalization.scale - mean[channel]) /
                                             deviation[channel]);
        if (!std::isfinite(real))
            fail("{}: inputs: element {} is {}: must be finite", stored.file, i, values[i]);
        out[i - within + pixel * channels + channel] = real;
    }
    return out;
}

void check_labels(const StoredData& stored, std::int64_t classes) {
    const std::int64_t count = stored.inputs.shape[0];
    if (std::ssize(*stored.labels) != count)
        fail("{}: {} labels for {} inputs: must be as many", stored.file, stored.labels->size(),
             count);
    for (std::size_t i = 0; i < stored.labels->size(); ++i) {
        const std::int64_t label = (*stored.labels)[i];
        if (label < 0 || label >= classes)
            fail("{}: label {} of input {}: must be 0..{}, the network's outputs", stored.file,
                 label, i, classes - 1);
    }
}

std::string normalization_text(const Normalization& n) {
    std::string text = "real = stored";
    if (n.scale != 1.0) text += fmt::format(" x {:.9g}", n.scale);
    if (!n.mean.empty()) text += fmt::format(" - {:.9g}", fmt::join(n.mean, ","));
    if (!n.deviation.empty()) text = fmt::format("{}, / {:.9g}", text, fmt::join(n.deviation, ","));
    return text;
}

}  // namespace

bool is_own_data(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return !fs::exists(path / "zoo.json", ignored);
    return path.extension() == ".npz" || path.extension() == ".npy";
}

StoredData read_own_data(const fs::path& path, const fs::path& labels) {
    std::error_code ignored;
    StoredData data;
    data.file = path.string();
    if (fs::is_directory(path, ignored)) {
        ImageFolder folder = read_png_folder(path);
        data.inputs = std::move(folder.images);
        data.layout = ImageLayout::nhwc;
        if (!folder.labels.empty()) data.labels = std::move(folder.labels);
        data.classes = std::move(folder.classes);
    } else if (path.extension() == ".npz") {
        read_npz(path, data);
    } else {
        data.inputs = read_npy_file(path);
    }
    const TensorType type = data.inputs.type;
    if (type != TensorType::u8 && type != TensorType::i8 && type != TensorType::f32 &&
        type != TensorType::f64)
        fail("{}: inputs of {}: must be uint8, int8, float32 or float64", data.file,
             type_name(type));
    if (data.inputs.shape.empty() || element_count(data.inputs.shape) == 0)
        fail("{}: inputs of shape {}: must be [count, ...] with at least one input", data.file,
             to_string(data.inputs.shape));
    if (labels.empty()) return data;
    if (data.labels)
        fail("command line: --labels = {}: {} has labels already", labels.string(), data.file);
    data.labels = labels.extension() == ".npy" ? label_array(read_npy_file(labels), labels.string())
                                               : read_labels(labels);
    return data;
}

OwnData fit_to_network(const StoredData& stored, const Network& network, ImageLayout layout,
                       const Normalization& normalization) {
    const Shape& shape = network.shapes.at(network.input);
    const std::int64_t classes = element_count(network.shapes.at(network.output));
    const Fit fit = fit_of(stored, shape, layout);
    if (stored.labels) check_labels(stored, classes);
    OwnData own;
    own.dataset.input_shape = shape;
    std::vector<float> values = fitted_values(stored, shape, fit, normalization);
    if (stored.labels) {
        own.dataset.inputs = std::move(values);
        own.dataset.labels = *stored.labels;
    } else {
        own.dataset.calibration = std::move(values);
    }
    own.note = fmt::format(
        "{}: {} inputs, {} {}{}, {}; {}", stored.file, stored.inputs.shape[0],
        type_name(stored.inputs.type),
        to_string(Shape(stored.inputs.shape.begin() + 1, stored.inputs.shape.end())),
        fit.order.empty() ? "" : fmt::format(" read as {}", fit.order),
        normalization_text(normalization),
        stored.labels ? "labelled; the first ones calibrate" : "no labels: no accuracy");
    if (!stored.classes.empty())
        own.note +=
            fmt::format("; classes by name: 0 = {} .. {} = {}", shown(stored.classes.front()),
                        stored.classes.size() - 1, shown(stored.classes.back()));
    return own;
}

}  // namespace bitloom
