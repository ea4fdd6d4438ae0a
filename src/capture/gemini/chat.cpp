#include "capture/gemini/chat.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/gemini/edits.hpp"
#include "capture/gemini/parts.hpp"
#include "capture/session_builder.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::gemini {
namespace {

constexpr std::string_view k_context = "<session_context>";
constexpr std::string_view k_old_context =
    "This is the Gemini CLI. We are setting up the context for our chat.";
constexpr std::string_view k_old_context_of_qwen =
    "This is the Qwen Code. We are setting up the context for our chat.";
// What the program says in the place of a person.
constexpr std::array<std::string_view, 2> k_nudges{"System: Please continue.",
                                                   "System: Potential loop detected"};
constexpr std::string_view k_files = "--- Content from referenced files ---";

std::string model_of(const json::Value& message) {
    const std::string_view model = message["model"].string_or();
    return model_name(model.starts_with("gemini") ? "google" : "", model);
}

bool is_context(std::string_view text) {
    text = trim(text);
    return text.starts_with(k_context) || text.starts_with(k_old_context) ||
           text.starts_with(k_old_context_of_qwen);
}

bool is_nudge(std::string_view text) {
    return std::any_of(k_nudges.begin(), k_nudges.end(),
                       [text](std::string_view nudge) { return text.starts_with(nudge); });
}

enrich::ModelUsage usage_of(const json::Value& tokens, const Accounting& accounting) {
    enrich::ModelUsage usage;
    usage.cache_read_tokens = count_of(tokens["cached"]);
    // What tools of the model's own side put into its input is counted beside it.
    usage.input_tokens =
        accounting.input(count_of(tokens["input"]), usage.cache_read_tokens, 0) + count_of(tokens["tool"]);
    usage.output_tokens = count_of(tokens["output"]) + count_of(tokens["thoughts"]);
    return usage;
}

// How a call has ended; nullopt while it has not.
std::optional<CallEnd> end_of(const json::Value& call, const Response& response) {
    const std::string_view status = call["status"].string_or();
    const bool has_result = !call["result"].is_null();
    if (status == "cancelled") return CallEnd{"interrupted"};
    if (status == "error" || (has_result && response.failed)) return CallEnd{"tool_error"};
    if (status != "success" && !has_result) return std::nullopt;
    const std::int64_t code =
        call["name"].string_or() == "run_shell_command" ? exit_code_in(response.text) : 0;
    return code == 0 ? CallEnd{} : CallEnd{"exit_code:" + std::to_string(code)};
}

class Teller {
public:
    Teller(Log& log, const Whereabouts& where, const Accounting& accounting, ParsedSession& parsed)
        : m_session(parsed), m_accounting(accounting) {
        const json::Value& header = log.header();
        SessionFacts& about = m_session.about;
        about.id = header["sessionId"].string_or(where.name);
        about.title = header["summary"].string_or();
        about.started = time_of(header["startTime"]);
        about.ended = time_of(header["lastUpdated"]);
        about.directory = where.directory;
        about.is_subagent = header["kind"].string_or() == "subagent";
        if (about.is_subagent) about.parent = where.parent;
        if (about.directory.empty()) about.directory = header["directories"].at(0).string_or();
        if (const json::Array* folders = header["directories"].if_array();
            folders != nullptr && !folders->empty())
            m_session.metadata().set("workspace_directories", json::Value(*folders));
        for (std::size_t at = 0; at < log.compressions(); ++at)
            m_session.note_compaction();
    }

    void take(const Message& message) {
        // The head is not always told of the last message.
        m_session.about.ended = std::max(m_session.about.ended, time_in(message.data));
        const std::string_view type = message.data["type"].string_or();
        const bool is_prompt = type == "user";
        if (!is_prompt && !is_reply(message.data)) return take_note(message.data);
        ++m_session.report().conversation_lines;
        m_interrupted = false;
        m_last_error.clear();
        if (message.rewound) {
            take_rewound(message.data);
        } else if (message.injected) {
            take_injected(message.data);
        } else if (is_prompt) {
            take_prompt(message.data);
        } else {
            take_reply(message.data);
        }
    }

    void finish(std::string_view reader_version) {
        set_if_some(m_session.metadata(), "interrupted_turns", m_interruptions);
        set_if_some(m_session.metadata(), "rolled_back_turns", m_rewound_prompts);
        m_session.evidence().interrupted = m_interrupted;
        m_session.evidence().final_error = m_last_error;
        m_session.finish(reader_version);
    }

private:
    static std::string time_in(const json::Value& message) { return time_of(message["timestamp"]); }

