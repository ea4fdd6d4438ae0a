#include <algorithm>

#include "capture/blocks.hpp"
#include "capture/claude_code/record.hpp"
#include "capture/step_facts.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/usage_tally.hpp"
#include "opentraces/trace/step_builder.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr int k_deepest_agent = 32;

bool starts_agents(std::string_view tool) {
    return tool == "Task" || tool == "Agent";
}

std::string_view input_text(const trace::ToolCall& call, std::string_view key) {
    const json::Value* value = call.input.find(key);
    return value == nullptr ? std::string_view{} : value->string_or();
}

// Helper agents are started by the program, not by a call: "acompact-f46190", "aprompt_suggestion-fd2b60".
std::string helper_role(std::string_view agent_id) {
    for (const std::string_view name : {"acompact", "aprompt_suggestion"}) {
        if (agent_id.starts_with(name)) return std::string(name.substr(1));
    }
    return {};
}

std::string role_of_type(std::string_view type) {
    if (type.empty() || type == "general-purpose") return "general";
    return to_lower_ascii(type);
}

class Assembler {
public:
    Assembler(Session& session, ParsedSession& parsed)
        : m_session(session), m_parsed(parsed), m_tally(parsed.evidence.usage), m_steps(*parsed.record) {}

    AssemblyCounts run() {
        for (Conversation& conversation : m_session.conversations)
            finish(conversation);
        for (const std::string_view uuid : m_session.tree.abandoned())
            m_abandoned.insert(uuid);
        for (const std::string& uuid : m_session.tally.retracted)
            m_abandoned.insert(uuid);
        place_orphans();
        link_agents();
        emit_main();
        emit_unlinked();
        count_missing_agents();
        m_counts.step_facts = m_facts.take();
        return m_counts;
    }

private:
    struct Caller {
        std::optional<std::int64_t> step;
        std::string role;
        int depth = 0;
        bool abandoned = false;
    };
    struct Called {
        Caller as;  // the role is that of each agent
        std::vector<std::pair<std::size_t, std::string>> agents;
    };

    void place_orphans() {
        for (ToolOutcome& orphan : m_session.tally.orphans) {
            const bool placed =
                std::any_of(m_session.conversations.begin(), m_session.conversations.end(),
                            [&](Conversation& conversation) { return take_orphan(conversation, orphan); });
            if (!placed) ++m_counts.orphan_results;
        }
    }

    void link_agents() {
        std::unordered_map<std::string, std::size_t> by_id;
        for (std::size_t at = 1; at < m_session.conversations.size(); ++at)
            by_id.emplace(m_session.conversations[at].id, at);
        for (const auto& [agent, call] : m_session.tally.caller) {
            const auto known = by_id.find(agent);
            if (known != by_id.end()) link(call, known->second);
        }
        link_by_prompt();
    }

    void link(const std::string& call, std::size_t conversation) {
        if (m_linked.insert(conversation).second) m_agents_of_call[call].push_back(conversation);
    }

    // Old side-chains have no id: they start with the prompt of a call that has no agent yet.
    void link_by_prompt() {
        std::unordered_map<std::string_view, std::vector<const std::string*>> waiting;
        for (const Conversation& conversation : m_session.conversations) {
            for (const Draft& draft : conversation.drafts) {
                for (const trace::ToolCall& call : draft.step.tool_calls) {
                    if (!starts_agents(call.tool_name) || m_agents_of_call.count(call.tool_call_id) > 0)
                        continue;
                    waiting[input_text(call, "prompt")].push_back(&call.tool_call_id);
                    waiting[input_text(call, "description")].push_back(&call.tool_call_id);
                }
            }
        }
        waiting.erase(std::string_view{});
        for (std::size_t at = 1; at < m_session.conversations.size(); ++at) {
            const Conversation& conversation = m_session.conversations[at];
            if (m_linked.count(at) > 0 || conversation.drafts.empty()) continue;
            if (!link_to_waiting(waiting, first_prompt(conversation), at)) {
                link_to_waiting(waiting, conversation.description, at);
            }
        }
    }

    static std::string_view first_prompt(const Conversation& conversation) {
        for (const Draft& draft : conversation.drafts) {
            if (!draft.context.empty()) continue;
            const trace::Step& step = draft.step;
            return step.role == trace::Role::User && step.content ? std::string_view(*step.content)
                                                                  : std::string_view{};
        }
        return {};
    }

