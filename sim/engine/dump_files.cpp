// SPDX-License-Identifier: Apache-2.0
// The files of a dump.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "models/numeric/format.h"
#include "sim/engine/dump_checksum.h"
#include "sim/engine/layer_dump.h"
#include "workloads/data/npy.h"

namespace bitloom {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* index_file = "dump.json";
constexpr const char* bench_file = "dump_tb.sv";

std::string hex_text(const LayerDump& dump, const DumpedTensor& tensor) {
    std::string shape;
    for (const std::int64_t axis : tensor.shape) shape += fmt::format("[{}]", axis);
    std::string text = fmt::format("// {} of {}: {} bits, {} in C order\n", tensor.name, dump.op,
                                   tensor.bits, shape);
    const int digits = (tensor.bits + 3) / 4;
    for (const std::int64_t value : tensor.values)
        text += fmt::format("{:0{}x}\n", dump_bits(tensor, value), digits);
    return text;
}

template <class T>
Tensor tensor_of(const DumpedTensor& dumped) {
    std::vector<T> values;
    values.reserve(dumped.values.size());
    for (const std::int64_t value : dumped.values) values.push_back(static_cast<T>(value));
    return Tensor::of<T>(dumped.type, dumped.shape, values);
}

std::string npy_text(const DumpedTensor& dumped) {
    const Tensor tensor = dumped.type == TensorType::u8    ? tensor_of<std::uint8_t>(dumped)
                          : dumped.type == TensorType::i8  ? tensor_of<std::int8_t>(dumped)
                          : dumped.type == TensorType::i16 ? tensor_of<std::int16_t>(dumped)
                                                           : tensor_of<std::int32_t>(dumped);
    const std::vector<std::byte> bytes = npy_bytes(tensor);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Json described(const DumpedTensor& tensor) {
    Json json = {{"name", tensor.name},
                 {"what", tensor.what},
                 {"shape", tensor.shape},
                 {"bits", tensor.bits}};
    if (tensor.format.empty()) return json;
    json["format"] = tensor.format;
    if (tensor.scale != 0) json["scale"] = tensor.scale;
    const Format& f = format(tensor.format);
    if (f.bits() > 8) return json;
    Json values = Json::array();  // of each code, in units of the scale
    for (std::uint32_t code = 0; code < f.code_count(); ++code)
        if (f.decode(code).kind == Value::Kind::finite)
            values.push_back(f.value(code));
        else
            values.push_back(nullptr);
    json["values"] = values;
    return json;
}

// The files that an earlier dump lists; empty: the folder is none of a dump.
std::set<std::string> earlier_files(const fs::path& folder) {
    std::set<std::string> files;
    if (!fs::is_regular_file(folder / index_file)) return files;
    const Json index = Json::parse(read_file(folder / index_file), nullptr, false);
    if (!index.is_object() || index.value("program", Json()) != "bitloom run --dump" ||
        !index.value("files", Json()).is_array())
        return files;
    for (const Json& file : index["files"])
        if (file.is_string()) files.insert(file.get<std::string>());
    return files;
}

bool is_empty_or_absent(const fs::path& folder) {
    std::error_code error;
    const fs::file_status status = fs::status(folder, error);
    if (status.type() == fs::file_type::not_found) return true;
    if (error) fail("{}: {}", folder.string(), error.message());
    if (!fs::is_directory(status))
        fail("{}: is no folder: give --dump-folder another name", folder.string());
    const bool empty = fs::is_empty(folder, error);
    if (error) fail("{}: {}", folder.string(), error.message());
    return empty;
}

// A folder beside the one wanted, removed unless it was moved to its place.
class TemporaryFolder {
public:
    explicit TemporaryFolder(const fs::path& beside)
        : path_(beside.string() + fmt::format(".tmp{}", ::getpid())) {
        std::error_code error;
        fs::create_directories(path_, error);
        if (error) fail("{}: cannot make the folder: {}", beside.string(), error.message());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

void move_to(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) fail("{}: cannot be written: {}", to.string(), error.message());
}

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

}  // namespace

void check_dump_folder(const fs::path& folder) {
    if (!is_empty_or_absent(folder) && earlier_files(folder).empty())
        fail(
            "{}: holds files that no dump wrote: give --dump-folder a folder that is empty or does "
            "not exist",
            folder.string());
}

std::vector<std::string> dump_commands(const LayerDump& dump, const fs::path& folder,
                                       const fs::path& rtl) {
    if (dump_bench(dump).empty()) return {};
    const std::string cd = "cd " + quoted(folder.string()), modules = quoted(rtl.string());
    return {fmt::format("{0} && iverilog -g2012 -y {1} -Y .sv -I {1} -s dump_tb -o dump_tb.vvp {2} "
                        "&& vvp -n dump_tb.vvp",
                        cd, modules, bench_file),
            fmt::format("{0} && verilator --binary --timing -Wno-fatal -y {1} -I{1} --top-module "
                        "dump_tb {2} && obj_dir/Vdump_tb",
                        cd, modules, bench_file)};
}

void write_dump(const LayerDump& dump, const fs::path& folder, const fs::path& rtl) {
    check_dump_folder(folder);
    const TemporaryFolder temporary(folder);
    std::vector<std::string> files;
    const auto write = [&](const std::string& name, std::string_view text) {
        write_file(temporary.path() / name, text);
        files.push_back(name);
    };
    Json tensors = Json::array();
    for (const DumpedTensor& tensor : dump.tensors) {
        write(tensor.name + ".hex", hex_text(dump, tensor));
        write(tensor.name + ".npy", npy_text(tensor));
        tensors.push_back(described(tensor));
    }
    if (const std::string bench = dump_bench(dump); !bench.empty()) write(bench_file, bench);
    files.push_back(index_file);
    const Json index = {{"program", "bitloom run --dump"},
                        {"network", dump.network},
                        {"scheme", dump.scheme},
                        {"chip", dump.chip},
                        {"layer", dump.layer},
                        {"operator", dump.op},
                        {"tensors", tensors},
                        {"commands", dump_commands(dump, folder, rtl)},
                        {"files", files}};
    write_file(temporary.path() / index_file,
               index.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");

    if (is_empty_or_absent(folder)) {
        move_to(temporary.path(), folder);
        return;
    }
    for (const std::string& old : earlier_files(folder)) {
        // Only names as a dump gives them: an index could have been edited.
        if (fs::path(old).filename() != old || old == "." || old == "..") continue;
        std::error_code ignored;
        if (old != index_file) fs::remove(folder / old, ignored);
    }
    for (const std::string& name : files) move_to(temporary.path() / name, folder / name);
}

}  // namespace bitloom
