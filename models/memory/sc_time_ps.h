// SPDX-License-Identifier: Apache-2.0
// sc_time as integer picoseconds: exact, without the doubles of sc_time's constructors.
#pragma once

#include <cstdint>
#include <systemc>

#include "models/base/error.h"

namespace bitloom {

// Error unless the kernel counts in picoseconds (its default); `who` names the module.
inline void require_picoseconds(const char* who) {
    if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_PS)) {
        fail("{}: time resolution = {}: must be 1 ps", who,
             sc_core::sc_get_time_resolution().to_string());
    }
}

inline std::int64_t to_ps(const sc_core::sc_time& time) {
    return static_cast<std::int64_t>(time.value());
}

inline sc_core::sc_time from_ps(std::int64_t ps) {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(ps));
}

}  // namespace bitloom
