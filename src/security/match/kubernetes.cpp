// Secrets of Kubernetes: https://kubernetes.io/docs/concepts/configuration/secret/
#include <algorithm>
#include <array>

#include "opentraces/core/base64.hpp"
#include "opentraces/core/text.hpp"
#include "security/match/declared.hpp"
#include "security/match/matchers.hpp"
#include "security/match/members.hpp"
#include "security/match/strength.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_reach = std::size_t{16} * 1024;

// What stands among secrets without being one.
constexpr std::array<std::string_view, 26> k_open_names = {
    "username", "user",   "login",          "host",     "hostname", "port",   "database",
    "dbname",   "db",     "namespace",      "ca.crt",   "tls.crt",  "ca",     "cert",
    "type",     "region", "email",          "endpoint", "bucket",   "server", "schema",
    "ca.pem",   "engine", "service-ca.crt", "cert.pem", "provider"};

bool is_open_name(std::string_view name) {
    const std::string folded = to_lower_ascii(name);
    return std::find(k_open_names.begin(), k_open_names.end(), folded) != k_open_names.end();
}

bool is_public(std::string_view bytes) {
    return bytes.find("-----BEGIN ") != std::string_view::npos &&
           bytes.find("PRIVATE") == std::string_view::npos;
}

void add(const Rule& rule, Span value, std::vector<Hit>& hits) {
    hits.push_back({value.begin, value.end, &rule});
}

class SecretObject {
public:
    SecretObject(const Rule& rule, std::string_view text, std::vector<Hit>& hits)
        : m_rule(rule), m_text(text), m_hits(hits) {}

    // Both answer how many bytes they have read.
    std::size_t read_json(std::size_t kind) {
        const auto open = object_around(m_text, kind, k_reach);
        if (!open) return k_reach;
        std::size_t end = kind;
        const bool whole = for_each_member(m_text, *open, m_text.size(), [&](const Member& member) {
            end = std::max(end, member.value.end);
            const std::string_view name = part(member.name);
            if (member.is_string || m_text[member.value.begin] != '{') return;
            if (name != "data" && name != "stringData") return;
            for_each_member(m_text, member.value.begin, m_text.size(),
                            [&](const Member& secret) { read(secret, name == "data"); });
        });
        return whole ? end - *open : k_reach;
    }

    std::size_t read_yaml(std::size_t kind) {
        std::size_t begin = kind;
        std::size_t end = kind;
        for_each_beside(m_text, kind, k_reach, [&](const YamlLine& line) {
            begin = std::min(begin, line.begin);
            end = std::max(end, line.end);
            const std::string_view key = part({line.begin, line.end});
            const bool encoded = key.starts_with("data:");
            if (!encoded && !key.starts_with("stringData:")) return;
            for_each_below(m_text, line, m_text.size(), [&](const Member& secret) { read(secret, encoded); });
        });
        return end - begin;
    }

private:
    std::string_view part(Span span) const { return m_text.substr(span.begin, span.end - span.begin); }

    void read(const Member& secret, bool encoded) {
        if (!secret.is_string) return;
        const std::string_view name = part(secret.name);
        const std::string_view value = part(secret.value);
        // A file within has rules for what it holds.
        const bool file = !encoded && value.find('\n') != std::string_view::npos;
        const bool found = encoded ? is_declared_base64(name, value) : is_declared_secret(name, value);
        if (!file && found) add(m_rule, secret.value, m_hits);
    }

    const Rule& m_rule;
    std::string_view m_text;
    std::vector<Hit>& m_hits;
};

}  // namespace

bool is_declared_secret(std::string_view name, std::string_view value) {
    constexpr std::size_t k_shortest = 4;
    constexpr std::size_t k_long = 12;  // for letters of one case
    if (value.size() < k_shortest || is_open_name(name) || !is_real_password(value)) return false;
    if (value.find(k_marker) != std::string_view::npos || looks_like_code(value, true)) return false;
    if (value.find(' ') != std::string_view::npos) return looks_generated(value);
    const auto count = [&](auto holds) { return std::count_if(value.begin(), value.end(), holds); };
    const bool digits = count(is<'d'>) > 0;
    if (digits && count(is<'y'>) == 0)
        return value.size() >= 6 && value.find_first_of(".:-/") == std::string_view::npos;
    const bool sign = count([](char c) {
                          return !is<'n'>(c) && std::string_view("_./:").find(c) == std::string_view::npos;
                      }) > 0;
    if (digits || sign) return !is_public(value);
    const bool mixed = count(is<'a'>) >= 2 && count(is<'A'>) >= 2;
    return mixed ? word_likeness(value) < 0.6 || value.size() >= k_long : value.size() >= k_long;
}

bool is_declared_base64(std::string_view name, std::string_view value) {
    if (is_open_name(name) || value.find(k_marker) != std::string_view::npos) return false;
    std::string digits;
    for (const char c : value)
        if (is<'e'>(c))
            digits += c;
        else if (std::string_view(" \t\r\n").find(c) == std::string_view::npos)
            return false;
    if (digits.size() < 4 || is_placeholder(digits)) return false;
    const std::string bytes = decode_base64_run(digits);
    if (bytes.size() < 3 || is_public(bytes)) return false;
    const bool printable =
        std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    return !printable || is_declared_secret(name, bytes) ||
           (bytes.size() >= 8 && is_real_password(bytes) && looks_chosen(bytes));
}

std::size_t match_kubernetes_secret(const Rule& rule, std::string_view text, Span anchor,
                                    std::vector<Hit>& hits) {
    const std::string_view window = text.substr(0, std::min(text.size(), anchor.end + k_reach));
    SecretObject object(rule, window, hits);
    if (text[anchor.begin] == '"') {
        std::size_t at = anchor.begin;
        while (at > 0 && anchor.begin - at < 8 && (window[at - 1] == ' ' || window[at - 1] == ':'))
            --at;
        const bool is_kind = window.substr(0, at).ends_with("\"kind\"") && at < anchor.begin;
        return is_kind ? object.read_json(anchor.begin) : 0;
    }
    const std::size_t rest = std::min(window.find_first_not_of(" \"'\r", anchor.end), window.size());
    const bool ends = rest == window.size() || window[rest] == '\n' || window[rest] == '#';
    return ends ? object.read_yaml(anchor.begin) : 0;
}

}  // namespace opentraces::security
