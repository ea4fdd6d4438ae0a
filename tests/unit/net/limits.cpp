#include "opentraces/net/limits.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/scripted_transport.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/git_blob.hpp"
#include "opentraces/net/retry.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::net;

TEST_CASE("limits: each has a variable, and the page names it with its default") {
    std::ifstream file(testing::source_folder() + "/docs/hub-protocol.md");
    std::stringstream page;
    page << file.rdbuf();
    for (const LimitRow& row : limit_table()) {
        const std::string line =
            fmt::format("| `{}` | {} {} | {} |", row.variable, Limits{}.*row.field, row.unit, row.about);
        INFO(line);
        CHECK(page.str().find(line) != std::string::npos);
        Environment environment;
        environment.variables[std::string(row.variable)] = "7";
        CHECK(limits_from(environment).*row.field == 7);
    }
    CHECK(limit_table().size() == sizeof(Limits) / sizeof(std::uint64_t));
}

TEST_CASE("limits: what is no number is a usage error") {
    for (const std::string text : {"0", "-1", "ten", "1.5", "10MB", "99999999999999999999", " 1"}) {
        INFO(text);
        Environment environment;
        environment.variables["OPENTRACES_MAX_PAGES"] = text;
        const Error error = testing::error_from([&] { limits_from(environment); });
        CHECK(error.code() == ErrorCode::BadOption);
        CHECK(error.message().find("OPENTRACES_MAX_PAGES") != std::string::npos);
    }
}

TEST_CASE("limits: all waits together stay within the budget") {
    FixedClock clock{TimePoint{}};
    SeededIds ids{1};
    testing::ScriptedTransport inner;
    Limits limits;
    limits.retry_seconds = 100;
    limits.attempts = 50;
    RetryingTransport transport(inner, clock, ids, retry_policy(limits));
    Request request;
    request.url = "https://hub.example/x";
    SECTION("asked for by the server") {
        for (int i = 0; i < 3; ++i)
            inner.expect("GET", "/x", 429, "", {{"retry-after", "40"}});
        const Error error = testing::error_from([&] { transport.send(request); });
        CHECK(error.code() == ErrorCode::RateLimited);
    }
    SECTION("over several requests") {
        inner.expect("GET", "/x", 503, "", {{"retry-after", "60"}});
        inner.expect("GET", "/x", 200);
        CHECK(transport.send(request).status == 200);
        inner.expect("GET", "/x", 503, "", {{"retry-after", "60"}});
        CHECK(transport.send(request).status == 503);
    }
}

TEST_CASE("git's id of a file does not need the file at once") {
    for (const std::string text : {"", "a", "hello\nworld\n"}) {
        GitBlobId id(text.size());
        for (const char c : text)
            id.update({&c, 1});
        CHECK(id.finish_hex() == git_blob_id(text));
    }
}
