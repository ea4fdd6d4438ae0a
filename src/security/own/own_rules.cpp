#include "security/own/own_rules.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/text.hpp"
#include "security/match/strength.hpp"
#include "security/own/allowlist.hpp"
#include "security/own/hidden_texts.hpp"

namespace opentraces::security {
namespace {

// The group that holds the secret, or all of it.
Span secret_of(const OwnRule& rule, const std::vector<Span>& spans) {
    if (rule.secret_group > 0) return spans[rule.secret_group];
    const auto taken =
        std::find_if(spans.begin() + 1, spans.end(), [](const Span& span) { return span.end > span.begin; });
    return taken == spans.end() ? spans.front() : *taken;
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) {
    return a < b ? b - a : a - b;
}

// Reads forward through a text, telling line and column as it goes.
class Lines {
public:
    explicit Lines(std::string_view text) : m_text(text) {}
    // `at` never goes back.
    void go_to(std::size_t at) {
        for (std::size_t end = m_text.find('\n', m_read); end < at; end = m_text.find('\n', m_read)) {
            ++m_line;
            m_read = end + 1;
        }
    }
    std::uint64_t line() const { return m_line; }
    std::uint64_t column(std::size_t at) const { return at - m_read; }

private:
    std::string_view m_text;
    std::size_t m_read = 0;  // where the line begins
    std::uint64_t m_line = 0;
};

// Pairs of matches that are looked at; beyond, two are taken to be near.
constexpr std::size_t k_most_neighbours = 4096;

}  // namespace

std::optional<Span> around_markers(std::string_view text, Span span) {
    const std::size_t near = span.begin < k_marker.size() ? 0 : span.begin - k_marker.size() + 1;
    for (std::size_t at = text.find(k_marker, near); at < span.end; at = text.find(k_marker, at + 1)) {
        const std::size_t end = at + k_marker.size();
        if (end <= span.begin) continue;
        if (at <= span.begin && end >= span.end) return std::nullopt;
        span = {std::min(span.begin, at), std::max(span.end, end)};
    }
    return span;
}

OwnRules::OwnRules(OwnRulesPtr base, std::shared_ptr<const HiddenTexts> hidden)
    : m_base(std::move(base)), m_hidden(std::move(hidden)) {}

OwnRules::OwnRules(Parts parts) : m_parts(std::move(parts)) {
    std::vector<std::string> keywords;
    for (std::uint32_t i = 0; i < m_parts.rules.size(); ++i) {
        OwnRule& rule = m_parts.rules[i];
        rule.rule.id = rule.id;
        rule.rule.description = rule.description;
        if (rule.keywords.empty()) m_always.push_back(i);
        for (const std::string& keyword : rule.keywords) {
            keywords.push_back(keyword);
            m_rule_of.push_back(i);
        }
    }
    m_keywords = LiteralSet(keywords, Fold::CaseAndDigits);
}

bool OwnRules::has(const Rule* rule) const {
    return std::any_of(rules().begin(), rules().end(), [&](const OwnRule& own) { return &own.rule == rule; });
}

std::vector<std::uint32_t> OwnRules::awake(std::string_view text) const {
    std::vector<std::uint32_t> rules = m_always;
    m_keywords.for_each(text, [&](std::size_t keyword, std::size_t) {
        const std::uint32_t rule = m_rule_of[keyword];
        if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
    });
    std::sort(rules.begin(), rules.end());
    return rules;
}

std::vector<OwnRules::Match> OwnRules::matches(const OwnRule& rule, std::string_view text,
                                               TextOrigin origin) const {
    std::vector<Match> found;
    // Of a text from nowhere nobody can say that the rule is not meant for it.
    if (rule.path && !origin.path.empty() && !rule.path->matches(origin.path)) return found;
    std::vector<Span> spans;
    Lines lines(text);
    for (std::size_t at = 0; at <= text.size() && rule.regex->next(text, at, spans);) {
        lines.go_to(spans.front().begin);
        const Match match{spans.front(), secret_of(rule, spans), lines.line(),
                          lines.column(spans.front().begin)};
        at = match.whole.end > match.whole.begin ? match.whole.end : match.whole.end + 1;
        const std::string_view secret =
            text.substr(match.secret.begin, match.secret.end - match.secret.begin);
        if (secret.empty() || (rule.entropy > 0 && shannon_entropy(secret) <= rule.entropy)) continue;
        const Candidate candidate{text, match.whole, match.secret, origin};
        const bool allowed = std::any_of(rule.allowlists.begin(), rule.allowlists.end(),
                                         [&](const auto& list) { return is_allowed(*list, candidate); });
        if (!allowed) found.push_back(match);
    }
    return found;
}

bool OwnRules::is_met(const RequiredRule& required, const Match& match, const std::vector<Match>& others) {
    const std::uint64_t first =
        required.lines ? match.line - std::min(match.line, *required.lines) : std::uint64_t{0};
    auto other = std::lower_bound(others.begin(), others.end(), first,
                                  [](const Match& a, std::uint64_t line) { return a.line < line; });
    std::size_t seen = 0;
    for (; other != others.end(); ++other) {
        if (required.lines && other->line > match.line && other->line - match.line > *required.lines) break;
        const bool near = !required.columns || distance(match.column, other->column) <= *required.columns;
        if (near || ++seen == k_most_neighbours) return true;
    }
    return false;
}

void OwnRules::keep_complete(const OwnRule& rule, std::string_view text, TextOrigin origin,
                             std::vector<Match>& found) const {
    for (const RequiredRule& required : rule.required) {
        if (found.empty()) return;
        const std::vector<Match> others = matches(m_parts.rules[required.rule], text, origin);
        std::erase_if(found, [&](const Match& match) { return !is_met(required, match, others); });
    }
}

void OwnRules::keep_forbidden(std::string_view text, std::vector<Hit>& hits) const {
    if (m_hidden) m_hidden->keep_forbidden(text, hits);
}

void OwnRules::find(std::string_view text, TextOrigin origin, Depth depth, std::vector<Hit>& hits) const {
    if (m_base) m_base->find(text, origin, depth, hits);
    if (m_hidden) m_hidden->find(text, origin.place, hits);
    for (const std::uint32_t index : awake(text)) {
        const OwnRule& rule = m_parts.rules[index];
        if (!rule.reported) continue;
        if (depth == Depth::CriticalOnly && rule.rule.severity != Severity::Critical) continue;
        std::vector<Match> found = matches(rule, text, origin);
        keep_complete(rule, text, origin, found);
        for (const Match& match : found)
            if (const auto span = around_markers(text, match.secret))
                hits.push_back({span->begin, span->end, &rule.rule});
    }
}

}  // namespace opentraces::security
