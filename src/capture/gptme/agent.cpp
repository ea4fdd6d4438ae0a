// gptme: <GPTME_LOGS_HOME>/<name>/conversation.jsonl, <XDG_DATA_HOME>/gptme/logs unless it is set. A message
// a line, {role, content, timestamp, metadata}; results of calls are messages of the system. Beside it
// config.toml and "workspace", a link to the folder that the session works in. Files in branches/ are copies;
// a fork is a copy of the whole folder that is gone on with, and does not say so (gptme/message.py,
// gptme/logmanager).
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/copied_start.hpp"
#include "capture/describe.hpp"
#include "capture/documents.hpp"
#include "capture/fingerprint.hpp"
#include "capture/gptme/tool_uses.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/rows.hpp"
#include "capture/session_builder.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_version = "1.1.0";
constexpr std::string_view k_conversation = "conversation.jsonl";
constexpr std::size_t k_longest_settings = std::size_t{64} << 10;

FileRole role_of(std::string_view name) {
    return name == k_conversation ? FileRole::Sessions : FileRole::None;
}

bool is_message(const json::Value& line) {
    const std::string_view role = line["role"].string_or();
    return (role == "system" || role == "user" || role == "assistant") && line["type"].is_null() &&
           line["content"].if_string() != nullptr && line["timestamp"].if_string() != nullptr;
}

bool recognises(const std::string& path, Sources& sources) {
    if (fs::file_name(path) != k_conversation) return false;
    bool is = false;
    starts_with_lines(path, sources, [&](const json::Value& line) {
        is = is_message(line);
        return true;
    });
    return is;
}

// Of config.toml: the text behind `key =`, a simple one.
std::string setting(std::string_view settings, std::string_view key) {
    std::string found;
    each_line(settings, [&](std::string_view line) {
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || trim(line.substr(0, equals)) != key || !found.empty()) return;
        const std::string_view value = trim(line.substr(equals + 1));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
            value.back() == value.front())
            found = repair_utf8(value.substr(1, value.size() - 2));
    });
    return found;
}

struct Beside {
    std::string model;
    std::string folder;
    std::string title;
};

Beside beside(const std::string& path, Sources& sources) {
    Beside found;
    const std::string folder = fs::parent(path);
    const std::string settings = fs::join(folder, "config.toml");
    if (is_file_itself(settings, sources.disk())) {
        const std::string text(sources.head(settings).substr(0, k_longest_settings));
        found.model = setting(text, "model");
        found.folder = setting(text, "workspace");
        found.title = setting(text, "name");
    }
    // Only where the link leads is of interest: it is not followed.
    if (const auto target = sources.disk().link_target(fs::join(folder, "workspace")))
        if (target->starts_with('/')) found.folder = repair_utf8(*target);
    if (!found.folder.starts_with('/')) found.folder.clear();
    return found;
}

// By what a message is known again: when it was said goes to the microsecond.
std::string identity_of(const json::Value& message) {
    return std::string(message["role"].string_or()) + " " + std::string(message["timestamp"].string_or()) +
           " " + sha256_hex(message["content"].string_or());
}

std::string first_identity(const std::string& path, Sources& sources) {
    std::string first;
    if (!is_file_itself(path, sources.disk())) return first;
    starts_with_lines(path, sources, [&](const json::Value& line) {
        if (is_message(line)) first = identity_of(line);
        return true;
    });
    return first;
}

std::vector<std::string> identities_in(const std::string& path, Sources& sources) {
    std::vector<std::string> all;
    read_objects(sources, path, [&](json::Value&& line, std::size_t) { all.push_back(identity_of(line)); });
    return all;
}

// Conversations that this one may be a fork of: the same start, and before it by name. Which of two was there
// first their files do not tell, and this stays as it is whoever goes on.
std::vector<std::string> forked_from(const std::string& path, Sources& sources) {
    const std::string logs = fs::parent(fs::parent(path));
    const Neighbours neighbours{"gptme " + logs,
                                [&] {
                                    std::vector<std::string> paths;
                                    for (const fs::FileInfo& one : sources.disk().list(logs))
                                        if (one.is_directory())
                                            paths.push_back(fs::join(one.path, std::string(k_conversation)));
                                    return paths;
                                },
                                [&](const std::string& other) { return first_identity(other, sources); }};
    std::vector<std::string> alike = alike_beside(path, first_identity(path, sources), neighbours, sources);
    std::erase_if(alike, [&](const std::string& other) { return fs::parent(other) > fs::parent(path); });
    return alike;
}