    // Only the person saw these.
    void take_note(const json::Value& message) {
        const std::string_view type = message["type"].string_or();
        std::string text = text_of_parts(content_of(message));
        if (type == "error") {
            m_last_error = text;
            m_session.add_error(std::move(text));
        } else if (type == "info" || type == "warning") {
            if (text.starts_with("Request cancelled")) {
                ++m_interruptions;
                m_interrupted = true;
            }
        } else {
            add_to_counts(m_session.report().unknown_line_types, "message/" + std::string(type));
            return;
        }
        add_to_counts(m_session.report().ignored_line_types, type);
    }

    void take_rewound(const json::Value& message) {
        if (is_reply(message)) {
            m_session.count_abandoned(usage_of(message["tokens"], m_accounting), model_of(message),
                                      std::string(message["id"].string_or()));
        } else if (!has_results(message)) {
            ++m_rewound_prompts;
        }
    }

    void take_injected(const json::Value& message) {
        take_results(message);
        take_parts(message, nullptr);
        const std::string text =
            has_results(message) ? beside_results(message) : text_of_parts(content_of(message));
        const bool summary = text.find("<state_snapshot>") != std::string::npos;
        m_session.show(is_context(text)       ? "session_context"
                       : has_results(message) ? "tool_result"
                       : summary              ? "compression"
                                              : "history",
                       text, time_in(message));
    }

    static bool has_results(const json::Value& message) {
        bool found = false;
        for_each_part(content_of(message), [&found](const json::Value& part) {
            found = found || !part["functionResponse"].is_null();
        });
        return found;
    }

    Response response_in(const json::Value& result) {
        Response whole;
        for_each_part(result, [&](const json::Value& part) {
            const json::Value& given = part["functionResponse"];
            const Response one = given.is_null() ? Response{said_in(part)} : response_of(given);
            if (given.is_null()) m_given.insert(one.text);
            if (!one.text.empty() && !whole.text.empty()) whole.text += '\n';
            whole.text += one.text;
            whole.failed = whole.failed || one.failed;
        });
        return whole;
    }

    // What stands beside results in the place of a prompt, and not in the results of the calls.
    std::string beside_results(const json::Value& message) const {
        std::string text;
        for_each_part(content_of(message), [&](const json::Value& part) {
            const std::string said = said_in(part);
            if (said.empty() || m_given.count(said) > 0) return;
            if (!text.empty()) text += '\n';
            text += said;
        });
        return text;
    }

    // Results of tools that stand a second time in the place of a prompt.
    void take_results(const json::Value& message) {
        for_each_part(content_of(message), [this](const json::Value& part) {
            const json::Value& given = part["functionResponse"];
            const std::string id(given["id"].string_or());
            if (given.is_null()) return;
            if (m_session.is_answered(id)) {
                ++m_session.report().repeated_lines;
                return;
            }
            Response response = response_of(given);
            m_session.answer(id, std::move(response.text), CallEnd{response.failed ? "tool_error" : ""});
        });
    }

    void take_prompt(const json::Value& message) {
        const std::string at = time_in(message);
        take_parts(message, nullptr);
        if (has_results(message)) {
            take_results(message);
            return m_session.show("tool_result", beside_results(message), at);
        }
        const std::string sent = text_of_parts(content_of(message));
        if (is_context(sent)) {
            if (m_session.about.directory.empty()) m_session.about.directory = directory_in_context(sent);
            return m_session.show("session_context", sent, at);
        }
        if (is_nudge(sent)) return m_session.show("nudge", sent, at);
        const std::string typed = text_of_parts(message["displayContent"]);
        const std::size_t files = std::min(sent.find(k_files), sent.size());
        if (!typed.empty() && trim(typed) != trim(std::string_view(sent).substr(0, files))) {
            // What the program made of it went to the model.
            m_session.say(trace::Role::User, typed, at);
            const bool extends = sent.starts_with(typed);
            return m_session.show("expanded_prompt", extends ? sent.substr(typed.size()) : sent, at);
        }
        m_session.say(trace::Role::User, std::string(trim(std::string_view(sent).substr(0, files))), at);
        m_session.show("referenced_files", sent.substr(files), at);
    }

