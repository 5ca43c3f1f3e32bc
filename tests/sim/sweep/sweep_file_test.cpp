// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "models/base/error.h"
#include "sim/sweep/content_hash.h"

namespace bitloom {
namespace {

std::vector<SweepPoint> points(const std::string& text) {
    return parse_sweep("runs/s.ini", text).points();
}

// "chip=ant rows=1|chip=ant rows=2"
std::string shown(const std::vector<SweepPoint>& list) {
    std::string text;
    for (const SweepPoint& point : list) {
        if (!text.empty()) text += '|';
        for (std::size_t i = 0; i < point.values.size(); ++i)
            text += (i > 0 ? " " : "") + point.values[i].first + "=" + point.values[i].second;
    }
    return text;
}

std::string error(const std::string& text, const std::vector<std::string>& known = {},
                  const std::vector<std::string>& metrics = {}) {
    try {
        parse_sweep("runs/s.ini", text, known, metrics).points();
    } catch (const Error& caught) {
        return caught.what();
    }
    return "no error";
}

TEST(SweepFile, SettingsAreRead) {
    const SweepFile file = parse_sweep("s.ini",
                                       "chip = ant, olive  # two\n[sweep]\nmethod = random\n"
                                       "points = 2\nseed = 7\ntimeout = 1.5s\nmemory = 2GiB\n");
    EXPECT_EQ(file.settings.method, SweepMethod::random);
    EXPECT_EQ(file.settings.points, 2);
    EXPECT_EQ(file.settings.seed, 7);
    EXPECT_EQ(file.settings.timeout_s, 1.5);
    EXPECT_EQ(file.settings.memory_bytes, 2LL << 30);
}

TEST(SweepFile, GridHasEveryCombinationLastParameterFastest) {
    EXPECT_EQ(shown(points("chip = b, a\n[array]\nrows = 1..2\ncolumns = 8\n")),
              "array.columns=8 array.rows=1 chip=b|array.columns=8 array.rows=2 chip=b|"
              "array.columns=8 array.rows=1 chip=a|array.columns=8 array.rows=2 chip=a");
}

TEST(SweepFile, HashNamesTheValuesAndNothingElse) {
    const auto one = points("a = 1, 2\nb = 3\n");
    const auto other = points("b = 3\na = 2, 5\n[require]\nx = a > 0\n");
    EXPECT_EQ(one[1].hash, other[0].hash);
    EXPECT_NE(one[0].hash, one[1].hash);
    EXPECT_EQ(one[0].hash, sha256_of_pairs(one[0].values));
}

TEST(SweepFile, RequirementsLeavePointsOut) {
    EXPECT_EQ(shown(points("r = 1..3\nc = 1..3\n[require]\nupper = r < c\nsum = r + c != 4\n")),
              "c=2 r=1|c=3 r=2");
}

// A key that another makes meaningless is not in the point: its values are not tried twice.
TEST(SweepFile, WhenGivesAKeyToSomePointsOnly) {
    const std::string text =
        "chip = ant, serial\nstack = auto, none\ndepth = 1..2\n"
        "[when]\nstack = chip == serial\ndepth = stack == auto\n";
    EXPECT_EQ(shown(points(text)),
              "chip=ant|chip=serial depth=1 stack=auto|chip=serial depth=2 stack=auto|"
              "chip=serial stack=none");
    // A requirement on a key that is not there is met.
    EXPECT_EQ(shown(points(text + "[require]\nx = stack == none\n")),
              "chip=ant|chip=serial stack=none");
}

TEST(SweepFile, RandomGivesThatManyDifferentPointsOfTheDomain) {
    const std::string text =
        "r = 1..20\nc = 1..20\nf = 0.5..2.0\n[require]\nx = r <= c\n[sweep]\nmethod = random\n"
        "points = 150\nseed = ";
    const auto list = points(text + "3\n");
    ASSERT_EQ(list.size(), 150u);
    std::set<std::string> hashes;
    for (const SweepPoint& point : list) {
        hashes.insert(point.hash);
        EXPECT_LE(std::stoi(*point.find("r")), std::stoi(*point.find("c")));
        EXPECT_GE(std::stod(*point.find("f")), 0.5);
        EXPECT_LT(std::stod(*point.find("f")), 2.0);
    }
    EXPECT_EQ(hashes.size(), 150u);
    EXPECT_EQ(shown(list), shown(points(text + "3\n")));
    EXPECT_NE(shown(list), shown(points(text + "4\n")));
}

// A draw depends on the seed and the parameter's name: one more parameter does not move the others.
TEST(SweepFile, RandomValuesOfAKeyDoNotDependOnOtherKeys) {
    const std::string end = "[sweep]\nmethod = random\npoints = 20\n";
    const auto one = points("f = 0.0..1.0\n" + end);
    const auto two = points("a = 1..9\nf = 0.0..1.0\n" + end);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(*one[i].find("f"), *two[i].find("f"));
}

TEST(SweepFile, RandomFindsAllOfASmallDomain) {
    EXPECT_EQ(points("a = 1..4\nb = 1..5\n[sweep]\nmethod = random\npoints = 20\n").size(), 20u);
}

// The property that the method is named for: each 1/n of each parameter is used exactly once.
TEST(SweepFile, LatinHypercubeUsesEveryPartOfEveryParameterOnce) {
    constexpr int n = 50;
    for (const int seed : {1, 2, 3}) {
        const auto list = points(fmt::format(
            "f = 0.0..1.0\ng = 1.0..1000.0 log\nr = 1..{}\n[sweep]\nmethod = latin_hypercube\n"
            "points = {}\nseed = {}\n",
            n, n, seed));
        ASSERT_EQ(list.size(), static_cast<std::size_t>(n));
        std::set<int> f, g, r;
        for (const SweepPoint& point : list) {
            f.insert(static_cast<int>(std::stod(*point.find("f")) * n));
            g.insert(static_cast<int>(std::log10(std::stod(*point.find("g"))) / 3.0 * n));
            r.insert(std::stoi(*point.find("r")));
        }
        EXPECT_EQ(f.size(), static_cast<std::size_t>(n)) << "seed " << seed;
        EXPECT_EQ(g.size(), static_cast<std::size_t>(n)) << "seed " << seed;
        EXPECT_EQ(r.size(), static_cast<std::size_t>(n)) << "seed " << seed;
    }
}

TEST(SweepFile, LatinHypercubeOfAListHasEachValueEquallyOften) {
    const auto list =
        points("chip = a, b, c, d\nf = 0.0..1.0\n[sweep]\nmethod = latin_hypercube\npoints = 40\n");
    std::map<std::string, int> count;
    for (const SweepPoint& point : list) ++count[*point.find("chip")];
    EXPECT_EQ(count, (std::map<std::string, int>{{"a", 10}, {"b", 10}, {"c", 10}, {"d", 10}}));
}

// What a stored database is resumed by: these points are the same on every machine and day.
TEST(SweepFile, PointsOfASeedDoNotChange) {
    const std::string text = "r = 1..100\nchip = a, b\n[sweep]\nseed = 5\npoints = 4\nmethod = ";
    EXPECT_EQ(shown(points(text + "random\n")), "chip=a r=4|chip=b r=27|chip=b r=78|chip=b r=4");
    EXPECT_EQ(shown(points(text + "latin_hypercube\n")),
              "chip=a r=47|chip=b r=2|chip=b r=90|chip=a r=59");
}

TEST(SweepFile, EveryProblemIsReportedWithItsLine) {
    EXPECT_EQ(error("rows = 1..x\nrows = 2\nchp = 1\nnonsense\n[sweep]\nmethod = gird\n"
                    "seeds = 1\n[when]\ncols = chip == a\n[require]\nx = rows <\n",
                    {"rows", "chip"}),
              "runs/s.ini:4: cannot read 'nonsense': must be [section], key = value or # comment\n"
              "runs/s.ini:1: rows = 1..x: '1..x': after '..' must stand a number of at most 18 "
              "digits, as 64, 0.5 or 64KiB\n"
              "runs/s.ini:2: rows is given twice; first in runs/s.ini:1\n"
              "runs/s.ini:3: unknown key 'chp'; did you mean 'chip'?\n"
              "runs/s.ini:6: sweep.method = gird: must be one of grid random latin_hypercube "
              "nsga2 moead; did you mean 'grid'?\n"
              "runs/s.ini:7: unknown key 'sweep.seeds'; did you mean 'sweep.seed'?\n"
              "runs/s.ini:9: when.cols: there is no parameter 'cols'; did you mean 'rows'?\n"
              "runs/s.ini:11: require.x = rows <: ends where a number, parameter or text must "
              "stand");
}

TEST(SweepFile, ErrorsSayWhatIsAllowed) {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"", "runs/s.ini: has no parameter: must have at least one, as array.rows = 16, 32"},
             {"a = 0.5..1.0\n",
              "runs/s.ini:1: a: a range without steps has no end of values in a grid: give step N, "
              "step *N, count N or log N"},
             {"a = 1\n[sweep]\nseed = 3\n",
              "runs/s.ini:3: sweep.seed has no effect: sweep.method is grid"},
             {"a = 1\n[sweep]\nmethod = random\npoints = 0\n",
              "runs/s.ini:4: sweep.points = 0: must be 1..1000000"},
             {"a = 1..1000\nb = 1..1001\n",
              "runs/s.ini: the grid has more than 1000000 combinations: give fewer values, or "
              "sweep.method = random"},
             {"a = 1, 2\n[require]\nx = a > 2\n", "runs/s.ini: no point meets every requirement"},
             {"a = 1, 2\n[sweep]\nmethod = random\npoints = 3\n",
              "runs/s.ini: sweep.points = 3: only 2 different points were found in 1300 draws: ask "
              "for fewer, or sweep.method = grid"},
             {"a = 1\nb = 2\n[when]\na = b == 2\n",
              "runs/s.ini:4: when.a = b == 2: unknown parameter 'b'; only parameters above it in "
              "the file can be named"},
             {"a = 1KiB\nb = 2\n[require]\nx = a < b\n",
              "runs/s.ini:4: require.x: units that do not fit: < (where a = 1KiB, b = 2)"},
             {"a = 1\n[require]\nx = a == 1\nx = a == 1\n",
              "runs/s.ini:4: require.x is given twice; first in runs/s.ini:3"}})
        EXPECT_EQ(error(text), expected) << text;
}

