// SPDX-License-Identifier: Apache-2.0
// Where results go: files whole or not at all, devices and pipes written through, nothing lost.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "models/base/output_file.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::string small = "\"$BITLOOM\" run ant --gemm 8x8x8 ";
const std::string smallest =
    "\"$BITLOOM\" run ant --gemm 8x8x8 --array.rows 4 --array.columns 4 --fidelity ";

long files_in(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

// A command line in the folder; standard output and standard error are files beside it.
ProgramRun run_in(const TemporaryFolder& folder, const std::string& command) {
    return run_shell("cd '" + folder.path() + "' || exit 9; " + command);
}

TEST(Outputs, AnInputOrAnotherOutputIsNotReplaced) {
    const TemporaryFolder folder;
    ASSERT_EQ(
        run_in(folder, "\"$BITLOOM\" quantize zoo/digits --no-accuracy --output t.safetensors")
            .exit_code,
        0);
    fs::create_symlink("t.safetensors", folder / "link");
    const std::string trace = read_file(folder / "t.safetensors");
    const std::string run = "\"$BITLOOM\" run ant t.safetensors --no-accuracy ";
    const std::vector<std::pair<std::string, std::string>> refused = {
        {run + "--json t.safetensors", "--json = t.safetensors: is also an input of this run"},
        {run + "--csv link", "--csv = link: is also an input of this run"},
        {run + "--vcd ./t.safetensors --fidelity pe",
         "--vcd = t.safetensors: is also an input of this run"},
        {small + "--json a --csv ./a", "--csv = a: --json writes there, too"},
        {small + "--json a --csv b --timeline a", "--timeline = a: --json writes there, too"},
        {small + "--json link --html t.safetensors",
         "--html = t.safetensors: --json writes there, too"},
        {small + "--json - --csv /dev/stdout", "--csv = /dev/stdout: --json writes there, too"},
        {small + "--energy.table=" BITLOOM_SOURCE_DIR "/models/energy/tables/28nm.csv --json no/a",
         "--json = no/a: folder no does not exist"},
        {"cp " BITLOOM_SOURCE_DIR "/models/energy/tables/28nm.csv e.csv && " + small +
             "--energy.table e.csv --csv e.csv",
         "--csv = e.csv: is also an input of this run"},
        {"\"$BITLOOM\" quantize zoo/digits --output link/",
         "--output = link/: cannot write: "
         "Not a directory"},
        {"cp -r " BITLOOM_SOURCE_DIR "/workloads/zoo/digits net && \"$BITLOOM\" quantize net "
         "--no-accuracy --output net/test.safetensors",
         "--output = net/test.safetensors: is also an input of this run"},
    };
    for (const auto& [command, message] : refused) {
        const ProgramRun result = run_in(folder, command);
        EXPECT_EQ(result.exit_code, 2) << command;
        EXPECT_EQ(result.error, "bitloom: error: command line: " + message + "\n") << command;
        EXPECT_EQ(result.output, "") << command;
    }
    EXPECT_EQ(read_file(folder / "t.safetensors"), trace);
    EXPECT_FALSE(fs::exists(folder / "a"));
}

TEST(Outputs, OfASweepLeaveItsFileAndDatabase) {
    const TemporaryFolder folder;
    const std::string sweep = folder.write("s.ini", "chip = ant\ngemm = 8x8x8\n");
    const std::string text = read_file(sweep);
    EXPECT_EQ(run_in(folder, "\"$BITLOOM\" sweep s.ini --database s.ini").error,
              "bitloom: error: command line: --database = s.ini: is also an input of this run\n");
    EXPECT_EQ(run_in(folder, "\"$BITLOOM\" sweep s.ini --database /dev/full").error,
              "bitloom: error: command line: --database = /dev/full: must be a regular file\n");
    ASSERT_EQ(run_in(folder, "\"$BITLOOM\" sweep s.ini --database r.csv").exit_code, 0);
    for (const char* command :
         {"sweep --export r.csv --database r.csv", "report r.csv --html r.csv"})
        EXPECT_THAT(run_in(folder, std::string("\"$BITLOOM\" ") + command).error,
                    EndsWith("r.csv: is also an input of this run\n"));
    EXPECT_EQ(run_in(folder, "\"$BITLOOM\" sweep --status --database r.csv").exit_code, 0);
    EXPECT_EQ(read_file(sweep), text);
    const ProgramRun dash = run_in(folder, "\"$BITLOOM\" sweep --export - --database r.csv");
    EXPECT_THAT(dash.output, StartsWith("number,"));
    EXPECT_THAT(dash.error, StartsWith("written: -: 1 points"));
}

TEST(Outputs, DashIsStandardOutputAndTheReportGoesToStandardError) {
    const TemporaryFolder folder;
    const ProgramRun plain = run_in(folder, small + "--json a.json");
    for (const char* name : {"-", "/dev/stdout"}) {
        const ProgramRun dash = run_in(folder, small + "--json " + name);
        EXPECT_EQ(dash.exit_code, 0);
        EXPECT_THAT(dash.output, AllOf(StartsWith("{"), EndsWith("}\n")));
        // The date and the command differ.
        const auto until_run = [](const std::string& text) {
            return text.substr(0, text.find("\nRun\n"));
        };
        EXPECT_NE(until_run(plain.output), plain.output);
        EXPECT_EQ(until_run(dash.error), until_run(plain.output));
        EXPECT_THAT(dash.error, testing::Not(HasSubstr("written: -")));
    }
    // Standard output that is a file is not replaced by another one.
    ASSERT_EQ(run_in(folder, small + "--json /dev/stdout >out").exit_code, 0);
    EXPECT_THAT(read_file(folder / "out"), StartsWith("{"));
    // A reader that goes is nobody's mistake.
    EXPECT_EQ(run_in(folder, "{ " + small + "--html - 2>/dev/null; echo $? >code; } | head -c 9")
                  .output.size(),
              9U);
    EXPECT_EQ(read_file(folder / "code"), "0\n");
}

TEST(Outputs, PipesAreWrittenThrough) {
    const TemporaryFolder folder;
    const ProgramRun pipe =
        run_in(folder, "mkfifo p && { cat p & " + small + "--csv p >/dev/null; wait; test -p p; }");
    EXPECT_EQ(pipe.exit_code, 0) << pipe.error;
    EXPECT_THAT(pipe.output, HasSubstr("layer"));
}

// Only in a mount namespace of its own, with a device made for it: the program of old replaced it.
TEST(Outputs, TheNullDeviceStaysADevice) {
    const TemporaryFolder folder;
    const ProgramRun run =
        run_in(folder,
               "mkdir dev && unshare -m sh -c 'mount -t tmpfs none dev && mknod dev/null c 1 3 || "
               "exit 77; "
               "for i in json csv html timeline; do set -- \"$@\" --$i dev/null; done; " +
                   small + "\"$@\" && test -c dev/null && test $(ls -A dev | wc -l) = 1' sh");
    if (run.exit_code == 77 || run.error.find("unshare") != std::string::npos)
        GTEST_SKIP() << "no mount namespace or no device may be made here: " << run.error;
    EXPECT_EQ(run.exit_code, 0) << run.error;
}

// SQLite wants to make files beside it, which a read-only file system does not take.
TEST(Outputs, ADatabaseOnReadOnlyMediaCanBeRead) {
    const TemporaryFolder folder;
    folder.write("s.ini", "chip = ant\ngemm = 8x8x8\n");
    const ProgramRun run = run_in(
        folder,
        "mkdir 'a b%'; \"$BITLOOM\" sweep s.ini --database 'a b%/r.db' >/dev/null || exit 1; "
        "unshare -m sh -c 'mount --bind \"a b%\" \"a b%\" && "
        "mount -o remount,bind,ro \"a b%\" || exit 77; "
        "\"$BITLOOM\" sweep --status --database \"a b%/r.db\" && "
        "\"$BITLOOM\" report \"a b%/r.db\" --html page.html'");
    if (run.exit_code == 77 || run.error.find("unshare") != std::string::npos)
        GTEST_SKIP() << "no mount namespace here: " << run.error;
    EXPECT_EQ(run.exit_code, 0) << run.error;
    EXPECT_THAT(run.output, HasSubstr("1 of 1 points done"));
    EXPECT_EQ(files_in(folder / "a b%"), 2) << "database and cache";
}

// One line, exit code 2, the old file as it was, no temporary file.
TEST(Outputs, AFullDiskOrFileSizeLimitLosesNothing) {
    const TemporaryFolder folder;
    const std::vector<std::pair<std::string, std::string>> commands = {
        {small + "--html", "out"},
        {smallest + "pe --vcd", "out"},
        {smallest + "rtl --vcd", "out"},
        {"\"$BITLOOM\" quantize zoo/digits --no-accuracy --output", "out.safetensors"},
        {"\"$BITLOOM\" verify --vectors 8 --export", "folder"},
    };
    for (const auto& [command, name] : commands) {
        if (name != "folder") folder.write(name, "old");
        const long before = files_in(folder.path());
        const ProgramRun run = run_in(folder, "ulimit -f 1; " + command + " " + name);
        EXPECT_EQ(run.exit_code, 2) << command;
        EXPECT_THAT(run.error, AllOf(StartsWith("bitloom: error: " + name),
                                     EndsWith(": cannot write: File too large\n")));
        EXPECT_EQ(std::count(run.error.begin(), run.error.end(), '\n'), 1) << run.error;
        EXPECT_EQ(files_in(folder.path()), before) << command;
        if (name != "folder") {
            EXPECT_EQ(read_file(folder / name), "old");
        }
    }
    EXPECT_EQ(run_in(folder, small + "--json /dev/full >/dev/null").error,
              "bitloom: error: /dev/full: cannot write: No space left on device\n");
}

// The temporary file of the waveform is there from the start of the simulation.
TEST(Outputs, SignalsEndTheProgramWithOneLineAndNoTemporary) {
    const TemporaryFolder folder;
    for (const char* signal : {"INT", "TERM", "HUP"}) {
        // A shell starts what runs behind it with SIGINT ignored, but for what env sets.
        const ProgramRun run = run_in(
            folder,
            fmt::format("env --default-signal=INT \"$BITLOOM\" run ant --gemm 512x512x512 "
                        "--fidelity pe --vcd v.vcd >/dev/null 2>error & "
                        "for i in $(seq 200); do ls -A | grep -q tmp && break; sleep 0.02; done; "
                        "kill -{} $!; wait $!",
                        signal));
        EXPECT_EQ(run.exit_code, 2) << signal;
        EXPECT_EQ(read_file(folder / "error"),
                  fmt::format("bitloom: error: stopped by SIG{}\n", signal));
        EXPECT_EQ(files_in(folder.path()), 1) << signal;
    }
}

// Reading what was cut off raises SIGBUS.
TEST(Outputs, ATraceThatIsCutWhileItIsReadIsNamed) {
    const TemporaryFolder folder;
    ASSERT_EQ(
        run_in(folder, "\"$BITLOOM\" quantize zoo/keywords --no-accuracy --output t.safetensors")
            .exit_code,
        0);
    // The waveform's pipe holds the program between its opening of the trace and the simulation.
    const ProgramRun run = run_in(
        folder,
        "mkfifo p; \"$BITLOOM\" run ant t.safetensors --fidelity pe --vcd p >/dev/null & "
        "for i in $(seq 100); do ls -l /proc/$!/fd 2>/dev/null | grep -q t.safetensors && break; "
        "sleep 0.02; done; sleep 0.1; truncate -s 4096 t.safetensors; cat p >/dev/null; wait $!");
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.error, StartsWith("bitloom: error: t.safetensors: "));
    EXPECT_EQ(std::count(run.error.begin(), run.error.end(), '\n'), 1) << run.error;
}

}  // namespace
}  // namespace bitloom::test
