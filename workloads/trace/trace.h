// SPDX-License-Identifier: Apache-2.0
// A trace: the manifest and its tensors, either mapped from a .safetensors file or built in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/trace/layer.h"

namespace bitloom {

enum class TensorType { u8, i8, i16, i32, i64, f32, f64 };
std::int64_t byte_size(TensorType type);
std::string_view to_string(TensorType type);  // safetensors' names: "U8", "F32", ...

// Bytes of a tensor, little-endian, C order; they live as long as the Trace.
struct TensorView {
    TensorType type = TensorType::u8;
    Shape shape;
    std::span<const std::byte> bytes;

    template <class T>
    std::span<const T> as() const;  // throws InternalError when T is not the type's C++ type
};

struct Tensor {
    TensorType type = TensorType::u8;
    Shape shape;
    std::vector<std::byte> bytes;

    template <class T>
    static Tensor of(TensorType type, Shape shape, std::span<const T> values);
};

class Trace {
public:
    // Maps the file; checks every size, offset, shape and code before anything is used.
    // Throws Error: "FILE: where: what is wrong: found: allowed".
    static Trace open(const std::filesystem::path& path);
    // Takes ownership; runs the same checks.
    static Trace from_memory(Manifest manifest, std::map<std::string, Tensor> tensors);

    const Manifest& manifest() const;
    bool has_tensor(std::string_view name) const;
    TensorView tensor(std::string_view name) const;       // throws Error when absent
    std::vector<std::string> tensor_names() const;
    bool shape_only() const;                              // some weights have no tensor
    // Codes of a layer's weights, one per byte (formats of up to 8 bits), in C order.
    std::vector<std::uint8_t> weight_codes(const Layer& layer) const;
    void write(const std::filesystem::path& path) const;  // whole or not at all

private:
    struct Storage;
    std::shared_ptr<const Storage> storage_;
};

// Sub-byte packing: element i occupies bits [i*bits, (i+1)*bits) of the little-endian bit stream;
// the unused bits of the last byte are zero. bits 1..8.
std::vector<std::byte> pack_codes(std::span<const std::uint8_t> codes, int bits);
std::vector<std::uint8_t> unpack_codes(std::span<const std::byte> packed, int bits, std::int64_t count);

}  // namespace bitloom
