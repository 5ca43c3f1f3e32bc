// SPDX-License-Identifier: Apache-2.0
// The bit-serial core as one transaction a command: psums by popcounts or, where planes are many,
// by the integer GEMM kernel; cycles and counts from count_bit_command. Equal to BitSerialPeCore on
// every command.
#pragma once

#include <map>
#include <optional>

#include "models/array/bit_serial/bit_gemm.h"
#include "models/array/bit_serial/bit_serial_body.h"
#include "models/array/bit_serial/bit_serial_steps.h"
#include "models/array/gemm_kernel.h"

namespace bitloom {

class BitSerialTileCore final : public BitSerialBody {
public:
    using BitSerialBody::BitSerialBody;
    void execute(const ArrayCommand& command) override;

private:
    // What the bytes of a weight scratchpad become; filled as far as commands ask for it.
    struct Weights {
        std::optional<CodeMatrix> codes;
        std::optional<BitPanels> panels;
        std::optional<PackedWeights> packed;
        std::vector<TacticalSchedule> schedules;
    };
    // The same for the windows of a band.
    struct Activations {
        std::optional<CodeMatrix> codes;
        std::optional<CodeMatrix> mask;  // of padding that takes no part
        std::optional<BitRows> rows;
        std::optional<UnpackedActivations> unpacked;
    };
    // Names what the windows of a band hold: the same band serves several slices of K and groups.
    struct WindowTag {
        ContentTag band;
        std::int64_t k_begin = 0, k_end = 0, channel_begin = 0, out_h = 0, out_w = 0;
        bool operator==(const WindowTag&) const = default;
    };

    void select_operands(const ArrayCommand& command);
    const CodeMatrix& weight_codes_of(const ArrayCommand& command);
    const CodeMatrix& activation_codes_of(const ArrayCommand& command);
    const CodeMatrix* mask_of(const ArrayCommand& command);
    ArrayCounts count(const ArrayCommand& command);
    void multiply_planes(const ArrayCommand& command);
    void multiply_integers(const ArrayCommand& command);
    std::int64_t multiply_exactly(const ArrayCommand& command);  // overflows

    std::map<ContentTag, Weights> kept_;  // of this layer
    std::int64_t kept_codes_ = 0;
    std::int64_t layer_ = 0;
    Weights* weights_ = nullptr;  // of this command
    WindowTag window_;
    Activations activations_;
};

}  // namespace bitloom
