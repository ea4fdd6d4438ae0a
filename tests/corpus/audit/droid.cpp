#include "corpus/audit/droid.hpp"

#include <cstdio>
#include <ctime>
#include <fstream>
#include <set>

namespace opentraces::audit {
namespace {

std::string time_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_number()) return {};
    const long at = value.get<long>();
    const std::time_t seconds = at / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char day[32];
    std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    char whole[64];
    std::snprintf(whole, sizeof whole, "%s.%03ldZ", day, at % 1000);
    return whole;
}

// What is left of a text without its reminders.
std::string typed_in(std::string text) {
    const std::string start = "<system-reminder>";
    const std::string end = "</system-reminder>";
    for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start)) {
        const std::size_t last = text.find(end, at);
        if (last == std::string::npos) break;
        text.erase(at, last + end.size() - at);
    }
    return text;
}

bool is_blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

struct Reader {
    Counts counts;
    std::set<std::string> calls;
    long replies = 0;
    std::string last_text;
    bool in_reply = false;  // of a stream

    void take_prompt(const std::string& text) {
        const std::string typed = typed_in(text);
        if (is_blank(typed)) return;
        ++counts.prompts;
        counts.said.add(typed);
    }

    void take_call(const std::string& id) {
        if (calls.insert(id).second) ++counts.calls;
    }

    void take_answer(const std::string& id, const std::string& text) {
        if (calls.count(id) == 0) return;
        ++counts.results;
        counts.answers.add(text);
    }

    void take_message(const json& message) {
        const bool reply = text_at(message, "role") == "assistant";
        std::string typed;
        for (const json& block : member(message, "content")) {
            const std::string type = text_at(block, "type");
            const std::string text = text_at(block, "text");
            if (type == "text" && reply) counts.text.add(text);
            if (type == "thinking") counts.reasoning.add(text_at(block, "thinking"));
            if (type == "tool_use") take_call(text_at(block, "id"));
            if (type == "tool_result") take_answer(text_at(block, "tool_use_id"), text_at(block, "content"));
            if (type == "text" && !text.starts_with("Contents of ")) typed += text + "\n";
        }
        if (reply) {
            ++replies;
        } else {
            take_prompt(typed);
        }
    }

    void open_reply() {
        if (!in_reply) ++replies;
        in_reply = true;
    }

    void take_stream(const json& line) {
        const std::string type = text_at(line, "type");
        const std::string own = text_at(line, "toolCallId");
        const std::string call = own.empty() ? text_at(line, "id") : own;
        if (type == "message" && text_at(line, "role") == "user") take_prompt(text_at(line, "text"));
        if (type == "message" && text_at(line, "role") == "assistant") {
            in_reply = false;
            open_reply();
            last_text = text_at(line, "text");
            counts.text.add(last_text);
        }
        if (type == "tool_call") {
            open_reply();
            take_call(call);
        }
        if (type == "tool_result") {
            const json& value = member(line, "value");
            take_answer(call, value.is_string() ? value.get<std::string>()
                                                : text_at(value, "stdout") + text_at(value, "stderr"));
            in_reply = false;
        }
        if (type != "completion") return;
        if (text_at(line, "finalText") != last_text) {
            in_reply = false;
            open_reply();
            counts.text.add(text_at(line, "finalText"));
        }
        const json& usage = member(line, "usage");
        counts.input = count_of(usage, "input_tokens");
        counts.output = count_of(usage, "output_tokens");
        counts.cache_read = count_of(usage, "cache_read_input_tokens");
        counts.cache_write = count_of(usage, "cache_creation_input_tokens");
    }

    void take_settings(const json& usage) {
        counts.input = count_of(usage, "inputTokens");
        counts.output = count_of(usage, "outputTokens");
        counts.cache_read = count_of(usage, "cacheReadTokens");
        counts.cache_write = count_of(usage, "cacheCreationTokens");
    }
};

}  // namespace

Counts count_droid(const std::string& session) {
    Reader reader;
    bool stored = false;
    std::ifstream file(session);
    for (std::string text; std::getline(file, text);) {
        const json line = json::parse(text, nullptr, false);
        if (!line.is_object()) continue;
        stored |= text_at(line, "type") == "session_start";
        const std::string at = time_of(member(line, "timestamp"));
        if (!at.empty() && reader.counts.first_time.empty()) reader.counts.first_time = at;
        if (!at.empty()) reader.counts.last_time = at;
        if (stored) {
            if (text_at(line, "type") == "message") reader.take_message(member(line, "message"));
        } else {
            reader.take_stream(line);
        }
    }
    std::ifstream settings(session.substr(0, session.size() - 6) + ".settings.json");
    if (stored && settings) reader.take_settings(member(json::parse(settings), "tokenUsage"));
    Counts& counts = reader.counts;
    const bool used = counts.input + counts.output + counts.cache_read + counts.cache_write > 0;
    counts.replies = used ? reader.replies : 0;
    return counts;
}

}  // namespace opentraces::audit
