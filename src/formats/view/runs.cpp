#include "formats/view/runs.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "formats/view/pairing.hpp"

namespace opentraces::formats {
namespace {

using trace::Step;
using trace::ToolCall;
using Positions = std::vector<std::size_t>;  // in record.steps

// Deeper nesting than any harness allows would only exhaust readers: such runs hang on the main run.
constexpr std::size_t k_deepest = 32;
constexpr std::array<std::string_view, 4> k_delegating_tools{"Task", "Agent", "spawn_agent", "delegate_task"};
constexpr std::array<std::string_view, 3> k_prompt_keys{"prompt", "description", "message"};

Positions delegating_calls(const Step& step) {
    Positions calls;
    for (std::size_t i = 0; i < step.tool_calls.size(); ++i) {
        const std::string& name = step.tool_calls[i].tool_name;
        if (std::find(k_delegating_tools.begin(), k_delegating_tools.end(), name) != k_delegating_tools.end())
            calls.push_back(i);
    }
    if (calls.empty() && step.tool_calls.size() == 1) calls.push_back(0);
    return calls;
}

// Steps that name the same parent.
struct Group {
    std::size_t parent = k_none;  // position; k_none: the record does not have it
    std::string parent_index;     // as the steps say it
    Positions steps;
};

// A group, or the part of it that one call started.
struct Part {
    Positions steps;
    std::size_t call = k_none;
};

// Calls of the parent that nothing is attached to so far.
class FreeCalls {
public:
    explicit FreeCalls(const Step* parent) : m_parent(parent) {
        if (parent == nullptr) return;
        m_delegating = delegating_calls(*parent);
        m_free = m_delegating;
    }

    std::size_t take_by_prompt(const Step& first) {
        if (first.role != trace::Role::User || !first.content) return k_none;
        const auto found = std::find_if(m_free.begin(), m_free.end(), [&](std::size_t call) {
            const std::string_view prompt = delegated_prompt(m_parent->tool_calls[call]);
            return !prompt.empty() && prompt == *first.content;
        });
        if (found == m_free.end()) return k_none;
        const std::size_t call = *found;
        m_free.erase(found);
        return call;
    }

    // For the k-th part of a group, when no prompt told.
    std::size_t take_by_order(std::size_t k) {
        if (m_parent == nullptr || m_parent->tool_calls.empty()) return k_none;
        auto found = m_free.end();
        if (k < m_delegating.size()) found = std::find(m_free.begin(), m_free.end(), m_delegating[k]);
        if (found == m_free.end()) found = m_free.begin();
        if (found == m_free.end()) return m_parent->tool_calls.size() - 1;
        const std::size_t call = *found;
        m_free.erase(found);
        return call;
    }

private:
    const Step* m_parent;
    Positions m_delegating;
    Positions m_free;
};

std::vector<Part> parts_of(const Group& group, const trace::TraceRecord& record) {
    FreeCalls calls(group.parent == k_none ? nullptr : &record.steps[group.parent]);
    std::vector<Part> parts;
    for (const std::size_t position : group.steps) {
        const std::size_t call = calls.take_by_prompt(record.steps[position]);
        if (parts.empty() || call != k_none) parts.push_back({{}, call});
        parts.back().steps.push_back(position);
    }
    for (std::size_t k = 0; k < parts.size(); ++k) {
        if (parts[k].call == k_none) parts[k].call = calls.take_by_order(k);
    }
    return parts;
}

class Splitter {
public:
    explicit Splitter(const trace::TraceRecord& record) : m_record(record) {}

    std::vector<Run> split() {
        group_steps();
        loosen_cycles();
        promote_if_no_main();
        add_run(m_main, {});
        // Runs that are found on the way are visited later: parents come before children.
        for (std::size_t run = 0; run < m_runs.size(); ++run)
            attach_children(run);
        for (const Group& group : m_groups) {
            if (group.parent == k_none) attach(group, 0, k_none);
        }
        for (std::size_t run = m_visited; run < m_runs.size(); ++run)
            attach_children(run);
        name_unresolved_references();
        return std::move(m_runs);
    }

private:
    void group_steps() {
        const auto& steps = m_record.steps;
        std::unordered_map<std::string, std::size_t> group_of;
        index_steps();
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (!steps[i].parent_step && steps[i].call_type != trace::CallType::Subagent) {
                m_main.push_back(i);
                continue;
            }
            const std::string named = steps[i].parent_step ? steps[i].parent_step->text() : "root";
            const auto [entry, fresh] = group_of.try_emplace(named, m_groups.size());
            if (fresh) m_groups.push_back({find_parent(steps[i]), named, {}});
            m_groups[entry->second].steps.push_back(i);
            m_group_of[i] = entry->second;
        }
    }

    // Of steps that share an index the first one of the main run counts, else the first.
    void index_steps() {
        const auto& steps = m_record.steps;
        m_group_of.assign(steps.size(), k_none);
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const auto [entry, fresh] = m_position_of.try_emplace(steps[i].step_index.text(), i);
            if (!fresh && steps[entry->second].parent_step && !steps[i].parent_step) entry->second = i;
        }
    }

