// The lines of a Codex rollout, counted without the product's readers.
#pragma once

#include <string>
#include <vector>

#include "corpus/audit/counts.hpp"

namespace opentraces::audit {

// The lines that a fork has from its parent: they follow the parent's session_meta within moments.
class ForkedLines {
public:
    bool is_copied(const json& line);  // of all lines, in their order

private:
    std::string m_id;
    bool m_has_meta = false;
    bool m_copying = false;
    long m_before = -1;
};

std::vector<std::string> codex_sessions(const std::string& folder);

Counts count_codex(const std::string& session);

}  // namespace opentraces::audit
