// OpenHands: <OH_PERSISTENCE_DIR>/conversations/<id>/base_state.json with events/event-<number>-<uuid>.json
// (V1, ~/.openhands unless it is set); exported events as JSON lines; and the lists of events of the first
// generation (V0).
#include <algorithm>

#include "capture/documents.hpp"
#include "capture/fingerprint.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/openhands/events.hpp"
#include "capture/rows.hpp"
#include "capture/verdict.hpp"

namespace opentraces::capture {
namespace {

using openhands::Conversation;

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_state = "base_state.json";

bool is_event_file(std::string_view name) {
    return name.starts_with("event-") && name.ends_with(".json");
}

FileRole role_of(std::string_view name) {
    if (name == k_state || name == "events.jsonl") return FileRole::Sessions;
    if (is_event_file(name)) return FileRole::Part;
    return name.ends_with(".json") || name.ends_with(".jsonl") ? FileRole::Perhaps : FileRole::None;
}

bool is_state(const json::Value& start) {
    return start["id"].if_string() != nullptr && start["agent"].if_object() != nullptr &&
           start["workspace"].if_object() != nullptr;
}

bool has_lines(const std::string& path, Sources& sources) {
    return starts_with_lines(path, sources, openhands::is_event);
}

bool recognises(const std::string& path, Sources& sources) {
    const json::Value start = start_of_document(path, sources);
    return (fs::file_name(path) == k_state && is_state(start)) || openhands::is_event(start.at(0)) ||
           openhands::is_event(start) || has_lines(path, sources);
}

// Of a conversation's folder, in their order: the number in the name has a fixed width.
std::vector<fs::FileInfo> event_files(const std::string& state, fs::Disk& disk) {
    const std::string folder = fs::join(fs::parent(state), "events");
    const auto info = disk.info(folder);
    if (!info || !info->is_directory()) return {};
    std::vector<fs::FileInfo> files = disk.list(folder);
    std::erase_if(files, [](const fs::FileInfo& file) {
        return file.kind != fs::FileKind::File || !is_event_file(fs::file_name(file.path));
    });
    std::sort(files.begin(), files.end(),
              [](const fs::FileInfo& one, const fs::FileInfo& other) { return one.path < other.path; });
    return files;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    Fingerprint fingerprint;
    fingerprint.add(path, sources.disk());
    std::string project;
    if (fs::file_name(path) == k_state) {
        project = start_of_document(path, sources)["workspace"]["working_dir"].string_or();
        for (const fs::FileInfo& file : event_files(path, sources.disk()))
            fingerprint.add(file);
    }
    return {{std::string(k_openhands.name), path, std::move(project), fingerprint.finish()}};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("OH_PERSISTENCE_DIR");
    const std::string root = set ? *set : fs::join(environment.home(), ".openhands");
    return {{fs::join(root, "conversations"), true}};
}

void read_folder(const std::string& path, Sources& sources, Conversation& conversation,
                 ParsedSession& parsed) {
    for (const fs::FileInfo& file : event_files(path, sources.disk())) {
        const json::Value event = read_side_document(file.path, sources, parsed);
        if (!event.is_null()) conversation.take(event);
    }
    conversation.take_state(read_side_document(path, sources, parsed));
}

bool read_lines(const std::string& path, Sources& sources, Conversation& conversation,
                ParsedSession& parsed) {
    parsed.files.push_back(path);
    const LineTally tally =
        read_objects(sources, path, [&](json::Value&& event, std::size_t) { conversation.take(event); });
    add_tally(tally, parsed.report);
    parsed.report.lines -= tally.objects;  // counted one by one
    return !refuse_unreadable(tally, parsed);
}

bool read_array(const std::string& path, Sources& sources, Conversation& conversation,
                ParsedSession& parsed) {
    parsed.files.push_back(path);
    const auto events = read_session_document(path, sources, parsed);
    if (!events) return false;
    if (const json::Array* list = events->if_array())
        for (const json::Value& event : *list)
            conversation.take(event);
    return true;
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    const std::string& path = session.locator;
    ParsedSession parsed;
    Conversation conversation(parsed);
    bool readable = true;
    if (fs::file_name(path) == k_state) {
        read_folder(path, sources, conversation, parsed);
    } else if (start_of_document(path, sources).if_array() != nullptr) {
        readable = read_array(path, sources, conversation, parsed);
    } else {
        readable = read_lines(path, sources, conversation, parsed);
    }
    if (!readable) return parsed;
    if (!conversation.has_conversation()) {
        refuse(parsed, "not an OpenHands conversation: it has no event that says or does something");
        return parsed;
    }
    conversation.finish(fs::stem(path), k_version);
    finish(k_openhands, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_openhands{"openhands", "OpenHands", k_version,  {true}, nullptr,
                                  places,      role_of,     recognises, list,   read};

}  // namespace opentraces::capture
