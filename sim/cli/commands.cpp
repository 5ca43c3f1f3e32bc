// SPDX-License-Identifier: Apache-2.0
// The list of verbs.
#include "sim/cli/compare_command.h"
#include "sim/cli/quantize_command.h"
#include "sim/cli/report_command.h"
#include "sim/cli/run_command.h"
#include "sim/cli/show_command.h"
#include "sim/cli/sweep_command.h"
#include "sim/cli/verify_command.h"

namespace bitloom {

std::vector<std::unique_ptr<Command>> all_commands() {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(std::make_unique<RunCommand>());
    commands.push_back(std::make_unique<QuantizeCommand>());
    commands.push_back(std::make_unique<SweepCommand>());
    commands.push_back(std::make_unique<VerifyCommand>());
    commands.push_back(std::make_unique<ReportCommand>());
    commands.push_back(std::make_unique<CompareCommand>());
    commands.push_back(std::make_unique<ShowCommand>());
    return commands;
}

}  // namespace bitloom
