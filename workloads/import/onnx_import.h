// SPDX-License-Identifier: Apache-2.0
// ONNX -> Network. Weights must be initializers; the batch (first axis) is 1 or symbolic and is
// dropped. Everything that is a function of constants and of shapes is computed while importing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workloads/import/network.h"

namespace bitloom {

// Throws Error that names the file, and the node and operator, for whatever the Network cannot
// express exactly, and all unsupported operators at once, with their counts; also for what ONNX does
// not declare and for attributes and inputs that change the result and are not read. Images are turned to [H,W,C]; transposes are inserted only where an operator
// needs another order than the one at hand.
Network import_onnx(const std::filesystem::path& path);

// The operators that import_onnx knows, sorted.
std::vector<std::string> onnx_operators();

}  // namespace bitloom
