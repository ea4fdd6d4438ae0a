#include <algorithm>
#include <array>

#include "capture/rows.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

// One line for each agent. A file that several would recognise is the first one's.
// clang-format off
constexpr std::array k_agents{
    &k_claude_code,
    &k_codex,
    &k_gemini,
    &k_qwen,
    &k_opencode,
    &k_copilot,
    &k_cursor,
    &k_pi,
    &k_openclaw,
    &k_droid,
    &k_kimi,
    &k_grok,
    &k_amp,
    &k_vibe,
    &k_aider,
    &k_gptme,
    &k_cline,
    &k_continue,
    &k_iflow,
    &k_antigravity,
    &k_windsurf,
    &k_specstory,
    &k_hermes,
    &k_kiro,
    &k_openhands,
    &k_swe_agent,
};
// clang-format on

}  // namespace

void add_to_counts(std::map<std::string, std::size_t>& counts, std::string_view name, std::size_t more) {
    constexpr std::size_t k_longest_name = 80;  // code points
    const std::string shown = printable_line(name.substr(0, 4 * k_longest_name));
    const std::string key(first_code_points(shown, k_longest_name));
    const bool full = counts.size() >= k_most_names && counts.count(key) == 0;
    counts[full ? "(other types)" : key] += more;
}

std::size_t ParseReport::unknown_lines() const {
    std::size_t lines = 0;
    for (const auto& [type, count] : unknown_line_types)
        lines += count;
    return lines;
}

std::int64_t Accounting::input(std::int64_t counted, std::int64_t read, std::int64_t written) const {
    return cache_in_input ? std::max<std::int64_t>(counted - read - written, 0) : counted;
}

ParsedSession Agent::read_from(const std::string& locator, fs::Disk& disk) const {
    Sources sources(disk);
    return read({std::string(name), locator, {}, {}}, sources);
}

std::span<const Agent* const> agents() {
    return k_agents;
}

const Agent* find_agent(std::string_view name) {
    for (const Agent* agent : k_agents) {
        if (agent->name == name) return agent;
    }
    return nullptr;
}

std::string agent_names() {
    std::string names;
    for (const Agent* agent : k_agents) {
        if (!names.empty()) names += ", ";
        names += agent->name;
    }
    return names;
}

}  // namespace opentraces::capture
