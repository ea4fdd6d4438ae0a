#include "security/match/literal_set.hpp"

#include <algorithm>
#include <bit>

namespace opentraces::security {

namespace {

unsigned char fold_byte(unsigned char byte, Fold fold) {
    if (fold == Fold::None) return byte;
    if (byte >= 'A' && byte <= 'Z') return static_cast<unsigned char>(byte - 'A' + 'a');
    if (byte >= '0' && byte <= '9') return '#';
    return byte;
}

constexpr std::uint32_t k_none = ~std::uint32_t{0};

struct Node {
    std::uint32_t first_child = k_none;
    std::uint32_t next_sibling = k_none;
    std::uint32_t fail = 0;
    std::uint32_t first_output = k_none;  // of its own
    std::uint16_t cls = 0;
    bool reports = false;  // or one of those that it falls back to does
};

struct Trie {
    std::vector<Node> nodes{1};
    std::vector<std::uint32_t> next_output;  // of literals that are equal, folded
    std::vector<std::uint32_t> breadth_first;

    std::uint32_t child(std::uint32_t of, std::uint16_t cls) const {
        std::uint32_t at = nodes[of].first_child;
        while (at != k_none && nodes[at].cls != cls)
            at = nodes[at].next_sibling;
        return at;
    }

    void insert(std::string_view literal, std::uint32_t index,
                const std::array<std::uint16_t, 256>& classes) {
        std::uint32_t at = 0;
        for (const char c : literal) {
            const std::uint16_t cls = classes[static_cast<unsigned char>(c)];
            std::uint32_t next = child(at, cls);
            if (next == k_none) {
                next = static_cast<std::uint32_t>(nodes.size());
                Node node;
                node.cls = cls;
                node.next_sibling = nodes[at].first_child;
                nodes.push_back(node);
                nodes[at].first_child = next;
            }
            at = next;
        }
        next_output[index] = nodes[at].first_output;
        nodes[at].first_output = index;
    }

    std::uint32_t follow(std::uint32_t from, std::uint16_t cls) const {
        for (;; from = nodes[from].fail) {
            const std::uint32_t found = child(from, cls);
            if (found != k_none) return found;
            if (from == 0) return 0;
        }
    }

    void link_failures() {
        breadth_first.assign(1, 0);
        for (std::size_t i = 0; i < breadth_first.size(); ++i) {
            const std::uint32_t parent = breadth_first[i];
            for (std::uint32_t at = nodes[parent].first_child; at != k_none; at = nodes[at].next_sibling) {
                breadth_first.push_back(at);
                nodes[at].fail = parent == 0 ? 0 : follow(nodes[parent].fail, nodes[at].cls);
                nodes[at].reports = nodes[at].first_output != k_none || nodes[nodes[at].fail].reports;
            }
        }
    }

    void append_outputs(std::uint32_t node, std::vector<std::uint32_t>& outputs) const {
        for (; node != 0; node = nodes[node].fail) {
            const auto own = static_cast<std::ptrdiff_t>(outputs.size());
            for (std::uint32_t at = nodes[node].first_output; at != k_none; at = next_output[at])
                outputs.push_back(at);
            std::reverse(outputs.begin() + own, outputs.end());  // the first literal first
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
    trie.next_output.assign(literals.size(), k_none);
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
            if (trie.nodes[node].reports != with_output) continue;
            row_of[node] = static_cast<std::uint32_t>(node_of.size()) * m_width;
            node_of.push_back(node);
        }
    }
    m_next.assign(node_of.size() * m_width, 0);
    for (const std::uint32_t node : trie.breadth_first) {
        const std::uint32_t row = row_of[node];
        if (node != 0) {
            const std::uint32_t fail_row = row_of[trie.nodes[node].fail];
            std::copy_n(&m_next[fail_row], m_width, &m_next[row]);
        }
        for (std::uint32_t at = trie.nodes[node].first_child; at != k_none; at = trie.nodes[at].next_sibling)
            m_next[row + trie.nodes[at].cls] = row_of[at];
    }
    m_output_begin.push_back(0);
    for (std::size_t slot = m_first_output / m_width; slot < node_of.size(); ++slot) {
        trie.append_outputs(node_of[slot], m_outputs);
        m_output_begin.push_back(static_cast<std::uint32_t>(m_outputs.size()));
    }
}

}  // namespace opentraces::security
