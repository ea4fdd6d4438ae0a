// SpecStory: <project>/.specstory/history/<time>-<title>.md, Markdown that it makes of the sessions of other
// agents (Claude Code, Cursor, Copilot, Codex, Gemini CLI, …). Of a session that is there itself the Markdown
// is left out (copies.hpp).
#include <algorithm>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_builder.hpp"
#include "capture/session_files.hpp"
#include "capture/specstory/markdown.hpp"
#include "capture/specstory/original.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.0.0";
constexpr std::string_view k_ending = ".md";

FileRole role_of(std::string_view name) {
    return name.ends_with(k_ending) ? FileRole::Perhaps : FileRole::None;
}

bool recognises(const std::string& path, Sources& sources) {
    const std::string_view head = trim(sources.head(path));
    return head.starts_with(specstory::k_generated) || head.starts_with(specstory::k_first_heading);
}

// The project that the folder .specstory lies in; empty where a file lies elsewhere.
std::string project_of(const std::string& path) {
    const std::string history = fs::parent(path);
    const std::string own = fs::parent(history);
    const bool is_own = fs::file_name(history) == "history" && fs::file_name(own) == ".specstory";
    return is_own ? fs::parent(own) : std::string();
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    return {session_in_file(k_specstory.name, path, project_of(path), sources)};
}

std::vector<Place> places(const std::string& project, const Environment&) {
    return {{fs::join(project, ".specstory/history"), false}};
}

class Document {
public:
    explicit Document(ParsedSession& parsed) : m_session(parsed) {}
    SessionFacts& about() { return m_session.about; }

    void take(std::string_view line) {
        switch (m_in) {
            case In::Thought:
                return take_thought(line);
            case In::Call:
                return take_call(line);
            case In::OldCall:
                if (line == "---" || specstory::read_head(line)) {
                    end_call();
                    break;
                }
                return add_line(line);
            case In::Text:
                break;
        }
        take_text(line);
    }

    void finish(std::string_view reader_version) {
        if (m_in == In::Thought) end_thought();
        if (m_in == In::Call || m_in == In::OldCall) end_call();
        end_text();
        m_session.metadata().set("opentraces_lossy", true);
        m_session.finish(reader_version);
    }

private:
    enum class In { Text, Thought, Call, OldCall };

    void add_line(std::string_view line) { m_text.append(line).append("\n"); }

    void take_text(std::string_view line) {
        constexpr std::string_view k_old_call = "Tool use: **";
        const std::size_t fence = specstory::fence_of(line);
        const bool was_rule = std::exchange(m_after_rule, m_after_rule && trim(line).empty());
        if (line == "---") m_after_rule = true;
        if (fence > 0 && (m_fence == 0 || (fence >= m_fence && trim(line.substr(fence)).empty()))) {
            m_fence = m_fence == 0 ? fence : 0;
            if (m_answering) return take_late_result(line);
        } else if (m_fence == 0 || was_rule) {
            if (const auto head = specstory::read_head(line)) return begin_turn(*head);
        }
        if (m_fence > 0) return add_line(line);
        if (!m_head) return take_before_turns(line);
        if (line.starts_with("<think>")) {
            end_text();
            m_in = In::Thought;
            return take_thought(line.substr(std::string_view("<think>").size()));
        }
        if (line.starts_with("<tool-use")) {
            end_text();
            begin_call(specstory::attribute(line, "data-tool-name"),
                       specstory::attribute(line, "data-tool-type"), In::Call);
            return take_call(line.substr(std::min(line.find('>') + 1, line.size())));
        }
        if (line.starts_with(k_old_call) && m_head->speaker == specstory::Head::Speaker::Agent) {
            end_text();
            const std::string_view name = line.substr(k_old_call.size());
            return begin_call(std::string(name.substr(0, std::min(name.find("**"), name.size()))), {},
                              In::OldCall);
        }
        if (!trim(line).empty()) m_answering = false;
        add_line(line);
    }

    void take_before_turns(std::string_view line) {
        if (const auto source = specstory::read_source(line)) {
            about().id = source->session;
            m_session.metadata().set("source_agent", source->agent);
        }
        if (!line.starts_with('#') || line == specstory::k_first_heading) return;
        std::string_view title = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
        if (const auto dated = specstory::find_time(title)) {
            m_session.see_time(dated->time);
            title = trim(title.substr(0, dated->at));
            if (title.ends_with('(')) title = trim(title.substr(0, title.size() - 1));
        }
        if (about().title.empty()) about().title = title;
    }

    void begin_turn(const specstory::Head& head) {
        end_text();
        m_fence = 0;
        m_answering = false;
        m_after_rule = false;
        const bool goes_on = m_head && m_head->speaker == head.speaker &&
                             m_head->is_sidechain == head.is_sidechain && m_head->model == head.model;
        if (!goes_on || head.speaker == specstory::Head::Speaker::User) m_reply.reset();
        m_head = head;
        m_session.see_time(head.time);
        m_session.surroundings.note("mode", head.mode);
        if (head.is_sidechain) {
            m_session.speak_as_agent({});
        } else {
            m_session.speak_as_main();
        }
        ++m_session.report().conversation_lines;
    }

