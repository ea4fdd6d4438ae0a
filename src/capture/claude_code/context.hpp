// What the program showed the model beside the conversation, as the log holds it (lines of type attachment).
#pragma once

#include <optional>
#include <string>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::claude_code {

// The text; empty when the log does not hold one, or when it was for the person alone. Nullopt for a kind of
// attachment that is not known. Of queued_command, whose text is a prompt, nothing.
std::optional<std::string> context_of(const json::Value& attachment);

}  // namespace opentraces::capture::claude_code
