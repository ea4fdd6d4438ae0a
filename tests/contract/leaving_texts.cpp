// What leaves beside the traces: messages, titles, the card's settings, names of branches.
#include <functional>
#include <utility>

#include "doubles/error_from.hpp"
#include "doubles/hub_bench.hpp"
#include "opentraces/flow/card.hpp"
#include "opentraces/flow/index_rebuild.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

std::string mail_address() {
    return std::string("jane.doe") + "@" + "corp-mail.io";
}

std::string telling_text() {
    return text_with_token() + " from /home/janedoe/x by " + mail_address() + " at Nightingale";
}

struct Bench : HubBench {
    Bench() {
        scan.user_name = "janedoe";
        scan.custom_strings = {"Nightingale"};
        scan.pseudonym_key = "key";
        project.commit("one");
    }
    flow::PushOptions push_options() const {
        flow::PushOptions options;
        options.remote = repo;
        options.scan = scan;
        return options;
    }
    // Nothing of it is in what the Hub has got, in whatever request.
    void check_clean() const {
        for (const auto& request : hub.requests()) {
            INFO(request.method << " " << request.target << " " << request.request_body);
            for (const std::string& secret :
                 {std::string("ghp_"), std::string("janedoe"), mail_address(), std::string("Nightingale")}) {
                CHECK(request.request_body.find(secret) == std::string::npos);
                CHECK(request.target.find(secret) == std::string::npos);
            }
        }
        for (const auto& commit : hub.commits(repo)) {
            for (const auto& file : commit.files) {
                const std::string text = hub.file(repo, file.first, commit.oid);
                CHECK(text.find("Nightingale") == std::string::npos);
                CHECK(text.find("janedoe") == std::string::npos);
            }
        }
    }
    security::ScrubOptions scan;
};

}  // namespace

TEST_CASE("leaving texts: the message of a push is scrubbed, and what was replaced is said") {
    Bench bench;
    flow::PushOptions options = bench.push_options();
    options.message = telling_text();
    const flow::PushResult pushed = bench.project.push(options);
    const std::string title = bench.hub.commits(bench.repo)[0].title;
    CHECK(title.find("[REDACTED]") != std::string::npos);
    CHECK(title.find("/home/u") != std::string::npos);
    bench.check_clean();
    CHECK(pushed.text_redactions.at("github_token") == 1);
    CHECK(pushed.text_redactions.at("email_address") == 1);
    REQUIRE(bench.project.progress.warnings.size() == 1);
    CHECK(bench.project.progress.warnings[0].find("replaced in the message: ") == 0);
    CHECK(bench.project.progress.warnings[0].find("ghp") == std::string::npos);
}

TEST_CASE("leaving texts: the title of a pull request is scrubbed") {
    Bench bench;
    bench.hub.add_user("bob", "hf_bob");
    bench.repo = "bob/traces";
    bench.hub.add_repo(bench.repo);
    flow::PushOptions options = bench.push_options();
    options.message = telling_text();
    options.create_pull_request = true;
    options.visibility = hub::Visibility::Public;
    CHECK(bench.project.push(options).uploaded == 1);
    CHECK(bench.asked("POST", "/discussions") == 1);
    bench.check_clean();
}

TEST_CASE("leaving texts: title and tags of the card are scrubbed") {
    Bench bench;
    card::CardSettings settings;
    settings.pretty_name = "Traces of Nightingale";
    settings.tags = {"by " + mail_address()};
    bench.project.push(bench.repo);
    flow::Ports ports = bench.project.ports();
    SECTION("by a push") {
        bench.repo = "alice/other";
        bench.project.commit("two");
        flow::PushOptions options = bench.push_options();
        options.card = settings;
        CHECK(bench.project.push(options).text_redactions.size() == 2);
    }
    SECTION("by card --write") {
        flow::CardOptions options;
        options.remote = bench.repo;
        options.settings = settings;
        options.scan = bench.scan;
        CHECK_FALSE(flow::write_card(ports, *bench.project.store, bench.project.folder.path(), options,
                                     bench.project.progress)
                        .commit.empty());
        CHECK(bench.project.progress.warnings.size() == 2);
    }
    bench.check_clean();
    CHECK(bench.hub.file(bench.repo, "README.md").find("REDACTED") != std::string::npos);
}

TEST_CASE("leaving texts: a branch whose name tells a secret is refused before anything is asked") {
    Bench bench;
    flow::PushOptions options = bench.push_options();
    options.remote = bench.repo + "@feature-" + text_with_token().substr(4);
    const Error error = error_from([&] { bench.project.push(options); });
    CHECK(error.code() == ErrorCode::SecretsFound);
    CHECK(error.exit_status() == 8);
    CHECK(error.message().find("ghp") == std::string::npos);
    CHECK(bench.hub.requests().empty());
}

namespace {

// Runs `action` right behind the next commit.
void behind_commit(HubBench& bench, std::function<void()> action) {
    hub_emulator::Fault turn;
    turn.kind = hub_emulator::FaultKind::k_commit_slips_in;
    turn.method = "POST";
    turn.path_parts = {"/paths-info/"};
    turn.callback = std::move(action);
    bench.hub.add_fault(turn);
}

}  // namespace

TEST_CASE("visibility: a dataset that became public during the push is said, and the traces are pushed") {
    Bench bench;
    bench.project.push(bench.repo);
    const TraceId id = bench.project.commit("two");
    behind_commit(bench, [&] { bench.hub.set_private(bench.repo, false); });
    const flow::PushResult pushed = bench.project.push(bench.push_options());
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.became_public);
    CHECK(pushed.visibility == hub::Visibility::Public);
    CHECK(bench.project.stage_of(id) == store::Stage::Pushed);
    REQUIRE_FALSE(bench.project.progress.warnings.empty());
    CHECK(bench.project.progress.warnings.back().find("became public during the push") != std::string::npos);
}

TEST_CASE("visibility: what cannot be looked up after the push is not known") {
    Bench bench;
    bench.project.push(bench.repo);
    const TraceId id = bench.project.commit("two");
    behind_commit(bench, [&] {
        bench.fault(hub_emulator::FaultKind::k_status, "GET", "/api/datasets/alice/traces", 1, -1, 502);
    });
    const flow::PushResult pushed = bench.project.push(bench.push_options());
    CHECK(pushed.uploaded == 1);
    CHECK_FALSE(pushed.became_public);
    CHECK_FALSE(pushed.visibility);
    CHECK(bench.project.stage_of(id) == store::Stage::Pushed);
    CHECK(bench.project.progress.warnings.size() == 1);
}

TEST_CASE("a token that a refusal repeats is not stored with the trace") {
    Bench bench;
    bench.project.push(bench.repo);
    const TraceId id = bench.project.commit("two");
    hub_emulator::Fault refusal;
    refusal.kind = hub_emulator::FaultKind::k_status;
    refusal.method = "POST";
    refusal.path_parts = {"/commit/"};
    refusal.status = 403;
    refusal.message = "no rights for hf_alice";
    bench.hub.add_fault(refusal);
    const Error error = error_from([&] { bench.project.push(bench.push_options()); });
    CHECK(error.message().find("no rights for [token]") != std::string::npos);
    const std::string kept = bench.project.store->find(id.str()).last_error;
    CHECK(kept.find("no rights for [token]") != std::string::npos);
    CHECK(kept.find("hf_alice") == std::string::npos);
}