    // The reply that goes on, or the next one: after a call, a text or a thought begins it.
    std::size_t reply(bool is_call) {
        if (!m_reply || (m_has_called && !is_call)) {
            m_reply = m_session.reply(m_head->model, m_head->time, m_head->is_sidechain ? "general" : "");
            m_session.tell_surroundings(*m_reply);
            m_has_called = false;
        }
        m_has_called = m_has_called || is_call;
        return *m_reply;
    }

    // Lines that separate turns belong to none.
    std::string taken_text() {
        std::string text = std::exchange(m_text, {});
        std::string_view view = trim(text);
        while (view == "---" || view.ends_with("\n---"))
            view = trim(view.substr(0, view.size() - 3));
        while (view.starts_with("---\n"))
            view = trim(view.substr(3));
        return std::string(view);
    }

    void end_text() {
        const std::string text = taken_text();
        if (text.empty() || !m_head) return;
        if (m_head->speaker == specstory::Head::Speaker::Agent) {
            m_session.add_text(reply(false), text);
            m_session.evidence().turn_ended = true;
        } else if (text.starts_with('/') && text.find("\n \u23bf ") != std::string::npos) {
            m_session.show("command", text, m_head->time);
        } else if (text.starts_with("[Request interrupted by user")) {
            m_session.show("interruption", text, m_head->time);
            m_session.evidence().interrupted = true;
        } else if (m_session.say(trace::Role::User, text, m_head->time)) {
            m_session.evidence().turn_ended = false;
            m_session.evidence().interrupted = false;
        }
    }

    void take_thought(std::string_view line) {
        constexpr std::string_view k_end = "</think>";
        const std::size_t end = line.find(k_end);
        add_line(line.substr(0, std::min(end, line.size())));
        if (end != std::string_view::npos) end_thought();
    }

    void end_thought() {
        std::string_view thought = trim(m_text);
        for (const std::string_view frame : {"<details>", "<summary>Thought Process</summary>"})
            if (thought.starts_with(frame)) thought = trim(thought.substr(frame.size()));
        if (thought.ends_with("</details>")) thought = trim(thought.substr(0, thought.size() - 10));
        if (!thought.empty() && m_head) m_session.add_reasoning(reply(false), thought);
        m_text.clear();
        m_in = In::Text;
    }

    void begin_call(std::string name, std::string type, In in) {
        m_name = std::move(name);
        m_type = std::move(type);
        m_in = in;
    }

    void take_call(std::string_view line) {
        constexpr std::string_view k_end = "</tool-use>";
        const std::string_view word = trim(line);
        if (!word.ends_with(k_end)) return add_line(line);
        std::string_view rest = word.substr(0, word.size() - k_end.size());
        if (rest.ends_with("</details>")) rest.remove_suffix(10);
        add_line(rest);
        end_call();
    }

    void end_call() {
        const std::string body = std::exchange(m_text, {});
        m_in = In::Text;
        specstory::Call call = specstory::read_call(m_name, m_type, body);
        m_call = m_session.call(reply(true), {}, call.name, std::move(call.input));
        m_answering = call.result.empty();
        if (!m_answering) m_session.answer(m_call, std::move(call.result));
        m_session.evidence().turn_ended = false;
    }

    // A result may stand as a code block below its call.
    void take_late_result(std::string_view) {
        if (m_fence > 0) return;
        m_session.answer(m_call, taken_text());
        m_answering = false;
    }

    SessionBuilder m_session;
    std::optional<specstory::Head> m_head;
    std::optional<std::size_t> m_reply;
    In m_in = In::Text;
    std::string m_text;
    std::string m_name;
    std::string m_type;
    std::string m_call;
    std::size_t m_fence = 0;  // backticks of the code block that is open
    bool m_has_called = false;
    bool m_after_rule = false;
    bool m_answering = false;  // the last call has no result yet, and nothing has come since
};

std::string stem(const std::string& path) {
    const std::string name = fs::file_name(path);
    return repair_utf8(name.ends_with(k_ending) ? name.substr(0, name.size() - k_ending.size()) : name);
}

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    if (!recognises(session.locator, sources)) {
        refuse(parsed, "not SpecStory's: it does not begin with its name");
        return parsed;
    }
    Document document(parsed);
    document.about().directory = project_of(session.locator);
    json::LineReader reader(sources.open(session.locator), k_longest_line);
    for (json::Line line; reader.next(line);) {
        ++parsed.report.lines;
        if (line.too_long)
            parsed.report.skipped.push_back({.line = line.number, .words = "longer than 64 MiB"});
        document.take(repair_utf8(line.text));
    }
    if (document.about().id.empty()) document.about().id = stem(session.locator);
    document.finish(k_version);
    finish(k_specstory, parsed);
    return parsed;
}

}  // namespace

std::string specstory::original_of(const std::string& path, Sources& sources) {
    std::string id;
    each_line(sources.head(path).substr(0, 4096), [&id](std::string_view line) {
        const auto source = specstory::read_source(line);
        if (source && id.empty()) id = source->session;
    });
    return id;
}

constinit const Agent k_specstory{"specstory", "SpecStory", k_version,  {false}, nullptr,
                                  places,      role_of,     recognises, list,    read};

}  // namespace opentraces::capture
