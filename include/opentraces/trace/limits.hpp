// How much of long texts a record keeps, and how it says that there was more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "opentraces/trace/record.hpp"

namespace opentraces::trace {

// In code points.
struct ContentLimits {
    std::size_t observation = 10'000;  // of tool results; 0: all of them
    std::size_t summary = 200;
    std::size_t snippet = 5'000;
    std::size_t task = 500;
};

struct LimitsApplied {
    std::int64_t observations = 0;
    std::int64_t snippets = 0;
    bool task = false;
};

// What stands where a text was cut: a number between the first two, or the last.
inline constexpr std::string_view k_end_marker_begin = "\n[... ";
inline constexpr std::string_view k_end_marker_end = " more characters]";
inline constexpr std::string_view k_more = "...";

// How many bytes of the text may be kept, so that it has at most `limit` code points: whoever knows what no
// cut may go through (half a secret, a marker) says less. security::safe_cut() does.
using CutAt = std::function<std::size_t(std::string_view text, std::size_t limit)>;

// How many characters the text says that were cut from it; nullopt for one that is whole.
std::optional<std::size_t> characters_cut(std::string_view text);

// Cuts long texts and derives each output_summary from its content. Other texts end in
// "\n[... N more characters]" when cut, and are not cut again. Parsers hand over full texts: this is for the
// scrubbed record.
LimitsApplied apply_content_limits(TraceRecord& record, const CutAt& cut_at,
                                   const ContentLimits& limits = {});
// Adds the counts to metadata.opentraces_truncated; nothing if nothing was cut.
void note_limits(TraceRecord& record, const LimitsApplied& applied);

}  // namespace opentraces::trace
