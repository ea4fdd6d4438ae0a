#include "capture/claude_code/forks.hpp"

#include <algorithm>
#include <memory>

#include "capture/object_lines.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr std::size_t k_head = std::size_t{256} << 10;
constexpr std::size_t k_piece = std::size_t{4} << 10;
// In a folder of more, which no agent has made, forks are not looked for.
constexpr std::ptrdiff_t k_most_sessions = 1000;

bool is_said(const json::Value& line) {
    const std::string_view type = line["type"].string_or();
    return (type == "user" || type == "assistant") && !line["uuid"].string_or().empty();
}

// The uuid of the first line of the conversation; empty for other files.
std::string beginning_of(json::ByteSource source) {
    std::size_t left = k_head;
    json::LineReader lines([&](char* buffer, std::size_t size) {
        const std::size_t count = source(buffer, std::min({size, left, k_piece}));
        left -= count;
        return count;
    });
    json::Line line;
    std::string uuid;
    while (uuid.empty() && lines.next(line)) {
        look_through(line.text, [&uuid](const json::Value& object) {
            if (is_said(object)) uuid = object["uuid"].string_or();
            return !uuid.empty();
        });
    }
    return uuid;
}

std::string beginning_of(const std::string& path, Sources& sources, fs::Disk& disk) {
    std::string_view kept = sources.kept_head(path);
    if (kept.empty()) {
        const std::shared_ptr<fs::ReadFile> file = disk.open(path);
        return beginning_of([file](char* buffer, std::size_t size) { return file->read(buffer, size); });
    }
    return beginning_of([kept](char* buffer, std::size_t size) mutable {
        const std::size_t count = std::min(size, kept.size());
        std::copy_n(kept.data(), count, buffer);
        kept.remove_prefix(count);
        return count;
    });
}

bool is_session(const fs::FileInfo& entry) {
    const std::string name = fs::file_name(entry.path);
    return entry.kind == fs::FileKind::File && name.ends_with(".jsonl") && !name.starts_with("agent-");
}

// Sessions of the folder by their beginnings.
const std::map<std::string, std::vector<std::string>>& beginnings_in(const std::string& folder,
                                                                     Sources& sources) {
    const auto [known, is_new] = sources.beginnings.try_emplace(folder);
    if (!is_new) return known->second;
    const auto disk = sources.disk().beneath(folder);
    const std::vector<fs::FileInfo> entries = disk->list(folder);
    const auto count = std::count_if(entries.begin(), entries.end(), is_session);
    if (count < 2 || count > k_most_sessions) return known->second;
    for (const fs::FileInfo& entry : entries) {
        if (!is_session(entry)) continue;
        const std::string uuid = beginning_of(entry.path, sources, *disk);
        if (!uuid.empty()) known->second[uuid].push_back(entry.path);
    }
    return known->second;
}

using Thread = Sources::Thread;

const Thread& thread_of(const std::string& path, Sources& every_source) {
    const auto [known, is_new] = every_source.threads.try_emplace(path);
    Thread& thread = known->second;
    if (!is_new) return thread;
    const auto disk = every_source.disk().beneath(fs::parent(path));
    Sources sources(*disk);
    read_objects(sources, path, [&thread](json::Value&& line, std::size_t) {
        if (!is_said(line)) return;
        const std::string uuid(line["uuid"].string_or());
        thread.lines.emplace_back(uuid, line["timestamp"].string_or());
        thread.ids.insert(uuid);
        const std::string_view reply = line["message"]["id"].string_or();
        if (!reply.empty()) thread.replies.emplace(reply);
    });
    return thread;
}

// When it first said what the other did not; empty if it never did.
std::string went_on(const Thread& thread, const Thread& other) {
    const auto own = std::find_if(thread.lines.begin(), thread.lines.end(),
                                  [&](const auto& line) { return other.ids.count(line.first) == 0; });
    return own == thread.lines.end() ? std::string() : own->second;
}

}  // namespace

Copies copies_in(const std::string& main_path, Sources& sources) {
    Copies copies;
    const std::string folder = fs::parent(main_path);
    for (const auto& [uuid, paths] : beginnings_in(folder, sources)) {
        if (paths.size() < 2 || std::find(paths.begin(), paths.end(), main_path) == paths.end()) continue;
        const Thread& own = thread_of(main_path, sources);
        for (const std::string& path : paths) {
            if (path == main_path) continue;
            const Thread& other = thread_of(path, sources);
            if (std::pair(went_on(own, other), main_path) < std::pair(went_on(other, own), path)) continue;
            copies.sessions.push_back(repair_utf8(fs::stem(path)));
            for (const std::string& id : own.replies)
                if (other.replies.count(id) > 0) copies.message_ids.insert(id);
        }
    }
    return copies;
}

}  // namespace opentraces::capture::claude_code