TEST(SweepFile, ASearchHasObjectivesAndLimits) {
    const SweepFile file = parse_sweep(
        "s.ini",
        "a = 1..9\n[search]\nmaximize = accuracy\nminimize = latency_s, energy_pj  # two\n"
        "limits = area_mm2 <= 10, accuracy >= 0.9\npopulation = 24\ngenerations = 5\n"
        "[sweep]\nmethod = nsga2\nseed = 3\n",
        {"a"}, {"accuracy", "latency_s", "energy_pj", "area_mm2"});
    EXPECT_TRUE(file.is_search());
    ASSERT_EQ(file.search.objectives.size(), 3U);
    EXPECT_EQ(file.search.objectives[0].metric, "latency_s");
    EXPECT_FALSE(file.search.objectives[1].maximize);
    EXPECT_EQ(file.search.objectives[2].metric, "accuracy");
    EXPECT_TRUE(file.search.objectives[2].maximize);
    EXPECT_EQ(file.search.limits.size(), 2U);
    EXPECT_EQ(file.search.population, 24);
    EXPECT_EQ(file.search.generations, 5);
}

// The frontier of a grid is over its objectives, too.
TEST(SweepFile, ObjectivesBelongToEveryMethod) {
    const SweepFile file = parse_sweep("s.ini", "a = 1..9\n[search]\nminimize = cycles\n");
    EXPECT_FALSE(file.is_search());
    EXPECT_EQ(file.search.objectives.size(), 1U);
    EXPECT_EQ(file.points().size(), 9U);
}

