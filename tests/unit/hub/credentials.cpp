#include "opentraces/hub/credentials.hpp"

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/scripted_transport.hpp"
#include "opentraces/flow/auth.hpp"
#include "opentraces/hub/identity.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using hub::TokenSource;

namespace {

struct Bench {
    Bench() {
        environment.working_directory = "/work";
        environment.variables["HOME"] = "/home/me";
    }
    void write(const std::string& path, const std::string& text) {
        disk.make_directories(fs::parent(path), 0700);
        disk.replace(path, text);
    }
    std::optional<hub::Token> find() { return hub::find_token(environment, disk); }
    flow::Ports ports() { return {disk, clock, ids, transport, environment}; }

    InMemoryDisk disk;
    Environment environment;
    FixedClock clock{TimePoint{}};
    SeededIds ids{1};
    ScriptedTransport transport;
};

const std::string k_alice = R"({"type":"user","name":"alice","orgs":[{"name":"acme","roleInOrg":"admin"}],)"
                            R"("auth":{"accessToken":{"displayName":"laptop","role":"write"}}})";

}  // namespace

TEST_CASE("the token is looked for in order") {
    Bench bench;
    CHECK_FALSE(bench.find());
    bench.write("/home/me/.cache/huggingface/token", "hf_file\n");
    CHECK(bench.find()->text == "hf_file");
    CHECK(bench.find()->source == TokenSource::HubFile);
    bench.environment.variables["HF_HOME"] = "/hf";
    CHECK_FALSE(bench.find());
    bench.write("/hf/token", " hf_home\r\n");
    CHECK(bench.find()->text == "hf_home");
    bench.environment.variables["HF_TOKEN_PATH"] = "elsewhere";
    bench.write("/work/elsewhere", "hf_path");
    CHECK(bench.find()->text == "hf_path");
    bench.environment.variables["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1";
    CHECK_FALSE(bench.find());
    bench.write("/home/me/.opentraces/credentials", "hf_ours\n");
    CHECK(bench.find()->text == "hf_ours");
    bench.environment.variables["HUGGING_FACE_HUB_TOKEN"] = "hf_legacy";
    CHECK(bench.find()->text == "hf_legacy");
    bench.environment.variables["HF_TOKEN"] = "\n";
    CHECK(bench.find()->text == "hf_legacy");
    bench.environment.variables["HF_TOKEN"] = " hf_to\nken\r\n";
    CHECK(bench.find()->text == "hf_token");
    CHECK(bench.find()->where == "HF_TOKEN");
}

TEST_CASE("a login is stored only after the Hub has confirmed it") {
    Bench bench;
    bench.write("/home/me/.opentraces/credentials", "hf_old\n");
    flow::Ports ports = bench.ports();
    SECTION("confirmed") {
        bench.transport.expect("GET", "/api/whoami-v2", 200, k_alice);
        const flow::LoginResult result = flow::login(ports, "hf_new\r\n");
        CHECK(result.identity.name == "alice");
        CHECK(result.identity.organisations[0].role == "admin");
        CHECK(result.shadowed_by.empty());
        CHECK(bench.find()->text == "hf_new");
        CHECK(bench.disk.info("/home/me/.opentraces/credentials")->mode == 0600);
        CHECK(bench.transport.requests[0].headers.back().second == "Bearer hf_new");
    }
    SECTION("refused") {
        bench.transport.expect("GET", "/api/whoami-v2", 401, R"({"error":"Invalid username or password."})");
        CHECK(error_from([&] { flow::login(ports, "hf_new"); }).code() == ErrorCode::InvalidToken);
        CHECK(bench.find()->text == "hf_old");
    }
    SECTION("offline") {
        for (int i = 0; i < 6; ++i)
            bench.transport.expect_failure("GET", "/api/whoami-v2", net::TransportFailure::Connect, false);
        CHECK(error_from([&] { flow::login(ports, "hf_new"); }).code() == ErrorCode::NetworkFailed);
        CHECK(bench.find()->text == "hf_old");
    }
    SECTION("shadowed by the environment") {
        bench.environment.variables["HF_TOKEN"] = "hf_env";
        bench.transport.expect("GET", "/api/whoami-v2", 200, k_alice);
        CHECK(flow::login(ports, "hf_new").shadowed_by == "HF_TOKEN");
    }
    SECTION("empty") {
        CHECK(error_from([&] { flow::login(ports, " \n"); }).code() == ErrorCode::InvalidToken);
    }
}

TEST_CASE("what a refused token's owner can do depends on where it is from") {
    Bench bench;
    flow::Ports ports = bench.ports();
    const auto hint = [&](int status) {
        bench.transport.expect("GET", "/api/whoami-v2", status);
        return error_from([&] { flow::whoami(ports); }).hint();
    };
    bench.write("/home/me/.cache/huggingface/token", "hf_file");
    CHECK(hint(401).find("Hub's own clients, in /home/me/.cache/huggingface/token") != std::string::npos);
    bench.write("/home/me/.opentraces/credentials", "hf_ours");
    CHECK(hint(401).find("that of opentraces login, in /home/me/.opentraces/credentials") !=
          std::string::npos);
    for (const char* variable : {"HUGGING_FACE_HUB_TOKEN", "HF_TOKEN"}) {
        bench.environment.variables[variable] = "hf_env";
        for (const int status : {401, 403}) {
            CHECK(hint(status).find("environment variable " + std::string(variable)) != std::string::npos);
            CHECK(hint(status).find("opentraces login") == std::string::npos);
        }
    }
}

TEST_CASE("logging out says what is still found") {
    Bench bench;
    flow::Ports ports = bench.ports();
    CHECK_FALSE(flow::logout(ports).removed);
    bench.write("/home/me/.opentraces/credentials", "hf_ours");
    bench.environment.variables["HF_TOKEN"] = "hf_env";
    const flow::LogoutResult result = flow::logout(ports);
    CHECK(result.removed);
    CHECK(result.still_found == "HF_TOKEN");
}

TEST_CASE("being offline is not being logged out") {
    Bench bench;
    flow::Ports ports = bench.ports();
    CHECK(flow::auth_status(ports).state == flow::AuthState::NoToken);
    bench.environment.variables["HF_TOKEN"] = "hf_env";
    SECTION("offline") {
        for (int i = 0; i < 6; ++i)
            bench.transport.expect_failure("GET", "/api/whoami-v2", net::TransportFailure::Resolve, false);
        const flow::AuthStatus status = flow::auth_status(ports);
        CHECK(status.state == flow::AuthState::Unknown);
        CHECK_FALSE(status.detail.empty());
    }
    SECTION("refused") {
        bench.transport.expect("GET", "/api/whoami-v2", 401);
        CHECK(flow::auth_status(ports).state == flow::AuthState::TokenRefused);
    }
    SECTION("fine") {
        bench.transport.expect("GET", "/api/whoami-v2", 200, k_alice);
        CHECK(flow::auth_status(ports).identity->name == "alice");
    }
}

TEST_CASE("what a token says about writing") {
    hub::Identity identity;
    identity.name = "alice";
    identity.token_role = "write";
    CHECK(hub::may_write(identity, "alice/x") == true);
    CHECK_FALSE(hub::may_write(identity, "acme/x"));
    identity.token_role = "read";
    CHECK(hub::may_write(identity, "alice/x") == false);
    identity.token_role = "fineGrained";
    identity.writable = {"alice/x", "acme"};
    CHECK(hub::may_write(identity, "alice/x") == true);
    CHECK(hub::may_write(identity, "acme/y") == true);
    CHECK_FALSE(hub::may_write(identity, "alice/y"));
}
