#include "opentraces/quality/advice.hpp"

#include <algorithm>
#include <array>

namespace opentraces::quality {
namespace {

using namespace std::string_view_literals;

// clang-format off
constexpr std::array k_agents{
    "aider"sv,
    "amp"sv,
    "antigravity"sv,
    "claude-code"sv,
    "cline"sv,
    "codex"sv,
    "continue"sv,
    "copilot"sv,
    "cursor"sv,
    "droid"sv,
    "gemini"sv,
    "gptme"sv,
    "grok"sv,
    "hermes"sv,
    "iflow"sv,
    "kimi"sv,
    "kiro"sv,
    "openclaw"sv,
    "opencode"sv,
    "openhands"sv,
    "pi"sv,
    "qwen"sv,
    "specstory"sv,
    "swe-agent"sv,
    "vibe"sv,
    "windsurf"sv,
};
// clang-format on

struct Advice {
    std::string_view checks;  // ids with blanks between
    std::string_view words;
    std::string_view agent = {};  // empty: every one
};

constexpr std::string_view k_ours =
    "opentraces writes this itself: read the session again with opentraces recapture ID; if that does not "
    "help, please report it.";
constexpr std::string_view k_leave_out = "Leave such sessions out: opentraces reject ID";

// The first row that names the check and is of the agent, or of every one.
constexpr std::array k_rows{
    // Claude Code documentation, "Settings"; Codex documentation, "Configuration".
    Advice{"C16 T6 T7 U4",
           "Set \"showThinkingSummaries\": true in ~/.claude/settings.json: without it Claude Code keeps no "
           "readable thinking.",
           "claude-code"},
    Advice{"C16 T6 T7 U4",
           "Set model_reasoning_summary = \"detailed\" in ~/.codex/config.toml: the reasoning itself is kept "
           "encrypted.",
           "codex"},
    Advice{"C16 T6 T7 U4", "Choose a model that shows its reasoning, and a variant of it that reasons.",
           "opencode"},
    Advice{"C16 T6 T7 U4", "Choose a model that shows its reasoning, and a level of thinking above \"off\".",
           "pi"},
    Advice{"C16 T6 T7 U4", "Choose a model that shows its reasoning, and have the agent ask it for that."},
    Advice{"T4 U7", "Nothing: the agent's system prompt is not taken from its sessions."},
    Advice{"D7 M7", "Update the agent: old versions do not name themselves in their sessions."},
    Advice{"D8 M8", "Nothing: the session does not say on which system it ran."},
    Advice{"C13 C19 C20 A1 A2 A5 RL4 RL5 N1 N6 R6",
           "Tokens are counted by the agent, and prices are known for the models of large vendors: with "
           "another provider, let it report usage."},
    Advice{"C5 C21 A3 A4 N5 S5",
           "Times are those of the session: capture the agent's own file, not an edited copy."},
    Advice{"A6 RL8 N8 R8", "The model is named by the session: capture the agent's own file, whole."},
    Advice{"T2 U2 R7",
           "Calls that were interrupted have no result: let the agent finish, then run opentraces capture."},
    Advice{"U6",
           "The agent cuts long results: have it read parts of long files, and commands print less. Capture "
           "soon, while its files are there."},
    Advice{"C15 D3 T8 M3 U5", "Say in the first message what is to be done, in a sentence."},
    Advice{
        "T1",
        "Nothing: an agent takes several steps for one request. Rubric 1 allows for that: opentraces assess "
        "--rubric 1"},
    Advice{"C6 S6 T5 U1 U3 U8 U9 U10", k_leave_out},
    Advice{"R2", "Look at the trace, and leave it out if neither is right: opentraces reject ID"},
    Advice{"R3", "Have the agent run the tests again after its last change, before the session ends."},
    Advice{"C22 RL1 RL2 RL3 RL7 T9 R1 R4 R5",
           "Have the agent run the tests and commit its work with git before the session ends; then run "
           "opentraces capture."},
    Advice{"C17 D4 M5", "Run the agent inside of a git repository that has a commit."},
    Advice{"D1 D2 D6 M1 M2 M6",
           "This follows from the files that the agent reads and edits: sessions about no code have none."},
    Advice{"C23 S13", "Read the session again: opentraces recapture ID"},
    Advice{"C24 S14", "Revoke the credential, and read the session again: opentraces recapture ID"},
    Advice{"C25 S15",
           "Name what is to be removed, and read the session again: opentraces config set redact, then "
           "opentraces recapture ID"},
    Advice{"M9", "Push such traces to a dataset of their own: opentraces push ID --repo OWNER/NAME"},
    Advice{"C1 C2 C3 C4 C7 C8 C9 C10 C11 C12 C14 C18 C26 C27 C28 A7 A8 RL6 T3 T10 D5 "
           "S1 S2 S3 S4 S7 S8 S9 S10 S11 S12 N2 N3 N4 N7 M4",
           k_ours},
};

bool names(std::string_view ids, std::string_view id) {
    for (std::size_t at = ids.find(id); at != ids.npos; at = ids.find(id, at + 1)) {
        const std::size_t end = at + id.size();
        if ((at == 0 || ids[at - 1] == ' ') && (end == ids.size() || ids[end] == ' ')) return true;
    }
    return false;
}

}  // namespace

std::span<const std::string_view> advised_agents() {
    return k_agents;
}

std::string_view advice(const CheckInfo& check, std::string_view agent) {
    if (std::find(k_agents.begin(), k_agents.end(), agent) == k_agents.end()) return check.fix;
    const auto row = std::find_if(k_rows.begin(), k_rows.end(), [&](const Advice& advice) {
        return (advice.agent.empty() || advice.agent == agent) && names(advice.checks, check.id);
    });
    return row == k_rows.end() ? check.fix : row->words;
}

}  // namespace opentraces::quality
