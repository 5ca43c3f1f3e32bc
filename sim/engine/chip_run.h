// SPDX-License-Identifier: Apache-2.0
// What runs of every kind of chip share, and one function a kind. Called by engine.
#pragma once

#include <systemc>

#include "sim/engine/engine.h"
#include "sim/engine/host_executor.h"

namespace bitloom {

RunResult run_gemm_chip(const ChipDescription& description, const Trace& trace,
                        const RunOptions& options);
RunResult run_cim_chip(const ChipDescription& description, const Trace& trace,
                       const RunOptions& options);

// Codes of the external inputs: the trace's reference input, else the first of its data set, else
// random ones of the seed; from_dataset: not random.
ActivationBytes external_activations(const Trace& trace, std::uint64_t seed, bool& from_dataset);

// Gives a chip one layer at a time. Everything that may fail (mapping, checks) happens between
// layers, outside of the kernel's processes: an exception that leaves a process would only arrive
// as text.
class LayerRunner : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(LayerRunner);
    explicit LayerRunner(sc_core::sc_module_name name);

    // Runs the simulation until `body`, called at a clock edge in an SC_THREAD, has returned.
    void execute(const std::string& layer, std::function<void()> body);

private:
    void run();

    std::function<void()> body_;
    bool done_ = false;
    sc_core::sc_event go_;
};

}  // namespace bitloom
