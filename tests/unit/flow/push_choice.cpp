// Which traces a push is about when there are several datasets.
#include <utility>

#include "doubles/error_from.hpp"
#include "doubles/forwarding_remote.hpp"
#include "doubles/push_bench.hpp"
#include "opentraces/dataset/open.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct TwoFolders {
    NoTransport transport;
    Project project{transport};
    std::string first = project.folder.file("first");
    std::string second = project.folder.file("second");

    flow::PushOptions to(const std::string& folder) const {
        flow::PushOptions options;
        options.remote = folder;
        return options;
    }
    flow::PushOptions all_to(const std::string& folder) const {
        flow::PushOptions options = to(folder);
        options.all = true;
        return options;
    }
    std::size_t pushed_to(const std::string& folder) { return project.store->pushed_to(folder).size(); }
};

}  // namespace

TEST_CASE("choice: what was pushed elsewhere goes to a second dataset only when asked for") {
    TwoFolders bench;
    const TraceId one = bench.project.commit("one");
    const TraceId two = bench.project.commit("two");
    bench.project.push(bench.first);

    const flow::PushResult nothing = bench.project.push(bench.second);
    CHECK(nothing.uploaded == 0);
    CHECK(nothing.elsewhere == 2);
    CHECK_FALSE(bench.project.disk->info(bench.second));

    flow::PushOptions chosen = bench.to(bench.second);
    chosen.traces = {one};
    CHECK(bench.project.push(chosen).uploaded == 1);
    CHECK(bench.project.push(bench.second).elsewhere == 1);
    const flow::PushResult again = bench.project.push(chosen);
    CHECK(again.uploaded == 0);
    CHECK(again.here == 1);

    const flow::PushResult all = bench.project.push(bench.all_to(bench.second));
    CHECK(all.uploaded == 1);
    CHECK(bench.pushed_to(bench.second) == 2);
    CHECK(bench.pushed_to(bench.first) == 2);
    CHECK(bench.project.push(bench.all_to(bench.second)).uploaded == 0);
    CHECK(bench.project.push(bench.second).elsewhere == 0);
    CHECK(bench.project.stage_of(two) == store::Stage::Pushed);
}

TEST_CASE("choice: new traces alone do not take the others along") {
    TwoFolders bench;
    bench.project.commit("one");
    bench.project.push(bench.first);
    bench.project.commit("two");
    const flow::PushResult pushed = bench.project.push(bench.second);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.elsewhere == 1);
    CHECK(bench.pushed_to(bench.second) == 1);
}

TEST_CASE("choice: of two revisions that are sent together the older one is not needed") {
    TwoFolders bench;
    bench.project.commit("one");
    bench.project.push(bench.first);
    bench.project.commit("one", "It went on");
    bench.project.push(bench.first);
    const flow::PushResult all = bench.project.push(bench.all_to(bench.second));
    CHECK(all.uploaded == 1);
    CHECK(all.superseded == std::vector<TraceId>{trace_id_for("claude-code", "one", 0)});
    CHECK(bench.project.push(bench.second).elsewhere == 0);
}

TEST_CASE("choice: only what is committed or pushed can be asked for") {
    TwoFolders bench;
    const TraceId id = bench.project.commit("one");
    bench.project.store->reset({id});
    flow::PushOptions options = bench.to(bench.first);
    options.traces = {id};
    const Error error = error_from([&] { bench.project.push(options); });
    CHECK(error.code() == ErrorCode::InvalidState);
    CHECK(error.hint().find("opentraces commit " + id.str()) != std::string::npos);
    CHECK_FALSE(bench.project.disk->info(bench.first));
}

