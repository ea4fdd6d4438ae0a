#include "opentraces/hub/client.hpp"

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/scripted_transport.hpp"
#include "opentraces/core/digest.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct Bench {
    explicit Bench(const std::string& endpoint = "https://hub.example")
        : client(transport, disk, clock, {endpoint, "hf_secret", "", "", 1, {}}) {}

    bool had_token(std::size_t number) const {
        for (const auto& [name, value] : transport.requests.at(number).headers)
            if (name == "Authorization") return value == "Bearer hf_secret";
        return false;
    }

    ScriptedTransport transport;
    InMemoryDisk disk;
    FixedClock clock{TimePoint{}};
    hub::HubClient client;
};

hub::RemoteFile large_file(const std::string& content) {
    hub::RemoteFile file;
    file.path = "data/a.jsonl";
    file.size = content.size();
    file.large = true;
    file.digest = sha256_hex(content);
    return file;
}

std::string download(Bench& bench, const hub::RemoteFile& file, std::uint64_t from = 0) {
    std::string bytes;
    bench.client.download("a/b", "main", file, from, [&](std::string_view piece) { bytes += piece; });
    return bytes;
}

const std::string k_resolve = "/datasets/a/b/resolve/main/data/a.jsonl";

}  // namespace

TEST_CASE("the token stays at the Hub's origin") {
    Bench bench;
    bench.transport.expect("GET", k_resolve, 302, "", {{"location", "https://cdn.example/x?sig=1"}});
    bench.transport.expect("GET", "cdn.example/x?sig=1", 200, "hello");
    CHECK(download(bench, large_file("hello")) == "hello");
    CHECK(bench.had_token(0));
    CHECK_FALSE(bench.had_token(1));
}

TEST_CASE("another port is another origin, a relative redirect is not") {
    Bench bench;
    bench.transport.expect("GET", k_resolve, 307, "",
                           {{"location", "/datasets/a/c/resolve/main/data/a.jsonl"}});
    bench.transport.expect("GET", "hub.example/datasets/a/c/resolve/main/data/a.jsonl", 302, "",
                           {{"location", "https://hub.example:444/x"}});
    bench.transport.expect("GET", ":444/x", 200, "hello");
    download(bench, large_file("hello"));
    CHECK(bench.had_token(1));
    CHECK_FALSE(bench.had_token(2));
}

TEST_CASE("a broken download goes on where it broke, from a new address") {
    Bench bench;
    bench.transport.expect("GET", k_resolve, [](const net::Request& request) -> net::Response {
        request.on_status(200);
        request.sink("hel");
        throw net::TransportError(net::TransportFailure::Broken, "cut", true);
    });
    SECTION("the range is honoured") {
        bench.transport.expect("GET", k_resolve, 206, "lo");
    }
    SECTION("the range is ignored") {
        bench.transport.expect("GET", k_resolve, 200, "hello");
    }
    CHECK(download(bench, large_file("hello")) == "hello");
    CHECK(bench.transport.requests[1].headers[1].second == "bytes=3-");
}

TEST_CASE("content that is not the announced one is refused") {
    Bench bench;
    SECTION("wrong bytes") {
        bench.transport.expect("GET", k_resolve, 200, "hellO");
    }
    SECTION("too many") {
        bench.transport.expect("GET", k_resolve, 200, "hello!");
    }
    SECTION("announced otherwise") {
        bench.transport.expect("GET", k_resolve, 302, "",
                               {{"location", "https://cdn.example/x"}, {"x-linked-etag", "\"0000\""}});
    }
    CHECK(error_from([&] { download(bench, large_file("hello")); }).code() == ErrorCode::ShardUnavailable);
}

TEST_CASE("an address that expired while waiting is asked for again") {
    Bench bench;
    bench.transport.expect("GET", k_resolve, 302, "", {{"location", "https://cdn.example/x?old"}});
    bench.transport.expect("GET", "x?old", 403);
    bench.transport.expect("GET", k_resolve, 302, "", {{"location", "https://cdn.example/x?new"}});
    bench.transport.expect("GET", "x?new", 200, "hello");
    CHECK(download(bench, large_file("hello")) == "hello");
}

