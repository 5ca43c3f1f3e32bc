// SPDX-License-Identifier: Apache-2.0
#include <Vint8_mac.h>
#include <Vint8_mac20.h>

#include "models/pe/int8_mac/int8_mac.h"
#include "sim/verify/byte_operands.h"
#include "sim/verify/checks.h"

namespace bitloom {

namespace {

template <int acc_bits>
struct Int8MacPe {
    using Operands = ByteOperands;
    using State = Int8Mac::State;
    static State next(const State& state, bool clear, const Operands& operands) {
        return Int8Mac::next(state,
                             {true, clear, static_cast<std::int8_t>(operands.activation),
                              static_cast<std::int8_t>(operands.weight)},
                             acc_bits);
    }
    static std::int64_t sum(const State& state) { return state.accumulator; }
};

template <class V, int acc_bits>
void check_width(VerifyRun& run, const std::string& name, std::int64_t length) {
    MacCheck<MacRtl<V, DriveBytes, acc_bits>, MacModel<Int8MacPe<acc_bits>, acc_bits>> check(run,
                                                                                             name);
    check.begin("every pair", true, 65536);
    for (int i = 0; i < 65536; ++i) check.product(byte_pair(true, true, i));
    check.end();
    check.accumulate({byte_pair(true, true, 0x8080), byte_pair(true, true, 0x807f),
                      byte_pair(true, true, 0x7f7f), byte_pair(true, true, 0xff01)},
                     length);
    check.random([](Draws& draws) { return byte_pair(true, true, draws.below(65536)); });
}

}  // namespace

void check_int8_mac(VerifyRun& run) {
    check_width<Vint8_mac, 32>(run, "MAC of 32 bits", 140000);  // 2^17 products of 2^14 wrap
    check_width<Vint8_mac20, 20>(run, "MAC of 20 bits", 4096);
}

}  // namespace bitloom
