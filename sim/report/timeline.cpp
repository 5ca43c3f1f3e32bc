// SPDX-License-Identifier: Apache-2.0
#include "sim/report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "sim/report/heading.h"

namespace bitloom {

namespace {

// A JSON string with its quotes.
std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Written event by event: a timeline may hold millions of spans, too many for a tree of values.
class TraceWriter {
public:
    explicit TraceWriter(double clock_hz) : us_per_cycle_(1e6 / clock_hz) {}

    void metadata(int thread, std::string_view key, const std::string& value) {
        begin_event();
        fmt::format_to(out(), R"({{"ph":"M","pid":1,"tid":{},"name":"{}","args":{{{}}}}})", thread,
                       key, value);
    }
    void thread(int thread, const std::string& name) {
        metadata(thread, "thread_name", "\"name\":" + quoted(name));
        metadata(thread, "thread_sort_index", fmt::format("\"sort_index\":{}", thread));
    }
    void span(int thread, const std::string& name, std::string_view category, std::int64_t begin,
              std::int64_t end) {
        begin_event();
        fmt::format_to(out(),
                       R"({{"ph":"X","pid":1,"tid":{},"name":{},"cat":"{}","ts":{},"dur":{},)"
                       R"("args":{{"begin_cycle":{},"cycles":{}}}}})",
                       thread, quoted(name), category, microseconds(begin),
                       microseconds(end - begin), begin, end - begin);
    }
    std::string take() { return std::move(text_); }

private:
    double microseconds(std::int64_t cycles) const {
        return static_cast<double>(cycles) * us_per_cycle_;
    }
    std::back_insert_iterator<std::string> out() { return std::back_inserter(text_); }
    void begin_event() {
        if (!text_.empty()) text_ += ",\n";
    }

    double us_per_cycle_;
    std::string text_;
};

}  // namespace

std::string to_chrome_trace(const RunResult& result) {
    BITLOOM_CHECK(result.clock_hz > 0, "a run with a timeline has a clock, not {} Hz",
                  result.clock_hz);
    TraceWriter trace(result.clock_hz);
    trace.metadata(0, "process_name", "\"name\":" + quoted(result.chip));
    trace.thread(0, "layers");
    std::map<std::string, int> threads;
    for (const TimelineSpan& span : result.timeline) {
        const int next = static_cast<int>(threads.size()) + 1;
        if (threads.emplace(span.unit, next).second) trace.thread(next, span.unit);
    }
    for (const LayerResult& layer : result.layers)
        trace.span(0, layer.name, "layer", layer.begin_cycle, layer.begin_cycle + layer.cycles);
    for (const TimelineSpan& span : result.timeline)
        trace.span(threads.at(span.unit), span.what,
                   span.what.starts_with("stall") ? "stall" : "work", span.begin_cycle,
                   span.end_cycle);

    std::string run;
    if (result.run)
        for (const auto& [key, value] : pairs_of(*result.run))
            run += fmt::format(",\"{}\":{}", key, quoted(value));
    return fmt::format(
        "{{\"displayTimeUnit\":\"ns\",\n\"otherData\":{{\"chip\":{},\"network\":{},"
        "\"scheme\":{},\"random\":{},\"clock_hz\":{}{}}},\n\"traceEvents\":[\n{}\n]}}\n",
        quoted(result.chip), quoted(result.network), quoted(scheme_heading(result)),
        quoted(random_text(result)), result.clock_hz, run, trace.take());
}

}  // namespace bitloom
