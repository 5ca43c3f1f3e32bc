// SPDX-License-Identifier: Apache-2.0
// `bitloom sweep SWEEP.ini --database R.db`: measures many points.
#pragma once

#include "sim/cli/command.h"

namespace bitloom {

class SweepCommand : public Command {
public:
    std::string_view name() const override { return "sweep"; }
    std::string_view summary() const override {
        return "Measure many chips and networks; keep the results in a database";
    }
    std::string_view usage() const override {
        return "sweep SWEEP.ini --database RESULTS.db [options]";
    }
    std::string_view details() const override;
    std::string_view examples() const override;
    void declare(KeySet& options) override;
    int run(const Arguments& arguments, const KeySet& options, Console& console) override;

private:
    int run_file(const std::filesystem::path& path, const Arguments& arguments, Console& console);
    int run_points_of(const std::filesystem::path& path, const Arguments& arguments);
    int show_status(Console& console) const;
    int export_points(Console& console) const;

    std::filesystem::path database_, cache_, export_, task_;
    std::string sweep_, sbatch_;
    std::string launcher_ = "local";
    std::int64_t jobs_ = 0;
    bool resume_ = false, retry_failed_ = false, explain_ = false, status_ = false;
};

}  // namespace bitloom
