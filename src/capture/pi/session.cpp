#include "capture/pi/session.hpp"
#include "capture/session_files.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "capture/heads.hpp"
#include "capture/numbers.hpp"
#include "capture/object_lines.hpp"
#include "capture/pi/changes.hpp"
#include "capture/pi/entries.hpp"
#include "capture/session_builder.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::pi {
namespace {

// Entries beside messages; the summaries have two names each.
constexpr std::array<std::string_view, 12> k_notes{
    "compaction",   "compactionSummary",    "branch_summary", "branchSummary", "custom_message",
    "model_change", "session_info",         "custom",         "label",         "leaf",
    "ephemeral",    "thinking_level_change"};

// What OpenClaw shows to people or sends to them, and no model has said.
constexpr std::array<std::string_view, 2> k_no_models{"delivery-mirror", "gateway-injected"};

template <class Names>
bool is_one_of(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string name_of_file(std::string_view path) {
    const std::size_t slash = path.find_last_of("/\\");
    std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    name = name.substr(0, name.find(".jsonl"));
    const std::size_t mark = name.rfind('_');
    return std::string(mark == std::string_view::npos ? name : name.substr(mark + 1));
}

enrich::ModelUsage usage_of(const json::Value& message) {
    const json::Value& told = message["usage"];
    enrich::ModelUsage usage;
    usage.input_tokens = count_of(told["input"]);
    usage.output_tokens = count_of(told["output"]);
    usage.cache_read_tokens = count_of(told["cacheRead"]);
    usage.cache_write_tokens = count_of(told["cacheWrite"]);
    usage.long_cache_write_tokens = std::min(count_of(told["cacheWrite1h"]), usage.cache_write_tokens);
    return usage;
}

// How the shell's tool says it, at the end of the output.
std::string error_in(std::string_view text) {
    constexpr std::string_view k_exit = "Command exited with code ";
    const std::string_view last = trim(text.substr(text.rfind('\n') + 1));
    if (last.starts_with(k_exit)) {
        const auto code = leading_number(last.substr(k_exit.size()));
        if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    }
    const bool stopped = last == "Command aborted" || last == "Operation aborted" ||
                         last == "Skipped due to queued user message.";
    return stopped ? "interrupted" : "tool_error";
}

// A skill that was asked for: its text, put before what the person has typed.
struct SkillPrompt {
    std::string_view name;
    std::string_view block;
    std::string_view typed;
};

std::optional<SkillPrompt> skill_in(std::string_view text) {
    constexpr std::string_view k_start = "<skill name=\"";
    constexpr std::string_view k_end = "\n</skill>";
    const std::size_t end = text.find(k_end);
    if (!text.starts_with(k_start) || end == std::string_view::npos) return std::nullopt;
    const std::size_t after = end + k_end.size();
    return SkillPrompt{text.substr(k_start.size(), text.find('"', k_start.size()) - k_start.size()),
                       text.substr(0, after), trim(text.substr(after))};
}

class Teller {
public:
    explicit Teller(ParsedSession& parsed) : m_session(parsed) {}

    void take_header(const json::Value& header, const std::string& path) {
        SessionFacts& about = m_session.about;
        about.id = header["id"].string_or();
        if (about.id.empty()) about.id = repair_utf8(name_of_file(path));
        about.parent = name_of_file(parent_path(header));
        about.directory = header["cwd"].string_or();
        m_chosen = model_name(header["provider"].string_or(), header["modelId"].string_or());
        about.model = m_chosen;
        m_session.surroundings.note("working_directory", about.directory);
        m_session.surroundings.note("effort", header["thinkingLevel"].string_or());
        m_session.see_time(time_of(header["timestamp"]));
    }

    void take(Entry& entry) {
        if (entry.copied) {
            ++m_copied;
            return;
        }
        const std::string at = time_of(entry.value["timestamp"]);
        m_session.see_time(at);
        const std::string_view type = entry.value["type"].string_or();
        json::Value* message = entry.value.if_object()->find("message");
        const bool is_message = type == "message" && message != nullptr && message->if_object() != nullptr;
        if (!is_message && !is_one_of(k_notes, type)) {
            add_to_counts(m_session.report().unknown_line_types, type.empty() ? "(none)" : type);
        } else if (type == "session_info") {  // wherever it stands in the tree
            m_session.about.title = trim(entry.value["name"].string_or());
            ignore(type);
        } else if (entry.abandoned) {
            take_abandoned(entry.value);
        } else if (type == "model_change") {
            m_chosen = model_name(entry.value["provider"].string_or(), entry.value["modelId"].string_or());
            ignore(type);
        } else if (is_message) {
            take_message(*message, at.empty() ? time_of((*message)["timestamp"]) : at);
        } else {
            take_note(entry.value, type, at);
        }
    }

    void finish(std::string_view reader_version) {
        set_if_some(m_session.metadata(), "stop_reason", m_stop_reason);
        set_if_some(m_session.metadata(), "interrupted_turns", m_interrupted);
        set_if_some(m_session.notes(), "copied_lines", m_copied);
        set_if_some(m_session.notes(), "abandoned_lines", m_abandoned);
        if (m_cost > 0) m_session.evidence().actual_cost_usd = m_cost;
        m_session.evidence().turn_ended = m_last_is_reply && m_stop_reason == "stop";
        m_session.evidence().interrupted = m_last_is_reply && m_stop_reason == "aborted";
        m_session.finish(reader_version);
    }

private:
    // The one that was chosen last, where the reply names none or no provider.
    std::string model_of(const json::Value& message) const {
        const std::string_view model = message["model"].string_or();
        const std::string_view provider = message["provider"].string_or();
        if (model.empty() || (provider.empty() && m_chosen.ends_with("/" + std::string(model))))
            return m_chosen;
        return model_name(provider, model);
    }

    // Paid for, and no part of the conversation any more.
    void take_abandoned(const json::Value& entry) {
        const json::Value& message = entry["message"];
        if (message["role"].string_or().empty()) return;
        ++m_abandoned;
        if (message["role"].string_or() != "assistant") return;
        m_session.count_abandoned(usage_of(message), model_of(message), {});
        add_cost(message);
    }

    void take_note(const json::Value& entry, std::string_view type, const std::string& at) {
        if (type == "compaction" || type == "compactionSummary") {
            take_compaction(entry, at);
        } else if (type == "branch_summary" || type == "branchSummary") {
            m_session.say(trace::Role::System, text_of(entry["summary"]), at);
        } else if (type == "custom_message") {
            take_custom(entry, at);
        } else if (type == "thinking_level_change") {
            m_session.surroundings.note("effort", entry["thinkingLevel"].string_or());
            ignore(type);
        } else {
            const std::string_view error = entry["data"]["error"].string_or();
            if (entry["customType"].string_or() == "openclaw:prompt-error" && !error.empty())
                m_session.add_error(std::string(error));
            ignore(type);
        }
    }

    void ignore(std::string_view type) { add_to_counts(m_session.report().ignored_line_types, type); }

    void take_compaction(const json::Value& entry, const std::string& at) {
        m_session.note_compaction();
        m_session.say(trace::Role::System, text_of(entry["summary"]), at);
    }

    void take_custom(const json::Value& message, const std::string& at) {
        m_session.show(message["customType"].string_or("extension"), text_of(message["content"]), at);
    }

    void take_message(json::Value& message, const std::string& at) {
        const std::string_view role = message["role"].string_or();
        ++m_session.report().conversation_lines;
        m_last_is_reply = role == "assistant";
        if (role == "user") {
            take_prompt(message, at);
        } else if (role == "assistant") {
            take_assistant(message, at);
        } else if (role == "toolResult") {
            take_result(message);
        } else if (role == "bashExecution") {
            take_own_command(message, at);
        } else if (role == "custom" || role == "hookMessage") {
            take_custom(message, at);
        } else if (role == "branchSummary" || role == "system" || role == "developer") {
            m_session.say(trace::Role::System,
                          text_of(role == "branchSummary" ? message["summary"] : message["content"]), at);
        } else if (role == "compactionSummary") {
            take_compaction(message, at);
        } else {
            --m_session.report().conversation_lines;
            add_to_counts(m_session.report().unknown_line_types, "message/" + std::string(role));
        }
    }

    void take_prompt(const json::Value& message, const std::string& at) {
        const std::string text = text_of(message["content"]);
        if (message["provenance"]["kind"].string_or() == "internal_system") {
            m_session.say(trace::Role::System, text, at);
        } else if (const auto skill = skill_in(text)) {
            std::string asked = "/skill:" + std::string(skill->name);
            if (!skill->typed.empty()) asked.append(" ").append(skill->typed);
            m_session.say(trace::Role::User, std::move(asked), at);
            m_session.show("skill", std::string(skill->block), at);
        } else {
            m_session.say(trace::Role::User, text, at);
        }
    }

    // A command that the person ran; with "!!" it is kept from the model.
    void take_own_command(const json::Value& message, const std::string& at) {
        if (message["excludeFromContext"].bool_or(false)) {
            ignore("message/bashExecution (excluded)");
            return;
        }
        std::string text = "Ran `" + std::string(message["command"].string_or()) + "`\n";
        const std::string_view output = message["output"].string_or();
        text += output.empty() ? "(no output)" : "```\n" + std::string(output) + "\n```";
        const auto code = message["exitCode"].integer();
        if (message["cancelled"].bool_or(false)) {
            text += "\n\n(command cancelled)";
        } else if (code && *code != 0) {
            text += "\n\nCommand exited with code " + std::to_string(*code);
        }
        m_session.say(trace::Role::System, std::move(text), at);
    }

    void add_cost(const json::Value& message) {
        const json::Number* dollars = message["usage"]["cost"]["total"].if_number();
        if (dollars == nullptr) return;
        const double value = dollars->as_double();
        if (value > 0 && std::isfinite(value)) m_cost += value;
    }

    void take_assistant(json::Value& message, const std::string& at) {
        const std::string_view model = message["model"].string_or();
        if (is_one_of(k_no_models, model)) {
            m_session.show(model, text_of(message["content"]), at);
            return;
        }
        m_stop_reason = message["stopReason"].string_or();
        if (m_stop_reason == "aborted") ++m_interrupted;
        if (m_stop_reason == "error")
            m_session.add_error(std::string(message["errorMessage"].string_or("error")));
        const enrich::ModelUsage usage = usage_of(message);
        if (is_empty(usage) && is_blank(message["content"])) {
            ignore("message/assistant (empty)");
            return;
        }
        const std::size_t place = m_session.reply(model_of(message), at);
        if (const std::string* text = message["content"].if_string()) m_session.add_text(place, *text);
        json::Value* content = message.if_object()->find("content");
        if (json::Array* blocks = content == nullptr ? nullptr : content->if_array()) {
            for (json::Value& block : *blocks)
                take_block(place, block);
        }
        m_session.count(place, usage);
        add_cost(message);
        json::Object& facts = m_session.facts(place);
        set_if_some(facts, "stop_reason", m_stop_reason);
        set_if_some(facts, "request_id", message["responseId"].string_or());
        m_session.tell_surroundings(place);
    }

    static bool is_blank(const json::Value& content) {
        const json::Array* blocks = content.if_array();
        return blocks != nullptr ? blocks->empty() : trim(content.string_or()).empty();
    }

    void take_block(std::size_t place, json::Value& block) {
        const std::string_view type = block["type"].string_or();
        if (type == "text") {
            m_session.add_text(place, block["text"].string_or());
        } else if (type == "thinking") {
            const std::string_view text = block["thinking"].string_or();
            const bool hidden = trim(text).empty() && !block["thinkingSignature"].string_or().empty();
            m_session.add_reasoning(place, hidden ? k_encrypted_reasoning : text);
        } else if (type == "toolCall") {
            json::Value* arguments = block.if_object()->find("arguments");
            m_session.call(place, block["id"].string_or(), block["name"].string_or(),
                           arguments == nullptr ? json::Value() : std::move(*arguments));
        } else if (type == "image") {
            m_session.add_text(place, placeholder(block));
        } else {
            count_unknown_block(m_session.report(), type);
        }
    }

    void take_result(const json::Value& message) {
        const std::string id(message["toolCallId"].string_or());
        std::string text = text_of(message["content"]);
        CallEnd end;
        if (message["isError"].bool_or(false)) end.error = error_in(text);
        const bool worked = end.error.empty();
        if (!m_session.answer(id, std::move(text), std::move(end)) || !worked) return;
        m_session.change(id, changes_of(*m_session.find_call(id), message["details"]));
    }

    SessionBuilder m_session;
    std::string m_stop_reason;
    std::string m_chosen;  // model
    double m_cost = 0;
    std::size_t m_interrupted = 0;
    std::size_t m_copied = 0;
    std::size_t m_abandoned = 0;
    bool m_last_is_reply = false;
};

// What OpenClaw notes in its sessions, of which Pi knows nothing.
bool is_note_of_openclaw(const json::Value& line) {
    const std::string_view custom = line["customType"].string_or();
    const json::Value& message = line["message"];
    return custom.starts_with("openclaw") || custom == "model-snapshot" ||
           message["provider"].string_or() == "openclaw" ||
           is_one_of(k_no_models, message["model"].string_or()) ||
           message["provenance"].if_object() != nullptr;
}

// Its own folder, "-<profile>" included; the other two are what it was called before.
bool is_below_state(std::string_view path) {
    const auto is_in = [path](std::string_view part) { return path.find(part) != std::string_view::npos; };
    return is_in("/.openclaw") || is_in("/.moltbot") || is_in("/.clawdbot");
}

}  // namespace

bool is_session(const std::string& path, Sources& sources) {
    bool first = true;
    bool is = false;
    look_through(sources.head(path), [&](const json::Value& line) {
        is = std::exchange(first, false) && is_header(line);
        return true;
    });
    return is;
}

bool is_of_openclaw(const std::string& path, Sources& sources) {
    std::string id;
    bool noted = starts_with_lines(path, sources, [&](const json::Value& line) {
        if (is_header(line)) id = line["id"].string_or();
        return is_note_of_openclaw(line) || (is_header(line) && is_below_state(line["cwd"].string_or())) ||
               (!id.empty() && line["parentId"].string_or() == id);
    });
    if (noted) return true;
    const std::string name(fs::file_name(path));
    if (!id.empty() && name.ends_with("_" + id + ".jsonl")) return false;
    return is_below_state(path) || path.find("/openclaw/") != std::string::npos ||
           (!id.empty() && name.starts_with(id + ".checkpoint."));
}

std::vector<SessionRef> list(const Agent& agent, const std::string& path, Sources& sources) {
    std::string project;
    starts_with_lines(path, sources, [&](const json::Value& line) {
        if (is_header(line)) project = line["cwd"].string_or();
        return true;
    });
    return {session_in_file(agent.name, path, std::move(project), sources)};
}

ParsedSession read(const Agent& agent, const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    Log log;
    const LineTally tally = read_objects(sources, session.locator,
                                         [&](json::Value&& line, std::size_t) { add(std::move(line), log); });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (log.header.is_null()) {
        refuse(parsed, "not a session of " + std::string(agent.title) + ": no line says where it began");
        return parsed;
    }
    find_abandoned(log);
    find_copied(log);
    parsed.report.repeated_lines = log.repeated;
    Teller teller(parsed);
    teller.take_header(log.header, session.locator);
    for (Entry& entry : log.entries) {
        teller.take(entry);
        entry.value = {};
    }
    teller.finish(agent.version);
    finish(agent, parsed);
    return parsed;
}

std::string folder_from(const Environment& environment, std::string_view variable,
                        std::string_view otherwise) {
    const auto set = environment.get(variable);
    if (!set) return fs::join(environment.home(), std::string(otherwise));
    return set->starts_with("~/") ? fs::join(environment.home(), set->substr(2)) : *set;
}

}  // namespace opentraces::capture::pi
