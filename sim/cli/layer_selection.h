// SPDX-License-Identifier: Apache-2.0
// The layers that `bitloom run --layers` and `--explain` name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// "conv1,fc", "0..3", "2,5,fc": names, numbers from 0, and ranges of numbers with both ends. A name
// wins over a number. Returns names in the order of `layers`, each once. Throws Error.
// option: that the text is of, for the message.
std::vector<std::string> select_layers(std::string_view text,
                                       const std::vector<std::string>& layers,
                                       std::string_view option = "layers");

}  // namespace bitloom
