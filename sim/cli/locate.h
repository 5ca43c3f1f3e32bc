// SPDX-License-Identifier: Apache-2.0
// Chips and networks that users name instead of giving a path.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bitloom {

// The file that `name` means: itself when it exists, else DATA/models/chip/NAME[.ini].
// Throws Error that lists where it was looked for, and the nearest known chip. A name from a file
// starts in that file's folder, `base`, instead of the working directory.
std::filesystem::path locate_chip(const std::string& name, const std::filesystem::path& data,
                                  const std::filesystem::path& base = {});

// The file or folder that `name` means: itself when it exists, else DATA/workloads/NAME with the
// endings of network files: "zoo/digits", "papers/ant/resnet18".
std::filesystem::path locate_network(const std::string& name, const std::filesystem::path& data,
                                     const std::filesystem::path& base = {});

// The chips of the data folder, by name; empty when there is no such folder.
std::vector<std::filesystem::path> chip_files(const std::filesystem::path& data);

// A data set by its path, else by its name in the data folder: "zoo/digits". Empty stays empty.
// Throws Error with the places that were tried.
std::filesystem::path locate_dataset(const std::filesystem::path& name,
                                     const std::filesystem::path& data_folder);

// A trace is a file that ends with .safetensors; everything else is taken for a network.
bool is_trace_file(const std::filesystem::path& path);

}  // namespace bitloom
