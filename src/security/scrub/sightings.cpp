#include "security/scrub/sightings.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "security/match/literal_set.hpp"
#include "security/scrub/names.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_name = 64;
constexpr std::size_t k_max_line = 600;
constexpr std::size_t k_max_words = 60;

enum Anchor : std::uint32_t {
    Home,
    Users,
    Tilde,
    AtSign,
    ListingA,
    ListingB,
    ListingC,
    Bracket,
    Processes,
    UidEquals,
    UidColon,
    Passwd,
    UserEquals,
    UserColon,
    UserQuoted,
    LoginEquals,
    NameEquals,
    Linux,
    Darwin,
    HostEquals,
    ComputerEquals,
    StaticHost,
    NodeName,
    WhoAmI,
    UserName,
    UserSection,
    AuthorName,
    CommitterName,
    SshKey,
    EcdsaKey,
    Fingerprint,
    LoggedIn,
    Greeting,
    End,
};

constexpr std::array<std::string_view, End> k_anchors = {"home",
                                                         "users",
                                                         "~",
                                                         "@",
                                                         "rw-",
                                                         "rwx",
                                                         "r--",
                                                         " <",
                                                         " pid ",
                                                         "uid=",
                                                         "uid: (",
                                                         ":x:",
                                                         "user=",
                                                         "user: ",
                                                         "user\": \"",
                                                         "logname=",
                                                         "username=",
                                                         "linux ",
                                                         "darwin ",
                                                         "hostname=",
                                                         "computername=",
                                                         "hostname:",
                                                         "computer name: ",
                                                         "whoami",
                                                         "user.name",
                                                         "[user]",
                                                         "git_author_name",
                                                         "git_committer_name",
                                                         "ssh-",
                                                         "ecdsa-sha2-",
                                                         "sha256:",
                                                         "logged in to ",
                                                         "you've successfully authenticated"};

const LiteralSet& anchors() {
    static const LiteralSet set({k_anchors.begin(), k_anchors.end()}, Fold::CaseAndDigits);
    return set;
}

void read_path(std::string_view text, std::size_t begin, std::size_t length, const Logins& logins,
               const Seen& seen) {
    if (const auto name = home_name(text, begin, length)) {
        seen({*name, Subject::Login, Evidence::Home});
    } else if (const auto encoded = encoded_name(text, begin, length, logins)) {
        seen({*encoded, Subject::Login, Evidence::Listing});
    }
}

void read_at(std::string_view text, std::uint32_t anchor, std::size_t begin, const Logins& logins,
             const Seen& seen) {
    const std::size_t length = k_anchors[anchor].size();
    switch (anchor) {
        case Home:
        case Users:
            return read_path(text, begin, length, logins, seen);
        case Tilde:
            if (const auto name = tilde_name(text, begin)) seen({*name, Subject::Login, Evidence::Listing});
            return;
        case AtSign:
            return read_at_sign(text, begin, seen);
        case ListingA:
        case ListingB:
        case ListingC:
            return read_listing(text, begin, seen);
        case Bracket:
            return read_name_before_address(text, begin + 1, seen);
        case Processes:
            return read_processes(text, begin, seen);
        case UidEquals:
        case UidColon:
            return read_ids(text, begin, length, seen);
        case Passwd:
            return read_account(text, begin, seen);
        case UserEquals:
        case UserColon:
        case UserQuoted:
        case LoginEquals:
        case NameEquals:
            return read_variable(text, begin, length, seen);
        case Linux:
        case Darwin:
        case HostEquals:
        case ComputerEquals:
        case StaticHost:
        case NodeName:
            return read_machine(text, begin, length, seen);
        case WhoAmI:
            return read_whoami(text, begin, length, seen);
        case UserName:
        case UserSection:
        case AuthorName:
        case CommitterName:
            return read_git_settings(text, begin, length, seen);
        case SshKey:
        case EcdsaKey:
        case Fingerprint:
            return read_key_comment(text, begin, seen);
        default:
            return read_forge_greeting(text, begin, length, seen);
    }
}

}  // namespace

Span line_around(std::string_view text, std::size_t at) {
    const auto ends = [&](std::size_t i) {
        return text[i] == '\n' || text[i] == '\r' ||
               (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'n' || text[i + 1] == 'r'));
    };
    Span line{at, at};
    while (line.begin > 0 && at - line.begin < k_max_line) {
        if (ends(line.begin - 1)) break;
        if (line.begin > 1 && ends(line.begin - 2) && text[line.begin - 2] == '\\') break;
        --line.begin;
    }
    while (line.end < text.size() && line.end - at < k_max_line && !ends(line.end))
        ++line.end;
    return line;
}

std::optional<Span> login_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && end - at < k_max_name && is_name_char(text[end]))
        ++end;
    while (end > at && (text[end - 1] == '.' || text[end - 1] == '-'))
        --end;
    if (end == at || end - at == k_max_name || text[at] == '.' || text[at] == '-') return std::nullopt;
    return Span{at, end};
}

std::optional<Span> words_at(std::string_view text, std::size_t at) {
    const auto joins = [](char c) { return is_name_char(c) || c == ' ' || c == '\''; };
    std::size_t end = at;
    while (end < text.size() && end - at <= k_max_words && joins(text[end]))
        ++end;
    if (end - at > k_max_words) return std::nullopt;
    while (end > at && !is_name_char(text[end - 1]))
        --end;
    if (end == at || text[at] == ' ') return std::nullopt;
    return Span{at, end};
}

void find_sightings(std::string_view text, const Logins& logins, const Seen& seen) {
    anchors().for_each(
        text, [&](std::uint32_t anchor, std::size_t begin) { read_at(text, anchor, begin, logins, seen); });
}

}  // namespace opentraces::security
