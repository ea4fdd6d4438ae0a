#include "opentraces/shard/shard.hpp"

#include <functional>

#include "catch.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/trace/schema.hpp"
#include "records.hpp"
#include "shard/wire_reader.hpp"

using namespace opentraces;
using namespace opentraces::shard;
using namespace opentraces::shard::testing;

namespace {

ErrorCode code_of(const std::string& text, std::string* message = nullptr) {
    try {
        summarise(source_of(text), "data/traces_x.jsonl");
    } catch (const Error& error) {
        if (message != nullptr) *message = error.message();
        return error.code();
    }
    return ErrorCode::Internal;
}

std::string with(std::string line, std::string_view from, std::string_view to) {
    const std::size_t at = line.find(from);
    REQUIRE(at != std::string::npos);
    return line.replace(at, from.size(), to);
}

// Both readers must say the same about an accepted line.
bool wire_reader_agrees(const std::string& line) {
    WireRecord wire;
    if (!read_wire_record(line, wire)) return false;
    const trace::Decoded decoded = trace::decode(line);
    REQUIRE(decoded.record);
    CHECK(decoded.unknown_keys.empty());
    CHECK(wire.facts == facts_of(*decoded.record));
    CHECK(wire.content_hash == decoded.record->content_hash);
    CHECK(wire.trace_id == decoded.record->trace_id);
    return true;
}

}  // namespace

TEST_CASE("shard names") {
    SeededIds ids(1);
    const TimePoint at = *parse_iso8601("2026-01-31T23:59:59.999Z");
    const std::string path = shard_path(at, ids);
    CHECK(path.substr(0, 29) == "data/traces_20260131T235959Z_");
    CHECK(path.size() == 29 + 8 + 6);
    CHECK(is_shard_path(path));
    CHECK(is_shard_path("data/traces_.jsonl"));
    CHECK(is_shard_path("data/traces_0001.jsonl"));
    CHECK_FALSE(is_shard_path("data/traces.jsonl"));
    CHECK_FALSE(is_shard_path("data/traces_x.json"));
    CHECK_FALSE(is_shard_path("data/traces_x/y.jsonl"));
    CHECK_FALSE(is_shard_path("more/data/traces_x.jsonl"));
    CHECK_FALSE(is_shard_path("opentraces/index-00001.jsonl"));
}

TEST_CASE("the wire reader leaves what two sessions share to the decoder") {
    trace::TraceRecord record;
    record.trace_id = "t";
    record.session_id = "s";
    record.agent.name = "a";
    WireRecord wire;
    CHECK(read_wire_record(trace::encode(record), wire));
    record.metadata.set("opentraces_copied", json::Object());
    CHECK_FALSE(read_wire_record(trace::encode(record), wire));
}

TEST_CASE("the wire reader takes every written line and agrees with the decoder") {
    for (const std::string& line : golden_lines()) {
        CAPTURE(line);
        WireRecord wire;
        const bool has_big_numbers = line.find("12345678901234567890") != std::string::npos;
        if (!has_big_numbers) CHECK(wire_reader_agrees(line));
    }
    RandomRecords random(3);
    int accepted = 0;
    for (int i = 0; i < 500; ++i)
        accepted += wire_reader_agrees(random.line()) ? 1 : 0;
    CHECK(accepted > 400);  // the others have integers beyond 64 bits
}

TEST_CASE("the wire reader takes the last of equal members, as the decoder does") {
    trace::TraceRecord record;
    record.trace_id = "t";
    record.session_id = "s";
    record.agent.name = "a";
    record.content_hash = std::string(64, 'a');
    record.metadata.set("opentraces_active_s", 1.5);
    const std::string line = trace::encode(record);
    CHECK(wire_reader_agrees(with(line, "1.5", "1.5,\"opentraces_active_s\":2.5")));
    CHECK(wire_reader_agrees(with(line, "opentraces_active_s", "opentraces\\u005factive_s")));
}

namespace {

// Every member of every object that the schema describes, with that object, which may be changed meanwhile.
void for_each_member(json::Value& value, const trace::SchemaNode& node,
                     const std::function<void(json::Object&, const trace::SchemaMember&)>& see) {
    if (json::Array* items = value.if_array()) {
        for (json::Value& item : *items)
            for_each_member(item, *node.item, see);
        return;
    }
    json::Object* object = value.if_object();
    if (object == nullptr) return;
    for (const trace::SchemaMember& member : node.members) {
        see(*object, member);
        for_each_member(*object->find(member.key), *member.node, see);
    }
}

}  // namespace

