// SPDX-License-Identifier: Apache-2.0
// A chip with a memory of the test's choice, and a layer to run on it. One bench a process.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <tlm>

#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "models/chip/gemm_chip/gemm_chip.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/host_executor.h"
#include "sim/mapping/map_layer.h"
#include "sim/mapping/weight_image.h"
#include "tests/models/array/array_bench.h"

namespace bitloom::test {

// A base-protocol memory that waits: every access takes `latency` from the time that the initiator
// announces, one after another as the calls come. With zero latency it answers at once.
class WaitingMemory : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<WaitingMemory> socket{"socket"};

    WaitingMemory(sc_core::sc_module_name name, std::int64_t bytes, sc_core::sc_time latency)
        : sc_module(name), bytes_(static_cast<std::size_t>(bytes)), latency_(latency) {
        socket.register_b_transport(this, &WaitingMemory::b_transport);
        socket.register_transport_dbg(this, &WaitingMemory::transport_dbg);
    }
    std::int64_t bytes_moved() const { return bytes_moved_; }

private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
        if (latency_ != sc_core::SC_ZERO_TIME) {
            wait(delay + latency_);
            delay = sc_core::SC_ZERO_TIME;
        }
        bytes_moved_ += transport_dbg(payload);
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    unsigned int transport_dbg(tlm::tlm_generic_payload& payload) {
        std::byte* place = bytes_.data() + payload.get_address();
        if (payload.get_address() + payload.get_data_length() > bytes_.size()) return 0;
        if (payload.is_read())
            std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
        else
            std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
        return payload.get_data_length();
    }

    std::vector<std::byte> bytes_;
    const sc_core::sc_time latency_;
    std::int64_t bytes_moved_ = 0;
};

class ChipBench : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(ChipBench);
    // Binds `memory_cycles` of waiting an access.
    ChipBench(const Trace& trace, const GemmChipConfig& config, std::int64_t memory_cycles)
        : sc_module(sc_core::sc_module_name("bench")),
          trace_(trace),
          config_(config),
          map_(trace),
          period_ps_(1'000'000'000'000 / config.clock_hz),
          memory_(
              "memory", map_.size_bytes(),
              sc_core::sc_time(static_cast<double>(memory_cycles * period_ps_), sc_core::SC_PS)),
          chip_("chip", config) {
        chip_.memory().bind(memory_.socket);
        SC_THREAD(run);
    }

    // Runs every layer; what went wrong, or nothing.
    std::string simulate() {
        sc_core::sc_start();
        if (!finished_) problems_ += "a unit waits for ever\n";
        return problems_;
    }
    // The time at which the last layer was done.
    sc_core::sc_time end_time() const { return end_; }
    std::int64_t period_ps() const { return period_ps_; }
    const std::vector<LayerMeasurement>& measured() const { return measured_; }
    std::int64_t bytes_moved() const { return memory_.bytes_moved(); }

private:
    void put(const TensorPlace& place, std::span<const std::byte> bytes) {
        chip_.backdoor_write(place.address, bytes);
    }
    void run() {
        ActivationBytes expected;
        Dice dice(1, "inputs");
        for (const std::string& name : external_inputs(trace_.manifest())) {
            const Activation& a = trace_.manifest().activation(name);
            expected[name] =
                random_codes(dice, vector_count(a), a.shape.back(), format(a.format).bits());
            put(map_.activation(name), expected[name]);
        }
        for (const Layer& layer : trace_.manifest().layers) {
            if (layer.weights) put(map_.weights(layer), weight_image(trace_, layer));
            if (layer.weights || layer.op == Operator::matmul)
                put(map_.parameters(layer), parameter_image(trace_, layer));
            if (!layer.constant.empty())
                put(map_.constant(layer), trace_.tensor(layer.constant).bytes);
        }
        HostExecutor(trace_, accumulator_bits(config_.array)).run(expected);
        for (const Layer& layer : trace_.manifest().layers) {
            if (MemoryMap::is_alias(trace_.manifest(), layer)) continue;
            measured_.push_back(chip_.run(map_layer(trace_, layer, map_, config_), true));
            for (const std::string& name : layer.outputs) {
                std::vector<std::byte> bytes(
                    static_cast<std::size_t>(map_.activation(name).bytes()));
                chip_.backdoor_read(map_.activation(name).address, bytes);
                if (bytes != expected.at(name)) problems_ += name + " is wrong\n";
            }
        }
        end_ = sc_core::sc_time_stamp();
        finished_ = true;
    }

    const Trace trace_;
    const GemmChipConfig config_;
    const MemoryMap map_;
    const std::int64_t period_ps_;
    WaitingMemory memory_;
    GemmChip chip_;
    std::vector<LayerMeasurement> measured_;
    std::string problems_;
    sc_core::sc_time end_;
    bool finished_ = false;
};

}  // namespace bitloom::test
