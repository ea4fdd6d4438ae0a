#include "capture/cursor/composers.hpp"

#include <fmt/format.h>

#include <array>
#include <unordered_map>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/cursor/chat.hpp"
#include "capture/databases.hpp"
#include "capture/describe.hpp"
#include "capture/fingerprint.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::cursor {
namespace {

constexpr std::string_view k_composer = "composerData:";
constexpr std::string_view k_bubble = "bubbleId:";
constexpr std::string_view k_old_composers = "composer.composerData";
constexpr std::string_view k_old_chats = "workbench.panel.aichat.view.aichat.chatdata";

json::Value parsed_or_null(std::string_view text) {
    try {
        return json::parse(text);
    } catch (const json::SyntaxError&) {
        return {};
    }
}

json::Value value_at(db::Database& database, std::string_view table, const std::string& key) {
    db::Statement row(database, fmt::format("SELECT value FROM {} WHERE key = ?", table));
    return row.bind(key).next() ? parsed_or_null(row.text()) : json::Value();
}

const json::Array& list_in(const json::Value& value) {
    static const json::Array k_none;
    const json::Array* list = value.if_array();
    return list == nullptr ? k_none : *list;
}

std::string folder_of(const json::Value& composer) {
    const json::Value& uri = composer["workspaceIdentifier"]["uri"];
    return std::string(uri["fsPath"].string_or(uri["path"].string_or()));
}

// Keys from "bubbleId:<id>:" on, to what follows the colon.
std::pair<std::string, std::string> range_of(const std::string& id) {
    const std::string begin = std::string(k_bubble) + id;
    return {begin + ":", begin + ";"};
}

std::int64_t bubbles_of(db::Database& database, const std::string& id) {
    const auto [from, to] = range_of(id);
    db::Statement count(database, "SELECT count(*) FROM cursorDiskKV WHERE key >= ? AND key < ?");
    return count.bind(from).bind(to).next() ? count.integer() : 0;
}

void add_composers(db::Database& database, std::vector<ComposerRef>& found) {
    db::Statement rows(database,
                       "SELECT key, value FROM cursorDiskKV WHERE key >= 'composerData:' AND key < "
                       "'composerData;' ORDER BY key");
    while (rows.next()) {
        const std::string id = rows.text().substr(k_composer.size());
        const std::string text = rows.text();
        const json::Value composer = parsed_or_null(text);
        const std::int64_t bubbles = bubbles_of(database, id);
        if (bubbles == 0 && list_in(composer["conversation"]).empty()) continue;
        Fingerprint fingerprint;
        fingerprint.add_text(text);
        fingerprint.add_text(fmt::format("{}", bubbles));
        found.push_back({repair_utf8(id), folder_of(composer), fingerprint.finish()});
    }
}

// A conversation that is one value, and what names it.
struct Whole {
    std::string id;
    json::Value value;
};

std::vector<Whole> old_conversations(db::Database& database) {
    std::vector<Whole> found;
    const json::Value composers = value_at(database, "ItemTable", std::string(k_old_composers));
    for (const json::Value& one : list_in(composers["allComposers"]))
        if (!list_in(one["conversation"]).empty())
            found.push_back({std::string(one["composerId"].string_or(one["id"].string_or())), one});
    const json::Value chats = value_at(database, "ItemTable", std::string(k_old_chats));
    for (const json::Value& one : list_in(chats["tabs"]))
        if (!list_in(one["bubbles"]).empty() || !list_in(one["messages"]).empty())
            found.push_back({std::string(one["tabId"].string_or(one["id"].string_or())), one});
    std::erase_if(found, [](const Whole& one) { return one.id.empty(); });
    return found;
}

bool is_of_person(const json::Value& bubble) {
    const std::string_view type = bubble["type"].string_or(bubble["role"].string_or());
    return bubble["type"].integer() == 1 || type == "user";
}

bool is_of_agent(const json::Value& bubble) {
    const std::string_view type = bubble["type"].string_or(bubble["role"].string_or());
    return bubble["type"].integer() == 2 || type == "ai" || type == "assistant";
}

class Bubbles {
public:
    explicit Bubbles(ParsedSession& parsed) : m_parsed(parsed), m_chat(parsed) {}
    SessionBuilder& session() { return m_chat.session(); }

