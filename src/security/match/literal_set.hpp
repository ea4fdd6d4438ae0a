// Finds many literals in one pass (Aho-Corasick as a dense automaton over byte classes).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::security {

enum class Fold {
    None,           // bytes as they are
    CaseAndDigits,  // ASCII letters match in either case; '#' in a literal matches any digit
};

class LiteralSet {
public:
    LiteralSet() = default;
    // Empty literals are ignored; literal i is reported as i.
    LiteralSet(const std::vector<std::string>& literals, Fold fold);

    bool empty() const { return m_next.empty(); }

    // Calls visit(literal index, begin of the occurrence) for every occurrence, ordered by its end.
    template <class Visit>
    void for_each(std::string_view text, Visit&& visit) const {
        if (m_next.empty()) return;
        const std::uint32_t* next = m_next.data();
        const std::uint32_t first_output = m_first_output;
        std::uint32_t row = 0;
        const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
        for (std::size_t at = 0; at < text.size(); ++at) {
            row = next[row + m_class[bytes[at]]];
            if (row >= first_output) [[unlikely]]
                report(row, at + 1, visit);
        }
    }

private:
    template <class Visit>
    void report(std::uint32_t row, std::size_t end, Visit&& visit) const {
        const std::size_t slot = (row - m_first_output) / m_width;
        for (std::uint32_t i = m_output_begin[slot]; i < m_output_begin[slot + 1]; ++i) {
            const std::uint32_t literal = m_outputs[i];
            visit(literal, end - m_length[literal]);
        }
    }

    std::array<std::uint16_t, 256> m_class{};
    std::uint32_t m_width = 1;          // classes, a power of two
    std::uint32_t m_first_output = 0;   // rows from here on report something
    std::vector<std::uint32_t> m_next;  // premultiplied by the width
    std::vector<std::uint32_t> m_output_begin;
    std::vector<std::uint32_t> m_outputs;
    std::vector<std::uint32_t> m_length;
};

}  // namespace opentraces::security
