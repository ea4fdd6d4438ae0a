#include "security/scrub/secret_values.hpp"

#include <algorithm>

#include "security/match/strength.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

constexpr std::size_t k_min_length = 8;
constexpr std::size_t k_max_length = 16384;
constexpr std::size_t k_max_values = 2000;
constexpr std::size_t k_head = 24;  // the automaton holds only the beginnings
constexpr std::size_t k_always_distinct =
    16;  // from this length on a value cannot be a part of a word by chance

// A weak password is also an ordinary word somewhere; only distinctive values are looked for.
bool is_distinctive(std::string_view value) {
    if (value.size() < k_min_length || value.size() > k_max_length) return false;
    if (value.find(k_marker) != std::string_view::npos || is_placeholder(value)) return false;
    const bool digit = std::any_of(value.begin(), value.end(), is<'d'>);
    const bool letter = std::any_of(value.begin(), value.end(), is<'y'>);
    const bool symbol = std::any_of(value.begin(), value.end(), [](char c) { return !is<'v'>(c); });
    if (!letter || !(digit || symbol)) return false;
    return looks_generated(value) || (digit && symbol) || shannon_entropy(value) >= 3.0;
}

bool joins(char c) {
    return is<'w'>(c);
}

}  // namespace

void SecretValues::add_value(std::string_view value, const Rule* rule) {
    if (m_values.size() >= k_max_values || !is_distinctive(value)) return;
    m_values.emplace(std::string(value), rule);
}

void SecretValues::add(std::string_view text, const std::vector<Hit>& hits) {
    for (const Hit& hit : hits) {
        if (hit.rule->severity < Severity::High || hit.rule->id == custom_rule().id) continue;
        const std::string_view value = text.substr(hit.begin, hit.end - hit.begin);
        add_value(value, hit.rule);
        if (const auto view = unescape_json(value)) add_value(view->text(), hit.rule);
        // The password of user:password@… and of bare user:password.
        const std::size_t scheme = value.find("://");
        const std::size_t user = scheme == std::string_view::npos ? 0 : scheme + 3;
        const std::size_t colon = value.find(':', user);
        if (colon == std::string_view::npos || value.find('\n') != std::string_view::npos) continue;
        const std::size_t at_sign = std::min(value.find('@', colon), value.size());
        add_value(value.substr(colon + 1, at_sign - colon - 1), hit.rule);
    }
}

void SecretValues::prepare() {
    std::vector<std::string> heads;
    m_order.clear();
    for (const auto& entry : m_values) {
        m_order.push_back(&entry);
        heads.push_back(entry.first.substr(0, k_head));
    }
    m_heads = LiteralSet(heads, Fold::None);
}

std::vector<Hit> SecretValues::find(std::string_view text) const {
    std::vector<Hit> hits;
    m_heads.for_each(text, [&](std::size_t index, std::size_t begin) {
        const std::string& value = m_order[index]->first;
        if (text.compare(begin, value.size(), value) != 0) return;
        const std::size_t end = begin + value.size();
        if (value.size() < k_always_distinct) {
            if (begin > 0 && joins(text[begin - 1]) && joins(value.front())) return;
            if (end < text.size() && joins(text[end]) && joins(value.back())) return;
        }
        hits.push_back({begin, end, m_order[index]->second, Layer::Elsewhere});
    });
    merge_hits(text, hits);
    return hits;
}

}  // namespace opentraces::security
