// SPDX-License-Identifier: Apache-2.0
// SweepFile::points(): grid, random and Latin hypercube.
#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "models/base/error.h"
#include "models/base/random.h"
#include "sim/sweep/content_hash.h"
#include "sim/sweep/sweep_file.h"

namespace bitloom {

namespace {

std::optional<bool> evaluate(const Condition& condition, const std::string& place,
                             const Condition::Lookup& lookup) {
    try {
        return condition.holds(lookup);
    } catch (const Error& error) {
        std::string values;
        for (const std::string& name : condition.names())
            values += (values.empty() ? "" : ", ") + name + " = " + *lookup(name);
        fail("{}: {} (where {})", place, error.what(), values);
    }
}

// Collects the points that meet the requirements, each once.
class Collector {
public:
    explicit Collector(const SweepFile& file) : file_(file) {}

    // `values` of the parameters, in their order.
    void offer(const std::vector<std::string>& values) {
        std::optional<SweepPoint> point = file_.point(values);
        if (point && seen_.insert(point->hash).second) points_.push_back(std::move(*point));
    }

    std::size_t size() const { return points_.size(); }
    std::vector<SweepPoint> take() { return std::move(points_); }

private:
    const SweepFile& file_;
    std::vector<SweepPoint> points_;
    std::unordered_set<std::string> seen_;
};

void offer_grid(const SweepFile& file, Collector& collector) {
    std::int64_t combinations = 1;
    for (const SweepParameter& parameter : file.parameters)
        if (__builtin_mul_overflow(combinations,
                                   static_cast<std::int64_t>(parameter.domain.values.size()),
                                   &combinations) ||
            combinations > SweepFile::most_points)
            fail(
                "{}: the grid has more than {} combinations: give fewer values, or sweep.method = "
                "random",
                file.name, SweepFile::most_points);
    std::vector<std::string> values(file.parameters.size());
    for (std::int64_t index = 0; index < combinations; ++index) {
        std::int64_t rest = index;
        for (std::size_t i = file.parameters.size(); i-- > 0;) {
            const std::vector<std::string>& domain = file.parameters[i].domain.values;
            const auto size = static_cast<std::int64_t>(domain.size());
            values[i] = domain[static_cast<std::size_t>(rest % size)];
            rest /= size;
        }
        collector.offer(values);
    }
}

std::vector<RandomStream> streams(const SweepFile& file, std::string_view purpose) {
    std::vector<RandomStream> result;
    for (const SweepParameter& parameter : file.parameters)
        result.emplace_back(static_cast<std::uint64_t>(file.settings.seed),
                            fmt::format("sweep.{}.{}", purpose, parameter.name));
    return result;
}

void offer_random(const SweepFile& file, Collector& collector) {
    const std::vector<RandomStream> draws = streams(file, "random");
    const auto wanted = static_cast<std::size_t>(file.settings.points);
    // A domain of as many points as are wanted needs about ln(n) + 1 draws a point, n <= 10^6.
    const std::uint64_t most_draws = 1000 + 100 * static_cast<std::uint64_t>(wanted);
    std::vector<std::string> values(draws.size());
    for (std::uint64_t draw = 0; draw < most_draws && collector.size() < wanted; ++draw) {
        for (std::size_t i = 0; i < draws.size(); ++i)
            values[i] = file.parameters[i].domain.at(draws[i].uniform(draw));
        collector.offer(values);
    }
    if (collector.size() < wanted)
        fail(
            "{}: sweep.points = {}: only {} different points were found in {} draws: ask for "
            "fewer, or sweep.method = grid",
            file.name, wanted, collector.size(), most_draws);
}

void offer_latin_hypercube(const SweepFile& file, Collector& collector) {
    const std::vector<RandomStream> orders = streams(file, "latin_hypercube.order");
    const std::vector<RandomStream> offsets = streams(file, "latin_hypercube.offset");
    const auto count = static_cast<std::size_t>(file.settings.points);
    std::vector<std::vector<std::size_t>> parts(orders.size());
    for (std::size_t i = 0; i < orders.size(); ++i) {
        parts[i].resize(count);
        std::iota(parts[i].begin(), parts[i].end(), std::size_t{0});
        for (std::size_t k = count; k > 1; --k)  // Fisher-Yates
            std::swap(parts[i][k - 1], parts[i][orders[i].below(k, k)]);
    }
    std::vector<std::string> values(orders.size());
    for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t i = 0; i < orders.size(); ++i)
            values[i] = file.parameters[i].domain.at(
                (static_cast<double>(parts[i][k]) + offsets[i].uniform(k)) /
                static_cast<double>(count));
        collector.offer(values);
    }
}

}  // namespace

const std::string* SweepPoint::find(std::string_view key) const {
    for (const auto& [name, value] : values)
        if (name == key) return &value;
    return nullptr;
}

std::optional<SweepPoint> SweepFile::point(const std::vector<std::string>& values) const {
    SweepPoint point;
    const Condition::Lookup lookup = [&point](std::string_view key) { return point.find(key); };
    for (std::size_t i = 0; i < values.size(); ++i) {
        const SweepParameter& parameter = parameters[i];
        // A condition over a key that is not there holds for nothing: neither has this one.
        if (parameter.when &&
            !evaluate(*parameter.when, parameter.when_place, lookup).value_or(false))
            continue;
        point.values.emplace_back(parameter.name, values[i]);
    }
    for (const SweepRequirement& requirement : requirements)
        if (!evaluate(requirement.condition, requirement.place, lookup).value_or(true))
            return std::nullopt;
    std::sort(point.values.begin(), point.values.end());
    std::vector<std::pair<std::string, std::string>> hashed = point.values;
    for (const auto& [key, value] : point.values)
        if (const auto of_key = contents.find(key); of_key != contents.end())
            if (const auto content = of_key->second.find(value); content != of_key->second.end())
                hashed.emplace_back(key + " content", content->second);
    point.hash = sha256_of_pairs(hashed);
    return point;
}

std::vector<SweepPoint> SweepFile::points() const {
    Collector collector(*this);
    switch (settings.method) {
        case SweepMethod::grid:
            offer_grid(*this, collector);
            break;
        case SweepMethod::random:
            offer_random(*this, collector);
            break;
        case SweepMethod::latin_hypercube:
            offer_latin_hypercube(*this, collector);
            break;
        case SweepMethod::nsga2:
        case SweepMethod::moead:
            BITLOOM_CHECK(false, "the points of a search are known while it runs");
    }
    if (collector.size() == 0) fail("{}: no point meets every requirement", name);
    return collector.take();
}

}  // namespace bitloom
