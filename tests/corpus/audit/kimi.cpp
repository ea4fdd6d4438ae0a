#include "corpus/audit/kimi.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace opentraces::audit {
namespace {

void take_event(const json& event, Counts& counts) {
    const std::string type = text_at(event, "type");
    if (type == "tool.call") ++counts.calls;
    if (type == "tool.result") {
        ++counts.results;
        counts.answers.add(text_at(member(event, "result"), "output"));
    }
    const json& part = member(event, "part");
    counts.text.add(text_at(part, "text"));
    counts.reasoning.add(text_at(part, "think"));
}

void take_message(const json& message, Counts& counts) {
    const std::string kind = text_at(member(message, "origin"), "kind");
    if (kind != "user" && text_at(member(message, "origin"), "name") != "subagent") return;
    for (const json& part : member(message, "content"))
        counts.said.add(text_at(part, "text"));
    if (kind == "user") ++counts.prompts;
}

std::string words_of(const json& content, const char* key) {
    if (content.is_string()) return key == std::string("text") ? content.get<std::string>() : "";
    std::string words;
    for (const json& part : content)
        words += " " + text_at(part, key);
    return words;
}

// Of a session that is its context alone.
void take_context(const json& line, Counts& counts) {
    const std::string role = text_at(line, "role");
    const std::string text = words_of(member(line, "content"), "text");
    if (role == "user" && text.find("<system>") == std::string::npos) {
        ++counts.prompts;
        counts.said.add(text);
    }
    if (role == "tool") {
        ++counts.results;
        counts.answers.add(text);
    }
    if (role != "assistant") return;
    counts.text.add(text);
    counts.reasoning.add(words_of(member(line, "content"), "think"));
    counts.calls += static_cast<long>(member(line, "tool_calls").size());
}

void take_usage(const json& usage, Counts& counts) {
    ++counts.replies;
    counts.input += count_of(usage, "inputOther");
    counts.output += count_of(usage, "output");
    counts.cache_read += count_of(usage, "inputCacheRead");
    counts.cache_write += count_of(usage, "inputCacheCreation");
}

}  // namespace

std::vector<std::string> kimi_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_kimi(const std::string& session) {
    Counts counts;
    std::ifstream file(session);
    for (std::string text; std::getline(file, text);) {
        const json line = json::parse(text);
        if (line.contains("role")) {
            take_context(line, counts);
            continue;
        }
        const std::string type = text_at(line, "type");
        const long time = std::max(count_of(line, "time"), count_of(line, "created_at"));
        if (counts.first_time.empty()) counts.first_time = time_of_milliseconds(time);
        counts.last_time = time_of_milliseconds(time);
        if (type == "context.append_loop_event") take_event(member(line, "event"), counts);
        if (type == "context.append_message") take_message(member(line, "message"), counts);
        if (type == "usage.record") take_usage(member(line, "usage"), counts);
    }
    return counts;
}

}  // namespace opentraces::audit
