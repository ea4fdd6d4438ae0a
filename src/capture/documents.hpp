// Session files that are one JSON document.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture {

// A longer document is refused.
inline constexpr std::size_t k_longest_document = std::size_t{512} << 20;

// The whole document. Escapes of half a surrogate pair are read as U+FFFD. Nullopt, and the session refused
// with the line, if the file is empty, too long, or no JSON: a file that is cut off is told as that.
std::optional<json::Value> read_session_document(const std::string& path, Sources& sources,
                                                 ParsedSession& parsed);

// The same for a file beside the session (its settings, its metadata): null if it is not there or is no JSON,
// which is then counted as skipped. Not read through a link.
json::Value read_side_document(const std::string& path, Sources& sources, ParsedSession& parsed);

// Does a file lie there itself, and not a link to one?
bool is_file_itself(const std::string& path, fs::Disk& disk);

}  // namespace opentraces::capture
