#include <array>

#include "capture/claude_code.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

const ClaudeCodeParser k_claude_code;

// One line for each agent.
const std::array<const AgentParser*, 1> k_agents = {
    &k_claude_code,
};

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

std::span<const AgentParser* const> agents() {
    return k_agents;
}

const AgentParser* find_agent(std::string_view name) {
    for (const AgentParser* agent : k_agents) {
        if (agent->name() == name) return agent;
    }
    return nullptr;
}

std::string agent_names() {
    std::string names;
    for (const AgentParser* agent : k_agents) {
        if (!names.empty()) names += ", ";
        names += agent->name();
    }
    return names;
}

}  // namespace opentraces::capture
