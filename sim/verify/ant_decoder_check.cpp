// SPDX-License-Identifier: Apache-2.0
#include "sim/verify/ant_decoder_check.h"

#include <Vant_decoder3.h>
#include <Vant_decoder4.h>
#include <Vant_decoder5.h>
#include <Vant_decoder6.h>
#include <Vant_decoder7.h>
#include <Vant_decoder8.h>

#include "sim/verify/checks.h"

namespace bitloom {

void check_ant_decoder(VerifyRun& run) {
    check_ant_decoder_width<Vant_decoder3>(run, 3);
    check_ant_decoder_width<Vant_decoder4>(run, 4);
    check_ant_decoder_width<Vant_decoder5>(run, 5);
    check_ant_decoder_width<Vant_decoder6>(run, 6);
    check_ant_decoder_width<Vant_decoder7>(run, 7);
    check_ant_decoder_width<Vant_decoder8>(run, 8);
}

}  // namespace bitloom
