// What every line says about where and how the agent works: a change is a fact of the step where it happens.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::claude_code {

// Where the line holds a fact, and the name of it in metadata.opentraces_steps.
struct SurroundingField {
    std::string_view key;
    std::string_view name;
};
inline constexpr std::array<SurroundingField, 6> k_surroundings{{{"cwd", "working_directory"},
                                                                 {"gitBranch", "branch"},
                                                                 {"version", "agent_version"},
                                                                 {"permissionMode", "permission_mode"},
                                                                 {"mode", "mode"},
                                                                 {"effort", "effort"}}};

class Surroundings {
public:
    // The first values count as changes.
    void note(const json::Value& line) {
        for (std::size_t at = 0; at < k_surroundings.size(); ++at) {
            const std::string_view now = line[k_surroundings[at].key].string_or();
            if (now.empty() || now == m_last[at]) continue;
            m_last[at] = now;
            m_changes.set(std::string(k_surroundings[at].name), now);
        }
    }
    // For the step at hand: gives away what has changed since the last one.
    void tell(json::Object& facts) {
        for (auto& [name, value] : m_changes)
            facts.set(name, std::move(value));
        m_changes = {};
    }

private:
    std::array<std::string, k_surroundings.size()> m_last;
    json::Object m_changes;
};

}  // namespace opentraces::capture::claude_code
