#include "corpus/audit/copilot.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

namespace opentraces::audit {
namespace {

struct Counter {
    Counts counts;
    std::set<std::string> calls;
    std::set<std::string> answered;
    std::set<std::string> begun;
    std::map<std::string, long> outputs;  // of replies since the last totals
    json totals;
    std::map<std::string, json> records;

    void take(const json& event) {
        const std::string type = text_at(event, "type");
        const json& data = member(event, "data");
        const std::string at = text_at(event, "timestamp");
        if (!at.empty() && at[0] == '2') counts.last_time = at;
        if (type == "session.start") counts.first_time = text_at(data, "startTime");
        if (counts.first_time.empty() && !at.empty() && at[0] == '2') counts.first_time = at;
        if (type == "user.message") take_prompt(data);
        if (type == "assistant.reasoning") counts.reasoning.add(text_at(data, "content"));
        if (type == "assistant.message") take_reply(data);
        if (type == "tool.execution_start") begun.insert(text_at(data, "toolCallId"));
        if (type == "tool.execution_complete") take_result(data);
        if (type == "session.usage_record") {
            const json& usage = member(data, "usage");
            records.emplace(text_at(usage, "apiCallId"), usage);
        }
        if (type == "session.shutdown") take_totals(member(data, "modelMetrics"));
    }

    void take_prompt(const json& data) {
        std::string said = text_at(data, "content");
        for (const json& one : member(data, "attachments"))
            said += " [" + text_at(one, "type") + ": " + text_at(one, "path") + "]";
        counts.said.add(said);
        if (said.find_first_not_of(" \t\r\n") != std::string::npos) ++counts.prompts;
    }

    void take_reply(const json& data) {
        std::string name = text_at(data, "apiCallId");
        if (name.empty()) name = text_at(data, "messageId");
        if (name.empty()) name = "unnamed " + std::to_string(outputs.size());
        outputs[name] = std::max(outputs[name], count_of(data, "outputTokens"));
        counts.text.add(text_at(data, "content"));
        const std::string reasoning = text_at(data, "reasoningText");
        counts.reasoning.add(reasoning);
        for (const json& request : member(data, "toolRequests"))
            if (calls.insert(text_at(request, "toolCallId")).second) ++counts.calls;
    }

    void take_result(const json& data) {
        const std::string id = text_at(data, "toolCallId");
        if (calls.count(id) == 0 && begun.count(id) > 0) {
            calls.insert(id);
            ++counts.calls;
        }
        if (calls.count(id) == 0 || !answered.insert(id).second) return;
        ++counts.results;
        const json& result = member(data, "result");
        std::string text = text_at(result, "content") + text_at(result, "text_result_for_llm");
        if (text.empty()) text = text_at(member(data, "error"), "message");
        counts.answers.add(text);
    }

    void take_totals(const json& metrics) {
        bool any = false;
        for (const auto& [model, numbers] : metrics.items())
            any = any || count_of(member(numbers, "usage"), "outputTokens") > 0;
        if (!any) return;
        totals = metrics;
        outputs.clear();
        records.clear();
    }

    void add(const json& usage) {
        const long read = count_of(usage, "cacheReadTokens");
        const long written = count_of(usage, "cacheWriteTokens");
        counts.input += count_of(usage, "inputTokens") - read - written;
        counts.output += count_of(usage, "outputTokens");
        counts.cache_read += read;
        counts.cache_write += written;
    }

    Counts finish() {
        for (const auto& [model, numbers] : totals.items()) {
            counts.replies += count_of(member(numbers, "requests"), "count");
            add(member(numbers, "usage"));
        }
        for (const auto& [name, usage] : records) {
            ++counts.replies;
            add(usage);
        }
        for (const auto& [name, output] : outputs) {
            if (output == 0 || records.count(name) > 0) continue;
            ++counts.replies;
            counts.output += output;
        }
        return counts;
    }
};

}  // namespace

std::vector<std::string> copilot_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".jsonl") continue;
        std::ifstream file(entry.path());
        std::string line;
        std::getline(file, line);
        if (line.find("\"session.start\"") != std::string::npos) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_copilot(const std::string& session) {
    Counter counter;
    std::ifstream file(session);
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) counter.take(json::parse(line));
    return counter.finish();
}

}  // namespace opentraces::audit
