// SPDX-License-Identifier: Apache-2.0
// Writes the first inputs of fuzz_trace into a folder: trace files and manifest texts.
#include <filesystem>
#include <iostream>

#include "models/base/output_file.h"
#include "tests/workloads/trace/sample_traces.h"
#include "workloads/trace/manifest_json.h"

int main(int argc, char** argv) {
    using namespace bitloom;
    if (argc != 2) {
        std::cerr << "usage: make_trace_corpus FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const auto put = [&](const std::string& name, const test::TraceParts& parts) {
        Trace::from_memory(parts.manifest, parts.tensors).write(folder / (name + ".safetensors"));
        write_file(folder / (name + ".json"), manifest_to_json(parts.manifest));
    };
    put("small", test::small_parts());
    for (std::uint64_t seed = 0; seed < 40; ++seed)
        put(fmt::format("random{}", seed), test::random_parts(seed));
    return 0;
}
