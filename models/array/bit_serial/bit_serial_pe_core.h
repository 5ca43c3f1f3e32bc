// SPDX-License-Identifier: Apache-2.0
// The bit-serial core with every dot-product unit stepped in every cycle. What a unit adds in a
// cycle is what BitSerialPe makes of the words on its wires; when a step ends is found by stepping
// the lanes until each is done. It never computes a psum or a count in any other way.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "models/array/bit_serial/bit_serial_body.h"
#include "models/array/bit_serial/bit_serial_lane.h"
#include "models/array/bit_serial/bit_serial_steps.h"
#include "models/pe/bit_serial/bit_serial_pe.h"

namespace bitloom {

class BitSerialPeCore final : public BitSerialBody {
public:
    using BitSerialBody::BitSerialBody;
    void execute(const ArrayCommand& command) override;

private:
    using Words = std::vector<std::uint64_t>;

    // A dot-product unit: its accumulator, and the same sum without wrapping, to count overflows.
    struct Unit {
        BitSerialPe::State pe;
        std::int64_t exact = 0;
        std::int64_t step = 0;  // loom: sum of the weight planes under one digit
    };
    // What a pipeline stage carries; empty: a bubble.
    using Operation = std::function<void()>;

    // One clock cycle: an operation enters the pipeline, another leaves it.
    void cycle(Operation operation);
    // Bubbles until the last operation of a step, its cycle number `compute`, has its operands:
    // these bits for each of the array's rows and columns.
    void wait_for_ports(std::int64_t compute, std::int64_t activation_bits,
                        std::int64_t weight_bits);

    void run_planes();
    void run_loom();
    void run_loom_step(const BitFold& fold, std::int64_t k, bool last);
    void run_parallel();
    template <class Lane>
    void run_parallel_step(const BitFold& fold, const std::vector<std::int64_t>& positions,
                           bool first, bool last, std::int64_t lines, std::int64_t slot_bits);

    // Codes and participation of positions of the tile's slice of K.
    std::uint32_t activation_code(std::int64_t m, std::int64_t k) const;
    std::uint32_t weight_code(std::int64_t n, std::int64_t k) const;
    bool takes_part(std::int64_t m, std::int64_t k) const;
    // A word's plane, from position k on.
    Words activation_word(std::int64_t m, int plane, std::int64_t k) const;
    Words weight_word(std::int64_t n, int plane, std::int64_t k) const;
    Words mask_word(std::int64_t m, std::int64_t k) const;
    std::int64_t positions_at(std::int64_t k) const;

    Unit& unit(std::int64_t row, std::int64_t column) {
        return units_[static_cast<std::size_t>(row * config_.columns + column)];
    }
    // Writes a fold's sums, each shifted by its stacked planes, to the output scratchpad.
    void write_back(const BitFold& fold, const PlaneLayout& layout);

    std::vector<Unit> units_;
    std::deque<Operation> pipeline_;

    // the command being executed
    const ArrayCommand* command_ = nullptr;
    BitGemmShape shape_;
    std::size_t depth_ = 0;             // of the pipeline
    std::vector<std::int64_t> exact_;   // by output: sum without wrapping
    std::vector<char> written_;         // by output: some of its sum lies in the scratchpad
    std::vector<std::int32_t> before_;  // psums that the command adds to
};

}  // namespace bitloom