    void take(const json::Value& bubble) {
        ++m_parsed.report.lines;
        m_at = time_of(bubble["createdAt"].is_null() ? bubble["timestamp"] : bubble["createdAt"]);
        if (m_at.empty()) m_at = time_of(bubble["timingInfo"]["clientStartTime"]);
        if (is_of_person(bubble)) {
            take_prompt(bubble);
        } else if (is_of_agent(bubble)) {
            take_reply(bubble);
        } else {
            add_to_counts(m_parsed.report.unknown_line_types,
                          "bubble/" + std::string(bubble["type"].string_or("(none)")));
            return;
        }
        ++m_parsed.report.conversation_lines;
    }

    // Of a branch that was left: it is not told, but it was paid for.
    void count_left(const json::Value& bubble) {
        if (!is_of_agent(bubble)) return;
        const std::string_view model = bubble["modelInfo"]["modelName"].string_or();
        session().count_abandoned(usage_of(bubble), std::string(model), {});
    }

    void finish(std::string_view reader_version) {
        // Most bubbles of newer versions have none, whatever was used.
        session().evidence().tokens_are_lower_bound = !session().evidence().usage.empty();
        session().finish(reader_version);
    }

private:
    static enrich::ModelUsage usage_of(const json::Value& bubble) {
        enrich::ModelUsage usage;
        usage.input_tokens = count_of(bubble["tokenCount"]["inputTokens"]);
        usage.output_tokens = count_of(bubble["tokenCount"]["outputTokens"]);
        usage.replies = is_empty(usage) ? 0 : 1;
        return usage;
    }

    static std::string_view text_in(const json::Value& bubble) {
        for (const char* key : {"text", "rawText", "content"}) {
            const std::string_view text = bubble[key].string_or();
            if (!text.empty()) return text;
        }
        return {};
    }

    void take_prompt(const json::Value& bubble) {
        std::string text(text_in(bubble));
        for (std::size_t image = list_in(bubble["images"]).size(); image > 0; --image)
            append_paragraph(text, "[image]");
        m_chat.prompt(text, m_at);
    }

    // A thought, a text and calls of one answer of the model are bubbles of their own, in this order; calls
    // of one answer share the name of the model's call.
    std::size_t place_of(bool speaks, const std::string& call_of_model, const std::string& model) {
        if (m_is_open) {
            const trace::Step& step = session().step(session().last_reply());
            const bool same_call = !call_of_model.empty() && call_of_model == m_call_of_model;
            m_is_open = step.tool_calls.empty() ? !(speaks && step.content) : same_call && !speaks;
        }
        m_call_of_model = call_of_model;
        if (m_is_open) return session().last_reply();
        m_is_open = true;
        return m_chat.reply(model, m_at);
    }

    void take_reply(const json::Value& bubble) {
        if (m_steps_told != m_parsed.record->steps.size()) m_is_open = false;  // somebody else has spoken
        const std::string model(bubble["modelInfo"]["modelName"].string_or(bubble["modelType"].string_or()));
        const json::Value& thinking = bubble["thinking"];
        const std::string_view thought = thinking.string_or(thinking["text"].string_or());
        const std::string_view text = text_in(bubble);
        const json::Value& tool = bubble["toolFormerData"];
        const bool calls = tool.if_object() != nullptr && !tool["name"].is_null();
        const bool speaks = !thought.empty() || !text.empty();
        if (!calls && !speaks && bubble["tokenCount"].if_object() == nullptr) return;
        const std::size_t place = place_of(speaks, std::string(tool["modelCallId"].string_or()), model);
        session().add_reasoning(place, thought);
        if (thought.empty() && !thinking["signature"].string_or().empty())
            session().add_reasoning(place, k_encrypted_reasoning);
        session().add_text(place, text);
        if (calls) take_call(place, tool);
        if (!session().step(place).model) set_text(session().step(place).model, model);
        session().count(place, usage_of(bubble));
        const std::string_view error =
            bubble["errorDetails"]["message"].string_or(bubble["errorDetails"]["error"].string_or());
        if (!error.empty()) session().add_error(std::string(error));
        m_steps_told = m_parsed.record->steps.size();
    }

