// Rules over the bytes as they are, and over the joints at which a value was broken into parts.
#include <algorithm>
#include <array>
#include <utility>

#include "security/match/declared.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/joints.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_anchor = 64;  // of rules of known form
constexpr std::size_t k_max_before = 256;

bool same_literal(std::string_view text, std::string_view literal, bool any_case) {
    for (std::size_t i = 0; i < literal.size(); ++i) {
        if (literal[i] == '#') continue;
        if (text[i] != literal[i] && !(any_case && is<'y'>(text[i]))) return false;
    }
    return true;
}

// `reached`: as far as the text agrees with the pattern.
std::optional<Span> match_token(const CompiledRule& compiled, std::string_view text, Span anchor,
                                std::size_t& reached) {
    const Rule& rule = compiled.rule;
    const auto begin = compiled.before.match_backward(text, anchor.begin);
    if (!begin) return std::nullopt;
    if (!rule.glued && *begin > 0 && is<'w'>(text[*begin - 1])) return std::nullopt;
    const auto end = compiled.after.match_forward(text, anchor.end, &reached);
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

// Of names that follow one another without a blank, a quote or a sign that ends a value, each has the value
// of the one before without its beginning: where one is too long to be a password, only the last may be one.
std::size_t chain_end(std::string_view text, std::size_t at) {
    static constexpr CharSet k_ends(" \t\r\n\"'`\\,;&)}]<>|");
    constexpr std::size_t k_longest_value = 1024;
    constexpr std::size_t k_longest_password = 300;
    const std::size_t end = k_ends.find_in(text.substr(0, std::min(text.size(), at + k_longest_value)), at);
    return end - at < k_longest_value ? at : end - k_longest_password;
}

bool already_covered(const std::vector<Hit>& hits, std::size_t first, const Rule* rule, std::size_t at) {
    const std::size_t oldest = hits.size() - first > 8 ? hits.size() - 8 : first;
    for (std::size_t i = hits.size(); i > oldest; --i)
        if (hits[i - 1].rule == rule && at < hits[i - 1].end && at >= hits[i - 1].begin) return true;
    return false;
}

// As far as the text from `at` on may be three parts of base64 with a dot between them; not within a run.
std::size_t jwt_end(std::string_view text, std::size_t at) {
    const bool inside = at > 0 && is<'b'>(text[at - 1]);
    if (inside) return at;
    at = run_end<'b'>(text, at);
    for (int parts = 1; parts < 3 && at < text.size() && text[at] == '.'; ++parts)
        at = run_end<'b'>(text, at + 1);
    return at;
}

std::optional<Span> match_at(const CompiledRule& compiled, std::string_view text, Span anchor,
                             std::size_t& reached) {
    reached = anchor.end;
    const Rule& rule = compiled.rule;
    if (rule.matcher == nullptr) return match_token(compiled, text, anchor, reached);
    if (rule.matcher == match_assignment) return match_assigned(rule, text, anchor, reached);
    const auto found = rule.matcher(rule, text, anchor);
    if (rule.matcher == match_jwt)
        reached = found ? found->end : std::max(reached, jwt_end(text, anchor.begin));
    return found;
}

// May what follows a line end or stands in the next literal be the rest of a value?
bool looks_like_rest(std::string_view part) {
    return part.size() >= 4 && std::any_of(part.begin(), part.end(), is<'y'>) &&
           (std::any_of(part.begin(), part.end(), is<'d'>) || word_likeness(part) < 0.5);
}

// What the rule finds at the anchor when the parts are put together, in what they make; only more than the
// first. `reached`: as far as the text agrees with the rule.
std::optional<Span> match_joined(const CompiledRule& compiled, const Joined& joined, Span anchor,
                                 std::size_t& reached) {
    const std::string_view text = joined.view.text();
    const auto found = match_at(compiled, text, anchor, reached);
    if (!found || found->end <= joined.first_end) return std::nullopt;
    const std::string_view whole = text.substr(found->begin, found->end - found->begin);
    // A form without an end takes words as well.
    if (joined.loose && !compiled.after.bounded_end() && !looks_generated_token(whole) &&
        !has_valid_token_checksum(whole))
        return std::nullopt;
    return found;
}

// What the rule finds when the parts behind `first` (which begins at a token's beginning) are added one by
// one; `anchor` is in what they make together. Loose parts are added to what is a match already only if what
// the rule takes of them looks like its rest.
std::optional<Span> grow(const CompiledRule& compiled, std::string_view text, Span first, Span anchor,
                         std::optional<Span> alone, JoinBudget& budget) {
    constexpr std::size_t k_overhead = 128;
    constexpr std::size_t k_few_parts = 4;
    JoinOptions options;
    if (!budget.allows(first.begin)) options.max_parts = k_few_parts;
    budget.spend(k_overhead);
    options.any_width = !alone;
    Joiner joiner(text, first.begin, first.end, options);
    const Joined& joined = joiner.joined();
    std::size_t length = first.end - first.begin;
    auto best = alone;
    while (joiner.add() && joined.view.text().size() > length) {
        const std::size_t before = std::exchange(length, joined.view.text().size());
        budget.spend(length);
        std::size_t reached = 0;
        const auto found = match_joined(compiled, joined, anchor, reached);
        if (!found && best) break;
        if (!found) {
            // Nothing that comes behind changes what the text has disagreed with before.
            if (reached < length && compiled.rule.matcher == nullptr) break;
            continue;
        }
        const std::string_view added = std::string_view(joined.view.text()).substr(0, found->end);
        if (best && joined.last == Break::Loose &&
            !looks_like_rest(added.substr(std::min(before, added.size()))))
            break;
        best = Span{joined.source_begin(found->begin), joined.source_end(found->end)};
        if (compiled.after.bounded_end() || found->end != length) break;
    }
    return best;
}

std::size_t token_begin(std::string_view text, std::size_t at) {
    const std::size_t window = at < k_max_before ? 0 : at - k_max_before;
    return window + run_begin<'c'>(text.substr(window), at - window);
}

// The part whose joint ends at `begin`; nullopt if there is none.
std::optional<Span> part_before(std::string_view text, std::size_t begin) {
    constexpr std::size_t k_max_joint = 64;
    const std::size_t limit = begin < k_max_joint ? 0 : begin - k_max_joint;
    std::size_t end = begin;
    for (; end > limit; --end) {
        const bool part_ends = is<'c'>(text[end - 1]) && (end == begin || !is<'c'>(text[end]));
        if (!part_ends) continue;
        const auto joint = joint_at(text, end);
        if (joint && joint->end == begin) return Span{token_begin(text, end), end};
    }
    return std::nullopt;
}

// Letters alone, with nothing that tells where the token ends, stand in any encoded text that fills lines.
bool may_stand_in_encoded(const CompiledRule& compiled, std::string_view anchor) {
    return anchor.size() < 4 && !compiled.after.bounded_end() &&
           std::all_of(anchor.begin(), anchor.end(), is<'w'>);
}

// The same where the value goes on over a joint; `alone` is what was found without it.
std::optional<Span> match_over_joints(const CompiledRule& compiled, std::string_view text, Span anchor,
                                      std::size_t reached, std::optional<Span> alone, JoinBudget& budget) {
    if (compiled.rule.matcher == match_assignment)
        return match_named_joints(compiled.rule, text, anchor, reached, alone, budget);
    const bool complete = alone && compiled.after.bounded_end();
    if (!alone && !compiled.before.empty()) {
        const std::size_t token = token_begin(text, anchor.begin);
        const std::size_t length = anchor.end - anchor.begin;
        if (const auto before = part_before(text, token)) {
            const std::size_t at = before->end - before->begin + (anchor.begin - token);
            return grow(compiled, text, *before, {at, at + length}, alone, budget);
        }
    }
    if (complete || reached >= text.size() || is<'c'>(text[reached]) || !has_known_form(compiled.rule) ||
        may_stand_in_encoded(compiled, text.substr(anchor.begin, anchor.end - anchor.begin)))
        return alone;
    const std::size_t begin = token_begin(text, anchor.begin);
    return grow(compiled, text, {begin, reached}, {anchor.begin - begin, anchor.end - begin}, alone, budget);
}

bool may_look(const RuleSet::Anchor& anchor, const Rule& rule, std::string_view text, std::size_t begin,
              Depth depth) {
    if (depth == Depth::CriticalOnly && rule.severity != Severity::Critical) return false;
    return anchor.literal.empty() || same_literal(text.substr(begin), anchor.literal, rule.any_case);
}

// The first character behind a line end, if it is no blank and no part of a gutter; else 0.
char first_behind(std::string_view text, std::size_t line_end) {
    std::size_t at = line_end + 1;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t'))
        ++at;
    return at < text.size() && is<'y'>(text[at]) ? text[at] : '\0';
}

}  // namespace

