#include "security/own/regex.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

namespace opentraces::security {
namespace {

constexpr std::size_t k_most_memory = std::size_t{8} << 20;

// Newer Go also takes (?<name>…), which means (?P<name>…).
std::string with_p_names(std::string_view source) {
    std::string out;
    bool in_class = false;
    for (std::size_t at = 0; at < source.size(); ++at) {
        const char c = source[at];
        if (c == '\\' && at + 1 < source.size()) {
            out.append(source.substr(at++, 2));
            continue;
        }
        const bool opens = c == '[' && !in_class;
        if (opens) in_class = true;
        if (c == ']' && in_class) in_class = false;
        out.push_back(c);
        // A bracket that comes first in a class is one of its characters.
        if (opens) {
            if (at + 1 < source.size() && source[at + 1] == '^') out.push_back(source[++at]);
            if (at + 1 < source.size() && source[at + 1] == ']') out.push_back(source[++at]);
        }
        const std::string_view rest = source.substr(at + 1);
        if (c == '(' && !in_class && rest.starts_with("?<") && rest.size() > 2 && rest[2] != '=' &&
            rest[2] != '!') {
            out.append("?P<");
            at += 2;
        }
    }
    return out;
}

}  // namespace

Regex::Regex(std::string source, std::unique_ptr<re2::RE2> program)
    : m_source(std::move(source)),
      m_program(std::move(program)),
      m_groups(static_cast<std::size_t>(m_program->NumberOfCapturingGroups())) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

std::variant<Regex, std::string> Regex::compile(const std::string& source, std::size_t memory) {
    const std::string syntax = with_p_names(source);
    for (;;) {
        memory = std::min(memory, k_most_memory);
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(static_cast<std::int64_t>(memory));
        auto program = std::make_unique<re2::RE2>(syntax, options);
        if (program->ok()) return Regex(source, std::move(program));
        if (program->error_code() != re2::RE2::ErrorPatternTooLarge || memory == k_most_memory)
            return program->error();
        memory *= 2;
    }
}

bool Regex::matches(std::string_view text) const {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *m_program);
}

bool Regex::next(std::string_view text, std::size_t from, std::vector<Span>& spans) const {
    const re2::StringPiece piece(text.data(), text.size());
    std::vector<re2::StringPiece> parts(m_groups + 1);
    if (!m_program->Match(piece, from, text.size(), re2::RE2::UNANCHORED, parts.data(),
                          static_cast<int>(parts.size())))
        return false;
    spans.clear();
    for (const re2::StringPiece& part : parts) {
        const std::size_t begin =
            part.data() == nullptr ? 0 : static_cast<std::size_t>(part.data() - text.data());
        spans.push_back({begin, begin + part.size()});
    }
    return true;
}

}  // namespace opentraces::security
