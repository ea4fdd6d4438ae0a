#include "capture/amp/thread.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "capture/amp/runs.hpp"
#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/file_uri.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::amp {
namespace {

constexpr std::string_view k_model_tag = "model:";
constexpr std::string_view k_branch = "refs/heads/";

enrich::ModelUsage usage_of(const json::Value& told) {
    enrich::ModelUsage usage;
    usage.model = told["model"].string_or();
    usage.input_tokens = count_of(told["inputTokens"]);
    usage.output_tokens = count_of(told["outputTokens"]);
    usage.cache_read_tokens = count_of(told["cacheReadInputTokens"]);
    usage.cache_write_tokens = count_of(told["cacheCreationInputTokens"]);
    return usage;
}

// An event of the ledger that threads had before their replies had usage.
enrich::ModelUsage usage_of_event(const json::Value& event) {
    const json::Value& tokens = event["tokens"];
    enrich::ModelUsage usage;
    usage.model = event["model"].string_or();
    usage.input_tokens = count_of(tokens["input"]);
    usage.output_tokens = count_of(tokens["output"]);
    usage.cache_read_tokens = count_of(tokens["cacheReadInputTokens"]);
    usage.cache_write_tokens = count_of(tokens["cacheCreationInputTokens"]);
    return usage;
}

const json::Value& tree_of(const json::Value& thread) {
    static const json::Value k_none;
    const json::Array* trees = thread["env"]["initial"]["trees"].if_array();
    return trees == nullptr || trees->empty() ? k_none : trees->front();
}

class Teller {
public:
    explicit Teller(ParsedSession& parsed) : m_session(parsed) {}

    void take_thread(const json::Value& thread) {
        SessionFacts& about = m_session.about;
        about.id = thread["id"].string_or();
        about.title = thread["title"].string_or();
        about.directory = folder_of(thread);
        const json::Value& environment = thread["env"]["initial"];
        about.version = environment["platform"]["clientVersion"].string_or();
        take_repository(tree_of(thread)["repository"]);
        if (const json::Array* tags = environment["tags"].if_array()) {
            for (const json::Value& tag : *tags)
                if (tag.string_or().starts_with(k_model_tag))
                    about.model = tag.string_or().substr(k_model_tag.size());
        }
        take_relations(thread);
        m_session.see_time(time_of(thread["created"]));
        m_session.surroundings.note("working_directory", about.directory);
    }

    void take(json::Value& message) {
        const std::string_view role = message["role"].string_or();
        ++m_session.report().lines;
        m_session.surroundings.note("mode", message["agentMode"].string_or());
        if (role == "user") {
            take_user(message);
        } else if (role == "assistant") {
            take_reply(message);
        } else if (role == "info") {
            take_info(message);
        } else {
            add_to_counts(m_session.report().unknown_line_types, "message/" + std::string(role));
            return;
        }
        ++m_session.report().conversation_lines;
    }

    // It stands in the thread that this one was forked from, and counts there.
    void leave_out(const json::Value& message, const std::string& thread) {
        ++m_left_out;
        if (m_session.about.parent.empty()) m_session.about.parent = thread;
        if (!message["messageId"].is_null()) m_copies.insert(count_of(message["messageId"]));
    }

    // Only where no reply says what it used: it would be the same once more.
    void take_ledger(const json::Value& ledger) {
        const json::Array* events = ledger["events"].if_array();
        if (events == nullptr || m_has_usage) return;
        for (const json::Value& event : *events) {
            if (!event["toMessageId"].is_null() && m_copies.count(count_of(event["toMessageId"])) > 0)
                continue;
            const auto reply = m_replies.find(count_of(event["toMessageId"]));
            enrich::ModelUsage usage = usage_of_event(event);
            if (reply == m_replies.end() || event["toMessageId"].is_null()) {
                usage.replies = 1;
                m_session.count_session(std::move(usage));
            } else {
                if (!m_session.step(reply->second).model && !usage.model.empty())
                    m_session.step(reply->second).model = usage.model;
                m_session.count(reply->second, std::move(usage), std::string(event["id"].string_or()));
            }
        }
    }

    void take_queue(const json::Value& queued) {
        json::Array waiting;
        if (const json::Array* entries = queued.if_array()) {
            for (const json::Value& entry : *entries) {
                std::string text = text_of(entry["queuedMessage"]["content"]);
                if (!trim(text).empty()) waiting.emplace_back(std::move(text));
            }
        }
        json::Object queue;
        set_if_any(queue, "waiting", std::move(waiting));
        set_if_any(m_session.metadata(), "opentraces_queue", std::move(queue));
    }

