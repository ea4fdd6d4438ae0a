// Windsurf: the transcript that its hook post_cascade_response_with_transcript writes,
// ~/.windsurf/transcripts/<trajectory id>.jsonl, one step of Cascade a line:
// {"type":"view_file","status":"done", "view_file":{…}} (Windsurf documentation, "Cascade Hooks"). What
// Cascade itself keeps, in
// ~/.codeium/windsurf/cascade, only the program reads.
#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/cascade_steps.hpp"
#include "capture/describe.hpp"
#include "capture/file_uri.hpp"
#include "capture/heads.hpp"
#include "capture/hooks/format.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_builder.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_ending = ".jsonl";

FileRole role_of(std::string_view name) {
    return name.ends_with(k_ending) ? FileRole::Perhaps : FileRole::None;
}

// A line has its data under the name of its type.
bool is_step(const json::Value& line) {
    return line["status"].if_string() != nullptr && line["type"].if_string() != nullptr &&
           line[line["type"].string_or()].if_object() != nullptr;
}

bool recognises(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, is_step);
}

std::string session_id(const std::string& path) {
    const std::string name = fs::file_name(path);
    return repair_utf8(name.ends_with(k_ending) ? name.substr(0, name.size() - k_ending.size()) : name);
}

// Of an address or a path.
std::string path_of(std::string_view said) {
    std::string path = path_of_file_uri(said);
    return path.empty() ? std::string(said) : path;
}

// Where the first command ran; in the head of a session without one, the folder of the first file.
std::string project_of(const std::string& path, Sources& sources) {
    std::string folder;
    std::string of_file;
    starts_with_lines(path, sources, [&](const json::Value& line) {
        const json::Value& data = line[line["type"].string_or()];
        folder = data["cwd"].string_or();
        const std::string file = path_of(data["path"].string_or());
        if (of_file.empty() && file.starts_with('/'))
            of_file = line["type"].string_or() == "list_directory" ? file : fs::parent(file);
        return !folder.empty();
    });
    return folder.empty() ? of_file : folder;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    return {session_in_file(k_windsurf.name, path, project_of(path, sources), sources)};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    return {{fs::join(environment.home(), ".windsurf/transcripts"), true}};
}

class Transcript {
public:
    explicit Transcript(ParsedSession& parsed) : m_session(parsed) {}
    SessionFacts& about() { return m_session.about; }

    void take(const json::Value& line) {
        ParseReport& report = m_session.report();
        const std::string_view type = line["type"].string_or();
        if (!is_step(line)) {
            // A step that was taken back, or is of another program.
            add_to_counts(report.unknown_line_types, type.empty() ? "(none)" : type);
            return;
        }
        const std::string name = cascade_step_name(type);
        const json::Value& data = line[type];
        ++report.conversation_lines;
        if (name == "user_input") {
            take_prompt(data);
        } else if (name == "planner_response") {
            take_reply(data);
        } else if (name == "checkpoint") {
            m_session.note_compaction();
            m_session.show("compaction", json::to_compact(data));
        } else {
            if (!is_cascade_tool(name)) add_to_counts(report.unknown_line_types, type);
            take_tool(name, line["status"].string_or(), data);
        }
    }

    void finish(std::string_view reader_version) { m_session.finish(reader_version); }

private:
    void take_prompt(const json::Value& data) {
        m_reply.reset();
        if (!m_session.say(trace::Role::User, std::string(data["user_response"].string_or()))) return;
        m_session.evidence().turn_ended = false;
        if (data["rules_applied"].if_object() != nullptr)
            m_session.facts(m_session.last_step()).set("rules_applied", data["rules_applied"]);
    }

    std::size_t place() {
        if (!m_reply) m_reply = m_session.reply({}, {});
        return *m_reply;
    }

    void take_reply(const json::Value& data) {
        m_reply.reset();
        m_session.add_reasoning(place(), data["thinking"].string_or());
        m_session.add_text(place(), data["response"].string_or());
        m_session.evidence().turn_ended = true;
    }

    // Members of the data that say how it went; the others are what was asked for.
    void take_tool(const std::string& name, std::string_view status, const json::Value& data) {
        static constexpr auto k_texts = std::to_array<std::string_view>({"output", "content", "result"});
        static constexpr auto k_ends = std::to_array<std::string_view>(
            {"exit_code", "user_rejected", "acknowledgement_type", "total_results"});
        json::Object input;
        json::Object rest;
        std::string text;
        for (const auto& [key, value] : *data.if_object()) {
            if (std::find(k_texts.begin(), k_texts.end(), key) != k_texts.end() &&
                value.if_string() != nullptr) {
                append_paragraph(text, value.string_or());
            } else if (std::find(k_ends.begin(), k_ends.end(), key) != k_ends.end()) {
                rest.set(key, value);
            } else {
                input.set(key, value);
            }
        }
        if (text.empty() && rest.find("total_results") != nullptr) text = json::to_compact(rest);
        std::string error = error_of(status, data);
        const bool worked = error.empty();
        const std::string id = m_session.call(place(), {}, name, std::move(input));
        m_session.answer(id, std::move(text), {std::move(error)});
        if (worked && name == "code_action") m_session.change(id, {change_of(data)});
        if (about().directory.empty()) about().directory = data["cwd"].string_or();
        m_session.evidence().turn_ended = false;
    }

    static std::string error_of(std::string_view status, const json::Value& data) {
        if (data["user_rejected"].bool_or(false) ||
            data["acknowledgement_type"].string_or().ends_with("_REJECT"))
            return "rejected";
        const auto code = data["exit_code"].integer();
        if (code && *code != 0) return "exit_code:" + std::to_string(*code);
        if (status.starts_with("cancel") || status == "interrupted") return "interrupted";
        return status == "error" ? "tool_error" : "";
    }

    static enrich::FileChange change_of(const json::Value& data) {
        enrich::FileChange change;
        const std::string* before = data["original_content"].if_string();
        const std::string* after = data["new_content"].if_string();
        if (after == nullptr) return change;
        change.path = path_of(data["path"].string_or());
        change.whole_file = true;
        if (before != nullptr) change.before = *before;
        change.written = *after;
        return change;
    }

    SessionBuilder m_session;
    std::optional<std::size_t> m_reply;
};

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    Transcript transcript(parsed);
    transcript.about().id = session_id(session.locator);
    bool recognised = false;
    const LineTally tally = read_objects(sources, session.locator, [&](json::Value&& line, std::size_t) {
        recognised = recognised || is_step(line);
        transcript.take(line);
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed, "not a Windsurf transcript: no line is a step of Cascade");
        return parsed;
    }
    transcript.finish(k_version);
    finish(k_windsurf, parsed);
    return parsed;
}

// Windsurf documentation, "Cascade Hooks": after every reply; it also makes the program write the transcript.
constexpr HookSpec k_hook{
    .format = &k_plain_list,
    .agent = "windsurf",
    .settings = ".windsurf/hooks.json",
    .sign = ".windsurf",
    .event = "post_cascade_response_with_transcript",
    .user_folder = ".codeium/windsurf",
    .user_settings = "hooks.json",
    .keys = {.transcript = "tool_info.transcript_path", .session = "trajectory_id", .directory = {}},
    .entry = R"("show_output": false)",
};

}  // namespace

constinit const Agent k_windsurf{"windsurf", "Windsurf", k_version,  {false}, &k_hook,
                                 places,     role_of,    recognises, list,    read};

}  // namespace opentraces::capture
