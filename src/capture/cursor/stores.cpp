#include "capture/cursor/stores.hpp"

#include <functional>
#include <optional>
#include <unordered_set>
#include <vector>

#include "capture/cursor/chat.hpp"
#include "capture/describe.hpp"
#include "capture/verdict.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture::cursor {
namespace {

constexpr std::size_t k_id_size = 32;
constexpr std::uint64_t k_folder_field = 9;  // of the root
constexpr std::size_t k_longest_path = 4096;

std::string from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
        const int value = hex_value(text, at, 2);
        if (value < 0) return {};
        bytes += static_cast<char>(value);
    }
    return bytes;
}

json::Value parsed_or_null(std::string_view text) {
    try {
        return json::parse(text);
    } catch (const json::SyntaxError&) {
        return {};
    }
}

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        number |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0) return number;
    }
    return std::nullopt;
}

// The fields of a protobuf message that are bytes, in their order; false where it is none.
bool for_each_text(std::string_view bytes,
                   const std::function<void(std::uint64_t field, std::string_view text)>& use) {
    while (!bytes.empty()) {
        const auto tag = take_number(bytes);
        if (!tag) return false;
        const unsigned kind = *tag & 7U;
        if (kind == 0) {
            if (!take_number(bytes)) return false;
        } else if (kind == 2) {
            const auto size = take_number(bytes);
            if (!size || *size > bytes.size()) return false;
            use(*tag >> 3U, bytes.substr(0, *size));
            bytes.remove_prefix(*size);
        } else {
            const std::size_t size = kind == 1 ? 8 : kind == 5 ? 4 : bytes.size() + 1;
            if (size > bytes.size()) return false;
            bytes.remove_prefix(size);
        }
    }
    return true;
}

std::string id_of(std::string_view bytes) {
    return hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

class Blobs {
public:
    explicit Blobs(db::Database& database) : m_database(database) {}

    // Nullopt if there is none.
    std::optional<std::string> find(const std::string& id) {
        db::Statement row(m_database, "SELECT data FROM blobs WHERE id = ?");
        if (!row.bind(id).next()) return std::nullopt;
        return row.text();
    }

    // Every message below this blob, in the order of the nodes, each once.
    void walk(const std::string& root, const std::function<void(const json::Value& message)>& take) {
        std::vector<std::string> open{root};
        while (!open.empty()) {
            const std::string id = std::move(open.back());
            open.pop_back();
            if (!m_seen.insert(id).second) continue;
            const std::optional<std::string> data = find(id);
            if (!data) continue;
            if (data->starts_with('{')) {
                const json::Value message = parsed_or_null(*data);
                if (message.if_object() != nullptr) take(message);
                continue;
            }
            std::vector<std::string> below;
            for_each_text(*data, [&below](std::uint64_t, std::string_view text) {
                if (text.size() == k_id_size) below.push_back(id_of(text));
            });
            open.insert(open.end(), below.rbegin(), below.rend());
        }
    }

    // Where no root leads anywhere: in the order in which they were written.
    void all(const std::function<void(const json::Value& message)>& take) {
        db::Statement rows(m_database, "SELECT data FROM blobs ORDER BY rowid");
        while (rows.next()) {
            const std::string data = rows.text();
            const json::Value message = data.starts_with('{') ? parsed_or_null(data) : json::Value();
            if (message["role"].if_string() != nullptr) take(message);
        }
    }

private:
    db::Database& m_database;
    std::unordered_set<std::string> m_seen;
};

json::Value meta_of(db::Database& database) {
    db::Statement rows(database, "SELECT key, value FROM meta ORDER BY key");
    json::Object named;
    while (rows.next()) {
        const std::string key = repair_utf8(rows.text());
        const std::string value = rows.text();
        json::Value meta = parsed_or_null(value.starts_with('{') ? value : from_hex(value));
        if (meta["agentId"].if_string() != nullptr) return meta;
        named.set(key, repair_utf8(value));
    }
    return named;
}

void take_message(Chat& chat, const json::Value& message) {
    ++chat.session().report().lines;
    const std::string_view role = message["role"].string_or();
    if (role == "user" || role == "assistant" || role == "system" || role == "tool") {
        chat.take_message(message, role, message["content"]);
    } else {
        add_to_counts(chat.session().report().unknown_line_types, role.empty() ? "(none)" : role);
    }
}

}  // namespace

StoreFacts store_facts(db::Database& database) {
    StoreFacts facts;
    facts.meta = meta_of(database);
    facts.is_store = facts.meta["agentId"].if_string() != nullptr;
    const auto root = Blobs(database).find(std::string(facts.meta["latestRootBlobId"].string_or()));
    if (!root) return facts;
    for_each_text(*root, [&facts](std::uint64_t field, std::string_view text) {
        if (field == k_folder_field && text.starts_with('/') && text.size() <= k_longest_path)
            facts.folder = repair_utf8(text);
    });
    return facts;
}

void read_store(db::Database& database, const json::Value& beside, std::string_view reader_version,
                ParsedSession& parsed) {
    const StoreFacts facts = store_facts(database);
    if (!facts.is_store) return refuse(parsed, "not a Cursor chat: its meta names no agent");
    Chat chat(parsed);
    SessionFacts& about = chat.session().about;
    about.id = facts.meta["agentId"].string_or();
    about.title = facts.meta["name"].string_or(beside["title"].string_or());
    about.model = facts.meta["lastUsedModel"].string_or();
    about.directory = beside["cwd"].string_or(facts.folder);
    about.started =
        time_of(facts.meta["createdAt"].is_null() ? beside["createdAtMs"] : facts.meta["createdAt"]);
    about.ended = time_of(beside["updatedAtMs"]);
    about.is_subagent = beside["isSubagent"].bool_or(false);
    set_if_some(chat.session().metadata(), "mode", facts.meta["mode"].string_or());
    Blobs blobs(database);
    const auto take = [&chat](const json::Value& message) { take_message(chat, message); };
    blobs.walk(std::string(facts.meta["latestRootBlobId"].string_or()), take);
    if (parsed.report.lines == 0) blobs.all(take);
    chat.session().finish(reader_version);
}

}  // namespace opentraces::capture::cursor
