// SPDX-License-Identifier: Apache-2.0
// What `bitloom show` prints: one function a topic. Each returns the whole text.
#pragma once

#include <filesystem>
#include <string>

#include "sim/config/read.h"

namespace bitloom {

std::string show_formats();
std::string show_format(const std::string& name, bool csv);
// The chips of the data folder with the first comment line of their files.
std::string show_chips(const std::filesystem::path& data);
// Every key with its value, unit, range and text.
std::string show_chip(const std::filesystem::path& ini, const KeyValues& overrides);
std::string show_energy(const std::filesystem::path& table);
std::string show_trace(const std::filesystem::path& file);
std::string show_network(const std::filesystem::path& path);

}  // namespace bitloom
