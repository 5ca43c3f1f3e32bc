// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/load.h"

#include <cmath>
#include <cstring>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "workloads/import/description.h"
#include "workloads/import/onnx_import.h"
#include "workloads/import/topology.h"
#include "workloads/trace/safetensors.h"
#include "workloads/trace/strict_json.h"

namespace bitloom {
namespace {

// Networks may share a data set, so the file may lie in a folder beside this one.
std::filesystem::path relative_path(const JsonValue& value) {
    const std::filesystem::path path = value.string();
    if (path.empty() || path.is_absolute()) value.wrong("must be a path relative to the folder");
    return path;
}

double positive(const JsonValue& value) {
    const double number = value.number();
    if (!(number > 0) || !std::isfinite(number)) value.wrong("must be above 0");
    return number;
}

TrainedScales trained_scales(const JsonValue& value) {
    JsonObject object(value);
    TrainedScales trained;
    trained.scheme = object.required("scheme").string();
    const JsonValue accuracy = object.required("accuracy");
    trained.accuracy = accuracy.number();
    if (!(trained.accuracy >= 0 && trained.accuracy <= 1)) accuracy.wrong("must be 0..1");
    for (const auto& [name, scale] : object.required("activations").members())
        trained.activations[name] = positive(scale);
    for (const auto& [name, scales] : object.required("weights").members()) {
        std::vector<double>& held = trained.weights[name];
        for (const JsonValue& scale : scales.elements()) held.push_back(positive(scale));
    }
    if (object.has("adc_full_scale")) {
        trained.adc_full_scale = positive(object.required("adc_full_scale"));
    }
    object.finish();
    return trained;
}

// The scales must be those of this network: a name that nothing has would be ignored in silence.
void check_trained(const Network& network, const TrainedScales& trained, const std::string& file) {
    for (const auto& [name, scale] : trained.activations)
        if (!network.shapes.contains(name))
            fail("{}: quantization.activations: '{}': the network has no such activation", file,
                 name);
    std::map<std::string, std::size_t> channels;
    for (const Node& node : network.nodes)
        if (!node.weights.empty())
            channels[node.name] =
                static_cast<std::size_t>(network.constants.at(node.weights).shape.at(0));
    for (const auto& [name, scales] : trained.weights) {
        const auto found = channels.find(name);
        if (found == channels.end())
            fail("{}: quantization.weights: '{}': the network has no such layer", file, name);
        if (scales.size() != 1 && scales.size() != found->second)
            fail(
                "{}: quantization.weights: '{}': {} scales: must be 1, or {}, one an output "
                "channel",
                file, name, scales.size(), found->second);
    }
}

// Images from ONNX's [C,H,W] to [H,W,C]; everything else as it is.
std::vector<float> inputs_of(const std::string& file, const std::string& name,
                             const TensorView& view, const ZooRecord& record) {
    Shape expected = record.input_shape;
    expected.insert(expected.begin(), view.shape.empty() ? 0 : view.shape[0]);
    if (view.shape != expected)
        fail("{}: tensor '{}': shape {}: must be a count and {}", file, name, to_string(view.shape),
             to_string(record.input_shape));
    if (view.type != TensorType::f32 && view.type != TensorType::i8)
        fail("{}: tensor '{}': type {}: must be F32 or I8", file, name, to_string(view.type));
    const auto count = static_cast<std::size_t>(view.shape[0]);
    const auto size = static_cast<std::size_t>(element_count(record.input_shape));
    std::vector<float> result(count * size);
    const bool image = record.input_shape.size() == 3;
    const std::size_t channels = image ? static_cast<std::size_t>(record.input_shape[0]) : 1;
    const std::size_t pixels = size / channels;
    const auto scale = static_cast<float>(record.input_scale);
    for (std::size_t i = 0; i < result.size(); ++i) {
        float value = 0;
        if (view.type == TensorType::f32)
            std::memcpy(&value, view.bytes.data() + i * sizeof(float), sizeof(float));
        else
            value = static_cast<float>(static_cast<std::int8_t>(view.bytes[i]));
        value *= scale;
        if (!std::isfinite(value)) fail("{}: tensor '{}': element {} is not finite", file, name, i);
        const std::size_t input = i / size, channel = i % size / pixels, pixel = i % pixels;
        result[input * size + pixel * channels + channel] = value;
    }
    return result;
}

}  // namespace

ZooRecord read_zoo_record(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "zoo.json";
    const std::string place = file.string();
    const auto json = parse_strict_json(read_file(file), place);
    const JsonValue root(json, place);
    JsonObject object(root);
    object.require({"name", "task", "classes", "network", "data", "test_inputs", "input_shape",
                    "input_scale", "origin", "licence"},
                   {"float_accuracy", "quantization"});
    ZooRecord record;
    record.name = object.required("name").string();
    record.task = object.required("task").string();
    record.classes = object.required("classes").strings();
    record.network = relative_path(object.required("network"));
    record.data = relative_path(object.required("data"));
    if (object.has("float_accuracy")) {
        const JsonValue accuracy = object.required("float_accuracy");
        record.float_accuracy = accuracy.number();
        if (!(record.float_accuracy >= 0 && record.float_accuracy <= 1))
            accuracy.wrong("must be 0..1");
    }
    record.test_inputs = object.required("test_inputs").integer();
    const JsonValue shape = object.required("input_shape");
    record.input_shape = shape.integers();
    for (const auto size : record.input_shape)
        if (size < 1 || size > (std::int64_t{1} << 20)) shape.wrong("must be sizes of 1..2^20");
    if (record.input_shape.empty() || record.input_shape.size() > 3)
        shape.wrong("must have 1 to 3 axes");
    const JsonValue scale = object.required("input_scale");
    record.input_scale = scale.number();
    if (!(record.input_scale > 0) || !std::isfinite(record.input_scale))
        scale.wrong("must be above 0");
    record.origin = object.required("origin").string();
    record.licence = object.required("licence").string();
    if (object.has("quantization")) {
        record.quantization = trained_scales(object.required("quantization"));
    }
    object.finish();
    return record;
}

Network load_network(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) fail("{}: does not exist", path.string());
    if (std::filesystem::is_directory(path, ignored)) {
        const ZooRecord record = read_zoo_record(path);
        Network network = import_onnx(path / record.network);
        network.name = record.name;
        if (record.quantization) {
            check_trained(network, *record.quantization, (path / "zoo.json").string());
            network.trained = record.quantization;
        }
        return network;
    }
    const std::string extension = path.extension().string();
    if (extension == ".onnx") return import_onnx(path);
    if (extension == ".csv") return import_topology(path);
    if (extension == ".net") return load_description(path);
    fail(
        "{}: extension '{}' is none of a network: must be .onnx, .csv, .net or a folder with "
        "zoo.json",
        path.string(), extension);
}

