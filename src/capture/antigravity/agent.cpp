// Antigravity, editor and command line: <home>/.gemini/antigravity*/brain/<id>/.system_generated/logs/
// transcript.jsonl, and transcript_full.jsonl without what the former cuts off. The command line's
// history.jsonl tells which folder a conversation is of. conversations/<id>.pb and .db are what the program
// itself reads.
#include <algorithm>
#include <array>

#include "capture/antigravity/transcript.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_ending = ".jsonl";
constexpr std::string_view k_short = "transcript.jsonl";
constexpr std::string_view k_full = "transcript_full.jsonl";

FileRole role_of(std::string_view name) {
    if (name == k_short || name == k_full) return FileRole::Sessions;
    return name.ends_with(k_ending) ? FileRole::Perhaps : FileRole::None;
}

bool recognises(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, antigravity::is_step);
}

// The conversation's folder in the brain; empty if the transcript lies elsewhere.
std::string folder_of(const std::string& path) {
    const std::string logs = fs::parent(path);
    const std::string generated = fs::parent(logs);
    const bool is_in_brain = fs::file_name(logs) == "logs" && fs::file_name(generated) == ".system_generated";
    return is_in_brain ? fs::parent(generated) : std::string();
}

std::string session_id(const std::string& path) {
    const std::string folder = folder_of(path);
    const std::string name = fs::file_name(folder.empty() ? path : folder);
    const bool has_ending = folder.empty() && name.ends_with(k_ending);
    return repair_utf8(has_ending ? name.substr(0, name.size() - k_ending.size()) : name);
}

// Folders of the conversations that the command line's history names.
const std::map<std::string, std::vector<std::string>>& workspaces(const std::string& root, Sources& sources) {
    auto [known, is_new] = sources.folders.try_emplace(root);
    auto& folders = known->second.files;
    const std::string history = fs::join(root, "history.jsonl");
    if (!is_new || !is_file_itself(history, sources.disk())) return folders;
    read_objects(sources, history, [&folders](json::Value&& line, std::size_t) {
        const std::string_view folder = line["workspace"].string_or();
        std::vector<std::string>& named = folders[std::string(line["conversationId"].string_or())];
        if (named.empty() && !folder.empty()) named.emplace_back(folder);
    });
    return folders;
}

std::string project_of(const std::string& path, Sources& sources) {
    const std::string folder = folder_of(path);
    if (!folder.empty()) {
        const auto& known = workspaces(fs::parent(fs::parent(folder)), sources);
        const auto named = known.find(session_id(path));
        if (named != known.end() && !named->second.empty()) return named->second.front();
    }
    std::string project;
    starts_with_lines(path, sources, [&project](const json::Value& line) {
        project = antigravity::folder_of_command(line);
        return !project.empty();
    });
    return project;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    const bool is_cut = fs::file_name(path) == k_short && !folder_of(path).empty() &&
                        is_file_itself(fs::join(fs::parent(path), std::string(k_full)), sources.disk());
    if (is_cut) return {};
    return {session_in_file(k_antigravity.name, path, project_of(path, sources), sources)};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    std::vector<Place> all;
    for (const char* program : {"antigravity", "antigravity-cli", "antigravity-ide"})
        all.push_back({environment.home() + "/.gemini/" + program + "/brain", true});
    return all;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    antigravity::Transcript transcript(parsed);
    transcript.about().id = session_id(session.locator);
    transcript.about().directory = project_of(session.locator, sources);
    bool recognised = false;
    const LineTally tally = read_objects(sources, session.locator, [&](json::Value&& line, std::size_t) {
        recognised = recognised || antigravity::is_step(line);
        transcript.take(line);
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed, "not an Antigravity transcript: no line is one of its steps");
        return parsed;
    }
    transcript.finish(k_version);
    finish(k_antigravity, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_antigravity{"antigravity", "Antigravity", k_version,  {false}, nullptr,
                                    places,        role_of,       recognises, list,    read};

}  // namespace opentraces::capture