TEST_CASE(
    "the wire reader follows the schema: what may be missing, what may not, no other order, no other key") {
    std::size_t members = 0;
    for (const std::string& line : golden_lines()) {
        if (line.find("12345678901234567890") != std::string::npos) continue;
        json::Value record = json::parse(line);
        REQUIRE(json::to_compact(record) == line);
        for_each_member(
            record, trace::record_schema(), [&](json::Object& object, const trace::SchemaMember& member) {
                INFO(member.key << " of " << line);
                const json::Object whole = object;
                object.erase(member.key);
                // A record's own hash may be missing, but then somebody has to compute it.
                const bool is_hash = member.key == "content_hash" && whole.find("trace_id") != nullptr;
                const bool needed = member.rule == trace::Rule::Required || is_hash;
                CHECK(wire_reader_agrees(json::to_compact(record)) != needed);
                object.append(std::string(member.key), *whole.find(member.key));
                const bool is_last = (whole.end() - 1)->first == member.key;
                CHECK(wire_reader_agrees(json::to_compact(record)) == is_last);
                object = whole;
                object.append(std::string(member.key), json::Value(json::Object()));
                CHECK_FALSE(wire_reader_agrees(json::to_compact(record)));
                object = whole;
                object.append("novel", nullptr);
                CHECK_FALSE(wire_reader_agrees(json::to_compact(record)));
                object = whole;
                ++members;
            });
    }
    CHECK(members > 900);
}

TEST_CASE("the wire reader takes lines of schema 0.1 without the keys of 0.2") {
    std::string line = golden_lines().front();
    for (const std::string_view key : {R"("execution_context":null,)", R"(,"terminal_state":null)",
                                       R"(,"reward":null)", R"(,"reward_source":null)"})
        line = with(line, key, "");
    WireRecord wire;
    CHECK(wire_reader_agrees(line));
}

TEST_CASE("the wire reader leaves to the decoder what the decoder refuses or reads in its own way") {
    const std::string line = golden_lines().front();
    REQUIRE(wire_reader_agrees(line));
    const auto metadata = [&](const std::string& value) {
        return with(line, R"("metadata":{})", R"("metadata":{"a":)" + value + "}");
    };
    const auto rate = [&](const std::string& value) {
        return with(line, R"("cache_hit_rate":null)", R"("cache_hit_rate":)" + value);
    };
    CHECK(wire_reader_agrees(rate("0.5")));
    CHECK(wire_reader_agrees(metadata(std::string(100, '[') + std::string(100, ']'))));
    for (const std::string& odd :
         {rate("1.5"), rate("-0.1"), rate("\"0.5\""), metadata(std::string(300, '[') + std::string(300, ']')),
          metadata(R"("\ud800")"), metadata("NaN"), metadata("01"), line + "}", line + " ", " " + line,
          with(line, R"("total_steps":0)", R"("total_steps":1234567890123456789)"),
          with(line, R"("total_steps":0)", R"("total_steps":0.0)"),
          with(line, R"("estimated_cost_usd":null)", R"("estimated_cost_usd":1e999)"),
          with(line, R"("signal_confidence":"derived")", R"("signal_confidence":"guessed")")}) {
        CAPTURE(odd);
        CHECK_FALSE(wire_reader_agrees(odd));
    }
}

TEST_CASE("a damaged line is never accepted by the wire reader unless the decoder agrees") {
    RandomRecords random(11);
    for (int i = 0; i < 3000; ++i) {
        std::string line = random.line();
        const std::size_t at = random.below(line.size());
        switch (random.below(4)) {
            case 0:
                line[at] = static_cast<char>(random.below(256));
                break;
            case 1:
                line.erase(at, 1 + random.below(4));
                break;
            case 2:
                line.insert(at, 1, "\"\\{}[],:0-.eu"[random.below(13)]);
                break;
            default:
                line.resize(at);
                break;
        }
        wire_reader_agrees(line);
    }
}

