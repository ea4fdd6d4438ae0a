#include "corpus/audit/qwen.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace opentraces::audit {
namespace {

// Two records may share a line.
std::vector<json> records_in(const std::string& path) {
    std::ostringstream whole;
    whole << std::ifstream(path).rdbuf();
    std::istringstream text(whole.str());
    std::vector<json> records;
    while (text >> std::ws && !text.eof()) {
        json record;
        text >> record;
        records.push_back(std::move(record));
    }
    return records;
}

std::string type_of(const json& record) {
    const std::string subtype = text_at(record, "subtype");
    return text_at(record, "type") + (subtype.empty() ? "" : "/" + subtype);
}

// Positions of what the person left by going back.
std::set<std::size_t> left_behind(const std::vector<json>& records) {
    std::set<std::size_t> left;
    for (std::size_t at = 0; at < records.size(); ++at) {
        const std::string type = type_of(records[at]);
        if (type != "user" && type != "system/rewind") continue;
        const std::string parent = text_at(records[at], "parentUuid");
        std::size_t last = at;
        for (std::size_t before = 0; before < at; ++before)
            if (text_at(records[before], "uuid") == parent) last = before;
        for (std::size_t between = last + 1; between < at; ++between)
            left.insert(between);
    }
    return left;
}

struct Reader {
    Counts counts;
    std::set<std::string> said_once;
    std::set<std::string> counted;
    std::set<std::string> called;
    std::set<std::string> answered;

    void count_tokens(const json& record) {
        const json& usage = member(record, "usageMetadata");
        const long prompt = count_of(usage, "promptTokenCount");
        const long output = count_of(usage, "candidatesTokenCount");
        const long thoughts = count_of(usage, "thoughtsTokenCount");
        const long cached = count_of(usage, "cachedContentTokenCount");
        const long total = count_of(usage, "totalTokenCount");
        if (prompt + output == 0 || !counted.insert(text_at(record, "uuid")).second) return;
        ++counts.replies;
        counts.input += prompt - cached;
        counts.cache_read += cached;
        counts.output += output + (total == prompt + output + thoughts ? thoughts : 0);
    }

    void take_reply(const json& record) {
        for (const json& part : member(member(record, "message"), "parts")) {
            if (part.contains("functionCall")) called.insert(text_at(part["functionCall"], "id"));
            if (!part.contains("text") || !said_once.insert(text_at(record, "uuid") + part.dump()).second)
                continue;
            (member(part, "thought") == true ? counts.reasoning : counts.text).add(text_at(part, "text"));
        }
    }

    void take_result(const json& record) {
        for (const json& part : member(member(record, "message"), "parts")) {
            const json& response = member(part, "functionResponse");
            answered.insert(text_at(response, "id"));
            const json& given = member(response, "response");
            counts.answers.add(text_at(given, "output") + " " + text_at(given, "error"));
        }
    }

    void take_prompt(const json& record) {
        ++counts.prompts;
        if (type_of(record) == "user/mid_turn_user_message") ++counts.mid_turn;
        const std::string shown = text_at(member(record, "systemPayload"), "displayText");
        std::string typed;
        for (const json& part : member(member(record, "message"), "parts")) {
            const std::string text = text_at(part, "text");
            if (text.find("--- Content from referenced files") != std::string::npos) break;
            if (!text.starts_with('<')) typed += text + "\n";
        }
        counts.said.add(shown.empty() ? typed : shown);
        for (const json& part : member(member(record, "message"), "parts"))
            if (part.contains("inlineData"))
                counts.said.add("image: " + text_at(part["inlineData"], "mimeType") + ", 3 bytes");
    }

    void take(const json& record, bool left) {
        const std::string type = type_of(record);
        if (type == "assistant") count_tokens(record);
        if (left) return;
        if (type == "assistant") take_reply(record);
        if (type == "tool_result") take_result(record);
        if (type == "user" || type == "user/mid_turn_user_message") take_prompt(record);
    }
};

}  // namespace

std::vector<std::string> qwen_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".jsonl") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_qwen(const std::string& session) {
    const std::vector<json> records = records_in(session);
    const std::set<std::size_t> left = left_behind(records);
    Reader reader;
    Counts& counts = reader.counts;
    for (std::size_t at = 0; at < records.size(); ++at) {
        reader.take(records[at], left.count(at) > 0);
        if (type_of(records[at]) == "dream") continue;
        const std::string time = text_at(records[at], "timestamp");
        if (counts.first_time.empty()) counts.first_time = time;
        counts.last_time = std::max(counts.last_time, time);
    }
    counts.calls = static_cast<long>(reader.called.size());
    counts.results = static_cast<long>(reader.answered.size());
    return counts;
}

}  // namespace opentraces::audit
