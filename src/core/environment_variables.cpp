#include "opentraces/core/environment_variables.hpp"

#include <array>

namespace opentraces {
namespace {

constexpr auto k_variables = std::to_array<EnvironmentVariable>({
    {"OPENTRACES_HOME", "folder of the user's own settings and keys, else `~/.opentraces`"},
    {"OPENTRACES_AGENTS", "the setting `agents`, with commas between"},
    {"OPENTRACES_REVIEW_POLICY", "the setting `review_policy`"},
    {"OPENTRACES_VISIBILITY", "the setting `visibility`"},
    {"OPENTRACES_KEEP_RAW", "the setting `capture.keep_raw`"},
    {"OPENTRACES_REDACT", "more texts of the setting `redact`, one on a line"},
    {"HOME", "where `~` is; an absolute path"},
    {"USER", "login name, replaced in paths by a pseudonym"},
    {"LOGNAME", "the same, without `USER`"},
    {"HF_TOKEN", "token of the Hub, before any that is stored"},
    {"HUGGING_FACE_HUB_TOKEN", "the same, older name"},
    {"HF_HUB_DISABLE_IMPLICIT_TOKEN", "`1`: no token that the Hub's own clients stored is used"},
    {"HF_TOKEN_PATH", "file of the token that the Hub's own clients stored, else `$HF_HOME/token`"},
    {"HF_HOME", "folder of the Hub's own clients, else `$XDG_CACHE_HOME/huggingface`"},
    {"XDG_CACHE_HOME", "else `~/.cache`"},
    {"HF_ENDPOINT", "address of the Hub, else `https://huggingface.co`"},
    {"HF_HUB_OFFLINE", "`1`: nothing is asked of the network"},
    {"OPENTRACES_ALLOW_HTTP",
     "`1`: tokens may go over plain http to another machine: the network is trusted"},
    {"OPENTRACES_JUDGE_URL", "address of a language model for `assess --judge`"},
    {"OPENTRACES_JUDGE_KEY", "its key"},
    {"PAGER",
     "program that long texts go through on a terminal, run without a shell, else `less`; empty or `cat`: "
     "none"},
    {"NO_PAGER", "set: no pager"},
    {"LESS", "options of `less`, else `FRX`"},
    {"PATH", "where the pager is looked for, in absolute folders only"},
    {"OTEL_EXPORTER_OTLP_TRACES_HEADERS",
     "headers for `export --endpoint`, `name=value` with commas between"},
    {"OTEL_EXPORTER_OTLP_HEADERS", "the same, without the former"},
    {"http_proxy",
     "proxy for http addresses; in small letters only, as a web server sets the other from a request"},
    {"https_proxy", "proxy for https addresses"},
    {"HTTPS_PROXY", "the same"},
    {"all_proxy", "proxy where none of these is set"},
    {"ALL_PROXY", "the same"},
    {"no_proxy", "hosts that are reached without a proxy"},
    {"NO_PROXY", "the same"},
    {"SSL_CERT_FILE", "certificates that are trusted instead of the system's"},
    {"SSL_CERT_DIR", "the same, a folder"},
    {"CLAUDE_CONFIG_DIR", "where Claude Code keeps its sessions, else `~/.claude`"},
    {"CODEX_HOME", "where Codex keeps its sessions, else `~/.codex`"},
    {"GEMINI_CLI_HOME", "where Gemini CLI keeps its sessions, in `.gemini`, else the home"},
    {"QWEN_RUNTIME_DIR", "where Qwen Code keeps its sessions, else `$QWEN_HOME`"},
    {"QWEN_HOME", "the same, else `~/.qwen`"},
    {"XDG_DATA_HOME",
     "where OpenCode, Amp, gptme and Kiro keep their sessions, in folders of their names, else "
     "`~/.local/share`"},
    {"COPILOT_HOME", "where GitHub Copilot CLI keeps its sessions, else `~/.copilot`"},
    {"CLINE_DIR", "where Cline's command line keeps its sessions, in `data/sessions`, else `~/.cline`"},
    {"CLINE_DATA_DIR", "the same, the folder `data` itself"},
    {"CLINE_SESSION_DATA_DIR", "the same, the folder of the sessions itself"},
    {"XDG_CONFIG_HOME",
     "where editors keep chats of Copilot and tasks of Cline and Roo Code, in `Code/User` and others; "
     "OpenCode its "
     "plugins, in `opencode`; else `~/.config`"},
    {"CONTINUE_GLOBAL_DIR", "where Continue keeps its sessions, in `sessions`, else `~/.continue`"},
    {"HERMES_HOME", "where Hermes Agent keeps its sessions, else `~/.hermes`"},
    {"OH_PERSISTENCE_DIR", "where OpenHands keeps its conversations, else `~/.openhands`"},
    {"MSWEA_GLOBAL_CONFIG_DIR",
     "where mini-swe-agent keeps its trajectories, else `~/.config/mini-swe-agent`"},
    {"PI_CODING_AGENT_DIR", "where Pi keeps its sessions, in `sessions`, else `~/.pi/agent`"},
    {"PI_CODING_AGENT_SESSION_DIR", "the same, the folder of the sessions itself"},
    {"OPENCLAW_STATE_DIR", "where OpenClaw keeps its sessions, in `agents`, else `~/.openclaw`"},
    {"FACTORY_HOME_OVERRIDE", "where Droid keeps its sessions, in `.factory/sessions`, else `~`"},
    {"KIMI_SHARE_DIR", "where Kimi CLI keeps its sessions, else `~/.kimi`"},
    {"KIMI_CODE_HOME", "where Kimi Code keeps its sessions, else `~/.kimi-code`"},
    {"GROK_HOME", "where Grok Build keeps its sessions, else `~/.grok`"},
    {"VIBE_HOME", "where Mistral Vibe keeps its sessions, in `logs/session`, else `~/.vibe`"},
    {"AIDER_CHAT_HISTORY_FILE", "the chat history of Aider, else `.aider.chat.history.md` of the project"},
    {"GPTME_LOGS_HOME", "where gptme keeps its conversations, else `~/.local/share/gptme/logs`"},
    {"KIRO_HOME", "where Kiro keeps its sessions since 2026, in `sessions/cli`, else `~/.kiro`"},
    {"CLAUDE_PROJECT_DIR", "project of a session that has ended; Claude Code sets it for its hooks"},
    {"FACTORY_PROJECT_DIR", "the same; Droid sets it for its hooks"},
    {"VISUAL", "editor for `config edit`, run without a shell"},
    {"EDITOR", "the same, without `VISUAL`"},
    {"NO_COLOR", "no colours on a terminal"},
    {"TERM", "`dumb`: the same"},
    {"SSH_CONNECTION", "set: `review` writes pages and opens none, as nobody sits at this machine"},
    {"SSH_TTY", "the same"},
    {"DISPLAY", "set: `review` opens pages in a browser"},
    {"WAYLAND_DISPLAY", "the same"},
    {"COLUMNS", "width of tables where it cannot be asked for"},
    {"TMPDIR", "where standard input is kept while it is read twice, else `/tmp`"},
    {"OPENTRACES_NOW", "an ISO 8601 time to use as the present, for runs that can be repeated"},
    {"OPENTRACES_SEED", "a number that ids are made from, for runs that can be repeated"},
});

}  // namespace

std::span<const EnvironmentVariable> environment_variables() {
    return k_variables;
}

}  // namespace opentraces
