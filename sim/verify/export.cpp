// SPDX-License-Identifier: Apache-2.0
#include "sim/verify/export.h"

#include <unistd.h>

#include <memory>
#include <system_error>

#include "models/base/error.h"
#include "models/base/output_file.h"

namespace bitloom {

namespace {

constexpr std::int64_t max_vectors = 10'000'000;

std::string hex_file(const ExportCase& vectors, std::uint64_t seed) {
    std::string fields;
    for (const auto* list : {&vectors.inputs(), &vectors.outputs()})
        for (const ExportPort& port : *list) fields += fmt::format(" {}[{}]", port.name, port.bits);
    return fmt::format("// {} ({}), seed {}. A row, highest bits first:{}\n", vectors.name(),
                       vectors.module(), seed, fields) +
           vectors.rows() + "// checksum of the rows\n" + vectors.checksum_row();
}

std::string readme(const std::vector<ExportCase>& cases, std::uint64_t seed) {
    std::string text = fmt::format(
        "Test vectors of Bitloom's hardware modules, from its C++ models (seed {}).\n"
        "\n"
        "NAME.hex has a row a cycle: inputs, and outputs just before the clock edge that takes "
        "the\n"
        "inputs in. NAME_tb.sv drives one module with it and prints PASS or FAIL with the first\n"
        "difference; it reads NAME.hex from the working directory. The last row is a checksum of "
        "the\n"
        "others. A bench that fails ends with $fatal: vvp and the program of Verilator then exit\n"
        "with a status other than 0. RTL stands for the folder of the modules (rtl in Bitloom's\n"
        "sources, or your own with the same ports).\n"
        "\n"
        "  iverilog -g2012 -y RTL -Y .sv -I RTL -o NAME.vvp -s NAME_tb NAME_tb.sv && vvp NAME.vvp\n"
        "\n"
        "  verilator --binary --timing -Wno-fatal -y RTL -IRTL --top-module all_tb all_tb.sv "
        "*_tb.sv\n"
        "  obj_dir/Vall_tb\n"
        "\n"
        "+rows=N, for vvp or Vall_tb, drives the first N rows only.\n"
        "\n",
        seed);
    for (const ExportCase& vectors : cases)
        text += fmt::format("{:28} {:22} {:8} rows\n", vectors.name(), vectors.module(),
                            vectors.row_count());
    return text;
}

std::string all_benches(const std::vector<ExportCase>& cases) {
    std::string benches, finished, failed;
    for (const ExportCase& vectors : cases) {
        benches += fmt::format("  {0}_tb #(.Alone(0)) i_{0} ();\n", vectors.name());
        finished += fmt::format("    wait (i_{}.finished === 1'b1);\n", vectors.name());
        failed +=
            fmt::format("    if (i_{}.failed !== 1'b0) failed = failed + 1;\n", vectors.name());
    }
    return fmt::format(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Every bench at once; ends with $fatal when one of them fails.\n"
        "module all_tb;\n"
        "{}\n"
        "  integer failed;\n"
        "  initial begin\n"
        "    failed = 0;\n"
        "{}{}"
        "    if (failed != 0) $fatal(1, \"%0d of {} benches failed\", failed);\n"
        "    $display(\"PASS all: {} benches\");\n"
        "    $finish(0);\n"
        "  end\n"
        "endmodule\n",
        benches, finished, failed, cases.size(), cases.size());
}

// Made where it is not there; removed again when nothing came to lie in it.
class NewFolder {
public:
    explicit NewFolder(const std::filesystem::path& path) : path_(path) {
        std::error_code error;
        is_new_ = std::filesystem::create_directories(path, error);
        if (error) fail("{}: cannot make the folder: {}", path.string(), error.message());
    }
    ~NewFolder() {
        if (is_new_) ::rmdir(path_.c_str());  // fails for a folder that holds something
    }
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;

private:
    const std::filesystem::path path_;
    bool is_new_ = false;
};

}  // namespace

std::vector<ExportCase> export_cases(std::uint64_t seed, std::int64_t vectors) {
    std::vector<ExportCase> cases = ant_export_cases(seed, vectors);
    for (const auto more : {requantizer_export_cases, minifloat_export_cases, array_export_cases,
                            bit_serial_export_cases, cim_export_cases})
        for (ExportCase& next : more(seed, vectors)) cases.push_back(std::move(next));
    return cases;
}

std::vector<std::string> export_vectors(const std::filesystem::path& dir, std::uint64_t seed,
                                        std::int64_t vectors) {
    if (vectors < 1 || vectors > max_vectors)
        fail("vectors = {}: must be 1..{}", vectors, max_vectors);
    const NewFolder folder(dir);
    const std::vector<ExportCase> cases = export_cases(seed, vectors);
    std::vector<std::string> names;
    std::vector<std::unique_ptr<OutputFile>> files;  // all or none
    const auto put = [&](const std::string& name, const std::string& text) {
        files.push_back(std::make_unique<OutputFile>(dir / name));
        files.back()->write(text);
        files.back()->finish();
    };
    for (const ExportCase& next : cases) {
        put(next.name() + ".hex", hex_file(next, seed));
        put(next.name() + "_tb.sv", export_bench(next));
        names.push_back(next.name());
    }
    put("all_tb.sv", all_benches(cases));
    put("README.txt", readme(cases, seed));
    for (const auto& file : files) file->commit();
    return names;
}

}  // namespace bitloom
