// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/base/error.h"

namespace bitloom {

template <class Action>
std::string message_of(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace bitloom