    void finish(std::string_view reader_version) {
        set_if_some(m_session.metadata(), "stop_reason", m_stop_reason);
        set_if_some(m_session.metadata(), "interrupted_turns", m_interrupted);
        set_if_some(m_session.notes(), "copied_lines", m_left_out);
        m_session.evidence().turn_ended = m_stop_reason == "end_turn";
        m_session.evidence().interrupted = m_last_state == "cancelled";
        m_session.finish(reader_version);
    }

private:
    void take_repository(const json::Value& repository) {
        SessionFacts& about = m_session.about;
        const std::string_view branch = repository["ref"].string_or();
        about.branch = branch.starts_with(k_branch) ? branch.substr(k_branch.size()) : branch;
        about.commit = repository["sha"].string_or();
        about.repository = repository["url"].string_or();
    }

    void take_relations(const json::Value& thread) {
        SessionFacts& about = m_session.about;
        about.parent = thread["mainThreadID"].string_or();
        about.is_subagent = !about.parent.empty();
        const json::Array* relations = thread["relationships"].if_array();
        if (relations == nullptr || !about.parent.empty()) return;
        for (const json::Value& relation : *relations)
            if (relation["role"].string_or() == "parent") about.parent = relation["threadID"].string_or();
    }

    // A message of a sub-agent names the call that started it.
    void place_below(const json::Value& message, trace::Step& step) {
        const std::string call(message["parentToolUseId"].string_or());
        if (call.empty()) return;
        step.call_type = trace::CallType::Subagent;
        const auto started = m_callers.find(call);
        if (started != m_callers.end()) step.parent_step = started->second;
    }

    void say(const json::Value& message, trace::Role role, std::string text, const std::string& at) {
        if (m_session.say(role, std::move(text), at))
            place_below(message, m_session.step(m_session.last_step()));
    }

    void take_user(const json::Value& message) {
        const std::string at = time_of(message["meta"]["sentAt"]);
        m_session.see_time(at);
        std::string typed;
        std::string hidden;
        if (const std::string* text = message["content"].if_string()) typed = *text;
        for_each_block(message, [&](const json::Value& block, std::string_view type) {
            if (type == "tool_result") {
                take_result(block);
            } else if (type == "text") {
                append_paragraph(block["hidden"].bool_or(false) ? hidden : typed, block["text"].string_or());
            } else if (type == "image") {
                append_paragraph(typed, placeholder(block));
            } else {
                take_other(message, block, type, at);
            }
        });
        say(message, trace::Role::User, std::move(typed), at);
        m_session.show("hidden", std::move(hidden), at);
        show_files(message["fileMentions"]["files"], at);
        show_files(message["discoveredGuidanceFiles"], at);
    }

    // Files that the model was shown beside the prompt, where the log has their text.
    void show_files(const json::Value& files, const std::string& at) {
        const json::Array* list = files.if_array();
        if (list == nullptr) return;
        for (const json::Value& file : *list) {
            const std::string_view content = file["content"].string_or();
            if (content.empty()) {
                add_to_counts(m_session.report().context_not_kept, "file");
                continue;
            }
            m_session.show("file", std::string(file["uri"].string_or()) + "\n" + std::string(content), at);
        }
    }

    template <class Take>
    static void for_each_block(const json::Value& message, const Take& take) {
        const json::Array* blocks = message["content"].if_array();
        if (blocks == nullptr) return;
        for (const json::Value& block : *blocks)
            take(block, block["type"].string_or());
    }

    void take_info(const json::Value& message) {
        const std::string at = time_of(message["meta"]["sentAt"]);
        for_each_block(message, [&](const json::Value& block, std::string_view type) {
            if (type == "text") {
                say(message, trace::Role::System, std::string(block["text"].string_or()), at);
            } else {
                take_other(message, block, type, at);
            }
        });
    }

    void take_other(const json::Value& message, const json::Value& block, std::string_view type,
                    const std::string& at) {
        if (type == "summary") {
            m_session.note_compaction();
            say(message, trace::Role::System, std::string(block["summary"]["summary"].string_or()), at);
        } else if (type == "manual_bash_invocation") {
            take_own_command(message, block, at);
        } else {
            count_unknown_block(m_session.report(), type);
        }
    }

    void take_own_command(const json::Value& message, const json::Value& block, const std::string& at) {
        std::string text = "Ran `" + std::string(block["args"]["cmd"].string_or()) + "`";
        const std::optional<Run> run = read_run(block["toolRun"]);
        if (run && !run->text.empty()) text.append("\n```\n").append(run->text).append("\n```");
        if (run && run->end.error.starts_with("exit_code:"))
            text.append("\n\nCommand exited with code ").append(run->end.error.substr(10));
        say(message, trace::Role::System, std::move(text), at);
    }

