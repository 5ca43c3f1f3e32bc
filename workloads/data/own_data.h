// SPDX-License-Identifier: Apache-2.0
// A user's own data for a network: .npz, .npy or a folder of PNG images.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/import/network.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// Where the channels of images are. automatic: as the sizes say, when only one order fits them.
enum class ImageLayout { automatic, nchw, nhwc };

// real = (stored * scale - mean) / deviation; the last two one number, or one a channel (an input
// without channels: the last axis).
struct Normalization {
    double scale = 1.0;                   // finite, > 0
    std::vector<double> mean, deviation;  // empty: 0 and 1; deviation > 0
};

// What was stored.
struct StoredData {
    std::string file;
    Tensor inputs;  // [count, ...]; U8, I8, F32 or F64
    std::optional<std::vector<std::int64_t>> labels;
    std::vector<std::string> classes;  // of a folder of folders
    ImageLayout layout = ImageLayout::automatic;
};

bool is_own_data(const std::filesystem::path& path);  // .npz, .npy, or a folder without zoo.json

// .npz: arrays "inputs" (or "images", "x", "x_test") and "labels" (or "y", "y_test"), these may be
// absent; .npy: the inputs; a folder: see png_folder.h. labels: .npy, .csv or .txt, one for each
// input, in place of none; empty: not given. Throws Error that names the file.
StoredData read_own_data(const std::filesystem::path& path, const std::filesystem::path& labels);

struct OwnData {
    Dataset dataset;   // without labels: the inputs are calibration inputs alone
    std::string note;  // what was read and how, in one line
};

// In the network's layout ([H,W,C] images). An axis for the only channel, or for the batch of 1,
// may be left out; so may all axes of an input whose order does not depend on the layout. Throws
// Error for inputs of another shape, for a layout that the sizes leave open, for values that are
// not finite, and for labels that are not 0..classes-1.
OwnData fit_to_network(const StoredData& stored, const Network& network, ImageLayout layout,
                       const Normalization& normalization);

}  // namespace bitloom
