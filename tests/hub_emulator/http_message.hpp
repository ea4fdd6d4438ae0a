// HTTP/1.1 messages and the URL pieces the routes need. Targets stay raw: the Hub's clients send a slash
// inside a revision or path both as `/` and as `%2F`, and only the routes know which is which.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator.hpp"

namespace hub_emulator {

std::string percent_decode(std::string_view text, bool plus_is_space = false);
// Everything but unreserved characters and those in `keep` is escaped.
std::string percent_encode(std::string_view text, std::string_view keep = "");
std::string to_lower(std::string text);
std::vector<std::string> split(std::string_view text, char separator);

using Parameters = std::vector<std::pair<std::string, std::string>>;
Parameters parse_form(std::string_view text);

struct HttpRequest {
    std::string method;
    std::string target;
    std::vector<std::string> raw_segments;  // of the path, still escaped
    std::string path;                       // percent-decoded, for matching only
    std::string raw_query;
    Parameters query;
    HeaderList headers;
    std::string body;
    bool chunked = false;
    Origin origin = Origin::k_hub;

    void set_target(std::string value);
    const std::string* header(std::string_view name) const;
    std::string header_or(std::string_view name, const std::string& fallback = "") const;
    std::optional<std::string> param(std::string_view name) const;
    bool param_is_true(std::string_view name) const;
    std::vector<std::string> params(std::string_view name) const;
};

struct HttpResponse {
    int status = 200;
    HeaderList headers;
    std::string body;
    bool chunked = false;

    void set(const std::string& name, const std::string& value);  // replaces
    const std::string* header(std::string_view name) const;
};

// What the connection does with an answer.
struct Reply {
    HttpResponse response;
    bool drop = false;                         // close without a byte
    std::optional<std::uint64_t> truncate_at;  // body bytes to send before closing
    std::function<void()> after;               // runs once the answer is sent and the connection closed
};

const char* reason_phrase(int status);

// Applies a single byte range to a complete 200 answer: 206, or 416 with `Content-Range: bytes */size`.
void apply_range(const HttpRequest& request, HttpResponse& response);

}  // namespace hub_emulator
