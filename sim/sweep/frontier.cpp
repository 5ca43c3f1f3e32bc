// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/frontier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/sweep/pareto.h"

namespace bitloom {

namespace {

std::vector<Objective> default_objectives() {
    return {{"latency_s", false}, {"energy_pj", false}, {"accuracy", true}};
}

}  // namespace

FrontierRule frontier_rule(const SearchSettings& search) {
    FrontierRule rule{search.objectives, search.limits, search.objectives.empty()};
    if (rule.is_default) rule.objectives = default_objectives();
    return rule;
}

std::string workload_of(const SweepPoint& point) {
    std::string workload;
    if (const std::string* network = point.find("network")) workload = *network;
    if (const std::string* product = point.find("gemm"))
        workload += fmt::format("{}gemm {}", workload.empty() ? "" : " ", *product);
    return workload;
}

Frontier::Frontier(FrontierRule rule) : rule_(std::move(rule)) {
}

void Frontier::add(const PointRecord& record) {
    if (record.status != PointStatus::done) return;
    ++done_;
    Workload& workload = workloads_[workload_of(record.point)];
    ++workload.done;
    workload.present.resize(rule_.objectives.size());
    if (!within(rule_.limits, record.metrics)) return;
    Present present;
    std::vector<Objective> objectives;
    for (std::size_t i = 0; i < rule_.objectives.size(); ++i) {
        present.push_back(record.metrics.count(rule_.objectives[i].metric) > 0);
        if (!present[i]) continue;
        workload.present[i] = true;
        objectives.push_back(rule_.objectives[i]);
    }
    if (objectives.empty() || (!rule_.is_default && objectives.size() < present.size())) return;
    const std::vector<double> point = *costs(objectives, record.metrics);
    std::vector<Member>& members = workload.members[present];
    for (const Member& other : members)
        if (dominates(other.costs, point)) return;
    std::erase_if(members, [&](const Member& other) { return dominates(point, other.costs); });
    const auto accuracy = record.metrics.find("accuracy");
    members.push_back({record.number, point,
                       accuracy == record.metrics.end()
                           ? std::nullopt
                           : std::optional<double>(number(accuracy->second))});
}

const std::vector<Frontier::Member>& Frontier::members_of(const Workload& workload) const {
    static const std::vector<Member> none;
    const auto found = workload.members.find(workload.present);
    return found == workload.members.end() ? none : found->second;
}

std::size_t Frontier::size() const {
    std::size_t size = 0;
    for (const auto& [name, workload] : workloads_) size += members_of(workload).size();
    return size;
}

std::vector<WorkloadFrontier> Frontier::workloads() const {
    std::vector<WorkloadFrontier> result;
    for (const auto& [name, workload] : workloads_) {
        WorkloadFrontier front{name, workload.done, {}, {}, {}};
        for (std::size_t i = 0; i < rule_.objectives.size(); ++i)
            if (!rule_.is_default || workload.present[i])
                front.objectives.push_back(rule_.objectives[i]);
        for (const Member& member : members_of(workload)) {
            front.numbers.push_back(member.number);
            for (std::size_t i = 0; i < front.objectives.size(); ++i) {
                const auto& [metric, maximize] = front.objectives[i];
                const WorkloadFrontier::Best mine{maximize ? -member.costs[i] : member.costs[i],
                                                  member.accuracy};
                const auto [entry, is_new] = front.best.try_emplace(metric, mine);
                WorkloadFrontier::Best& best = entry->second;
                if (maximize ? mine.value > best.value : mine.value < best.value) best = mine;
                if (mine.value == best.value)
                    best.accuracy = std::max(best.accuracy, mine.accuracy);
            }
        }
        std::sort(front.numbers.begin(), front.numbers.end());
        result.push_back(std::move(front));
    }
    return result;
}

std::string Frontier::objectives_text() const {
    std::string text;
    for (const Objective& objective : rule_.objectives)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                            objective.maximize ? "large" : "small", objective.metric);
    return text;
}

Frontier frontier_of(const FrontierRule& rule, const std::vector<PointRecord>& records) {
    Frontier frontier(rule);
    for (const PointRecord& record : records) frontier.add(record);
    return frontier;
}

}  // namespace bitloom
