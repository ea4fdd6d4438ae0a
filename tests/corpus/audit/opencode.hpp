// The rows of OpenCode's databases, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

std::vector<std::string> opencode_databases(const std::string& folder);

// What the files of OpenCode before 1.2 say (storage/message/<session>/*.json, storage/part/..., and
// storage/session/...), as rows of a database of later versions. Returns its path, in `folder`.
std::string database_of_storage(const std::string& storage, const std::string& folder);

// Of every session of the database, by its id.
std::map<std::string, Counts> count_opencode(const std::string& database);

}  // namespace opentraces::audit
