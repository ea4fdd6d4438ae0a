// The entries of a Pi session file, and which of them are its conversation. Of the formats of Pi
// (docs/session.md of pi-coding-agent): version 1 is a plain sequence, 2 and 3 are a tree by id and parentId,
// in which going back leaves a branch.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::pi {

struct Entry {
    json::Value value;
    std::string id;  // empty in version 1
    bool abandoned = false;
    bool copied = false;  // by a fork, from the session that the header names
};

struct Log {
    json::Value header;  // null: none was found
    std::vector<Entry> entries;
    std::unordered_set<std::string> ids;
    std::size_t repeated = 0;  // with an id that was there before: left out
};

// The first line of every session file.
bool is_header(const json::Value& line);
// The path of the session that a header says it was forked from; empty: none.
std::string_view parent_path(const json::Value& header);

void add(json::Value line, Log& log);
// The current conversation is the path from the last entry to the root. Parents that are no entries (calls,
// the session, what is missing) stand for the entry before.
void find_abandoned(Log& log);
// A fork holds the entries of its path as they were, with their times: earlier than its header.
void find_copied(Log& log);

}  // namespace opentraces::capture::pi
