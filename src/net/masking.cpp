#include "opentraces/net/masking.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/hex.hpp"

namespace opentraces::net {
namespace {

constexpr std::string_view k_marker = "[token]";
constexpr std::size_t k_shortest = 6;
constexpr int k_nested_escapes = 3;

// The character at `at`, unescaped; `at` moves behind it.
char next_char(std::string_view text, std::size_t& at) {
    char c = text[at];
    if (c == '\\' && at + 1 < text.size()) {
        const int value = text[at + 1] == 'u' ? hex_value(text, at + 2, 4) : -1;
        if (value >= 0 && value < 0x80) {
            c = static_cast<char>(value);
            at += 6;
        } else if (text[at + 1] == '/') {
            c = '/';
            at += 2;
        } else {
            ++at;
        }
    } else {
        ++at;
    }
    for (int level = 0; c == '%' && level < k_nested_escapes; ++level) {
        const int value = hex_value(text, at, 2);
        if (value < 0) break;
        c = static_cast<char>(value);
        at += 2;
    }
    return c;
}

// Where the occurrence that begins at `at` ends; npos if there is none.
template <class Same>
std::size_t match(std::string_view text, std::size_t at, std::string_view needle, const Same& same) {
    for (const char wanted : needle) {
        if (at >= text.size() || !same(next_char(text, at), wanted)) return std::string_view::npos;
    }
    return at;
}

// Both alphabets of RFC 4648.
char plain_base64(char c) {
    if (c == '-') return '+';
    return c == '_' ? '/' : c;
}

bool is_base64(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '-' || c == '_' || c == '=' || c == '%';
}

// The characters of base64 that `secret` alone decides when `before` bytes stand in front of it.
std::string certain_base64(const std::string& secret, std::size_t before) {
    const std::string whole = base64(std::string(before, '\0') + secret);
    const std::size_t first = (before * 8 + 5) / 6;
    const std::size_t last = (before + secret.size()) * 8 / 6;
    return whole.substr(first, last - first);
}

}  // namespace

Mask::Mask(const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
        if (secret.size() < k_shortest) continue;
        m_plain.push_back(secret);
        for (std::size_t before = 0; before < 3; ++before)
            m_base64.push_back(certain_base64(secret, before));
    }
}

bool Mask::next(std::string_view text, std::size_t from, Found& found) const {
    const auto equal = [](char a, char b) { return a == b; };
    const auto equal_base64 = [](char a, char b) { return plain_base64(a) == b; };
    for (std::size_t at = from; at < text.size(); ++at) {
        for (const std::string& secret : m_plain) {
            const std::size_t end = match(text, at, secret, equal);
            if (end == text.npos) continue;
            found = {at, end};
            return true;
        }
        for (const std::string& piece : m_base64) {
            std::size_t end = match(text, at, piece, equal_base64);
            if (end == text.npos) continue;
            std::size_t begin = at;
            while (begin > from && is_base64(text[begin - 1]))
                --begin;
            while (end < text.size() && is_base64(text[end]))
                ++end;
            found = {begin, end};
            return true;
        }
    }
    return false;
}

bool Mask::finds(std::string_view text) const {
    Found found;
    return !m_plain.empty() && next(text, 0, found);
}

std::string Mask::masked(std::string text) const {
    if (!finds(text)) return text;
    std::string out;
    std::size_t copied = 0;
    for (Found found; next(text, copied, found); copied = found.end)
        out.append(text, copied, found.begin - copied).append(k_marker);
    return out.append(text, copied);
}

Response MaskingTransport::send(const Request& request) {
    try {
        Response response = m_inner.send(request);
        for (auto& header : response.headers)
            header.second = m_mask.masked(std::move(header.second));
        response.body = m_mask.masked(std::move(response.body));
        return response;
    } catch (const TransportError& error) {
        throw TransportError(error.failure(), m_mask.masked(error.what()), error.request_may_have_arrived());
    }
}

}  // namespace opentraces::net
