#include "opentraces/shard/withdrawn.hpp"

#include "catch.hpp"
#include "doubles/error_from.hpp"

using namespace opentraces;
using namespace opentraces::shard;
using opentraces::testing::error_from;

namespace {

const ContentHash k_hash(std::string(64, 'a'));
const ContentHash k_other(std::string(64, 'b'));
const std::string k_id = "0f0e0d0c-0000-5000-8000-000000000001";

Withdrawal removed(const std::string& reason = "a key") {
    return {k_id, k_hash, *parse_iso8601("2026-11-28T13:00:00Z"), reason, Withdrawal::Kind::Removed};
}

}  // namespace

TEST_CASE("withdrawn: what was written is read, and says nothing of the trace") {
    Withdrawals list;
    CHECK(list.empty());
    CHECK(list.text().empty());
    list.add(removed());
    Withdrawal redacted = removed("");
    redacted.trace_id = "another";
    redacted.content_hash = k_other;
    redacted.kind = Withdrawal::Kind::Redacted;
    list.add(redacted);
    CHECK(list.text() ==
          "{\"format\":\"opentraces-withdrawn\",\"version\":1}\n"
          "{\"trace_id\":\"" +
              k_id + "\",\"content_hash\":\"" + k_hash.str() +
              "\",\"kind\":\"removed\",\"withdrawn_at\":\"2026-11-28T13:00:00.000Z\",\"reason\":\"a key\"}\n"
              "{\"trace_id\":\"another\",\"content_hash\":\"" +
              k_other.str() +
              "\",\"kind\":\"redacted\",\"withdrawn_at\":\"2026-11-28T13:00:00.000Z\",\"reason\":null}\n");
    const Withdrawals again = Withdrawals::read(list.text());
    CHECK(again.all() == list.all());
    CHECK(again.text() == list.text());
    CHECK(again.holds(k_hash));
    CHECK(again.holds(k_other));
    CHECK(again.holds(trace_key(k_id)));
    // Only the text is gone: what has taken its place may have its id.
    CHECK_FALSE(again.holds(trace_key("another")));
    CHECK_FALSE(again.holds(ContentHash(std::string(64, 'c'))));
}

TEST_CASE("withdrawn: nothing is said twice, and what others wrote stays byte for byte") {
    Withdrawals list;
    list.add(removed());
    const std::string once = list.text();
    list.add(removed("for another reason"));
    CHECK(list.text() == once);
    const std::string theirs = once + "{\"more\":1," + once.substr(once.find('\n') + 2);
    Withdrawals read = Withdrawals::read(theirs);
    Withdrawal later = removed();
    later.content_hash = k_other;
    read.add(later);
    CHECK(read.text().starts_with(theirs));
    CHECK(read.all().size() == 3);
}

TEST_CASE("withdrawn: a line that cannot be read is damage, never nothing") {
    Withdrawals list;
    list.add(removed());
    const std::string good = list.text();
    const auto problem = [](const std::string& text) {
        const Error error = error_from([&] { Withdrawals::read(text); });
        CHECK(error.code() == ErrorCode::CorruptDataset);
        return error.message();
    };
    const auto with = [&](const std::string& part, const std::string& instead) {
        std::string text = good;
        return text.replace(text.find(part), part.size(), instead);
    };
    CHECK(problem(good + "no json\n").starts_with("opentraces/withdrawn.jsonl:3: "));
    CHECK(problem(good + "[]\n") == "opentraces/withdrawn.jsonl:3: is not an object");
    CHECK(problem(good + "\n").starts_with("opentraces/withdrawn.jsonl:3: "));
    CHECK(problem(good.substr(0, good.size() - 1)).ends_with("does not end with a complete line"));
    CHECK(problem(good.substr(good.find('\n') + 1))
              .ends_with("is not the first line of a list of withdrawn traces"));
    CHECK(
        problem(with("\"removed\"", "\"other\"")).ends_with(":2: \"kind\" is neither removed nor redacted"));
    CHECK(problem(with(k_hash.str(), "abc")).ends_with(":2: \"content_hash\" is not a SHA-256"));
    CHECK(problem(with("2026-11-28", "yesterday")).ends_with(":2: \"withdrawn_at\" is not a time"));
    CHECK(problem(with(k_id, "")).ends_with(":2: \"trace_id\" is missing"));
    CHECK(problem(with("\"version\":1", "\"version\":null")).ends_with(":1: has no known version"));
    CHECK(error_from([&] { Withdrawals::read(with("\"version\":1", "\"version\":2")); }).code() ==
          ErrorCode::NewerSchema);
    CHECK(Withdrawals::read("").empty());
}
