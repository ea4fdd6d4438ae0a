#include "enrich/episode_metadata.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "enrich/episode_facts.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/trace/compaction.hpp"
#include "opentraces/trace/prompts.hpp"

namespace opentraces::enrich {
namespace {

using trace::Step;
using trace::TraceRecord;

// Worked out again for each part, or of no part: what all models used together is the sum of the parts.
constexpr std::array<std::string_view, 15> k_worked_out{"opentraces_active_s",
                                                        "opentraces_commits",
                                                        "opentraces_cost",
                                                        "opentraces_failed_commits",
                                                        "opentraces_branch_at_start",
                                                        "opentraces_last_test",
                                                        "opentraces_patch",
                                                        "opentraces_supersedes",
                                                        "opentraces_terminal_state",
                                                        "opentraces_tests",
                                                        "opentraces_truncated",
                                                        "opentraces_vcs_source",
                                                        "is_compacted",
                                                        "model_usage",
                                                        "stop_reason"};

// Said of the session, mostly at its end, and of no step: the last part has it.
constexpr std::array<std::string_view, 10> k_of_the_session{
    "title",          "num_turns", "permission_mode",   "hook_git_final",    "post_turn_summaries",
    "session_errors", "pr_link",   "interrupted_turns", "rolled_back_turns", "first_version"};

bool is_one_of(std::string_view name, auto const& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

class Metadata {
public:
    Metadata(const TraceRecord& whole, const std::vector<EpisodeStart>& starts, const EpisodeNumbers& numbers,
             std::vector<TraceRecord>& parts)
        : m_whole(whole), m_starts(starts), m_numbers(numbers), m_parts(parts) {
        for (std::size_t part = 0; part < parts.size(); ++part)
            for (const Step& step : parts[part].steps)
                for (const trace::ToolCall& call : step.tool_calls)
                    m_part_of_call.try_emplace(call.tool_call_id, part);
    }

    void run() {
        for (const auto& [name, value] : m_whole.metadata)
            place(name, value);
        for (std::size_t part = 0; part < m_parts.size(); ++part) {
            if (m_starts[part].reason == EpisodeReason::Compaction)
                m_parts[part].metadata.set("is_compacted", true);
            place_stop_reason(part);
        }
    }

private:
    bool is_last(std::size_t part) const { return part + 1 == m_parts.size(); }

    void place(const std::string& name, const json::Value& value) {
        if (name == k_step_facts || is_one_of(name, k_worked_out)) return;
        if (name == "opentraces_missing_agents") return by_call(name, "tool_call_id");
        if (name == "permission_denials") return by_call(name, "tool_use_id");
        if (name == "compaction_events") return place_compactions();
        if (name == "opentraces_context") return place_context(value);
        if (name == "opentraces_copied") return place_copied(value);
        if (name == "opentraces_queue") return place_queue(value);
        if (name == "opentraces_parser") return place_notes(value);
        if (is_one_of(name, k_of_the_session)) return m_parts.back().metadata.set(name, value);
        for (TraceRecord& part : m_parts)
            part.metadata.set(name, value);
    }

    void append_to(std::size_t part, const std::string& name, const json::Value& value) {
        json::Value* list = m_parts[part].metadata.find(name);
        if (list == nullptr) {
            m_parts[part].metadata.set(name, json::Array{});
            list = m_parts[part].metadata.find(name);
        }
        list->if_array()->push_back(value);
    }

    void by_call(const std::string& name, std::string_view key) {
        for (const json::Value& one : list_in(m_whole.metadata, name)) {
            const auto part = m_part_of_call.find(std::string(one[key].string_or()));
            append_to(part == m_part_of_call.end() ? m_parts.size() - 1 : part->second, name, one);
        }
    }

    // In the order of the summaries that they left.
    void place_compactions() {
        std::vector<std::size_t> parts;
        for (std::size_t at = 0; at < m_whole.steps.size(); ++at)
            if (trace::is_main(m_whole.steps[at]) && trace::is_compaction_summary(m_whole.steps[at]))
                parts.push_back(m_numbers.at(at).part);
        std::size_t number = 0;
        for (const json::Value& event : list_in(m_whole.metadata, "compaction_events")) {
            append_to(number < parts.size() ? parts[number] : m_parts.size() - 1, "compaction_events", event);
            ++number;
        }
    }

    // How many steps show each kind is counted again; what has no text is of no step.
    void place_context(const json::Value& whole) {
        for (std::size_t part = 0; part < m_parts.size(); ++part) {
            std::map<std::string, std::int64_t> kept;
            std::int64_t repeated = 0;
            for (const json::Value& facts : list_in(m_parts[part].metadata, k_step_facts)) {
                if (const auto kind = facts["context"].string_or(); !kind.empty()) ++kept[std::string(kind)];
                if (!facts["repeats"].is_null()) ++repeated;
            }
            json::Object context;
            json::Object kinds;
            for (const auto& [kind, count] : kept)
                kinds.set(kind, count);
            if (!kinds.empty()) context.set("kept", std::move(kinds));
            if (repeated > 0) context.set("repeated", repeated);
            if (is_last(part) && !whole["not_kept"].is_null()) context.set("not_kept", whole["not_kept"]);
            if (!context.empty()) m_parts[part].metadata.set("opentraces_context", std::move(context));
        }
    }

    void place_queue(const json::Value& whole) {
        for (std::size_t part = 0; part < m_parts.size(); ++part) {
            std::int64_t received = 0;
            for (const json::Value& facts : list_in(m_parts[part].metadata, k_step_facts)) {
                const Step* step = step_of(m_parts[part], facts["step"].integer().value_or(0));
                const bool by_person = step != nullptr && step->role == trace::Role::User;
                received += facts["mid_turn"].bool_or(false) && by_person ? 1 : 0;
            }
            json::Object queue;
            if (received > 0) queue.set("received", received);
            for (const char* const name : {"taken_back", "waiting"})
                if (is_last(part) && !whole[name].is_null()) queue.set(name, whole[name]);
            if (!queue.empty()) m_parts[part].metadata.set("opentraces_queue", std::move(queue));
        }
    }

    // Counts of lines are of the file; the reader is the same for every part.
    void place_notes(const json::Value& whole) {
        for (std::size_t part = 0; part + 1 < m_parts.size(); ++part) {
            json::Object notes;
            notes.set("version", whole["version"]);
            m_parts[part].metadata.set("opentraces_parser", std::move(notes));
        }
        m_parts.back().metadata.set("opentraces_parser", whole);
    }

    // That of the last reply, as readers have it.
    void place_stop_reason(std::size_t at) {
        TraceRecord& part = m_parts[at];
        if (is_last(at)) {
            if (const json::Value* said = m_whole.metadata.find("stop_reason"))
                part.metadata.set("stop_reason", *said);
            return;
        }
        const auto reply = std::find_if(part.steps.rbegin(), part.steps.rend(), [](const Step& step) {
            return step.role == trace::Role::Agent && trace::is_main(step);
        });
        if (reply == part.steps.rend()) return;
        for (const json::Value& facts : list_in(part.metadata, k_step_facts))
            if (facts["step"].integer() == reply->step_index.value() && !facts["stop_reason"].is_null())
                part.metadata.set("stop_reason", json::Value(facts["stop_reason"]));
    }

    // What another session holds too stands at the beginning: each part has as much of it as it can hold.
    void place_copied(const json::Value& whole) {
        const json::Object* copied = whole.if_object();
        if (copied == nullptr) return;
        json::Object left = *copied;
        const json::Number* cost = whole["cost_usd"].if_number();
        const double all = tokens_in(left);
        for (std::size_t part = 0; part < m_parts.size(); ++part) {
            json::Object own;
            own.set("sessions", whole["sessions"]);
            for (const auto& [name, most] : counts_of(m_parts[part]))
                take(std::string(name), most, is_last(part), left, own);
            if (own.find("replies")->integer() == 0 && tokens_in(own) == 0) continue;
            if (cost != nullptr && all > 0) own.set("cost_usd", cost->as_double() * tokens_in(own) / all);
            m_parts[part].metadata.set("opentraces_copied", std::move(own));
        }
    }

    static void take(const std::string& name, std::int64_t most, bool rest, json::Object& left,
                     json::Object& own) {
        const json::Value* value = left.find(name);
        const std::int64_t all = value == nullptr ? 0 : value->integer().value_or(0);
        const std::int64_t taken = rest ? all : std::min(all, most);
        own.set(name, taken);
        left.set(name, all - taken);
    }

    static double tokens_in(const json::Object& counts) {
        double tokens = 0;
        for (const auto& [name, count] : counts)
            if (name.ends_with("_tokens")) tokens += static_cast<double>(count.integer().value_or(0));
        return tokens;
    }

    static std::vector<std::pair<std::string_view, std::int64_t>> counts_of(const TraceRecord& part) {
        trace::TokenUsage sum;
        std::int64_t replies = 0;
        const auto add = [](trace::Integer& to, const trace::Integer& more) {
            to = add_clamped(to.value(), more.value());
        };
        for (const Step& step : part.steps) {
            if (step.role == trace::Role::Agent) ++replies;
            add(sum.input_tokens, step.token_usage.input_tokens);
            add(sum.output_tokens, step.token_usage.output_tokens);
            add(sum.cache_read_tokens, step.token_usage.cache_read_tokens);
            add(sum.cache_write_tokens, step.token_usage.cache_write_tokens);
        }
        return {{"replies", replies},
                {"input_tokens", sum.input_tokens.value()},
                {"output_tokens", sum.output_tokens.value()},
                {"cache_read_tokens", sum.cache_read_tokens.value()},
                {"cache_write_tokens", sum.cache_write_tokens.value()}};
    }

    const TraceRecord& m_whole;
    const std::vector<EpisodeStart>& m_starts;
    const EpisodeNumbers& m_numbers;
    std::vector<TraceRecord>& m_parts;
    std::unordered_map<std::string, std::size_t> m_part_of_call;
};

}  // namespace

void divide_metadata(const TraceRecord& whole, const std::vector<EpisodeStart>& starts,
                     const EpisodeNumbers& numbers, std::vector<TraceRecord>& parts) {
    Metadata(whole, starts, numbers, parts).run();
}

}  // namespace opentraces::enrich
