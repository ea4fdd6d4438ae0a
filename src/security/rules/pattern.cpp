#include "security/rules/pattern.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace opentraces::security {

namespace {

constexpr std::size_t k_unlimited = std::size_t{1} << 40;

struct Brace {
    char letter = 0;
    std::size_t min = 0;
    std::size_t max = 0;
};

std::size_t read_number(std::string_view text, std::size_t& at) {
    std::size_t value = 0;
    for (; at < text.size() && is<'d'>(text[at]); ++at)
        value = value * 10 + static_cast<std::size_t>(text[at] - '0');
    return value;
}

// The "{…}" at `at`: a class letter, a number, then nothing, '+' or '-' and a second number; or nothing at
// all. nullopt: the brace stands for itself. `at` moves behind it.
std::optional<Brace> read_brace(std::string_view source, std::size_t& at) {
    const std::size_t close = source.find('}', at);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view inside = source.substr(at + 1, close - at - 1);
    Brace brace;
    std::size_t pos = 0;
    if (!inside.empty()) {
        brace.letter = inside[pos++];
        if (class_bit(brace.letter) == 0 || pos == inside.size() || !is<'d'>(inside[pos]))
            return std::nullopt;
        brace.min = brace.max = read_number(inside, pos);
        if (pos < inside.size() && inside[pos] == '+') {
            brace.max = k_unlimited;
            ++pos;
        } else if (pos < inside.size() && inside[pos] == '-') {
            brace.max = read_number(inside, ++pos);
        }
        if (pos != inside.size()) return std::nullopt;
    }
    at = close + 1;
    return brace;
}

}  // namespace

Pattern::Pattern(std::string_view source) {
    for (std::size_t at = 0; at < source.size();) {
        const std::size_t brace_at = std::min(source.find('{', at), source.size());
        if (brace_at > at) m_segments.push_back({std::string(source.substr(at, brace_at - at)), 0, 0, 0});
        if (brace_at == source.size()) break;
        at = brace_at;
        const auto brace = read_brace(source, at);
        if (!brace) throw std::logic_error("a rule pattern has a malformed brace");
        m_segments.push_back({{}, class_bit(brace->letter), brace->min, brace->max});
    }
}

std::optional<std::size_t> Pattern::match_forward(std::string_view text, std::size_t at,
                                                  std::size_t* reached) const {
    bool agrees = true;
    for (auto segment = m_segments.begin(); agrees && segment != m_segments.end(); ++segment) {
        std::size_t count = 0;
        if (segment->mask == 0) {
            const std::string& literal = segment->literal;
            while (count < literal.size() && at < text.size() && text[at] == literal[count])
                ++at, ++count;
            agrees = count == literal.size();
        } else {
            while (count < segment->max && at < text.size() && has_class(text[at], segment->mask))
                ++at, ++count;
            agrees = count >= segment->min;
        }
    }
    if (reached != nullptr) *reached = at;
    if (!agrees) return std::nullopt;
    return at;
}

std::optional<std::size_t> Pattern::match_backward(std::string_view text, std::size_t at) const {
    for (auto segment = m_segments.rbegin(); segment != m_segments.rend(); ++segment) {
        if (segment->mask == 0) {
            const std::size_t length = segment->literal.size();
            if (at < length || text.compare(at - length, length, segment->literal) != 0) return std::nullopt;
            at -= length;
            continue;
        }
        std::size_t count = 0;
        while (count < segment->max && at > 0 && has_class(text[at - 1], segment->mask))
            --at, ++count;
        if (count < segment->min) return std::nullopt;
    }
    return at;
}

bool Pattern::bounded_end() const {
    return !m_segments.empty() && m_segments.back().mask != 0 && m_segments.back().max != k_unlimited;
}

std::string expand_sample(std::string_view source, std::uint64_t variant) {
    std::string out;
    std::uint64_t state = 0x9e3779b97f4a7c15ULL + variant;
    for (const char c : source)
        state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    for (std::size_t at = 0; at < source.size();) {
        const auto brace = source[at] == '{' ? read_brace(source, at) : std::nullopt;
        if (!brace) {
            out.push_back(source[at++]);
            continue;
        }
        std::string alphabet;
        for (char c = '!'; c <= '~'; ++c)
            if (brace->letter != 0 && has_class(c, class_bit(brace->letter))) alphabet.push_back(c);
        for (std::size_t i = 0; i < brace->min; ++i) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            out.push_back(alphabet[(state >> 33) % alphabet.size()]);
        }
    }
    return out;
}

}  // namespace opentraces::security
