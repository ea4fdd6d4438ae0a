#include "capture/gemini/documents.hpp"

#include <optional>
#include <utility>

#include "capture/documents.hpp"
#include "capture/gemini/chat.hpp"
#include "capture/gemini/log.hpp"
#include "capture/gemini/projects.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/session_files.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::gemini {
namespace {

bool begins_document(const json::Value& document) {
    const json::Array* messages = document["messages"].if_array();
    if (messages == nullptr || document["sessionId"].is_null()) return false;
    if (!document["projectHash"].is_null()) return true;
    return !messages->empty() && is_message(messages->front());
}

bool is_own_line(const json::Value& line) {
    if (line["$rewindTo"].if_string() != nullptr || line["$set"].if_object() != nullptr) return true;
    if (line["sessionId"].if_string() != nullptr)
        return line["projectHash"].if_string() != nullptr && line["uuid"].is_null();
    return is_message(line) && is_reply(line);
}

// A brace and nothing else on its line.
bool is_spread_out(std::string_view text) {
    text = trim(text);
    if (!text.starts_with('{')) return false;
    const std::size_t next = text.find_first_not_of(" \t\r", 1);
    return next != std::string_view::npos && text[next] == '\n';
}

// Else it is lines, of which the first may have messages, too.
bool is_document(const std::string& path, Sources& sources) {
    const std::string_view head = trim(sources.head(path));
    if (is_spread_out(head)) return true;
    return head.find('\n') == std::string_view::npos &&
           start_of_document(path, sources)["messages"].if_array() != nullptr;
}

// The first model that a reply names.
std::string model_in(const json::Value& record) {
    std::string model;
    if (const json::Array* messages = record["messages"].if_array())
        for (const json::Value& message : *messages)
            if (model.empty() && is_reply(message)) model = message["model"].string_or();
    if (model.empty() && is_reply(record)) model = record["model"].string_or();
    return model;
}

std::string first_model(const std::string& path, Sources& sources) {
    if (is_document(path, sources)) return model_in(start_of_document(path, sources));
    std::string model;
    starts_with_lines(path, sources, [&model](const json::Value& line) {
        model = model_in(line);
        return !model.empty();
    });
    return model;
}

bool was_continued(const std::string& path, fs::Disk& disk) {
    if (!path.ends_with(".json")) return false;
    const auto twin = disk.info(path + "l");
    return twin && twin->kind == fs::FileKind::File;
}

// False if it was refused.
bool read_log(const std::string& path, Sources& sources, Log& log, ParsedSession& parsed) {
    if (is_document(path, sources)) {
        std::optional<json::Value> document = read_session_document(path, sources, parsed);
        if (document) log.take(std::move(*document));
        return document.has_value();
    }
    const LineTally tally =
        read_objects(sources, path, [&log](json::Value&& line, std::size_t) { log.take(std::move(line)); });
    parsed.report.lines = 0;  // of objects; several may share a line
    add_tally(tally, parsed.report);
    return !refuse_unreadable(tally, parsed);
}

Whereabouts whereabouts_of(const SessionRef& session, Sources& sources) {
    Whereabouts where;
    where.directory = session.project.empty() ? project_of(session.locator, sources) : session.project;
    where.name = repair_utf8(fs::file_name(session.locator));
    where.name.resize(std::min(where.name.find(".json"), where.name.size()));
    const std::string folder = fs::parent(session.locator);
    if (chats_folder_of(session.locator) == fs::parent(folder))
        where.parent = repair_utf8(fs::file_name(folder));
    return where;
}

}  // namespace

bool is_session(const std::string& path, Sources& sources) {
    if (is_document(path, sources)) return begins_document(start_of_document(path, sources));
    return starts_with_lines(path, sources, is_own_line);
}

bool is_of_qwen(const std::string& path, Sources& sources) {
    const std::string model = first_model(path, sources);
    if (model.starts_with("gemini") || model.starts_with("gemma")) return false;
    return model.starts_with("qwen") || model == "coder-model" || model == "vision-model" ||
           path.find("/.qwen/") != std::string::npos;
}

std::vector<SessionRef> list_session(const Agent& agent, const std::string& path, Sources& sources) {
    if (was_continued(path, sources.disk())) return {};
    return {session_in_file(agent.name, path, project_of(path, sources), sources)};
}

ParsedSession read_session(const Agent& agent, const SessionRef& session, Sources& sources) {
    ParsedSession parsed;
    parsed.files.push_back(session.locator);
    Log log(parsed.report);
    if (!read_log(session.locator, sources, log, parsed)) return parsed;
    if (!log.is_recognised()) {
        refuse(parsed, "not a " + std::string(agent.title) + " session: no message or head of one");
        return parsed;
    }
    tell(log, whereabouts_of(session, sources), agent.accounting, agent.version, parsed);
    finish(agent, parsed);
    return parsed;
}

}  // namespace opentraces::capture::gemini
