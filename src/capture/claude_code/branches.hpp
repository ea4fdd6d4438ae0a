// The tree of a session's lines (parentUuid), and the branches that were left by going back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace opentraces::capture::claude_code {

// Parents stand before children in a file; a parent that is not in the file makes its child a root.
class LineTree {
public:
    // Lines of every type belong to the tree, so that links across them hold.
    void add(const std::string& uuid, const std::string& parent, bool human_prompt);
    bool contains(const std::string& uuid) const { return m_nodes.count(uuid) > 0; }

    // Uuids of lines on abandoned branches. Going back is a second human prompt under one parent: the prompt
    // whose branch was written to last is the one that counts. Several children of other kinds are parallel
    // tool calls, not branches.
    std::unordered_set<std::string_view> abandoned() const;

private:
    static constexpr std::size_t k_none = static_cast<std::size_t>(-1);
    struct Node {
        std::string_view uuid;
        std::size_t parent = k_none;
        bool human_prompt = false;
    };
    std::vector<std::size_t> last_descendants() const;

    std::unordered_map<std::string, std::size_t> m_nodes;
    std::vector<Node> m_order;
};

}  // namespace opentraces::capture::claude_code
