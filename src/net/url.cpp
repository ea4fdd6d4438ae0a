#include "opentraces/net/url.hpp"

#include <fmt/format.h>

#include "opentraces/core/text.hpp"

namespace opentraces::net {
namespace {

constexpr std::size_t k_max_words = 300;

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

// "scheme://authority" of an absolute URL, else empty.
std::string_view before_path(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == url.npos) return {};
    return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

std::string without_queries(std::string_view text) {
    std::string out;
    bool in_url = false;
    bool in_query = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (text.substr(i).starts_with("://")) in_url = true;
        if (c == ' ' || c == '"' || c == '\'' || c == '<' || c == '>') in_url = in_query = false;
        if (in_query) continue;
        out += c;
        if (in_url && c == '?') {
            in_query = true;
            out += "…";
        }
    }
    return out;
}

}  // namespace

std::string origin_of(std::string_view url) {
    const std::string lower = to_lower_ascii(before_path(url));
    const bool secure = lower.starts_with("https://");
    if (!secure && !lower.starts_with("http://")) return {};
    std::string authority = lower.substr(lower.find("://") + 3);
    if (const std::size_t at = authority.rfind('@'); at != authority.npos) authority.erase(0, at + 1);
    if (authority.empty()) return {};
    const std::size_t colon = authority.rfind(':');
    const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos;
    if (!has_port) authority += secure ? ":443" : ":80";
    return (secure ? "https://" : "http://") + authority;
}

std::string percent_encode(std::string_view text, bool keep_slashes) {
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c) || (c == '/' && keep_slashes))
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string resolve_location(std::string_view url, std::string_view location) {
    if (location.find("://") < location.find_first_of("/?#")) return std::string(location);
    const std::string_view start = before_path(url);
    if (location.starts_with("//"))
        return std::string(url.substr(0, url.find("://") + 1)) + std::string(location);
    if (location.starts_with("/")) return std::string(start) + std::string(location);
    const std::string_view path = url.substr(0, url.find_first_of("?#"));
    const std::size_t slash = path.rfind('/');
    const std::string_view folder = slash < start.size() ? start : path.substr(0, slash);
    return std::string(folder) + "/" + std::string(location);
}

std::string server_words(std::string_view text) {
    const std::string line = without_queries(printable_line(repair_utf8(trim(text))));
    const std::string_view cut = first_code_points(line, k_max_words);
    return cut.size() == line.size() ? line : std::string(cut) + "…";
}

}  // namespace opentraces::net
