// Private key blocks and JSON web tokens.
#include <algorithm>

#include "opentraces/core/base64.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

constexpr std::size_t k_min_body = 20;
constexpr std::size_t k_max_block = 256 * 1024;

// Characters that key bodies consist of, also when quoted, escaped, numbered or shown as a diff.
bool in_body(char c) {
    return is<'e'>(c) || std::string_view(" \t\r\n\\\"',:+-|>*;.()").find(c) != std::string_view::npos;
}

std::size_t longest_base64_run(std::string_view text) {
    std::size_t longest = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t end = run_end<'e'>(text, at);
        longest = std::max(longest, end - at);
        at = std::max(at, end);
    }
    return longest;
}

// Line by line as long as lines look like parts of a key: base64, or "Proc-Type: 4,ENCRYPTED" headers.
std::size_t body_end(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (at < text.size() && at - end < k_max_block) {
        const std::size_t line_end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, line_end - at);
        const bool header = line.find("Proc-Type:") != std::string_view::npos ||
                            line.find("DEK-Info:") != std::string_view::npos ||
                            line.find("Version:") != std::string_view::npos ||
                            line.find("Comment:") != std::string_view::npos;
        const bool body = std::all_of(line.begin(), line.end(), in_body);
        const bool blank = line.find_first_not_of(" \t\r") == std::string_view::npos;
        if (!header && !body) {
            // The last line may go on with other text after the key.
            const std::size_t run = run_end<'e'>(text, at);
            return run - at >= k_min_body ? run : end;
        }
        if (body && !blank && longest_base64_run(line) < 4) return end;
        if (!blank) end = line_end;
        at = line_end + 1;
    }
    return std::min(end, text.size());
}

// Behind the dashes that close "-----BEGIN … KEY-----" when the label is that of a private key.
std::optional<std::size_t> private_label_end(std::string_view text, std::size_t at) {
    const std::size_t dashes = text.substr(0, std::min(text.size(), at + 80)).find("----", at);
    if (dashes == std::string_view::npos) return std::nullopt;
    const std::string_view label = text.substr(at, dashes - at);
    if (label.find("PRIVATE") == std::string_view::npos || label.find("KEY") == std::string_view::npos)
        return std::nullopt;
    std::size_t end = dashes;
    while (end < text.size() && text[end] == '-' && end - dashes < 5)
        ++end;
    return end;
}

std::size_t unescaped_quote(std::string_view text, std::size_t at) {
    for (; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at, text.size());
}

}  // namespace

std::optional<Span> match_pem(const Rule&, std::string_view text, Span anchor) {
    std::size_t begin = anchor.begin;
    while (begin > 0 && text[begin - 1] == '-' && anchor.begin - begin < 5)
        --begin;
    auto body = private_label_end(text, anchor.end);
    if (!body) return std::nullopt;
    std::size_t window = std::min(text.size(), *body + k_max_block);
    // A block in a quoted string ends with the string.
    const char before = begin > 0 ? text[begin - 1] : ' ';
    if (before == '"' && begin > 1 && text[begin - 2] != '\\') {
        const std::size_t quote = unescaped_quote(text, *body);
        // Unless it is one line of a list of strings.
        const bool listed = quote == *body && text.substr(quote).starts_with("\",");
        if (listed) body = quote + 2;
        if (!listed) window = std::min(window, quote);
    }
    const std::size_t next = text.substr(0, window).find("----", *body);
    std::size_t end = 0;
    if (next != std::string_view::npos) {
        std::size_t word = next;
        while (word < text.size() && text[word] == '-')
            ++word;
        while (word < text.size() && text[word] == ' ')
            ++word;
        if (text.substr(word).starts_with("END")) end = private_label_end(text, word + 3).value_or(0);
        if (end != 0 && longest_base64_run(text.substr(*body, next - *body)) < 16) return std::nullopt;
    }
    if (end == 0) {
        end = body_end(text.substr(0, std::min({next, window, text.size()})), *body);
        if (longest_base64_run(text.substr(*body, end - *body)) < k_min_body) return std::nullopt;
    }
    return Span{begin, end};
}

