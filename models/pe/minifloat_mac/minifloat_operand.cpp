// SPDX-License-Identifier: Apache-2.0
#include "models/pe/minifloat_mac/minifloat_operand.h"

#include "models/base/error.h"

namespace bitloom {

const MinifloatShape& minifloat_mac_shape(std::string_view name) {
    for (const NamedMinifloat& format : minifloat_mac_formats)
        if (format.name == name) return format.shape;
    fail("format '{}': the minifloat MAC cannot take it: allowed: e4m3 e5m2 e2m1", name);
}

}  // namespace bitloom