    void take_call(std::size_t place, const json::Value& tool) {
        json::Value input = call_arguments(tool["rawArgs"]);
        if (input.if_object() == nullptr || input.if_object()->empty())
            input = call_arguments(tool["params"]);
        const std::string id =
            m_chat.call(place, tool["toolCallId"].string_or(), tool["name"].string_or(), std::move(input));
        const std::string_view status = tool["status"].string_or();
        if (id.empty()) return;
        const json::Value& result = tool["result"];
        const json::Value& problem = tool["error"];
        const bool rejected = tool["userDecision"].string_or() == "rejected" || status == "rejected";
        const bool failed = status == "error" || status == "cancelled" || rejected;
        if (rejected) session().facts(place).set("rejected", id);
        if (result.is_null() && problem.is_null() && !failed && status != "completed" && status != "success")
            return;
        const json::Value said = call_arguments(result);
        std::string text = result.if_string() != nullptr ? *result.if_string() : text_of(result);
        if (text.empty() && result.if_object() != nullptr) text = json::to_compact(result);
        if (text.empty())
            text = problem.if_string() != nullptr ? *problem.if_string()
                                                  : problem["clientVisibleErrorMessage"].string_or();
        std::string error = status == "cancelled" ? "interrupted" : failed ? "tool_error" : "";
        for (const char* key : {"exitCode", "exitCodeV2", "exit_code"}) {
            const auto code = said[key].integer();
            if (code && *code != 0) error = "exit_code:" + std::to_string(*code);
        }
        m_chat.answer(id, {}, std::move(text), {std::move(error)});
    }

