#include "corpus/audit/claude_code.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

namespace opentraces::audit {
namespace {

namespace stdfs = std::filesystem;

struct Line {
    json value;
    std::size_t parent = 0;
    std::string type;
    std::string uuid;
    bool prompt = false;
    bool abandoned = false;
};

constexpr std::size_t k_none = static_cast<std::size_t>(-1);

bool is_part(const stdfs::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with("agent-") || name == "journal.jsonl" ||
           path.string().find("/subagents/") != std::string::npos;
}

const json& content_of(const json& line) {
    const json& message = member(line, "message");
    return message.is_object() ? member(message, "content") : message;
}

std::string shown(const json& block) {
    const std::string type = text_at(block, "type");
    if (block.is_string()) return block.get<std::string>();
    if (type == "text" || type.empty()) return text_at(block, "text");
    if (type == "image" || type == "document") {
        const json& source = member(block, "source");
        const std::string data = text_at(source, "data");
        const auto padding = static_cast<std::size_t>(std::count(data.begin(), data.end(), '='));
        const std::string media = text_at(source, "media_type");
        return "[" + type + ": " + (media.empty() ? text_at(source, "type") : media) + ", " +
               std::to_string(data.size() / 4 * 3 - std::min(padding, data.size() / 4 * 3)) + " bytes]";
    }
    if (type == "tool_reference") return "[tool_reference: " + text_at(block, "tool_name") + "]";
    return {};
}

std::string text_of(const json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    if (!content.is_array()) return text;
    for (const json& block : content)
        text += shown(block) + "\n";
    return text;
}

long images_in(const json& content) {
    return occurrences(text_of(content), "[image: ");
}

std::string prompt_text(const json& line) {
    const json& content = content_of(line);
    if (!content.is_array()) return text_of(content);
    json rest = json::array();
    for (const json& block : content)
        if (text_at(block, "type") != "tool_result") rest.push_back(block);
    return text_of(rest);
}

bool is_blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

bool is_person(const json& said, const std::string& text) {
    const json& origin = member(said, "origin");
    if (member(said, "isMeta") == true || member(said, "isCompactSummary") == true) return false;
    const bool of_agent = !text_at(origin, "from").empty() || text_at(origin, "kind") == "peer" ||
                          text_at(origin, "kind") == "task-notification";
    return !of_agent && (is_of_person(text) || is_blank(text));
}

// Lines of one file, each uuid once.
std::vector<Line> lines_of(const std::string& path) {
    std::vector<Line> lines;
    std::set<std::string> uuids;
    std::ifstream file(path);
    for (std::string text; std::getline(file, text);) {
        std::istringstream values(text);
        try {
            for (json value; values >> value;) {
                if (!value.is_object()) continue;
                const std::string uuid = text_at(value, "uuid");
                if (!uuid.empty() && !uuids.insert(uuid).second) continue;
                Line line;
                line.type = text_at(value, "type");
                line.uuid = uuid;
                line.value = std::move(value);
                lines.push_back(std::move(line));
            }
        } catch (const json::parse_error&) {
            continue;
        }
    }
    return lines;
}

// Of several prompts under one parent the one whose branch was written to last counts.
void find_abandoned(std::vector<Line>& lines) {
    std::map<std::string, std::size_t> places;
    std::set<std::string> retracted;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        Line& line = lines[at];
        const auto parent = places.find(text_at(line.value, "parentUuid"));
        line.parent = parent == places.end() ? k_none : parent->second;
        if (!line.uuid.empty()) places.emplace(line.uuid, at);
        const std::string text = line.type == "user" ? prompt_text(line.value) : std::string();
        line.prompt = line.type == "user" && !is_blank(text) && is_person(line.value, text) &&
                      text.find("<command-message>") != 0;
        for (const char* key : {"retractedMessageUuids", "supersedesUuids"})
            for (const json& uuid : member(line.value, key))
                if (uuid.is_string()) retracted.insert(uuid.get<std::string>());
    }
    std::vector<std::size_t> last(lines.size());
    for (std::size_t at = lines.size(); at-- > 0;) {
        last[at] = std::max(last[at], at);
        if (lines[at].parent != k_none) last[lines[at].parent] = std::max(last[lines[at].parent], last[at]);
    }
    std::map<std::size_t, std::size_t> kept;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (!lines[at].prompt || lines[at].parent == k_none) continue;
        const auto [place, first] = kept.emplace(lines[at].parent, at);
        if (!first && last[at] > last[place->second]) place->second = at;
    }
    for (std::size_t at = 0; at < lines.size(); ++at) {
        Line& line = lines[at];
        if (line.parent != k_none)
            line.abandoned = lines[line.parent].abandoned || (line.prompt && kept.at(line.parent) != at);
    }
    for (Line& line : lines)
        line.abandoned |= retracted.count(line.uuid) > 0;
}

struct Reply {
    long input = 0;
    long output = 0;
    long cache_read = 0;
    long cache_write = 0;
    bool counts = false;     // has a usage, of a real model
    bool abandoned = false;  // as its first line is
    std::size_t file = 0;    // whose lines it was found in first
};

