// SPDX-License-Identifier: Apache-2.0
// The device models by the names that users type. The one list: the program, the tests and the
// documentation derive from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/cim/device/device_model.h"

namespace bitloom {

// In the order of documentation.
const std::vector<std::string>& device_names();

// The model of that name; lives as long as the program. Unknown: Error with the nearest name.
const DeviceModel& device_model(std::string_view name);

}  // namespace bitloom
