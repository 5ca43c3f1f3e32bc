// SPDX-License-Identifier: Apache-2.0
// The files through which points go to a task on another machine and come back.
//
// A task is a file of points; a shard is what one process did of a task: a file beside it that only
// this process writes, a line a point, each on the disk before the next point is begun. A task that
// is started again (its machine came back, the scheduler thought it lost) has a further shard. All
// lines are JSON; a line that was cut off or is damaged counts as a point that was not done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <vector>

#include "sim/sweep/sweep_run.h"

namespace bitloom {

void write_task(const std::filesystem::path& task, std::span<const SweepPoint> points);
// Throws Error for a file that is none.
std::vector<SweepPoint> read_task(const std::filesystem::path& task);

// What a task's process does: runs the points that no shard of the task has, into a new shard.
// Returns what `run` returned. Throws Error when a file cannot be read or written.
bool run_task(const std::filesystem::path& task, const RunPoints& run);

// Reads the shards in a folder as they grow.
class ShardReader {
public:
    explicit ShardReader(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Hands over the records that were not there before, in the order of file names and lines.
    void read(const RecordDone& found);

private:
    std::filesystem::path folder_;
    std::map<std::filesystem::path, std::uintmax_t> read_;  // bytes of each shard
};

}  // namespace bitloom
