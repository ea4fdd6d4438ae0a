// What is left of a hidden text where a limit has cut the text around it.
#include <algorithm>

#include "opentraces/security/decided.hpp"
#include "opentraces/trace/limits.hpp"
#include "opentraces/trace/walk.hpp"
#include "security/rules/rule.hpp"

namespace opentraces::security {
namespace {

// Where what says that the text was cut begins; npos for a whole one.
std::size_t cut_of(std::string_view text) {
    if (trace::characters_cut(text)) return text.rfind(trace::k_end_marker_begin);
    return text.ends_with(trace::k_more) ? text.size() - trace::k_more.size() : std::string_view::npos;
}

// How much of the beginning stands at the end; 0 for too little to tell.
std::size_t begun(std::string_view kept, std::string_view hidden) {
    for (std::size_t length = std::min(kept.size(), hidden.size() - 1); length >= k_shortest_hidden; --length)
        if (kept.ends_with(hidden.substr(0, length))) return length;
    return 0;
}

}  // namespace

std::vector<std::string> redact_cut(trace::TraceRecord& record, std::string_view text) {
    std::vector<std::string> fields;
    trace::walk_texts(record, [&](const trace::TextPlace& place, std::string& in) {
        const std::size_t cut = cut_of(in);
        if (place.is_key || cut == std::string_view::npos) return;
        const std::size_t length = begun(std::string_view(in).substr(0, cut), text);
        if (length == 0) return;
        in.replace(cut - length, length, k_marker);
        fields.emplace_back(place.path);
    });
    return fields;
}

}  // namespace opentraces::security
