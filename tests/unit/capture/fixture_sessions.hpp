// Sessions among the fixtures, and what every reader owes to any part of them.
#pragma once

#include <string>
#include <vector>

#include "catch.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"
#include "where.hpp"

namespace opentraces::testing {

// Bytes of tests/fixtures/sessions/<name>.
std::string session_bytes(const std::string& name);

// A file as if it lay at this path.
capture::ParsedSession read_at(const std::string& path, const std::string& bytes, const std::string& agent);

std::vector<std::string> agents_that_know(const std::string& path, const std::string& bytes);

// What is read of a file, also of a stream that cannot be undone.
capture::ParsedSession read_or_refuse(const std::string& path, const std::string& bytes,
                                      const std::string& agent);

// A session that is cut off anywhere is a record, or is left out or refused for a reason.
void check_every_cut(const std::string& path, const std::string& bytes, const std::string& agent,
                     std::size_t step = 1);

}  // namespace opentraces::testing