// A block whose beginning was cut off: from its base64 lines to the footer.
std::optional<Span> match_pem_tail(const Rule&, std::string_view text, Span anchor) {
    const auto end = private_label_end(text, anchor.end);
    if (!end) return std::nullopt;
    std::size_t begin = anchor.begin;
    while (begin > 0 && text[begin - 1] == '-')
        --begin;
    const std::size_t footer = begin;
    while (begin > 0 && footer - begin < k_max_block) {
        if (text[begin - 1] == '-' && begin >= 3 && text.substr(begin - 3, 3) == "---") return std::nullopt;
        if (!in_body(text[begin - 1])) break;
        --begin;
    }
    // Words right before the block are not part of it.
    while (begin < footer) {
        const std::size_t run = run_end<'e'>(text, begin);
        if (run - begin >= k_min_body) break;
        begin = std::max(run, begin + 1);
    }
    if (longest_base64_run(text.substr(begin, footer - begin)) < k_min_body) return std::nullopt;
    return Span{begin, *end};
}

std::optional<Span> match_putty(const Rule&, std::string_view text, Span anchor) {
    constexpr std::string_view k_last = "Private-MAC:";
    const std::string_view window = text.substr(0, std::min(text.size(), anchor.end + k_max_block));
    constexpr std::size_t k_max_public = 8192;
    const std::size_t lines = window.substr(0, std::min(window.size(), anchor.end + k_max_public))
                                  .find("Private-Lines:", anchor.end);
    if (lines == std::string_view::npos) return std::nullopt;
    const std::size_t last = window.find(k_last, lines);
    std::size_t end = 0;
    if (last == std::string_view::npos) {
        end = body_end(text, std::min(text.find_first_of("\n\\", lines), text.size()));
    } else {
        end = last + k_last.size();
        while (end < text.size() && text[end] == ' ')
            ++end;
        end = run_end<'x'>(text, end);
    }
    return Span{anchor.begin, end};
}

std::optional<Span> match_discord_token(const Rule&, std::string_view text, Span anchor) {
    constexpr std::size_t k_time = 6;
    constexpr std::size_t k_min_signature = 27;
    const std::size_t dot = anchor.end + k_time;
    if (dot >= text.size() || text[dot] != '.' || run_end<'b'>(text, anchor.end) != dot) return std::nullopt;
    const std::size_t begin = run_begin<'b'>(text, anchor.begin);
    const std::size_t end = run_end<'b'>(text, dot + 1);
    if (end - dot <= k_min_signature || end - dot > 64) return std::nullopt;
    const std::string id = decode_base64_run(text.substr(begin, anchor.begin - begin));
    if (id.size() < 17 || id.size() > 20 || !std::all_of(id.begin(), id.end(), is<'d'>)) return std::nullopt;
    return Span{begin, end};
}

std::optional<Span> match_jwt(const Rule&, std::string_view text, Span anchor) {
    // Only the beginning of a run can be a token; the letter of an escape may touch it.
    if (anchor.begin > 0 && is<'b'>(text[anchor.begin - 1])) {
        const bool escape = anchor.begin > 1 && text[anchor.begin - 2] == '\\';
        if (!escape) return std::nullopt;
    }
    const std::size_t header_end = run_end<'b'>(text, anchor.begin);
    if (header_end >= text.size() || text[header_end] != '.') return std::nullopt;
    const std::size_t payload_end = run_end<'b'>(text, header_end + 1);
    if (payload_end >= text.size() || text[payload_end] != '.') return std::nullopt;
    std::size_t end = run_end<'b'>(text, payload_end + 1);
    const std::string header = decode_base64_run(text.substr(anchor.begin, header_end - anchor.begin));
    const bool json =
        header.find('"') != std::string::npos && header.ends_with('}') &&
        (header.find("\"alg\"") != std::string::npos || header.find("\"typ\"") != std::string::npos);
    const bool long_parts =
        header_end - anchor.begin >= 13 && payload_end - header_end > 10 && end - payload_end > 10;
    if (!long_parts && !(json && end - payload_end > 4)) return std::nullopt;
    // Encrypted tokens have five parts.
    while (json && end + 1 < text.size() && text[end] == '.' && is<'b'>(text[end + 1]))
        end = run_end<'b'>(text, end + 1);
    return Span{anchor.begin, end};
}

}  // namespace opentraces::security