TEST_CASE("requests follow a rename and nothing else") {
    Bench bench;
    const std::string info =
        R"({"id":"a/new","sha":")" + std::string(40, '1') + R"(","private":true,"gated":false})";
    const std::string query = "?expand=sha&expand=private&expand=gated&expand=disabled";
    bench.transport.expect("GET", "/api/datasets/a/b" + query, 307, "",
                           {{"location", "/api/datasets/a/new" + query}});
    SECTION("to the new name") {
        bench.transport.expect("GET", "/api/datasets/a/new" + query, 200, info);
        CHECK(bench.client.info("a/b", "main")->id == "a/new");
    }
    SECTION("but not to another server") {
        bench.transport.expect("GET", "/api/datasets/a/new" + query, 307, "",
                               {{"location", "https://evil.example/"}});
        CHECK(error_from([&] { bench.client.info("a/b", "main"); }).code() == ErrorCode::UnexpectedAnswer);
    }
}

TEST_CASE("every page of a listing is read, at our endpoint") {
    Bench bench("https://mirror.example/hub");
    const std::string entry =
        R"([{"type":"file","oid":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","size":1,"path":")";
    bench.transport.expect(
        "GET", "/api/datasets/a/b/tree/main?recursive=false&expand=false", 200, entry + "x\"}]",
        {{"link", "<https://huggingface.co/api/datasets/a/b/tree/main?cursor=2>; rel=\"next\""}});
    bench.transport.expect("GET", "https://mirror.example/hub/api/datasets/a/b/tree/main?cursor=2", 200,
                           entry + "y\"}]");
    CHECK(bench.client.tree("a/b", "main", "").size() == 2);
    CHECK(bench.had_token(1));
}

TEST_CASE("a listing that fails or hides its digests is an error, not an empty one") {
    Bench bench;
    SECTION("fails") {
        bench.transport.expect("GET", "expand=false", 500);
        CHECK_THROWS_AS(bench.client.tree("a/b", "main", ""), Error);
    }
    SECTION("second page fails") {
        bench.transport.expect("GET", "expand=false", 200, "[]", {{"link", "</next>; rel=\"next\""}});
        bench.transport.expect("GET", "/next", 404, "", {{"x-error-code", "RevisionNotFound"}});
        CHECK_THROWS_AS(bench.client.tree("a/b", "main", "data"), Error);
    }
    SECTION("masked") {
        bench.transport.expect("GET", "expand=false", 200,
                               R"([{"type":"file","oid":"****","size":1,"path":"x"}])");
        CHECK(error_from([&] { bench.client.tree("a/b", "main", ""); }).code() ==
              ErrorCode::UnexpectedAnswer);
    }
    SECTION("an unknown folder is empty") {
        bench.transport.expect("GET", "expand=false", 404, "", {{"x-error-code", "EntryNotFound"}});
        CHECK(bench.client.tree("a/b", "main", "data").empty());
    }
    SECTION("an unknown root is not") {
        bench.transport.expect("GET", "expand=false", 404, "", {{"x-error-code", "EntryNotFound"}});
        CHECK_THROWS_AS(bench.client.tree("a/b", "main", ""), Error);
    }
}

