#include "http_message.hpp"

#include <strings.h>

#include <algorithm>
#include <cctype>

namespace hub_emulator {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const int lower = std::tolower(static_cast<unsigned char>(c));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

const std::string* find_header(const HeaderList& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (same_name(key, name)) {
            return &value;
        }
    }
    return nullptr;
}

bool all_digits(std::string_view text) {
    return !text.empty() && text.size() < 19 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

std::string percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
            hex_value(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
    constexpr std::string_view k_hex = "0123456789ABCDEF";
    constexpr std::string_view k_unreserved = "-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 128 && std::isalnum(byte) != 0) || k_unreserved.find(c) != std::string_view::npos ||
            keep.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += k_hex[byte >> 4];
            out += k_hex[byte & 15];
        }
    }
    return out;
}

std::string to_lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    while (true) {
        const auto end = text.find(separator, start);
        parts.emplace_back(text.substr(start, end - start));
        if (end == std::string_view::npos) {
            return parts;
        }
        start = end + 1;
    }
}

Parameters parse_form(std::string_view text) {
    Parameters parameters;
    for (const auto& pair : split(text, '&')) {
        if (pair.empty()) {
            continue;
        }
        const auto equals = pair.find('=');
        const std::string_view view(pair);
        parameters.emplace_back(
            percent_decode(view.substr(0, equals), true),
            equals == std::string::npos ? "" : percent_decode(view.substr(equals + 1), true));
    }
    return parameters;
}

void HttpRequest::set_target(std::string value) {
    target = std::move(value);
    std::string_view rest(target);
    // Absolute-form targets are legal (RFC 9112, section 3.2.2).
    if (const auto scheme = rest.find("://"); scheme != std::string_view::npos && scheme < 6) {
        const auto slash = rest.find('/', scheme + 3);
        rest = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
    }
    const auto question = rest.find('?');
    const auto raw_path = rest.substr(0, question);
    raw_query = question == std::string_view::npos ? "" : std::string(rest.substr(question + 1));
    query = parse_form(raw_query);
    path = percent_decode(raw_path);
    raw_segments.clear();
    for (auto& segment : split(raw_path, '/')) {
        if (!segment.empty()) {
            raw_segments.push_back(std::move(segment));
        }
    }
}

const std::string* HttpRequest::header(std::string_view name) const {
    return find_header(headers, name);
}

std::string HttpRequest::header_or(std::string_view name, const std::string& fallback) const {
    const auto* value = header(name);
    return value != nullptr ? *value : fallback;
}

std::optional<std::string> HttpRequest::param(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

bool HttpRequest::param_is_true(std::string_view name) const {
    const auto value = to_lower(param(name).value_or(""));
    return value == "true" || value == "1";
}

std::vector<std::string> HttpRequest::params(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : query) {
        if (key == name || key == std::string(name) + "[]") {
            values.push_back(value);
        }
    }
    return values;
}

void HttpResponse::set(const std::string& name, const std::string& value) {
    for (auto& [key, old] : headers) {
        if (same_name(key, name)) {
            old = value;
            return;
        }
    }
    headers.emplace_back(name, value);
}

const std::string* HttpResponse::header(std::string_view name) const {
    return find_header(headers, name);
}

const char* reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 206:
            return "Partial Content";
        case 302:
            return "Found";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 402:
            return "Payment Required";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 416:
            return "Range Not Satisfiable";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        default:
            return "Other";
    }
}

void apply_range(const HttpRequest& request, HttpResponse& response) {
    response.set("Accept-Ranges", "bytes");
    const auto* range = request.header("Range");
    if (range == nullptr || response.status != 200 || range->rfind("bytes=", 0) != 0) {
        return;
    }
    const auto spec = range->substr(6);
    const auto dash = spec.find('-');
    if (dash == std::string::npos || spec.find(',') != std::string::npos) {
        return;  // several ranges: a server may answer with everything
    }
    const auto size = response.body.size();
    const auto first_text = spec.substr(0, dash);
    const auto last_text = spec.substr(dash + 1);
    if ((!first_text.empty() && !all_digits(first_text)) || (!last_text.empty() && !all_digits(last_text)) ||
        (first_text.empty() && last_text.empty())) {
        return;
    }
    std::size_t first = 0;
    std::size_t last = size - 1;
    if (first_text.empty()) {
        first = size - std::min<std::size_t>(size, std::stoull(last_text));
    } else {
        first = std::stoull(first_text);
        last = last_text.empty() ? size - 1 : std::min<std::size_t>(size - 1, std::stoull(last_text));
    }
    if (size == 0 || first >= size || first > last) {
        response.status = 416;
        response.body.clear();
        response.set("Content-Range", "bytes */" + std::to_string(size));
        return;
    }
    response.status = 206;
    response.set("Content-Range",
                 "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(size));
    response.body = response.body.substr(first, last - first + 1);
}

}  // namespace hub_emulator
