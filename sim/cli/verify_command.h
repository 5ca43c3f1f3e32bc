// SPDX-License-Identifier: Apache-2.0
// `bitloom verify [CHIP|PE|all]`: cross-checks the RTL against the C++ models.
#pragma once

#include <filesystem>

#include "sim/cli/command.h"
#include "sim/verify/verify.h"

namespace bitloom {

class VerifyCommand : public Command {
public:
    std::string_view name() const override { return "verify"; }
    std::string_view summary() const override;
    std::string_view usage() const override { return "verify [CHIP|PE|all] [options]"; }
    std::string_view details() const override;
    std::string_view examples() const override;
    void declare(KeySet& options) override;
    int run(const Arguments& arguments, const KeySet& options, Console& console) override;

private:
    std::int64_t seed_ = 1;
    std::int64_t vectors_ = 200000;
    std::filesystem::path export_;
    bool list_ = false;
    bool uncovered_ = false;
};

// The names of the checks with their descriptions.
std::string verify_list_text(const TextStyle& style);
// What was compared, the coverage, and the first difference with the command that repeats it.
std::string verify_text(const VerifyReport& report, const VerifyOptions& options,
                        const TextStyle& style);
// One line over several checks: all agree, or which differ.
std::string verify_summary(const std::vector<VerifyReport>& reports);
// The lines and bits of the RTL that the check did not reach.
std::string uncovered_text(const VerifyReport& report);

}  // namespace bitloom
