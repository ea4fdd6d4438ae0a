#include "security/json_text.hpp"

#include <vector>

#include "security/char_class.hpp"

namespace opentraces::security {

namespace {

// Checks the grammar without building anything; nesting is a stack of brackets.
class Checker {
public:
    explicit Checker(std::string_view text) : m_text(text) {}

    bool run() {
        if (!value_or_open()) return false;
        while (!m_open.empty())
            if (!step()) return false;
        skip_blanks();
        return m_at == m_text.size();
    }

private:
    char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    bool take(char c) {
        if (peek() != c) return false;
        ++m_at;
        return true;
    }
    void skip_blanks() {
        while (m_at < m_text.size() &&
               std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos)
            ++m_at;
    }

    // After a value or an opening bracket inside a container.
    bool step() {
        skip_blanks();
        const char open = m_open.back();
        if (take(open == '{' ? '}' : ']')) {
            m_open.pop_back();
            m_first = false;
            return true;
        }
        if (!m_first && !take(',')) return false;
        skip_blanks();
        if (open == '{') {
            if (!string()) return false;
            skip_blanks();
            if (!take(':')) return false;
        }
        return value_or_open();
    }

    bool value_or_open() {
        skip_blanks();
        const char c = peek();
        m_first = false;
        if (c == '{' || c == '[') {
            ++m_at;
            m_open.push_back(c);
            m_first = true;
            return true;
        }
        if (c == '"') return string();
        for (const std::string_view word : {"true", "false", "null", "NaN", "Infinity", "-Infinity"}) {
            if (!m_text.substr(m_at).starts_with(word)) continue;
            m_at += word.size();
            return true;
        }
        return number();
    }

    bool number() {
        const std::size_t begin = m_at;
        take('-');
        const std::size_t digits = m_at;
        m_at = run_end<'d'>(m_text, m_at);
        if (m_at == digits) return false;
        while (m_at < m_text.size() &&
               (is<'d'>(peek()) || std::string_view(".eE+-").find(peek()) != std::string_view::npos))
            ++m_at;
        return m_at > begin;
    }

    bool string() {
        if (!take('"')) return false;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at++];
            if (c == '"') return true;
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c == '\\') ++m_at;
        }
        return false;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::vector<char> m_open;
    bool m_first = false;
};

}  // namespace

bool is_json(std::string_view text) {
    return Checker(text).run();
}

}  // namespace opentraces::security
