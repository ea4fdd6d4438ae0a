// Mistral Vibe: <VIBE_HOME>/logs/session, ~/.vibe unless it is set. Vibe 1: session_<time>_<id>.json. Vibe 2:
// session_<time>_<id>/messages.jsonl with meta.json. Vibe 3: unified/<id>/CURRENT with its generations.
#include <algorithm>

#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/rows.hpp"
#include "capture/session_files.hpp"
#include "capture/vibe/chat.hpp"
#include "capture/vibe/store.hpp"
#include "capture/vibe/unified.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_messages = "messages.jsonl";

// "0000000000000017.jsonl", in the store of Vibe 3.
bool is_journal(std::string_view name) {
    constexpr std::size_t k_digits = 16;
    return name.size() == k_digits + 6 && name.ends_with(".jsonl") &&
           std::all_of(name.begin(), name.begin() + k_digits, [](char c) { return c >= '0' && c <= '9'; });
}

FileRole role_of(std::string_view name) {
    if (name == k_messages || (name.starts_with("session_") && name.ends_with(".json")))
        return FileRole::Sessions;
    if (name == vibe::k_pointer) return FileRole::Perhaps;
    return name == "meta.json" || is_journal(name) ? FileRole::Part : FileRole::None;
}

json::Value metadata_of(const std::string& messages, Sources& sources) {
    const std::string path = vibe::metadata_beside(messages);
    return is_file_itself(path, sources.disk()) ? start_of_document(path, sources) : json::Value();
}

// Other programs write chat messages, too: ids of messages or the metadata beside them are Vibe's.
bool is_folder(const std::string& path, Sources& sources) {
    if (fs::file_name(path) != k_messages) return false;
    bool is = false;
    bool has_id = false;
    starts_with_lines(path, sources, [&](const json::Value& line) {
        is = vibe::is_message(line);
        has_id = line["message_id"].if_string() != nullptr;
        return true;
    });
    return is && (has_id || vibe::is_metadata(metadata_of(path, sources)));
}

bool recognises(const std::string& path, Sources& sources) {
    if (is_folder(path, sources)) return true;
    const json::Value start = start_of_document(path, sources);
    return vibe::is_document(start) || vibe::is_pointer(start);
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    const json::Value start = start_of_document(path, sources);
    if (vibe::is_pointer(start))
        return {{std::string(k_vibe.name), path, vibe::project_of_store(path, sources),
                 vibe::fingerprint_of_store(path, sources.disk())}};
    if (vibe::is_document(start))
        return {session_in_file(k_vibe.name, path, vibe::project_in(start["metadata"]), sources)};
    return {session_in_file(k_vibe.name, path, vibe::project_in(metadata_of(path, sources)), sources,
                            {vibe::metadata_beside(path)})};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    const auto set = environment.get("VIBE_HOME");
    const std::string root = set ? *set : fs::join(environment.home(), ".vibe");
    return {{fs::join(fs::join(root, "logs"), "session"), true}};
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    const std::string name = fs::file_name(session.locator);
    if (vibe::is_pointer(start_of_document(session.locator, sources)) || name == vibe::k_pointer)
        return vibe::read_store(session, sources, k_vibe);
    if (name.ends_with(".jsonl")) return vibe::read_folder(session, sources, k_vibe);
    return vibe::read_document(session, sources, k_vibe);
}

}  // namespace

constinit const Agent k_vibe{"vibe", "Mistral Vibe", "1.0.0",    {true}, nullptr,
                             places, role_of,        recognises, list,   read};

}  // namespace opentraces::capture
