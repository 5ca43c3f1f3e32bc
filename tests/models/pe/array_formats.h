// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "models/pe/ant_pe/ant_decoder.h"

namespace bitloom::test {

// Every format of the product's list that the array takes.
inline std::vector<std::string> array_formats() {
    std::vector<std::string> names;
    for (const std::string& name : format_names()) try {
            AntDecoder decoder(format(name));
            names.push_back(name);
        } catch (const Error&) {
        }
    return names;
}

}  // namespace bitloom::test
