// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_command.h"

#include <algorithm>
#include <ctime>
#include <iterator>
#include <memory>
#include <sstream>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/cli/cli.h"
#include "sim/cli/columns.h"
#include "sim/cli/frontier_text.h"
#include "sim/cli/interrupts.h"
#include "sim/cli/output_plan.h"
#include "sim/cli/program_build.h"
#include "sim/cli/sweep_export.h"
#include "sim/cli/sweep_measure.h"
#include "sim/cli/sweep_metrics.h"
#include "sim/cli/sweep_monitor.h"
#include "sim/cli/thread_limit.h"
#include "sim/sweep/condition_notes.h"
#include "sim/sweep/content_hash.h"
#include "sim/sweep/frontier.h"
#include "sim/sweep/report/reported_sweep.h"
#include "sim/sweep/slurm/slurm_run.h"

namespace bitloom {

namespace {

constexpr std::size_t shown_messages = 5;

// What a run did, for its summary and --explain.
class Account {
public:
    void add(const PointRecord& record) {
        reused_[record.point.hash] = reused_of(record);
        if (record.status == PointStatus::failed) messages_[record.message] += 1;
    }

    static std::string reused_of(const PointRecord& record) {
        const auto found = record.provenance.find(reused_key);
        return found == record.provenance.end() ? "" : found->second;
    }

    // "accuracy of 10 points, trace of 11 points"; empty when nothing was.
    std::string reused_text() const {
        std::map<std::string, std::int64_t> counts;
        for (const auto& [hash, parts] : reused_)
            for (std::size_t begin = 0; begin < parts.size();) {
                const std::size_t end = std::min(parts.find(", ", begin), parts.size());
                counts[parts.substr(begin, end - begin)] += 1;
                begin = end + 2;
            }
        std::string text;
        for (const auto& [part, count] : counts)
            text += fmt::format("{}{} of {} points", text.empty() ? "" : ", ", part, count);
        return text;
    }

    std::string messages_text() const {
        std::vector<std::pair<std::int64_t, std::string>> by_count;
        for (const auto& [message, count] : messages_) by_count.emplace_back(-count, message);
        std::sort(by_count.begin(), by_count.end());
        std::string text;
        for (std::size_t i = 0; i < std::min(by_count.size(), shown_messages); ++i)
            text += fmt::format("{} x {}\n", -by_count[i].first, printable(by_count[i].second));
        if (by_count.size() > shown_messages)
            text += fmt::format("and {} other messages\n", by_count.size() - shown_messages);
        return text;
    }

