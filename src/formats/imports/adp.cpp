// Agent Data Protocol trajectories: the classic form of the published data, and the versioned one up to 1.2.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "formats/imports/importers.hpp"
#include "formats/imports/message_steps.hpp"

namespace opentraces::formats {
namespace {

constexpr std::array<std::string_view, 3> k_shells{"bash", "sh", "shell"};

bool recognises(const json::Value& row) {
    return row["content"].at(0)["class_"].if_string() != nullptr;
}

class Trajectory {
public:
    Trajectory(json::Object& root, const RowOrigin& origin, ImportedRow& out)
        : m_root(root), m_origin(origin), m_out(out), m_conversation(m_record, m_remarks, 1) {}

    void read() {
        json::Value items = take(m_root, "content");
        if (items.is_null()) throw RowProblem("content", "is missing");
        json::Array& list = array_of(items, "content");
        read_head();
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string at = fmt::format("content.{}", i);
            read_item(object_of(list[i], at), at);
        }
        flush();
        m_conversation.finish();
        describe_session(m_record);
        describe_origin(m_record, m_origin);
        keep_rest();
        m_out.record = std::move(m_record);
        m_out.remarks = m_remarks.take();
    }

private:
    void read_head() {
        const json::Value details = take(m_root, "details");
        const std::string id = take_text(m_root, "id", "the row").value_or("");
        take(m_root, "schema_version");
        m_own = details["source"].string_or() == "opentraces";
        m_record.agent.name = details["agent"].string_or("unknown");
        const std::string_view model = details["model"].string_or(details["model_name"].string_or());
        if (!model.empty()) m_record.agent.model = model;
        if (const std::string* const prompt = details["system_prompt"].if_string())
            m_conversation.prompt(*prompt);
        const std::string_view success = details["success"].string_or();
        if (success == "true" || success == "false") set_stated_success(m_record.outcome, success == "true");
        name_session(details, id);
        keep_details(details);
    }

    // Our own export names the session; other ids are unique in their data set at best.
    void name_session(const json::Value& details, const std::string& id) {
        const std::string_view session = details["session_id"].string_or();
        const std::string_view trace = details["trace_id"].string_or();
        if (!m_own || session.empty()) {
            m_record.session_id = id.empty() ? origin_name(m_origin) : m_origin.source + ":" + id;
            return;
        }
        m_record.trace_id = trace;
        m_record.session_id = session;
        if (id.starts_with(trace)) m_record.session_id += id.substr(trace.size());
    }

    void keep_details(const json::Value& details) {
        const json::Object* const object = details.if_object();
        if (object == nullptr) return;
        json::Object kept;
        for (const auto& [key, value] : *object) {
            const bool known = key == "system_prompt" || key == "model" || key == "agent" ||
                               key == "session_id" || key == "source";
            if (!(m_own && known)) kept.append(key, value);
        }
        if (!kept.empty()) m_kept.append("details", std::move(kept));
    }

    void read_item(json::Object& item, const std::string& at) {
        const std::string kind = take_required_text(item, "class_", at);
        if (const json::Number* const reward = member(item, "reward").if_number()) {
            if (m_record.outcome.reward) m_remarks.add("reward", "only the last one of a trajectory is kept");
            if (std::isfinite(reward->as_double())) m_record.outcome.reward = reward->as_double();
        }
        if (kind == "api_action") return read_call(item, api_call(item, at), at);
        if (kind == "code_action") return read_call(item, code_call(item, at), at);
        if (kind == "message_action") return read_message(item, at);
        if (kind == "text_observation") return observe(item, take_required_text(item, "content", at), at);
        if (kind == "image_observation") {
            m_remarks.add("image_observation", "becomes a mark with the image's path");
            return observe(item, fmt::format("[image: {}]", take_required_text(item, "content", at)), at);
        }
        if (kind == "web_observation") return read_page(item, at);
        throw RowProblem(at + ".class_", "is none of ADP's");
    }

    SaidCall api_call(json::Object& item, const std::string& at) {
        SaidCall call;
        call.name = take_required_text(item, "function", at);
        call.input = arguments_of(take(item, "kwargs"));
        return call;
    }

