#include "store/names.hpp"

#include <algorithm>

#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_tag_digits = 16;
constexpr std::string_view k_trace_suffix = ".jsonl";
constexpr std::size_t k_digest_digits = 64;

bool ends_with_tag(std::string_view name) {
    return name.size() > k_tag_digits && name[name.size() - k_tag_digits - 1] == '.' &&
           is_lower_hex(name.substr(name.size() - k_tag_digits), k_tag_digits);
}

}  // namespace

bool is_trace_id(std::string_view text) {
    return is_uuid(text) && text == to_lower_ascii(text);
}

bool is_trace_file(std::string_view name) {
    return name.ends_with(k_trace_suffix) && is_trace_id(name.substr(0, name.size() - k_trace_suffix.size()));
}

bool is_pending_file(std::string_view name) {
    if (!name.ends_with(k_trace_suffix)) return false;
    name.remove_suffix(k_trace_suffix.size());
    return ends_with_tag(name) && is_trace_id(name.substr(0, name.size() - k_tag_digits - 1));
}

bool is_plain_name(std::string_view name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), plain);
}

bool is_raw_copy(std::string_view name) {
    constexpr std::size_t k_digits = 32;
    return name.ends_with(k_raw_suffix) &&
           is_lower_hex(name.substr(0, name.size() - k_raw_suffix.size()), k_digits);
}

bool is_shard_copy(std::string_view name) {
    if (!is_plain_name(name)) return false;
    if (name.starts_with("traces_") && name.ends_with(k_trace_suffix)) return true;
    const std::size_t dot = std::min(name.find('.'), name.size());
    const std::string_view kind = name.substr(dot);
    return is_lower_hex(name.substr(0, dot), k_digest_digits) && (kind == ".download" || kind == ".scored");
}

}  // namespace opentraces::store