TEST_CASE("an answer's meaning: codes first, then words, then the status") {
    struct Row {
        int status;
        net::Headers headers;
        std::string body;
        ErrorCode code;
    };
    const Row rows[] = {
        {404, {{"x-error-code", "RevisionNotFound"}}, "", ErrorCode::NotFound},
        {404, {{"x-error-code", "RepoNotFound"}}, "", ErrorCode::NotFound},
        {403, {{"x-error-code", "GatedRepo"}}, "", ErrorCode::GatedRepo},
        {401, {{"x-error-code", "GatedRepo"}}, "", ErrorCode::GatedRepo},
        {401, {}, "", ErrorCode::InvalidToken},
        {403, {}, R"({"error":"You don't have the rights"})", ErrorCode::PermissionDenied},
        {403, {}, R"({"error":"Private repository storage limit reached"})", ErrorCode::QuotaExceeded},
        {403, {{"x-error-message", "Access to this resource is disabled."}}, "", ErrorCode::PermissionDenied},
        {402, {}, "", ErrorCode::QuotaExceeded},
        {413, {}, "", ErrorCode::UploadFailed},
        {422, {}, "", ErrorCode::UploadFailed},
        {418, {}, "", ErrorCode::UnexpectedAnswer},
    };
    for (const Row& row : rows) {
        Bench bench;
        bench.transport.expect("GET", "/api/datasets/a/b/auth-check/write", row.status, row.body,
                               row.headers);
        const Error error = error_from([&] { bench.client.check_write_access("a/b"); });
        INFO(error.message());
        CHECK(error.code() == row.code);
        CHECK(error.message().find("asking whether the token may write to a/b") == 0);
        CHECK(error.message().find(std::to_string(row.status)) != std::string::npos);
    }
}

TEST_CASE("the Hub's words are shown in every shape they come in, and never as a web page") {
    const auto words = [](const std::string& body, net::Headers headers = {}) {
        Bench bench;
        headers.emplace_back("x-request-id", "Root=1-abc");
        bench.transport.expect("GET", "", 400, body, headers);
        return error_from([&] { bench.client.whoami(); }).message();
    };
    const std::string end = " (request id Root=1-abc)";
    const std::string start = "asking the Hub who the token belongs to: the Hub answered 400";
    CHECK(words(R"({"error":"no"})") == start + ": no" + end);
    CHECK(words(R"({"error":["a","b"]})") == start + ": a; b" + end);
    CHECK(words(R"({"error":"code","error_description":"text"})") == start + ": code: text" + end);
    CHECK(words(R"({"errors":[{"message":"x"}]})") == start + ": x" + end);
    CHECK(words(R"({"message":"m"})") == start + ": m" + end);
    CHECK(words("plain\ntext") == start + ": plain text" + end);
    CHECK(words("<html>secret</html>") == start + end);
    CHECK(words("ignored", {{"x-error-message", "said"}}) == start + ": said" + end);
}

TEST_CASE("a dataset is created once") {
    Bench bench;
    SECTION("409 with an address") {
        bench.transport.expect("POST", "/api/repos/create", 409,
                               R"({"error":"You already created this dataset repo","url":"x"})");
        CHECK_FALSE(bench.client.create("a/b", hub::Visibility::Private));
    }
    SECTION("409 without") {
        bench.transport.expect("POST", "/api/repos/create", 409, R"({"error":"exists"})");
        CHECK_FALSE(bench.client.create("a/b", hub::Visibility::Private));
    }
    SECTION("while another creation runs") {
        bench.transport.expect(
            "POST", "/api/repos/create", 409,
            R"({"error":"Cannot create repo: another conflicting operation is in progress"})");
        bench.transport.expect("POST", "/api/repos/create", 200, "{}");
        CHECK(bench.client.create("a/b", hub::Visibility::Private));
        CHECK(bench.clock.sleeps().size() == 1);
        CHECK(bench.transport.requests[1].body ==
              R"({"type":"dataset","name":"b","organization":"a","visibility":"private"})");
    }
}

TEST_CASE("datasets are listed by tag up to a limit") {
    Bench bench;
    bench.transport.expect("GET", "/api/datasets?sort=lastModified&limit=2&author=a&filter=agent-traces", 200,
                           R"([{"id":"a/1","private":true,"tags":["x"]},{"id":"a/2"},{"id":"a/3"}])");
    const auto found = bench.client.datasets("a", {"agent-traces"}, 2);
    REQUIRE(found.size() == 2);
    CHECK(found[0].is_private);
    CHECK(found[0].tags == std::vector<std::string>{"x"});
}

TEST_CASE("what a commit's answer says") {
    struct Row {
        int status;
        std::string body;
        hub::CommitVerdict verdict;
    };
    const std::string oid(40, 'a');
    const Row rows[] = {
        {200, R"({"success":true,"commitOid":")" + oid + R"(","commitUrl":"u"})", hub::CommitVerdict::Done},
        {200, "<html>", hub::CommitVerdict::Unknown},
        {200, "{}", hub::CommitVerdict::Unknown},
        {412, "", hub::CommitVerdict::ParentMoved},
        {409, "", hub::CommitVerdict::Busy},
        {400, R"({"error":"LFS pointer pointed to a file that does not exist"})",
         hub::CommitVerdict::LfsMissing},
        {500, "", hub::CommitVerdict::Unknown},
        {504, "", hub::CommitVerdict::Unknown},
        {408, "", hub::CommitVerdict::Unknown},
    };
    for (const Row& row : rows) {
        Bench bench;
        bench.transport.expect("POST", "/api/datasets/a/b/commit/refs%2Fpr%2F1", row.status, row.body);
        CHECK(bench.client.commit("a/b", "refs/pr/1", nullptr).verdict == row.verdict);
        CHECK_FALSE(bench.transport.requests[0].repeatable);
    }
    Bench bench;
    bench.transport.expect("POST", "/commit/main", 403);
    CHECK_THROWS_AS(bench.client.commit("a/b", "main", nullptr), Error);
    bench.transport.expect_failure("POST", "/commit/main", net::TransportFailure::Broken, true);
    CHECK(bench.client.commit("a/b", "main", nullptr).verdict == hub::CommitVerdict::Unknown);
    bench.transport.expect_failure("POST", "/commit/main", net::TransportFailure::Connect, false);
    CHECK_THROWS_AS(bench.client.commit("a/b", "main", nullptr), Error);
}

TEST_CASE("preupload asks for at most a hundred files at a time") {
    Bench bench;
    std::vector<hub::UploadCandidate> files;
    const auto answer = [](std::size_t begin, std::size_t end) {
        std::string text = R"({"files":[)";
        for (std::size_t i = end; i-- > begin;)
            text += (i + 1 == end ? "" : ",") +
                    (R"({"path":")" + std::to_string(i) + R"(","uploadMode":"lfs","shouldIgnore":false})");
        return text + "]}";
    };
    for (int i = 0; i < 150; ++i)
        files.push_back({std::to_string(i), 1, "x"});
    SECTION("complete") {
        bench.transport.expect("POST", "/preupload/main", 200, answer(0, 100));
        bench.transport.expect("POST", "/preupload/main", 200, answer(100, 150));
        CHECK(bench.client.preupload("a/b", "main", files, {}).size() == 150);
    }
    SECTION("a file is missing in the answer") {
        bench.transport.expect("POST", "/preupload/main", 200, answer(0, 99));
        CHECK_THROWS_AS(bench.client.preupload("a/b", "main", files, {}), Error);
    }
}

namespace {

hub::LargeFile small_upload(const std::string& content) {
    return {"data/a.jsonl", content, "", sha256_hex(content), content.size()};
}

// The answer of a batch request about one file; `rest` are its members.
std::string batch_answer(const std::string& content, const std::string& rest) {
    return R"({"objects":[{"oid":")" + sha256_hex(content) + R"(",)" + rest + "}]}";
}

std::string upload_to(const std::string& address) {
    return R"("actions":{"upload":{"href":")" + address + R"("}})";
}

Error upload_refused(Bench& bench) {
    return error_from([&] { bench.client.upload("a/b", "main", {small_upload("hello")}, {}); });
}

const std::string k_batch = "/datasets/a/b.git/info/lfs/objects/batch";

}  // namespace

TEST_CASE("uploads: an address that is not encrypted gets nothing") {
    const std::string address =
        GENERATE("http://storage.example/x", "ftp://storage.example/x", "//storage.example/x", "x");
    const std::string parts = R"("actions":{"upload":{"href":"https://storage.example/end","header":)"
                              R"({"chunk_size":"10","1":")" +
                              address + R"("}}})";
    for (const std::string& actions : {upload_to(address), parts}) {
        INFO(actions);
        Bench bench;
        bench.transport.expect("POST", k_batch, 200, batch_answer("hello", actions));
        const Error error = upload_refused(bench);
        CHECK(error.code() == ErrorCode::UnexpectedAnswer);
        CHECK(error.message().find("not encrypted") != std::string::npos);
    }
}