    SaidCall code_call(json::Object& item, const std::string& at) {
        SaidCall call;
        std::string language = take_required_text(item, "language", at);
        std::string code = take_required_text(item, "content", at);
        const bool shell = std::find(k_shells.begin(), k_shells.end(), language) != k_shells.end();
        call.name = shell ? "Bash" : "execute_code";
        if (!shell) call.input.append("language", std::move(language));
        call.input.append(shell ? "command" : "code", std::move(code));
        return call;
    }

    // Actions that follow each other without text of their own between them are one step of several calls.
    void read_call(json::Object& item, SaidCall call, const std::string& at) {
        call.id = take_text(item, "tool_call_id", at);
        trace::OptText description = take_text(item, "description", at);
        trace::OptText reasoning = take_text(item, "reasoning_content", at);
        const bool continues = !m_said.calls.empty() && call.id && !description && !reasoning;
        if (!continues) flush();
        if (!continues) {
            m_said.content = std::move(description);
            m_said.reasoning = std::move(reasoning);
        }
        m_said.calls.push_back(std::move(call));
    }

    void flush() {
        if (m_said.calls.empty()) return;
        m_calls_have_ids = m_said.calls.front().id.has_value();
        m_conversation.agent(std::exchange(m_said, {}));
    }

    void read_message(json::Object& item, const std::string& at) {
        flush();
        Said said;
        said.content = take_required_text(item, "content", at);
        said.reasoning = take_text(item, "reasoning_content", at);
        const trace::OptText description = take_text(item, "description", at);
        if (description && !said.reasoning)
            said.reasoning = description;
        else if (description)
            m_remarks.add("description", "of a message that has a reasoning too; left out");
        m_conversation.agent(std::move(said));
    }

    // Of a page, the accessibility tree is what the agent is shown; the markup is what is left without one.
    void read_page(json::Object& item, const std::string& at) {
        const trace::OptText tree = take_text(item, "axtree", at);
        const trace::OptText markup = take_text(item, "html", at);
        const trace::OptText address = take_text(item, "url", at);
        const bool has_tree = tree && !tree->empty();
        if (has_tree && markup && !markup->empty())
            m_remarks.add("web_observation", "the HTML is left out beside the accessibility tree");
        if (!member(item, "image_observation").is_null())
            m_remarks.add("web_observation", "the picture is left out");
        std::string text = address.value_or("");
        const std::string& page = has_tree ? *tree : markup.value_or("");
        if (!text.empty() && !page.empty()) text += '\n';
        observe(item, text + page, at);
    }

    void observe(json::Object& item, std::string text, const std::string& at) {
        const std::string source = take_text(item, "source", at).value_or("environment");
        const trace::OptText id = take_text(item, "tool_call_id", at);
        flush();
        // Classic trajectories have no ids, and call what a tool answers the user's.
        const bool answers = m_conversation.open_calls() > 0 && source != "agent" &&
                             (id || source != "user" || !m_calls_have_ids);
        if (answers) {
            trace::Observation observation;
            set_observed(observation, std::move(text));
            return m_conversation.answer(id, std::move(observation));
        }
        if (source == "agent") {
            Said said;
            said.content = std::move(text);
            m_conversation.agent(std::move(said));
        } else if (source == "user" && member(item, "name").string_or() != "system") {
            m_conversation.user(std::move(text));
        } else {
            m_conversation.system(std::move(text));
        }
    }

    void keep_rest() {
        keep_untaken(m_root, m_kept);
        if (!m_kept.empty()) m_record.metadata.set("adp", std::move(m_kept));
    }

    json::Object& m_root;
    const RowOrigin& m_origin;
    ImportedRow& m_out;
    trace::TraceRecord m_record;
    Remarks m_remarks;
    MessageSteps m_conversation;
    Said m_said;  // actions that wait for the next one
    bool m_calls_have_ids = false;
    json::Object m_kept;
    bool m_own = false;
};

ImportedRow read(json::Value value, const RowOrigin& origin) {
    return guarded([&](ImportedRow& row) { Trajectory(object_of(value, "the row"), origin, row).read(); });
}

}  // namespace

constinit const Importer k_import_adp{"adp", "Agent Data Protocol trajectories",
                                      "ADP classic, and 1.0 to 1.2", recognises, read};

}  // namespace opentraces::formats