Dataset load_dataset(const std::filesystem::path& zoo_folder) {
    const ZooRecord record = read_zoo_record(zoo_folder);
    const std::filesystem::path path = zoo_folder / record.data;
    const std::string file = path.string();
    const std::string bytes = read_file(path);
    const SafetensorsContent content = read_safetensors(std::as_bytes(std::span(bytes)), file);
    const auto tensor = [&](const char* name) -> const TensorView& {
        const auto found = content.tensors.find(name);
        if (found == content.tensors.end()) fail("{}: tensor '{}' is missing", file, name);
        return found->second;
    };
    Dataset result;
    result.input_shape = record.input_shape;
    if (result.input_shape.size() == 3)
        result.input_shape = {record.input_shape[1], record.input_shape[2], record.input_shape[0]};
    result.inputs = inputs_of(file, "inputs", tensor("inputs"), record);
    const std::int64_t count = tensor("inputs").shape[0];
    const TensorView& labels = tensor("labels");
    if (labels.type != TensorType::i64 || labels.shape != Shape{count})
        fail("{}: tensor 'labels': {} of shape {}: must be I64 of shape {}", file,
             to_string(labels.type), to_string(labels.shape), count);
    result.labels.resize(static_cast<std::size_t>(count));
    std::memcpy(result.labels.data(), labels.bytes.data(), labels.bytes.size());
    for (std::size_t i = 0; i < result.labels.size(); ++i)
        if (result.labels[i] < 0 ||
            result.labels[i] >= static_cast<std::int64_t>(record.classes.size()))
            fail("{}: tensor 'labels': label {} of input {}: must be 0..{}", file, result.labels[i],
                 i, record.classes.size() - 1);
    if (count != record.test_inputs)
        fail("{}: {} inputs: zoo.json says {}", file, count, record.test_inputs);
    if (content.tensors.contains("calibration"))
        result.calibration = inputs_of(file, "calibration", tensor("calibration"), record);
    return result;
}

}  // namespace bitloom
