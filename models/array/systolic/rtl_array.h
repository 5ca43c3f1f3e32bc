// SPDX-License-Identifier: Apache-2.0
// The array as RTL: rtl/systolic_array.sv, made C++ by Verilator, in lock-step with the SystemC
// clock. Psums are those that the RTL puts on its outputs, events those that its handshakes show.
// Time: the command's configuration is taken at the edge at which it begins; the operands of step s
// lie at the pins during the step's cycles and are taken at the edge that ends them; a psum of step
// s is at the outputs after that edge. In a step of several cycles (narrow scratchpad ports) the
// array is enabled in the last one only.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "models/array/systolic/systolic_body.h"
#include "models/array/systolic/systolic_sequencer.h"
#include "models/array/systolic/verilated_array.h"

namespace bitloom {

class RtlArray final : public SystolicBody {
public:
    SC_HAS_PROCESS(RtlArray);
    // Throws Error for an array that the RTL is not built for.
    RtlArray(sc_core::sc_module_name name, const SystolicConfig& config, sc_core::sc_time period);
    ~RtlArray() override;
    void execute(const ArrayCommand& command) override;
    void record_waveform(std::shared_ptr<WaveformFile> file) override;
    void write_coverage(const std::filesystem::path& path) { array_->write_coverage(path); }

private:
    // The psum that column `c` gives next: columns give theirs in order.
    struct NextPsum {
        std::size_t fold = 0;
        std::int64_t index = 0;  // of the fold's psums in this column
    };

    void on_clock();  // the only process: one rising edge
    void rise();
    void present_step();
    void take_psums();
    void store(const Fold& fold, std::int64_t m, std::int64_t n, std::int32_t psum);
    bool gives_psums(const Fold& fold, std::int64_t column) const;

    std::unique_ptr<VerilatedArray> array_;
    bool recording_ = false;
    bool risen_ = false;  // last_rise_ps_ is waiting to be written
    std::uint64_t last_rise_ps_ = 0;

    // the command being executed
    const ArrayCommand* command_ = nullptr;
    std::optional<SystolicSequencer> sequencer_;
    ArrayPins pins_;
    std::vector<NextPsum> next_psums_;  // by column
    std::int64_t step_ = 0;
    std::int64_t cycle_ = 0;  // of the step
    std::int64_t step_cycles_ = 1;
    std::int64_t outstanding_ = 0;  // psums that have not left yet

    sc_core::sc_event tick_;
    sc_core::sc_event done_;
};

}  // namespace bitloom
