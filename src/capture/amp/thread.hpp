// A thread of Amp as steps.
#pragma once

#include <string>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture::amp {

// The start of a document.
bool is_thread(const json::Value& thread);
// The folder that the thread began in; empty: it does not say.
std::string folder_of(const json::Value& thread);

// By what a message is known again, in whatever thread it stands. Of the start of a document, that of its
// first message; empty where there is none.
std::string identity_of(const json::Value& message);
std::string first_identity(const json::Value& thread);

// What the thread has from one that it was forked from.
struct Fork {
    std::size_t messages = 0;  // from the start
    std::string thread;        // the id of the other one
};

void tell(json::Value& thread, const Fork& fork, std::string_view reader_version, ParsedSession& parsed);

}  // namespace opentraces::capture::amp
