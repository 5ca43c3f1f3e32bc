// SPDX-License-Identifier: Apache-2.0
// A trace: the manifest and its tensors, either mapped from a .safetensors file or built in memory.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.h"
#include "workloads/trace/layer.h"

namespace bitloom {

enum class TensorType { u8, i8, i16, i32, i64, f32, f64 };
std::int64_t byte_size(TensorType type);
std::string_view to_string(TensorType type);  // safetensors' names: "U8", "F32", ...

// The TensorType of a C++ type: uint8_t, int8_t, int16_t, int32_t, int64_t, float, double.
template <class T>
constexpr TensorType tensor_type();

// Bytes of a tensor, little-endian, C order; they live as long as the Trace or a copy of it.
// Aligned for the type, whatever the file.
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

    // Throws InternalError when T is not the type's C++ type or the count is not the shape's.
    template <class T>
    static Tensor of(TensorType type, Shape shape, std::span<const T> values);
    bool operator==(const Tensor&) const = default;
};

// Cheap to copy: copies share the same content, which never changes.
//
// Checked beyond problems(manifest): each tensor that the manifest names exists (in a shape-only
// trace all but weights may be absent) and has its type and shape; weights are U8 of exactly the
// packed size, unused bits zero, no code a NaN or infinity; biases I32 [OC]; constants I16 of the
// result's shape; gamma and beta F32 [features]; the optional tensors of layer.h have the shapes
// given there, with labels >= 0 and "dataset_scale" a number > 0 for I8 inputs; every F32 is
// finite; no other tensor exists.
class Trace {
public:
    Trace() = default;  // holds nothing: every query throws InternalError

    // Maps the file; checks every size, offset, shape and code before anything is used. The file
    // must not be changed in place while a Trace of it lives; replacing it (write does) is fine.
    // Throws Error: "FILE: where: what is wrong: found: allowed".
    static Trace open(const std::filesystem::path& path);
    // The content of a file; `name` stands for its path in errors.
    static Trace from_bytes(std::vector<std::byte> bytes, std::string name);
    // Takes ownership; runs the same checks. Errors begin with "trace 'NETWORK'".
    static Trace from_memory(Manifest manifest, std::map<std::string, Tensor> tensors);

    const Manifest& manifest() const;
    bool has_tensor(std::string_view name) const;
    TensorView tensor(std::string_view name) const;  // throws Error when absent
    std::vector<std::string> tensor_names() const;   // sorted
    bool shape_only() const;                         // some weights have no tensor
    // Codes of a layer's weights, one per byte (formats of up to 8 bits), in C order. Throws Error
    // when the layer has no weights or they have no tensor.
    std::vector<std::uint8_t> weight_codes(const Layer& layer) const;
    // Throws Error when the file of an opened trace has been written to since.
    void check_unchanged() const;
    // Equal traces give equal bytes.
    void write(const std::filesystem::path& path) const;  // whole or not at all
    std::vector<std::byte> to_bytes() const;              // what write() writes

    // Equal manifests, and equal names, types, shapes and bytes of all tensors.
    bool operator==(const Trace& other) const;

private:
    struct Storage;
    const Storage& storage() const;
    static Trace from_file_content(std::shared_ptr<Storage> storage,
                                   std::span<const std::byte> bytes, const std::string& file);
    std::shared_ptr<const Storage> storage_;
};

// Sub-byte packing: element i occupies bits [i*bits, (i+1)*bits) of the little-endian bit stream;
// the unused bits of the last byte are zero. bits 1..8. InternalError: a code of 2^bits or more, or
// a packed size other than packed_size(count, bits).
std::vector<std::byte> pack_codes(std::span<const std::uint8_t> codes, int bits);
std::vector<std::uint8_t> unpack_codes(std::span<const std::byte> packed, int bits,
                                       std::int64_t count);
std::int64_t packed_size(std::int64_t count, int bits);  // bytes

template <class T>
constexpr TensorType tensor_type() {
    if constexpr (std::same_as<T, std::uint8_t>)
        return TensorType::u8;
    else if constexpr (std::same_as<T, std::int8_t>)
        return TensorType::i8;
    else if constexpr (std::same_as<T, std::int16_t>)
        return TensorType::i16;
    else if constexpr (std::same_as<T, std::int32_t>)
        return TensorType::i32;
    else if constexpr (std::same_as<T, std::int64_t>)
        return TensorType::i64;
    else if constexpr (std::same_as<T, float>)
        return TensorType::f32;
    else {
        static_assert(std::same_as<T, double>, "not the type of a tensor");
        return TensorType::f64;
    }
}

template <class T>
std::span<const T> TensorView::as() const {
    BITLOOM_CHECK(type == tensor_type<T>(), "a {} tensor is not read as {}", to_string(type),
                  to_string(tensor_type<T>()));
    BITLOOM_CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(T) == 0,
                  "the bytes of a {} tensor are aligned", to_string(type));
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

template <class T>
Tensor Tensor::of(TensorType type, Shape shape, std::span<const T> values) {
    BITLOOM_CHECK(type == tensor_type<T>(), "a {} tensor is not made of {}", to_string(type),
                  to_string(tensor_type<T>()));
    BITLOOM_CHECK(element_count(shape) == static_cast<std::int64_t>(values.size()),
                  "a tensor of shape {} is not made of {} values", to_string(shape), values.size());
    Tensor tensor{type, std::move(shape), std::vector<std::byte>(values.size_bytes())};
    if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), values.size_bytes());
    return tensor;
}

}  // namespace bitloom
