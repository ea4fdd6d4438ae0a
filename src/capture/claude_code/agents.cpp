// Where the files of sub-agents are: three generations of layouts.
#include <algorithm>

#include "capture/claude_code/session.hpp"
#include "capture/fingerprint.hpp"
#include "opentraces/fs/walk.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr std::size_t k_head = std::size_t{256} << 10;
constexpr std::size_t k_piece = std::size_t{4} << 10;  // the id stands in the first lines
constexpr std::size_t k_largest_sidecar = std::size_t{1} << 20;

bool is_agent_name(const std::string& name) {
    return name.starts_with("agent-") && name.ends_with(".jsonl");
}

// Whose the file is: the first id that its lines give. Agent files of one project share a folder.
std::string session_of(const std::string& path, fs::Disk& disk) {
    const auto file = disk.open(path);
    std::size_t left = k_head;
    json::LineReader lines([&](char* buffer, std::size_t size) {
        const std::size_t count = file->read(buffer, std::min({size, left, k_piece}));
        left -= count;
        return count;
    });
    json::Line line;
    std::string id;
    while (id.empty() && lines.next(line)) {
        look_through(line.text, [&id](const json::Value& object) {
            id = object["sessionId"].string_or();
            return !id.empty();
        });
    }
    return id;
}

bool is_own(const Session& session, const std::string& id) {
    return session.facts.session_ids.count(id) > 0;
}

// A folder that lies there itself; a link in its place is said and not followed.
bool is_folder(Session& session, const std::string& path, fs::Disk& disk) {
    const auto info = disk.info(path);
    if (info && info->kind == fs::FileKind::Link) ++session.report.foreign_files;
    return info && info->is_directory();
}

// <sessionId>/subagents/, with the runs of workflows in folders below.
void collect_below(Session& session, const std::string& folder, fs::Disk& disk,
                   std::vector<std::string>& files) {
    const auto wants = [](std::string_view name) {
        return name.ends_with(".jsonl") && name != "journal.jsonl";
    };
    const auto enters = [](std::string_view) { return true; };
    if (!is_folder(session, fs::parent(folder), disk) || !is_folder(session, folder, disk)) return;
    const fs::Walked walked = fs::walk(folder, {wants, enters, fs::Links::Stay}, disk);
    session.report.foreign_files += walked.links + walked.others;
    for (const fs::FileInfo& file : walked.files) {
        // Some give the agent's own name as that of the session: it is nobody else's.
        const std::string id = session_of(file.path, disk);
        if (is_own(session, id) || id == fs::stem(file.path))
            files.push_back(file.path);
        else
            ++session.report.foreign_files;
    }
}

// agent-<id>.jsonl beside the session, or in a folder "agents" as exports have it.
void collect_beside(Session& session, const std::string& folder, const std::string& main_path, fs::Disk& disk,
                    Sources& sources, std::vector<std::string>& files) {
    const auto [known, is_new] = sources.folders.try_emplace(folder);
    if (is_new && is_folder(session, folder, disk)) {
        for (const fs::FileInfo& entry : disk.list(folder)) {
            if (!is_agent_name(fs::file_name(entry.path))) continue;
            if (entry.kind == fs::FileKind::File)
                known->second.files[session_of(entry.path, disk)].push_back(entry.path);
            else
                ++session.report.foreign_files;
        }
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    for (const auto& [id, count] : session.facts.session_ids) {
        const auto own = known->second.files.find(id);
        if (id.empty() || own == known->second.files.end()) continue;
        for (const std::string& path : own->second)
            if (path != main_path) files.push_back(path);
    }
    std::sort(files.begin() + first, files.end());
}

void read_sidecar(Conversation& conversation, const std::string& path, fs::Disk& disk) {
    const std::string sidecar =
        path.substr(0, path.size() - std::string_view(".jsonl").size()) + ".meta.json";
    const auto info = disk.info(sidecar);
    if (!info || info->kind != fs::FileKind::File || info->size > k_largest_sidecar) return;
    try {
        const json::Value meta = json::parse(disk.read_all(sidecar));
        conversation.role = meta["agentType"].string_or();
        conversation.description = meta["description"].string_or();
    } catch (const json::SyntaxError&) {
        return;
    }
}

}  // namespace

