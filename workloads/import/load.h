// SPDX-License-Identifier: Apache-2.0
// Networks and data sets by path, whatever their source.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "workloads/import/network.h"

namespace bitloom {

// zoo.json: what a folder of workloads/zoo says about its network.
struct ZooRecord {
    std::string name, task, origin, licence;
    std::vector<std::string> classes;
    std::filesystem::path network, data;  // relative to the folder
    // Top-1 over the test inputs, 0..1, as its trainer measured it; -1: not stated.
    double float_accuracy = -1;
    std::int64_t test_inputs = 0;
    Shape input_shape;         // ONNX's layout, without the batch
    double input_scale = 1.0;  // real = input_scale * stored value, for int8 inputs
    std::optional<TrainedScales> quantization;  // of a network trained for one scheme
};

// Throws Error "FILE: ..." for a missing, unknown or wrong member.
ZooRecord read_zoo_record(const std::filesystem::path& folder);

// `path` is a zoo folder (zoo.json), an .onnx file, a SCALE-Sim topology (.csv) or a description
// (.net). The last two give shapes only. Throws Error.
Network load_network(const std::filesystem::path& path);

// The data set of a zoo folder: test inputs, labels and calibration inputs in the layout of the
// imported network (images [H,W,C]). Checks types, shapes, finite values, labels against the
// classes. Throws Error.
Dataset load_dataset(const std::filesystem::path& zoo_folder);

}  // namespace bitloom
