// SPDX-License-Identifier: Apache-2.0
#include <Vant_int8_pe.h>

#include "sim/verify/byte_operands.h"
#include "sim/verify/checks.h"

namespace bitloom {

void check_ant_int8_pe(VerifyRun& run) {
    run.rtl_coverage().leave_out("ant_decoder.sv");  // integers only; it has a check of its own
    MacCheck<MacRtl<Vant_int8_pe, DriveBytes, 32>, MacModel<AntInt8Pe, 32>> check(run, "four PEs");
    for (const bool activation_signed : {true, false})
        for (const bool weight_signed : {true, false}) {
            check.begin(fmt::format("every pair {}int8 x {}int8", activation_signed ? "" : "u",
                                    weight_signed ? "" : "u"),
                        true, 65536);
            for (int i = 0; i < 65536; ++i)
                check.product(byte_pair(activation_signed, weight_signed, i));
            check.end();
        }
    // 255 * 255 and -128 * 255 wrap 32 bits after some 33000 and 66000 products.
    check.accumulate({byte_pair(false, false, 0xffff), byte_pair(true, false, 0xff80),
                      byte_pair(true, true, 0x7f7f), byte_pair(true, true, 0x8080)},
                     140000);
    check.random([](Draws& draws) {
        return byte_pair(draws.one_in(2), draws.one_in(2), draws.below(65536));
    });
}

}  // namespace bitloom
