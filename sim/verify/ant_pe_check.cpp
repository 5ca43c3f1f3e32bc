// SPDX-License-Identifier: Apache-2.0
#include "sim/verify/ant_pe_check.h"

#include <Vant_decoder4.h>
#include <Vant_pe.h>
#include <Vant_pe16.h>

#include "sim/verify/checks.h"

namespace bitloom {

void check_ant_pe(VerifyRun& run) {
    check_ant_pe_codes<Vant_decoder4, Vant_pe>(run, "decoder and PE");
    check_ant_pe_operands<Vant_pe, 32>(run, "PE of 32 bits");
    check_ant_pe_operands<Vant_pe16, 16>(run, "PE of 16 bits");
}

}  // namespace bitloom
