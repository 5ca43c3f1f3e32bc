// SPDX-License-Identifier: Apache-2.0
// `bitloom quantize NETWORK`: a network becomes a trace.
#pragma once

#include "sim/cli/command.h"
#include "sim/cli/workload.h"

namespace bitloom {

class QuantizeCommand : public Command {
public:
    std::string_view name() const override { return "quantize"; }
    std::string_view summary() const override { return "Turn a network into a quantized trace"; }
    std::string_view usage() const override { return "quantize NETWORK [options]"; }
    std::string_view details() const override;
    std::string_view examples() const override;
    void declare(KeySet& options) override;
    int run(const Arguments& arguments, const KeySet& options, Console& console) override;

private:
    WorkloadOptions workload_;
    std::filesystem::path output_;
};

// Per tensor the chosen type, its scale and its error; then the accuracies.
std::string quantization_report(const QuantizeResult& result, const TextStyle& style);

}  // namespace bitloom
