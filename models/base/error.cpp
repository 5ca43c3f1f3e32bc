// SPDX-License-Identifier: Apache-2.0
#include "models/base/error.h"

namespace bitloom {

void check_failed(const char* file, int line, const std::string& belief) {
    throw InternalError(fmt::format("{}:{}: believed: {}", file, line, belief));
}

}  // namespace bitloom
