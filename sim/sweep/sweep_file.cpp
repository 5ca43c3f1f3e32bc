// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep_file.h"

#include <algorithm>
#include <map>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "models/base/text.h"
#include "sim/config/read.h"

namespace bitloom {

namespace {

// A key of one of the sections that are not parameters: the rest of its name.
std::optional<std::string> in_section(const std::string& key, std::string_view section) {
    if (!key.starts_with(section)) return std::nullopt;
    return key.substr(section.size());
}

void declare(KeySet& keys, SweepSettings& settings) {
    keys.choice("sweep.method", settings.method,
                {{"grid", SweepMethod::grid},
                 {"random", SweepMethod::random},
                 {"latin_hypercube", SweepMethod::latin_hypercube},
                 {"nsga2", SweepMethod::nsga2},
                 {"moead", SweepMethod::moead}},
                "How points are chosen");
    keys.integer("sweep.points", settings.points, {1, SweepFile::most_points}, units::none,
                 "Points of random and latin_hypercube");
    keys.integer("sweep.seed", settings.seed, {.min = 0}, units::none,
                 "Of random, latin_hypercube, nsga2 and moead");
    keys.real("sweep.timeout", settings.timeout_s, {.min = 0}, units::seconds,
              "Of one point; 0: none");
    keys.integer("sweep.memory", settings.memory_bytes, {.min = 0}, units::bytes,
                 "Of one point; 0: no limit");
}

// The lists of [search] as text.
struct SearchTexts {
    std::string minimize, maximize, limits;
};

void declare(KeySet& keys, SearchSettings& settings, SearchTexts& texts) {
    keys.text("search.minimize", texts.minimize, "Metrics to have small", "METRICS");
    keys.text("search.maximize", texts.maximize, "Metrics to have large", "METRICS");
    keys.text("search.limits", texts.limits, "Bounds on metrics", "METRIC <= NUMBER, ...");
    keys.integer("search.population", settings.population, {8, 10'000, 4}, units::none,
                 "Points of a generation of nsga2 and moead");
    keys.integer("search.generations", settings.generations, {1, 100'000}, units::none,
                 "Generations of nsga2 and moead after the first");
}

class Reader {
public:
    Reader(SweepFile& file, const std::vector<std::string>& known,
           const std::vector<std::string>& metrics)
        : file_(file), known_(known), metrics_(metrics) {}

    void read() {
        std::vector<Assignment> settings, when, require;
        std::map<std::string, std::string> first_place;
        for (const Assignment& given : parse_ini(file_.name, file_.text, problems_)) {
            if (in_section(given.key, "sweep.") || in_section(given.key, "search.")) {
                settings.push_back(given);  // which finds keys given twice
                continue;
            }
            if (const auto [first, fresh] = first_place.emplace(given.key, given.place); !fresh) {
                problem(given.place, "{} is given twice; first in {}", given.key, first->second);
                continue;
            }
            if (in_section(given.key, "when."))
                when.push_back(given);
            else if (in_section(given.key, "require."))
                require.push_back(given);
            else
                add_parameter(given);
        }
        KeySet keys;
        SearchTexts texts;
        declare(keys, file_.settings);
        declare(keys, file_.search, texts);
        store(keys, file_.name, settings, problems_);
        read_search(keys, texts);
        for (const std::string& name : keys_without_effect())
            if (const std::string& place = keys.find(name)->place; !place.empty())
                problem(place, "{} has no effect: sweep.method is {}", name,
                        keys.find("sweep.method")->print());
        if (file_.settings.method == SweepMethod::grid) {
            for (const SweepParameter& parameter : file_.parameters)
                if (parameter.domain.continuous)
                    problem(parameter.place,
                            "{}: a range without steps has no end of values in a grid: give step "
                            "N, step *N, count N or log N",
                            parameter.name);
        }
        for (const Assignment& given : when) add_when(given);
        for (const Assignment& given : require) add_requirement(given);
        if (file_.parameters.empty() && problems_.empty())
            problem(file_.name, "has no parameter: must have at least one, as array.rows = 16, 32");
        throw_problems(problems_);
    }

private:
    template <class... Args>
    void problem(const std::string& place, fmt::format_string<Args...> text, Args&&... args) {
        problems_.push_back(place + ": " + fmt::format(text, std::forward<Args>(args)...));
    }

    std::vector<std::string> keys_without_effect() const {
        if (file_.is_search()) return {"sweep.points"};
        if (file_.settings.method == SweepMethod::grid)
            return {"sweep.points", "sweep.seed", "search.population", "search.generations"};
        return {"search.population", "search.generations"};
    }

    void read_search(const KeySet& keys, const SearchTexts& texts) {
        SearchSettings& search = file_.search;
        const auto parse = [&](const char* key, const std::string& text, const auto& read_text) {
            try {
                read_text(text);
            } catch (const Error& error) {
                problem(keys.find(key)->place, "{} = {}: {}", key, text, error.what());
            }
        };
        const auto check = [&](const std::string& metric) {
            if (!metrics_.empty() &&
                std::find(metrics_.begin(), metrics_.end(), metric) == metrics_.end())
                fail("unknown metric '{}'{}; known: {}", metric, did_you_mean(metric, metrics_),
                     fmt::join(metrics_, " "));
        };
        const auto add_objectives = [&](const std::string& text, bool maximize) {
            for (std::string& metric : parse_metrics(text)) {
                check(metric);
                for (const Objective& other : search.objectives)
                    if (other.metric == metric) fail("{} is in search.minimize, too", metric);
                search.objectives.push_back({std::move(metric), maximize});
            }
        };
        parse("search.minimize", texts.minimize,
              [&](const std::string& text) { add_objectives(text, false); });
        parse("search.maximize", texts.maximize,
              [&](const std::string& text) { add_objectives(text, true); });
        parse("search.limits", texts.limits, [&](const std::string& text) {
            search.limits = parse_limits(text);
            for (const MetricLimit& limit : search.limits) check(limit.metric);
        });
        if (file_.is_search() && search.objectives.empty() && texts.minimize.empty() &&
            texts.maximize.empty())
            problem(keys.where("sweep.method"),
                    "needs search.minimize or search.maximize, as search.minimize = latency_s, "
                    "energy_pj");
    }

    void add_parameter(const Assignment& given) {
        if (!known_.empty() && std::find(known_.begin(), known_.end(), given.key) == known_.end()) {
            problem(given.place, "unknown key '{}'{}", given.key, did_you_mean(given.key, known_));
            return;
        }
        SweepParameter parameter;
        parameter.name = given.key;
        parameter.place = given.place;
        try {
            parameter.domain = parse_domain(given.value);
        } catch (const Error& error) {
            problem(given.place, "{} = {}: {}", given.key, given.value, error.what());
            // Kept, so that conditions which mention it give no further problem.
            parameter.domain.values = {"?"};
            broken_.insert(given.key);
        }
        file_.parameters.push_back(std::move(parameter));
    }

    // Of the first `count` parameters.
    Scope scope(std::size_t count) const {
        Scope result;
        for (std::size_t i = 0; i < count; ++i) result.names.push_back(file_.parameters[i].name);
        result.may_be = [this](std::string_view name, std::string_view text) {
            for (const SweepParameter& parameter : file_.parameters)
                if (parameter.name == name)
                    return parameter.domain.continuous || broken_.count(parameter.name) > 0 ||
                           std::find(parameter.domain.values.begin(), parameter.domain.values.end(),
                                     text) != parameter.domain.values.end();
            return false;
        };
        return result;
    }

    void add_when(const Assignment& given) {
        const std::string name = *in_section(given.key, "when.");
        std::size_t index = 0;
        std::vector<std::string> names;
        for (const SweepParameter& each : file_.parameters) names.push_back(each.name);
        while (index < names.size() && names[index] != name) ++index;
        if (index == names.size()) {
            problem(given.place, "when.{}: there is no parameter '{}'{}", name, name,
                    did_you_mean(name, names));
            return;
        }
        SweepParameter& parameter = file_.parameters[index];
        parameter.when_place = given.place + ": " + given.key;
        try {
            parameter.when.emplace(given.value, scope(index));
        } catch (const Error& error) {
            const bool below =
                std::any_of(names.begin() + static_cast<std::ptrdiff_t>(index), names.end(),
                            [&](const std::string& each) {
                                return std::string_view(error.what()).find("'" + each + "'") !=
                                       std::string_view::npos;
                            });
            problem(given.place, "{} = {}: {}{}", given.key, given.value, error.what(),
                    below ? "; only parameters above it in the file can be named" : "");
        }
    }

    void add_requirement(const Assignment& given) {
        try {
            file_.requirements.push_back({given.place + ": " + given.key,
                                          Condition(given.value, scope(file_.parameters.size()))});
        } catch (const Error& error) {
            problem(given.place, "{} = {}: {}", given.key, given.value, error.what());
        }
    }

    SweepFile& file_;
    const std::vector<std::string>& known_;
    const std::vector<std::string>& metrics_;
    std::vector<std::string> problems_;
    std::set<std::string> broken_;
};

}  // namespace

SweepFile parse_sweep(const std::string& name, const std::string& text,
                      const std::vector<std::string>& known,
                      const std::vector<std::string>& metrics) {
    SweepFile file;
    file.name = name;
    file.text = text;
    Reader(file, known, metrics).read();
    return file;
}

SweepFile read_sweep(const std::filesystem::path& path, const std::vector<std::string>& known,
                     const std::vector<std::string>& metrics) {
    return parse_sweep(path.string(), read_text(path), known, metrics);
}

}  // namespace bitloom
