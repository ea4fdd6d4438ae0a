// A regular expression of the user's own, matched in linear time and bounded memory whatever it is.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "security/rules/rule.hpp"

namespace re2 {
class RE2;
}

namespace opentraces::security {

class Regex {
public:
    // In the syntax of Go's regexp, or why it cannot be. `memory`: bytes for the expression and for what is
    // kept while it is matched; more is used only for one that does not fit.
    static std::variant<Regex, std::string> compile(const std::string& source, std::size_t memory);
    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;
    ~Regex();

    const std::string& source() const { return m_source; }
    std::size_t groups() const { return m_groups; }
    bool matches(std::string_view text) const;
    // The first match that begins at or behind `from`: its span and those of its groups; an empty one for a
    // group that took no part. False if there is none.
    bool next(std::string_view text, std::size_t from, std::vector<Span>& spans) const;

private:
    Regex(std::string source, std::unique_ptr<re2::RE2> program);
    std::string m_source;
    std::unique_ptr<re2::RE2> m_program;
    std::size_t m_groups = 0;
};

}  // namespace opentraces::security
