// SPDX-License-Identifier: Apache-2.0
// The safetensors file layout (public format of the Hugging Face safetensors library): 8 bytes
// little-endian length N of the header; N bytes of JSON, {"name": {"dtype", "shape",
// "data_offsets": [begin, end]}, "__metadata__": {string: string}}; then the data, which the
// tensors cover without hole or overlap.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "workloads/trace/trace.h"

namespace bitloom {

struct SafetensorsContent {
    std::map<std::string, TensorView, std::less<>> tensors;  // views into the bytes read, unaligned
    std::map<std::string, std::string> metadata;
};

// Throws Error "FILE: ..." for whatever departs from the layout, and for types other than
// TensorType's. A header has at most 100,000,000 bytes, a shape at most max_rank axes.
SafetensorsContent read_safetensors(std::span<const std::byte> bytes, const std::string& file);

using ByteSink = std::function<void(std::span<const std::byte>)>;

// Equal content gives equal bytes. Data begin at a multiple of 64 bytes and are ordered by
// descending size of the type, then by name: every tensor is aligned for its type.
void write_safetensors(const SafetensorsContent& content, const std::string& file,
                       const ByteSink& sink);

}  // namespace bitloom
