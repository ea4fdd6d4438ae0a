#include "capture/codex/patches.hpp"

#include <utility>

#include "capture/apply_patch.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::codex {
namespace {

constexpr std::string_view k_worked = "Success. Updated the following files:";

struct Asked {
    std::string_view text;
    std::string_view folder;
};

std::string_view text_at(const json::Object& input, std::string_view key) {
    const json::Value* value = input.find(key);
    return value == nullptr ? std::string_view() : value->string_or();
}

// The patch in a command line: "apply_patch <<'EOF'", with "cd folder &&" before it or not.
Asked in_command(std::string_view line, std::string_view folder) {
    const std::string_view head = trim(line.substr(0, line.find("*** Begin Patch")));
    const std::size_t place = head.find("apply_patch");
    if (place == 0) return {line, folder};
    const std::size_t joint = head.find(" && apply_patch");
    if (!head.starts_with("cd ") || joint == std::string_view::npos) return {};
    return {line, trim(head.substr(3, joint - 3))};
}

// Calls of the tool itself and of a shell, in all their forms.
Asked asked_of(const trace::ToolCall& call) {
    if (call.tool_name == "apply_patch") return {text_at(call.input, "input"), {}};
    const std::string_view folder = text_at(call.input, "workdir");
    if (const auto line = text_at(call.input, "cmd"); !line.empty()) return in_command(line, folder);
    const json::Value* command = call.input.find("command");
    const json::Array* words = command == nullptr ? nullptr : command->if_array();
    if (words == nullptr) return in_command(command == nullptr ? "" : command->string_or(), folder);
    if (words->size() == 2 && words->front().string_or() == "apply_patch")
        return {words->back().string_or(), folder};
    return words->empty() ? Asked() : in_command(words->back().string_or(), folder);
}

}  // namespace

void Patches::add(std::vector<enrich::FileChange> changes, const std::string& call_id, std::int64_t step) {
    for (enrich::FileChange& change : changes) {
        change.call_id = call_id;
        change.step_index = step;
        m_changes.push_back(std::move(change));
    }
}

void Patches::tell(std::vector<enrich::FileChange> changes, const std::string& call_id, std::int64_t step) {
    m_told.insert(call_id);
    add(std::move(changes), call_id, step);
}

void Patches::answer(const trace::ToolCall& call, const trace::Observation& output, std::int64_t step) {
    if (output.error || output.content.value_or("").find(k_worked) == std::string::npos) return;
    const Asked asked = asked_of(call);
    if (asked.text.empty() || m_told.count(call.tool_call_id) > 0) return;
    const std::size_t first = m_changes.size();
    add(changes_in_patch(asked.text, asked.folder), call.tool_call_id, step);
    for (std::size_t at = first; at < m_changes.size(); ++at)
        m_asked.insert(at);
}

std::vector<enrich::FileChange> Patches::take() {
    std::vector<enrich::FileChange> changes;
    for (std::size_t at = 0; at < m_changes.size(); ++at) {
        const bool told_later = m_asked.count(at) > 0 && m_told.count(m_changes[at].call_id) > 0;
        if (!told_later) changes.push_back(std::move(m_changes[at]));
    }
    return changes;
}

}  // namespace opentraces::capture::codex