    bool link_to_waiting(const std::unordered_map<std::string_view, std::vector<const std::string*>>& waiting,
                         std::string_view text, std::size_t conversation) {
        const auto calls = waiting.find(text);
        if (calls == waiting.end()) return false;
        for (const std::string* call : calls->second) {
            if (m_agents_of_call.count(*call) > 0) continue;
            link(*call, conversation);
            return true;
        }
        return false;
    }

    void emit_main() {
        Caller nobody;
        nobody.role = "main";
        if (m_session.is_agent_file) nobody.role = own_role();
        emit(0, nobody);
    }

    std::string own_role() const {
        const std::string helper = helper_role(m_session.facts.agent_id);
        const std::string& known = m_session.conversations.front().role;
        return helper.empty() ? role_of_type(known) : helper;
    }

    void emit_unlinked() {
        for (std::size_t at = 1; at < m_session.conversations.size(); ++at) {
            const Conversation& conversation = m_session.conversations[at];
            if (m_emitted.count(at) > 0 || conversation.drafts.empty()) continue;
            Caller nobody;
            nobody.depth = 1;
            nobody.role = helper_role(conversation.id);
            ++(nobody.role.empty() ? m_counts.unlinked_agents : m_counts.helper_agents);
            if (nobody.role.empty()) nobody.role = role_of_type(conversation.role);
            emit(at, nobody);
        }
    }

    void emit(std::size_t at, const Caller& caller) {
        m_emitted.insert(at);
        Conversation& conversation = m_session.conversations[at];
        for (Draft& draft : conversation.drafts) {
            const bool empty = draft.reply.empty() && !draft.step.content;
            if (empty || !count_reply(draft)) continue;
            Called called = called_by(draft.step, caller);
            called.as.abandoned = caller.abandoned || m_abandoned.count(draft.uuid) > 0;
            if (called.as.abandoned) {
                ++m_counts.abandoned_steps;
            } else {
                called.as.step = number(draft, caller);
                if (m_last_reply == &draft) m_parsed.evidence.replies.back().step_index = *called.as.step;
            }
            emit_called(called);
        }
    }

    // False for a reply that another conversation has told already: files of sub-agents may start with
    // copies.
    bool count_reply(const Draft& draft) {
        if (draft.reply.empty()) return true;
        if (draft.has_message_id && !m_tally.is_new(draft.reply)) {
            ++m_counts.repeated_replies;
            return false;
        }
        if (draft.usage.present) add_usage(draft);
        m_counts.output_is_lower_bound |= draft.open_reply;
        return true;
    }

    void add_usage(const Draft& draft) {
        const enrich::ModelUsage usage{draft.step.model.value_or(""),
                                       1,
                                       draft.usage.input,
                                       draft.usage.output,
                                       draft.usage.cache_read,
                                       draft.usage.cache_write,
                                       draft.usage.long_cache_write};
        m_tally.add(usage);
        note_reply(usage, draft);
        if (m_session.copies.message_ids.count(draft.reply) == 0) return;
        ++m_counts.copied_replies;
        enrich::UsageTally(m_counts.copied).add(usage);
    }

    // Noted before the step has its number.
    void note_reply(const enrich::ModelUsage& usage, const Draft& draft) {
        m_last_reply = &draft;
        const auto before = static_cast<std::int64_t>(m_parsed.record->steps.size());
        m_parsed.evidence.replies.push_back({before, usage, draft.open_reply});
    }

    std::int64_t number(Draft& draft, const Caller& caller) {
        const auto index = static_cast<std::int64_t>(m_parsed.record->steps.size()) + 1;
        trace::Step& step = draft.step;
        const bool inside_agent = caller.depth > 0 || m_session.is_agent_file;
        if (step.call_type != trace::CallType::Warmup) {
            step.call_type = inside_agent ? trace::CallType::Subagent : trace::CallType::Main;
        }
        if (caller.step) step.parent_step = *caller.step;
        if (step.role == trace::Role::Agent) {
            step.agent_role = caller.role;
            if (!inside_agent) step.tools_available = m_session.facts.tools;
        }
        step.token_usage.input_tokens = draft.usage.input;
        step.token_usage.output_tokens = draft.usage.output;
        step.token_usage.cache_read_tokens = draft.usage.cache_read;
        step.token_usage.cache_write_tokens = draft.usage.cache_write;
        for (trace::Snippet& snippet : step.snippets)
            snippet.source_step = index;
        for (enrich::FileView& view : draft.views) {
            view.step_index = index;
            view.changes_before += m_parsed.evidence.changes.size();
            m_parsed.evidence.views.push_back(std::move(view));
        }
        for (enrich::FileChange& change : draft.changes) {
            change.step_index = index;
            m_parsed.evidence.changes.push_back(std::move(change));
        }
        add_reference(step);
        note_context(draft, index);
        note_task(draft, caller, static_cast<std::size_t>(index));
        note_facts(draft, index);
        m_steps.add(std::move(step));
        return index;
    }

