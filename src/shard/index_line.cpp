#include "shard/index_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "opentraces/core/base64.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::shard {
namespace {

constexpr std::string_view k_check_key = R"(,"check":")";
constexpr std::string_view k_check_end = R"("})";
constexpr std::size_t k_sha256_digits = 64;
constexpr std::size_t k_sha1_digits = 40;
constexpr std::size_t k_key_size = TraceKey{}.size();

[[noreturn]] void fail(const std::string& where, std::string_view reason) {
    throw Error(ErrorCode::CorruptDataset, fmt::format("{}: {}", where, reason),
                "Run: opentraces index rebuild DATASET");
}

// Earlier versions took conflicted copies of shards ("traces_… (1).jsonl") for shards: their lines are whole.
bool was_shard_path(std::string_view path) {
    return path.starts_with("data/traces_") && path.ends_with(".jsonl") &&
           path.find('/', std::string_view("data/").size()) == std::string_view::npos;
}

json::Object scan_to_object(const ScanReceipt& scan) {
    json::Object redactions;
    for (const auto& [rule, count] : scan.redactions)
        redactions.append(rule, count);
    json::Object object;
    object.append("scanner", scan.scanner);
    object.append("rules", scan.rules);
    object.append("redactions", std::move(redactions));
    if (scan.allowed.empty()) return object;
    json::Object allowed;
    for (const auto& [rule, count] : scan.allowed)
        allowed.append(rule, count);
    object.append("allowed", std::move(allowed));
    return object;
}

class EntryReader {
public:
    EntryReader(const json::Object& object, const std::string& where) : m_object(object), m_where(where) {}

    IndexEntry read() const {
        IndexEntry entry;
        ShardSummary& summary = entry.summary;
        summary.path = text("shard");
        if (!was_shard_path(summary.path)) fail(m_where, "\"shard\" is not the path of a shard");
        summary.sha256 = text("sha256");
        if (!is_lower_hex(summary.sha256, k_sha256_digits)) fail(m_where, "\"sha256\" is not a SHA-256");
        if (!member("git_blob").is_null()) {
            summary.git_blob = text("git_blob");
            if (!is_lower_hex(summary.git_blob, k_sha1_digits))
                fail(m_where, "\"git_blob\" is not a blob id");
        }
        summary.size = count(member("bytes"), "bytes");
        summary.stats = stats_from_value(member("stats"), m_where);
        summary.hashes = hashes();
        if (summary.stats.traces != static_cast<std::int64_t>(summary.hashes.size()))
            fail(m_where, "there is not one hash for each trace");
        summary.ids = ids();
        if (!summary.ids.empty() && !summary.has_ids()) fail(m_where, "there is not one id for each trace");
        // Lines of older versions have none.
        if (const json::Value* marks = m_object.find("marks"))
            summary.stats.marks = marks_from_value(*marks, summary.stats.traces, m_where);
        entry.scan = scan();
        entry.scores = member("scores");
        if (!entry.scores.is_null() && entry.scores.if_object() == nullptr)
            fail(m_where, "\"scores\" is not an object");
        return entry;
    }

private:
    const json::Value& member(std::string_view key) const {
        const json::Value* value = m_object.find(key);
        if (value == nullptr) fail(m_where, fmt::format("\"{}\" is missing", key));
        return *value;
    }

    std::string text(std::string_view key) const { return text_of(member(key), key); }

    std::string text_of(const json::Value& value, std::string_view key) const {
        const std::string* text = value.if_string();
        if (text == nullptr) fail(m_where, fmt::format("\"{}\" is not a string", key));
        return *text;
    }

    std::uint64_t count(const json::Value& value, std::string_view key) const {
        const auto count = value.integer();
        if (!count || *count < 0) fail(m_where, fmt::format("\"{}\" is not a count", key));
        return static_cast<std::uint64_t>(*count);
    }

    HashList hashes() const {
        auto bytes = decode_base64(text("hashes"));
        if (!bytes || bytes->size() % (k_sha256_digits / 2) != 0)
            fail(m_where, "\"hashes\" are not digests in base64");
        return HashList::from_bytes(std::move(*bytes));
    }

    // Lines of older versions have none.
    TraceKeys ids() const {
        if (m_object.find("ids") == nullptr) return {};
        auto bytes = decode_base64(text("ids"));
        if (!bytes || bytes->size() % k_key_size != 0) fail(m_where, "\"ids\" are not trace ids in base64");
        return TraceKeys::from_bytes(std::move(*bytes));
    }

    std::optional<ScanReceipt> scan() const {
        const json::Value& value = member("scan");
        if (value.is_null()) return std::nullopt;
        const json::Object* redactions = value["redactions"].if_object();
        if (redactions == nullptr) fail(m_where, "\"scan\" is not a scan receipt");
        ScanReceipt scan{text_of(value["scanner"], "scanner"), text_of(value["rules"], "rules"), {}, {}};
        for (const auto& [rule, number] : *redactions)
            scan.redactions.emplace(rule, static_cast<std::int64_t>(count(number, "redactions")));
        // Lines of older versions, and of shards in which nothing was, have none.
        if (const json::Object* const allowed = value["allowed"].if_object())
            for (const auto& [rule, number] : *allowed)
                scan.allowed.emplace(rule, static_cast<std::int64_t>(count(number, "allowed")));
        return scan;
    }

    const json::Object& m_object;
    const std::string& m_where;
};

}  // namespace

json::Object entry_to_object(const IndexEntry& entry) {
    const ShardSummary& summary = entry.summary;
    json::Object object;
    object.append("shard", summary.path);
    object.append("sha256", summary.sha256);
    object.append("git_blob", summary.git_blob.empty() ? json::Value() : json::Value(summary.git_blob));
    object.append("bytes", summary.size);
    object.append("stats", to_value(summary.stats));
    object.append("hashes", base64(summary.hashes.bytes()));
    if (summary.has_ids()) object.append("ids", base64(summary.ids.bytes()));
    if (summary.has_marks()) object.append("marks", to_value(summary.stats.marks));
    object.append("scan", entry.scan ? json::Value(scan_to_object(*entry.scan)) : json::Value());
    object.append("scores", entry.scores);
    return object;
}

IndexEntry entry_from_object(const json::Object& object, const std::string& where) {
    return EntryReader(object, where).read();
}

SealedLine seal(const json::Object& object) {
    SealedLine sealed;
    sealed.text = json::to_compact(object);
    sealed.check = sha256_hex(sealed.text);
    sealed.text.pop_back();
    sealed.text += fmt::format("{}{}{}", k_check_key, sealed.check, k_check_end);
    return sealed;
}

OpenedLine open_seal(std::string_view line, const std::string& where) {
    constexpr std::size_t k_seal_size = k_check_key.size() + k_sha256_digits + k_check_end.size();
    if (line.size() <= k_seal_size) fail(where, "is not a line of the index");
    const std::string_view seal = line.substr(line.size() - k_seal_size);
    const std::string_view check = seal.substr(k_check_key.size(), k_sha256_digits);
    if (!seal.starts_with(k_check_key) || !seal.ends_with(k_check_end))
        fail(where, "is not a line of the index");
    const std::string text = std::string(line.substr(0, line.size() - k_seal_size)) + "}";
    if (sha256_hex(text) != check) fail(where, "has been changed: its check does not match");
    try {
        json::Value value = json::parse(text);
        if (json::Object* object = value.if_object()) return {std::move(*object), std::string(check)};
    } catch (const json::SyntaxError& error) {
        fail(where, error.what());
    }
    fail(where, "is not a JSON object");
}

}  // namespace opentraces::shard
