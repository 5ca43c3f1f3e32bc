// SPDX-License-Identifier: Apache-2.0
// Other simulators as child processes, and folders for them.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string>

#include <unistd.h>

namespace bitloom {

inline const std::filesystem::path rtl_folder = std::filesystem::path(BITLOOM_SOURCE_DIR) / "rtl";

struct ToolRun {
    int exit_code = -1;
    std::string output;  // standard output and error
};

inline ToolRun run_in(const std::filesystem::path& folder, const std::string& command) {
    ToolRun run;
    const std::string line = fmt::format("cd '{}' && {{ {}; }} 2>&1", folder.string(), command);
    std::FILE* pipe = ::popen(line.c_str(), "r");
    if (pipe == nullptr) return run;
    std::array<char, 4096> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        run.output.append(buffer.data(), size);
    const int status = ::pclose(pipe);
    run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return run;
}

inline std::string quoted(const std::filesystem::path& path) {
    return fmt::format("'{}'", path.string());
}

inline bool has_tool(const std::string& name) {
    return run_in("/", "command -v " + name).exit_code == 0;
}

// The command, which keeps what it compiled: Verilator's own files are the same in every bench.
inline std::string verilator() {
    return has_tool("ccache") ? "OBJCACHE=ccache verilator" : "verilator";
}

// A folder of this process, removed with everything in it.
class Folder {
public:
    Folder() {
        static std::atomic<int> count = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("bitloom_cosim_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
        std::filesystem::create_directories(path_);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// Compiles bench NAME of the folder of vectors with the modules in `rtl` and runs it. The output
// is the bench's line, or what the compiler said.
inline ToolRun run_icarus(const std::filesystem::path& vectors, const std::string& name,
                          const std::filesystem::path& rtl, const std::filesystem::path& program,
                          long rows) {
    ToolRun compiled = run_in(
        vectors, fmt::format("iverilog -g2012 -y {0} -Y .sv -I {0} -s {1}_tb -o {2} {1}_tb.sv",
                             quoted(rtl), name, quoted(program)));
    if (compiled.exit_code != 0) return compiled;
    return run_in(vectors, fmt::format("timeout 120 vvp -n {} +rows={}", quoted(program), rows));
}

}  // namespace bitloom
