// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "workloads/trace/names.h"
#include "workloads/trace/strict_json.h"

namespace bitloom {

// Tensor bytes are used as they lie in the file.
static_assert(std::endian::native == std::endian::little, "the host must be little-endian");

namespace {

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // bytes; the limit of the public library
constexpr std::uint64_t data_alignment = 64;           // bytes; a cache line

struct TypeName {
    TensorType type;
    std::string_view name;
    std::int64_t size;  // bytes
};

constexpr std::array<TypeName, 7> types = {{{TensorType::u8, "U8", 1},
                                            {TensorType::i8, "I8", 1},
                                            {TensorType::i16, "I16", 2},
                                            {TensorType::i32, "I32", 4},
                                            {TensorType::i64, "I64", 8},
                                            {TensorType::f32, "F32", 4},
                                            {TensorType::f64, "F64", 8}}};

const TypeName& type_name(TensorType type) {
    for (const TypeName& known : types)
        if (known.type == type) return known;
    check_failed(__FILE__, __LINE__, "every tensor type has a name");
}

TensorType read_type(const std::string& name, const std::string& place) {
    for (const TypeName& known : types)
        if (known.name == name) return known.type;
    fail("{}: dtype {}: must be one of U8 I8 I16 I32 I64 F32 F64", place, shown(name));
}

struct Range {
    std::int64_t begin = 0, end = 0;  // bytes from the start of the data
    std::string name;
};

// One entry of the header.
TensorView read_entry(const JsonValue& value, std::span<const std::byte> data,
                      const std::string& place, Range& range) {
    JsonObject object(value);
    TensorView view;
    view.type = read_type(object.required("dtype").string(), place);
    view.shape = object.required("shape").integers();
    if (view.shape.size() > static_cast<std::size_t>(max_rank))
        fail("{}: shape has {} axes: at most {}", place, view.shape.size(), max_rank);
    const std::vector<std::int64_t> offsets = object.required("data_offsets").integers();
    object.finish();
    if (offsets.size() != 2)
        fail("{}: data_offsets has {} numbers: must be 2", place, offsets.size());
    range.begin = offsets[0];
    range.end = offsets[1];
    if (range.begin < 0 || range.begin > range.end ||
        range.end > static_cast<std::int64_t>(data.size()))
        fail("{}: data_offsets [{}, {}]: must be 0 <= begin <= end <= {}, the size of the data",
             place, range.begin, range.end, data.size());
    std::int64_t needed = 0;
    try {
        needed = element_count(view.shape);
    } catch (const Error& error) {
        fail("{}: {}", place, error.what());
    }
    if (__builtin_mul_overflow(needed, byte_size(view.type), &needed) ||
        needed != range.end - range.begin)
        fail("{}: data_offsets [{}, {}]: {} of shape {} needs another number of bytes than {}",
             place, range.begin, range.end, to_string(view.type), to_string(view.shape),
             range.end - range.begin);
    view.bytes = data.subspan(static_cast<std::size_t>(range.begin),
                              static_cast<std::size_t>(range.end - range.begin));
    return view;
}

// The format demands that the tensors cover the data exactly: nothing can hide in a file.
void check_cover(std::vector<Range> ranges, std::int64_t data_size, const std::string& file) {
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    std::int64_t covered = 0;
    const Range* last = nullptr;
    for (const Range& range : ranges) {
        if (range.begin < covered)
            fail("{}: tensor {}: begins at byte {} of the data: tensor {} ends at {}", file,
                 shown(range.name), range.begin, shown(last->name), covered);
        if (range.begin > covered)
            fail("{}: bytes {}..{} of the data belong to no tensor: data have no holes", file,
                 covered, range.begin - 1);
        covered = range.end;
        last = &range;
    }
    if (covered != data_size)
        fail("{}: bytes {}..{} of the data belong to no tensor: data have no holes", file, covered,
             data_size - 1);
}

}  // namespace

std::int64_t byte_size(TensorType type) {
    return type_name(type).size;
}

std::string_view to_string(TensorType type) {
    return type_name(type).name;
}

SafetensorsContent read_safetensors(std::span<const std::byte> bytes, const std::string& file) {
    if (bytes.size() < length_bytes)
        fail("{}: has {} bytes: a safetensors file begins with 8 bytes of header length", file,
             bytes.size());
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), length_bytes);
    if (length > longest_header)
        fail("{}: header length {}: at most {}", file, length, longest_header);
    if (length > bytes.size() - length_bytes)
        fail("{}: header length {}: only {} bytes follow", file, length,
             bytes.size() - length_bytes);
    const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + length_bytes,
                                  length);
    if (!header.starts_with('{')) fail("{}: header: must begin with '{{'", file);
    const std::span<const std::byte> data = bytes.subspan(length_bytes + length);

    const std::string header_place = file + ": header";
    const nlohmann::json parsed = parse_strict_json(header, header_place);
    SafetensorsContent content;
    std::vector<Range> ranges;
    for (const auto& [name, value] : JsonValue(parsed, header_place).members()) {
        if (name == "__metadata__") {
            content.metadata = value.string_map();
            continue;
        }
        const std::string place = file + ": tensor " + shown(name);
        if (const std::string wrong = name_problem(name); !wrong.empty())
            fail("{}: its name {}", place, wrong);
        Range range{0, 0, name};
        content.tensors.emplace(name, read_entry(value, data, place, range));
        ranges.push_back(std::move(range));
    }
    check_cover(std::move(ranges), static_cast<std::int64_t>(data.size()), file);
    return content;
}

void write_safetensors(const SafetensorsContent& content, const std::string& file,
                       const ByteSink& sink) {
    std::vector<const std::pair<const std::string, TensorView>*> order;
    for (const auto& entry : content.tensors) order.push_back(&entry);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return byte_size(a->second.type) > byte_size(b->second.type);
    });

    nlohmann::json header = nlohmann::json::object();
    if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
    std::size_t offset = 0;
    for (const auto* entry : order) {
        const auto& [name, view] = *entry;
        header[name] = {{"dtype", to_string(view.type)},
                        {"shape", view.shape},
                        {"data_offsets", {offset, offset + view.bytes.size()}}};
        offset += view.bytes.size();
    }
    std::string text = header.dump();
    const std::uint64_t unaligned = (length_bytes + text.size()) % data_alignment;
    if (unaligned != 0) text.append(data_alignment - unaligned, ' ');
    const std::uint64_t length = text.size();
    if (length > longest_header)
        fail("{}: header length {}: at most {}", file, length, longest_header);

    sink(std::as_bytes(std::span(&length, 1)));
    sink(std::as_bytes(std::span(text)));
    for (const auto* entry : order) sink(entry->second.bytes);
}

}  // namespace bitloom
