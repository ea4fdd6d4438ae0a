// Claude Code, all versions from 1.0 on.
//
// Files: <config>/projects/<project path, other characters than letters and digits as '-'>/<session
// id>.jsonl. Sub-agents: isSidechain lines in the session's file (1.0.x), agent-<id>.jsonl beside it (2.0.x),
// and <session id>/subagents/ (2.1.x).
#pragma once

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture {

class ClaudeCodeParser final : public AgentParser {
public:
    std::string_view name() const override { return "claude-code"; }
    bool recognises(std::string_view path, std::string_view head) const override;
    ParsedSession parse(const std::string& path, fs::Disk& disk, Neighbours& neighbours) const override;
    Discovered discover(const std::string& folder, fs::Disk& disk) const override;
    std::string sessions_folder(const std::string& project, const Environment& environment) const override;
};

}  // namespace opentraces::capture
