#include "opentraces/shard/trace_keys.hpp"

#include "catch.hpp"
#include "opentraces/core/ids.hpp"

using namespace opentraces;
using namespace opentraces::shard;

TEST_CASE("a trace key is the UUID, or stands for any other text") {
    const std::string id = trace_id_for("claude-code", "session", 0).str();
    std::string upper = id;
    for (char& c : upper)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    const TraceKey key = trace_key(id);
    CHECK(trace_key("00010203-0405-0607-0809-0a0b0c0d0eff")[15] == '\xff');
    CHECK(trace_key("00010203-0405-0607-0809-0a0b0c0d0eff")[1] == '\x01');
    CHECK(trace_key(upper) == key);
    CHECK(trace_key(trace_id_for("claude-code", "session", 1).str()) != key);
    for (const std::string& other :
         {std::string(), id.substr(1), id + " ", "{" + id + "}", id.substr(0, 35) + "g",
          id.substr(0, 8) + "x" + id.substr(9), std::string("trace-1"), std::string(36, '-')}) {
        INFO(other);
        CHECK(trace_key(other) != key);
        CHECK(trace_key(other) == trace_key(other));
    }
    TraceKeys keys;
    CHECK(keys.empty());
    keys.add(trace_key("a"));
    keys.add(key);
    CHECK(keys.size() == 2);
    CHECK(keys.at(1) == key);
    CHECK(TraceKeys::from_bytes(keys.bytes()) == keys);
}
