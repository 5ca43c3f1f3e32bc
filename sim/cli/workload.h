// SPDX-License-Identifier: Apache-2.0
// From what a user names (a network, its data, a scheme) to a trace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/cli/progress.h"
#include "sim/config/key_set.h"
#include "workloads/data/own_data.h"
#include "workloads/quantize/quantize.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom {

struct WorkloadOptions {
    std::string scheme = "ant4";
    std::int64_t seed = 1;
    std::filesystem::path dataset;  // empty: the one beside zoo.json
    std::filesystem::path labels;   // of `dataset`, where it has none
    ImageLayout layout = ImageLayout::automatic;
    double scale = 1.0;           // of own data, as the next two: see Normalization
    std::string mean, deviation;  // "0.5" or one a channel, "0.5,0.4,0.5"
    bool random = false;          // random codes whatever the network holds
    std::string weights_format;   // random codes only; empty: the scheme's
    std::string activations_format;
    std::int64_t calibration_inputs = 64;
    std::int64_t int8_layers = -1;
    int first_last_bits = 8;
    double accuracy_threshold = 0.01;
    bool skip_accuracy = false;
    ShapeCheck check{};  // of random codes, before they are made
};

// The options that `run` and `quantize` share.
void declare_workload(KeySet& keys, WorkloadOptions& options);

// The network's trace: quantized from its data, or with random codes when asked for or when the
// network has shapes only (then `tensors` is empty and the accuracies are -1). Throws Error.
QuantizeResult make_trace(const std::filesystem::path& network, const WorkloadOptions& options,
                          const KeySet& keys, Progress& progress);

// Throws Error when one of the options of declare_workload was given although `reason` makes it
// void: "command line: --scheme has no effect: t.safetensors is a trace".
void refuse_workload_options(const KeySet& keys, const std::vector<std::string>& allowed,
                             const std::string& reason);

// The folder that holds `file` must exist. Throws Error.
void check_output_folder(std::string_view option, const std::filesystem::path& file);

}  // namespace bitloom
