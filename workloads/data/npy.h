// SPDX-License-Identifier: Apache-2.0
// numpy's .npy files: a header of text, then one array. Format: numpy.lib.format, versions 1 to 3.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "workloads/trace/trace.h"

namespace bitloom {

// The file of a tensor: version 1.0, little-endian, C order.
std::vector<std::byte> npy_bytes(const Tensor& tensor);

// The array of a file in C order. Either byte order; C or Fortran order; bool (as U8), int8..int64,
// uint8, float32 and float64. `name` stands for the file in errors. Throws Error for anything else:
// other types, sizes that are not the file's, text that is no header.
Tensor read_npy(std::span<const std::byte> bytes, const std::string& name);

}  // namespace bitloom