    void take_reply(const json::Value& message) {
        const std::size_t place = m_session.reply(model_of(message), time_in(message));
        bool thought = false;
        if (const json::Array* thoughts = message["thoughts"].if_array())
            for (const json::Value& one : *thoughts)
                thought = take_thought(place, one) || thought;
        take_parts(message, &place, thought);
        m_session.add_text(place, text_of_parts(content_of(message)));
        if (const json::Array* calls = message["toolCalls"].if_array())
            for (const json::Value& call : *calls)
                take_call(place, call);
        take_results(message);
        m_session.count(place, usage_of(message["tokens"], m_accounting),
                        std::string(message["id"].string_or()));
        m_session.tell_surroundings(place);
    }

    bool take_thought(std::size_t place, const json::Value& thought) {
        std::string text(thought["subject"].string_or());
        const std::string_view more = thought["description"].string_or(thought.string_or());
        if (!text.empty() && !more.empty()) text += '\n';
        text += more;
        m_session.add_reasoning(place, text);
        return !trim(text).empty();
    }

    // Of a reply: what is neither its text nor among its toolCalls. `thought`: it has its thoughts.
    void take_parts(const json::Value& message, const std::size_t* place, bool thought = true) {
        bool signed_only = false;
        for_each_part(content_of(message), [&](const json::Value& part) {
            const std::string_view kind = kind_of_part(part);
            if (kind.empty()) count_unknown_block(m_session.report(), first_key(part), "part/");
            if (place == nullptr) return;
            signed_only = signed_only || has_thought_signature(part);
            const json::Value& call = part["functionCall"];
            if (kind == "thought" && !thought) m_session.add_reasoning(*place, part["text"].string_or());
            if (kind == "functionCall" && !is_told(message, call["id"].string_or()))
                m_session.call(*place, call["id"].string_or(), call["name"].string_or(), call["args"]);
        });
        if (signed_only && !m_session.step(*place).reasoning_content)
            m_session.add_reasoning(*place, k_encrypted_reasoning);
    }

    static std::string first_key(const json::Value& part) {
        const json::Object* fields = part.if_object();
        return fields == nullptr || fields->empty() ? std::string("(none)") : fields->begin()->first;
    }

    // Does the message have the call with its result?
    static bool is_told(const json::Value& message, std::string_view id) {
        const json::Array* calls = message["toolCalls"].if_array();
        return calls != nullptr && std::any_of(calls->begin(), calls->end(), [id](const json::Value& call) {
                   return call["id"].string_or() == id;
               });
    }

    void take_call(std::size_t place, const json::Value& call) {
        const std::string id =
            m_session.call(place, call["id"].string_or(), call["name"].string_or(), call["args"]);
        if (id.empty()) return;
        set_text(m_session.step(place).subagent_trajectory_ref, call["agentId"].string_or());
        const Response response = response_in(call["result"]);
        std::optional<CallEnd> end = end_of(call, response);
        if (!end) return;
        const bool worked = end->error.empty();
        const std::string_view shown = call["resultDisplay"].string_or();
        m_session.answer(id, call["result"].is_null() ? std::string(shown) : response.text, std::move(*end));
        if (worked)
            m_session.change(id,
                             changes_shown(*m_session.find_call(id), call["resultDisplay"], response.text));
    }

    SessionBuilder m_session;
    const Accounting& m_accounting;
    std::unordered_set<std::string> m_given;  // beside results of calls
    std::size_t m_interruptions = 0;
    std::size_t m_rewound_prompts = 0;
    bool m_interrupted = false;
    std::string m_last_error;  // with which the session ends
};

}  // namespace

std::string directory_in_context(std::string_view text) {
    if (!is_context(text)) return {};
    constexpr std::string_view k_folders = "**Workspace Directories:**\n  - ";
    constexpr std::string_view k_folder = "I'm currently working in the directory: ";
    for (const std::string_view words : {k_folders, k_folder}) {
        const std::size_t at = text.find(words);
        if (at == std::string_view::npos) continue;
        text.remove_prefix(at + words.size());
        return std::string(trim(text.substr(0, text.find('\n'))));
    }
    return {};
}

void tell(Log& log, const Whereabouts& where, const Accounting& accounting, std::string_view reader_version,
          ParsedSession& parsed) {
    Teller teller(log, where, accounting, parsed);
    for (const Message& message : log.messages())
        teller.take(message);
    teller.finish(reader_version);
}

}  // namespace opentraces::capture::gemini
