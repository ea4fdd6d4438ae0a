// Grok Build: <home>/sessions/<working directory, percent-escaped>/<id>/chat_history.jsonl with summary.json,
// signals.json and updates.jsonl beside it; a sub-agent is a session of its own. Where there is no chat, the
// updates are the session. (The open-source grok-cli keeps no such files.)
#include "capture/blocks.hpp"
#include "capture/documents.hpp"
#include "capture/fingerprint.hpp"
#include "capture/grok/chat.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/percent.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_ending = ".jsonl";
constexpr std::string_view k_chat = "chat_history.jsonl";
constexpr std::string_view k_updates = "updates.jsonl";

FileRole role_of(std::string_view name) {
    return name.ends_with(k_ending) ? FileRole::Sessions : FileRole::None;
}

bool recognises(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, [](const json::Value& line) {
        return grok::is_chat_line(line) || grok::is_update(line);
    });
}

std::string beside(const std::string& path, std::string_view name) {
    return fs::join(fs::parent(path), name);
}

// Files of another name have nothing beside them that is theirs.
bool has_own_folder(const std::string& path) {
    const std::string name = fs::file_name(path);
    return name == k_chat || name == k_updates;
}

// "%2Fhome%2Fme%2Fapp"
std::string folder_by_name(const std::string& path) {
    const std::string decoded = percent_decoded(fs::file_name(fs::parent(fs::parent(path))));
    return decoded.starts_with('/') ? repair_utf8(decoded) : std::string();
}

std::string directory_of(const std::string& path, const json::Value& summary) {
    return std::string(summary["info"]["cwd"].string_or(folder_by_name(path)));
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    fs::Disk& disk = sources.disk();
    if (fs::file_name(path) == k_updates && is_file_itself(beside(path, k_chat), disk)) return {};
    Fingerprint fingerprint;
    fingerprint.add(path, disk);
    std::string project;
    if (has_own_folder(path)) {
        const std::string summary = beside(path, "summary.json");
        for (const std::string& file : {summary, beside(path, "signals.json"), beside(path, k_updates)})
            fingerprint.add(file, disk);
        project = directory_of(
            path, is_file_itself(summary, disk) ? start_of_document(summary, sources) : json::Value());
    }
    return {{std::string(k_grok.name), path, std::move(project), fingerprint.finish()}};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("GROK_HOME");
    return {{fs::join(set ? *set : fs::join(environment.home(), ".grok"), "sessions"), true}};
}

void describe(const std::string& path, Sources& sources, SessionBuilder& session, ParsedSession& parsed) {
    SessionFacts& about = session.about;
    std::string name = fs::file_name(path);
    about.id = repair_utf8(name.ends_with(k_ending) ? name.substr(0, name.size() - k_ending.size()) : name);
    if (!has_own_folder(path)) return;
    const json::Value summary = read_side_document(beside(path, "summary.json"), sources, parsed);
    const json::Value signals = read_side_document(beside(path, "signals.json"), sources, parsed);
    about.id = summary["info"]["id"].string_or(repair_utf8(fs::file_name(fs::parent(path))));
    about.directory = directory_of(path, summary);
    about.title = summary["generated_title"].string_or(summary["session_summary"].string_or());
    about.started = time_of(summary["created_at"]);
    about.ended = time_of(summary["updated_at"]);
    about.model = summary["current_model_id"].string_or(signals["primaryModelId"].string_or());
    about.branch = summary["head_branch"].string_or();
    about.commit = summary["head_commit"].string_or();
    about.repository = summary["git_remotes"].at(0).string_or();
    about.parent = summary["parent_session_id"].string_or();
    about.is_subagent = summary["session_kind"].string_or() == "subagent";
    if (count_of(signals["compactionCount"]) > 0) session.note_compaction();
}

std::unordered_map<std::string, grok::CallFacts> calls_beside(const std::string& path, Sources& sources,
                                                              ParsedSession& parsed) {
    std::unordered_map<std::string, grok::CallFacts> calls;
    const std::string updates = beside(path, k_updates);
    if (fs::file_name(path) != k_chat || !is_file_itself(updates, sources.disk())) return calls;
    parsed.files.push_back(updates);
    read_objects(sources, updates,
                 [&calls](const json::Value& line, std::size_t) { grok::note_call(line, calls); });
    return calls;
}

template <class Reader, class Recognises>
void read_with(Reader& reader, const Recognises& is_known, const std::string& path, Sources& sources,
               ParsedSession& parsed) {
    describe(path, sources, reader.session(), parsed);
    bool recognised = false;
    const LineTally tally = read_objects(sources, path, [&](const json::Value& line, std::size_t) {
        recognised = recognised || is_known(line);
        reader.take(line);
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return;
    if (!recognised) return refuse(parsed, "not a Grok session: no line is one of its chats or updates");
    reader.finish(k_version);
    finish(k_grok, parsed);
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    const std::string& path = session.locator;
    parsed.files.push_back(path);
    if (starts_with_lines(path, sources, grok::is_update)) {
        grok::Updates updates(parsed);
        read_with(updates, grok::is_update, path, sources, parsed);
    } else {
        grok::Chat chat(parsed, calls_beside(path, sources, parsed));
        read_with(chat, grok::is_chat_line, path, sources, parsed);
    }
    return parsed;
}

}  // namespace

constinit const Agent k_grok{"grok", "Grok Build", k_version,  {false}, nullptr,
                             places, role_of,      recognises, list,    read};

}  // namespace opentraces::capture
