#include <algorithm>

#include "opentraces/capture/hook.hpp"

namespace opentraces::capture {
namespace {

constexpr std::size_t k_longest_id = 200;

std::string text_of(const json::Value& payload, std::string_view key) {
    const std::size_t dot = key.find('.');
    if (dot != std::string_view::npos) return text_of(payload[key.substr(0, dot)], key.substr(dot + 1));
    return key.empty() ? std::string() : std::string(payload[key].string_or());
}

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

// It is only ever compared; what no agent calls its sessions is not worth a search.
bool is_session_id(std::string_view id) {
    return id.size() <= k_longest_id && std::all_of(id.begin(), id.end(), is_plain);
}

// "rollout-2026-01-15T20-51-00-<id>.jsonl" of Codex is called so, too.
bool is_named_after(std::string_view name, std::string_view id) {
    const std::string stem = fs::stem(name);
    return name == id || stem == id || stem.ends_with("-" + std::string(id));
}

}  // namespace

bool is_called(const SessionRef& session, std::string_view id) {
    if (id.empty()) return false;
    std::string_view path = session.locator;
    const std::size_t mark = path.rfind('#');
    if (mark != std::string_view::npos && path.substr(mark + 1) == id) return true;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (is_named_after(path.substr(begin, end - begin), id)) return true;
        begin = end + 1;
    }
    return false;
}

HookCall read_hook_call(const HookSpec& spec, const json::Value& payload, const Environment& environment) {
    HookCall call{text_of(payload, spec.keys.transcript), text_of(payload, spec.keys.session),
                  text_of(payload, spec.keys.directory)};
    if (!is_session_id(call.session)) call.session.clear();
    if (call.directory.empty() && !spec.keys.directories.empty())
        call.directory = payload[spec.keys.directories].at(0).string_or();
    if (spec.project_variable.empty()) return call;
    if (const auto project = environment.get(std::string(spec.project_variable))) call.directory = *project;
    return call;
}

}  // namespace opentraces::capture
