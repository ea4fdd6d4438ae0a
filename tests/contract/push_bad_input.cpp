// One clear message and the right exit status for everything that can be wrong around a push; the store is
// left as it was.
#include "doubles/error_from.hpp"
#include "doubles/hub_bench.hpp"
#include "doubles/tls_server.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/hub/open_remote.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using hub_emulator::FaultKind;

namespace {

struct Bench : HubBench {
    Bench() { id = project.commit("one"); }

    // Pushes, which must fail; checks what every failure must keep.
    Error refused(const flow::PushOptions& options, ErrorCode code, int exit_status) {
        const Error error = error_from([&] { project.push(options); });
        INFO(error.message());
        CHECK(error.code() == code);
        CHECK(error.exit_status() == exit_status);
        CHECK_FALSE(error.message().empty());
        CHECK_FALSE(error.hint().empty());
        CHECK(error.message().find("hf_") == std::string::npos);
        CHECK(error.message().find('\n') == std::string::npos);
        CHECK(project.stage_of(id) == store::Stage::Committed);
        CHECK(project.store->open_pushes().empty());
        CHECK(project.store->pushes().empty());
        CHECK(asked("POST", "/commit/") == 0);
        CHECK(hub.credential_leaks() == 0);
        return error;
    }
    Error refused(ErrorCode code, int exit_status) { return refused(options(), code, exit_status); }

