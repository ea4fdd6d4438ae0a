// Qwen Code: <root>/projects/<project's path, each other character a hyphen>/chats/<session>.jsonl, where
// <root> is $QWEN_RUNTIME_DIR, $QWEN_HOME or ~/.qwen. The records of a sub-agent lie in
// <project>/subagents/<session>/agent-<id>.jsonl with agent-<id>.meta.json: a session of its own. Until 2025
// it wrote what Gemini CLI writes, below <root>/tmp/<SHA-256 of the project's path>/chats.
#include <algorithm>
#include <utility>

#include "capture/documents.hpp"
#include "capture/gemini/documents.hpp"
#include "capture/heads.hpp"
#include "capture/hooks/format.hpp"
#include "capture/object_lines.hpp"
#include "capture/qwen/chat.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.2.0";
constexpr std::string_view k_lines = ".jsonl";

FileRole role_of(std::string_view name) {
    const bool old = name.starts_with("session-") && name.ends_with(".json");
    return old || name.ends_with(k_lines) ? FileRole::Sessions : FileRole::None;
}

bool is_old(const std::string& path, Sources& sources) {
    return gemini::is_session(path, sources) && gemini::is_of_qwen(path, sources);
}

bool recognises(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, qwen::is_record) || is_old(path, sources);
}

std::string about_agent(const std::string& path) {
    return path.ends_with(k_lines) ? path.substr(0, path.size() - k_lines.size()) + ".meta.json"
                                   : std::string();
}

SessionRef session_at(const std::string& path, Sources& sources) {
    std::string project =
        first_in_lines(path, sources, [](const json::Value& line) { return line["cwd"].string_or(); });
    return session_in_file(k_qwen.name, path, std::move(project), sources, {about_agent(path)});
}

// Files of the session's sub-agents; links are none.
std::vector<std::string> agents_of(const std::string& path, fs::Disk& disk) {
    std::vector<std::string> files;
    if (fs::file_name(fs::parent(path)) != "chats") return files;
    std::string id = fs::file_name(path);
    id.resize(id.size() - std::min(k_lines.size(), id.size()));
    const std::string agents = fs::join(fs::parent(fs::parent(path)), "subagents");
    const std::string folder = fs::join(agents, id);
    for (const std::string& one : {agents, folder}) {
        const auto info = disk.info(one);
        if (!info || !info->is_directory() || disk.link_target(one)) return files;
    }
    for (const std::string& name : disk.names(folder)) {
        if (!name.starts_with("agent-") || !name.ends_with(k_lines)) continue;
        std::string file = fs::join(folder, name);
        if (is_file_itself(file, disk)) files.push_back(std::move(file));
    }
    return files;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    if (is_old(path, sources)) return gemini::list_session(k_qwen, path, sources);
    std::vector<SessionRef> sessions{session_at(path, sources)};
    for (const std::string& file : agents_of(path, sources.disk()))
        sessions.push_back(session_at(file, sources));
    return sessions;
}

// As Qwen Code names a project's folder.
std::string folder_name(std::string_view project) {
    std::string name(project);
    for (char& c : name) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!kept) c = '-';
    }
    return name;
}

std::vector<Place> places(const std::string& project, const Environment& environment) {
    auto root = environment.get("QWEN_RUNTIME_DIR");
    if (!root) root = environment.get("QWEN_HOME");
    const std::string base = root ? *root : fs::join(environment.home(), ".qwen");
    return {{fs::join(fs::join(base, "projects"), folder_name(project)), false},
            {fs::join(fs::join(fs::join(base, "tmp"), sha256_hex(project)), "chats"), false}};
}

std::string name_of(const std::string& path) {
    std::string name = repair_utf8(fs::file_name(path));
    name.resize(std::min(name.find(k_lines), name.size()));
    return name;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    if (is_old(session.locator, sources)) return gemini::read_session(k_qwen, session, sources);
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    bool recognised = false;
    qwen::Records records;
    const LineTally tally = read_objects(sources, session.locator, [&](json::Value&& line, std::size_t) {
        recognised = recognised || qwen::is_record(line);
        records.take(std::move(line), parsed.report);
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed, "not a Qwen Code session: no line has a uuid, a sessionId and a message with parts");
        return parsed;
    }
    const json::Value beside = read_side_document(about_agent(session.locator), sources, parsed);
    tell(records, beside, name_of(session.locator), k_version, parsed);
    finish(k_qwen, parsed);
    return parsed;
}

// docs/features/hooks.md of Qwen Code. Stop comes after every turn: of `qwen -p` no SessionEnd was seen.
constexpr HookSpec k_hook{
    .format = &k_matcher_groups,
    .agent = "qwen",
    .settings = ".qwen/settings.json",
    .sign = ".qwen",
    .event = "Stop",
    .timeout = k_hook_seconds * 1000,
    .user_variable = "QWEN_HOME",
    .user_folder = ".qwen",
    .user_settings = "settings.json",
};

}  // namespace

constinit const Agent k_qwen{"qwen", "Qwen Code", k_version,  {true}, &k_hook,
                             places, role_of,     recognises, list,   read};

}  // namespace opentraces::capture