void read_agents(Session& session, const std::string& main_path, Sources& every_source) {
    std::vector<std::string> files;
    const std::string folder = fs::parent(main_path);
    const auto below = every_source.disk().beneath(folder);
    fs::Disk& disk = *below;
    Sources sources(disk);
    const std::string own = fs::join(folder, fs::stem(main_path));
    // Of a session whose name has no ending, that is the session itself.
    if (own != main_path) collect_below(session, fs::join(own, "subagents"), disk, files);
    collect_beside(session, folder, main_path, disk, every_source, files);
    collect_beside(session, fs::join(folder, "agents"), main_path, disk, every_source, files);
    std::unordered_set<std::string> known;
    for (const std::string& path : files) {
        const std::string id = agent_id_of(path);
        // A sub-agent file on its own brings only the sub-agents that it started itself.
        const bool wanted = !session.is_agent_file || session.tally.caller.count(id) > 0;
        if (!wanted || path == main_path || !known.insert(id).second) continue;
        read_agent_file(session, path, sources);
        session.progress.erase(session.conversations.back().id);
        read_sidecar(session.conversations.back(), path, disk);
    }
    std::vector<std::string> left;
    for (const auto& [id, conversation] : session.progress)
        left.push_back(id);
    std::sort(left.begin(), left.end());
    for (const std::string& id : left)
        session.conversations.push_back(std::move(session.progress[id]));
    session.progress.clear();
}

namespace {

void add_tree(Fingerprint& fingerprint, const std::string& folder, fs::Disk& disk) {
    const auto info = disk.info(folder);
    if (!info || !info->is_directory()) return;
    const auto any = [](std::string_view) { return true; };
    for (const fs::FileInfo& file : fs::walk(folder, {any, any, fs::Links::Stay}, disk).files)
        fingerprint.add(file);
}

// Of all sub-agents of a folder: whose they are, only their lines say.
const std::string& fingerprint_beside(const std::string& folder, fs::Disk& disk, Sources& sources) {
    const auto [known, is_new] = sources.fingerprints.try_emplace(folder);
    if (is_new) {
        Fingerprint fingerprint;
        for (const fs::FileInfo& entry : disk.list(folder)) {
            if (fs::file_name(entry.path).starts_with("agent-")) fingerprint.add(entry);
        }
        known->second = fingerprint.finish();
    }
    return known->second;
}

}  // namespace

std::string fingerprint_of(const std::string& main_path, Sources& sources) {
    const std::string folder = fs::parent(main_path);
    const auto disk = sources.disk().beneath(folder);
    Fingerprint fingerprint;
    fingerprint.add(main_path, sources.disk());
    const std::string own = fs::join(folder, fs::stem(main_path));
    const std::string agents = fs::join(folder, "agents");
    if (own != main_path) add_tree(fingerprint, fs::join(own, "subagents"), *disk);
    fingerprint.add_text(fingerprint_beside(folder, *disk, sources));
    const auto info = disk->info(agents);
    if (info && info->is_directory()) fingerprint.add_text(fingerprint_beside(agents, *disk, sources));
    return fingerprint.finish();
}

namespace {

// Sessions whose own files lie in a folder, by their names and, where those say nothing, by their lines.
class OwnersBeside {
public:
    explicit OwnersBeside(Sources& sources) : m_sources(sources) {}

    bool have(const std::string& folder, const std::string& session) {
        if (session.empty()) return false;
        fs::Disk& disk = m_sources.disk();
        if (disk.info(fs::join(folder, session + ".jsonl"))) return true;
        const auto [known, is_new] = m_ids.try_emplace(folder);
        if (is_new) {
            for (const fs::FileInfo& entry : disk.list(folder)) {
                const std::string name = fs::file_name(entry.path);
                const bool own =
                    entry.kind == fs::FileKind::File && name.ends_with(".jsonl") && !is_agent_name(name);
                if (own) known->second.insert(session_of(entry.path, disk));
            }
        }
        return known->second.count(session) > 0;
    }

private:
    Sources& m_sources;
    std::map<std::string, std::unordered_set<std::string>> m_ids;
};

// Up to the folder "subagents", and from there to the session's own file; empty without such a folder.
std::string owner_above(std::string_view path) {
    constexpr std::string_view k_folder = "/subagents/";
    const std::size_t at = path.rfind(k_folder);
    return at == std::string_view::npos ? std::string() : std::string(path.substr(0, at)) + ".jsonl";
}

}  // namespace

std::vector<std::string> stray_agents(const std::string& folder, Sources& sources) {
    const auto wants = [](std::string_view name) {
        return name.ends_with(".jsonl") && name != "journal.jsonl";
    };
    const auto enters = [](std::string_view name) {
        return name != ".git" && !name.starts_with(".opentraces");
    };
    OwnersBeside beside(sources);
    std::vector<std::string> strays;
    for (const fs::FileInfo& file :
         fs::walk(folder, {wants, enters, fs::Links::Stay}, sources.disk()).files) {
        const std::string owner = owner_above(file.path);
        const bool beside_it = owner.empty() && is_agent_name(fs::file_name(file.path));
        if (!beside_it && (owner.empty() || sources.disk().info(owner))) continue;
        const std::string session = session_of(file.path, sources.disk());
        if (session.empty()) continue;  // of another program
        const std::string where = fs::parent(file.path);
        const bool owned =
            beside_it && (beside.have(where, session) ||
                          (fs::file_name(where) == "agents" && beside.have(fs::parent(where), session)));
        if (!owned) strays.push_back(file.path);
    }
    return strays;
}

}  // namespace opentraces::capture::claude_code
