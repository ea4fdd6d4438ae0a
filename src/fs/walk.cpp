#include "opentraces/fs/walk.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace opentraces::fs {
namespace {

constexpr std::size_t k_deepest = 32;

class Walker {
public:
    Walker(const WalkRules& rules, Disk& disk) : m_rules(rules), m_disk(disk) {}

    Walked run(const std::string& folder) {
        if (const auto info = m_disk.info(folder)) m_seen.insert({info->device, info->inode});
        look_into(folder, 0);
        std::sort(m_walked.files.begin(), m_walked.files.end(),
                  [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
        return std::move(m_walked);
    }

private:
    void look_into(const std::string& folder, std::size_t depth) {
        for (FileInfo& entry : m_disk.list(folder)) {
            const std::string name = file_name(entry.path);
            switch (entry.kind) {
                case FileKind::Folder:
                    if (!m_rules.enters(name)) break;
                    if (m_rules.links == Links::Files && m_disk.link_target(entry.path))
                        ++m_walked.links;
                    else
                        enter(entry, depth + 1);
                    break;
                case FileKind::File:
                    if (m_rules.wants(name)) m_walked.files.push_back(std::move(entry));
                    break;
                case FileKind::Link:
                    ++m_walked.links;
                    break;
                case FileKind::Other:
                    m_walked.others += m_rules.wants(name) ? 1 : 0;
                    break;
            }
        }
    }

    void enter(const FileInfo& folder, std::size_t depth) {
        if (depth > k_deepest) {
            ++m_walked.too_deep;
        } else if (!m_seen.insert({folder.device, folder.inode}).second) {
            ++m_walked.again;
        } else {
            look_into(folder.path, depth);
        }
    }

    const WalkRules& m_rules;
    Disk& m_disk;
    std::set<std::pair<std::uint64_t, std::uint64_t>> m_seen;  // device and inode
    Walked m_walked;
};

void add(std::string& text, std::size_t count, std::string_view one, std::string_view more) {
    if (count == 0) return;
    text.append(text.empty() ? "" : ", ").append(std::to_string(count)).append(" ");
    text.append(count == 1 ? one : more);
}

}  // namespace

std::string Walked::left_out() const {
    std::string text;
    add(text, links, "link not followed", "links not followed");
    add(text, others, "FIFO, socket or device", "FIFOs, sockets or devices");
    add(text, again, "folder there already under another name", "folders there already under other names");
    add(text, too_deep, "folder too deep", "folders too deep");
    return text;
}

Walked walk(const std::string& folder, const WalkRules& rules, Disk& disk) {
    if (rules.links == Links::Files) return Walker(rules, disk).run(folder);
    const auto below = disk.beneath(folder);
    return Walker(rules, *below).run(folder);
}

}  // namespace opentraces::fs
