#include "opentraces/capture/sealed.hpp"

#include <algorithm>
#include <array>

namespace opentraces::capture {
namespace {

// Protocol buffers, encrypted, and databases of them.
constexpr auto k_endings = std::to_array<std::string_view>({".pb", ".db"});

struct Row {
    std::string_view agent;
    std::string_view folder;  // below the home
    // What can be read of the same conversation, below the home: before and after its id.
    std::string_view before;
    std::string_view after;
};
constexpr auto k_rows = std::to_array<Row>({
    {"antigravity", ".gemini/antigravity/conversations", ".gemini/antigravity/brain/",
     "/.system_generated/logs"},
    {"antigravity", ".gemini/antigravity-cli/conversations", ".gemini/antigravity-cli/brain/",
     "/.system_generated/logs"},
    {"antigravity", ".gemini/antigravity-ide/conversations", ".gemini/antigravity-ide/brain/",
     "/.system_generated/logs"},
    {"windsurf", ".codeium/windsurf/cascade", ".windsurf/transcripts/", ".jsonl"},
});

// The conversation's id; empty for other files.
std::string id_of(const fs::FileInfo& file) {
    const std::string name = fs::file_name(file.path);
    for (const std::string_view ending : k_endings)
        if (file.kind == fs::FileKind::File && name.size() > ending.size() && name.ends_with(ending))
            return name.substr(0, name.size() - ending.size());
    return {};
}

std::size_t count(const Row& row, const std::string& home, fs::Disk& disk) {
    const std::string folder = fs::join(home, std::string(row.folder));
    const auto info = disk.info(folder);
    if (!info || !info->is_directory()) return 0;
    const std::vector<fs::FileInfo> files = disk.list(folder);
    return static_cast<std::size_t>(std::count_if(files.begin(), files.end(), [&](const fs::FileInfo& file) {
        const std::string id = id_of(file);
        const std::string readable = std::string(row.before) + id + std::string(row.after);
        return !id.empty() && !disk.info(fs::join(home, readable));
    }));
}

}  // namespace

std::vector<Sealed> sealed_conversations(std::span<const Agent* const> agents, const Environment& environment,
                                         fs::Disk& disk) {
    std::vector<Sealed> all;
    const auto home = environment.find_home();
    for (const Row& row : k_rows) {
        const auto agent = std::find_if(agents.begin(), agents.end(),
                                        [&row](const Agent* one) { return one->name == row.agent; });
        if (!home || agent == agents.end()) continue;
        const std::size_t conversations = count(row, *home, disk);
        if (conversations > 0)
            all.push_back({(*agent)->title, fs::join(*home, std::string(row.folder)), conversations});
    }
    return all;
}

}  // namespace opentraces::capture