void match_cut_anchors(std::string_view text, std::size_t at, Depth depth, JoinBudget& budget,
                       std::vector<Hit>& hits) {
    constexpr std::string_view k_border = "\xe2\x94\x82";  // U+2502
    const auto skip_blanks_before = [&](std::size_t end) {
        while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\r' || text[end - 1] == '\\'))
            --end;
        return end;
    };
    std::size_t end = skip_blanks_before(at);
    if (text[at] == '\n' && text.substr(0, end).ends_with(k_border))
        end = skip_blanks_before(end - k_border.size());
    if (text[at] == '\n' && end > 0 && (text[end - 1] == '"' || text[end - 1] == '\'')) --end;
    if (end == 0 || !is<'c'>(text[end - 1])) return;
    const RuleSet& set = RuleSet::get();
    const char before = end > 1 ? text[end - 2] : ' ';
    const char next = text[at] == '\n' ? first_behind(text, at) : '\0';
    if (!set.may_end_part(before, text[end - 1]) || (next != '\0' && !set.may_cut(text[end - 1], next)))
        return;
    const auto joint = joint_at(text, end);
    if (!joint || joint->end >= text.size() || !set.may_cut(text[end - 1], text[joint->end])) return;
    const char behind = joint->end + 1 < text.size() ? text[joint->end + 1] : ' ';
    if (!set.may_cut(before, text[end - 1], text[joint->end], behind)) return;
    const std::size_t begin = token_begin(text, end);
    const std::size_t near = std::max(begin, end < k_max_anchor ? 0 : end - k_max_anchor);
    const std::string around =
        std::string(text.substr(near, end - near)) + std::string(text.substr(joint->end, k_max_anchor));
    set.literals().for_each(around, [&](std::size_t literal, std::size_t from) {
        if (set.is_joint(literal)) return;
        const RuleSet::Anchor& anchor = set.anchor(literal);
        const CompiledRule& compiled = set.rules()[anchor.rule];
        const bool cut = near + from < end && near + from + anchor.length > end;
        if (!cut || !has_known_form(compiled.rule) || !may_look(anchor, compiled.rule, around, from, depth))
            return;
        const std::size_t at_token = near - begin + from;
        const Span whole{at_token, at_token + anchor.length};
        if (const auto found = grow(compiled, text, {begin, end}, whole, std::nullopt, budget))
            hits.push_back({found->begin, found->end, &compiled.rule, Layer::Joined});
    });
}

