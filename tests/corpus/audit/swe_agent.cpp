#include "corpus/audit/swe_agent.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace opentraces::audit {
namespace {

std::vector<json> replies_of(const json& run) {
    std::vector<json> replies;
    for (const json& entry : member(run, "history")) {
        if (text_at(entry, "role") == "assistant" && !entry.value("is_demo", false)) replies.push_back(entry);
    }
    return replies;
}

// In the user's place before the first reply: the task. Demonstrations are context.
void count_prompts(const json& run, Counts& counts) {
    for (const json& entry : member(run, "history")) {
        const std::string role = text_at(entry, "role");
        if (role == "assistant" && !entry.value("is_demo", false)) return;
        if (role != "user" || entry.value("is_demo", false)) continue;
        counts.said.add(text_at(entry, "content"));
        ++counts.prompts;
    }
}

}  // namespace

std::vector<std::string> swe_agent_sessions(const std::string& folder) {
    std::vector<std::string> sessions;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".traj") sessions.push_back(entry.path().string());
    std::sort(sessions.begin(), sessions.end());
    return sessions;
}

Counts count_swe_agent(const std::string& session) {
    std::ifstream file(session);
    const json run = json::parse(file);
    Counts counts;
    count_prompts(run, counts);
    const std::vector<json> replies = replies_of(run);
    const json& steps = member(run, "trajectory");
    const std::size_t all = std::max(replies.size(), steps.size());
    for (std::size_t at = 0; at < all; ++at) {
        const json reply = at < replies.size() ? replies[at] : json::object();
        const json step = at < steps.size() ? steps[at] : json::object();
        counts.text.add(reply.contains("content") ? text_at(reply, "content") : text_at(step, "response"));
        const long calls = static_cast<long>(member(reply, "tool_calls").size());
        const std::string action =
            step.contains("action") ? text_at(step, "action") : text_at(reply, "action");
        counts.calls += calls > 0 ? calls : action.find_first_not_of(" \r\n\t") != std::string::npos ? 1 : 0;
    }
    // Every call of the corpus was answered.
    counts.results = counts.calls;
    const json& stats = member(member(run, "info"), "model_stats");
    counts.input = count_of(stats, "tokens_sent");
    counts.output = count_of(stats, "tokens_received");
    if (counts.input + counts.output > 0) counts.replies = count_of(stats, "api_calls");
    return counts;
}

}  // namespace opentraces::audit
