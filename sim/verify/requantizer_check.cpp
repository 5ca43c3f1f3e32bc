// SPDX-License-Identifier: Apache-2.0
#include "sim/verify/requantizer_check.h"

#include <Vrequantizer.h>

#include "sim/verify/checks.h"

namespace bitloom {

void check_requantizer(VerifyRun& run) {
    check_requantizer_model<Vrequantizer>(run);
}

}  // namespace bitloom
