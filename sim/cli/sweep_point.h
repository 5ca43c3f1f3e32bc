// SPDX-License-Identifier: Apache-2.0
// The keys of a sweep's points, and the files that they name.
//
//     chip, network     as `bitloom run CHIP NETWORK`; gemm = MxNxK in the network's place
//     scheme, seed, inputs, fidelity, layers, ...     its options, flags as `random = true`
//     array.rows, ...   any key of the chip
//
// A file named without an absolute path lies in the folder of the sweep, or is a name of the data
// folder's.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "sim/cli/simulation.h"
#include "sim/config/read.h"
#include "sim/sweep/sweep_file.h"

namespace bitloom {

struct SweepFolders {
    std::filesystem::path sweep;  // where the sweep's file lies
    std::filesystem::path data;   // Arguments::data_folder
};

// What a point asks for. Throws Error with every problem of its keys, without their places.
class PointInput {
public:
    PointInput(const SweepPoint& point, const SweepFolders& folders);
    PointInput(const PointInput&) = delete;
    PointInput& operator=(const PointInput&) = delete;

    std::filesystem::path chip;  // .ini
    KeyValues chip_keys;
    std::filesystem::path network;  // empty with gemm
    SimulationOptions simulation;
    WorkloadOptions workload;
    KeySet keys;  // of the two above, with the point's values

    // Whether its trace comes from a network, which takes a while.
    bool needs_quantization() const;
};

// The place of a parameter stands before what is wrong with it:
//     s.ini:3: array.rows = 0: must be 2..1024, a multiple of 2
//     s.ini:4: unknown key 'array.row' of chip ant; did you mean 'array.rows'?
// Each value is looked at once a chip. Of a search, whose points are not known yet, a value is
// wrong when no chip of the file takes it. Throws Error with every problem.
void check_keys(const SweepFile& file, std::span<const SweepPoint> points,
                const SweepFolders& folders);

// Fills file.contents for the chips (their tables included), networks, data sets and tables that
// the sweep names. Throws Error with the place for what is not there.
void read_contents(SweepFile& file, const SweepFolders& folders);

// A hash of what lies in a network (a file, or zoo.json and the files that it names).
std::string network_content(const std::filesystem::path& network);

}  // namespace bitloom
