#include "security/scan/scanner.hpp"

#include <algorithm>
#include <array>

#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

constexpr int k_max_levels = 4;  // encodings inside one another
constexpr std::size_t k_min_run = 20;
constexpr std::size_t k_min_base64_run = 24;

bool same_literal(std::string_view text, std::string_view literal, bool any_case) {
    for (std::size_t i = 0; i < literal.size(); ++i) {
        if (literal[i] == '#') continue;
        if (text[i] != literal[i] && !(any_case && is<'y'>(text[i]))) return false;
    }
    return true;
}

std::optional<Span> match_token(const CompiledRule& compiled, std::string_view text, Span anchor) {
    const Rule& rule = compiled.rule;
    const auto begin = compiled.before.match_backward(text, anchor.begin);
    if (!begin) return std::nullopt;
    if (!rule.glued && *begin > 0 && is<'w'>(text[*begin - 1])) return std::nullopt;
    const auto end = compiled.after.match_forward(text, anchor.end);
    if (!end) return std::nullopt;
    if (compiled.after.bounded_end() && *end < text.size() && is<'w'>(text[*end])) return std::nullopt;
    const std::string_view body = text.substr(anchor.end, *end - anchor.end);
    const std::string_view whole = text.substr(*begin, *end - *begin);
    if (rule.min_entropy > 0 && shannon_entropy(body) < rule.min_entropy) return std::nullopt;
    // A checksum that fits says more than the look of the rest.
    if (!body.empty() && is_placeholder(body) && !has_valid_token_checksum(whole)) return std::nullopt;
    if (rule.check != nullptr && !rule.check(whole)) return std::nullopt;
    return Span{*begin, *end};
}

// Remembers long stretches in which a rule already failed, so that repeated anchors cost linear time.
class Failures {
public:
    bool covers(std::uint32_t rule, std::size_t at) const {
        return std::any_of(m_entries.begin(), m_entries.end(),
                           [&](const Entry& e) { return e.until > at && e.rule == rule; });
    }
    void add(std::uint32_t rule, std::size_t from, std::size_t until) {
        if (until - from < 256) return;
        m_entries[m_next++ % m_entries.size()] = {rule, until};
    }

private:
    struct Entry {
        std::uint32_t rule = 0;
        std::size_t until = 0;
    };
    std::array<Entry, 8> m_entries{};
    std::size_t m_next = 0;
};

bool already_covered(const std::vector<Hit>& hits, std::size_t first, const Rule* rule, std::size_t at) {
    const std::size_t oldest = hits.size() - first > 8 ? hits.size() - 8 : first;
    for (std::size_t i = hits.size(); i > oldest; --i)
        if (hits[i - 1].rule == rule && at < hits[i - 1].end && at >= hits[i - 1].begin) return true;
    return false;
}

bool is_json_escape(char c) {
    return std::string_view("\"\\/bfnrtu").find(c) != std::string_view::npos;
}

bool escaped_at(std::string_view text, std::size_t at) {
    std::size_t count = 0;
    while (count < at && text[at - 1 - count] == '\\')
        ++count;
    return count % 2 == 1;
}

// A replaced range must not begin after the backslash of an escape or end inside one.
void keep_escapes_whole(std::string_view text, Hit& hit) {
    if (hit.begin < hit.end && is_json_escape(text[hit.begin]) && escaped_at(text, hit.begin))
        hit.begin += text[hit.begin] == 'u' ? std::min<std::size_t>(5, hit.end - hit.begin) : 1;
    for (std::size_t back = 1; back <= 5 && back <= hit.end - hit.begin; ++back) {
        const std::size_t slash = hit.end - back;
        if (text[slash] != '\\' || escaped_at(text, slash) || slash + 1 >= text.size()) continue;
        const char kind = text[slash + 1];
        if (back == 1 && is_json_escape(kind)) hit.end = slash;
        if (back > 1 && kind == 'u')
            hit.end = std::min(
                text.size(),
                std::max(hit.end, run_end<'x'>(text.substr(0, std::min(text.size(), slash + 6)), slash + 2)));
        break;
    }
}

bool only_markers(std::string_view text) {
    while (!text.empty()) {
        if (text.starts_with(k_marker)) {
            text.remove_prefix(k_marker.size());
        } else if (text == "REDACTED") {
            return true;
        } else {
            return false;
        }
    }
    return true;
}

void scan_level(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits);

// Visits every run of at least k_min_run base64 or base64url characters, looking at every 20th byte only.
template <class Visit>
void for_each_run(std::string_view text, Visit visit) {
    for (std::size_t at = k_min_run - 1; at < text.size(); at += k_min_run) {
        if (!is<'r'>(text[at])) continue;
        Span run{run_begin<'r'>(text, at), run_end<'r'>(text, at)};
        at = run.end;
        // The letter of an escape such as \n does not belong to the run.
        if (run.begin > 0 && text[run.begin - 1] == '\\' && is_json_escape(text[run.begin])) ++run.begin;
        if (run.end - run.begin >= k_min_run) visit(run);
    }
}

void scan_base64_run(std::string_view text, Span run, const ScanContext& context, int level,
                     std::vector<Hit>& hits) {
    const auto decoded = decode_base64_text(text.substr(run.begin, run.end - run.begin));
    if (!decoded) return;
    std::vector<Hit> inner;
    scan_level(*decoded, context, level + 1, inner);
    for (const Hit& hit : inner)
        if (hit.rule->severity >= Severity::High) hits.push_back({run.begin, run.end, hit.rule});
}

