#include "capture/pi/entries.hpp"

#include <unordered_map>
#include <utility>

#include "opentraces/core/clock.hpp"

namespace opentraces::capture::pi {
namespace {

// Entry by id, and by the ids of its calls, which some writers name as parents.
std::unordered_map<std::string_view, std::size_t> places_of(const Log& log) {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t at = 0; at < log.entries.size(); ++at)
        if (!log.entries[at].id.empty()) places.emplace(log.entries[at].id, at);
    for (std::size_t at = 0; at < log.entries.size(); ++at) {
        const json::Array* blocks = log.entries[at].value["message"]["content"].if_array();
        if (blocks == nullptr) continue;
        for (const json::Value& block : *blocks)
            if (block["type"].string_or() == "toolCall") places.emplace(block["id"].string_or(), at);
    }
    return places;
}

// Where the conversation ends: at the last entry, unless going back was the last thing that was done.
std::size_t leaf_of(const Log& log, const std::unordered_map<std::string_view, std::size_t>& places) {
    const json::Value& last = log.entries.back().value;
    const auto target = places.find(last["targetId"].string_or());
    const bool went_back = last["type"].string_or() == "leaf" && target != places.end();
    return went_back ? target->second : log.entries.size() - 1;
}

}  // namespace

bool is_header(const json::Value& line) {
    return line["type"].string_or() == "session" && line["id"].if_string() != nullptr &&
           (line["cwd"].if_string() != nullptr || line["version"].if_number() != nullptr);
}

std::string_view parent_path(const json::Value& header) {
    return header["parentSession"].string_or(header["branchedFrom"].string_or());
}

void add(json::Value line, Log& log) {
    if (log.header.is_null() && is_header(line)) {
        log.header = std::move(line);
        return;
    }
    std::string id(line["id"].string_or());
    if (!id.empty() && !log.ids.insert(id).second) {
        ++log.repeated;
        return;
    }
    log.entries.push_back({std::move(line), std::move(id)});
}

void find_abandoned(Log& log) {
    if (log.entries.empty()) return;
    const auto places = places_of(log);
    std::vector<bool> kept(log.entries.size(), false);
    for (std::size_t at = leaf_of(log, places); !kept[at];) {
        kept[at] = true;
        const json::Object& entry = *log.entries[at].value.if_object();
        const json::Value* parent = entry.find("parentId");
        if (parent != nullptr && parent->is_null()) break;
        const auto place = parent == nullptr ? places.end() : places.find(parent->string_or());
        if (place != places.end()) {
            at = place->second;
        } else if (at > 0) {
            --at;
        }
    }
    // What names no parent was added where the session was then.
    for (std::size_t at = 1; at < kept.size(); ++at)
        if (log.entries[at].value.if_object()->find("parentId") == nullptr && kept[at - 1]) kept[at] = true;
    for (std::size_t at = 0; at < kept.size(); ++at)
        log.entries[at].abandoned = !kept[at];
}

void find_copied(Log& log) {
    if (parent_path(log.header).empty()) return;
    const auto begun = parse_iso8601(log.header["timestamp"].string_or());
    if (!begun) return;
    for (Entry& entry : log.entries) {
        const auto at = parse_iso8601(entry.value["timestamp"].string_or());
        entry.copied = at && *at < *begun;
    }
}

}  // namespace opentraces::capture::pi
