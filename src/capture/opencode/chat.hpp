// One OpenCode session as its tables have it, and what becomes of it.
#pragma once

#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::opencode {

struct Message {
    std::string id;
    json::Value data;
    std::vector<json::Value> parts;  // in their order; each with its "id"
};

struct Chat {
    std::string id;
    std::string parent;  // the session whose task this one is
    std::string directory;
    std::string title;
    std::string version;
    std::int64_t created_ms = 0;
    std::int64_t updated_ms = 0;
    std::vector<Message> messages;  // in their order
};

// Fills record, report and evidence; the verdict is left to the caller.
void tell(Chat chat, std::string_view reader_version, ParsedSession& parsed);

}  // namespace opentraces::capture::opencode
