#include "capture/kiro/session.hpp"

#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/kiro/results.hpp"
#include "capture/object_lines.hpp"
#include "capture/session_builder.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::kiro {
namespace {

constexpr std::string_view k_ending = ".jsonl";

Output output_of(const json::Value& result) {
    Output output;
    if (const json::Array* parts = result["content"].if_array()) {
        for (const json::Value& part : *parts) {
            const std::string_view kind = part["kind"].string_or();
            if (kind == "text") append_paragraph(output.text, part["data"].string_or());
            if (kind == "json") add_json(part["data"], output);
            if (kind == "image")
                append_paragraph(output.text,
                                 "[image: " + std::string(part["data"]["format"].string_or("unknown")) + "]");
        }
    }
    end_by_status(result["status"].string_or(), output);
    return output;
}

class Teller {
public:
    Teller(const std::string& path, const json::Value& state, ParsedSession& parsed) : m_session(parsed) {
        SessionFacts& about = m_session.about;
        std::string name = fs::file_name(path);
        if (name.ends_with(k_ending)) name.resize(name.size() - k_ending.size());
        about.id = state["session_id"].string_or(name);
        about.parent = state["parent_session_id"].string_or();
        about.is_subagent = state["session_created_reason"].string_or() == "subagent";
        about.title = state["title"].string_or();
        about.directory = state["cwd"].string_or();
        about.started = state["created_at"].string_or();
        about.ended = state["updated_at"].string_or();
        const json::Value& session = state["session_state"];
        about.model = session["rts_model_state"]["model_info"]["model_id"].string_or();
        set_if_some(m_session.metadata(), "agent_profile", session["agent_name"].string_or());
        m_session.surroundings.note("working_directory", about.directory);
    }

    void take(const json::Value& line) {
        const std::string_view kind = line["kind"].string_or();
        const json::Value& data = line["data"];
        ParseReport& report = m_session.report();
        if (kind == "Prompt") {
            take_prompt(data);
        } else if (kind == "AssistantMessage") {
            take_reply(data);
        } else if (kind == "ToolResults") {
            take_results(data);
        } else if (kind == "Compaction") {
            m_session.note_compaction();
            m_session.show("compaction", std::string(data["summary"].string_or()));
            if (const json::Array* kept = data["messages_snapshot"].if_array())
                report.repeated_lines += kept->size();
        } else {
            const bool known = kind == "Clear" || kind == "ResetTo" || kind == "CancelledPrompt";
            add_to_counts(known ? report.ignored_line_types : report.unknown_line_types,
                          kind.empty() ? "(none)" : kind);
            return;
        }
        ++report.conversation_lines;
    }

    void finish(std::string_view reader_version) { m_session.finish(reader_version); }

private:
    template <class Take>
    void each_block(const json::Value& data, const Take& take) {
        const json::Array* blocks = data["content"].if_array();
        if (blocks == nullptr) return;
        for (const json::Value& block : *blocks) {
            const std::string_view kind = block["kind"].string_or();
            if (!take(kind, block["data"]))
                add_to_counts(m_session.report().unknown_line_types,
                              "content/" + std::string(kind.empty() ? "(none)" : kind));
        }
    }

    void take_prompt(const json::Value& data) {
        const std::string at = time_of(data["meta"]["timestamp"]);
        std::string prompt;
        each_block(data, [&](std::string_view kind, const json::Value& told) {
            if (kind == "text") append_paragraph(prompt, told.string_or());
            if (kind == "image")
                append_paragraph(prompt, "[image: " + std::string(told["format"].string_or("unknown")) + "]");
            return kind == "text" || kind == "image";
        });
        m_session.show("prompt_context", std::string(data["meta"]["additionalContext"].string_or()), at);
        m_session.say(trace::Role::User, std::move(prompt), at);
    }

    void take_reply(const json::Value& data) {
        const std::size_t place = m_session.reply({}, {});
        each_block(data, [&](std::string_view kind, const json::Value& told) {
            if (kind == "text") {
                m_session.add_text(place, told.string_or());
            } else if (kind == "thinking") {
                const std::string_view text = told["text"].string_or();
                m_session.add_reasoning(place, trim(text).empty() ? k_encrypted_reasoning : text);
            } else if (kind == "toolUse") {
                m_session.call(place, told["toolUseId"].string_or(), told["name"].string_or(),
                               call_arguments(told["input"]));
            } else {
                return false;
            }
            return true;
        });
        m_session.tell_surroundings(place);
    }

    void take_results(const json::Value& data) {
        each_block(data, [&](std::string_view kind, const json::Value& told) {
            // What a person says in the place of a result.
            if (kind == "text") m_session.say(trace::Role::User, std::string(told.string_or()));
            if (kind == "toolResult") take_result_of(data["results"], told);
            return kind == "text" || kind == "toolResult";
        });
    }

    void take_result_of(const json::Value& results, const json::Value& told) {
        const std::string id(told["toolUseId"].string_or());
        Output output = output_of(told);
        if (results[id]["result"].string_or() == "Cancelled") output.error = "interrupted";
        const bool worked = output.error.empty();
        if (m_session.answer(id, std::move(output.text), {std::move(output.error)}) && worked)
            m_session.change(id, changes_of(*m_session.find_call(id)));
    }

    SessionBuilder m_session;
};

}  // namespace

bool is_log_entry(const json::Value& line) {
    const std::string_view kind = line["kind"].string_or();
    return (kind == "Prompt" || kind == "AssistantMessage" || kind == "ToolResults") &&
           line["version"].if_string() != nullptr && line["data"]["content"].if_array() != nullptr;
}

std::string state_path(const std::string& log) {
    return log.ends_with(k_ending) ? log.substr(0, log.size() - 1) : log + ".json";
}

std::string folder_of_log(const std::string& log, Sources& sources) {
    const std::string state = state_path(log);
    if (!is_file_itself(state, sources.disk())) return {};
    return std::string(start_of_document(state, sources)["cwd"].string_or());
}

ParsedSession read_log(const std::string& path, std::string_view reader_version, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(path);
    const json::Value state = read_side_document(state_path(path), sources, parsed);
    Teller teller(path, state, parsed);
    const LineTally tally =
        read_objects(sources, path, [&](json::Value&& line, std::size_t) { teller.take(line); });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) {
        parsed.record.reset();
        return parsed;
    }
    teller.finish(reader_version);
    return parsed;
}

}  // namespace opentraces::capture::kiro
