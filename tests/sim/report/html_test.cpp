// SPDX-License-Identifier: Apache-2.0
// The page: what is in it, and what a browser makes of it.
#include "sim/report/html.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "models/base/output_file.h"
#include "sim/report/json.h"
#include "sim/report/page_template.h"
#include "tests/sim/report/sample_results.h"

namespace bitloom {
namespace {

using testing::random_result;
using testing::realistic_result;
using testing::small_result;

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

TEST(ReportHtml, EscapesEveryCharacterThatMarkupKnows) {
    EXPECT_EQ(html_escaped("<a href=\"x\">'&'</a>"),
              "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

// The small result's names try to end the script, to start another and to open elements.
TEST(ReportHtml, NamesNeverBecomeMarkup) {
    const std::string page = to_html(small_result());
    EXPECT_EQ(occurrences(page, "<script"), 2U);
    EXPECT_EQ(occurrences(page, "</script"), 2U);
    EXPECT_EQ(page.find("<b>"), std::string::npos);
    EXPECT_EQ(page.find("<i>"), std::string::npos);
}

TEST(ReportHtml, SlotsInNamesStayText) {
    RunResult result;
    result.network = "{{RESULT}}";
    EXPECT_NE(to_html(result).find("<title>{{RESULT}} on </title>"), std::string::npos);
}

TEST(ReportHtml, EmbedsTheJsonReport) {
    const std::string page = to_html(realistic_result());
    std::string report = to_json(realistic_result());
    for (std::size_t at; (at = report.find('<')) != std::string::npos;)
        report.replace(at, 1, "\\u003c");
    EXPECT_NE(page.find(report), std::string::npos);
}

// The only address in the page is the name of SVG's namespace, which nobody fetches.
TEST(ReportHtml, RefersToNothingOutsideItself) {
    const std::string page = to_html(realistic_result());
    EXPECT_EQ(occurrences(page, "://"), occurrences(page, "'http://www.w3.org/2000/svg'"));
    for (const char* loads : {" src=", "@import", "url(", "<link", "fetch(", "XMLHttpRequest"})
        EXPECT_EQ(page.find(loads), std::string::npos) << loads;
    EXPECT_NE(page.find("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
                        "'unsafe-inline'\""),
              std::string::npos);
}

struct Browsed {
    int status = -1;
    std::string document;
    std::string log;
};

// Opens the page with its self-test in a browser without a window.
Browsed browse(const RunResult& result) {
    std::string folder = (std::filesystem::temp_directory_path() / "bitloom_page_XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    write_file(folder + "/page.html", to_html(result));
    const std::string command =
        "timeout 120 " BITLOOM_CHROMIUM
        " --headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
        " --disable-background-networking --disable-component-update --disable-sync"
        " --disable-dev-shm-usage --enable-logging=stderr --v=0 --virtual-time-budget=5000"
        " --user-data-dir='" +
        folder + "/profile' --dump-dom 'file://" + folder + "/page.html#selftest' 2>'" + folder +
        "/log'";
    Browsed browsed;
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("no shell");
    std::array<char, 65536> block;
    while (const std::size_t size = std::fread(block.data(), 1, block.size(), pipe))
        browsed.document.append(block.data(), size);
    const int status = pclose(pipe);
    browsed.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    browsed.log = read_file(folder + "/log");
    std::filesystem::remove_all(folder);
    return browsed;
}

void expect_good(const RunResult& result) {
    const Browsed browsed = browse(result);
    ASSERT_EQ(browsed.status, 0) << browsed.log;
    const std::size_t head = browsed.document.find("<head>");
    ASSERT_NE(head, std::string::npos) << browsed.log;
    const std::string root = browsed.document.substr(0, head);
    EXPECT_NE(root.find("data-ready=\"true\""), std::string::npos) << root;
    EXPECT_NE(root.find("data-selftest=\"pass\""), std::string::npos) << root;
    EXPECT_EQ(root.find("data-errors"), std::string::npos) << root;
    EXPECT_EQ(browsed.log.find("CONSOLE"), std::string::npos) << browsed.log;
}

class ReportHtmlInBrowser : public ::testing::Test {
protected:
    void SetUp() override {
        if (std::string_view(BITLOOM_CHROMIUM).empty())
            GTEST_SKIP() << "no chromium was found when the build was configured";
    }
};

TEST_F(ReportHtmlInBrowser, RealisticResultPassesTheSelfTest) {
    expect_good(realistic_result());
}
TEST_F(ReportHtmlInBrowser, NamesFullOfMarkupPassTheSelfTest) {
    expect_good(small_result());
}
TEST_F(ReportHtmlInBrowser, AnalogResultPassesTheSelfTest) {
    expect_good(testing::analog_result());
}
TEST_F(ReportHtmlInBrowser, EmptyResultPassesTheSelfTest) {
    expect_good(RunResult{});
}
TEST_F(ReportHtmlInBrowser, ArbitraryResultPassesTheSelfTest) {
    expect_good(random_result(3));
}

// Eight charts, each with a drawing, and a row a layer.
TEST_F(ReportHtmlInBrowser, RealisticResultShowsEveryChart) {
    const std::string document = browse(realistic_result()).document;
    for (const char* id : {"roofline", "cycles", "energy", "utilization", "sqnr",
                           "energy-components", "area", "accuracy"})
        EXPECT_EQ(occurrences(document, "<figure id=\"" + std::string(id) + "\""), 1U) << id;
    EXPECT_EQ(occurrences(document, "<svg"), 8U);
    EXPECT_EQ(occurrences(document, "class=\"roof\""), 3U);  // 4 bit, 8 bit, DRAM
}

}  // namespace
}  // namespace bitloom
