// SPDX-License-Identifier: Apache-2.0
// `bitloom run CHIP TRACE|NETWORK`: simulates.
#pragma once

#include "sim/cli/command.h"
#include "sim/cli/simulation.h"

namespace bitloom {

class RunCommand : public Command {
public:
    std::string_view name() const override { return "run"; }
    std::string_view summary() const override;
    std::string_view usage() const override { return "run CHIP TRACE|NETWORK [options]"; }
    std::string_view details() const override;
    std::string_view examples() const override;
    bool takes_chip_keys() const override { return true; }
    void declare(KeySet& options) override;
    int run(const Arguments& arguments, const KeySet& options, Console& console) override;

private:
    std::vector<std::string> explained_layers(const Trace& trace, const RunOptions& how) const;

    WorkloadOptions workload_;
    SimulationOptions simulation_;
    bool check_ = false;
    std::filesystem::path json_, csv_, html_, timeline_, vcd_, dump_folder_;
    std::string dump_, explain_;
};

}  // namespace bitloom
