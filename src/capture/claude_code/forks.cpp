#include "capture/claude_code/forks.hpp"

#include <algorithm>
#include <memory>

#include "capture/object_lines.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr std::size_t k_head = std::size_t{256} << 10;
constexpr std::size_t k_piece = std::size_t{4} << 10;
// In a folder of more, which no agent has made, forks are not looked for.
constexpr std::ptrdiff_t k_most_sessions = 1000;
constexpr std::size_t k_most_in_store = 10'000;

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

using Beginnings = std::map<std::string, std::vector<std::string>>;

void add_beginnings(const std::vector<fs::FileInfo>& entries, Sources& sources, fs::Disk& disk,
                    Beginnings& beginnings) {
    for (const fs::FileInfo& entry : entries) {
        if (!is_session(entry)) continue;
        const std::string uuid = beginning_of(entry.path, sources, disk);
        if (!uuid.empty()) beginnings[uuid].push_back(entry.path);
    }
}

// Sessions of the folder by their beginnings.
const Beginnings& beginnings_in(const std::string& folder, Sources& sources) {
    const auto [known, is_new] = sources.beginnings.try_emplace(folder);
    if (!is_new) return known->second;
    const auto disk = sources.disk().beneath(folder);
    const std::vector<fs::FileInfo> entries = disk->list(folder);
    if (std::count_if(entries.begin(), entries.end(), is_session) <= k_most_sessions)
        add_beginnings(entries, sources, *disk, known->second);
    return known->second;
}

// The session's own folder, and those of other working folders.
std::vector<std::string> folders_beside(const std::string& folder, Sources& sources) {
    std::vector<std::string> folders{folder};
    const std::string store = fs::parent(folder);
    if (fs::file_name(store) != "projects") return folders;
    for (const fs::FileInfo& entry : sources.disk().beneath(store)->list(store))
        if (entry.kind == fs::FileKind::Folder && entry.path != folder) folders.push_back(entry.path);
    return folders;
}

// Of another project what cannot be read is no reason to be without this session.
template <class Work>
void if_readable(const Work& work) {
    try {
        work();
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
    }
}

// Paths of other sessions that begin as this one does.
std::vector<std::string> alike(const std::string& main_path, Sources& sources) {
    const std::string folder = fs::parent(main_path);
    const std::string uuid = beginning_of(main_path, sources, *sources.disk().beneath(folder));
    std::vector<std::string> paths;
    if (uuid.empty()) return paths;
    std::vector<std::string> folders{folder};
    if_readable([&] { folders = folders_beside(folder, sources); });
    std::size_t looked_at = 0;
    for (const std::string& place : folders) {
        if (looked_at > k_most_in_store) break;
        if_readable([&] {
            const Beginnings& beginnings = beginnings_in(place, sources);
            looked_at += beginnings.size();
            const auto found = beginnings.find(uuid);
            if (found == beginnings.end()) return;
            for (const std::string& path : found->second)
                if (fs::stem(path) != fs::stem(main_path)) paths.push_back(path);
        });
    }
    return paths;
}

using Thread = Sources::Thread;

void take_line(const json::Value& line, Thread& thread) {
    const std::string_view time = line["timestamp"].string_or();
    const std::string_view uuid = line["uuid"].string_or();
    if (uuid.empty() && thread.ids.empty() && thread.begun.empty()) thread.begun = time;
    const bool noted = uuid.empty() && !thread.lines.empty() && !thread.lines.back().first.empty();
    if (noted) thread.lines.emplace_back();
    if (!is_said(line)) return;
    thread.lines.emplace_back(uuid, time);
    thread.ids.emplace(uuid);
    const std::string_view reply = line["message"]["id"].string_or();
    if (!reply.empty()) thread.replies.emplace(reply);
}

const Thread& thread_of(const std::string& path, Sources& every_source) {
    const auto [known, is_new] = every_source.threads.try_emplace(path);
    Thread& thread = known->second;
    if (!is_new) return thread;
    const auto disk = every_source.disk().beneath(fs::parent(path));
    Sources sources(*disk);
    read_objects(sources, path, [&thread](json::Value&& line, std::size_t) { take_line(line, thread); });
    return thread;
}

// How a session stands to another with which it shares lines.
struct Sharing {
    std::string begun;
    std::string shared_until;  // time of the last line that both have
    bool has_more = false;     // something of its own stands between shared lines
    std::string went_on;       // when it first said what the other did not; empty if it never did
};

Sharing sharing_of(const Thread& thread, const Thread& other) {
    const auto is_shared = [&other](const auto& line) { return other.ids.count(line.first) > 0; };
    Sharing sharing;
    sharing.begun = thread.begun;
    const auto first = std::find_if(thread.lines.begin(), thread.lines.end(), is_shared);
    const auto end = std::find_if(thread.lines.rbegin(), thread.lines.rend(), is_shared).base();
    if (first == thread.lines.end()) return sharing;
    sharing.shared_until = std::prev(end)->second;
    sharing.has_more = !std::all_of(first, end, is_shared);
    const auto own =
        std::find_if(end, thread.lines.end(), [](const auto& line) { return !line.first.empty(); });
    if (own != thread.lines.end()) sharing.went_on = own->second;
    return sharing;
}

bool is_copy(const Sharing& own, const Sharing& other, bool in_doubt) {
    if (!own.begun.empty() && !other.begun.empty() && own.begun != other.begun)
        return own.begun > other.begun;
    if (own.begun.empty() != other.begun.empty()) {
        const bool own_is_late = own.begun > own.shared_until;
        const bool other_is_late = other.begun > other.shared_until;
        return own.begun.empty() ? !other_is_late : own_is_late;
    }
    if (own.has_more != other.has_more) return !own.has_more;
    if (own.went_on == other.went_on) return in_doubt;
    if (own.went_on.empty() || other.went_on.empty()) return other.went_on.empty();
    return own.went_on < other.went_on;
}

}  // namespace

Copies copies_in(const std::string& main_path, Sources& sources) {
    Copies copies;
    const std::vector<std::string> others = alike(main_path, sources);
    copies.alike = others.size();
    for (const std::string& path : others) {
        const Thread& own = thread_of(main_path, sources);
        const Thread* found = nullptr;
        if_readable([&] { found = &thread_of(path, sources); });
        if (found == nullptr) continue;
        const Thread& other = *found;
        if (!is_copy(sharing_of(own, other), sharing_of(other, own), fs::stem(path) < fs::stem(main_path)))
            continue;
        copies.sessions.push_back(repair_utf8(fs::stem(path)));
        for (const std::string& id : own.replies)
            if (other.replies.count(id) > 0) copies.message_ids.insert(id);
    }
    return copies;
}

}  // namespace opentraces::capture::claude_code