    TraceId id;
};

bool mentions(const Error& error, const std::string& words) {
    return error.message().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("bad input: no token") {
    Bench bench;
    bench.project.environment.variables.erase("HF_TOKEN");
    CHECK(bench.refused(ErrorCode::NotAuthenticated, 3).hint().find("opentraces login") != std::string::npos);
    CHECK(bench.hub.requests().empty());
}

TEST_CASE("bad input: revoked token") {
    Bench bench;
    bench.hub.revoke_token("hf_alice");
    const Error error = bench.refused(ErrorCode::InvalidToken, 3);
    CHECK(mentions(error, "401"));
    CHECK(mentions(error, "request id"));
    // It is the variable's: a login would change nothing.
    CHECK(error.hint().find("the environment variable HF_TOKEN") != std::string::npos);
    CHECK(error.hint().find("opentraces login") == std::string::npos);
}

TEST_CASE("bad input: read-only token") {
    Bench bench;
    bench.hub.add_user("bob", "hf_bob", "read");
    bench.project.environment.variables["HF_TOKEN"] = "hf_bob";
    flow::PushOptions options;
    options.remote = "bob/traces";
    SECTION("a new dataset") {}
    SECTION("an existing one") {
        hub_emulator::RepoOptions repo;
        repo.is_private = true;
        bench.hub.add_repo("bob/traces", repo);
    }
    CHECK(mentions(bench.refused(options, ErrorCode::PermissionDenied, 3), "403"));
}

TEST_CASE("bad input: fine-grained token without the repository") {
    Bench bench;
    hub_emulator::Token token;
    token.value = "hf_fine";
    token.role = "fineGrained";
    token.scopes = {{"dataset", "alice/other", {"repo.content.read", "repo.write"}}};
    bench.hub.add_token("alice", token);
    hub_emulator::RepoOptions repo;
    repo.is_private = true;
    bench.hub.add_repo(bench.repo, repo);
    bench.project.environment.variables["HF_TOKEN"] = "hf_fine";
    const Error error = error_from([&] { bench.project.push(bench.repo); });
    CHECK(error.exit_status() == 3);
    CHECK(error.code() == ErrorCode::PermissionDenied);
    CHECK(bench.project.stage_of(bench.id) == store::Stage::Committed);
}

TEST_CASE("bad input: organisation without membership") {
    Bench bench;
    bench.hub.add_user("carol", "hf_carol", "write", {{"acme", "write"}});
    flow::PushOptions options;
    options.remote = "acme/traces";
    const Error error = bench.refused(options, ErrorCode::PermissionDenied, 3);
    CHECK(mentions(error, "creating the dataset acme/traces"));
}

TEST_CASE("bad input: somebody else's private dataset") {
    Bench bench;
    bench.hub.add_user("bob", "hf_bob");
    hub_emulator::RepoOptions repo;
    repo.is_private = true;
    bench.hub.add_repo("bob/secret", repo);
    flow::PushOptions options;
    options.remote = "bob/secret";
    const Error error = error_from([&] { bench.project.push(options); });
    CHECK(error.exit_status() == 3);
}

TEST_CASE("bad input: disabled dataset") {
    Bench bench;
    hub_emulator::RepoOptions repo;
    repo.is_private = true;
    repo.disabled = true;
    bench.hub.add_repo(bench.repo, repo);
    CHECK(mentions(bench.refused(ErrorCode::PermissionDenied, 3), "disabled"));
}

TEST_CASE("bad input: quota exceeded") {
    Bench bench;
    hub_emulator::Fault fault;
    fault.path_parts = {"/preupload/"};
    fault.status = 403;
    fault.message = "Private repository storage limit reached";
    bench.hub.add_fault(fault);
    CHECK(mentions(bench.refused(ErrorCode::QuotaExceeded, 4), "storage limit"));
}

TEST_CASE("bad input: commit quota") {
    Bench bench;
    hub_emulator::Fault fault;
    fault.path_parts = {"/preupload/"};
    fault.status = 429;
    fault.message = "You have exceeded the rate limit for repository commits (128 per hour).";
    fault.headers = {{"RateLimit", "\"api\";r=400;t=12"}};
    bench.hub.add_fault(fault);
    const Error error = bench.refused(ErrorCode::RateLimited, 4);
    CHECK(error.hint().find("hour") != std::string::npos);
    CHECK(bench.asked("POST", "/preupload/") == 1);
}

TEST_CASE("bad input: invalid dataset names") {
    Bench bench;
    for (const char* name : {"a/b/c", "-a/b", "a/b.git", "a/--b", "a/b..c", "a/", "a b", "a/b@", "ä/b"}) {
        flow::PushOptions options;
        options.remote = name;
        bench.refused(options, ErrorCode::InvalidRepoId, 2);
    }
    CHECK(bench.hub.requests().empty());
}

TEST_CASE("bad input: no network") {
    Bench bench;
    bench.project.environment.variables["HF_ENDPOINT"] = "http://127.0.0.1:1";
    const Error error = bench.refused(ErrorCode::NetworkFailed, 4);
    CHECK(mentions(error, "http://127.0.0.1:1"));
    CHECK(bench.project.clock.sleeps() == 5);
}

TEST_CASE("bad input: offline by request") {
    Bench bench;
    bench.project.environment.variables["HF_HUB_OFFLINE"] = "1";
    bench.refused(ErrorCode::Offline, 4);
    CHECK(bench.hub.requests().empty());
}

TEST_CASE("bad input: wrong endpoint") {
    Bench bench;
    SECTION("another server") {
        bench.project.environment.variables["HF_ENDPOINT"] = bench.hub.hub_url() + "/wrong";
        CHECK(bench.refused(ErrorCode::UnexpectedAnswer, 4).hint().find("HF_ENDPOINT") != std::string::npos);
    }
    SECTION("no address") {
        bench.project.environment.variables["HF_ENDPOINT"] = "hub.example";
        CHECK(bench.refused(ErrorCode::BadOption, 2).hint().find("https://") != std::string::npos);
    }
    SECTION("with a password") {
        bench.project.environment.variables["HF_ENDPOINT"] = "https://me:pass-word@hub.example";
        const Error error = bench.refused(ErrorCode::BadOption, 2);
        CHECK_FALSE(mentions(error, "pass-word"));
        CHECK(error.hint().find("pass-word") == std::string::npos);
    }
    SECTION("readable on the way") {
        bench.project.environment.variables["HF_ENDPOINT"] = "http://hub.example";
        CHECK(bench.refused(ErrorCode::BadOption, 2).hint().find("OPENTRACES_ALLOW_HTTP") !=
              std::string::npos);
    }
    CHECK(bench.asked("POST", "/") == 0);
}

TEST_CASE("bad input: answers that are web pages") {
    Bench bench;
    SECTION("instead of a success") {
        bench.fault(FaultKind::k_html, "GET", "", 1, -1, 200);
        CHECK(mentions(bench.refused(ErrorCode::UnexpectedAnswer, 4), "a web page"));
    }
    SECTION("of a gateway") {
        bench.fault(FaultKind::k_html, "GET", "", 1, -1, 502);
        const Error error = bench.refused(ErrorCode::NetworkFailed, 4);
        CHECK(mentions(error, "502"));
        CHECK_FALSE(mentions(error, "<"));
    }
    SECTION("of a redirect loop") {
        bench.fault(FaultKind::k_redirect_loop, "GET", "", 1, -1);
        bench.refused(ErrorCode::UnexpectedAnswer, 4);
    }
}

TEST_CASE("bad input: wrong certificate") {
    TlsServer server;
    Bench bench;
    bench.project.environment.variables["HF_ENDPOINT"] = server.url();
    const Error error = bench.refused(ErrorCode::NetworkFailed, 4);
    CHECK(to_lower_ascii(error.message()).find("certificate") != std::string::npos);
    CHECK(error.hint().find("SSL_CERT_FILE") != std::string::npos);
    CHECK(bench.project.clock.sleeps() == 0);
}

TEST_CASE("a certificate authority of one's own is trusted") {
    TlsServer server;
    TemporaryDirectory folder;
    Environment environment;
    environment.variables["SSL_CERT_FILE"] = folder.file("ca.pem");
    fs::posix_disk()->replace(folder.file("ca.pem"), server.certificate());
    const auto transport = net::curl_transport(net::curl_options(environment, "test"));
    net::Request request;
    request.url = server.url() + "/x";
    CHECK(transport->send(request).body == "{}");
}

TEST_CASE("bad input: a secret in the bytes about to be sent") {
    Bench bench;
    flow::PushOptions options = bench.options();
    options.scan.custom_strings = {"Fix the bug"};
    SECTION("stops the push") {
        const Error error = bench.refused(options, ErrorCode::SecretsFound, 8);
        CHECK(mentions(error, bench.id.str()));
        CHECK_FALSE(mentions(error, "Fix the bug"));
        CHECK(bench.asked("POST", "/preupload/") == 0);
    }
    SECTION("is counted by a dry run") {
        options.dry_run = true;
        const flow::PushResult result = bench.project.push(options);
        REQUIRE(result.preview);
        CHECK_FALSE(result.preview->findings.empty());
        CHECK_FALSE(bench.hub.has_repo(bench.repo));
    }
}

TEST_CASE("bad input: a card that the Hub refuses") {
    Bench bench;
    hub_emulator::Fault fault;
    fault.path_parts = {"/api/validate-yaml"};
    fault.status = 400;
    fault.message = "\"license\" must be one of [...]";
    bench.hub.add_fault(fault);
    CHECK(mentions(bench.refused(ErrorCode::CardMalformed, 5), "license"));
}

TEST_CASE("bad input: settings that the Hub does not take over") {
    Bench bench;
    hub_emulator::RepoOptions repo;
    bench.hub.add_repo(bench.repo, repo);
    flow::PushOptions options = bench.options();
    options.visibility = hub::Visibility::Private;
    const int status = GENERATE(400, 403, 404, 500);
    bench.fault(FaultKind::k_status, "PUT", "/settings", 1, -1, status);
    const Error error = error_from([&] { bench.project.push(options); });
    INFO(error.message());
    CHECK(error.exit_status() >= 3);
    CHECK(bench.asked("POST", "/preupload/") == 0);
    CHECK(bench.asked("POST", "/commit/") == 0);
    CHECK(bench.project.stage_of(bench.id) == store::Stage::Committed);
}

TEST_CASE("bad input: a listing that cannot be read") {
    Bench bench;
    Project other(*bench.transport, 8);
    bench.log_in(other, "hf_alice");
    other.commit("theirs");
    other.push(bench.repo);
    bench.hub.clear_log();
    const std::string listing =
        "/tree/" + bench.hub.head(bench.repo) + GENERATE(as<std::string>{}, "", "/data", "/opentraces");
    const int status = GENERATE(403, 404, 502);
    bench.fault(FaultKind::k_status, "GET", listing, 1, -1, status);
    const Error error = error_from([&] { bench.project.push(bench.repo); });
    INFO(listing << " " << status << ": " << error.message());
    CHECK(error.exit_status() >= 3);
    CHECK(bench.asked("POST", "/commit/") == 0);
    CHECK(bench.project.stage_of(bench.id) == store::Stage::Committed);
}

TEST_CASE("bad input: a commit that the Hub refuses") {
    Bench bench;
    bench.project.push(bench.repo);
    const TraceId id = bench.project.commit("two");
    const std::string head = bench.hub.head(bench.repo);
    const int status = GENERATE(400, 403, 413, 422);
    bench.fault(FaultKind::k_status, "POST", "/commit/", 1, -1, status);
    const Error error = error_from([&] { bench.project.push(bench.repo); });
    INFO(status << ": " << error.message());
    CHECK(error.exit_status() >= 3);
    CHECK(bench.hub.head(bench.repo) == head);
    CHECK(bench.project.stage_of(id) == store::Stage::Committed);
    bench.hub.clear_faults();
    CHECK(bench.project.push(bench.repo).uploaded == 1);
}

TEST_CASE("bad input: a pull request whose answer is lost is not opened twice") {
    Bench bench;
    bench.hub.add_user("bob", "hf_bob");
    bench.hub.add_repo("bob/traces");
    flow::PushOptions options;
    options.remote = "bob/traces";
    options.create_pull_request = true;
    options.visibility = hub::Visibility::Public;
    bench.fault(FaultKind::k_drop_after, "POST", "/discussions", 1, -1);
    const Error error = error_from([&] { bench.project.push(options); });
    CHECK(error.code() == ErrorCode::NetworkFailed);
    CHECK(bench.asked("POST", "/discussions") == 1);
    CHECK(bench.project.stage_of(bench.id) == store::Stage::Committed);
}

TEST_CASE("bad input: a commit of what is no file of a dataset") {
    Bench bench;
    bench.project.push(bench.repo);
    bench.hub.clear_log();
    const auto remote = hub::open_remote(bench.repo, {*bench.project.disk,
                                                      bench.project.clock,
                                                      bench.project.ids,
                                                      bench.project.transport,
                                                      bench.project.environment,
                                                      {}});
    hub::CommitRequest request;
    request.parent = remote->info().head;
    request.summary = "Change";
    request.changes.emplace_back();
    request.changes[0].path = GENERATE(".bashrc", "data/rows.jsonl", ".github/workflows/x.yml");
    request.changes[0].content = "x";
    CHECK(error_from([&] { remote->commit(request, {}); }).code() == ErrorCode::UploadFailed);
    CHECK(bench.asked("POST", "/") == 0);
}

TEST_CASE("bad input: a dataset that holds the token") {
    Bench bench;
    Project other(*bench.transport, 8);
    bench.log_in(other, "hf_alice");
    other.commit("theirs");
    other.push(bench.repo);
    const std::string path = GENERATE(std::string("README.md"), shard::index_path(1));
    bench.hub.commit_files(bench.repo,
                           {{path, bench.hub.file(bench.repo, path) + "\n" + std::string("hf_") + "alice\n"}},
                           "alice", "Echo");
    bench.hub.clear_log();
    const Error error = bench.refused(ErrorCode::CorruptDataset, 5);
    CHECK(mentions(error, path));
    CHECK(mentions(error, "holds the Hub token"));
}

TEST_CASE("bad input: the dataset's .gitignore excludes the shards") {
    Bench bench;
    hub_emulator::RepoOptions repo;
    repo.is_private = true;
    bench.hub.add_repo(bench.repo, repo);
    bench.hub.commit_files(bench.repo, {{".gitignore", "data/\n"}}, "alice", "Ignore");
    bench.hub.clear_log();
    CHECK(mentions(bench.refused(ErrorCode::UploadFailed, 4), ".gitignore"));
}

TEST_CASE("bad input: a shard that cannot be downloaded whole") {
    Bench bench;
    Project other(*bench.transport, 8);
    bench.log_in(other, "hf_alice");
    other.commit("theirs");
    const std::string shard = other.push(bench.repo).shards[0].path;
    // Without an index the shard itself must be read.
    bench.hub.commit_files(bench.repo, {}, "alice", "Drop the index", "main", {shard::index_path(1)});
    bench.hub.clear_log();
    SECTION("damaged once") {
        bench.fault(FaultKind::k_corrupt_body, "GET", "traces_");
        CHECK(bench.project.push(bench.repo).uploaded == 1);
    }
    SECTION("damaged always") {
        bench.fault(FaultKind::k_corrupt_body, "GET", "traces_", 1, -1);
        const Error error = bench.refused(ErrorCode::ShardUnavailable, 4);
        CHECK(mentions(error, shard));
    }
    SECTION("cut, and resumed") {
        bench.fault(FaultKind::k_truncate_answer, "GET", "traces_");
        CHECK(bench.project.push(bench.repo).uploaded == 1);
    }
}