std::vector<SessionRef> list(const std::string& path, Sources& sources) {
    Fingerprint fingerprint;
    fingerprint.add(path, sources.disk());
    fingerprint.add(fs::join(fs::parent(path), "config.toml"), sources.disk());
    for (const std::string& other : forked_from(path, sources))
        fingerprint.add_text(other);
    return {{std::string(k_gptme.name), path, beside(path, sources).folder, fingerprint.finish()}};
}

std::vector<Place> places(const std::string&, const Environment& environment) {
    if (const auto set = environment.get("GPTME_LOGS_HOME")) return {{*set, true}};
    const auto data = environment.get("XDG_DATA_HOME");
    const std::string root = data ? *data : fs::join(fs::join(environment.home(), ".local"), "share");
    std::vector<Place> places{{fs::join(fs::join(root, "gptme"), "logs"), true}};
    if (!data)
        places.push_back({fs::join(environment.home(), "Library/Application Support/gptme/logs"), true});
    return places;
}

CallEnd end_of(std::string_view text) {
    constexpr std::string_view k_code = "Return code: ";
    const std::size_t at = text.rfind(k_code);
    if (at != std::string_view::npos) {
        const std::string_view code = text.substr(at + k_code.size());
        const std::string_view digits = code.substr(0, code.find_first_not_of("-0123456789"));
        if (!digits.empty() && digits != "0") return {"exit_code:" + std::string(digits)};
    }
    if (text.starts_with("Interrupted by user")) return {"interrupted"};
    return text.starts_with("Error") ? CallEnd{"tool_error"} : CallEnd();
}

class Conversation {
public:
    explicit Conversation(ParsedSession& parsed) : m_session(parsed) {}
    SessionBuilder& session() { return m_session; }

    void take(const json::Value& message) {
        const std::string_view role = message["role"].string_or();
        m_at = message["timestamp"].string_or();
        std::string text = text_of(message["content"]);
        if (role == "user") {
            m_session.say(trace::Role::User, std::move(text), m_at);
            if (const json::Array* files = message["files"].if_array())
                add_to_counts(m_session.report().context_not_kept, "files", files->size());
            m_calls.clear();
            m_maybe.clear();
        } else if (role == "assistant") {
            take_reply(message, text);
        } else if (role == "system" || role == "tool") {
            take_words(message, std::move(text), role == "tool");
        } else {
            add_to_counts(m_session.report().unknown_line_types, "messages/" + std::string(role));
            return;
        }
        m_has_begun = m_has_begun || role != "system";
        m_session.see_time(m_at);
        ++m_session.report().conversation_lines;
    }

    // Of a fork: what it has from the other one. The prompt of the system is both theirs.
    bool is_copy(const json::Value& message) {
        if (m_copied == 0) return false;
        --m_copied;
        return m_has_begun || message["role"].string_or() != "system";
    }
    void set_copied(const CopiedStart& copied) {
        m_copied = copied.messages;
        m_session.about.parent = repair_utf8(fs::file_name(fs::parent(copied.session)));
    }
    void leave_out() {
        m_has_begun = true;
        ++m_left_out;
    }

    void finish() {
        set_if_some(m_session.notes(), "copied_lines", m_left_out);
        if (m_cost > 0) m_session.evidence().actual_cost_usd = m_cost;
        m_session.finish(k_version);
    }

private:
    // The thoughts of a reply stand at its start.
    static std::string_view cut_thoughts(std::string_view& text) {
        for (const std::string_view tag : {"<think>", "<thinking>"}) {
            const std::string close = "</" + std::string(tag.substr(1));
            const std::size_t end = text.find(close);
            if (!trim(text).starts_with(tag) || end == std::string_view::npos) continue;
            const std::size_t begin = text.find(tag) + tag.size();
            const std::string_view thoughts = trim(text.substr(begin, end - begin));
            text = trim(text.substr(end + close.size()));
            return thoughts.substr(0, thoughts.rfind("\n<!-- think-sig:"));
        }
        return {};
    }

    void take_reply(const json::Value& message, std::string_view text) {
        const json::Value& metadata = message["metadata"];
        std::string model(metadata["model"].string_or());
        const std::size_t place = m_session.reply(model.empty() ? m_session.about.model : model, m_at);
        m_session.add_reasoning(place, cut_thoughts(text));
        m_session.add_text(place, text);
        m_calls.clear();
        m_maybe.clear();
        for (ToolUse& use : gptme::tool_uses_in(text)) {
            if (use.is_language)
                m_maybe.push_back(std::move(use));
            else
                add_call(place, std::move(use));
        }
        count(place, metadata);
    }