void match_rules(std::string_view text, Depth depth, std::vector<Hit>& hits) {
    const RuleSet& set = RuleSet::get();
    const std::size_t first = hits.size();
    Failures failures;
    JoinBudget budget;
    set.literals().for_each(text, [&](std::size_t literal, std::size_t begin) {
        if (set.is_joint(literal)) return match_cut_anchors(text, begin, depth, budget, hits);
        const RuleSet::Anchor& anchor = set.anchor(literal);
        const CompiledRule& compiled = set.rules()[anchor.rule];
        const Rule& rule = compiled.rule;
        if (!may_look(anchor, rule, text, begin, depth)) return;
        const bool is_assignment = rule.matcher == match_assignment;
        if (already_covered(hits, first, &rule, begin) || failures.covers(anchor.rule, begin)) return;
        const Span span{begin, begin + anchor.length};
        if (rule.block != nullptr) {
            if (!budget.allows(begin)) return;
            const std::size_t read = rule.block(rule, text, span, hits);
            budget.spend(read);
            // The words of one command may hold the anchor again.
            if (rule.block == match_stored_literals) failures.add(anchor.rule, begin, begin + read);
            return;
        }
        if (is_assignment) match_columns(rule, text, span, hits);
        std::size_t reached = 0;
        const auto alone = match_at(compiled, text, span, reached);
        const auto found = match_over_joints(compiled, text, span, reached, alone, budget);
        if (found && found->end > found->begin) {
            const bool joined = !alone || alone->begin != found->begin || alone->end != found->end;
            hits.push_back({found->begin, found->end, &rule, joined ? Layer::Joined : Layer::Plain});
        } else if (rule.matcher == nullptr) {
            failures.add(anchor.rule, begin, reached);
        } else if (is_assignment) {
            failures.add(anchor.rule, begin, chain_end(text, span.end));
        }
    });
}

bool declares_secrets(std::string_view text) {
    constexpr std::array<std::string_view, 12> k_texts = {
        "Secret",       "sensitive",    "SecureString", "CONCEALED", "secret",         "random_password",
        "github-oauth", "gitlab-oauth", "gitlab-token", "bearer",    "lease_duration", "registry-tokens"};
    if (text.size() < 6) return false;
    if (text.size() > 16)
        return text.size() < 200 && text.find(".vault.azure.net/secrets/") != std::string_view::npos;
    return std::find(k_texts.begin(), k_texts.end(), text) != k_texts.end();
}

void match_declared(std::string_view document, std::vector<Hit>& hits) {
    match_rules(document, Depth::Full, hits);
    const auto rules = file_rules();
    std::erase_if(hits, [&](const Hit& hit) {
        return std::none_of(rules.begin(), rules.end(),
                            [&](const Rule& rule) { return rule.id == hit.rule->id; });
    });
}

}  // namespace opentraces::security