    ParsedSession& m_parsed;
    Chat m_chat;
    std::string m_at;
    std::string m_call_of_model;
    std::size_t m_steps_told = 0;
    bool m_is_open = false;
};

void describe(const json::Value& composer, const std::string& id, const std::string& folder,
              SessionBuilder& session) {
    SessionFacts& about = session.about;
    about.id = id;
    about.title = composer["name"].string_or(composer["chatTitle"].string_or(composer["title"].string_or()));
    about.started = time_of(composer["createdAt"]);
    about.ended =
        time_of(composer["lastUpdatedAt"].is_null() ? composer["lastSendTime"] : composer["lastUpdatedAt"]);
    const std::string said = folder_of(composer);
    about.directory = said.empty() ? folder : said;
    about.model = composer["modelConfig"]["modelName"].string_or();
    if (about.model == "default") about.model.clear();
    const json::Value& agent = composer["subagentInfo"];
    about.parent = agent["parentComposerId"].string_or();
    about.is_subagent = !about.parent.empty();
    set_if_some(session.metadata(), "mode", composer["unifiedMode"].string_or());
    const json::Array& branches = list_in(composer["trackedGitRepos"].at(0)["branches"]);
    if (!branches.empty()) about.branch = branches.front()["branchName"].string_or();
}

struct BubbleRow {
    std::string id;
    json::Value bubble;
    bool told = false;
};

std::vector<BubbleRow> rows_of(db::Database& database, const std::string& id) {
    const auto [from, to] = range_of(id);
    std::vector<BubbleRow> found;
    db::Statement rows(database,
                       "SELECT key, value FROM cursorDiskKV WHERE key >= ? AND key < ? ORDER BY rowid");
    rows.bind(from).bind(to);
    while (rows.next()) {
        std::string key = rows.text();
        found.push_back({key.substr(from.size()), parsed_or_null(rows.text())});
    }
    return found;
}

// A bubble is named by its key; in some by a member of its own.
BubbleRow* find_row(std::vector<BubbleRow>& rows, const std::unordered_map<std::string, std::size_t>& by_name,
                    std::string_view name) {
    const auto at = by_name.find(std::string(name));
    return at == by_name.end() ? nullptr : &rows[at->second];
}

void take_rows(db::Database& database, const json::Value& composer, const std::string& id, Bubbles& bubbles,
               ParseReport& report) {
    std::vector<BubbleRow> rows = rows_of(database, id);
    std::unordered_map<std::string, std::size_t> by_name;
    for (std::size_t at = 0; at < rows.size(); ++at)
        by_name.try_emplace(rows[at].id, at);
    for (std::size_t at = 0; at < rows.size(); ++at)
        if (const std::string* own = rows[at].bubble["bubbleId"].if_string()) by_name.try_emplace(*own, at);
    const auto take = [&](BubbleRow* row) {
        if (row != nullptr && std::exchange(row->told, true)) return;
        if (row == nullptr || row->bubble.if_object() == nullptr) {
            report.skipped.push_back({.words = "a bubble of the conversation is not there, or no JSON"});
        } else {
            bubbles.take(row->bubble);
        }
    };
    const json::Array& order = list_in(composer["fullConversationHeadersOnly"]);
    for (const json::Value& head : order)
        take(find_row(rows, by_name, head["bubbleId"].string_or()));
    for (BubbleRow& row : rows) {
        if (row.told) continue;
        if (order.empty()) {
            take(&row);
        } else if (row.bubble.if_object() != nullptr) {
            bubbles.count_left(row.bubble);
        }
    }
}

}  // namespace

bool has_conversations(db::Database& database) {
    if (has_tables(database, {"cursorDiskKV"})) return true;
    if (!has_tables(database, {"ItemTable"})) return false;
    db::Statement found(database, "SELECT 1 FROM ItemTable WHERE key IN (?, ?)");
    return found.bind(k_old_composers).bind(k_old_chats).next();
}

std::vector<ComposerRef> composers_in(db::Database& database) {
    std::vector<ComposerRef> found;
    if (has_tables(database, {"cursorDiskKV"})) add_composers(database, found);
    if (!has_tables(database, {"ItemTable"})) return found;
    for (const Whole& whole : old_conversations(database)) {
        Fingerprint fingerprint;
        fingerprint.add_text(json::to_compact(whole.value));
        found.push_back({whole.id, folder_of(whole.value), fingerprint.finish()});
    }
    return found;
}

void read_composer(db::Database& database, const std::string& id, const std::string& folder,
                   std::string_view reader_version, ParsedSession& parsed) {
    Bubbles bubbles(parsed);
    const bool has_rows = has_tables(database, {"cursorDiskKV"});
    json::Value composer =
        has_rows ? value_at(database, "cursorDiskKV", std::string(k_composer) + id) : json::Value();
    if (composer.if_object() != nullptr) {
        for (const json::Value& bubble : list_in(composer["conversation"]))
            bubbles.take(bubble);
        take_rows(database, composer, id, bubbles, parsed.report);
    } else {
        if (has_tables(database, {"ItemTable"}))
            for (Whole& whole : old_conversations(database))
                if (whole.id == id) composer = std::move(whole.value);
        if (composer.if_object() == nullptr) return refuse(parsed, "the database has no such conversation");
        for (const char* key : {"conversation", "bubbles", "messages"})
            for (const json::Value& bubble : list_in(composer[key]))
                bubbles.take(bubble);
    }
    describe(composer, id, folder, bubbles.session());
    bubbles.finish(reader_version);
}

}  // namespace opentraces::capture::cursor
