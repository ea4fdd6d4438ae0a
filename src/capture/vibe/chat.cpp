#include "capture/vibe/chat.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/documents.hpp"
#include "capture/object_lines.hpp"
#include "capture/session_builder.hpp"
#include "capture/verdict.hpp"
#include "capture/vibe/continued.hpp"
#include "capture/vibe/results.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::vibe {
namespace {

// Vibe names its models by an alias; its settings say what that is.
std::string model_in(const json::Value& metadata) {
    const json::Value& config = metadata[metadata["config"].is_null() ? "agent_config" : "config"];
    const std::string_view alias = config["active_model"].string_or();
    if (const json::Array* models = config["models"].if_array())
        for (const json::Value& model : *models)
            if (!alias.empty() && model["alias"].string_or(model["name"].string_or()) == alias)
                return model_name(model["provider"].string_or(), model["name"].string_or());
    return std::string(config["model_name"].string_or(alias.empty() ? metadata["model"].string_or() : alias));
}

std::int64_t milliseconds(const json::Value& seconds) {
    const json::Number* number = seconds.if_number();
    constexpr double k_longest = 1e9;
    if (number == nullptr || !(number->as_double() >= 0) || number->as_double() > k_longest) return -1;
    return std::llround(number->as_double() * 1000);
}

class Session {
public:
    // `name` stands for an id where the metadata is missing.
    Session(const json::Value& metadata, std::string name, ParsedSession& parsed)
        : m_metadata(metadata), m_name(std::move(name)), m_session(parsed), m_model(model_in(metadata)) {}

    void tell(const std::vector<json::Value>& messages, const Continued& continued,
              std::string_view reader_version) {
        describe(continued);
        std::size_t left = continued.messages;
        for (const json::Value& message : messages) {
            const bool is_copy = left > 0 && !identity_of(message).empty();
            if (is_copy)
                --left;
            else
                take(message);
        }
        count();
        m_session.finish(reader_version);
    }

private:
    void describe(const Continued& continued) {
        SessionFacts& about = m_session.about;
        about.id = m_metadata["session_id"].string_or(m_name);
        about.parent = m_metadata["parent_session_id"].string_or(continued.session);
        about.title = m_metadata["title"].string_or();
        about.model = m_model;
        about.directory = project_in(m_metadata);
        about.branch = m_metadata["git_branch"].string_or();
        about.commit = m_metadata["git_commit"].string_or();
        about.started = m_metadata["start_time"].string_or();
        about.ended = m_metadata["end_time"].string_or();
        m_session.set_system_prompt(text_of(m_metadata["system_prompt"]["content"]));
        if (const json::Array* tools = m_metadata["tools_available"].if_array())
            for (const json::Value& tool : *tools)
                m_session.offer_tool(tool);
        set_if_some(m_session.metadata(), "agent_profile", m_metadata["agent_profile"]["name"].string_or());
        set_if_some(m_session.notes(), "copied_lines", continued.messages);
    }

    void take(const json::Value& message) {
        const std::string_view role = message["role"].string_or();
        if (message["context_boundary"].string_or() == "compaction") m_session.note_compaction();
        if (role == "tool") {
            take_answer(message);
        } else if (role == "user" && message["injected"].bool_or(false)) {
            m_session.show("program", text_of(message["content"]));
        } else if (!take_chat_message(m_session, message, {}, m_model)) {
            add_to_counts(m_session.report().unknown_line_types, "messages/" + std::string(role));
            return;
        } else if (role == "user") {
            take_images(message["images"]);
        }
        ++m_session.report().conversation_lines;
    }

    // Beside the text of a prompt, in files of the session or as they are.
    void take_images(const json::Value& images) {
        if (images.if_array() == nullptr) return;
        for (const json::Value& image : *images.if_array())
            m_session.show("attachment",
                           "[image: " + std::string(image["mime_type"].string_or("unknown")) + "]");
    }

    void take_answer(const json::Value& message) {
        std::string text = text_of(message["content"]);
        const json::Value& result = message["tool_result"];
        CallEnd end = end_of_tagged(text);
        if (result["cancelled"].bool_or(false)) end.error = "interrupted";
        end.duration_ms = milliseconds(result["duration"]);
        take_result(m_session, std::string(message["tool_call_id"].string_or()), std::move(text),
                    std::move(end));
    }

    // All input, cached tokens a part of it; only later versions tell how many.
    void count() {
        const json::Value& stats = m_metadata["stats"];
        enrich::ModelUsage usage;
        usage.model = m_model;
        usage.cache_read_tokens = count_of(stats["session_cached_tokens"]);
        usage.input_tokens =
            std::max<std::int64_t>(count_of(stats["session_prompt_tokens"]) - usage.cache_read_tokens, 0);
        usage.output_tokens = count_of(stats["session_completion_tokens"]);
        m_session.count_session(std::move(usage));
    }

    const json::Value& m_metadata;
    std::string m_name;
    SessionBuilder m_session;
    std::string m_model;
};

ParsedSession tell(const SessionRef& session, const json::Value& metadata,
                   const std::vector<json::Value>& messages, ParsedSession parsed, Sources& sources,
                   const Agent& agent) {
    const Continued continued =
        find_continued(session.locator, std::string(metadata["start_time"].string_or()), messages, sources);
    parsed.files.insert(parsed.files.end(), continued.files.begin(), continued.files.end());
    const std::string& path = session.locator;
    const std::string name = path.ends_with(".jsonl") ? fs::file_name(fs::parent(path)) : fs::stem(path);
    Session(metadata, repair_utf8(name), parsed).tell(messages, continued, agent.version);
    finish(agent, parsed);
    return parsed;
}

}  // namespace

bool is_metadata(const json::Value& start) {
    return start["session_id"].if_string() != nullptr && start["start_time"].if_string() != nullptr &&
           start["environment"].if_object() != nullptr;
}

bool is_document(const json::Value& start) {
    return is_metadata(start["metadata"]) && start["messages"].if_array() != nullptr;
}

bool is_message(const json::Value& line) {
    return line["role"].if_string() != nullptr && line["type"].is_null() &&
           (line["content"].if_string() != nullptr || line["tool_calls"].if_array() != nullptr);
}

std::string metadata_beside(const std::string& messages) {
    return fs::join(fs::parent(messages), "meta.json");
}

std::string project_in(const json::Value& metadata) {
    return std::string(metadata["environment"]["working_directory"].string_or());
}

ParsedSession read_document(const SessionRef& session, Sources& sources, const Agent& agent) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    auto document = read_session_document(session.locator, sources, parsed);
    if (!document) return parsed;
    if (!is_document(*document)) {
        refuse(parsed, "not a Vibe session: it has no metadata with an id, and no messages");
        return parsed;
    }
    const std::vector<json::Value> messages = *(*document)["messages"].if_array();
    parsed.report.lines = messages.size();
    return tell(session, (*document)["metadata"], messages, std::move(parsed), sources, agent);
}

ParsedSession read_folder(const SessionRef& session, Sources& sources, const Agent& agent) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    std::vector<json::Value> messages;
    const LineTally tally = read_objects(sources, session.locator, [&](json::Value&& line, std::size_t) {
        messages.push_back(std::move(line));
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (std::none_of(messages.begin(), messages.end(), is_message)) {
        refuse(parsed, "not a Vibe session: no line is a message");
        return parsed;
    }
    const json::Value metadata = read_side_document(metadata_beside(session.locator), sources, parsed);
    return tell(session, metadata, messages, std::move(parsed), sources, agent);
}

}  // namespace opentraces::capture::vibe
