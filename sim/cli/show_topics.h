// SPDX-License-Identifier: Apache-2.0
// What `bitloom show` prints: one function a topic. Each returns the whole text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sim/config/read.h"
#include "sim/report/text_style.h"

namespace bitloom {

// What `show device` simulates.
struct DeviceOptions {
    std::string targets;           // "1,5,25", in uS; empty: five over the range of the device
    std::string times;             // "0s,1h,1d", since the first read; empty: up to a year
    std::int64_t samples = 10000;  // devices for each target, >= 2
    std::int64_t seed = 1;
};

// The options of all topics.
struct ShowOptions {
    bool csv = false;             // of `format` and `device`
    std::filesystem::path table;  // of `energy`; empty: the table of 28 nm
    DeviceOptions device;
    TextStyle style;
};

// Every format, and which of the data folder's chips take it.
std::string show_formats(const std::filesystem::path& data, const TextStyle& style);
std::string show_format(const std::string& name, bool csv);
// Every quantization scheme; one with all that it does. Throws Error for an unknown name.
std::string show_schemes(const std::filesystem::path& data, const TextStyle& style);
std::string show_scheme(const std::string& name, const std::filesystem::path& data,
                        const TextStyle& style);
std::string show_devices(const TextStyle& style);
// Mean and standard deviation of programmed and read conductances: a row a target and time.
std::string show_device(const std::string& name, const DeviceOptions& options, bool csv,
                        const TextStyle& style);
// The chips of the data folder with the first comment line of their files.
std::string show_chips(const std::filesystem::path& data, const TextStyle& style);
// Every key with its value, unit, range and text.
std::string show_chip(const std::filesystem::path& ini, const KeyValues& overrides,
                      const TextStyle& style);
std::string show_energy(const std::filesystem::path& table, const TextStyle& style);
std::string show_trace(const std::filesystem::path& file, const TextStyle& style);
std::string show_network(const std::filesystem::path& path, const TextStyle& style);

}  // namespace bitloom
