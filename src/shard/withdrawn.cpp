#include "opentraces/shard/withdrawn.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/shard/hash_list.hpp"

namespace opentraces::shard {
namespace {

constexpr std::string_view k_format = "opentraces-withdrawn";
constexpr int k_version = 1;

[[noreturn]] void fail(std::size_t line, std::string_view reason) {
    throw Error(
        ErrorCode::CorruptDataset, fmt::format("{}:{}: {}", k_withdrawn_path, line, reason),
        "Put back the file as an earlier commit of the dataset has it: without it, what was taken back "
        "could be published again.");
}

std::string header() {
    json::Object object;
    object.append("format", k_format);
    object.append("version", k_version);
    return json::write_document(object) + "\n";
}

json::Value object_in(std::string_view line, std::size_t number) {
    try {
        json::Value value = json::read_document(line);
        if (value.if_object() != nullptr) return value;
    } catch (const json::SyntaxError& error) {
        fail(number, error.what());
    }
    fail(number, "is not an object");
}

void expect_header(const json::Value& object) {
    if (object["format"].string_or() != k_format)
        fail(1, "is not the first line of a list of withdrawn traces");
    const auto version = object["version"].integer();
    if (version.value_or(0) > k_version)
        throw Error(ErrorCode::NewerSchema,
                    fmt::format("{}:1: was written by a newer version of this program", k_withdrawn_path));
    if (version != k_version) fail(1, "has no known version");
}

std::optional<Withdrawal::Kind> kind_named(std::string_view name) {
    for (const Withdrawal::Kind kind : {Withdrawal::Kind::Removed, Withdrawal::Kind::Redacted})
        if (name == name_of(kind)) return kind;
    return std::nullopt;
}

Withdrawal withdrawal_in(const json::Value& object, std::size_t line) {
    Withdrawal withdrawal;
    withdrawal.trace_id = object["trace_id"].string_or();
    if (withdrawal.trace_id.empty()) fail(line, "\"trace_id\" is missing");
    withdrawal.content_hash = ContentHash(to_lower_ascii(object["content_hash"].string_or()));
    if (!is_content_hash(withdrawal.content_hash.str())) fail(line, "\"content_hash\" is not a SHA-256");
    const auto at = parse_iso8601(object["withdrawn_at"].string_or());
    if (!at) fail(line, "\"withdrawn_at\" is not a time");
    withdrawal.at = *at;
    withdrawal.reason = object["reason"].string_or();
    const auto kind = kind_named(object["kind"].string_or());
    if (!kind) fail(line, "\"kind\" is neither removed nor redacted");
    withdrawal.kind = *kind;
    return withdrawal;
}

std::string line_of(const Withdrawal& withdrawal) {
    json::Object object;
    object.append("trace_id", withdrawal.trace_id);
    object.append("content_hash", withdrawal.content_hash.str());
    object.append("kind", name_of(withdrawal.kind));
    object.append("withdrawn_at", format_iso8601(withdrawal.at));
    object.append("reason", withdrawal.reason.empty() ? json::Value() : json::Value(withdrawal.reason));
    return json::write_document(object) + "\n";
}

}  // namespace

std::string_view name_of(Withdrawal::Kind kind) {
    return kind == Withdrawal::Kind::Removed ? "removed" : "redacted";
}

Withdrawals Withdrawals::read(std::string_view text) {
    Withdrawals list;
    list.m_text = text;
    if (!text.empty() && !text.ends_with('\n')) fail(1, "the file does not end with a complete line");
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const json::Value object = object_in(text.substr(0, end), number);
        if (number == 1)
            expect_header(object);
        else
            list.take(withdrawal_in(object, number));
        text.remove_prefix(end + 1);
    }
    return list;
}

void Withdrawals::add(Withdrawal withdrawal) {
    for (const Withdrawal& known : m_all)
        if (known.content_hash == withdrawal.content_hash && known.trace_id == withdrawal.trace_id &&
            known.kind == withdrawal.kind)
            return;
    if (m_text.empty()) m_text = header();
    m_text += line_of(withdrawal);
    take(std::move(withdrawal));
}

void Withdrawals::take(Withdrawal withdrawal) {
    m_hashes.insert(withdrawal.content_hash.str());
    if (withdrawal.kind == Withdrawal::Kind::Removed) m_removed.insert(trace_key(withdrawal.trace_id));
    m_all.push_back(std::move(withdrawal));
}

}  // namespace opentraces::shard
