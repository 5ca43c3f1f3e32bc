// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/search/search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "models/base/error.h"
#include "models/base/random.h"
#include "sim/sweep/pareto.h"

namespace bitloom {
namespace {

using Answers = std::vector<std::optional<Metrics>>;

// ZDT1 (Zitzler, Deb, Thiele, Evolutionary Computation 8(2), 2000) on a lattice: the front is
// b = c = d = e = 0 with f2 = 1 - sqrt(f1), one point a value of a.
const std::string zdt1 =
    "a = 0..30\nb = 0..15\nc = 0..15\nd = 0..15\ne = 0..15\n"
    "[search]\nminimize = f1, f2\npopulation = 40\ngenerations = 30\n[sweep]\n";

double value(const SweepPoint& point, const char* key) {
    return std::stod(*point.find(key));
}

Metrics zdt1_at(const SweepPoint& point) {
    double sum = 0.0;
    for (const char* key : {"b", "c", "d", "e"}) sum += value(point, key) / 15.0;
    const double f1 = value(point, "a") / 30.0;
    const double g = 1.0 + 9.0 * sum / 4.0;
    return {{"f1", f1}, {"f2", g * (1.0 - std::sqrt(f1 / g))}};
}

template <class Measure>
EvaluatePoints each(Measure measure) {
    return [measure](std::span<const SweepPoint> points) {
        Answers answers;
        for (const SweepPoint& point : points) answers.push_back(measure(point));
        return answers;
    };
}

// The area that the points dominate, up to (1.1, 1.1).
double hypervolume(std::vector<std::pair<double, double>> points) {
    std::sort(points.begin(), points.end());
    double area = 0.0, height = 1.1;
    for (const auto& [x, y] : points)
        if (x < 1.1 && y < height) {
            area += (1.1 - x) * (height - y);
            height = y;
        }
    return area;
}

double hypervolume_of(const std::vector<SweepPoint>& points) {
    std::vector<std::pair<double, double>> costs;
    for (const SweepPoint& point : points) {
        const Metrics metrics = zdt1_at(point);
        costs.emplace_back(number(metrics.at("f1")), number(metrics.at("f2")));
    }
    return hypervolume(costs);
}

double best_hypervolume() {
    std::vector<std::pair<double, double>> costs;
    for (int a = 0; a <= 30; ++a) costs.emplace_back(a / 30.0, 1.0 - std::sqrt(a / 30.0));
    return hypervolume(costs);
}

class Search : public ::testing::TestWithParam<const char*> {
protected:
    SweepFile file(const std::string& text, int seed = 1) const {
        return parse_sweep("s.ini",
                           text + fmt::format("method = {}\nseed = {}\n", GetParam(), seed));
    }
};

std::vector<std::string> hashes(const std::vector<SweepPoint>& points) {
    std::vector<std::string> result;
    for (const SweepPoint& point : points) result.push_back(point.hash);
    return result;
}

TEST_P(Search, ReachesTheFrontOfZdt1) {
    for (const int seed : {1, 2, 3}) {
        const SearchResult found = search(file(zdt1, seed), each(zdt1_at));
        EXPECT_LE(found.points.size(), 40U * 31U);
        EXPECT_GT(hypervolume_of(found.points), 0.97 * best_hypervolume()) << "seed " << seed;
        // As many points drawn at random stay far behind: the search does something.
        const SweepFile random = parse_sweep(
            "s.ini",
            zdt1.substr(0, zdt1.find("[search]")) +
                fmt::format("[sweep]\nmethod = random\npoints = {}\n", found.points.size()));
        EXPECT_LT(hypervolume_of(random.points()), 0.8 * best_hypervolume());
    }
}

TEST_P(Search, TheFrontIsThatOfItsPoints) {
    const SearchResult found = search(file(zdt1), each(zdt1_at));
    std::vector<std::vector<double>> costs;
    for (const SweepPoint& point : found.points) {
        const Metrics metrics = zdt1_at(point);
        costs.push_back({number(metrics.at("f1")), number(metrics.at("f2"))});
    }
    EXPECT_EQ(found.front, pareto_front(costs));
}

TEST_P(Search, SameSeedSamePoints) {
    const auto one = hashes(search(file(zdt1, 4), each(zdt1_at)).points);
    EXPECT_EQ(one, hashes(search(file(zdt1, 4), each(zdt1_at)).points));
    EXPECT_NE(one, hashes(search(file(zdt1, 5), each(zdt1_at)).points));
}

// A small domain is asked for again and again, and evaluated once; so are points whose genomes
// differ in a key that they do not have.
TEST_P(Search, NoPointIsEvaluatedTwice) {
    std::set<std::string> seen;
    const SearchResult found =
        search(file("chip = a, b\nrows = 1..4\ndepth = 1..9\n[when]\ndepth = chip == b\n"
                    "[search]\nminimize = x, y\npopulation = 16\n[sweep]\n"),
               each([&](const SweepPoint& point) -> Metrics {
                   EXPECT_TRUE(seen.insert(point.hash).second);
                   EXPECT_EQ(point.find("depth") == nullptr, *point.find("chip") == "a");
                   return {{"x", value(point, "rows")}, {"y", -value(point, "rows")}};
               }));
    EXPECT_EQ(found.points.size(), seen.size());
    EXPECT_LE(seen.size(), 4U + 36U);
    EXPECT_GT(seen.size(), 20U);
}

TEST_P(Search, AWholeGenerationIsEvaluatedTogether) {
    std::size_t calls = 0;
    search(file(zdt1), [&](std::span<const SweepPoint> points) {
        EXPECT_LE(points.size(), 40U);
        ++calls;
        return each(zdt1_at)(points);
    });
    EXPECT_LE(calls, 31U);
    EXPECT_GE(calls, 25U);
}

// Limits that most of the domain misses, the front of ZDT1 without limits included.
TEST_P(Search, PointsOfTheFrontKeepTheLimits) {
    std::string text = zdt1;
    text.insert(text.find("population"), "limits = f2 >= 1.5, f1 <= 0.4, f1 >= 0.2\n");
    const SearchResult found = search(file(text), each(zdt1_at));
    ASSERT_FALSE(found.front.empty());
    double least = 10.0;
    for (const std::size_t i : found.front) {
        const Metrics metrics = zdt1_at(found.points[i]);
        EXPECT_GE(number(metrics.at("f2")), 1.5);
        EXPECT_GE(number(metrics.at("f1")), 0.2);
        EXPECT_LE(number(metrics.at("f1")), 0.4);
        least = std::min(least, number(metrics.at("f1")) + number(metrics.at("f2")));
    }
    EXPECT_LT(least, 1.75);  // 1.7 can be had: the limits are reached, not only kept
}

TEST_P(Search, MaximizedMetricsGrow) {
    const SearchResult found =
        search(file("a = 0..1000\nb = 0..1000\n[search]\nmaximize = sum\n[sweep]\n"),
               each([](const SweepPoint& point) -> Metrics {
                   return {{"sum", value(point, "a") + value(point, "b")}};
               }));
    for (const std::size_t i : found.front)
        EXPECT_GT(value(found.points[i], "a") + value(found.points[i], "b"), 1900.0);
}

TEST_P(Search, ContinuousDomainsAreSearched) {
    const SearchResult found =
        search(file("x = 0.0..4.0\nk = 1..3\n[search]\nminimize = f\ngenerations = 40\n[sweep]\n"),
               each([](const SweepPoint& point) -> Metrics {
                   return {{"f", std::abs(value(point, "x") - 3.25) + value(point, "k")}};
               }));
    ASSERT_EQ(found.front.size(), 1U);
    EXPECT_NEAR(value(found.points[found.front[0]], "x"), 3.25, 0.02);
    EXPECT_EQ(*found.points[found.front[0]].find("k"), "1");
}

TEST_P(Search, FailedPointsAndThoseWithoutAMetricAreNotOnTheFront) {
    const SearchResult found = search(file(zdt1), [&](std::span<const SweepPoint> points) {
        Answers answers = each(zdt1_at)(points);
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (value(points[i], "a") < 10) answers[i].reset();
            if (value(points[i], "a") > 20) answers[i]->erase("f2");
        }
        return answers;
    });
    EXPECT_GT(found.front.size(), 5U);
    for (const std::size_t i : found.front) {
        EXPECT_GE(value(found.points[i], "a"), 10.0);
        EXPECT_LE(value(found.points[i], "a"), 20.0);
    }
}

TEST_P(Search, PointsThatFailARequirementAreNotRun) {
    const SearchResult found =
        search(file("a = 0..30\nb = 0..30\n[require]\nx = a + b > 30\n[search]\nminimize = a, b\n"
                    "[sweep]\n"),
               each([](const SweepPoint& point) -> Metrics {
                   EXPECT_GT(value(point, "a") + value(point, "b"), 30.0);
                   return {{"a", value(point, "a")}, {"b", value(point, "b")}};
               }));
    EXPECT_GE(found.front.size(), 10U);  // of 30
}

TEST_P(Search, WhereNothingIsFeasibleTheFrontIsEmpty) {
    std::string text = zdt1;
    text.insert(text.find("population"), "limits = f1 >= 2\n");
    const SearchResult missed = search(file(text), each(zdt1_at));
    EXPECT_FALSE(missed.points.empty());
    EXPECT_TRUE(missed.front.empty());
    const SearchResult failed = search(
        file(zdt1), [](std::span<const SweepPoint> points) { return Answers(points.size()); });
    EXPECT_FALSE(failed.points.empty());
    EXPECT_TRUE(failed.front.empty());
    const SearchResult left_out =
        search(file("a = 0..5\n[require]\nx = a > 9\n[search]\nminimize = f\n[sweep]\n"),
               [](std::span<const SweepPoint> points) { return Answers(points.size()); });
    EXPECT_TRUE(left_out.points.empty());
}

TEST_P(Search, WhatTheEvaluationThrowsEndsTheSearch) {
    int calls = 0;
    EXPECT_THROW(search(file(zdt1),
                        [&](std::span<const SweepPoint> points) {
                            if (++calls == 3) throw Error("stopped");
                            return each(zdt1_at)(points);
                        }),
                 Error);
    EXPECT_EQ(calls, 3);
}

TEST_P(Search, MistakesSayWhatIsWrong) {
    const auto error = [&](const std::string& text) -> std::string {
        try {
            search(file(text), each(zdt1_at));
        } catch (const Error& caught) {
            return caught.what();
        }
        return "no error";
    };
    std::string text = zdt1;
    EXPECT_EQ(error(text.replace(text.find("f1, f2"), 6, "f1, ff2")),
              "s.ini: no point has the metric 'ff2'; did you mean 'f2'?; there are: f1 f2");
    EXPECT_EQ(error("a = 1\nb = x\n[search]\nminimize = f1\n[sweep]\n"),
              "s.ini: there is nothing to search: every parameter has one value");
}

// The front of three objectives is the plane a + b + c = 30, of which a search finds many points.
TEST_P(Search, ThreeObjectivesHaveAFrontOfManyPoints) {
    const SearchResult found =
        search(file("a = 0..30\nb = 0..30\nd = 0..10\n[require]\nplane = a + b <= 30\n"
                    "[search]\nminimize = a, b, c\npopulation = 60\ngenerations = 20\n[sweep]\n"),
               each([](const SweepPoint& point) -> Metrics {
                   const double a = value(point, "a"), b = value(point, "b"), d = value(point, "d");
                   return {{"a", a + d}, {"b", b + d}, {"c", 30.0 - a - b + d}};
               }));
    std::size_t on_plane = 0;
    for (const std::size_t i : found.front) on_plane += *found.points[i].find("d") == "0";
    EXPECT_GT(on_plane, 60U);
}

// Who evaluates forks: a second thread would leave its locks behind in the children.
TEST_P(Search, StartsNoThread) {
    const auto threads = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                             std::filesystem::directory_iterator());
    };
    search(file(zdt1), [&](std::span<const SweepPoint> points) {
        EXPECT_EQ(threads(), 1);
        return each(zdt1_at)(points);
    });
    EXPECT_EQ(threads(), 1);
}

INSTANTIATE_TEST_SUITE_P(Methods, Search, ::testing::Values("nsga2", "moead"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace bitloom
