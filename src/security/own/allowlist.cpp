#include "security/own/allowlist.hpp"

#include <algorithm>

#include "opentraces/core/text.hpp"

namespace opentraces::security {
namespace {

std::string_view part(std::string_view text, Span span) {
    return text.substr(span.begin, span.end - span.begin);
}

// The lines that the match is in, of long ones what is near.
std::string_view lines_around(std::string_view text, Span span) {
    constexpr std::size_t k_near = std::size_t{4} << 10;
    const std::size_t first = span.begin - std::min(span.begin, k_near);
    const std::size_t last = std::min(text.size(), span.end + k_near);
    const std::string_view before = text.substr(first, span.begin - first);
    const std::string_view after = text.substr(span.end, last - span.end);
    const std::size_t begin = first + before.rfind('\n') + 1;
    return text.substr(begin, span.end + std::min(after.find('\n'), after.size()) - begin);
}

std::string_view target_of(const Allowlist& list, const Candidate& candidate) {
    switch (list.target) {
        case AllowTarget::Secret:
            return part(candidate.text, candidate.secret);
        case AllowTarget::Match:
            return part(candidate.text, candidate.match);
        case AllowTarget::Line:
            break;
    }
    return lines_around(candidate.text, candidate.match);
}

bool any_matches(const std::vector<Regex>& regexes, std::string_view text) {
    return std::any_of(regexes.begin(), regexes.end(),
                       [&](const Regex& regex) { return regex.matches(text); });
}

bool has_stopword(const Allowlist& list, const Candidate& candidate) {
    if (list.stopwords.empty()) return false;
    const std::string secret = to_lower_ascii(part(candidate.text, candidate.secret));
    return std::any_of(list.stopwords.begin(), list.stopwords.end(),
                       [&](const std::string& word) { return secret.find(word) != std::string::npos; });
}

}  // namespace

bool is_allowed(const Allowlist& list, const Candidate& candidate) {
    const bool commit =
        !candidate.origin.commit.empty() &&
        std::find(list.commits.begin(), list.commits.end(), candidate.origin.commit) != list.commits.end();
    const bool path = !candidate.origin.path.empty() && any_matches(list.paths, candidate.origin.path);
    if (!list.all)
        return commit || path || any_matches(list.regexes, target_of(list, candidate)) ||
               has_stopword(list, candidate);
    return (list.commits.empty() || commit) && (list.paths.empty() || path) &&
           (list.regexes.empty() || any_matches(list.regexes, target_of(list, candidate))) &&
           (list.stopwords.empty() || has_stopword(list, candidate));
}

}  // namespace opentraces::security
