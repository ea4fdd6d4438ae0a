#include "security/scrub/flags.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "opentraces/core/hex.hpp"
#include "security/match/literal_set.hpp"
#include "security/match/strength.hpp"
#include "security/rules/rule.hpp"

namespace opentraces::security {

namespace {

constexpr std::size_t k_max_flags_per_text = 16;

struct Flag {
    std::string_view id;
    Severity severity;
};

constexpr Flag k_internal_hostname{"internal_hostname", Severity::High};
constexpr Flag k_aws_account{"aws_account_id", Severity::High};
constexpr Flag k_connection_string{"db_connection_string", Severity::High};
constexpr Flag k_internal_url{"internal_url", Severity::Medium};
constexpr Flag k_density{"identifier_density", Severity::Medium};

enum Anchor : std::uint32_t {
    Internal,
    Corp,
    Local,
    Arn,
    Jdbc,
    MongoSrv,
    Jira,
    Confluence,
    Atlassian,
    SlackArchive
};

const LiteralSet& anchors() {
    static const LiteralSet set({".internal", ".corp", ".local", "arn:aws", "jdbc:", "mongodb+srv://",
                                 "://jira.", "://confluence.", ".atlassian.net", ".slack.com/archives"},
                                Fold::CaseAndDigits);
    return set;
}

bool is_host_char(char c) {
    return is<'n'>(c) || c == '.';
}

// A host name, not a member access such as settings.local: a scheme, an '@' or a port must say so.
std::optional<Span> internal_host(std::string_view text, std::size_t dot, std::size_t length) {
    std::size_t begin = dot;
    while (begin > 0 && is_host_char(text[begin - 1]))
        --begin;
    const std::size_t end = dot + length;
    if (begin == dot) return std::nullopt;
    if (end < text.size() && (is<'v'>(text[end]) || text[end] == '-')) return std::nullopt;
    if (end + 1 < text.size() && text[end] == '.' && is<'w'>(text[end + 1])) return std::nullopt;
    const bool located = begin > 0 && (text[begin - 1] == '/' || text[begin - 1] == '@') && begin > 1;
    const bool port = end + 1 < text.size() && text[end] == ':' && is<'d'>(text[end + 1]);
    if (!located && !port) return std::nullopt;
    if (located && text[begin - 1] == '/' && text[begin - 2] != '/') return std::nullopt;
    return Span{begin, end};
}

// arn:aws:service:region:123456789012:
std::optional<Span> arn_account(std::string_view text, std::size_t at) {
    std::size_t colon = at;
    for (int field = 0; field < 4; ++field) {
        colon = text.substr(0, std::min(text.size(), at + 80)).find(':', colon);
        if (colon == std::string_view::npos) return std::nullopt;
        ++colon;
    }
    if (run_end<'d'>(text, colon) != colon + 12) return std::nullopt;
    return Span{colon, colon + 12};
}

std::optional<Span> connection_string(std::string_view text, std::size_t at, std::size_t length) {
    const std::size_t end = run_end<'s'>(text, at + length);
    if (end - at - length < 8) return std::nullopt;
    return Span{at, end};
}

struct Words {
    std::size_t words = 0;
    std::size_t ids = 0;
};

Words count_words(std::string_view text) {
    Words counts;
    for (std::size_t at = 0; at < text.size();) {
        while (at < text.size() && static_cast<unsigned char>(text[at]) <= ' ')
            ++at;
        std::size_t end = at;
        while (end < text.size() && static_cast<unsigned char>(text[end]) > ' ')
            ++end;
        if (end == at) break;
        ++counts.words;
        std::string_view word = text.substr(at, end - at);
        while (!word.empty() && !is<'w'>(word.front()))
            word.remove_prefix(1);
        while (!word.empty() && !is<'w'>(word.back()))
            word.remove_suffix(1);
        if (is_uuid(word) || (word.size() >= 32 && word.size() <= 64 && is_digest_or_uuid(word)))
            ++counts.ids;
        at = end;
    }
    return counts;
}

void add(const Flag& flag, Span span, const trace::TextPlace& place, std::vector<Finding>& findings) {
    Finding finding;
    finding.rule = flag.id;
    finding.severity = flag.severity;
    finding.field = place.path;
    finding.offset = span.begin;
    finding.length = span.end - span.begin;
    findings.push_back(std::move(finding));
}

}  // namespace

void flag_text(const trace::TextPlace& place, std::string_view text, std::vector<Finding>& findings) {
    using trace::TextKind;
    if (place.is_key || place.kind == TextKind::Name || place.kind == TextKind::Identifier ||
        place.kind == TextKind::Path)
        return;
    std::size_t added = 0;
    std::size_t behind = 0;
    anchors().for_each(text, [&](std::size_t anchor, std::size_t at) {
        if (added >= k_max_flags_per_text || at < behind) return;
        std::optional<Span> span;
        const Flag* flag = nullptr;
        switch (anchor) {
            case Internal:
                flag = &k_internal_hostname, span = internal_host(text, at, 9);
                break;
            case Corp:
                flag = &k_internal_hostname, span = internal_host(text, at, 5);
                break;
            case Local:
                flag = &k_internal_hostname, span = internal_host(text, at, 6);
                break;
            case Arn:
                flag = &k_aws_account, span = arn_account(text, at);
                break;
            case Jdbc:
                flag = &k_connection_string, span = connection_string(text, at, 5);
                break;
            case MongoSrv:
                flag = &k_connection_string, span = connection_string(text, at, 14);
                break;
            default:
                flag = &k_internal_url, span = Span{at, run_end<'s'>(text, at)};
                break;
        }
        if (!span) return;
        add(*flag, *span, place, findings);
        behind = span->end;
        ++added;
    });
    // Identifiers are everywhere in tool traffic; among a person's own words they mean something.
    if (place.kind != TextKind::Prose) return;
    const Words counts = count_words(text);
    if (counts.ids >= 3 && counts.ids * 100 >= counts.words)
        add(k_density, {0, text.size()}, place, findings);
}

}  // namespace opentraces::security
