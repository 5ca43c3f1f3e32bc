// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/workload_data.h"

#include "models/base/error.h"
#include "sim/cli/number_list.h"
#include "workloads/import/load.h"

namespace bitloom {

namespace {

bool has_own_record(const std::filesystem::path& network) {
    std::error_code ignored;
    return std::filesystem::exists(network / "zoo.json", ignored);
}

std::vector<double> channel_numbers(const char* option, const std::string& text, double min) {
    if (text.empty()) return {};
    return read_number_list(option, text, units::none, min, 1e30,
                            "a number, or one a channel with commas between");
}

}  // namespace

WorkloadData read_data(const std::filesystem::path& path, const Network& network,
                       const WorkloadOptions& options, const KeySet& keys) {
    const auto refuse_others = [&](const std::string& reason) {
        for (const char* name : {"labels", "layout", "scale", "mean", "std"})
            if (!keys.find(name)->place.empty())
                fail("command line: --{} has no effect: {}", name, reason);
    };
    WorkloadData data;
    if (options.dataset.empty()) {
        if (!has_own_record(path))
            fail(
                "{}: no data to calibrate with: give --dataset DATA (.npz, .npy, a folder of PNG "
                "images or one with zoo.json), or --random for random codes",
                path.string());
        refuse_others("the network's own data is taken; with --dataset it would");
        data.dataset = load_dataset(path);
        data.stated_accuracy = read_zoo_record(path).float_accuracy;
        return data;
    }
    if (!is_own_data(options.dataset)) {
        std::error_code ignored;
        if (!std::filesystem::is_directory(options.dataset, ignored))
            fail(
                "command line: --dataset = {}: must be .npz, .npy, a folder of PNG images or a "
                "folder with zoo.json",
                options.dataset.string());
        refuse_others(options.dataset.string() + " has a zoo.json, which says it");
        data.dataset = load_dataset(options.dataset);
        return data;
    }
    const Normalization normalization{options.scale, channel_numbers("mean", options.mean, -1e30),
                                      channel_numbers("std", options.deviation, 1e-30)};
    OwnData own = fit_to_network(read_own_data(options.dataset, options.labels), network,
                                 options.layout, normalization);
    data.dataset = std::move(own.dataset);
    data.note = std::move(own.note);
    return data;
}

}  // namespace bitloom
