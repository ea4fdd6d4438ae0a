#include "security/scan/scanner.hpp"
#include "security/match/data_blocks.hpp"

#include <algorithm>
#include <array>

#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/own/own_rules.hpp"
#include "security/scan/encoded.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

constexpr int k_max_levels = 4;  // encodings inside one another
constexpr std::size_t k_min_run = 20;
constexpr std::size_t k_min_base64_run = 24;

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

// Of layers inside one another the innermost tells most.
Layer seen_through(Layer outer, const Hit& hit) {
    return hit.layer == Layer::Plain ? outer : hit.layer;
}

bool is_wanted(const Rule& rule, const PersonalData& personal) {
    if (rule.severity != Severity::Medium) return true;
    if (rule.id == "email_address") return personal.emails;
    if (rule.id == "phone_number") return personal.phones;
    return personal.ips || (rule.id != "ipv4_address" && rule.id != "ipv6_address");
}

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

// What a decoded text holds, with the range in the source that stands for it.
void scan_decoded(std::string_view decoded, Span source, const ScanContext& context, int level,
                  std::vector<Hit>& hits) {
    std::vector<Hit> inner;
    scan_level(decoded, context, level + 1, inner);
    for (const Hit& hit : inner)
        if (hit.rule->severity >= Severity::High)
            hits.push_back({source.begin, source.end, hit.rule, seen_through(Layer::Encoded, hit)});
}

// Almost no line does, and few bytes tell: an offset, or three pairs of digits.
bool begins_dump(std::string_view text, std::size_t line) {
    while (line < text.size() && text[line] == ' ')
        ++line;
    if (line + 8 > text.size() || !is<'x'>(text[line]) || !is<'x'>(text[line + 1])) return false;
    const char third = text[line + 2];
    if (third == ' ' || third == ':') return is<'x'>(text[line + 3]) && text[line + 5] == third;
    const std::size_t end = run_end<'x'>(text.substr(0, std::min(text.size(), line + 17)), line);
    if (end == text.size()) return false;
    return text[end] == ':' ? end - line >= 4 : text[end] == ' ' && end - line >= 6;
}

// May a part of a value end before this line end?
bool may_end_part(std::string_view text, std::size_t line_end) {
    if (line_end == 0) return false;
    const char last = text[line_end - 1];
    return is<'c'>(last) || last == ' ' || last == '"' || last == '\'' || last == '\\' || last == '\r' ||
           last == '\x82';  // of a border
}

// The dump that begins at `line`; answers where its last line ends, or `line` if there is none.
std::size_t scan_dump(std::string_view text, std::size_t line, const ScanContext& context, int level,
                      std::vector<Hit>& hits) {
    const Dump dump = read_dump(text, line);
    if (dump.rows.empty()) return line;
    std::vector<Hit> inner;
    scan_level(dump.bytes, context, level + 1, inner);
    for (const Hit& hit : inner) {
        if (hit.rule->severity < Severity::High) continue;
        const Span source = dump.source({hit.begin, hit.end});
        hits.push_back({source.begin, source.end, hit.rule, seen_through(Layer::Dump, hit)});
    }
    return dump.rows.back().end;
}

