// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_point.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <system_error>
#include <tuple>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "models/base/text.h"
#include "sim/cli/locate.h"
#include "sim/engine/chip_description.h"
#include "sim/engine/scale_sim_config.h"
#include "sim/sweep/content_hash.h"
#include "workloads/import/load.h"

namespace bitloom {

namespace {

namespace fs = std::filesystem;

bool is_chip_key(std::string_view key) {
    return key.find('.') != std::string_view::npos;
}

// A chip's keys, whose names and values can be tried.
struct ChipKeys {
    ChipKeys(const fs::path& ini, const KeyValues& overrides) : chip(default_chip(ini, overrides)) {
        declare_keys(keys, chip);
    }

    ChipDescription chip;
    KeySet keys;
};

bool is_path(const Key& key) {
    return key.value_name == "FILE";
}

KeyValues chip_keys_of(const SweepPoint& point) {
    KeyValues values;
    for (const auto& [key, value] : point.values)
        if (is_chip_key(key)) values.emplace_back(key, value);
    return values;
}

fs::path find_dataset(const std::string& name, const SweepFolders& folders) {
    return locate_network(name, folders.data, folders.sweep);
}

// Looks at every value once a chip.
class Checker {
public:
    Checker(const SweepFile& file, const SweepFolders& folders) : file_(file), folders_(folders) {
        declare_simulation(run_keys_, simulation_);
        declare_workload(run_keys_, workload_);
    }

    void check(const SweepPoint& point) {
        const std::string* chip = point.find("chip");
        if (chip == nullptr) {
            note(file_.name, "a point has no chip: give chip = NAME");
            return;
        }
        const bool network = point.find("network") != nullptr, gemm = point.find("gemm") != nullptr;
        if (network == gemm)
            note(file_.name, network ? "a point has a network and gemm: must be one of them"
                                     : "a point has no workload: give network = NAME or gemm = "
                                       "MxNxK");
        ChipKeys& keys = keys_of(*chip, chip_keys_of(point));
        for (const auto& [key, value] : point.values)
            if (seen_.emplace(&keys, key, value).second)
                if (const std::string problem = problem_of(*chip, keys.keys, key, value);
                    !problem.empty())
                    note(place_of(key), problem);
    }

    // Of a search: each value with each chip.
    void check_values() {
        std::vector<std::string> chips;
        bool network = false, gemm = false;
        for (const SweepParameter& parameter : file_.parameters) {
            if (parameter.name == "chip") chips = parameter.domain.values;
            network |= parameter.name == "network";
            gemm |= parameter.name == "gemm";
        }
        if (chips.empty()) note(file_.name, "has no chip: give chip = NAME");
        if (!network && !gemm)
            note(file_.name, "has no workload: give network = NAME or gemm = MxNxK");
        for (const SweepParameter& parameter : file_.parameters) {
            std::vector<std::string> values = parameter.domain.values;
            if (parameter.domain.continuous)
                values = {parameter.domain.at(0.0), parameter.domain.at(1.0)};
            for (const std::string& value : values) {
                std::string first_problem;
                for (const std::string& chip : chips) {
                    const std::string problem =
                        problem_of(chip, keys_of(chip, {}).keys, parameter.name, value);
                    if (first_problem.empty()) first_problem = problem;
                    if (problem.empty()) {
                        first_problem.clear();
                        break;
                    }
                }
                if (!first_problem.empty()) note(parameter.place, first_problem);
            }
        }
    }

    void throw_all() const { throw_problems(problems_); }

private:
    void note(const std::string& place, const std::string& problem) {
        const std::string text = place + ": " + problem;
        if (std::find(problems_.begin(), problems_.end(), text) == problems_.end())
            problems_.push_back(text);
    }

    std::string place_of(const std::string& key) const {
        for (const SweepParameter& parameter : file_.parameters)
            if (parameter.name == key) return parameter.place;
        return file_.name;
    }

    ChipKeys& keys_of(const std::string& chip, const KeyValues& overrides) {
        std::string type;
        for (const auto& [key, value] : overrides)
            if (key == "chip.type") type = value;
        std::unique_ptr<ChipKeys>& keys = chips_[{chip, type}];
        if (!keys)
            keys = std::make_unique<ChipKeys>(locate_chip(chip, folders_.data, folders_.sweep),
                                              overrides);
        return *keys;
    }

