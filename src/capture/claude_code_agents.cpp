// Where the files of sub-agents are: three generations of layouts.
#include <algorithm>

#include "capture/claude_code_session.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr int k_deepest_folder = 6;
constexpr std::size_t k_head = std::size_t{256} << 10;
constexpr std::size_t k_largest_sidecar = std::size_t{1} << 20;

bool is_agent_name(const std::string& name) {
    return name.starts_with("agent-") && name.ends_with(".jsonl");
}

std::string head_of(const std::string& path, fs::Disk& disk) {
    std::string head(k_head, '\0');
    const auto file = disk.open(path);
    std::size_t size = 0;
    while (size < head.size()) {
        const std::size_t count = file->read(head.data() + size, head.size() - size);
        if (count == 0) break;
        size += count;
    }
    head.resize(size);
    return head;
}

// Agent files of one project share a folder: the lines say whose they are.
bool belongs_to(const Session& session, const std::string& path, fs::Disk& disk) {
    bool belongs = false;
    bool decided = false;
    read_objects(head_of(path, disk), [&](json::Value&& line, std::size_t) {
        const std::string id(line["sessionId"].string_or());
        if (decided || id.empty()) return;
        decided = true;
        belongs = session.facts.session_ids.count(id) > 0;
    });
    return belongs;
}

// <sessionId>/subagents/, with the runs of workflows in folders below.
void collect_below(const std::string& folder, fs::Disk& disk, int depth, std::vector<std::string>& files) {
    if (depth > k_deepest_folder) return;
    for (const fs::FileInfo& entry : disk.list(folder)) {
        if (entry.is_directory()) {
            collect_below(entry.path, disk, depth + 1, files);
        } else if (entry.path.ends_with(".jsonl") && fs::file_name(entry.path) != "journal.jsonl") {
            files.push_back(entry.path);
        }
    }
}

// agent-<id>.jsonl beside the session, or in a folder "agents" as exports have it.
void collect_beside(const Session& session, const std::string& folder, const std::string& main_path,
                    fs::Disk& disk, std::vector<std::string>& files) {
    for (const fs::FileInfo& entry : disk.list(folder)) {
        if (entry.is_directory() || entry.path == main_path || !is_agent_name(fs::file_name(entry.path)))
            continue;
        if (belongs_to(session, entry.path, disk)) files.push_back(entry.path);
    }
}

void read_sidecar(Conversation& conversation, const std::string& path, fs::Disk& disk) {
    const std::string sidecar =
        path.substr(0, path.size() - std::string_view(".jsonl").size()) + ".meta.json";
    const auto info = disk.info(sidecar);
    if (!info || info->is_directory() || info->size > k_largest_sidecar) return;
    try {
        const json::Value meta = json::parse(disk.read_all(sidecar));
        conversation.role = meta["agentType"].string_or();
        conversation.description = meta["description"].string_or();
    } catch (const json::SyntaxError&) {
        return;
    }
}

}  // namespace

void read_agents(Session& session, const std::string& main_path, fs::Disk& disk) {
    std::vector<std::string> files;
    const std::string folder = fs::parent(main_path);
    collect_below(fs::join(fs::join(folder, fs::stem(main_path)), "subagents"), disk, 0, files);
    collect_beside(session, folder, main_path, disk, files);
    collect_beside(session, fs::join(folder, "agents"), main_path, disk, files);
    std::unordered_set<std::string> known;
    for (const std::string& path : files) {
        const std::string id = agent_id_of(path);
        // A sub-agent file on its own brings only the sub-agents that it started itself.
        const bool wanted = !session.is_agent_file || session.tally.caller.count(id) > 0;
        if (!wanted || path == main_path || !known.insert(id).second) continue;
        read_agent_file(session, path, disk);
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

}  // namespace opentraces::capture::claude_code