struct Counter {
    Counts counts;
    std::map<std::string, Reply> replies;
    std::set<std::string> calls;
    std::vector<std::string> waiting;     // calls without an id that have no result yet
    std::map<std::string, json> answers;  // the last one of a call counts
    std::size_t file = 0;
    std::size_t unnamed = 0;

    void take_block(const json& block, const Reply& reply) {
        const std::string type = text_at(block, "type");
        if (reply.abandoned) return;
        if (type == "text") counts.text.add(text_at(block, "text"));
        if (type == "thinking") counts.reasoning.add(text_at(block, "thinking"));
        if (block.is_string()) counts.text.add(block.get<std::string>());
        if (type == "image" || type == "document") ++counts.images;
        if (type == "text") counts.images += occurrences(text_at(block, "text"), "[image: ");
        if (type == "tool_use" || type == "server_tool_use" || type == "mcp_tool_use") {
            std::string id = text_at(block, "id");
            if (id.empty()) waiting.push_back(id = "unnamed " + std::to_string(unnamed++));
            calls.insert(id);
        }
    }

    void take_assistant(const json& line, bool abandoned) {
        const json& message = member(line, "message");
        std::string id = text_at(message, "id");
        if (id.empty()) id = "unnamed " + std::to_string(unnamed++);
        const auto [place, first] = replies.try_emplace(id);
        Reply& reply = place->second;
        if (first) {
            reply.abandoned = abandoned;
            reply.file = file;
        }
        if (reply.file != file) return;
        const json& usage = member(message, "usage");
        if (usage.is_object() && text_at(message, "model") != "<synthetic>") {
            reply.counts = true;
            reply.input = std::max(reply.input, count_of(usage, "input_tokens"));
            reply.output = std::max(reply.output, count_of(usage, "output_tokens"));
            reply.cache_read = std::max(reply.cache_read, count_of(usage, "cache_read_input_tokens"));
            reply.cache_write = std::max(reply.cache_write, count_of(usage, "cache_creation_input_tokens"));
        }
        const json& content = content_of(line);
        if (content.is_string()) take_block(json{{"type", "text"}, {"text", content}}, reply);
        if (content.is_array())
            for (const json& block : content)
                take_block(block, reply);
    }

    void take_user(const json& line, bool abandoned) {
        const json& content = content_of(line);
        if (content.is_array()) {
            for (const json& block : content) {
                if (text_at(block, "type") != "tool_result") continue;
                std::string id = text_at(block, "tool_use_id");
                if (id.empty() && !waiting.empty()) {
                    id = waiting.front();
                    waiting.erase(waiting.begin());
                }
                answers[id] = member(block, "content");
            }
        }
        const std::string text = prompt_text(line);
        if (abandoned || is_blank(text)) return;
        take_said(line, text);
    }

    void take_said(const json& said, const std::string& text) {
        counts.said.add(text);
        counts.images += occurrences(text, "[image: ");
        if (is_person(said, text)) ++counts.prompts;
    }

    void take_time(const json& line) {
        const std::string at = text_at(line, "timestamp");
        if (at.size() < 20 || at[4] != '-' || at[10] != 'T') return;
        if (counts.first_time.empty() || at < counts.first_time) counts.first_time = at;
        if (at > counts.last_time) counts.last_time = at;
    }
};

// What was typed while the agent worked. A text is in the queue, and a user line, an attachment or a removal
// after a tool's result says when the agent got it.
void take_queue(const std::vector<Line>& lines, Counter& counter) {
    struct Waiting {
        std::string text;
        bool attached = false;
    };
    std::vector<Waiting> queue;
    const auto equal = [](std::string one, std::string other) {
        const auto trimmed = [](std::string& text) {
            text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
            text.erase(text.find_last_not_of(" \t\r\n") + 1);
        };
        trimmed(one);
        trimmed(other);
        return one == other;
    };
    const auto received = [&](const json& said, const std::string& text, bool mid_turn) {
        counter.counts.said.add(text);
        counter.counts.images += images_in(member(said, "prompt"));
        const bool program = !is_of_person(text) || text_at(said, "commandMode") == "task-notification" ||
                             text_at(member(said, "origin"), "kind") == "task-notification";
        if (program) return;
        if (is_person(said, text)) ++counter.counts.prompts;
        if (mid_turn) ++counter.counts.mid_turn;
    };
    for (std::size_t at = 0; at < lines.size(); ++at) {
        const json& line = lines[at].value;
        const json& attachment = member(line, "attachment");
        const std::string operation = text_at(line, "operation");
        if (lines[at].type == "queue-operation" && operation == "enqueue") {
            const std::string text = text_of(member(line, "content"));
            if (text.starts_with("{\"task_id\"")) {
                counter.counts.said.add(text);
            } else if (!is_blank(text)) {
                queue.push_back({text, false});
            }
        } else if (lines[at].type == "queue-operation" && operation == "popAll") {
            queue.clear();
        } else if (lines[at].type == "queue-operation" && operation == "remove" && !queue.empty()) {
            auto gone =
                std::find_if(queue.begin(), queue.end(), [](const Waiting& one) { return one.attached; });
            if (gone == queue.end()) gone = queue.begin();
            if (!gone->attached) received(json::object(), gone->text, true);
            queue.erase(gone);
        } else if (lines[at].type == "attachment" && text_at(attachment, "type") == "queued_command") {
            const std::string text = text_of(member(attachment, "prompt"));
            bool said_again = false;
            for (std::size_t next = at + 1; next < lines.size() && lines[next].type != "assistant"; ++next)
                said_again |= lines[next].type == "user" && equal(prompt_text(lines[next].value), text);
            if (!said_again && !lines[at].abandoned) received(attachment, text, true);
            for (Waiting& one : queue) {
                if (one.attached || !equal(one.text, text)) continue;
                one.attached = true;
                break;
            }
        } else if (lines[at].type == "user" && !queue.empty()) {
            const std::string text = prompt_text(line);
            const auto same = std::find_if(queue.begin(), queue.end(), [&](const Waiting& one) {
                return !one.attached &&
                       (equal(one.text, text) || (!is_blank(text) && text.find(one.text) == 0));
            });
            if (same != queue.end()) queue.erase(same);
        }
    }
    for (const Waiting& one : queue)
        if (!one.attached && !is_of_person(one.text)) counter.counts.said.add(one.text);
}

