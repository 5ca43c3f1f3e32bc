// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/base/error.h"

namespace bitloom::test {

// The text of the Error that `action` throws; "no error" when it throws none. Other exceptions pass
// and fail the test.
template <class Action>
std::string error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace bitloom::test