TEST_CASE("choice: the commit's message is the title, several commits are a list") {
    TwoFolders bench;
    const auto stage = [&](const std::string& session) {
        return bench.project.store->stage(sample_trace(session), "/sessions/" + session).id;
    };
    const TraceId one = stage("one");
    const TraceId two = stage("two");
    bench.project.store->commit({one, two}, "Fix the parser\n\nAnd its tests.", bench.project.ids);
    flow::PushOptions options = bench.to(bench.first);
    std::vector<std::pair<std::string, std::string>> said;
    class Watched final : public ForwardingRemote {
    public:
        Watched(hub::Remote& inner, std::vector<std::pair<std::string, std::string>>& said)
            : ForwardingRemote(inner), m_said(said) {}
        hub::CommitOutcome commit(const hub::CommitRequest& request,
                                  const std::function<void(const hub::UploadProgress&)>& progress) override {
            m_said.emplace_back(request.summary, request.description);
            return ForwardingRemote::commit(request, progress);
        }

    private:
        std::vector<std::pair<std::string, std::string>>& m_said;
    };
    flow::Ports ports = bench.project.ports();
    const auto folder = dataset::open(ports, bench.first, dataset::Access::Write, bench.project.progress);
    Watched watched(*folder, said);
    const auto push = [&] {
        flow::push_to(watched, ports, *bench.project.store, bench.project.folder.path(), options,
                      bench.project.progress);
    };
    push();
    bench.project.store->commit({stage("three")}, "First", bench.project.ids);
    bench.project.store->commit({stage("four")}, "Second", bench.project.ids);
    push();
    options.message = "Said on the command line";
    bench.project.store->commit({stage("five")}, "Third", bench.project.ids);
    push();
    REQUIRE(said.size() == 3);
    CHECK(said[0] == std::pair<std::string, std::string>{"Fix the parser", "And its tests."});
    CHECK(said[1] ==
          std::pair<std::string, std::string>{"Add 2 traces", "- First (1 trace)\n- Second (1 trace)\n"});
    CHECK(said[2] == std::pair<std::string, std::string>{"Said on the command line", ""});
}

TEST_CASE("choice: a message that would tell a secret is scrubbed once more when it leaves") {
    TwoFolders bench;
    const TraceId id = bench.project.store->stage(sample_trace("one"), "/sessions/one").id;
    bench.project.store->commit({id}, text_with_token(), bench.project.ids);
    CHECK_FALSE(bench.project.push(bench.first).text_redactions.empty());
}

TEST_CASE("a push that is stopped before anything is sent leaves nothing behind") {
    TwoFolders bench;
    bench.project.commit("one");
    flow::PushOptions options = bench.to(bench.first);
    ErrorCode expected = ErrorCode::SecretsFound;
    SECTION("by the last scan") {
        options.scan.custom_strings = {"Fix the bug"};
    }
    SECTION("by the gate") {
        options.assess = true;
        options.gate = true;
        expected = ErrorCode::GateFailed;
    }
    const Error error = error_from([&] { bench.project.push(options); });
    CHECK(error.code() == expected);
    CHECK_FALSE(bench.project.disk->info(bench.first));
    CHECK(bench.project.disk->list(bench.project.folder.file(".opentraces/spool")).empty());
    CHECK(bench.project.store->open_pushes().empty());
}

TEST_CASE("a push that failed is remembered until one to the same dataset ends well") {
    TwoFolders bench;
    bench.project.commit("one");
    flow::PushOptions options = bench.to(bench.first);
    options.scan.custom_strings = {"Fix the bug"};
    error_from([&] { bench.project.push(options); });
    const auto failures = bench.project.store->push_failures();
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].remote == bench.first);
    CHECK(failures[0].code == "SECRETS_FOUND");
    options.dry_run = true;
    bench.project.push(options);
    CHECK(bench.project.store->push_failures().size() == 1);
    bench.project.push(bench.first);
    CHECK(bench.project.store->push_failures().empty());
}

TEST_CASE("a folder is nobody's to see or not: nobody is asked") {
    TwoFolders bench;
    bench.project.commit("one");
    flow::PushOptions options = bench.to(bench.first);
    options.configured_visibility = hub::Visibility::Public;
    options.before_public = [](const std::string&) { throw Error(ErrorCode::ConfirmationRequired, "asked"); };
    CHECK(bench.project.push(options).uploaded == 1);
}
