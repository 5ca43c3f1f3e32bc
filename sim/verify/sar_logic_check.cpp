// SPDX-License-Identifier: Apache-2.0
#include <Vsar_logic.h>
#include <Vsar_logic4.h>

#include "models/cim/digital/sar_logic.h"
#include "sim/verify/adc_logic_check.h"
#include "sim/verify/checks.h"

namespace bitloom {

void check_sar_logic(VerifyRun& run) {
    check_adc_logic<Vsar_logic4, SarLogic, 4>(run, 4);
    check_adc_logic<Vsar_logic, SarLogic, 8>(run, 8);
}

}  // namespace bitloom