    // One line a point of the sweep.
    std::string explanation(const std::vector<PointRecord>& records, const TextStyle& style) const {
        TextTable table({words_column("point"), words_column("keys"), words_column("reused")});
        std::size_t number = 0;
        for (const PointRecord& record : records) {
            std::string keys;
            for (const auto& [key, value] : record.point.values)
                keys += fmt::format("{}{}={}", keys.empty() ? "" : " ", key, value);
            const auto now = reused_.find(record.point.hash);
            table.add_row({fmt::format("{}", number++), printable(keys),
                           now == reused_.end()                   ? "all: was stored"
                           : record.status == PointStatus::failed ? "failed"
                           : now->second.empty()                  ? "nothing"
                                                                  : now->second});
        }
        return table.to_string(style);
    }

private:
    std::map<std::string, std::string> reused_;  // by hash, of points run now
    std::map<std::string, std::int64_t> messages_;
};

// A sweep that is there goes on only when it is asked to. Returns whether there is nothing to do.
bool is_done(ResultStore& store, const SweepFile& file, const std::vector<SweepPoint>& points,
             const std::filesystem::path& database, bool resume, bool retry_failed) {
    const std::optional<std::int64_t> known = store.find_sweep(file, points);
    if (!known) return false;
    const SweepCounts counts = store.counts(*known, program_build());
    if (counts.done + counts.failed == 0) return false;
    const bool complete = !file.is_search() && counts.done + counts.failed == counts.points &&
                          (counts.failed == 0 || !retry_failed);
    if (complete) return true;
    if (!resume && !retry_failed)
        fail(
            "{}: has {} of {} points of this sweep: give --resume to run the others, or another "
            "database",
            database.string(), counts.done + counts.failed, counts.points);
    return false;
}

void prepare_traces(SweepTraces& traces, std::span<const SweepPoint> points, std::size_t jobs) {
    PoolOptions pool;
    pool.jobs = jobs;
    pool.stop = [] { return Interrupts::count() > 0; };
    traces.prepare(points, pool);
}

// References must outlive the result.
RunPoints run_locally(const SweepFile& file, const SweepWorkplace& workplace, SweepTraces& traces) {
    LocalOptions local;
    local.program_version = workplace.program_version;
    local.jobs = workplace.jobs;
    local.timeout_s = file.settings.timeout_s;
    local.memory_bytes = file.settings.memory_bytes;
    local.stop = [] { return Interrupts::count() > 1; };
    local.drain = [] { return Interrupts::count() > 0; };
    local.prepare = [&](std::span<const SweepPoint> missing) {
        prepare_traces(traces, missing, workplace.jobs);
    };
    return run_here(std::move(local), [&workplace](const SweepPoint& point) {
        return measure_point(point, workplace);
    });
}

// What this program's points of the sweep give, which the database keeps for its readers.
Frontier store_frontier(ResultStore& store, std::int64_t sweep, const SweepFile& file) {
    const Frontier frontier =
        frontier_of(frontier_rule(file.search), store.measurements(sweep, program_build()));
    store.write_frontier(sweep, program_build(), frontier);
    return frontier;
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

}  // namespace

std::string_view SweepCommand::details() const {
    return "Simulates every point of SWEEP.ini in a process of its own and stores what it\n"
           "measures in a database, point by point: whatever ends the program, the points that\n"
           "have ended stay, and --resume goes on. A point that fails is stored with its message.\n"
           "The file gives parameters as lists and ranges:\n\n"
           "    chip = ant, apnn_tc             # as bitloom run CHIP NETWORK\n"
           "    network = zoo/digits\n"
           "    scheme = int8, w4a4             # options of bitloom run, without --\n"
           "    [array]\n"
           "    rows = 16..128 step *2          # keys of the chip\n"
           "    stacking = auto, none\n"
           "    [when]\n"
           "    array.stacking = chip == apnn_tc\n"
           "    [require]\n"
           "    area = array.rows <= 64 or scheme == int8\n"
           "    [search]\n"
           "    minimize = latency_s, energy_pj # the frontier is over these; so it is by default\n"
           "    maximize = accuracy\n"
           "    limits = accuracy >= 0.9        # of points on the frontier\n"
           "    [sweep]\n"
           "    method = grid                   # random, latin_hypercube, nsga2, moead\n"
           "    timeout = 600s\n\n"
           "Metrics: cycles latency_s energy_pj energy_pj.COMPONENT edp_js area_mm2 macs tops\n"
           "tops_per_watt leakage_share node_nm voltage_v temperature_k sram_leakage_mw_per_kb\n"
           "utilization dram_bytes accuracy accuracy_quantized accuracy_float\n"
           "raised_layers accuracy_before_raising random_codes.\n"
           "The frontier has, for each network, the points within the limits of which no other is\n"
           "better; the database, --status, --export, bitloom report and Python show the same "
           "one.\n"
           "Ctrl-C lets the running points end; twice stops at once. Exit code 1: points failed\n"
           "or are left.\n"
           "With --launcher slurm the sweep's folder and the cache must be seen by every node.\n";
}

std::string_view SweepCommand::examples() const {
    return "  bitloom sweep arrays.ini --database results.db\n"
           "  bitloom sweep arrays.ini --database results.db --resume --jobs 8\n"
           "  bitloom sweep --status --database results.db\n"
           "  bitloom sweep --export results.csv --database results.db\n";
}

void SweepCommand::declare(KeySet& options) {
    options.path("database", database_, "Where the results are; made when it is not there");
    options.flag("resume", resume_, "Run the points that the database lacks");
    options.flag("retry-failed", retry_failed_, "The same, and again those that failed");
    options.integer("jobs", jobs_, {.min = 0, .max = 4096}, "processes",
                    "Points at a time; 0: as many as the machine runs threads");
    options
        .path("cache", cache_, "Traces and accuracies that points share; default: DATABASE.cache")
        .value_name = "FOLDER";
    options.choice("launcher", launcher_, {"local", "slurm"},
                   "Who runs the points: this machine, or job arrays of Slurm");
    options.text("sbatch", sbatch_, "Further options of sbatch: '--partition=short --time=60'",
                 "OPTIONS");
    options.path("task", task_, "What Slurm runs on a node: the points of this file");
    options.flag("explain", explain_, "Say of each point what it did not have to compute");
    options.flag("status", status_, "Show how far a sweep of the database is, also while it runs");
    options.path("export", export_, "Write the points of a sweep: .csv or .json; -: CSV");
    options.text("sweep", sweep_, "Which sweep of the database, by its file; default: the last",
                 "NAME");
}

int SweepCommand::run(const Arguments& arguments, const KeySet& options, Console& console) {
    if (!task_.empty() && arguments.words.size() == 1 && !cache_.empty())
        return run_points_of(arguments.words[0], arguments);
    if (!task_.empty()) fail("command line: --task needs SWEEP.ini and --cache FOLDER");
    if (database_.empty()) fail("command line: no database given: give --database RESULTS.db");
    const bool reads = status_ || !export_.empty();
    if (status_ && !export_.empty()) fail("command line: give --status or --export, not both");
    if (reads && !arguments.words.empty())
        fail("command line: unexpected '{}': --{} takes a sweep of the database: --sweep NAME",
             arguments.words[0], status_ ? "status" : "export");
    if (reads) {
        for (const char* name :
             {"resume", "retry-failed", "jobs", "cache", "launcher", "sbatch", "explain"})
            if (!options.find(name)->place.empty())
                fail("command line: --{} has no effect with --{}", name,
                     status_ ? "status" : "export");
        return status_ ? show_status(console) : export_points(console);
    }
    if (!sweep_.empty()) fail("command line: --sweep has no effect without --status or --export");
    if (arguments.words.empty()) fail("command line: no sweep given; usage: bitloom {}", usage());
    if (arguments.words.size() > 1) fail("command line: unexpected '{}'", arguments.words[1]);
    OutputPlan outputs;
    outputs.keep(arguments.words[0]);
    outputs.add_database("database", database_);
    if (launcher_ == "local" && !sbatch_.empty())
        fail("command line: --sbatch has no effect without --launcher slurm");
    return run_file(arguments.words[0], arguments, console);
}

int SweepCommand::run_file(const std::filesystem::path& path, const Arguments& arguments,
                           Console& console) {
    SweepFile file = read_sweep(path, {}, metric_names());
    const SweepFolders folders{std::filesystem::absolute(path).parent_path(),
                               std::filesystem::absolute(arguments.data_folder)};
    read_contents(file, folders);
    std::vector<SweepPoint> points;
    if (!file.is_search()) points = file.points();
    check_keys(file, points, folders);

    const Interrupts interrupts;
    ResultStore store(database_);
    if (is_done(store, file, points, database_, resume_, retry_failed_)) {
        // A program that was killed after its last point has not come to it.
        const std::int64_t sweep = *store.find_sweep(file, points);
        if (!store.has_frontier(sweep, program_build())) store_frontier(store, sweep, file);
        console.print(fmt::format("{}: all points of {} are there: nothing to do\n",
                                  database_.string(), path.string()));
        return exit_good;
    }
    const FileCache cache(cache_.empty() ? database_.string() + ".cache" : cache_.string());
    SweepTraces traces(cache, folders, program_build());
    const SweepWorkplace workplace{
        folders,
        cache,
        traces,
        program_build(),
        arguments.command,
        jobs_ > 0 ? static_cast<std::size_t>(jobs_) : processor_threads()};

    SweepMonitor monitor(terminal_writer(console.error_stream()), steady_clock_seconds());
    Frontier frontier(frontier_rule(file.search));
    Account account;
    if (const auto known = store.find_sweep(file, points))
        frontier = store_frontier(store, *known, file);

    RunPoints run_points = run_locally(file, workplace, traces);
    if (launcher_ == "slurm") {
        SlurmOptions slurm;
        slurm.folder = cache.folder() / fmt::format("slurm-{}", sha256(file.text).substr(0, 12));
        slurm.worker = {std::filesystem::canonical("/proc/self/exe").string(),
                        "sweep",
                        std::filesystem::absolute(path).string(),
                        "--data-dir",
                        folders.data.string(),
                        "--cache",
                        std::filesystem::absolute(cache.folder()).string(),
                        "--jobs",
                        fmt::format("{}", std::max<std::int64_t>(1, jobs_)),
                        "--task"};
        slurm.sbatch = words_of(sbatch_);
        slurm.program_version = program_build();
        slurm.stop = [] { return Interrupts::count() > 0; };
        slurm.note = [&](const std::string& note) {
            monitor.clear();
            console.report("slurm", note);
        };
        // Traces are made here, once, and not by every node.
        run_points = [&traces, run = run_on_slurm(slurm)](std::span<const SweepPoint> missing,
                                                          const RecordDone& done) {
            prepare_traces(traces, missing, processor_threads());
            return run(missing, done);
        };
    }
    SweepRunOptions run;
    run.program_version = program_build();
    run.retry_failed = retry_failed_;
    run.recorded = [&](const PointRecord& record) {
        frontier.add(record);
        account.add(record);
    };
    run.progress = [&](const SweepProgress& progress) {
        monitor.update(progress, frontier.size());
    };
    const SweepProgress last = run_sweep(file, store, run, run_points);
    monitor.clear();
    // Again from what is stored: other processes may have run points of it, too.
    if (const auto known = store.find_sweep(file, points))
        frontier = store_frontier(store, *known, file);

    const std::int64_t left = last.points - last.cached - last.done - last.failed;
    const double seconds = monitor.elapsed_s();
    std::string text = fmt::format("{}: {} points: {} done", path.string(), last.points, last.done);
    if (last.cached > 0) text += fmt::format(", {} were stored", last.cached);
    if (last.failed > 0) text += fmt::format(", {} failed", last.failed);
    if (!last.complete) text += fmt::format(", {} left", left);
    text += fmt::format("; {:.1f} s, {:.3g} points/s\n", seconds,
                        seconds > 0 ? static_cast<double>(last.done) / seconds : 0.0);
    if (const std::string reused = account.reused_text(); !reused.empty())
        text += fmt::format("reused: {}\n", reused);
    text += frontier_text(frontier, console.style());
    if (const auto known = store.find_sweep(file, points))
        for (const std::string& note : condition_notes(store.measurements(*known, program_build())))
            text += "note: " + note + "\n";
    if (explain_) {
        const auto known = store.find_sweep(file, points);
        text += fmt::format(
            "\n{}", account.explanation(store.records(*known, program_build()), console.style()));
    }
    console.print(text);
    if (const std::string messages = account.messages_text(); !messages.empty())
        console.report("failed", messages.substr(0, messages.size() - 1));
    if (!last.complete)
        console.report("stopped", fmt::format("{} points are left: give --resume to go on", left));
    return last.complete && last.failed == 0 ? exit_good : exit_check_failed;
}

int SweepCommand::run_points_of(const std::filesystem::path& path, const Arguments& arguments) {
    const SweepFile file = read_sweep(path);
    const SweepFolders folders{std::filesystem::absolute(path).parent_path(),
                               std::filesystem::absolute(arguments.data_folder)};
    const FileCache cache(cache_);
    SweepTraces traces(cache, folders, program_build());
    const SweepWorkplace workplace{folders,
                                   cache,
                                   traces,
                                   program_build(),
                                   arguments.command,
                                   static_cast<std::size_t>(std::max<std::int64_t>(1, jobs_))};
    const Interrupts interrupts;
    const bool all = run_task(task_, run_locally(file, workplace, traces));
    return all ? exit_good : exit_check_failed;
}

int SweepCommand::show_status(Console& console) const {
    const ReportedSweep sweep = read_reported_sweep(database_, sweep_);
    const Frontier frontier = frontier_of(sweep.rule, sweep.records);
    std::int64_t last = 0, recent = 0;
    double busy_s = 0.0;
    for (const PointRecord& record : sweep.records) {
        last = std::max(last, record.finished_unix);
        busy_s += record.seconds;
    }
    constexpr std::int64_t window_s = 60;
    for (const PointRecord& record : sweep.records)
        recent += record.finished_unix > last - window_s;
    const SweepCounts& counts = sweep.counts;
    std::string text = fmt::format(
        "{}: sweep {} of {}, program {}\n{} of {} points done, {} failed, {} left\n",
        database_.string(), sweep.id, printable(sweep.name), sweep.program_version, counts.done,
        counts.points, counts.failed, counts.points - counts.done - counts.failed);
    text += frontier_text(frontier, console.style());
    for (const std::string& note : condition_notes(sweep.records)) text += "note: " + note + "\n";
    const std::int64_t ago = static_cast<std::int64_t>(std::time(nullptr)) - last;
    text += fmt::format("last point {} ago; {} points in the minute before it; {:.3g} s a point\n",
                        duration_text(static_cast<double>(std::max<std::int64_t>(0, ago))), recent,
                        busy_s / static_cast<double>(sweep.records.size()));
    console.print(text);
    return exit_good;
}

int SweepCommand::export_points(Console& console) const {
    OutputPlan outputs;
    outputs.keep_database(database_);
    outputs.add("export", export_);
    // What is no file has no ending to tell what it takes.
    const bool through = outputs.all_through();
    if (outputs.takes_standard_output()) console.leave_standard_output();
    const std::string ending = export_.extension().string();
    if (ending == ".parquet")
        fail(
            "command line: --export = {}: Parquet needs Apache Arrow, which is not built in: must "
            "end with .csv or .json, which `pandas.read_csv(...).to_parquet(...)` turns into it",
            export_.string());
    if (!through && ending != ".csv" && ending != ".json")
        fail("command line: --export = {}: must end with .csv or .json", export_.string());
    const ReportedSweep sweep = read_reported_sweep(database_, sweep_);
    write_file(export_, ending == ".json" ? sweep_json(sweep.name, sweep.rule, sweep.records)
                                          : sweep_csv(sweep.rule, sweep.records));
    console.print(fmt::format("written: {}: {} points of {}\n", export_.string(),
                              sweep.records.size(), printable(sweep.name)));
    return exit_good;
}

}  // namespace bitloom
