// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/output_plan.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "models/base/error.h"

namespace bitloom {

namespace {

bool is_same(const OutputTarget& a, const OutputTarget& b) {
    if (a.is_null_device && b.is_null_device) return false;
    if (a.exists && b.exists) return a.device == b.device && a.inode == b.inode;
    return !a.exists && !b.exists && a.real == b.real;
}

}  // namespace

void OutputPlan::keep(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode))
        note_input(status.st_dev, status.st_ino);
}

void OutputPlan::keep_database(const std::filesystem::path& file) {
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) keep(file.string() + ending);
}

void OutputPlan::add_database(std::string_view option, const std::filesystem::path& file) {
    add(option, file);
    if (outputs_.back().target.kind != OutputTarget::Kind::regular)
        fail("command line: {}: must be a regular file", outputs_.back().shown);
}

void OutputPlan::add(std::string_view option, const std::filesystem::path& file) {
    if (file.empty()) return;
    const std::string shown = fmt::format("--{} = {}", option, file.string());
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0 && errno == ENOENT)
        fail("command line: {}: folder {} does not exist", shown, folder.string());
    OutputTarget target;
    try {
        target = output_target(file);
    } catch (const Error& error) {
        fail("command line: --{} = {}", option, error.what());
    }
    if (target.kind == OutputTarget::Kind::folder)
        fail("command line: {}: is a folder, must be a file", shown);
    if (const std::string problem = output_problem(target); !problem.empty())
        fail("command line: {}: cannot write: {}", shown, problem);
    for (const Output& other : outputs_)
        if (is_same(other.target, target))
            fail("command line: {}: --{} writes there, too", shown, other.option);
    outputs_.push_back({std::string(option), shown, target});
    check_inputs();
}

void OutputPlan::check_inputs() const {
    for (const Output& output : outputs_)
        if (output.target.kind == OutputTarget::Kind::regular && output.target.exists &&
            is_input(output.target.device, output.target.inode))
            fail("command line: {}: is also an input of this run", output.shown);
}

bool OutputPlan::all_through() const {
    return std::all_of(outputs_.begin(), outputs_.end(), [](const Output& output) {
        return output.target.kind == OutputTarget::Kind::through;
    });
}

bool OutputPlan::takes_standard_output() const {
    return std::any_of(outputs_.begin(), outputs_.end(),
                       [](const Output& output) { return output.target.stream == STDOUT_FILENO; });
}

}  // namespace bitloom
