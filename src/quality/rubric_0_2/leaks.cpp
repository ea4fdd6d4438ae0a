#include "quality/rubric_0_2/leaks.hpp"

#include <algorithm>

#include "quality/each_text.hpp"

namespace opentraces::quality {
namespace {

constexpr std::size_t k_block = 64;
constexpr std::size_t k_shortest_match = 9;  // "/Users/x/"; credentials are longer

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_upper_or_digit(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z');
}

bool is_alphanumeric(char c) {
    return is_upper_or_digit(c) || (c >= 'a' && c <= 'z');
}

bool is_word(char c) {
    return is_alphanumeric(c) || c == '_';
}

template <class Accept>
std::size_t run_length(std::string_view text, const Accept& accept) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), accept) - text.begin());
}

bool starts_with_run(std::string_view text, std::string_view prefix, std::size_t least, bool accept(char)) {
    return text.starts_with(prefix) && run_length(text.substr(prefix.size()), accept) >= least;
}

bool is_anthropic_key(std::string_view text) {
    return starts_with_run(text, "sk-ant-api", 20, is_word);
}

bool is_openai_key(std::string_view text) {
    return starts_with_run(text, "sk-proj-", 20, is_word);
}

bool is_github_token(std::string_view text) {
    return starts_with_run(text, "ghp_", 36, is_alphanumeric);
}

bool is_aws_key(std::string_view text) {
    return starts_with_run(text, "AKIA", 16, is_upper_or_digit);
}

// Takes a non-empty run off the front.
bool take_run(std::string_view& text, bool accept(char)) {
    const std::size_t length = run_length(text, accept);
    text.remove_prefix(length);
    return length > 0;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

// In escaped text only the blank is left of all white space.
bool is_space(char c) {
    return c == ' ';
}

bool is_private_key(std::string_view text) {
    return take(text, "-----BEGIN") && take_run(text, is_space) && take_run(text, is_word) &&
           take_run(text, is_space) && take(text, "PRIVATE") && take_run(text, is_space) &&
           take(text, "KEY-----");
}

struct Pattern {
    std::string_view label;
    bool (*matches)(std::string_view text);  // at its start
};

constexpr std::array k_patterns{
    Pattern{"anthropic_key", is_anthropic_key}, Pattern{"openai_key", is_openai_key},
    Pattern{"github_token", is_github_token},   Pattern{"aws_key", is_aws_key},
    Pattern{"private_key", is_private_key},
};

// First three bytes of everything that is looked for. Written without branches so that compilers make vector
// code of it: nearly all text is thrown out here.
inline bool may_start(char a, char b, char c) {
    return ((a == 's') & (b == 'k') & (c == '-')) | ((a == 'g') & (b == 'h') & (c == 'p')) |
           ((a == 'A') & (b == 'K') & (c == 'I')) | ((a == '-') & (b == 'B') & (c == 'E')) |
           ((a == '/') & (b == 'U') & (c == 's'));
}

bool block_may_hold(const char* at) {
    unsigned char any = 0;
    for (std::size_t i = 0; i < k_block; ++i)
        any = static_cast<unsigned char>(any |
                                         static_cast<unsigned char>(may_start(at[i], at[i + 1], at[i + 2])));
    return any != 0;
}

class Search {
public:
    explicit Search(std::string needle) : m_needle(std::move(needle)) {}

    void look(std::string_view text) {
        if (text.size() < k_shortest_match) return;
        const std::size_t last = text.size() - 2;  // one past the last start of three bytes
        std::size_t at = 0;
        for (; at + k_block <= last; at += k_block)
            if (block_may_hold(text.data() + at)) look_at(text, at, at + k_block);
        look_at(text, at, last);
    }

    Leaks answer() const {
        Leaks leaks;
        for (std::size_t i = 0; i < k_patterns.size(); ++i)
            if (m_found[i]) leaks.credentials.push_back(k_patterns[i].label);
        leaks.home_of_user = m_home;
        return leaks;
    }

private:
    void look_at(std::string_view text, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i)
            if (may_start(text[i], text[i + 1], text[i + 2])) check(text, i);
    }

    void check(std::string_view text, std::size_t at) {
        if (text[at] == '/') {
            if (!m_needle.empty() && text.substr(at).starts_with(m_needle)) m_home = true;
            return;
        }
        // "-BE" is in the middle of what it stands for.
        const bool dashes = text[at] == '-';
        if (dashes && at < 4) return;
        const std::string_view rest = text.substr(dashes ? at - 4 : at);
        for (std::size_t i = 0; i < k_patterns.size(); ++i)
            if (!m_found[i]) m_found[i] = k_patterns[i].matches(rest);
    }

    std::string m_needle;
    std::array<bool, k_patterns.size()> m_found{};
    bool m_home = false;
};

// What the canonical form escapes cannot be found in it.
bool is_written_as_is(std::string_view name) {
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}

}  // namespace

Leaks find_leaks(const trace::TraceRecord& record, std::string_view user_name) {
    const bool searchable = !user_name.empty() && is_written_as_is(user_name);
    Search search(searchable ? "/Users/" + std::string(user_name) + "/" : std::string());
    each_text(record, [&](std::string_view text) { search.look(text); });
    return search.answer();
}

}  // namespace opentraces::quality