    void take_result(const json::Value& block) {
        const std::string id(block["toolUseID"].string_or());
        std::optional<Run> run = read_run(block["run"]);
        if (!run) return;
        const bool worked = run->end.error.empty();
        if (m_session.answer(id, std::move(run->text), std::move(run->end)) && worked)
            m_session.change(id, changes_of(*m_session.find_call(id), block["run"]));
    }

    void take_reply(json::Value& message) {
        const std::string at = time_of(message["usage"]["timestamp"]);
        m_session.see_time(at);
        enrich::ModelUsage usage = usage_of(message["usage"]);
        const std::size_t place = m_session.reply(usage.model, at);
        place_below(message, m_session.step(place));
        if (!message["messageId"].is_null()) m_replies.emplace(count_of(message["messageId"]), place);
        for_each_block(message, [&](const json::Value& block, std::string_view type) {
            take_block(place, block, type);
        });
        if (message["usage"].if_object() != nullptr) m_has_usage = true;
        m_session.count(place, std::move(usage));
        take_state(place, message["state"]);
        m_session.tell_surroundings(place);
    }

    void take_block(std::size_t place, const json::Value& block, std::string_view type) {
        if (type == "text") {
            if (!trim(block["text"].string_or()).empty())
                m_session.add_text(place, block["text"].string_or());
        } else if (type == "thinking") {
            const std::string_view text = block["thinking"].string_or();
            m_session.add_reasoning(place, trim(text).empty() ? k_encrypted_reasoning : text);
        } else if (type == "redacted_thinking") {
            m_session.add_reasoning(place, k_encrypted_reasoning);
        } else if (type == "tool_use" || type == "server_tool_use") {
            const std::string id =
                m_session.call(place, block["id"].string_or(), block["name"].string_or(), block["input"]);
            m_callers.emplace(id, m_session.step(place).step_index.value());
        } else if (type == "tool_result") {
            take_result(block);
        } else if (type == "image") {
            m_session.add_text(place, placeholder(block));
        } else {
            count_unknown_block(m_session.report(), type);
        }
    }

    void take_state(std::size_t place, const json::Value& state) {
        m_last_state = state["type"].string_or();
        m_stop_reason = state["stopReason"].string_or();
        if (m_last_state == "cancelled") ++m_interrupted;
        if (m_last_state == "error")
            m_session.add_error(std::string(state["error"]["message"].string_or("error")));
        set_if_some(m_session.facts(place), "stop_reason", m_stop_reason);
    }

    SessionBuilder m_session;
    std::map<std::int64_t, std::size_t> m_replies;  // message id -> place
    std::map<std::string, std::int64_t> m_callers;  // call -> step
    std::set<std::int64_t> m_copies;                // ids of messages that are left out
    std::size_t m_left_out = 0;
    std::string m_stop_reason;
    std::string m_last_state;
    std::size_t m_interrupted = 0;
    bool m_has_usage = false;
};

}  // namespace

bool is_thread(const json::Value& thread) {
    return thread["id"].string_or().starts_with("T-") && thread["messages"].if_array() != nullptr;
}

std::string folder_of(const json::Value& thread) {
    return path_of_file_uri(tree_of(thread)["uri"].string_or());
}

std::string identity_of(const json::Value& message) {
    const std::string_view role = message["role"].string_or();
    if (role.empty()) return {};
    const std::string said = time_of(message["meta"]["sentAt"]);
    const std::string at = said.empty() ? time_of(message["usage"]["timestamp"]) : said;
    return std::string(role) + " " + at + " " + sha256_hex(json::to_compact(message["content"]));
}

std::string first_identity(const json::Value& thread) {
    return identity_of(thread["messages"].at(0));
}

void tell(json::Value& thread, const Fork& fork, std::string_view reader_version, ParsedSession& parsed) {
    Teller teller(parsed);
    teller.take_thread(thread);
    json::Array& messages = *thread.if_object()->find("messages")->if_array();
    for (std::size_t at = 0; at < messages.size(); ++at) {
        if (at < fork.messages) {
            teller.leave_out(messages[at], fork.thread);
        } else {
            teller.take(messages[at]);
        }
    }
    teller.take_ledger(thread["usageLedger"]);
    teller.take_queue(thread["queuedMessages"]);
    teller.finish(reader_version);
}

}  // namespace opentraces::capture::amp
