// A session of Hermes Agent, from its database or its JSON log, and what becomes of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "capture/session_builder.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/diagnostic.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::hermes {

struct Message {
    json::Value data;  // in the shape of chat completions
    std::string at;
};

struct Chat {
    SessionFacts about;
    std::string system_prompt;
    std::string platform;  // where it was said: "cli", "telegram"
    std::string end_reason;
    json::Array tools;
    std::vector<Message> messages;
    enrich::ModelUsage usage;  // of the whole session
    std::vector<Diagnostic> skipped;
};

void tell(Chat chat, std::string_view reader_version, ParsedSession& parsed);

}  // namespace opentraces::capture::hermes
