// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/workload.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/base/text.h"
#include "sim/cli/version.h"
#include "sim/cli/workload_data.h"
#include "workloads/import/load.h"

namespace bitloom {

namespace {

// Of declare_workload.
const std::vector<std::string> workload_keys = {
    "scheme",      "seed",        "dataset",     "labels",          "layout",
    "scale",       "mean",        "std",         "random",          "weights",
    "activations", "calibration", "int8-layers", "first-last-bits", "accuracy-threshold"};

// A fixed scheme or wPaQ: names that parse, so no list has them all.
void declare_scheme(KeySet& keys, std::string& scheme) {
    Key& key = keys.text("scheme", scheme, "Quantization scheme of a network; w1a2: 1 bit x 2 bits",
                         "NAME");
    key.allowed = "one of " + known_schemes();
    key.store = [&scheme, allowed = key.allowed](std::string_view text,
                                                 const std::filesystem::path&) -> std::string {
        if (!is_scheme(text)) return "must be " + allowed + did_you_mean(text, scheme_names());
        scheme = text;
        return "";
    };
}

}  // namespace

void declare_workload(KeySet& keys, WorkloadOptions& o) {
    declare_scheme(keys, o.scheme);
    keys.integer("seed", o.seed, {.min = 0}, units::none, "Seed of everything random");
    keys.path("dataset", o.dataset, ".npz, .npy, a folder of PNG images, or one with zoo.json")
        .value_name = "PATH";
    keys.path("labels", o.labels, "Labels of the data set: .npy, or one number a line");
    keys.choice("layout", o.layout,
                {{"auto", ImageLayout::automatic},
                 {"nchw", ImageLayout::nchw},
                 {"nhwc", ImageLayout::nhwc}},
                "Axes of the images in the data set; auto: as their sizes say");
    keys.real("scale", o.scale, {.min = 1e-30, .max = 1e30}, units::none,
              "Inputs are (stored x scale - mean) / std");
    keys.text("mean", o.mean, "Taken from the inputs: one number, or one a channel; default 0",
              "LIST");
    keys.text("std", o.deviation, "Divides the inputs: one number, or one a channel; default 1",
              "LIST");
    keys.flag("random", o.random, "Random codes in the network's shapes: no accuracy");
    keys.text("weights", o.weights_format, "Format of the weights, with random codes", "FORMAT");
    keys.text("activations", o.activations_format, "Format of the activations, with random codes",
              "FORMAT");
    keys.integer("calibration", o.calibration_inputs, {.min = 1}, "inputs",
                 "Calibration inputs of the quantization");
    keys.integer("int8-layers", o.int8_layers, {.min = -1}, units::none,
                 "Layers raised to 8-bit integers; -1: the scheme decides");
    keys.integer("first-last-bits", o.first_last_bits, {.min = 0, .max = 8}, "bits",
                 "Width of the first and the last layer; 0: as the others");
    keys.real("accuracy-threshold", o.accuracy_threshold, {.min = 0, .max = 1}, units::none,
              "Loss of top-1 above which more layers are raised to 8 bits");
    keys.flag("no-accuracy", o.skip_accuracy, "Evaluate no test inputs");
}

void refuse_workload_options(const KeySet& keys, const std::vector<std::string>& allowed,
                             const std::string& reason) {
    for (const std::string& name : workload_keys) {
        const bool may = std::find(allowed.begin(), allowed.end(), name) != allowed.end();
        if (!may && !keys.find(name)->place.empty())
            fail("command line: --{} has no effect: {}", name, reason);
    }
}

QuantizeResult make_trace(const std::filesystem::path& path, const WorkloadOptions& options,
                          const KeySet& keys, Progress& progress) {
    const Network network = load_network(path);
    if (options.random || network.shape_only) {
        refuse_workload_options(keys,
                                {"scheme", "seed", "random", "weights", "activations",
                                 "int8-layers", "first-last-bits"},
                                options.random
                                    ? "--random gives random codes"
                                    : path.string() + " has shapes only, its codes are random");
        RandomTraceOptions random;
        random.scheme = options.scheme;
        random.int8_layers = options.int8_layers;
        random.first_last_bits = options.first_last_bits;
        random.weights_format = options.weights_format;
        random.activations_format = options.activations_format;
        random.seed = static_cast<std::uint64_t>(options.seed);
        random.version = program_version;
        random.check = options.check;
        return {random_trace(network, random), {}, -1.0, -1.0};
    }
    for (const char* name : {"weights", "activations"})
        if (!keys.find(name)->place.empty())
            fail(
                "command line: --{} has no effect: the scheme chooses the formats; with --random "
                "it would",
                name);
    const WorkloadData data = read_data(path, network, options, keys);
    QuantizeOptions quantization;
    quantization.data_note = data.note;
    quantization.stated_accuracy = data.stated_accuracy;
    // A network trained for a scheme is quantized by it unless another one is asked for.
    const bool given = !keys.find("scheme")->place.empty();
    quantization.scheme = network.trained && !given ? network.trained->scheme : options.scheme;
    quantization.calibration_inputs = options.calibration_inputs;
    quantization.seed = static_cast<std::uint64_t>(options.seed);
    quantization.int8_layers = options.int8_layers;
    quantization.first_last_bits = options.first_last_bits;
    quantization.accuracy_threshold = options.accuracy_threshold;
    quantization.evaluate = !options.skip_accuracy;
    quantization.version = program_version;
    quantization.progress = [&progress](std::string_view what, double done, double total) {
        progress.update(what, done, total);
    };
    QuantizeResult result = quantize(network, data.dataset, quantization);
    progress.clear();
    return result;
}

void check_output_folder(std::string_view option, const std::filesystem::path& file) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
        fail("command line: --{} = {}: folder {} does not exist", option, file.string(),
             folder.string());
}

}  // namespace bitloom
