// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/trace.h"

#include <algorithm>

#include "models/base/output_file.h"
#include "models/base/text.h"
#include "models/numeric/format.h"
#include "workloads/trace/manifest_json.h"
#include "workloads/trace/mapped_file.h"
#include "workloads/trace/names.h"
#include "workloads/trace/safetensors.h"
#include "workloads/trace/trace_checks.h"

namespace bitloom {

namespace {

constexpr const char* manifest_key = "bitloom";

}  // namespace

struct Trace::Storage {
    Manifest manifest;
    TensorViews tensors;
    // What the views point into.
    std::unique_ptr<const MappedFile> file;
    std::vector<std::byte> bytes;
    std::map<std::string, Tensor> owned;
    std::vector<std::vector<std::byte>> realigned;
};

const Trace::Storage& Trace::storage() const {
    BITLOOM_CHECK(storage_ != nullptr, "an empty Trace is not asked for its content");
    return *storage_;
}

Trace Trace::from_file_content(std::shared_ptr<Storage> storage, std::span<const std::byte> bytes,
                               const std::string& file) {
    SafetensorsContent content = read_safetensors(bytes, file);
    const auto text = content.metadata.find(manifest_key);
    if (text == content.metadata.end())
        fail("{}: header: __metadata__: key '{}' is missing: this is not a trace", file,
             manifest_key);
    storage->manifest = manifest_from_json(text->second, file + ": manifest");
    require_valid(storage->manifest, file);
    storage->tensors = std::move(content.tensors);
    for (auto& [name, view] : storage->tensors) {
        const auto address = reinterpret_cast<std::uintptr_t>(view.bytes.data());
        if (address % static_cast<std::uintptr_t>(byte_size(view.type)) == 0) continue;
        // The public format does not promise alignment; our own files have it.
        view.bytes = storage->realigned.emplace_back(view.bytes.begin(), view.bytes.end());
    }
    check_tensors(storage->manifest, storage->tensors, file);
    Trace trace;
    trace.storage_ = std::move(storage);
    return trace;
}

Trace Trace::open(const std::filesystem::path& path) {
    auto storage = std::make_shared<Storage>();
    storage->file = std::make_unique<const MappedFile>(path);
    const std::span<const std::byte> bytes = storage->file->bytes();
    return from_file_content(std::move(storage), bytes, path.string());
}

Trace Trace::from_bytes(std::vector<std::byte> bytes, std::string name) {
    auto storage = std::make_shared<Storage>();
    storage->bytes = std::move(bytes);
    const std::span<const std::byte> view = storage->bytes;
    return from_file_content(std::move(storage), view, name);
}

Trace Trace::from_memory(Manifest manifest, std::map<std::string, Tensor> tensors) {
    auto storage = std::make_shared<Storage>();
    storage->manifest = std::move(manifest);
    storage->owned = std::move(tensors);
    const std::string file = "trace " + shown(storage->manifest.network);
    require_valid(storage->manifest, file);
    for (const auto& [name, tensor] : storage->owned) {
        const std::string place = file + ": tensor " + shown(name);
        if (const std::string wrong = name_problem(name); !wrong.empty())
            fail("{}: its name {}", place, wrong);
        std::int64_t size = 0;
        try {
            size = element_count(tensor.shape);
        } catch (const Error& error) {
            fail("{}: {}", place, error.what());
        }
        if (__builtin_mul_overflow(size, byte_size(tensor.type), &size) ||
            size != static_cast<std::int64_t>(tensor.bytes.size()))
            fail("{}: has {} bytes: not those of {} of shape {}", place, tensor.bytes.size(),
                 to_string(tensor.type), to_string(tensor.shape));
        storage->tensors.emplace(name, TensorView{tensor.type, tensor.shape, tensor.bytes});
    }
    check_tensors(storage->manifest, storage->tensors, file);
    Trace trace;
    trace.storage_ = std::move(storage);
    return trace;
}

const Manifest& Trace::manifest() const {
    return storage().manifest;
}

bool Trace::has_tensor(std::string_view name) const {
    return storage().tensors.contains(name);
}

TensorView Trace::tensor(std::string_view name) const {
    const auto found = storage().tensors.find(name);
    if (found == storage().tensors.end())
        fail("trace {}: tensor {} does not exist{}", shown(manifest().network), shown(name),
             did_you_mean(name, tensor_names()));
    return found->second;
}

std::vector<std::string> Trace::tensor_names() const {
    std::vector<std::string> names;
    for (const auto& [name, view] : storage().tensors) names.push_back(name);
    return names;
}

void Trace::check_unchanged() const {
    if (storage().file) storage().file->check_unchanged();
}

bool Trace::shape_only() const {
    return is_shape_only(manifest());
}

std::vector<std::uint8_t> Trace::weight_codes(const Layer& layer) const {
    if (!layer.weights) fail("layer {}: has no weights", shown(layer.name));
    if (layer.weights->tensor.empty())
        fail("layer {}: weights have no tensor: the trace is shape-only", shown(layer.name));
    return unpack_codes(tensor(layer.weights->tensor).bytes, format(layer.weights->format).bits(),
                        element_count(layer.weights->shape));
}

namespace {

void write_content(const Manifest& manifest, const TensorViews& tensors, const std::string& file,
                   const ByteSink& sink) {
    write_safetensors({tensors, {{manifest_key, manifest_to_json(manifest)}}}, file, sink);
}

}  // namespace

void Trace::write(const std::filesystem::path& path) const {
    OutputFile file(path);
    write_content(manifest(), storage().tensors, path.string(),
                  [&file](std::span<const std::byte> bytes) { file.write(bytes); });
    file.commit();
}

std::vector<std::byte> Trace::to_bytes() const {
    std::vector<std::byte> result;
    write_content(manifest(), storage().tensors, "trace " + shown(manifest().network),
                  [&result](std::span<const std::byte> bytes) {
                      result.insert(result.end(), bytes.begin(), bytes.end());
                  });
    return result;
}

bool Trace::operator==(const Trace& other) const {
    if (storage_ == other.storage_) return true;
    if (storage_ == nullptr || other.storage_ == nullptr) return false;
    const auto same = [](const auto& a, const auto& b) {
        return a.first == b.first && a.second.type == b.second.type &&
               a.second.shape == b.second.shape &&
               std::ranges::equal(a.second.bytes, b.second.bytes);
    };
    return manifest() == other.manifest() &&
           std::ranges::equal(storage().tensors, other.storage().tensors, same);
}

}  // namespace bitloom
