// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/condition.h"

#include <gtest/gtest.h>

#include <map>

#include "models/base/error.h"

namespace bitloom {
namespace {

const std::map<std::string, std::string, std::less<>> point = {
    {"array.rows", "64"}, {"array.columns", "16"},   {"buffer", "512KiB"}, {"clock", "0.5GHz"},
    {"chip", "ant"},      {"network", "zoo/digits"}, {"period", "2ns"},    {"zero", "0"}};

Scope scope() {
    Scope scope;
    for (const auto& [name, value] : point) scope.names.push_back(name);
    scope.names.push_back("absent");
    scope.may_be = [](std::string_view name, std::string_view text) {
        return name != "chip" || text == "ant" || text == "olive";
    };
    return scope;
}

std::optional<bool> holds(std::string_view text) {
    return Condition(text, scope()).holds([](std::string_view name) -> const std::string* {
        const auto found = point.find(name);
        return found == point.end() ? nullptr : &found->second;
    });
}

std::string error(std::string_view text) {
    try {
        holds(text);
    } catch (const Error& caught) {
        return caught.what();
    }
    return "no error";
}

TEST(Condition, HoldsWhereItIsTrue) {
    for (const std::string text : {"array.rows == 64",
                                   "array.rows != 63",
                                   "array.rows >= 64",
                                   "array.rows <= 64",
                                   "array.rows > array.columns",
                                   "array.columns < array.rows",
                                   "array.rows * array.columns == 1024",
                                   "array.rows % 10 == 4",
                                   "array.rows / 3 > 21.3",
                                   "2 + 3 * 4 == 14",
                                   "(2 + 3) * 4 == 20",
                                   "10 - 3 - 2 == 5",
                                   "-3 < -2",
                                   "64 - -1 == 65",
                                   "buffer == 0.5MiB",
                                   "buffer + 512KiB == 1MiB",
                                   "buffer / 1KiB == array.rows * 8",
                                   "2 * buffer <= 1MiB",
                                   "clock <= 500MHz",
                                   "period * 500 == 1us",
                                   "chip == ant",
                                   "chip == 'ant'",
                                   "ant == chip",
                                   "chip != olive",
                                   "network == 'zoo/digits'",
                                   "not chip == olive",
                                   "not (array.rows < 64 or chip == olive)",
                                   "chip == olive or chip == ant and array.rows == 64",
                                   "chip == ant or chip == ant and array.rows == 1",
                                   "not not chip == ant"})
        EXPECT_EQ(holds(text), true) << text;
}

TEST(Condition, FailsWhereItIsFalse) {
    for (const std::string text :
         {"array.rows == 63", "array.rows != 64", "array.rows > 64", "array.rows < 64",
          "array.rows <= 63", "array.rows >= 65", "buffer < 512KiB", "chip == olive", "chip != ant",
          "network == 'zoo/digit'", "not chip == ant",
          "(chip == olive or chip == ant) and array.rows == 1", "10 - (3 - 2) == 5"})
        EXPECT_EQ(holds(text), false) << text;
}

TEST(Condition, SaysNothingOfAMissingParameter) {
    EXPECT_EQ(holds("absent == 1"), std::nullopt);
    EXPECT_EQ(holds("array.rows == 64 or absent == 1"), std::nullopt);
    EXPECT_EQ(Condition("absent + zero < array.rows", scope()).names(),
              (std::set<std::string>{"absent", "array.rows", "zero"}));
}

TEST(Condition, ErrorsSayWhatIsWrong) {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"", "ends where a number, parameter or text must stand"},
             {"array.rows",
              "a comparison is missing: must be as array.rows <= 64, joined by and, "
              "or, not"},
             {"array.rows <=", "ends where a number, parameter or text must stand"},
             {"array.rows <= )", "')' where a number, parameter or text must stand"},
             {"(array.rows <= 1", "a bracket is not closed"},
             {"array.rows <= 1 2", "unexpected '2'"},
             {"1 < 2 < 3", "unexpected '<'"},
             {"(1 < 2) == 1", "'<' cannot be compared or computed with"},
             {"array.rows = 1",
              "cannot read '= 1': allowed are == != < <= > >= + - * / % ( ) and "
              "or not"},
             {"array.rows <= 8x", "cannot read '8x': a number must be as 64, 0.5 or 64KiB"},
             {"array.row <= 1", "unknown parameter 'array.row'; did you mean 'array.rows'?"},
             {"array.row + 1 <= 1", "unknown parameter 'array.row'; did you mean 'array.rows'?"},
             {"chip == olvie", "'olvie' is no value of chip and no parameter"},
             {"chip == 'olvie'", "'olvie' is no value of chip"},
             {"chip == 'ant", "a quote is not closed: must be 'text'"},
             {"chip < 'ant'", "'ant' is no number: text has == and != only"},
             {"chip + 1 == 2", "'ant' is no number"},
             {"'ant' + 1 == 2", "'ant' is no number"},
             {"buffer < 512", "units that do not fit: <"},
             {"buffer + clock < buffer", "units that do not fit: +"},
             {"buffer * clock < buffer", "units that do not fit: *"},
             {"1 / zero < 2", "division by zero or a number too large: /"},
             {"1 % zero < 2", "division by zero or a number too large: %"},
             {"chip and chip == ant",
              "a comparison is missing: must be as array.rows <= 64, "
              "joined by and, or, not"},
             {std::string(200, '('), "nested more than 100 deep"},
             {std::string(200, '-') + "1 < 1", "nested more than 100 deep"}})
        EXPECT_EQ(error(text), expected) << text;
    std::string sum = "1";
    for (int i = 0; i < 600; ++i) sum += "+1";
    EXPECT_EQ(error(sum + " > 0"), "has more than 1000 words");
}

}  // namespace
}  // namespace bitloom
