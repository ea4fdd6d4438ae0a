#include "capture/claude_code/branches.hpp"

#include <algorithm>

namespace opentraces::capture::claude_code {

void LineTree::add(const std::string& uuid, const std::string& parent, bool human_prompt) {
    const auto known = m_nodes.find(parent);
    const std::size_t parent_at = parent.empty() || known == m_nodes.end() ? k_none : known->second;
    const auto [place, is_new] = m_nodes.try_emplace(uuid, m_order.size());
    if (is_new) m_order.push_back({place->first, parent_at, human_prompt});
}

std::vector<std::size_t> LineTree::last_descendants() const {
    std::vector<std::size_t> last(m_order.size());
    for (std::size_t at = m_order.size(); at-- > 0;) {
        last[at] = std::max(last[at], at);
        const std::size_t parent = m_order[at].parent;
        if (parent != k_none) last[parent] = std::max(last[parent], last[at]);
    }
    return last;
}

std::unordered_set<std::string_view> LineTree::abandoned() const {
    const std::vector<std::size_t> last = last_descendants();
    std::unordered_map<std::size_t, std::size_t> kept;  // parent -> prompt whose branch was written to last
    for (std::size_t at = 0; at < m_order.size(); ++at) {
        const Node& node = m_order[at];
        if (!node.human_prompt || node.parent == k_none) continue;
        const auto [place, is_first] = kept.try_emplace(node.parent, at);
        if (!is_first && last[at] > last[place->second]) place->second = at;
    }
    std::unordered_set<std::string_view> uuids;
    std::vector<bool> is_abandoned(m_order.size(), false);
    for (std::size_t at = 0; at < m_order.size(); ++at) {
        const Node& node = m_order[at];
        if (node.parent == k_none) continue;
        const bool left = node.human_prompt && kept.at(node.parent) != at;
        is_abandoned[at] = left || is_abandoned[node.parent];
        if (is_abandoned[at]) uuids.insert(node.uuid);
    }
    return uuids;
}

}  // namespace opentraces::capture::claude_code
