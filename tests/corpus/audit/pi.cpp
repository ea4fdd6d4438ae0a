#include "corpus/audit/pi.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace opentraces::audit {
namespace {

std::string block_text(const json& block) {
    const std::string type = text_at(block, "type");
    if (type == "text") return text_at(block, "text");
    const std::string data = text_at(block, "data");
    const long padding = std::count(data.begin(), data.end(), '=');
    return "[" + type + ": " + text_at(block, "mimeType") + ", " +
           std::to_string(static_cast<long>(data.size()) / 4 * 3 - padding) + " bytes]";
}

std::string text_of(const json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    for (const json& block : content)
        text += block_text(block) + "\n";
    return text;
}

bool is_blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// Which lines the last one comes from. A parent that is no line is the line before.
std::vector<bool> kept_lines(const std::vector<json>& lines) {
    std::map<std::string, std::size_t> places;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (!text_at(lines[at], "id").empty()) places.emplace(text_at(lines[at], "id"), at);
        for (const json& block : member(member(lines[at], "message"), "content"))
            if (text_at(block, "type") == "toolCall") places.emplace(text_at(block, "id"), at);
    }
    std::vector<bool> kept(lines.size(), false);
    for (std::size_t next = lines.size(); next-- > 0;) {
        kept[next] = true;
        if (lines[next].contains("parentId") && lines[next]["parentId"].is_null()) break;
        const auto parent = places.find(text_at(lines[next], "parentId"));
        if (parent != places.end() && parent->second < next) next = parent->second + 1;
    }
    return kept;
}

struct Reader {
    Counts counts;
    std::set<std::string> calls;
    std::set<std::string> answered;

    void take_usage(const json& message) {
        const json& usage = member(message, "usage");
        const long all = count_of(usage, "input") + count_of(usage, "output") + count_of(usage, "cacheRead") +
                         count_of(usage, "cacheWrite");
        if (all > 0) ++counts.replies;
        counts.input += count_of(usage, "input");
        counts.output += count_of(usage, "output");
        counts.cache_read += count_of(usage, "cacheRead");
        counts.cache_write += count_of(usage, "cacheWrite");
    }

    void take_reply(const json& message) {
        const json& content = member(message, "content");
        if (content.is_string()) counts.text.add(content.get<std::string>());
        for (const json& block : content.is_array() ? content : json::array()) {
            const std::string type = text_at(block, "type");
            if (type == "toolCall") {
                if (calls.insert(text_at(block, "id")).second) ++counts.calls;
            } else if (type == "thinking") {
                const std::string text = text_at(block, "thinking");
                const bool hidden = is_blank(text) && !text_at(block, "thinkingSignature").empty();
                if (!hidden) counts.reasoning.add(text);
            } else {
                counts.text.add(block_text(block));
            }
        }
    }

    void take_message(const json& message) {
        const std::string role = text_at(message, "role");
        const std::string text = role == "assistant" ? "" : text_of(member(message, "content"));
        if (role == "assistant") take_reply(message);
        if (role == "user" && !is_blank(text)) ++counts.prompts;
        if (role == "user" || role == "system") counts.said.add(text);
        if (role == "toolResult" && calls.count(text_at(message, "toolCallId")) > 0) {
            counts.answers.add(text);
            if (answered.insert(text_at(message, "toolCallId")).second) ++counts.results;
        }
        if (role != "bashExecution") return;
        counts.said.add("Ran " + text_at(message, "command") + " " + text_at(message, "output"));
        if (count_of(message, "exitCode") != 0)
            counts.said.add("Command exited with code " + std::to_string(count_of(message, "exitCode")));
    }

    void take(const json& line, bool kept) {
        const std::string type = text_at(line, "type");
        const json& message = member(line, "message");
        if (text_at(message, "role") == "assistant") take_usage(message);
        if (!kept) return;
        if (type == "message") take_message(message);
        if (type == "compaction" || type == "branch_summary") counts.said.add(text_at(line, "summary"));
    }

    void take_time(const std::string& at) {
        if (at.empty()) return;
        if (counts.first_time.empty() || at < counts.first_time) counts.first_time = at;
        counts.last_time = std::max(counts.last_time, at);
    }
};

}  // namespace

std::vector<std::string> line_files(const std::string& folder) {
    std::vector<std::string> files;
    if (!std::filesystem::exists(folder)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".jsonl") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

std::string written_pi_session() {
    const auto line = [](const std::string& id, const std::string& parent, const json& more) {
        json entry = more;
        entry["id"] = id;
        entry["parentId"] = parent.empty() ? json() : json(parent);
        entry["timestamp"] = "2026-01-01T00:00:0" + std::to_string(id[0] - 'a') + ".000Z";
        return entry.dump() + "\n";
    };
    const auto message = [](const json& message) { return json{{"type", "message"}, {"message", message}}; };
    const auto reply = [&](const json& blocks, long output) {
        return message({{"role", "assistant"},
                        {"provider", "openai"},
                        {"model", "gpt-x"},
                        {"content", blocks},
                        {"usage", {{"input", 3}, {"output", output}, {"cacheRead", 20}, {"cacheWrite", 1}}}});
    };
    const auto text = [](const std::string& words) { return json{{"type", "text"}, {"text", words}}; };
    return R"({"type":"session","version":3,"id":"written","timestamp":"2026-01-01T00:00:00.000Z","cwd":"/w"})"
           "\n" +
           line("a", "", message({{"role", "user"}, {"content", {text("look at this")}}})) +
           line("b", "a",
                reply({{{"type", "thinking"}, {"thinking", ""}, {"thinkingSignature", "s"}},
                       {{"type", "thinking"}, {"thinking", "I wonder"}},
                       {{"type", "toolCall"}, {"id", "c1"}, {"name", "read"}, {"arguments", json::object()}},
                       {{"type", "toolCall"}, {"id", "c2"}, {"name", "bash"}, {"arguments", json::object()}}},
                      7)) +
           line("c", "b",
                message({{"role", "toolResult"},
                         {"toolCallId", "c1"},
                         {"content", {{{"type", "image"}, {"data", "AAAA"}, {"mimeType", "image/png"}}}}})) +
           line("d", "c", message({{"role", "user"}, {"content", "a way that was left"}})) +
           line("e", "d", reply({text("left behind")}, 50)) +
           line("f", "c", {{"type", "branch_summary"}, {"summary", "what was left"}}) +
           line("g", "f",
                message({{"role", "bashExecution"}, {"command", "ls"}, {"output", "x"}, {"exitCode", 2}})) +
           line("h", "g", reply({text("all is done")}, 4)) + line("h", "g", reply({text("twice")}, 4));
}

Counts count_pi(const std::string& session) {
    std::vector<json> lines;
    std::set<std::string> ids;
    Reader reader;
    std::ifstream file(session);
    for (std::string text; std::getline(file, text);) {
        json line = json::parse(text, nullptr, false);
        if (!line.is_object()) continue;
        const std::string id = text_at(line, "id");
        const bool is_header = text_at(line, "type") == "session";
        if (!is_header && !id.empty() && !ids.insert(id).second) continue;
        reader.take_time(text_at(line, "timestamp"));
        if (!is_header) lines.push_back(std::move(line));
    }
    const std::vector<bool> kept = kept_lines(lines);
    for (std::size_t at = 0; at < lines.size(); ++at)
        reader.take(lines[at], kept[at]);
    return reader.counts;
}

}  // namespace opentraces::audit
