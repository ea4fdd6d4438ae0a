// The agents' rows, for the list in agents.cpp.
#pragma once

#include "opentraces/capture/agent.hpp"

namespace opentraces::capture {

extern const Agent k_claude_code;
extern const Agent k_codex;
extern const Agent k_gemini;
extern const Agent k_qwen;
extern const Agent k_opencode;
extern const Agent k_copilot;
extern const Agent k_cursor;
extern const Agent k_pi;
extern const Agent k_openclaw;
extern const Agent k_droid;
extern const Agent k_kimi;
extern const Agent k_grok;
extern const Agent k_amp;
extern const Agent k_vibe;
extern const Agent k_aider;
extern const Agent k_gptme;
extern const Agent k_cline;
extern const Agent k_continue;
extern const Agent k_iflow;
extern const Agent k_antigravity;
extern const Agent k_windsurf;
extern const Agent k_specstory;
extern const Agent k_hermes;
extern const Agent k_kiro;
extern const Agent k_openhands;
extern const Agent k_swe_agent;

}  // namespace opentraces::capture
