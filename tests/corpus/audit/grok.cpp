#include "corpus/audit/grok.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>

namespace opentraces::audit {
namespace {

namespace stdfs = std::filesystem;

std::string text_of(const json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    for (const json& block : content)
        text += (text_at(block, "type") == "image" ? "[image]" : text_at(block, "text")) + "\n";
    return text;
}

std::string time_of(long second) {
    const std::time_t seconds = second;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.000Z", &parts);
    return text.data();
}

struct Counter {
    Counts counts;
    std::set<std::string> ended;

    void take_line(const json& line) {
        std::string kind = text_at(line, "type");
        if (kind.empty()) kind = text_at(line, "role");
        const json& content = member(line, "content");
        const std::string reason = text_at(line, "synthetic_reason");
        if (kind == "user" && (reason.empty() || reason == "interjection")) {
            ++counts.prompts;
            counts.said.add(text_of(content));
        }
        if (kind == "assistant") counts.text.add(text_of(content));
        if (kind == "assistant") counts.reasoning.add(text_at(line, "reasoning_content"));
        if (kind == "assistant") counts.calls += static_cast<long>(member(line, "tool_calls").size());
        if (kind == "reasoning") counts.reasoning.add(text_of(member(line, "summary")));
        if (kind == "backend_tool_call") ++counts.calls, ++counts.results;
        if (kind == "tool" || kind == "tool_result") {
            ++counts.results;
            counts.answers.add(text_of(content));
        }
        if (counts.first_time.empty() && count_of(line, "timestamp") > 0)
            counts.first_time = time_of(count_of(line, "timestamp"));
        take_update(member(member(line, "params"), "update"));
    }

    void take_update(const json& update) {
        const std::string type = text_at(update, "sessionUpdate");
        const std::string status = text_at(update, "status");
        if (type == "tool_call") ++counts.calls;
        if (type != "tool_call_update" || (status != "completed" && status != "failed")) return;
        if (!ended.insert(text_at(update, "toolCallId")).second) return;
        ++counts.results;
        const json& output = member(update, "rawOutput");
        const std::string read = text_at(member(output, "FileContent"), "content");
        const std::string text = text_at(output, "text") + read;
        counts.answers.add(text.empty() ? output.dump() : text);
    }
};

}  // namespace

std::vector<std::string> grok_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : stdfs::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().filename();
        const bool is_chat = name == "chat_history.jsonl" || name == "source-v1.jsonl";
        if (is_chat ||
            (name == "updates.jsonl" && !stdfs::exists(entry.path().parent_path() / "chat_history.jsonl")))
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_grok(const std::string& session) {
    Counter counter;
    std::ifstream file(session);
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) counter.take_line(json::parse(line));
    const stdfs::path summary = stdfs::path(session).parent_path() / "summary.json";
    if (session.find("source-v1") != std::string::npos || !stdfs::exists(summary)) return counter.counts;
    std::ifstream beside(summary);
    const json told = json::parse(beside);
    if (!text_at(told, "created_at").empty()) counter.counts.first_time = text_at(told, "created_at");
    counter.counts.last_time = text_at(told, "updated_at");
    return counter.counts;
}

}  // namespace opentraces::audit
