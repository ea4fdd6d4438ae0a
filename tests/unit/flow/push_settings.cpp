// Who may read a dataset is what was asked for, or the push stops before anything is sent.
#include "flow/push_settings.hpp"

#include "doubles/error_from.hpp"
#include "doubles/push_bench.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using hub::Gating;
using hub::Visibility;

namespace {

// A dataset with settings, which it takes over or not.
class SettingsOnly final : public hub::Remote {
public:
    explicit SettingsOnly(Visibility visibility) {
        now.exists = true;
        now.name = "alice/traces";
        now.visibility = visibility;
        now.gating = Gating::Off;
    }
    std::string name() const override { return now.name; }
    hub::DatasetInfo info() override { return now; }
    hub::DatasetInfo ensure(Visibility) override { return now; }
    void set_visibility(Visibility visibility) override {
        ++changes;
        if (obedient) now.visibility = visibility;
    }
    void set_gating(Gating gating) override {
        ++changes;
        if (obedient) now.gating = gating;
    }
    std::vector<hub::RemoteFile> list(const std::string&, const std::string&) override { return {}; }
    std::vector<hub::RemoteFile> find(const std::string&, const std::vector<std::string>&) override {
        return {};
    }
    std::string read_small(const std::string&, const hub::RemoteFile&) override { return {}; }
    void read(const std::string&, const hub::RemoteFile&, std::uint64_t,
              const std::function<void(std::string_view)>&) override {}
    std::vector<std::string> card_problems(const std::string&) override { return {}; }
    hub::CommitOutcome commit(const hub::CommitRequest&,
                              const std::function<void(const hub::UploadProgress&)>&) override {
        return {};
    }
    hub::PullRequest open_pull_request(const std::string&, const std::string&) override { return {}; }
    hub::PullRequestState pull_request_state(std::int64_t) override { return hub::PullRequestState::Open; }
    void squash_history(const std::string&) override {}
    void check_write_access(const hub::DatasetInfo&) override {}

    hub::DatasetInfo now;
    bool obedient = true;
    int changes = 0;
};

struct Case {
    explicit Case(Visibility visibility) : remote(visibility) {}
    hub::DatasetInfo apply(bool created = false) {
        return flow::apply_settings(remote, remote.now, options, created, progress);
    }
    Error refused() {
        const Error error = error_from([&] { apply(); });
        CHECK(error.code() == ErrorCode::VisibilityMismatch);
        CHECK(error.exit_status() == 3);
        return error;
    }
    SettingsOnly remote;
    flow::PushOptions options;
    RecordedProgress progress;
};

}  // namespace

TEST_CASE("push settings: a dataset more public than asked for stops the push") {
    Case unasked(Visibility::Public);
    CHECK(unasked.refused().message().find("datasets are private unless asked for") != std::string::npos);
    Case configured(Visibility::Public);
    configured.options.configured_visibility = Visibility::Private;
    CHECK(configured.refused().message().find("the configuration asks for a private one") !=
          std::string::npos);
    CHECK(unasked.remote.changes + configured.remote.changes == 0);

    Case meant(Visibility::Public);
    meant.options.configured_visibility = Visibility::Public;
    CHECK(meant.apply().visibility == Visibility::Public);
    Case closed(Visibility::Private);
    CHECK(closed.apply().visibility == Visibility::Private);
}

TEST_CASE("push settings: --private makes a public dataset private, and is believed when it is") {
    Case each(Visibility::Public);
    each.options.visibility = Visibility::Private;
    SECTION("a dry run only says so") {
        each.options.dry_run = true;
        CHECK(each.apply().visibility == Visibility::Public);
        CHECK(each.remote.changes == 0);
        CHECK(each.progress.notes.size() == 1);
    }
    SECTION("the Hub does it") {
        CHECK(each.apply().visibility == Visibility::Private);
    }
    SECTION("the Hub says so and does not") {
        each.remote.obedient = false;
        CHECK(each.refused().message().find("is still public") != std::string::npos);
    }
}

TEST_CASE("push settings: --public does not publish what is private") {
    Case each(Visibility::Private);
    each.options.visibility = Visibility::Public;
    CHECK(each.refused().hint().find("--publish") != std::string::npos);
    CHECK(each.apply(true).visibility == Visibility::Private);
    CHECK(each.remote.changes == 0);
}

TEST_CASE("push settings: gating is in force, or the push stops") {
    Case each(Visibility::Private);
    each.options.gated = Gating::Manual;
    SECTION("done") {
        CHECK(each.apply().gating == Gating::Manual);
    }
    SECTION("said, and not done") {
        each.remote.obedient = false;
        CHECK(each.refused().message().find("did not become manual") != std::string::npos);
    }
    SECTION("a dry run only says so") {
        each.options.dry_run = true;
        each.apply();
        CHECK(each.remote.changes == 0);
    }
}

TEST_CASE("push settings: publishing is believed when it is done") {
    Case each(Visibility::Private);
    each.options.publish = true;
    CHECK(flow::publish(each.remote, each.options).visibility == Visibility::Public);
    Case disobedient(Visibility::Private);
    disobedient.remote.obedient = false;
    CHECK(error_from([&] { flow::publish(disobedient.remote, disobedient.options); }).code() ==
          ErrorCode::VisibilityMismatch);
    Case missing(Visibility::Private);
    missing.remote.now.exists = false;
    CHECK(error_from([&] { flow::publish(missing.remote, missing.options); }).code() == ErrorCode::NotFound);
}

TEST_CASE("push settings: options that exclude each other are refused") {
    flow::PushOptions options;
    options.publish = true;
    SECTION("publish and private") {
        options.visibility = Visibility::Private;
    }
    SECTION("publish and a pull request") {
        options.create_pull_request = true;
    }
    SECTION("a pull request that changes who may read") {
        options = {};
        options.create_pull_request = true;
        options.gated = Gating::Auto;
    }
    SECTION("a pull request that makes private") {
        options = {};
        options.create_pull_request = true;
        options.visibility = Visibility::Private;
    }
    CHECK(error_from([&] { flow::check_options(options); }).code() == ErrorCode::BadOption);
}