    using ToolUse = gptme::ToolUse;

    void add_call(std::size_t place, ToolUse use) {
        std::string id = m_session.call(place, use.id, use.name, std::move(use.input));
        if (!id.empty()) m_calls.push_back(std::move(id));
    }

    // Older versions have the counts beside the model.
    void count(std::size_t place, const json::Value& metadata) {
        const json::Value& usage = metadata["usage"].is_null() ? metadata : metadata["usage"];
        enrich::ModelUsage tokens;
        tokens.input_tokens = count_of(usage["input_tokens"]);
        tokens.output_tokens = count_of(usage["output_tokens"]);
        tokens.cache_read_tokens = count_of(usage["cache_read_tokens"]);
        tokens.cache_write_tokens = count_of(usage["cache_creation_tokens"]);
        m_session.count(place, std::move(tokens));
        const json::Number* cost = metadata["cost"].if_number();
        if (cost != nullptr && cost->as_double() > 0 && std::isfinite(cost->as_double()))
            m_cost += cost->as_double();
    }

    // A prompt of the system before anybody spoke; the result of a call; or what else the program says.
    void take_words(const json::Value& message, std::string text, bool is_result) {
        if (!m_has_begun && !is_result) {
            append_paragraph(m_prompt, text);
            return m_session.set_system_prompt(m_prompt);
        }
        const std::string id = answered_by(message, text, is_result);
        if (id.empty()) return m_session.show("program", std::move(text), m_at);
        CallEnd end = end_of(text);
        take_result(m_session, id, std::move(text), std::move(end));
    }

    // Without ids, results stand in the order of the calls.
    std::string answered_by(const json::Value& message, std::string_view text, bool is_result) {
        const std::string id(message["call_id"].string_or());
        if (!id.empty()) return m_session.find_call(id) != nullptr ? id : std::string();
        if (m_session.has_reply() && m_calls.empty() && !m_maybe.empty() &&
            (is_result || says_result(text))) {
            add_call(m_session.last_reply(), std::move(m_maybe.front()));
            m_maybe.erase(m_maybe.begin());
        }
        for (const std::string& call : m_calls)
            if (!m_session.is_answered(call)) return call;
        return {};
    }

    static bool says_result(std::string_view text) {
        return text.starts_with("Ran ") || text.starts_with("Executed ") || text.starts_with("Error");
    }

    SessionBuilder m_session;
    std::string m_at;
    std::string m_prompt;
    bool m_has_begun = false;
    std::size_t m_copied = 0;          // messages that are still to come
    std::size_t m_left_out = 0;        // of them
    std::vector<std::string> m_calls;  // of the last reply
    std::vector<ToolUse> m_maybe;      // blocks of it that were run only if a result follows
    double m_cost = 0;
};

ParsedSession read(const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    const std::string& path = session.locator;
    parsed.files.push_back(path);
    Conversation conversation(parsed);
    Beside found = beside(path, sources);
    SessionFacts& about = conversation.session().about;
    about.id = repair_utf8(fs::file_name(fs::parent(path)));
    about.model = std::move(found.model);
    about.directory = std::move(found.folder);
    about.title = std::move(found.title);
    const std::vector<std::string> others = forked_from(path, sources);
    if (!others.empty()) {
        const auto identities = [&](const std::string& other) { return identities_in(other, sources); };
        const std::vector<std::string> own = identities(path);
        const CopiedStart copied = longest_copied_start(own, others, identities);
        const auto prompt = std::find_if_not(own.begin(), own.end(), [](const std::string& identity) {
            return identity.starts_with("system ");
        });
        if (own.begin() + static_cast<std::ptrdiff_t>(copied.messages) > prompt) {
            conversation.set_copied(copied);
            parsed.files.push_back(copied.session);
        }
    }
    bool recognised = false;
    const LineTally tally = read_objects(sources, path, [&](json::Value&& line, std::size_t) {
        recognised = recognised || is_message(line);
        if (conversation.is_copy(line)) {
            conversation.leave_out();
        } else {
            conversation.take(line);
        }
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return parsed;
    if (!recognised) {
        refuse(parsed, "not a gptme conversation: no line is a message");
        return parsed;
    }
    conversation.finish();
    finish(k_gptme, parsed);
    return parsed;
}

}  // namespace

constinit const Agent k_gptme{"gptme", "gptme", k_version,  {false}, nullptr,
                              places,  role_of, recognises, list,    read};

}  // namespace opentraces::capture
