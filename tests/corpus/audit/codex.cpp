#include "corpus/audit/codex.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

namespace opentraces::audit {
namespace {

struct Tokens {
    long input = 0;
    long cached = 0;
    long output = 0;
    long written = 0;
    bool operator==(const Tokens&) const = default;
};

Tokens tokens_of(const json& usage) {
    return {count_of(usage, "input_tokens"), count_of(usage, "cached_input_tokens"),
            count_of(usage, "output_tokens"), count_of(usage, "cache_write_input_tokens")};
}

std::string text_of(const json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    if (!content.is_array()) return text;
    for (const json& block : content) {
        const std::string type = text_at(block, "type");
        const bool says = type == "text" || type == "input_text" || type == "output_text" || type.empty();
        text += (says ? text_at(block, "text") : "[" + type + "]") + "\n";
    }
    return text;
}

bool is_blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// "2026-01-01T00:00:01.250Z" in milliseconds of its day; lines of one fork do not go over midnight.
long milliseconds(const std::string& at) {
    int hour = 0;
    int minute = 0;
    double second = 0;
    if (at.size() < 20 || std::sscanf(at.c_str() + 11, "%d:%d:%lf", &hour, &minute, &second) != 3) return -1;
    return (hour * 60L + minute) * 60'000 + static_cast<long>(second * 1000 + 0.5);
}

struct Reader {
    Counts counts;
    std::set<std::string> calls;
    std::set<std::string> answered;
    std::vector<std::string> users;  // texts in the user's place
    std::vector<std::string> typed;  // as events tell
    ForkedLines forked;
    bool tells = false;
    bool copying = false;
    bool in_turn = false;
    long turn_prompts = 0;
    bool has_total = false;
    Tokens total;
    std::vector<Tokens> grown;
    std::map<std::string, Tokens> records;

    std::string call_id(const json& item) const {
        const std::string own = text_at(item, "call_id");
        return own.empty() ? text_at(item, "id") : own;
    }

    void take_item(const json& item) {
        const std::string type = text_at(item, "type");
        if (type == "message" || (type.empty() && !text_at(item, "role").empty())) {
            const std::string text = text_of(member(item, "content"));
            if (text_at(item, "role") == "assistant") return counts.text.add(text);
            if (is_blank(text)) return;
            counts.said.add(text);
            if (text_at(item, "role") == "user") users.push_back(text);
        } else if (type == "agent_message") {
            counts.said.add(text_of(member(item, "content")));
        } else if (type == "reasoning") {
            counts.reasoning.add(text_of(member(item, "content")));
            for (const json& part : member(item, "summary"))
                counts.reasoning.add(text_at(part, "text"));
        } else if (type.ends_with("_call")) {
            if (calls.insert(call_id(item)).second && type == "web_search_call" &&
                text_at(item, "status") == "completed")
                answered.insert(call_id(item));
        } else if (type.ends_with("_output")) {
            answered.insert(call_id(item));
        }
    }

    void take_total(const json& info) {
        if (!info.is_object() || !member(info, "total_token_usage").is_object()) return;
        const Tokens now = tokens_of(member(info, "total_token_usage"));
        const Tokens last = tokens_of(member(info, "last_token_usage"));
        const bool fell = now.input < total.input || now.output < total.output || now.cached < total.cached;
        if (has_total && now == total) return;
        Tokens used = last;
        if (has_total && !fell)
            used = {now.input - total.input, now.cached - total.cached, now.output - total.output,
                    now.written - total.written};
        if (!copying && !(used == Tokens{})) grown.push_back(used);
        total = now;
        has_total = true;
    }

    void take_event(const json& event) {
        const std::string type = text_at(event, "type");
        if (type == "token_count") return take_total(member(event, "info"));
        if (copying) return;
        if (type == "task_started" || type == "task_complete" || type == "turn_aborted") {
            in_turn = type == "task_started";
            turn_prompts = 0;
        }
        const json& item = member(event, "item");
        if (type == "user_message" || (type == "item_completed" && text_at(item, "type") == "UserMessage")) {
            tells = true;
            typed.push_back(type == "user_message" ? text_at(event, "message")
                                                   : text_of(member(item, "content")));
            if (in_turn && ++turn_prompts > 1) ++counts.mid_turn;
        }
        if (type == "token_usage_record") take_record(event);
        if (type.ends_with("_end") && calls.count(text_at(event, "call_id")) > 0)
            answered.insert(text_at(event, "call_id"));
    }

    void take_record(const json& record) {
        if (!copying) records.emplace(text_at(record, "response_id"), tokens_of(member(record, "usage")));
    }

    void take(const json& line) {
        const std::string type = text_at(line, "type");
        const json& payload = member(line, "payload");
        const std::string at = text_at(line, "timestamp");
        copying = forked.is_copied(line);
        if (!copying && milliseconds(at) >= 0) {
            if (counts.first_time.empty()) counts.first_time = at;
            counts.last_time = at;
        }
        if (type == "event_msg") {
            take_event(payload);
        } else if (copying) {
            return;
        } else if (type == "response_item") {
            take_item(payload);
        } else if (type == "token_usage_record") {
            take_record(payload);
        } else if (type == "compacted") {
            counts.said.add(text_at(payload, "message"));
        } else if (payload.is_null()) {
            take_item(line);
        }
    }
};

}  // namespace

bool ForkedLines::is_copied(const json& line) {
    const json& payload = member(line, "payload");
    if (const long now = milliseconds(text_at(line, "timestamp")); now >= 0) {
        if (m_before >= 0 && now - m_before >= 250) m_copying = false;
        m_before = now;
    }
    if (text_at(line, "type") != "session_meta") return m_copying;
    const std::string id = text_at(payload, "id");
    if (m_has_meta && id != m_id && !id.empty()) m_copying = true;
    if (!m_has_meta) m_id = id;
    m_has_meta = true;
    return m_copying;
}

std::vector<std::string> codex_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ".jsonl")
            files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_codex(const std::string& session) {
    Reader reader;
    std::ifstream file(session);
    for (std::string text; std::getline(file, text);) {
        const json line = json::parse(text, nullptr, false);
        if (line.is_object()) reader.take(line);
    }
    Counts& counts = reader.counts;
    counts.calls = static_cast<long>(reader.calls.size());
    counts.results = std::count_if(reader.answered.begin(), reader.answered.end(),
                                   [&](const std::string& id) { return reader.calls.count(id) > 0; });
    const auto add = [&counts](const Tokens& used) {
        ++counts.replies;
        counts.input += std::max(0L, used.input - used.cached - used.written);
        counts.output += used.output;
        counts.cache_read += used.cached;
        counts.cache_write += used.written;
    };
    if (reader.records.empty())
        for (const Tokens& used : reader.grown)
            add(used);
    for (const auto& [id, used] : reader.records)
        add(used);
    counts.prompts = static_cast<long>(reader.typed.size());
    for (const std::string& prompt : reader.typed) {
        const auto item = std::find_if(
            reader.users.begin(), reader.users.end(),
            [&prompt](const std::string& text) { return text.find(prompt) != std::string::npos; });
        if (item == reader.users.end()) {
            counts.said.add(prompt);
        } else {
            reader.users.erase(item);
        }
    }
    if (!reader.tells)
        counts.prompts = std::count_if(reader.users.begin(), reader.users.end(), [](const std::string& text) {
            return !text.starts_with('<') && !text.starts_with("# AGENTS.md instructions");
        });
    return counts;
}

}  // namespace opentraces::audit
