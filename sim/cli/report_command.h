// SPDX-License-Identifier: Apache-2.0
// `bitloom report RESULTS.db`: a sweep becomes a page.
#pragma once

#include "sim/cli/command.h"

namespace bitloom {

class ReportCommand : public Command {
public:
    std::string_view name() const override { return "report"; }
    std::string_view summary() const override { return "Turn the results of a sweep into a page"; }
    std::string_view usage() const override { return "report RESULTS.db [options]"; }
    std::string_view details() const override;
    std::string_view examples() const override;
    void declare(KeySet& options) override;
    int run(const Arguments& arguments, const KeySet& options, Console& console) override;

private:
    std::string sweep_, compare_sweep_, x_, y_;
    std::filesystem::path html_, compare_;
};

}  // namespace bitloom