    std::size_t find_parent(const Step& step) const {
        if (!step.parent_step) return k_none;
        const auto found = m_position_of.find(step.parent_step->text());
        return found == m_position_of.end() ? k_none : found->second;
    }

    // Groups that do not lead to the main run, because they name themselves or each other, lose their parent.
    void loosen_cycles() {
        std::vector<char> state(m_groups.size());  // 0 unknown, 1 on the way, 2 leads to the main run
        for (std::size_t start = 0; start < m_groups.size(); ++start) {
            Positions way;
            std::size_t group = start;
            while (group != k_none && state[group] == 0) {
                state[group] = 1;
                way.push_back(group);
                const std::size_t parent = m_groups[group].parent;
                group = parent == k_none ? k_none : m_group_of[parent];
            }
            if (group != k_none && state[group] == 1) m_groups[group].parent = k_none;
            for (const std::size_t passed : way)
                state[passed] = 2;
        }
        for (std::size_t group = 0; group < m_groups.size(); ++group) {
            if (m_groups[group].parent != k_none) m_groups_below[m_groups[group].parent].push_back(group);
        }
    }

    // A record of one sub-agent alone: its steps are the main run.
    void promote_if_no_main() {
        if (!m_main.empty()) return;
        const auto first = std::find_if(m_groups.begin(), m_groups.end(),
                                        [](const Group& group) { return group.parent == k_none; });
        if (first != m_groups.end()) m_main.swap(first->steps);
    }

    std::size_t add_run(const Positions& positions, Run run) {
        run.steps.reserve(positions.size());
        for (const std::size_t position : positions) {
            const Step& step = m_record.steps[position];
            PreparedStep prepared;
            prepared.step = &step;
            prepared.position = position;
            prepared.results = pair_results(step);
            if (step.timestamp) prepared.time = parse_instant(*step.timestamp);
            if (step.role == trace::Role::Agent) {
                if (run.role.empty() && step.agent_role) run.role = *step.agent_role;
                if (run.model.empty()) run.model = model_text(step.model);
            }
            run.steps.push_back(std::move(prepared));
        }
        m_runs.push_back(std::move(run));
        return m_runs.size() - 1;
    }

    void attach_children(std::size_t run) {
        m_visited = run + 1;
        for (std::size_t i = 0; i < m_runs[run].steps.size(); ++i) {
            const auto below = m_groups_below.find(m_runs[run].steps[i].position);
            if (below == m_groups_below.end()) continue;
            for (const std::size_t group : below->second)
                attach(m_groups[group], run, i);
        }
    }

    void attach(const Group& group, std::size_t parent, std::size_t parent_step) {
        if (m_runs[parent].depth >= k_deepest) {
            parent = 0;
            parent_step = k_none;
        }
        const std::vector<Part> parts = parts_of(group, m_record);
        for (std::size_t k = 0; k < parts.size(); ++k) {
            Run run;
            run.id = unique_id(run_id(group, k, parts.size()));
            run.parent = parent;
            run.depth = m_runs[parent].depth + 1;
            run.parent_step = parent_step;
            run.parent_call = parts[k].call;
            const std::size_t number = add_run(parts[k].steps, std::move(run));
            if (parent_step != k_none) m_runs[parent].steps[parent_step].subagents.push_back(number);
        }
    }

    std::string run_id(const Group& group, std::size_t k, std::size_t parts) const {
        const std::string number = std::to_string(k + 1);
        const auto& reference =
            group.parent == k_none ? std::nullopt : m_record.steps[group.parent].subagent_trajectory_ref;
        if (!reference || reference->empty()) return "sub-" + group.parent_index + "-" + number;
        return parts == 1 ? *reference : *reference + "#" + number;
    }

    std::string unique_id(std::string id) {
        std::size_t& uses = m_id_uses[id];
        ++uses;
        if (uses == 1) return id;
        return unique_id(id + "~" + std::to_string(uses));
    }

    void name_unresolved_references() {
        for (Run& run : m_runs) {
            for (PreparedStep& step : run.steps) {
                if (step.subagents.empty() && step.step->subagent_trajectory_ref)
                    step.unresolved_reference = *step.step->subagent_trajectory_ref;
            }
        }
    }

    const trace::TraceRecord& m_record;
    Positions m_main;
    std::vector<Group> m_groups;
    std::vector<std::size_t> m_group_of;  // by position; k_none: the main run
    std::unordered_map<std::string, std::size_t> m_position_of;
    std::map<std::size_t, Positions> m_groups_below;  // by the parent's position
    std::map<std::string, std::size_t> m_id_uses;
    std::vector<Run> m_runs;
    std::size_t m_visited = 0;
};

}  // namespace

std::string_view delegated_prompt(const ToolCall& call) {
    for (const std::string_view key : k_prompt_keys) {
        const json::Value* value = call.input.find(key);
        if (value != nullptr && value->if_string() != nullptr) return *value->if_string();
    }
    return {};
}

std::size_t delegating_call(const Step& step) {
    const Positions calls = delegating_calls(step);
    return calls.empty() ? k_none : calls.front();
}

std::vector<Run> split_into_runs(const trace::TraceRecord& record) {
    return Splitter(record).split();
}

}  // namespace opentraces::formats
