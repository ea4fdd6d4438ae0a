#include "enrich/episode_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <unordered_map>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/enrich/prices.hpp"
#include "opentraces/enrich/usage_tally.hpp"

namespace opentraces::enrich {
namespace {

bool uses_tokens(const ModelUsage& usage) {
    return usage.input_tokens != 0 || usage.output_tokens != 0 || usage.cache_read_tokens != 0 ||
           usage.cache_write_tokens != 0;
}

std::vector<ReplyUsage> replies_of(const trace::TraceRecord& record) {
    std::vector<ReplyUsage> replies;
    for (const trace::Step& step : record.steps) {
        ReplyUsage reply;
        reply.step_index = step.step_index.value();
        reply.usage = {step.model.value_or(record.agent.model.value_or("")),
                       1,
                       step.token_usage.input_tokens.value(),
                       step.token_usage.output_tokens.value(),
                       step.token_usage.cache_read_tokens.value(),
                       step.token_usage.cache_write_tokens.value()};
        if (uses_tokens(reply.usage)) replies.push_back(std::move(reply));
    }
    return replies;
}

std::int64_t rest_of(std::int64_t all, std::int64_t some) {
    return std::max<std::int64_t>(all - some, 0);
}

// What `whole` has beyond `part`, never less than nothing.
ModelUsage beyond(const ModelUsage& whole, const ModelUsage& part) {
    ModelUsage left{whole.model};
    left.replies = rest_of(whole.replies, part.replies);
    left.input_tokens = rest_of(whole.input_tokens, part.input_tokens);
    left.output_tokens = rest_of(whole.output_tokens, part.output_tokens);
    left.cache_read_tokens = rest_of(whole.cache_read_tokens, part.cache_read_tokens);
    left.cache_write_tokens = rest_of(whole.cache_write_tokens, part.cache_write_tokens);
    left.long_cache_write_tokens = rest_of(whole.long_cache_write_tokens, part.long_cache_write_tokens);
    return left;
}

// Many replies at once, of which nobody knows how long their contexts were.
void add_rest(std::vector<ModelUsage>& usage, const ModelUsage& left) {
    auto known = std::find_if(usage.begin(), usage.end(),
                              [&left](const ModelUsage& one) { return one.model == left.model; });
    if (known == usage.end()) {
        usage.push_back(left);
        return;
    }
    known->replies += left.replies;
    known->input_tokens += left.input_tokens;
    known->output_tokens += left.output_tokens;
    known->cache_read_tokens += left.cache_read_tokens;
    known->cache_write_tokens += left.cache_write_tokens;
    known->long_cache_write_tokens += left.long_cache_write_tokens;
}

void divide_usage(const Evidence& whole, const trace::TraceRecord& record, const EpisodeNumbers& numbers,
                  std::vector<Evidence>& parts) {
    const std::vector<ReplyUsage> replies = whole.replies.empty() ? replies_of(record) : whole.replies;
    std::vector<ModelUsage> known;
    UsageTally all(known);
    bool some_are_lower = false;
    std::vector<UsageTally> tallies;
    for (Evidence& part : parts)
        tallies.emplace_back(part.usage);
    for (const ReplyUsage& reply : replies) {
        const auto place = numbers.of(reply.step_index);
        const std::size_t at = numbers.part_of(reply.step_index);
        tallies[at].add(reply.usage);
        all.add(reply.usage);
        parts[at].replies.push_back({place ? place->index : 0, reply.usage, reply.lower_bound});
        parts[at].tokens_are_lower_bound |= reply.lower_bound;
        some_are_lower |= reply.lower_bound;
    }
    for (const ModelUsage& one : whole.usage) {
        const auto same = std::find_if(known.begin(), known.end(),
                                       [&](const ModelUsage& other) { return other.model == one.model; });
        const ModelUsage left = beyond(one, same == known.end() ? ModelUsage{} : *same);
        if (uses_tokens(left)) add_rest(parts.back().usage, left);
    }
    if (!whole.tokens_are_lower_bound || some_are_lower) return;
    for (Evidence& part : parts)
        part.tokens_are_lower_bound = true;
}

double weight_by_tokens(const Evidence& part) {
    double tokens = 0;
    for (const ModelUsage& one : part.usage)
        tokens += static_cast<double>(one.input_tokens) + static_cast<double>(one.output_tokens) +
                  static_cast<double>(one.cache_read_tokens) + static_cast<double>(one.cache_write_tokens);
    return tokens;
}

std::vector<double> weights_of(const std::vector<Evidence>& parts) {
    std::vector<double> weights;
    for (const Evidence& part : parts) {
        const auto cost = PriceTable::standard().cost_of(part.usage);
        if (!cost && !part.usage.empty()) break;
        weights.push_back(cost.value_or(0));
    }
    if (weights.size() == parts.size() && std::accumulate(weights.begin(), weights.end(), 0.0) > 0)
        return weights;
    weights.clear();
    for (const Evidence& part : parts)
        weights.push_back(weight_by_tokens(part));
    return weights;
}

void share_cost(double cost, std::vector<Evidence>& parts) {
    constexpr double k_scale = 1e6;  // decimals of a cost
    const std::vector<double> weights = weights_of(parts);
    const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
    double left = cost;
    for (std::size_t at = 0; at + 1 < parts.size(); ++at) {
        const double share = all > 0 ? std::round(cost * weights[at] / all * k_scale) / k_scale : 0;
        parts[at].actual_cost_usd = share;
        left -= share;
    }
    parts.back().actual_cost_usd = std::round(left * k_scale) / k_scale;
}

void divide_files(const Evidence& whole, const EpisodeNumbers& numbers, std::vector<Evidence>& parts) {
    std::vector<std::size_t> part_of_change;
    for (const FileChange& change : whole.changes) {
        part_of_change.push_back(numbers.part_of(change.step_index));
        const auto place = numbers.of(change.step_index);
        FileChange& own = parts[part_of_change.back()].changes.emplace_back(change);
        own.step_index = place ? place->index : 0;
    }
    for (const FileView& view : whole.views) {
        const auto place = numbers.of(view.step_index);
        if (!place) continue;
        FileView& own = parts[place->part].views.emplace_back(view);
        own.step_index = place->index;
        const auto before = std::min(view.changes_before, part_of_change.size());
        own.changes_before = static_cast<std::size_t>(
            std::count(part_of_change.begin(), part_of_change.begin() + static_cast<std::ptrdiff_t>(before),
                       place->part));
    }
}

void divide_commits(const Evidence& whole, const trace::TraceRecord& record, const EpisodeNumbers& numbers,
                    std::vector<Evidence>& parts) {
    if (whole.commits.empty()) return;
    std::unordered_map<std::string, std::size_t> part_of_call;
    for (std::size_t at = 0; at < record.steps.size(); ++at)
        for (const trace::ToolCall& call : record.steps[at].tool_calls)
            part_of_call.try_emplace(call.tool_call_id, numbers.at(at).part);
    for (const RecordedCommit& commit : whole.commits) {
        const auto part = part_of_call.find(commit.call_id);
        if (part != part_of_call.end()) parts[part->second].commits.push_back(commit);
    }
}

std::optional<TimePoint> first_time_of(const trace::TraceRecord& record, const EpisodeNumbers& numbers,
                                       std::size_t part) {
    for (std::size_t at = 0; at < record.steps.size(); ++at) {
        const trace::Step& step = record.steps[at];
        if (numbers.at(at).part != part || !step.timestamp) continue;
        if (const auto when = parse_iso8601(*step.timestamp)) return when;
    }
    return std::nullopt;
}

// The branch that was noted last before a part is the one on which it begins.
void divide_branches(const Evidence& whole, const trace::TraceRecord& record, const EpisodeNumbers& numbers,
                     std::vector<Evidence>& parts) {
    std::vector<std::optional<TimePoint>> begins;
    for (std::size_t part = 0; part < parts.size(); ++part)
        begins.push_back(first_time_of(record, numbers, part));
    for (const NotedBranch& branch : whole.branches) {
        const auto since = parse_iso8601(branch.since);
        for (std::size_t part = 0; part < parts.size(); ++part) {
            std::vector<NotedBranch>& noted = parts[part].branches;
            const bool ended =
                part + 1 < parts.size() && since && begins[part + 1] && *since >= *begins[part + 1];
            if (ended) continue;
            if (part > 0 && since && begins[part] && *since < *begins[part]) noted.clear();
            noted.push_back(branch);
        }
    }
}

std::string first_folder(const trace::TraceRecord& record) {
    const json::Value* facts = record.metadata.find("opentraces_steps");
    const json::Array* list = facts == nullptr ? nullptr : facts->if_array();
    if (list == nullptr) return {};
    for (const json::Value& one : *list)
        if (const auto folder = one["working_directory"].string_or(); !folder.empty())
            return std::string(folder);
    return {};
}

// Enough to know that there was an edit, and of which file.
void note_edit(const trace::Step& step, const trace::ToolCall& call, Evidence& evidence) {
    const auto has = [&call](std::initializer_list<std::string_view> keys) -> const json::Value* {
        for (const std::string_view key : keys)
            if (const json::Value* value = call.input.find(key)) return value;
        return nullptr;
    };
    const json::Value* path = has({"file_path", "filePath", "notebook_path", "path"});
    if (path == nullptr || path->if_string() == nullptr) return;
    if (has({"new_string", "newString", "content", "edits", "new_source"}) == nullptr) return;
    FileChange change;
    change.path = *path->if_string();
    change.call_id = call.tool_call_id;
    change.step_index = step.step_index.value();
    change.exact = false;
    evidence.changes.push_back(std::move(change));
}

}  // namespace

std::vector<Evidence> divided(const Evidence& evidence, const trace::TraceRecord& record,
                              const EpisodeNumbers& numbers) {
    std::vector<Evidence> parts(numbers.parts());
    for (Evidence& part : parts) {
        part.working_directory = evidence.working_directory;
        part.prices = evidence.prices;
    }
    divide_usage(evidence, record, numbers, parts);
    divide_files(evidence, numbers, parts);
    divide_commits(evidence, record, numbers, parts);
    divide_branches(evidence, record, numbers, parts);
    if (evidence.actual_cost_usd) share_cost(*evidence.actual_cost_usd, parts);
    parts.back().turn_ended = evidence.turn_ended;
    parts.back().interrupted = evidence.interrupted;
    parts.back().final_error = evidence.final_error;
    return parts;
}

Evidence evidence_of(const trace::TraceRecord& record) {
    Evidence evidence;
    evidence.working_directory = first_folder(record);
    evidence.replies = replies_of(record);
    UsageTally tally(evidence.usage);
    ModelUsage known;
    for (const ReplyUsage& reply : evidence.replies) {
        tally.add(reply.usage);
        known.input_tokens = add_clamped(known.input_tokens, reply.usage.input_tokens);
        known.output_tokens = add_clamped(known.output_tokens, reply.usage.output_tokens);
    }
    ModelUsage whole{record.agent.model.value_or("")};
    whole.input_tokens = record.metrics.total_input_tokens.value();
    whole.output_tokens = record.metrics.total_output_tokens.value();
    const ModelUsage left = beyond(whole, known);
    if (uses_tokens(left)) add_rest(evidence.usage, left);
    evidence.actual_cost_usd = record.metrics.estimated_cost_usd;
    for (const trace::Step& step : record.steps)
        for (const trace::ToolCall& call : step.tool_calls)
            note_edit(step, call, evidence);
    return evidence;
}

}  // namespace opentraces::enrich
