// SPDX-License-Identifier: Apache-2.0
// `bitloom show WHAT`: lists and explains.
#pragma once

#include "sim/cli/command.h"
#include "sim/cli/show_topics.h"

namespace bitloom {

class ShowCommand : public Command {
public:
    std::string_view name() const override { return "show"; }
    std::string_view summary() const override;
    std::string_view usage() const override { return "show WHAT [NAME] [options]"; }
    std::string_view details() const override;
    std::string_view examples() const override;
    bool takes_chip_keys() const override { return true; }
    void declare(KeySet& options) override;
    int run(const Arguments& arguments, const KeySet& options, Console& console) override;

private:
    ShowOptions options_;
};

}  // namespace bitloom
