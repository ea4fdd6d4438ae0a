// E-mail addresses, and those that are nobody's or that a package has published.
#include <algorithm>
#include <array>
#include <string>

#include "opentraces/core/text.hpp"
#include "security/match/matchers.hpp"

namespace opentraces::security {
namespace {

bool non_ascii(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}

bool is_local_part(char c) {
    return is<'w'>(c) || non_ascii(c) || std::string_view("._%+-").find(c) != std::string_view::npos;
}

bool is_domain(char c) {
    return is<'w'>(c) || c == '.' || c == '-' || non_ascii(c);
}

// Endings that look like top-level domains but are file names or code far more often.
constexpr std::array<std::string_view, 23> k_file_endings = {
    "py", "rs", "sh", "md",   "js",   "ts",   "go",   "rb",  "cc",  "so",  "ps",  "ml",
    "hs", "cs", "vb", "json", "yaml", "toml", "html", "css", "png", "svg", "lock"};

// Longer endings that are real; every two-letter ending counts as a country.
constexpr std::array<std::string_view, 58> k_top_level = {
    "com",     "org",      "net",     "edu",       "gov",     "mil",      "int",         "info",
    "biz",     "name",     "dev",     "app",       "tech",    "cloud",    "online",      "site",
    "store",   "shop",     "blog",    "xyz",       "email",   "group",    "agency",      "digital",
    "studio",  "design",   "systems", "solutions", "network", "software", "engineering", "consulting",
    "company", "ventures", "capital", "finance",   "health",  "science",  "academy",     "university",
    "museum",  "travel",   "jobs",    "mobi",      "asia",    "pro",      "live",        "life",
    "world",   "today",    "team",    "works",     "space",   "zone",     "media",       "club",
    "global",  "legal"};

bool real_top_level(std::string_view ending) {
    const std::string folded = to_lower_ascii(ending);
    if (std::find(k_file_endings.begin(), k_file_endings.end(), folded) != k_file_endings.end()) return false;
    if (folded.size() == 2) return run_end<'a'>(folded, 0) == 2;
    return std::find(k_top_level.begin(), k_top_level.end(), folded) != k_top_level.end();
}

constexpr std::array<std::string_view, 4> k_reserved_endings = {".example", ".test", ".invalid",
                                                                ".localhost"};

// Reserved for documentation and tests (RFC 2606), and what everybody uses like that.
bool is_example_domain(std::string_view domain) {
    for (const std::string_view safe :
         {"example.com", "example.org", "example.net", "example.edu", "test.com", "localhost", "domain.com",
          "yourdomain.com", "yourcompany.com"})
        if (domain == safe || (domain.ends_with(safe) && domain[domain.size() - safe.size() - 1] == '.'))
            return true;
    return std::any_of(k_reserved_endings.begin(), k_reserved_endings.end(),
                       [&](std::string_view ending) { return domain.ends_with(ending); });
}

// "noreply", "no-reply+x", "donotreply", "notifications-noreply"
bool is_noreply(std::string_view local, std::string_view domain) {
    std::string letters;
    for (const char c : local)
        if (c != '-' && c != '_' && c != '.') letters += c;
    for (const std::string_view word : {"noreply", "donotreply"})
        if (letters.starts_with(word) || letters.ends_with(word)) return true;
    return domain.starts_with("noreply.") || domain.find(".noreply.") != std::string_view::npos;
}

bool harmless_address(std::string_view local, std::string_view domain) {
    const bool stands_for_any = local.starts_with("your-") || local.starts_with("your.") ||
                                local.starts_with("your_") || local == "example";
    return local == "git" || stands_for_any || is_noreply(local, domain) || is_example_domain(domain) ||
           domain.ends_with(".iam.gserviceaccount.com");
}

// Is the address one that a package or a licence has published with its author's name?
bool is_published(std::string_view text, std::size_t begin) {
    constexpr std::size_t k_line = 200;
    constexpr std::size_t k_list = 600;
    const std::string_view near = text.substr(begin < k_line ? 0 : begin - k_line, std::min(begin, k_line));
    std::size_t line = near.find_last_of("\r\n");
    line = line == std::string_view::npos ? 0 : line + 1;
    const std::string before = to_lower_ascii(near.substr(line));
    for (const std::string_view word : {"copyright ", "(c) ", "\xc2\xa9", "author-email:", "maintainer:",
                                        "maintainer-email:", "original-maintainer:", "last-translator:"})
        if (before.find(word) != std::string::npos) return true;
    // composer.lock: "authors": [{"name": …, "email": …}]
    if (!before.ends_with("\"email\": \"")) return false;
    const std::string_view list = text.substr(begin < k_list ? 0 : begin - k_list, std::min(begin, k_list));
    const std::size_t authors = list.rfind("\"authors\": [");
    return authors != std::string_view::npos && list.find(']', authors) == std::string_view::npos;
}

// user@host:owner/repo and ssh://user@host/repo name an account of a machine.
bool is_remote(std::string_view text, Span address) {
    if (text.substr(0, address.begin).ends_with("://")) return true;
    if (address.end + 1 >= text.size() || text[address.end] != ':' ||
        !(is<'w'>(text[address.end + 1]) || text[address.end + 1] == '~'))
        return false;
    const std::string_view path = text.substr(address.end + 1, 200);
    std::size_t end = 0;
    while (end < path.size() &&
           (is<'n'>(path[end]) || std::string_view("_./~").find(path[end]) != std::string_view::npos))
        ++end;
    const std::string_view named = path.substr(0, end);
    return named.ends_with(".git") ||
           (named.find('/') != std::string_view::npos && run_end<'d'>(named, 0) == 0);
}

// Names of algorithms, as SSH lets everybody make them up below a domain (RFC 4251, 6).
bool is_algorithm(std::string_view local, std::string_view domain) {
    const bool vendor = domain == "openssh.com" || domain == "libssh.org" || domain == "lysator.liu.se" ||
                        domain == "openssh.org" || domain == "putty.projects.tartarus.org";
    return vendor && local.find_first_of("-0123456789") != std::string_view::npos;
}

// <id@host> of mails: a header says so, or an archive of lists.
bool is_message_id(std::string_view text, std::size_t begin, std::string_view local) {
    constexpr std::size_t k_near = 40;
    if (std::none_of(local.begin(), local.end(), is<'d'>)) return false;
    const std::string near =
        to_lower_ascii(text.substr(begin < k_near ? 0 : begin - k_near, std::min(begin, k_near)));
    for (const std::string_view sign :
         {"message-id", "in-reply-to", "references:", "/r/", "msgid", "/msg/", "thread_name="})
        if (near.find(sign) != std::string::npos) return true;
    return false;
}

}  // namespace

std::optional<Span> match_email(const Rule&, std::string_view text, Span anchor) {
    std::size_t begin = anchor.begin;
    while (begin > 0 && anchor.begin - begin < 64 && is_local_part(text[begin - 1]))
        --begin;
    while (begin < anchor.begin && (text[begin] == '.' || text[begin] == '-' || text[begin] == '%'))
        ++begin;
    std::size_t end = anchor.end;
    while (end < text.size() && end - anchor.end < 253 && is_domain(text[end]))
        ++end;
    while (end > anchor.end && (text[end - 1] == '.' || text[end - 1] == '-'))
        --end;
    if (begin == anchor.begin || end == anchor.end || !is<'w'>(text[anchor.end])) return std::nullopt;
    const std::string_view domain = text.substr(anchor.end, end - anchor.end);
    const std::size_t dot = domain.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || !real_top_level(domain.substr(dot + 1)))
        return std::nullopt;
    if (domain.find("..") != std::string_view::npos) return std::nullopt;
    // name@1.2.3-beta.rc is a package version.
    const std::string_view first_label = domain.substr(0, domain.find('.'));
    if (run_end<'d'>(first_label, 0) == first_label.size()) return std::nullopt;
    const std::string local = to_lower_ascii(text.substr(begin, anchor.begin - begin));
    const std::string folded = to_lower_ascii(domain);
    if (harmless_address(local, folded) || is_published(text, begin)) return std::nullopt;
    if (is_remote(text, {begin, end}) || is_algorithm(local, folded) || is_message_id(text, begin, local))
        return std::nullopt;
    return Span{begin, end};
}

}  // namespace opentraces::security
