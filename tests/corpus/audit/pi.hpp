// The lines of a session of Pi or OpenClaw, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// Every .jsonl file below the folder.
std::vector<std::string> line_files(const std::string& folder);

// A session with what the corpus has no sample of: branches, hidden reasoning, pictures.
std::string written_pi_session();

Counts count_pi(const std::string& session);

}  // namespace opentraces::audit
