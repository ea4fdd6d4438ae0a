#include "corpus/audit/small_agents.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>

namespace opentraces::audit {
namespace {

json document(const std::string& path) {
    std::ifstream file(path);
    return json::parse(file);
}

std::string time_of(long milliseconds) {
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char day[32];
    std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    char whole[64];
    std::snprintf(whole, sizeof whole, "%s.%03ldZ", day, milliseconds % 1000);
    return whole;
}

std::string joined(const json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    for (const json& block : content)
        text += text_at(block, "text") + text_at(block, "content") + "\n";
    return text;
}

void count_prompt(const std::string& text, Counts& counts) {
    ++counts.prompts;
    counts.said.add(text);
}

}  // namespace

std::vector<std::string> files_below(const std::string& folder, const std::vector<std::string>& endings) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string path = entry.path().string();
        if (std::any_of(endings.begin(), endings.end(),
                        [&](const std::string& ending) { return path.ends_with(ending); }))
            files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_hermes(const std::string& session) {
    const json log = document(session);
    Counts counts;
    for (const json& message : member(log, "messages")) {
        const std::string role = text_at(message, "role");
        if (role == "user") count_prompt(text_at(message, "content"), counts);
        if (role == "tool") {
            ++counts.results;
            counts.answers.add(text_at(message, "content"));
        }
        if (role != "assistant") continue;
        counts.text.add(text_at(message, "content"));
        counts.reasoning.add(text_at(message, "reasoning"));
        counts.calls += static_cast<long>(member(message, "tool_calls").size());
    }
    counts.first_time = text_at(log, "session_start");
    counts.last_time = text_at(log, "last_updated");
    return counts;
}

Counts count_kiro(const std::string& conversation) {
    const json log = document(conversation);
    Counts counts;
    const auto take_user = [&counts](const json& user) {
        for (const auto& [kind, told] : member(user, "content").items()) {
            std::string prompt = text_at(told, "prompt");
            for (std::size_t image = 0; image < member(user, "images").size(); ++image)
                prompt += "\n[image: png]";
            if (!prompt.empty()) count_prompt(prompt, counts);
            for (const json& result : member(told, "tool_use_results")) {
                ++counts.results;
                for (const json& part : member(result, "content")) {
                    counts.answers.add(text_at(part, "Text"));
                    counts.answers.add(text_at(member(part, "Json"), "stdout"));
                    counts.answers.add(text_at(member(part, "Json"), "stderr"));
                }
            }
        }
        if (counts.first_time.empty()) counts.first_time = text_at(user, "timestamp");
        if (!text_at(user, "timestamp").empty()) counts.last_time = text_at(user, "timestamp");
    };
    for (const json& entry : member(log, "history")) {
        take_user(member(entry, "user"));
        for (const auto& [kind, told] : member(entry, "assistant").items()) {
            counts.text.add(text_at(told, "content"));
            counts.reasoning.add(text_at(member(told, "thinking"), "text"));
            counts.calls += static_cast<long>(member(told, "tool_uses").size());
        }
        if (const long end = count_of(member(entry, "request_metadata"), "stream_end_timestamp_ms"); end > 0)
            counts.last_time = time_of(end);
    }
    if (!member(log, "next_message").is_null()) take_user(member(log, "next_message"));
    return counts;
}

Counts count_continue(const std::string& session) {
    const json log = document(session);
    Counts counts;
    for (const json& item : member(log, "history")) {
        const json& message = member(item, "message");
        if (text_at(message, "role") == "user") count_prompt(joined(member(message, "content")), counts);
        if (text_at(message, "role") != "assistant") continue;
        counts.text.add(joined(member(message, "content")));
        counts.calls += static_cast<long>(member(message, "toolCalls").size());
        for (const json& state : member(item, "toolCallStates")) {
            if (text_at(state, "status") != "done" && text_at(state, "status") != "errored") continue;
            ++counts.results;
            counts.answers.add(joined(member(state, "output")));
        }
    }
    const json& usage = member(log, "usage");
    counts.input = count_of(usage, "promptTokens");
    counts.output = count_of(usage, "completionTokens");
    counts.cache_read = count_of(member(usage, "promptTokensDetails"), "cachedTokens");
    counts.cache_write = count_of(member(usage, "promptTokensDetails"), "cacheWriteTokens");
    return counts;
}

Counts count_openhands(const std::string& session) {
    std::ifstream file(session);
    Counts counts;
    std::set<std::string> calls;
    std::set<std::string> replies;
    for (std::string line; std::getline(file, line);) {
        const json event = json::parse(line);
        const std::string kind = text_at(event, "kind");
        const bool by_agent = text_at(event, "source") == "agent";
        if (kind == "MessageEvent" && !by_agent)
            count_prompt(joined(member(member(event, "llm_message"), "content")), counts);
        if (kind == "ActionEvent") {
            calls.insert(text_at(event, "tool_call_id"));
            if (replies.insert(text_at(event, "llm_response_id")).second) {
                counts.text.add(joined(member(event, "thought")));
                counts.reasoning.add(text_at(event, "reasoning_content"));
            }
        }
        // A result of a call that the export does not have belongs to nothing.
        if (kind == "ObservationEvent" && calls.count(text_at(event, "tool_call_id")) > 0) {
            ++counts.results;
            counts.answers.add(joined(member(member(event, "observation"), "content")));
        }
        if (kind == "ActionEvent" || kind == "MessageEvent") {
            if (counts.first_time.empty()) counts.first_time = text_at(event, "timestamp");
            counts.last_time = text_at(event, "timestamp");
        }
        const json& roles = member(member(event, "value"), "usage_to_metrics");
        if (!roles.is_object()) continue;
        const json& sum = member(member(roles, "default"), "accumulated_token_usage");
        counts.cache_read = count_of(sum, "cache_read_tokens");
        counts.input = count_of(sum, "prompt_tokens") - counts.cache_read;
        counts.output = count_of(sum, "completion_tokens");
    }
    counts.calls = static_cast<long>(calls.size());
    counts.replies = static_cast<long>(replies.size());
    return counts;
}

}  // namespace opentraces::audit
