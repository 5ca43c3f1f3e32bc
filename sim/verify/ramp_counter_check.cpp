// SPDX-License-Identifier: Apache-2.0
#include <Vramp_counter.h>
#include <Vramp_counter4.h>

#include "models/cim/digital/ramp_counter.h"
#include "sim/verify/adc_logic_check.h"
#include "sim/verify/checks.h"

namespace bitloom {

void check_ramp_counter(VerifyRun& run) {
    check_adc_logic<Vramp_counter4, RampCounter, 4>(run, 8);
    check_adc_logic<Vramp_counter, RampCounter, 8>(run, 128);
}

}  // namespace bitloom
