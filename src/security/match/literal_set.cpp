#include "security/match/literal_set.hpp"

#include <algorithm>
#include <bit>
#include <map>

namespace opentraces::security {

namespace {

unsigned char fold_byte(unsigned char byte, Fold fold) {
    if (fold == Fold::None) return byte;
    if (byte >= 'A' && byte <= 'Z') return static_cast<unsigned char>(byte - 'A' + 'a');
    if (byte >= '0' && byte <= '9') return '#';
    return byte;
}

struct Node {
    std::map<std::uint16_t, std::uint32_t> children;
    std::uint32_t fail = 0;
    std::vector<std::uint32_t> outputs;
};

struct Trie {
    std::vector<Node> nodes{1};
    std::vector<std::uint32_t> breadth_first;

    void insert(std::string_view literal, std::uint32_t index,
                const std::array<std::uint16_t, 256>& classes) {
        std::uint32_t at = 0;
        for (const char c : literal) {
            const std::uint16_t cls = classes[static_cast<unsigned char>(c)];
            const auto [entry, added] =
                nodes[at].children.try_emplace(cls, static_cast<std::uint32_t>(nodes.size()));
            at = entry->second;
            if (added) nodes.emplace_back();
        }
        nodes[at].outputs.push_back(index);
    }

    std::uint32_t follow(std::uint32_t from, std::uint16_t cls) const {
        for (;; from = nodes[from].fail) {
            const auto found = nodes[from].children.find(cls);
            if (found != nodes[from].children.end()) return found->second;
            if (from == 0) return 0;
        }
    }

    void link_failures() {
        breadth_first.assign(1, 0);
        for (std::size_t i = 0; i < breadth_first.size(); ++i) {
            const std::uint32_t parent = breadth_first[i];
            for (const auto& [cls, child] : nodes[parent].children) {
                breadth_first.push_back(child);
                const std::uint32_t fail = parent == 0 ? 0 : follow(nodes[parent].fail, cls);
                nodes[child].fail = fail;
                auto& outputs = nodes[child].outputs;
                outputs.insert(outputs.end(), nodes[fail].outputs.begin(), nodes[fail].outputs.end());
            }
        }
    }
};

}  // namespace

LiteralSet::LiteralSet(const std::vector<std::string>& literals, Fold fold) {
    std::array<std::uint16_t, 256> class_of_folded{};
    std::uint16_t classes = 1;  // 0 is every byte that no literal has
    for (const auto& literal : literals) {
        for (const char c : literal) {
            auto& cls = class_of_folded[fold_byte(static_cast<unsigned char>(c), fold)];
            if (cls == 0) cls = classes++;
        }
    }
    for (std::size_t byte = 0; byte < 256; ++byte)
        m_class[byte] = class_of_folded[fold_byte(static_cast<unsigned char>(byte), fold)];
    m_width = std::bit_ceil(std::uint32_t{classes});

    Trie trie;
    for (std::uint32_t i = 0; i < literals.size(); ++i) {
        m_length.push_back(static_cast<std::uint32_t>(literals[i].size()));
        if (!literals[i].empty()) trie.insert(literals[i], i, m_class);
    }
    if (trie.nodes.size() == 1) return;
    trie.link_failures();

    // Rows without output first, so that one comparison tells them apart.
    std::vector<std::uint32_t> row_of(trie.nodes.size());
    std::vector<std::uint32_t> node_of;
    for (const bool with_output : {false, true}) {
        if (with_output) m_first_output = static_cast<std::uint32_t>(node_of.size()) * m_width;
        for (const std::uint32_t node : trie.breadth_first) {
            if (trie.nodes[node].outputs.empty() == with_output) continue;
            row_of[node] = static_cast<std::uint32_t>(node_of.size()) * m_width;
            node_of.push_back(node);
        }
    }
    m_next.assign(node_of.size() * m_width, 0);
    for (const std::uint32_t node : trie.breadth_first) {
        const std::uint32_t row = row_of[node];
        if (node != 0) {
            const std::uint32_t fail_row = row_of[trie.nodes[node].fail];
            for (std::uint32_t cls = 0; cls < m_width; ++cls)
                m_next[row + cls] = m_next[fail_row + cls];
        }
        for (const auto& [cls, child] : trie.nodes[node].children)
            m_next[row + cls] = row_of[child];
    }
    m_output_begin.push_back(0);
    for (std::size_t slot = m_first_output / m_width; slot < node_of.size(); ++slot) {
        const auto& outputs = trie.nodes[node_of[slot]].outputs;
        m_outputs.insert(m_outputs.end(), outputs.begin(), outputs.end());
        m_output_begin.push_back(static_cast<std::uint32_t>(m_outputs.size()));
    }
}

}  // namespace opentraces::security