    // "" or what is wrong with a value, or with the key.
    std::string problem_of(const std::string& chip, KeySet& chip_keys, const std::string& name,
                           const std::string& value) {
        if (name == "chip" || name == "network") return "";  // read_contents has found it
        KeySet& keys = is_chip_key(name) ? chip_keys : run_keys_;
        if (Key* key = keys.find(name)) {
            const std::string problem = key->store(value, folders_.sweep);
            return problem.empty() ? "" : fmt::format("{} = {}: {}", name, value, problem);
        }
        std::vector<std::string> known = {"chip", "network"};
        for (const KeySet* each : {&run_keys_, &chip_keys})
            for (const std::string& each_name : each->names()) known.push_back(each_name);
        return fmt::format("unknown key '{}'{}{}", name,
                           is_chip_key(name) ? " of chip " + chip : std::string(),
                           did_you_mean(name, known));
    }

    const SweepFile& file_;
    const SweepFolders& folders_;
    SimulationOptions simulation_;
    WorkloadOptions workload_;
    KeySet run_keys_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<ChipKeys>> chips_;
    std::set<std::tuple<const ChipKeys*, std::string, std::string>> seen_;
    std::vector<std::string> problems_;
};

std::string file_content(const fs::path& file) {
    return sha256(read_file(file));
}

// Of the file and of the tables that it names.
std::string chip_content(const fs::path& ini) {
    std::vector<std::pair<std::string, std::string>> contents = {{"ini", read_file(ini)}};
    ChipKeys chip(ini, {});
    std::vector<std::string> problems;
    store(chip.keys, ini.string(), parse_ini(ini.string(), chip_ini(ini), problems), problems);
    throw_problems(problems);
    for (const Key& key : chip.keys.keys())
        if (const std::string file = key.print(); is_path(key) && !file.empty())
            contents.emplace_back(key.name, file_content(file));
    return sha256_of_pairs(contents);
}

}  // namespace

PointInput::PointInput(const SweepPoint& point, const SweepFolders& folders) {
    declare_simulation(keys, simulation);
    declare_workload(keys, workload);
    std::vector<Assignment> assignments;
    for (const auto& [key, value] : point.values) {
        if (key == "chip")
            chip = locate_chip(value, folders.data, folders.sweep);
        else if (key == "network")
            network = locate_network(value, folders.data, folders.sweep);
        else if (!is_chip_key(key))
            assignments.push_back({key, value, "point"});
    }
    std::vector<std::string> problems;
    store(keys, (folders.sweep / "point").string(), assignments, problems);
    throw_problems(problems);
    if (const std::string* dataset = point.find("dataset"))
        workload.dataset = find_dataset(*dataset, folders);
    chip_keys = chip_keys_of(point);
    const ChipKeys known(chip, chip_keys);
    for (auto& [name, value] : chip_keys)
        if (const Key* key = known.keys.find(name); key != nullptr && is_path(*key))
            value = (folders.sweep / value).lexically_normal().string();
}

bool PointInput::needs_quantization() const {
    return simulation.gemm.empty() && !is_trace_file(network);
}

void check_keys(const SweepFile& file, std::span<const SweepPoint> points,
                const SweepFolders& folders) {
    Checker checker(file, folders);
    if (file.is_search())
        checker.check_values();
    else
        for (const SweepPoint& point : points) checker.check(point);
    checker.throw_all();
}

void read_contents(SweepFile& file, const SweepFolders& folders) {
    const std::map<std::string, std::function<std::string(const std::string&)>> readers = {
        {"chip",
         [&](const std::string& name) {
             return chip_content(locate_chip(name, folders.data, folders.sweep));
         }},
        {"network",
         [&](const std::string& name) {
             return network_content(locate_network(name, folders.data, folders.sweep));
         }},
        {"dataset",
         [&](const std::string& name) { return network_content(find_dataset(name, folders)); }},
        {"energy.table",
         [&](const std::string& name) { return file_content(folders.sweep / name); }},
        {"energy.sram",
         [&](const std::string& name) { return file_content(folders.sweep / name); }}};
    std::vector<std::string> problems;
    for (const SweepParameter& parameter : file.parameters) {
        const auto reader = readers.find(parameter.name);
        if (reader == readers.end()) continue;
        for (const std::string& value : parameter.domain.values) try {
                file.contents[parameter.name][value] = reader->second(value);
            } catch (const Error& error) {
                problems.push_back(parameter.place + ": " + error.what());
            }
    }
    throw_problems(problems);
}

std::string network_content(const fs::path& network) {
    std::error_code ignored;
    if (!fs::is_directory(network, ignored)) return file_content(network);
    const ZooRecord record = read_zoo_record(network);
    const std::pair<std::string, std::string> contents[] = {
        {"zoo.json", read_file(network / "zoo.json")},
        {"network", read_file(network / record.network)},
        {"data", read_file(network / record.data)}};
    return sha256_of_pairs(contents);
}

}  // namespace bitloom