TEST(SweepFile, ErrorsOfASearchSayWhatIsAllowed) {
    const std::vector<std::string> metrics = {"accuracy", "cycles"};
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"[sweep]\nmethod = moead\n",
              "runs/s.ini:3: sweep.method = moead: needs search.minimize or search.maximize, as "
              "search.minimize = latency_s, energy_pj"},
             {"[sweep]\nmethod = nsga2\npoints = 9\n[search]\nminimize = cycles\n",
              "runs/s.ini:4: sweep.points has no effect: sweep.method is nsga2"},
             {"[search]\nminimize = cycles\npopulation = 8\n",
              "runs/s.ini:4: search.population has no effect: sweep.method is grid"},
             {"[search]\npopulation = 10\n[sweep]\nmethod = nsga2\n[search]\nminimize = cycles\n",
              "runs/s.ini:3: search.population = 10: must be 8..10000, a multiple of 4"},
             {"[search]\nminimize = cycels\n",
              "runs/s.ini:3: search.minimize = cycels: unknown metric 'cycels'; did you mean "
              "'cycles'?; known: accuracy cycles"},
             {"[search]\nminimize = cycles\nmaximize = cycles\n",
              "runs/s.ini:4: search.maximize = cycles: cycles is in search.minimize, too"},
             {"[search]\nlimits = edp <= 3\n",
              "runs/s.ini:3: search.limits = edp <= 3: unknown metric 'edp'; known: accuracy "
              "cycles"},
             {"[search]\nlimits = cycles\n",
              "runs/s.ini:3: search.limits = cycles: 'cycles': must be METRIC <= NUMBER or METRIC "
              ">= NUMBER"}})
        EXPECT_EQ(error("a = 1\n" + text, {}, metrics), expected) << text;
}

}  // namespace
}  // namespace bitloom
