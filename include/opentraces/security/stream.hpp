// Redaction of text and JSON as bytes, for streams that are too long to hold.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/scrub.hpp"

namespace opentraces::security {

// One JSON value and white space, nothing else.
bool is_json(std::string_view text);

// JSON text with its strings redacted in place: what is not replaced keeps its bytes, and the text stays
// JSON. Offsets are into `text`.
RedactedText redact_json(std::string_view text, const ScrubOptions& options);

struct RedactedWindow {
    std::string text;               // redacted form of window[context, consumed)
    std::size_t consumed = 0;       // the caller keeps the window from here on
    std::vector<Finding> findings;  // within [context, consumed); offsets are into the window
};
// One window of a longer text. The first `context` bytes were handed out before and only help to understand
// the rest. Unless it is the last window, `consumed` stays short of the end and never cuts a finding; it is
// `context` when the window must grow first.
RedactedWindow redact_window(std::string_view window, std::size_t context, bool last,
                             const ScrubOptions& options);

}  // namespace opentraces::security