// Tokens of several parts are one secret: the parts before a random one belong to it unless they are words.
std::size_t dotted_begin(std::string_view text, std::size_t begin) {
    while (begin > 1 && text[begin - 1] == '.') {
        const std::size_t part = run_begin<'b'>(text, begin - 1);
        const std::string_view before = text.substr(part, begin - 1 - part);
        if (before.size() < 5 || std::none_of(before.begin(), before.end(), is<'d'>) ||
            word_likeness(before) > 0.7)
            break;
        begin = part;
    }
    return begin;
}

void scan_runs(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits) {
    const bool entropy = context.depth == Depth::Full && level == 0;
    for_each_run(text, [&](Span run) {
        if (level < k_max_levels && run.end - run.begin >= k_min_base64_run)
            scan_base64_run(text, run, context, level, hits);
        if (!entropy || !is_random_run(text, run)) return;
        const bool known = std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) {
            return hit.begin < run.end && run.begin < hit.end;
        });
        if (!known) hits.push_back({dotted_begin(text, run.begin), run.end, &entropy_rule()});
    });
}

void scan_views(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits) {
    using Decoder = std::optional<View> (*)(std::string_view);
    for (const Decoder decode :
         {Decoder{unescape_json}, Decoder{unescape_percent}, Decoder{strip_terminal_codes}}) {
        const auto view = decode(text);
        if (!view) continue;
        for (const Span part : view->changed_parts()) {
            std::vector<Hit> inner;
            scan_level(std::string_view(view->text()).substr(part.begin, part.end - part.begin), context,
                       level + 1, inner);
            for (const Hit& hit : inner)
                hits.push_back({view->source_begin(part.begin + hit.begin),
                                view->source_end(part.begin + hit.end), hit.rule});
        }
    }
}

void scan_level(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits) {
    match_rules(text, context.depth, hits);
    if (context.custom != nullptr) match_custom(text, *context.custom, hits);
    if (level < k_max_levels) scan_views(text, context, level, hits);
    scan_runs(text, context, level, hits);
}

}  // namespace

void match_rules(std::string_view text, Depth depth, std::vector<Hit>& hits) {
    const RuleSet& set = RuleSet::get();
    const std::size_t first = hits.size();
    Failures failures;
    set.literals().for_each(text, [&](std::size_t literal, std::size_t begin) {
        const RuleSet::Anchor& anchor = set.anchor(literal);
        const CompiledRule& compiled = set.rules()[anchor.rule];
        const Rule& rule = compiled.rule;
        if (depth == Depth::CriticalOnly && rule.severity != Severity::Critical) return;
        if (!anchor.literal.empty() && !same_literal(text.substr(begin), anchor.literal, rule.any_case))
            return;
        if (already_covered(hits, first, &rule, begin) || failures.covers(anchor.rule, begin)) return;
        const Span span{begin, begin + anchor.length};
        const auto found =
            rule.matcher != nullptr ? rule.matcher(rule, text, span) : match_token(compiled, text, span);
        if (found && found->end > found->begin) {
            hits.push_back({found->begin, found->end, &rule});
        } else if (rule.matcher == nullptr) {
            failures.add(anchor.rule, begin, compiled.after.match_forward(text, span.end).value_or(begin));
        }
    });
}

void match_custom(std::string_view text, const std::vector<std::string>& literals, std::vector<Hit>& hits) {
    for (const std::string& literal : literals) {
        if (literal.empty()) continue;
        for (std::size_t at = text.find(literal); at != std::string_view::npos;
             at = text.find(literal, at + literal.size()))
            hits.push_back({at, at + literal.size(), &custom_rule()});
    }
}

void merge_hits(std::string_view text, std::vector<Hit>& hits) {
    if (hits.empty()) return;
    if (text.find('\\') != std::string_view::npos)
        for (Hit& hit : hits)
            keep_escapes_whole(text, hit);
    std::erase_if(hits, [&](const Hit& hit) {
        return hit.end <= hit.begin || only_markers(text.substr(hit.begin, hit.end - hit.begin));
    });
    std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.begin < b.begin; });
    std::size_t kept = 0;
    for (const Hit& hit : hits) {
        if (kept > 0 && hit.begin <= hits[kept - 1].end) {
            Hit& last = hits[kept - 1];
            last.end = std::max(last.end, hit.end);
            if (hit.rule->severity > last.rule->severity) last.rule = hit.rule;
        } else {
            hits[kept++] = hit;
        }
    }
    hits.resize(kept);
}

std::vector<Hit> scan(std::string_view text, const ScanContext& context) {
    std::vector<Hit> hits;
    if (text.empty()) return hits;
    if (context.depth == Depth::Full && !context.name.empty()) match_named_value(context.name, text, hits);
    scan_level(text, context, 0, hits);
    merge_hits(text, hits);
    return hits;
}

std::string replace_hits(std::string_view text, const std::vector<Hit>& hits) {
    std::string out;
    std::size_t copied = 0;
    for (const Hit& hit : hits) {
        out.append(text.substr(copied, hit.begin - copied));
        out.append(k_marker);
        copied = hit.end;
    }
    out.append(text.substr(copied));
    return out;
}

}  // namespace opentraces::security
