// SPDX-License-Identifier: Apache-2.0
// `bitloom compare A.json B.json`: two results layer by layer.
#pragma once

#include "sim/cli/command.h"

namespace bitloom {

class CompareCommand : public Command {
public:
    std::string_view name() const override { return "compare"; }
    std::string_view summary() const override { return "Compare two results of `run --json`"; }
    std::string_view usage() const override { return "compare A.json B.json [options]"; }
    std::string_view details() const override;
    std::string_view examples() const override;
    void declare(KeySet& options) override;
    int run(const Arguments& arguments, const KeySet& options, Console& console) override;

private:
    std::filesystem::path json_, csv_;
};

}  // namespace bitloom
