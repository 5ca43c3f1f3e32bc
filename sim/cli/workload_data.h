// SPDX-License-Identifier: Apache-2.0
// The data that a network is quantized and evaluated with.
#pragma once

#include <filesystem>
#include <string>

#include "sim/cli/workload.h"

namespace bitloom {

struct WorkloadData {
    Dataset dataset;
    std::string note;             // what was read and how; empty: the data of a zoo folder
    double stated_accuracy = -1;  // of the float network, by its zoo.json; -1: not stated
};

// The data set of the options, else that beside the network's zoo.json. Throws Error: no data,
// files that do not fit the network, options that have no effect.
WorkloadData read_data(const std::filesystem::path& network_path, const Network& network,
                       const WorkloadOptions& options, const KeySet& keys);

}  // namespace bitloom
