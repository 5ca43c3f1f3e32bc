// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <regex>

#include "models/base/error.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t largest_header = 2048;  // of a plain array: 128 bytes
constexpr std::int64_t largest_axis = std::int64_t{1} << 40;

struct NumpyType {
    std::string_view name;  // without the byte order
    TensorType type;
};
constexpr std::array numpy_types = {
    NumpyType{"u1", TensorType::u8},  NumpyType{"b1", TensorType::u8},
    NumpyType{"i1", TensorType::i8},  NumpyType{"i2", TensorType::i16},
    NumpyType{"i4", TensorType::i32}, NumpyType{"i8", TensorType::i64},
    NumpyType{"f4", TensorType::f32}, NumpyType{"f8", TensorType::f64}};

// The value behind 'key': in the header's dictionary, which numpy writes as Python source.
std::string member(const std::string& header, const std::string& key, const std::string& pattern,
                   const std::string& name) {
    const std::regex expression("'" + key + "'\\s*:\\s*(" + pattern + ")\\s*[,}]");
    std::smatch match;
    if (!std::regex_search(header, match, expression))
        fail("{}: .npy header: '{}' is missing or not understood: {}", name, key, shown(header));
    return match[1];
}

Shape shape_of(const std::string& text, const std::string& name) {
    Shape shape;
    std::int64_t count = 1;
    const std::regex number("\\d+");
    for (std::sregex_iterator i(text.begin(), text.end(), number), end; i != end; ++i) {
        const std::string digits = i->str();
        const std::int64_t axis = digits.size() > 13 ? largest_axis + 1 : std::stoll(digits);
        if (axis > largest_axis || (axis != 0 && count > largest_axis / axis))
            fail("{}: .npy header: shape {}: more than 2^40 elements", name, text);
        count *= axis;
        shape.push_back(axis);
    }
    return shape;
}

// Elements of a Fortran-ordered array in C order.
std::vector<std::byte> in_c_order(std::span<const std::byte> data, const Shape& shape,
                                  std::size_t size) {
    std::vector<std::byte> out(data.size());
    std::vector<std::int64_t> at(shape.size());
    std::vector<std::int64_t> strides(shape.size(), 1);  // of the file, in elements
    for (std::size_t i = 1; i < shape.size(); ++i) strides[i] = strides[i - 1] * shape[i - 1];
    for (std::size_t to = 0; to < data.size(); to += size) {
        std::int64_t from = 0;
        for (std::size_t i = 0; i < shape.size(); ++i) from += at[i] * strides[i];
        std::copy_n(data.begin() + from * static_cast<std::int64_t>(size), size,
                    out.begin() + static_cast<std::ptrdiff_t>(to));
        for (std::size_t i = shape.size(); i-- > 0;) {
            if (++at[i] < shape[i]) break;
            at[i] = 0;
        }
    }
    return out;
}

}  // namespace

std::vector<std::byte> npy_bytes(const Tensor& tensor) {
    std::string_view type;
    for (const NumpyType& each : numpy_types)
        if (each.type == tensor.type && each.name != "b1") type = each.name;
    std::string axes;
    for (const std::int64_t axis : tensor.shape)
        axes += fmt::format("{}{}", axes.empty() ? "" : ", ", axis);
    if (tensor.shape.size() == 1) axes += ",";
    std::string header = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                     byte_size(tensor.type) == 1 ? '|' : '<', type, axes);
    // The data begin at a multiple of 64.
    const std::size_t before = magic.size() + 4;
    header += std::string((64 - (before + header.size() + 1) % 64) % 64, ' ') + "\n";
    std::string text(magic);
    text += '\1';
    text += '\0';
    text += static_cast<char>(header.size() & 255);
    text += static_cast<char>(header.size() >> 8);
    text += header;
    std::vector<std::byte> bytes(text.size() + tensor.bytes.size());
    std::transform(text.begin(), text.end(), bytes.begin(),
                   [](char c) { return static_cast<std::byte>(c); });
    std::copy(tensor.bytes.begin(), tensor.bytes.end(),
              bytes.begin() + static_cast<std::ptrdiff_t>(text.size()));
    return bytes;
}

Tensor read_npy(std::span<const std::byte> bytes, const std::string& name) {
    const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
    if (bytes.size() < 10 ||
        !std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](char a, std::byte b) { return static_cast<std::byte>(a) == b; }))
        fail("{}: not a .npy file: it does not begin with \\x93NUMPY", name);
    const std::size_t version = at(6);
    if (version < 1 || version > 3 || at(7) != 0)
        fail("{}: .npy version {}.{}: allowed: 1.0, 2.0, 3.0", name, version, at(7));
    const std::size_t start = version == 1 ? 10 : 12;
    if (bytes.size() < start) fail("{}: the .npy file ends within its header", name);
    std::size_t length = at(8) | at(9) << 8;
    if (version > 1) length |= at(10) << 16 | at(11) << 24;
    if (length > largest_header)
        fail("{}: .npy header of {} bytes: allowed: up to {}", name, length, largest_header);
    if (bytes.size() - start < length) fail("{}: the .npy file ends within its header", name);
    std::string header(length, ' ');
    for (std::size_t i = 0; i < length; ++i) header[i] = static_cast<char>(at(start + i));

    const std::string descr = member(header, "descr", "'[^']{1,16}'", name);
    const std::string_view type_name = std::string_view(descr).substr(1, descr.size() - 2);
    std::optional<TensorType> type;
    for (const NumpyType& each : numpy_types)
        if (type_name.size() == 3 && type_name.substr(1) == each.name &&
            std::string_view("<>|=").find(type_name[0]) != std::string_view::npos)
            type = each.type;
    if (!type)
        fail("{}: numpy type {}: allowed: bool, int8, int16, int32, int64, uint8, float32, float64",
             name, shown(type_name));
    const bool fortran = member(header, "fortran_order", "True|False", name) == "True";
    Tensor tensor;
    tensor.type = *type;
    const std::string axes = member(header, "shape", "\\([0-9, ]*\\)", name);
    tensor.shape = shape_of(axes, name);
    const auto size = static_cast<std::size_t>(byte_size(*type));
    const std::span<const std::byte> data = bytes.subspan(start + length);
    const auto count = static_cast<std::size_t>(element_count(tensor.shape));
    if (data.size() != count * size)
        fail("{}: .npy shape {} of {} bytes an element: the file has {} bytes of data, not {}",
             name, axes, size, data.size(), count * size);
    tensor.bytes = fortran ? in_c_order(data, tensor.shape, size)
                           : std::vector<std::byte>(data.begin(), data.end());
    if (type_name[0] == '>' && size > 1)
        for (std::size_t i = 0; i < tensor.bytes.size(); i += size)
            std::reverse(tensor.bytes.begin() + static_cast<std::ptrdiff_t>(i),
                         tensor.bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
    return tensor;
}

}  // namespace bitloom