void take_file(Counter& counter, std::vector<Line>& lines) {
    find_abandoned(lines);
    take_queue(lines, counter);
    for (const Line& line : lines) {
        counter.take_time(line.value);
        if (line.type == "assistant") counter.take_assistant(line.value, line.abandoned);
        if (line.type == "user") counter.take_user(line.value, line.abandoned);
        if (line.type == "system" && text_at(line.value, "subtype") == "local_command" && !line.abandoned)
            counter.take_said(line.value, text_at(line.value, "content"));
        if (line.type != "attachment" || line.abandoned) continue;
        if (text_at(member(line.value, "attachment"), "type") != "queued_command") ++counter.counts.context;
    }
    ++counter.file;
}

// Sub-agents that have no file of their own, as the session reports them.
void take_progress(Counter& counter, const std::vector<Line>& lines, const std::set<std::string>& agents) {
    for (const Line& line : lines) {
        const json& data = member(line.value, "data");
        if (line.type != "progress" || text_at(data, "type") != "agent_progress") continue;
        if (agents.count(text_at(data, "agentId")) > 0) continue;
        const json& message = member(data, "message");
        if (text_at(message, "type") == "assistant") counter.take_assistant(message, false);
        if (text_at(message, "type") == "user") counter.take_user(message, false);
    }
}

std::vector<std::string> agent_files(const std::string& session, const std::set<std::string>& ids) {
    std::vector<std::string> files;
    const stdfs::path path(session);
    const auto look = [&](const stdfs::path& folder, bool below) {
        if (!stdfs::is_directory(folder)) return;
        std::vector<std::string> found;
        for (const auto& entry : stdfs::recursive_directory_iterator(folder)) {
            const std::string name = entry.path().filename().string();
            if (!below && entry.path().parent_path() != folder) continue;
            if (!name.ends_with(".jsonl") || name == "journal.jsonl" || entry.path() == path) continue;
            if (!below && !name.starts_with("agent-")) continue;
            found.push_back(entry.path().string());
        }
        std::sort(found.begin(), found.end());
        for (const std::string& file : found) {
            std::string id;
            for (const Line& line : lines_of(file)) {
                id = text_at(line.value, "sessionId");
                if (!id.empty()) break;
            }
            if (ids.count(id) > 0 || (below && id == stdfs::path(file).stem().string()))
                files.push_back(file);
        }
    };
    look(path.parent_path() / path.stem() / "subagents", true);
    look(path.parent_path(), false);
    look(path.parent_path() / "agents", false);
    return files;
}

}  // namespace

std::vector<std::string> claude_code_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : stdfs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().extension() == ".jsonl" && !is_part(entry.path()))
            files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_claude_code(const std::string& session) {
    Counter counter;
    std::vector<Line> lines = lines_of(session);
    std::set<std::string> ids;
    for (const Line& line : lines) {
        const std::string id = text_at(line.value, "sessionId");
        if (!id.empty()) ids.insert(id);
    }
    take_file(counter, lines);
    std::set<std::string> agents;
    for (const std::string& file : agent_files(session, ids)) {
        std::vector<Line> own = lines_of(file);
        for (const Line& line : own)
            agents.insert(text_at(line.value, "agentId"));
        take_file(counter, own);
    }
    take_progress(counter, lines, agents);
    Counts& counts = counter.counts;
    for (const auto& [id, reply] : counter.replies) {
        if (!reply.counts) continue;
        ++counts.replies;
        counts.input += reply.input;
        counts.output += reply.output;
        counts.cache_read += reply.cache_read;
        counts.cache_write += reply.cache_write;
    }
    counts.calls = static_cast<long>(counter.calls.size());
    for (const auto& [id, content] : counter.answers) {
        if (counter.calls.count(id) == 0) continue;
        ++counts.results;
        counts.answers.add(text_of(content));
        counts.images += images_in(content);
    }
    return counts;
}

}  // namespace opentraces::audit
