// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/objectives.h"

#include <gtest/gtest.h>

#include "models/base/error.h"

namespace bitloom {
namespace {

using Names = std::vector<std::string>;

TEST(Objectives, NamesAreReadFromAList) {
    EXPECT_EQ(parse_metrics(""), Names{});
    EXPECT_EQ(parse_metrics("  "), Names{});
    EXPECT_EQ(parse_metrics("latency_s"), Names{"latency_s"});
    EXPECT_EQ(parse_metrics(" latency_s ,energy_pj.dram "), (Names{"latency_s", "energy_pj.dram"}));
}

TEST(Objectives, LimitsAreReadFromAList) {
    EXPECT_TRUE(parse_limits(" ").empty());
    const std::vector<MetricLimit> limits = parse_limits("area_mm2 <= 10, accuracy>=0.9,x>= -1e-3");
    ASSERT_EQ(limits.size(), 3U);
    EXPECT_EQ(limits[0].metric, "area_mm2");
    EXPECT_TRUE(limits[0].at_most);
    EXPECT_EQ(limits[0].bound, 10.0);
    EXPECT_EQ(limits[1].metric, "accuracy");
    EXPECT_FALSE(limits[1].at_most);
    EXPECT_EQ(limits[1].bound, 0.9);
    EXPECT_EQ(limits[2].bound, -1e-3);
}

TEST(Objectives, MistakesSayWhatIsAllowed) {
    const auto error = [](auto&& parse, const char* text) -> std::string {
        try {
            parse(text);
        } catch (const Error& caught) {
            return caught.what();
        }
        return "no error";
    };
    EXPECT_EQ(error(parse_metrics, "a,"), "'': must be the name of a metric, as latency_s");
    EXPECT_EQ(error(parse_metrics, "a b"), "'a b': must be the name of a metric, as latency_s");
    EXPECT_EQ(error(parse_metrics, "a, b, a"), "a is named twice");
    for (const char* text : {"a", "a = 3", "a < 3", "<= 3", "a == 3", "a b <= 3"})
        EXPECT_EQ(error(parse_limits, text),
                  fmt::format("'{}': must be METRIC <= NUMBER or METRIC >= NUMBER", text));
    for (const char* bound : {"", "x", "3KiB", "3 4"})
        EXPECT_EQ(error(parse_limits, fmt::format("a <= {}", bound).c_str()),
                  fmt::format("'a <={}{}': '{}' must be a number without unit (the metric's name "
                              "has the unit)",
                              *bound == '\0' ? "" : " ", bound, bound));
}

TEST(Objectives, AViolationIsAPartOfTheBound) {
    const auto missed = [](const char* limit, double value) {
        return violation(parse_limits(limit)[0], value);
    };
    EXPECT_EQ(missed("a <= 10", 10.0), 0.0);
    EXPECT_EQ(missed("a <= 10", -100.0), 0.0);
    EXPECT_EQ(missed("a <= 10", 15.0), 0.5);
    EXPECT_EQ(missed("a >= -4", -5.0), 0.25);
    EXPECT_EQ(missed("a >= -4", -4.0), 0.0);
    EXPECT_EQ(missed("a <= 0", 3.0), 3.0);
}

TEST(Objectives, CostsAreMinimizedAndNeedEveryMetric) {
    const Metrics metrics = {{"cycles", std::int64_t{7}}, {"accuracy", 0.5}};
    EXPECT_EQ(costs({{"accuracy", true}, {"cycles", false}}, metrics),
              (std::vector<double>{-0.5, 7.0}));
    EXPECT_EQ(costs({{"cycles", false}, {"edp", false}}, metrics), std::nullopt);
}

TEST(Objectives, ALimitOnAMetricThatIsNotThereIsMissed) {
    const Metrics metrics = {{"area_mm2", 3.0}};
    EXPECT_TRUE(within({}, metrics));
    EXPECT_TRUE(within(parse_limits("area_mm2 <= 3, area_mm2 >= 1"), metrics));
    EXPECT_FALSE(within(parse_limits("area_mm2 <= 3, area_mm2 >= 3.5"), metrics));
    EXPECT_FALSE(within(parse_limits("accuracy >= 0"), metrics));
}

TEST(Objectives, AreWrittenAsTheyAreRead) {
    EXPECT_EQ(metrics_text({{"a", false}, {"b", true}, {"c_s", false}}, false), "a, c_s");
    EXPECT_EQ(metrics_text({{"a", false}, {"b", true}}, true), "b");
    EXPECT_EQ(metrics_text({}, true), "");
    const std::string text = "area_mm2 <= 0.1, accuracy >= 0.9, x <= -12000000";
    EXPECT_EQ(limits_text(parse_limits(text)), text);
    EXPECT_EQ(limits_text({}), "");
}

}  // namespace
}  // namespace bitloom
