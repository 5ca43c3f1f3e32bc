// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/locate.h"

#include <algorithm>
#include <string_view>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view network_endings[] = {".onnx", ".net", ".csv", ".safetensors"};

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

// The first candidate that exists. `kind` is what the user was asked for.
fs::path first_existing(std::string_view kind, const std::string& name,
                        const std::vector<fs::path>& candidates,
                        const std::vector<std::string>& known, const fs::path& base) {
    std::string tried;
    for (const fs::path& candidate : candidates) {
        if (is_there(candidate)) return candidate;
        tried += (tried.empty() ? "" : ", ") + candidate.string();
    }
    fail("{}{} '{}' not found: tried {}{}", base.empty() ? "command line: " : "", kind, name, tried,
         did_you_mean(name, known));
}

// "zoo/digits": folders with a zoo.json, and network files without their ending.
std::vector<std::string> known_networks(const fs::path& workloads) {
    std::vector<std::string> names;
    for (const char* collection : {"zoo", "papers"}) {
        std::error_code error;
        fs::recursive_directory_iterator at(workloads / collection, error), end;
        for (; !error && at != end; at.increment(error)) {
            const fs::path& path = at->path();
            const bool is_network = at->is_directory()
                                        ? is_there(path / "zoo.json")
                                        : path.extension() == ".net" || path.extension() == ".csv";
            if (is_network)
                names.push_back(
                    path.lexically_relative(workloads).replace_extension().generic_string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

std::vector<fs::path> chip_files(const fs::path& data) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::directory_iterator at(data / "models" / "chip", error), end;
    for (; !error && at != end; at.increment(error))
        if (at->path().extension() == ".ini") files.push_back(at->path());
    std::sort(files.begin(), files.end());
    return files;
}

fs::path locate_chip(const std::string& name, const fs::path& data, const fs::path& base) {
    std::vector<fs::path> candidates{base / name};
    std::vector<std::string> known;
    if (fs::path(name).is_relative()) {
        const fs::path folder = data / "models" / "chip";
        candidates.push_back(folder / name);
        if (!name.ends_with(".ini")) candidates.push_back(folder / (name + ".ini"));
        for (const fs::path& file : chip_files(data)) known.push_back(file.stem().string());
    }
    const fs::path found = first_existing("chip", name, candidates, known, base);
    if (!fs::is_directory(found)) return found;
    // A folder of the chip's name in the working directory must not hide the chip.
    candidates.erase(candidates.begin());
    std::erase_if(candidates, [](const fs::path& path) { return fs::is_directory(path); });
    return first_existing("chip", name, candidates, known, base);
}

fs::path locate_network(const std::string& name, const fs::path& data, const fs::path& base) {
    std::vector<fs::path> candidates{base / name};
    std::vector<std::string> known;
    if (fs::path(name).is_relative()) {
        const fs::path path = data / "workloads" / name;
        candidates.push_back(path);
        if (!path.has_extension())
            for (const std::string_view ending : network_endings)
                candidates.push_back(path.string() + std::string(ending));
        if (!is_there(candidates[0])) known = known_networks(data / "workloads");
    }
    return first_existing("network or trace", name, candidates, known, base);
}

fs::path locate_dataset(const fs::path& name, const fs::path& data) {
    if (name.empty() || is_there(name)) return name;
    std::vector<fs::path> candidates{name};
    if (name.is_relative()) candidates.push_back(data / "workloads" / name);
    return first_existing("data set", name.string(), candidates, known_networks(data / "workloads"),
                          "");
}

bool is_trace_file(const fs::path& path) {
    return path.extension() == ".safetensors";
}

}  // namespace bitloom
