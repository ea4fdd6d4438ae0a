#include "capture/copilot/chat_log.hpp"

#include <algorithm>
#include <utility>

#include "capture/documents.hpp"
#include "capture/heads.hpp"
#include "capture/object_lines.hpp"
#include "capture/verdict.hpp"

namespace opentraces::capture::copilot {
namespace {

// Of what VS Code writes, requests/3/result/metadata is among the longest. Longer ones would nest too deeply.
constexpr std::size_t k_longest_path = 32;

enum Kind { k_whole = 0, k_set = 1, k_push = 2, k_delete = 3 };

bool is_log_line(const json::Value& line) {
    return line["kind"].integer().has_value() && line["requestId"].is_null() &&
           (line["k"].if_array() != nullptr || line["v"].if_object() != nullptr);
}

// What is at this step of a path; an object gets the member that it lacks.
json::Value* member_of(json::Value& owner, const json::Value& step) {
    if (const std::string* key = step.if_string()) {
        if (owner.is_null()) owner = json::Object();
        json::Object* object = owner.if_object();
        if (object == nullptr) return nullptr;
        if (json::Value* there = object->find(*key)) return there;
        return &object->append(*key, {});
    }
    json::Array* list = owner.if_array();
    const auto index = step.integer();
    if (list == nullptr || !index || *index < 0 || static_cast<std::uint64_t>(*index) > list->size())
        return nullptr;
    const auto at = static_cast<std::size_t>(*index);
    if (at == list->size()) list->emplace_back();
    return &(*list)[at];
}

bool push(json::Value& place, json::Value& more, const json::Value& keep) {
    if (place.is_null()) place = json::Array();
    json::Array* list = place.if_array();
    json::Array* added = more.if_array();
    if (list == nullptr || (added == nullptr && !more.is_null())) return false;
    const auto kept = keep.integer();
    if (kept && *kept >= 0 && static_cast<std::uint64_t>(*kept) < list->size())
        list->resize(static_cast<std::size_t>(*kept));
    if (added != nullptr) std::move(added->begin(), added->end(), std::back_inserter(*list));
    return true;
}

}  // namespace

bool is_chat_start(const json::Value& start) {
    const bool is_log = is_log_line(start) && start["kind"].integer() == k_whole;
    const json::Value& chat = is_log ? start["v"] : start;
    const json::Value& first = chat["requests"].at(0);
    return chat["requests"].if_array() != nullptr &&
           (first.is_null() || first["requestId"].if_string() != nullptr ||
            first["message"]["text"].if_string() != nullptr) &&
           (chat["sessionId"].if_string() != nullptr || chat["responderUsername"].if_string() != nullptr ||
            chat["inputState"].if_object() != nullptr || chat["creationDate"].if_number() != nullptr);
}

bool change_chat(json::Value& chat, json::Value&& change) {
    const std::int64_t kind = change["kind"].integer().value_or(-1);
    json::Object* members = change.if_object();
    if (members == nullptr || !is_log_line(change)) return false;
    json::Value* value = members->find("v");
    json::Value nothing;
    if (value == nullptr) value = &nothing;
    if (kind == k_whole) {
        chat = std::move(*value);
        return true;
    }
    const json::Array* path = change["k"].if_array();
    if (path == nullptr || path->empty() || path->size() > k_longest_path || chat.is_null()) return false;
    json::Value* place = &chat;
    for (const json::Value& step : *path) {
        place = member_of(*place, step);
        if (place == nullptr) return false;
    }
    if (kind == k_push) return push(*place, *value, change["i"]);
    if (kind != k_set && kind != k_delete) return false;
    *place = kind == k_set ? std::move(*value) : json::Value();
    return true;
}

std::optional<json::Value> read_chat(const std::string& path, Sources& sources, ParsedSession& parsed) {
    if (!is_log_line(start_of_document(path, sources))) return read_session_document(path, sources, parsed);
    json::Value chat;
    const LineTally tally = read_objects(sources, path, [&](json::Value&& line, std::size_t number) {
        if (change_chat(chat, std::move(line))) return;
        parsed.report.skipped.push_back({.line = number, .words = "a change of what is not there"});
    });
    add_tally(tally, parsed.report);
    if (refuse_unreadable(tally, parsed)) return std::nullopt;
    return chat;
}

}  // namespace opentraces::capture::copilot