    void note_task(const Draft& draft, const Caller& caller, std::size_t index) {
        if (caller.depth > 0 || !draft.reply.empty() || !draft.context.empty()) return;
        if (m_counts.first_prompt > 0 || draft.mid_turn || !is_task(draft.kind)) return;
        m_counts.first_prompt = index;
        m_counts.task_is_command = draft.kind == PromptKind::Request;
    }

    // What the model is shown again and again stands in the record once.
    void note_context(Draft& draft, std::int64_t index) {
        if (draft.context.empty()) return;
        ++m_counts.context[draft.context];
        if (m_context.repeats(draft.step, index, draft.facts)) ++m_counts.repeated_context;
    }

    void note_facts(Draft& draft, std::int64_t index) {
        if (draft.mid_turn) draft.facts.set("mid_turn", true);
        m_counts.mid_turn_prompts += draft.mid_turn && draft.step.role == trace::Role::User ? 1 : 0;
        m_facts.of(index) = std::move(draft.facts);
    }

    void add_reference(trace::Step& step) {
        for (const trace::ToolCall& call : step.tool_calls) {
            const auto agents = m_agents_of_call.find(call.tool_call_id);
            if (agents == m_agents_of_call.end() || step.subagent_trajectory_ref) continue;
            step.subagent_trajectory_ref = m_session.conversations[agents->second.front()].id;
        }
    }

    // Asked before the step is moved into the record.
    Called called_by(const trace::Step& step, const Caller& caller) const {
        Called called;
        called.as.depth = caller.depth + 1;
        if (caller.depth >= k_deepest_agent) return called;
        for (const trace::ToolCall& call : step.tool_calls) {
            const auto agents = m_agents_of_call.find(call.tool_call_id);
            if (agents == m_agents_of_call.end()) continue;
            const std::string_view type = input_text(call, "subagent_type");
            for (const std::size_t agent : agents->second) {
                const std::string& own = m_session.conversations[agent].role;
                called.agents.emplace_back(agent, role_of_type(type.empty() ? own : type));
            }
        }
        return called;
    }

    void emit_called(Called& called) {
        for (auto& [agent, role] : called.agents) {
            if (m_emitted.count(agent) > 0) continue;
            called.as.role = role;
            emit(agent, called.as);
        }
    }

    void count_missing_agents() {
        std::unordered_set<std::string_view> known;
        for (const Conversation& conversation : m_session.conversations)
            known.insert(conversation.id);
        for (auto& [call, report] : m_session.tally.agent_reports) {
            const json::Value* agent = report.find("agent_id");
            const bool told =
                agent != nullptr ? known.count(agent->string_or()) > 0 : m_agents_of_call.count(call) > 0;
            if (told) continue;
            json::Object missing;
            missing.append("tool_call_id", call);
            for (auto& [name, value] : report)
                missing.append(name, std::move(value));
            m_counts.missing_agents.emplace_back(std::move(missing));
        }
    }

    Session& m_session;
    ParsedSession& m_parsed;
    AssemblyCounts m_counts;
    std::unordered_map<std::string, std::vector<std::size_t>> m_agents_of_call;
    std::unordered_set<std::size_t> m_linked;
    std::unordered_set<std::size_t> m_emitted;
    enrich::UsageTally m_tally;
    trace::StepBuilder m_steps;
    std::unordered_set<std::string_view> m_abandoned;
    StepFacts m_facts;
    ContextTexts m_context;
    const Draft* m_last_reply = nullptr;  // whose usage was noted last
};

}  // namespace

AssemblyCounts assemble_steps(Session& session, ParsedSession& parsed) {
    return Assembler(session, parsed).run();
}

}  // namespace opentraces::capture::claude_code