TEST_CASE("a summary has digest, size, hashes and statistics of the whole shard") {
    RandomRecords random(5);
    std::string text;
    DatasetStats expected;
    HashList hashes;
    TraceKeys ids;
    for (int i = 0; i < 50; ++i) {
        const trace::TraceRecord record = random.next();
        text += trace::encode(record) + (i % 7 == 0 ? "\r\n\n" : "\n");
        expected.add(record);
        hashes.add(trace::content_hash(record));
        ids.add(trace_key(record.trace_id));
    }
    const ShardSummary summary = summarise(source_of(text), "data/traces_x.jsonl");
    CHECK(summary.sha256 == sha256_hex(text));
    CHECK(summary.git_blob == git_blob_id(text));
    CHECK(summary.size == text.size());
    CHECK(summary.hashes == hashes);
    CHECK(summary.ids == ids);
    CHECK(summary.stats == expected);
    CHECK(is_content_of(summary, text.size(), sha256_hex(text)));
    CHECK(is_content_of(summary, text.size(), git_blob_id(text)));
    CHECK_FALSE(is_content_of(summary, text.size() + 1, sha256_hex(text)));
    CHECK_FALSE(is_content_of(summary, text.size(), ""));
    text.pop_back();
    CHECK(summarise(source_of(text), "data/traces_x.jsonl").stats == expected);
    CHECK(summarise(source_of(""), "data/traces_x.jsonl").stats == DatasetStats{});
}

TEST_CASE("the hash of a line counts, and only a missing one is computed") {
    const std::string line = golden_lines().front();
    const trace::TraceRecord record = *trace::decode(line).record;
    const std::string own(64, 'A');
    const auto hash_of = [&](const std::string& text) {
        return summarise(source_of(text + "\n"), "data/traces_x.jsonl").hashes.at(0).str();
    };
    CHECK(hash_of(line) == *record.content_hash);
    CHECK(hash_of(with(line, *record.content_hash, own)) == std::string(64, 'a'));
    CHECK(hash_of(with(line, *record.content_hash, "short")) == *record.content_hash);
    CHECK(hash_of(with(line, "\"" + *record.content_hash + "\"", "null")) == *record.content_hash);
    CHECK(hash_of(R"({"trace_id":"a","session_id":"b","agent":{"name":"c"}})").size() == 64);
}

TEST_CASE("a shard with anything but records is refused with its line") {
    const std::string good = golden_lines().front() + "\n";
    std::string message;
    CHECK(code_of(good + "{}\n", &message) == ErrorCode::CorruptDataset);
    CHECK(message.find("data/traces_x.jsonl:2 is not a TraceRecord: ") == 0);
    CHECK(code_of(good + good.substr(0, good.size() / 2)) == ErrorCode::CorruptDataset);
    CHECK(code_of("\xEF\xBB\xBF" + good) == ErrorCode::CorruptDataset);
    CHECK(code_of(std::string(1, '\0') + "\n") == ErrorCode::CorruptDataset);
    CHECK(code_of(with(good, "\"success\":", "\"success\":7.5,\"x\":")) == ErrorCode::CorruptDataset);
    CHECK(code_of(with(good, R"("schema_version":"0.2.0")", R"("schema_version":"1.0.0")"), &message) ==
          ErrorCode::NewerSchema);
    CHECK(message.find("data/traces_x.jsonl:1 has schema 1.0.0") == 0);
}

TEST_CASE("a written shard is what its summary says") {
    opentraces::testing::InMemoryDisk disk;
    RandomRecords random(13);
    const std::string path = "data/traces_20260101T000000Z_00000000.jsonl";
    ShardWriter writer(disk, "/spool", path);
    std::string expected;
    for (int i = 0; i < 20; ++i) {
        const trace::TraceRecord record = random.next();
        const std::string line = trace::encode(record);
        if (i % 2 == 0)
            writer.add(line, trace::content_hash(record), record);
        else
            writer.add(line);
        expected += line + "\n";
    }
    CHECK(writer.traces() == 20);
    CHECK(writer.size() == expected.size());
    CHECK_FALSE(disk.info("/spool"));
    const ShardSummary summary = writer.finish();
    CHECK(disk.read_all("/spool") == expected);
    CHECK(summary == summarise(source_of(expected), path));
    ShardWriter other(disk, "/other", path);
    CHECK_THROWS_AS(other.add("{}"), Error);
    CHECK_THROWS_AS(other.add("{\n}", ContentHash(std::string(64, '0')), {}), Error);
}
