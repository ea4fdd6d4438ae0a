// Sessions in databases that hold others too, and more than sessions: which rows are one's own.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture {

struct SessionRows {
    std::string_view table;
    std::string_view from;  // what follows FROM in SQL; ?1 is the session's id
};
// All that the reader of this agent asks of a database about a session; none: it reads no databases.
std::span<const SessionRows> session_rows(std::string_view agent);

struct Excerpt {
    std::string path;   // of the database, or of the chat history of Aider
    std::string bytes;  // of one with the session alone, and nothing else of it
};
// Nullopt for a session that has its files for itself: its locator is not path#id.
std::optional<Excerpt> excerpt_of(const SessionRef& session, fs::Disk& disk);

}  // namespace opentraces::capture