void scan_lines(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits) {
    JoinBudget budget;
    for (std::size_t line = 0; line < text.size();) {
        if (level < k_max_levels && begins_dump(text, line))
            line = scan_dump(text, line, context, level, hits);
        const std::size_t end = text.find('\n', line);
        if (end == std::string_view::npos) break;
        if (context.has_program_rules() && may_end_part(text, end))
            match_cut_anchors(text, end, context.depth, budget, hits);
        line = end + 1;
    }
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

// Members that hold digests and signatures, not secrets of unknown form.
bool names_digests(std::string_view name) {
    constexpr std::array<std::string_view, 10> k_names = {"hashes",    "hash",       "ids",       "digest",
                                                          "digests",   "checksum",   "checksums", "integrity",
                                                          "signature", "fingerprint"};
    return std::find(k_names.begin(), k_names.end(), name) != k_names.end();
}

// Which runs, asked for in order, overlap what was found before.
class Found {
public:
    explicit Found(const std::vector<Hit>& hits) {
        for (const Hit& hit : hits)
            m_ahead.push_back({hit.begin, hit.end});
        std::sort(m_ahead.begin(), m_ahead.end(),
                  [](const Span& a, const Span& b) { return a.begin > b.begin; });
    }
    void add(Span span) { m_near.push_back(span); }
    bool overlaps(Span run) {
        for (; !m_ahead.empty() && m_ahead.back().begin < run.end; m_ahead.pop_back())
            m_near.push_back(m_ahead.back());
        std::erase_if(m_near, [&](const Span& span) { return span.end <= run.begin; });
        return std::any_of(m_near.begin(), m_near.end(),
                           [&](const Span& span) { return span.begin < run.end; });
    }

private:
    std::vector<Span> m_ahead;  // the first one last
    std::vector<Span> m_near;
};

void scan_runs(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits) {
    const bool entropy = context.depth == Depth::Full && level == 0 && context.has_program_rules() &&
                         !names_digests(context.name);
    std::size_t read = 0;
    Found found(hits);
    HarmlessBlocks harmless(text);
    for_each_run(text, [&](Span run) {
        bool is_text = false;
        const std::size_t known = hits.size();
        if (level < k_max_levels && run.end - run.begin >= k_min_base64_run && run.begin >= read)
            read = read_encoded(text, run, [&](Span source, std::string_view decoded) {
                is_text = true;
                scan_decoded(decoded, source, context, level, hits);
            });
        for (std::size_t i = known; i < hits.size(); ++i)
            found.add({hits[i].begin, hits[i].end});
        if (entropy && !is_text && is_random_run(text, run) && !found.overlaps(run) && !harmless.holds(run))
            hits.push_back({dotted_begin(text, run.begin), run.end, &entropy_rule()});
    });
}

void scan_number_lists(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits) {
    for (std::size_t at = k_number_step - 1; at < text.size(); at += k_number_step) {
        const std::size_t comma = number_comma(text, at);
        if (comma == std::string_view::npos) continue;
        const NumberList list = read_number_list(text, comma);
        if (!list.bytes.empty()) scan_decoded(list.bytes, {list.begin, list.end}, context, level, hits);
        at = std::max(at, list.end);
    }
}

// A block of a key goes on behind what was decoded in its first line.
Span with_whole_key(std::string_view text, Span part) {
    constexpr std::size_t k_max_key = std::size_t{16} * 1024;
    if (text.substr(part.begin, part.end - part.begin).find("PRIVATE KEY") == std::string_view::npos)
        return part;
    const std::size_t limit = std::min(text.size(), part.end + k_max_key);
    const std::size_t end = text.substr(0, limit).find("-----END", part.end);
    return {part.begin, end == std::string_view::npos ? limit : std::min(text.size(), text.find('\n', end))};
}

void scan_views(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits) {
    using Decoder = std::optional<View> (*)(std::string_view);
    for (const Decoder decode :
         {Decoder{unescape_json}, Decoder{unescape_percent}, Decoder{strip_terminal_codes}}) {
        const auto view = decode(text);
        if (!view) continue;
        for (Span part : view->changed_parts()) {
            if (decode == Decoder{strip_terminal_codes}) part = with_whole_key(view->text(), part);
            std::vector<Hit> inner;
            scan_level(std::string_view(view->text()).substr(part.begin, part.end - part.begin), context,
                       level + 1, inner);
            for (const Hit& hit : inner)
                hits.push_back({view->source_begin(part.begin + hit.begin),
                                view->source_end(part.begin + hit.end), hit.rule,
                                seen_through(Layer::Escaped, hit)});
        }
    }
}

TextOrigin origin_of(const ScanContext& context) {
    if (context.scope == nullptr) return {{}, {}, context.place};
    return {context.scope->path, context.scope->commit, context.place};
}

// Rules of the user's own often ask for a name before the value, which a member of JSON has in its key.
void match_own_named(const ScanContext& context, std::string_view text, std::vector<Hit>& hits) {
    constexpr std::size_t k_longest_value = 4096;
    if (context.own == nullptr || context.name.empty() || text.size() > k_longest_value) return;
    const std::string before = std::string(context.name) + " = \"";
    std::vector<Hit> found;
    context.own->find(before + std::string(text) + "\"", origin_of(context), context.depth, found);
    for (const Hit& hit : found) {
        const std::size_t begin = std::max(hit.begin, before.size()) - before.size();
        const std::size_t end = std::min(std::max(hit.end, before.size()) - before.size(), text.size());
        if (hit.begin >= before.size() && begin < end) hits.push_back({begin, end, hit.rule});
    }
}

void scan_level(std::string_view text, const ScanContext& context, int level, std::vector<Hit>& hits) {
    // First, so that of two rules of one severity theirs gives the name.
    if (context.own != nullptr) context.own->find(text, origin_of(context), context.depth, hits);
    if (context.has_program_rules()) match_rules(text, context.depth, hits);
    if (context.custom != nullptr) match_custom(text, *context.custom, hits);
    scan_lines(text, context, level, hits);
    match_mnemonics(text, hits);
    if (level < k_max_levels) {
        scan_views(text, context, level, hits);
        scan_number_lists(text, context, level, hits);
    }
    scan_runs(text, context, level, hits);
}

}  // namespace

ScanContext full_context(const ScrubOptions& options) {
    ScanContext context;
    context.custom = &options.custom_strings;
    context.own = options.own_rules.get();
    context.scope = &options.scope;
    context.personal = options.personal;
    return context;
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
            if (hit.rule->severity > last.rule->severity) {
                last.rule = hit.rule;
                last.layer = hit.layer;
            }
        } else {
            hits[kept++] = hit;
        }
    }
    hits.resize(kept);
}

std::vector<Hit> scan(std::string_view text, const ScanContext& context) {
    std::vector<Hit> hits;
    if (text.empty()) return hits;
    if (context.depth == Depth::Full && !context.name.empty() && context.has_program_rules())
        match_named_value(context.name, text, hits);
    match_own_named(context, text, hits);
    scan_level(text, context, 0, hits);
    std::erase_if(hits, [&](const Hit& hit) { return !is_wanted(*hit.rule, context.personal); });
    merge_hits(text, hits);
    if (context.own != nullptr) context.own->keep_forbidden(text, hits);
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
