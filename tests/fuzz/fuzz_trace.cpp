// SPDX-License-Identifier: Apache-2.0
// Any bytes are a trace or give an Error; a trace can be used, written and read again.
// Input that begins with '{' is the text of a manifest and is put into a file without tensors: a
// change in a manifest inside a file would mostly break the quoting of its header.
#include <cstdint>

#include "models/base/error.h"
#include "workloads/trace/manifest_json.h"
#include "workloads/trace/trace.h"

namespace {

using namespace bitloom;

void use(const Trace& trace) {
    const Manifest& manifest = trace.manifest();
    for (const Layer& layer : manifest.layers) {
        if (layer.op == Operator::conv2d || layer.op == Operator::gemm ||
            layer.op == Operator::matmul)
            BITLOOM_CHECK(gemm_shape(manifest, layer).macs() >= 1, "a GEMM has work to do");
        if (!layer.weights || layer.weights->tensor.empty()) continue;
        const auto count = static_cast<std::int64_t>(trace.weight_codes(layer).size());
        BITLOOM_CHECK(count == element_count(layer.weights->shape), "every weight has a code");
    }
    for (const std::string& name : trace.tensor_names()) {
        const TensorView view = trace.tensor(name);
        if (view.type == TensorType::f32) view.as<float>();
    }
    const Trace again = Trace::from_bytes(trace.to_bytes(), "again");
    BITLOOM_CHECK(again == trace, "a trace read back is equal");
}

void read_file_bytes(const std::uint8_t* data, std::size_t size) {
    const auto* bytes = reinterpret_cast<const std::byte*>(data);
    use(Trace::from_bytes({bytes, bytes + size}, "input"));
}

void read_manifest(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    Manifest manifest = manifest_from_json(text, "input");
    // Without tensors only a shape-only trace is complete.
    for (Layer& layer : manifest.layers)
        if (layer.weights) layer.weights->tensor.clear();
    const Trace trace = Trace::from_memory(std::move(manifest), {});
    use(trace);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        if (size > 0 && data[0] == '{')
            read_manifest(data, size);
        else
            read_file_bytes(data, size);
    } catch (const bitloom::Error& error) {
        const std::string text = error.what();
        BITLOOM_CHECK(text.find('\n') == std::string::npos, "an error is one line: {}", text);
    }
    return 0;
}
