#include "security/scrub/paths.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/text.hpp"
#include "security/match/literal_set.hpp"
#include "security/rules/char_class.hpp"

namespace opentraces::security {

namespace {

constexpr std::size_t k_max_name = 64;
constexpr std::size_t k_shortest_login = 3;

constexpr std::array<std::string_view, 78> k_roles = {
    "root",          "runner",       "shared",        "public",    "default",  "guest",
    "lib",           "admin",        "administrator", "vscode",    "ubuntu",   "node",
    "user",          "username",     "users",         "you",       "yourname", "your-username",
    "your_username", "me",           "ec2-user",      "codespace", "gitpod",   "app",
    "dev",           "test",         "tests",         "debian",    "centos",   "fedora",
    "vagrant",       "pi",           "circleci",      "jenkins",   "git",      "linuxbrew",
    "jovyan",        "sandbox",      "agent",         "coder",     "appuser",  "container",
    "builder",       "build",        "docker",        "name",      "example",  "someone",
    "xxx",           "foo",          "bar",           "redacted",  "nobody",   "daemon",
    "www-data",      "postgres",     "mysql",         "nginx",     "system",   "home",
    "all users",     "default user", "defaultuser0",  "workspace", "project",  "projects",
    "repo",          "src",          "data",          "work",      "code",     "demo",
    "develop",       "developer",    "devuser",       "testuser",  "index",    "staff"};

// Folders that hold home directories somewhere else than at the root.
constexpr std::array<std::string_view, 10> k_home_parents = {
    "var", "data", "export", "usr", "private", "host_mnt", "volumes", "net", "cygdrive", "host"};

constexpr std::array<std::string_view, 14> k_page_endings = {".html", ".htm",  ".php", ".js", ".ts",
                                                             ".tsx",  ".jsx",  ".css", ".py", ".md",
                                                             ".vue",  ".json", ".svg", ".png"};

bool is_name_char(char c) {
    return is<'v'>(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_pseudonym(std::string_view name) {
    return name.size() == 9 && name[0] == 'u' && run_end<'h'>(name, 1) == 9;
}

enum class Separator { None, Slash, Backslash, Hyphen };

// The separator that ends before `at`; `at` moves before it. "\/" and any number of backslashes are one.
Separator separator_before(std::string_view text, std::size_t& at) {
    if (at == 0) return Separator::None;
    const char c = text[at - 1];
    if (c == '/') {
        --at;
        if (at > 0 && text[at - 1] == '\\') --at;
        return Separator::Slash;
    }
    if (c == '\\') {
        while (at > 0 && text[at - 1] == '\\')
            --at;
        return Separator::Backslash;
    }
    if (c == '-') return --at, Separator::Hyphen;
    return Separator::None;
}

Separator separator_after(std::string_view text, std::size_t& at) {
    if (at >= text.size()) return Separator::None;
    if (text[at] == '/') return ++at, Separator::Slash;
    if (text[at] == '-') return ++at, Separator::Hyphen;
    if (text[at] != '\\') return Separator::None;
    while (at < text.size() && text[at] == '\\')
        ++at;
    if (at < text.size() && text[at] == '/') return ++at, Separator::Slash;
    return Separator::Backslash;
}

// Is what stands before "/home" or "/Users" the beginning of a path?
bool at_path_start(std::string_view text, std::size_t at) {
    if (at == 0) return true;
    const char before = text[at - 1];
    if (before == ':')
        return at < 2 || !is<'w'>(text[at - 2]) || at < 3 || !is<'w'>(text[at - 3]) ||
               text.substr(0, at).ends_with("file:");
    if (before == '/' || before == '\\') return true;  // file:///home, //wsl.localhost
    if (!is<'v'>(before) && before != '.' && before != '-') return true;
    std::size_t begin = at;
    while (begin > 0 && (is<'v'>(text[begin - 1]) || text[begin - 1] == '-' || text[begin - 1] == '.'))
        --begin;
    const std::string parent = to_lower_ascii(text.substr(begin, at - begin));
    if (begin == 0 || (text[begin - 1] != '/' && text[begin - 1] != '\\')) return false;
    if (parent.size() == 1) return true;  // /mnt/c, /c
    if (std::find(k_home_parents.begin(), k_home_parents.end(), parent) != k_home_parents.end()) return true;
    // \\wsl.localhost\Ubuntu\home, //wsl$/Debian/home
    const std::string_view earlier =
        text.substr(begin < 20 ? 0 : begin - 20, std::min<std::size_t>(begin, 20));
    return earlier.find("wsl") != std::string_view::npos;
}

struct Name {
    std::size_t begin = 0;
    std::size_t end = 0;
};

std::optional<Name> read_name(std::string_view text, std::size_t at, Separator separator) {
    std::size_t end = at;
    while (end < text.size() && end - at < k_max_name && is_name_char(text[end]))
        ++end;
    if (separator == Separator::Backslash) {
        // "C:\Users\Jane Doe\…": blanks belong to the name when a separator follows.
        std::size_t wide = end;
        while (wide < text.size() && wide - at < 40 && (is_name_char(text[wide]) || text[wide] == ' '))
            ++wide;
        if (wide > end && wide < text.size() && text[wide] == '\\') end = wide;
    }
    while (end > at && (text[end - 1] == '.' || text[end - 1] == '-'))
        --end;
    if (end == at || end - at == k_max_name || text[at] == '.' || text[at] == '-') return std::nullopt;
    return Name{at, end};
}

// Occurrences of "home" and "Users" as a path component, with the name that follows.
std::optional<Name> home_name(std::string_view text, std::size_t word, std::size_t length) {
    std::size_t begin = word;
    std::size_t at = word + length;
    const Separator before = separator_before(text, begin);
    const Separator after = separator_after(text, at);
    if (before == Separator::None || before == Separator::Hyphen || before != after) return std::nullopt;
    const std::string_view spelled = text.substr(word, length);
    const bool drive = begin >= 2 && text[begin - 1] == ':' && is<'y'>(text[begin - 2]);
    if (before == Separator::Slash && !drive && spelled != "home" && spelled != "Users") return std::nullopt;
    if (!at_path_start(text, begin)) return std::nullopt;
    return read_name(text, at, after);
}

// "-Users-jane-project": the folder names that agents derive from paths.
std::optional<Name> encoded_name(std::string_view text, std::size_t word, std::size_t length,
                                 const std::set<std::string, std::less<>>& names) {
    const std::string_view spelled = text.substr(word, length);
    if (spelled != "home" && spelled != "Users") return std::nullopt;
    if (word == 0 || text[word - 1] != '-' || word + length >= text.size() || text[word + length] != '-')
        return std::nullopt;
    const char before = word >= 2 ? text[word - 2] : ' ';
    const bool drive = before == '-' && word >= 3 && is<'A'>(text[word - 3]);
    if (!drive && (is_name_char(before) || before == '$')) return std::nullopt;
    const std::size_t at = word + length + 1;
    const std::string rest = to_lower_ascii(text.substr(at, k_max_name));
    std::size_t best = 0;
    for (const std::string& name : names) {
        std::string encoded = name;
        std::replace_if(
            encoded.begin(), encoded.end(), [](char c) { return !is<'w'>(c); }, '-');
        if (rest.starts_with(encoded) && (rest.size() == encoded.size() || !is<'w'>(rest[encoded.size()])))
            best = std::max(best, encoded.size());
    }
    if (best == 0) best = run_end<'w'>(text, at) - at;
    if (best == 0) return std::nullopt;
    return Name{at, at + best};
}

// "~jane/…"
std::optional<Name> tilde_name(std::string_view text, std::size_t tilde) {
    if (tilde > 0 && std::string_view(" \t\n\"'`=:(").find(text[tilde - 1]) == std::string_view::npos)
        return std::nullopt;
    const auto name = read_name(text, tilde + 1, Separator::Slash);
    if (!name || !is<'a'>(text[name->begin]) || name->end >= text.size() || text[name->end] != '/')
        return std::nullopt;
    return name;
}

// "jane@host:~/x$" and "[jane@host dir]$" at the beginning of a line.
std::optional<Name> prompt_name(std::string_view text, std::size_t at_sign) {
    std::size_t begin = at_sign;
    while (begin > 0 && at_sign - begin < k_max_name && is_name_char(text[begin - 1]))
        --begin;
    if (begin == at_sign) return std::nullopt;
    const char before = begin > 0 ? text[begin - 1] : '\n';
    const bool line_start =
        before == '\n' || before == '[' || (before == ' ' && begin >= 2 && text[begin - 2] == ')');
    std::size_t host = at_sign + 1;
    while (host < text.size() && (is<'n'>(text[host]) || text[host] == '.'))
        ++host;
    if (!line_start || host == at_sign + 1 || host + 1 >= text.size()) return std::nullopt;
    const bool path = text[host] == ':' && (text[host + 1] == '~' || text[host + 1] == '/');
    const std::string_view rest = text.substr(host, 60);
    const std::size_t sign = rest.find_first_of("$%#\n");
    const bool prompt = text[host] == ' ' && sign != std::string_view::npos && rest[sign] != '\n' &&
                        (before == '[' || rest[sign] == '%');
    if (!path && !prompt) return std::nullopt;
    return Name{begin, at_sign};
}

// The owner in a line of ls -l; the anchor is somewhere in "-rw-r--r--".
std::optional<Name> listing_name(std::string_view text, std::size_t anchor) {
    if (anchor == 0 || (anchor > 1 && text[anchor - 2] != '\n')) return std::nullopt;
    std::size_t at = anchor - 1;
    if (std::string_view("-dlbcps").find(text[at]) == std::string_view::npos || at + 12 > text.size())
        return std::nullopt;
    for (++at; at < anchor + 9; ++at)
        if (std::string_view("rwxsStT-").find(text[at]) == std::string_view::npos) return std::nullopt;
    if (at < text.size() && std::string_view("@+.").find(text[at]) != std::string_view::npos) ++at;
    const auto blanks = [&] {
        const std::size_t from = at;
        while (at < text.size() && text[at] == ' ')
            ++at;
        return at > from;
    };
    if (!blanks()) return std::nullopt;
    const std::size_t links = at;
    at = run_end<'d'>(text, at);
    if (at == links || !blanks()) return std::nullopt;
    const auto name = read_name(text, at, Separator::Slash);
    if (!name || name->end >= text.size() || text[name->end] != ' ' || is<'d'>(text[name->begin]))
        return std::nullopt;
    return name;
}

enum Anchor : std::uint32_t { Home, Users, Tilde, AtSign, ListingA, ListingB, ListingC, FirstLogin };

constexpr std::array<std::string_view, FirstLogin> k_anchors = {"home", "users", "~",  "@",
                                                                "rw-",  "rwx",   "r--"};

const LiteralSet& anchors() {
    static const LiteralSet set({k_anchors.begin(), k_anchors.end()}, Fold::CaseAndDigits);
    return set;
}

std::optional<Name> name_at(std::string_view text, std::size_t anchor, std::size_t begin,
                            const std::set<std::string, std::less<>>& names) {
    switch (anchor) {
        case Home:
        case Users: {
            const std::size_t length = anchor == Home ? 4 : 5;
            const auto name = home_name(text, begin, length);
            return name ? name : encoded_name(text, begin, length, names);
        }
        case Tilde:
            return tilde_name(text, begin);
        case AtSign:
            return prompt_name(text, begin);
        default:
            return listing_name(text, begin);
    }
}

bool is_whole_name(std::string_view text, std::size_t begin, std::size_t end) {
    return (begin == 0 || !is_name_char(text[begin - 1])) && (end == text.size() || !is_name_char(text[end]));
}

// "jane/fix", "origin/jane/fix", "github.com:jane/app", "jane@host", "Jane <jane@example.com>", "Author:
// jane".
bool is_login(std::string_view text, std::size_t begin, std::size_t end) {
    if (!is_whole_name(text, begin, end)) return false;
    if (begin == 0 && end == text.size()) return true;  // a branch of that name
    const std::string_view after = text.substr(end, 3);
    if (after.starts_with('/') || after.starts_with(" <")) return true;
    if (after.size() > 1 && after[0] == '@' && is<'w'>(after[1])) return true;
    constexpr std::size_t k_longest = 12;
    const std::size_t from = begin < k_longest ? 0 : begin - k_longest;
    const std::string_view before = text.substr(from, begin - from);
    constexpr std::array<std::string_view, 6> k_identities = {"Author: ",   "Committer: ",  "user.name ",
                                                              "user.name=", "user.name \"", "user.name=\""};
    return std::any_of(k_identities.begin(), k_identities.end(),
                       [&](std::string_view words) { return before.ends_with(words); });
}

}  // namespace

bool is_personal_name(std::string_view name) {
    if (name.size() < 2 || is_pseudonym(name)) return false;
    const std::string folded = to_lower_ascii(name);
    if (std::find(k_roles.begin(), k_roles.end(), folded) != k_roles.end()) return false;
    if (folded.find("your") != std::string::npos || folded.find("xxx") != std::string::npos) return false;
    if (std::none_of(folded.begin(), folded.end(),
                     [](char c) { return is<'y'>(c) || static_cast<unsigned char>(c) >= 0x80; }))
        return false;
    return std::none_of(k_page_endings.begin(), k_page_endings.end(),
                        [&](std::string_view ending) { return folded.ends_with(ending); });
}

Pseudonyms::Pseudonyms(std::string key, std::string_view user_name) : m_key(std::move(key)) {
    if (user_name.size() >= k_shortest_login && is_personal_name(user_name)) add(user_name);
}

void Pseudonyms::add(std::string_view name) {
    if (!m_names.insert(to_lower_ascii(name)).second) return;
    m_logins.clear();
    for (const std::string& known : m_names)
        if (known.size() >= k_shortest_login) m_logins.push_back(known);
    std::vector<std::string> literals(k_anchors.begin(), k_anchors.end());
    literals.insert(literals.end(), m_logins.begin(), m_logins.end());
    m_literals = LiteralSet(literals, Fold::CaseAndDigits);
}

std::string Pseudonyms::pseudonym(std::string_view name) const {
    if (m_key.empty()) return "user";
    return "u" + hmac_sha256_hex(m_key, to_lower_ascii(name)).substr(0, 8);
}

void Pseudonyms::learn(std::string_view text) {
    static const std::set<std::string, std::less<>> k_none;
    anchors().for_each(text, [&](std::size_t anchor, std::size_t begin) {
        if (anchor != Home && anchor != Users) return;
        const auto name = home_name(text, begin, anchor == Home ? 4 : 5);
        if (!name) return;
        const std::string_view spelled = text.substr(name->begin, name->end - name->begin);
        if (is_personal_name(spelled) && m_names.size() < 64) add(spelled);
    });
}

bool Pseudonyms::anonymise(std::string& text) const {
    std::string out;
    std::size_t copied = 0;
    const auto replace = [&](const Name& name) {
        const std::string_view spelled = std::string_view(text).substr(name.begin, name.end - name.begin);
        if (name.begin < copied || !is_personal_name(spelled)) return;
        out.append(text, copied, name.begin - copied);
        out.append(pseudonym(spelled));
        copied = name.end;
    };
    const LiteralSet& literals = m_logins.empty() ? anchors() : m_literals;
    literals.for_each(text, [&](std::size_t found, std::size_t begin) {
        if (found < FirstLogin) {
            if (const auto name = name_at(text, found, begin, m_names)) replace(*name);
        } else {
            const std::size_t end = begin + m_logins[found - FirstLogin].size();
            if (is_login(text, begin, end)) replace({begin, end});
        }
    });
    if (copied == 0) return false;
    out.append(text, copied);
    text = std::move(out);
    return true;
}

}  // namespace opentraces::security