TEST_CASE("uploads: a Hub on this machine may name addresses like its own") {
    Bench bench("http://127.0.0.1:9");
    bench.transport.expect("POST", k_batch, 200, batch_answer("hello", upload_to("http://127.0.0.1:8/x")));
    bench.transport.expect("PUT", "127.0.0.1:8/x", 200);
    bench.client.upload("a/b", "main", {small_upload("hello")}, {});
    CHECK_FALSE(bench.had_token(1));
}

TEST_CASE("uploads: what the Hub refuses or leaves out stops the push") {
    Bench bench;
    SECTION("an object is refused") {
        bench.transport.expect("POST", k_batch, 200,
                               batch_answer("hello", R"("error":{"code":422,"message":"too large"})"));
        const Error error = upload_refused(bench);
        CHECK(error.code() == ErrorCode::UploadFailed);
        CHECK(error.message().find("too large") != std::string::npos);
    }
    SECTION("an object is missing") {
        bench.transport.expect("POST", k_batch, 200, R"({"objects":[]})");
        CHECK(upload_refused(bench).code() == ErrorCode::UnexpectedAnswer);
    }
    SECTION("the storage refuses the bytes") {
        bench.transport.expect("POST", k_batch, 200,
                               batch_answer("hello", upload_to("https://storage.example/x")));
        bench.transport.expect("PUT", "storage.example/x", 400);
        upload_refused(bench);
    }
    SECTION("the storage keeps refusing the address") {
        for (int i = 0; i < 4; ++i) {
            bench.transport.expect("POST", k_batch, 200,
                                   batch_answer("hello", upload_to("https://storage.example/x")));
            bench.transport.expect("PUT", "storage.example/x", 403);
        }
        CHECK(upload_refused(bench).code() == ErrorCode::UploadFailed);
    }
    SECTION("too few addresses for the parts") {
        bench.transport.expect(
            "POST", k_batch, 200,
            batch_answer("hello", R"("actions":{"upload":{"href":"https://storage.example/end","header":)"
                                  R"({"chunk_size":"2","1":"https://storage.example/1"}}})"));
        CHECK(upload_refused(bench).code() == ErrorCode::UnexpectedAnswer);
    }
    SECTION("the verification fails") {
        bench.transport.expect(
            "POST", k_batch, 200,
            batch_answer("hello", R"("actions":{"upload":{"href":"https://storage.example/x"},)"
                                  R"("verify":{"href":"https://hub.example/verify"}})"));
        bench.transport.expect("PUT", "storage.example/x", 200);
        bench.transport.expect("POST", "/verify", 404, "{}", {{"x-error-code", "EntryNotFound"}});
        upload_refused(bench);
    }
}

TEST_CASE("a download that is redirected without end is refused") {
    Bench bench;
    bench.transport.expect("GET", k_resolve, 302, "", {{"location", "https://cdn.example/0"}});
    for (int i = 0; i < 5; ++i)
        bench.transport.expect("GET", "cdn.example/" + std::to_string(i), 302, "",
                               {{"location", "https://cdn.example/" + std::to_string(i + 1)}});
    const Error error = error_from([&] { download(bench, large_file("hello")); });
    CHECK(error.code() == ErrorCode::UnexpectedAnswer);
    CHECK(error.message().find("OPENTRACES_MAX_REDIRECTS") != std::string::npos);
}

TEST_CASE("a download that the Hub announces with another digest is refused before its bytes") {
    Bench bench;
    bench.transport.expect(
        "GET", k_resolve, 302, "",
        {{"location", "https://cdn.example/x"}, {"x-linked-etag", "\"" + std::string(64, 'a') + "\""}});
    CHECK(error_from([&] { download(bench, large_file("hello")); }).code() == ErrorCode::ShardUnavailable);
}
