// What Gemini CLI and the programs made out of it show of an edit beside its result: resultDisplay{fileDiff,
// fileName, originalContent, newContent, isNewFile}.
#pragma once

#include <string_view>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::gemini {

// What the call asked for (capture::changes_asked), with the content before and after and the places that the
// program shows. `text` is what the model was told: it says of a write whether there was a file before.
std::vector<enrich::FileChange> changes_shown(const trace::ToolCall& call, const json::Value& display,
                                              std::string_view text);

}  // namespace opentraces::capture::gemini
