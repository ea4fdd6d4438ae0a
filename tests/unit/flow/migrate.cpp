#include "opentraces/flow/migrate.hpp"

#include <filesystem>

#include "opentraces/trace/codec.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

struct OldProject : StoreBench {
    OldProject() { disk->make_directories(at("staging"), 0755); }
    void old_trace(const std::string& id, const std::string& session, const std::string& text = "Fix",
                   bool long_one = false) {
        trace::TraceRecord record = sample_record(session, text);
        record.trace_id = id;
        if (long_one) record.steps.push_back(record.steps.back());
        disk->replace(at("staging/" + id + ".jsonl"), trace::encode(record) + "\n", 0644);
    }
    flow::MigrateResult migrate() {
        flow::SilentProgress progress;
        return flow::migrate(folder.path(), "me/data", *store, {}, *disk, ids, progress);
    }
    store::Stage stage_of_session(const std::string& session) { return store->find(session).stage; }
};

}  // namespace

TEST_CASE("migrate: stages, groups and uploads of the Python tool are taken over") {
    OldProject project;
    CHECK_FALSE(flow::has_python_traces(project.folder.path(), *project.disk));
    for (const std::string name : {"inbox", "commit", "second", "pushed", "reject", "nostate"})
        project.old_trace("id-" + name, "session-" + name);
    project.old_trace("id-secret", "session-secret", text_with_token());
    const std::string state = R"({"processed_files": {}, "traces": {
        "id-inbox": {"status": "failed"}, "id-commit": {"status": "committed"}, "id-second": {"status": "approved"},
        "id-secret": {"status": "committed"}, "id-pushed": {"status": "uploaded"}, "id-reject": {"status": "rejected"}},
        "commit_groups": {"abcdefabcdef": {"trace_ids": ["id-commit", "id-pushed", "gone"], "message": "My work"}}})";
    project.disk->replace(project.at("state.json"), state, 0644);
    CHECK(flow::has_python_traces(project.folder.path(), *project.disk));
    const std::string before = project.disk->read_all(project.at("staging/id-secret.jsonl"));

    const flow::MigrateResult result = project.migrate();
    CHECK(result.migrated == 7);
    CHECK(result.failed.empty());
    CHECK(result.held_back == 1);
    CHECK(result.stages.at(Stage::Inbox) == 3);
    CHECK(project.stage_of_session("session-inbox") == Stage::Inbox);
    CHECK(project.stage_of_session("session-nostate") == Stage::Inbox);
    CHECK(project.stage_of_session("session-commit") == Stage::Committed);
    CHECK(project.stage_of_session("session-second") == Stage::Committed);
    CHECK(project.stage_of_session("session-pushed") == Stage::Pushed);
    CHECK(project.stage_of_session("session-reject") == Stage::Rejected);
    CHECK(project.stage_of_session("session-secret") == Stage::Inbox);
    CHECK(project.store->read_line(project.store->find("session-secret").id).find("ghp") ==
          std::string::npos);
    CHECK(project.store->pushed_to("me/data").size() == 1);
    bool found = false;
    for (const CommitGroup& group : project.store->commit_groups())
        found = found || (group.message == "My work" &&
                          group.traces == std::vector<TraceId>{project.store->find("session-commit").id});
    CHECK(found);
    CHECK(project.disk->read_all(project.at("staging/id-secret.jsonl")) == before);
    CHECK(project.disk->read_all(project.at("state.json")) == state);

    const auto again = project.migrate();
    CHECK(again.migrated == 0);
    CHECK(again.unchanged == 7);
    CHECK(project.store->pushes().size() == 1);
}

TEST_CASE("migrate: several traces of one session stay apart") {
    OldProject project;
    project.old_trace("aaaaaaaa-1", "session-x", "first part");
    project.old_trace("bbbbbbbb-2", "session-x", "the whole", true);
    CHECK(project.migrate().migrated == 2);
    CHECK(project.store->find(trace_id_for("claude-code", "session-x", 0).str()).task == "the whole");
    CHECK(project.store->find("session-x+aaaa").task == "first part");
    CHECK(project.migrate().unchanged == 2);
}

TEST_CASE("migrate: a record that cannot be read is reported, the others come over") {
    OldProject project;
    project.old_trace("good", "session-good");
    project.disk->replace(project.at("staging/bad.jsonl"), "{\"trace_id\": ");
    project.disk->replace(project.at("staging/.lock"), "");
    const auto result = project.migrate();
    CHECK(result.migrated == 1);
    REQUIRE(result.failed.total() == 1);
    CHECK(result.failed.kept()[0].what.source == project.at("staging/bad.jsonl"));
    CHECK(result.failed.kept().front().code == ErrorCode::CorruptTrace);
}

TEST_CASE("migrate: a malformed state stops before anything is staged") {
    OldProject project;
    project.old_trace("good", "session-good");
    project.disk->replace(project.at("state.json"), "{\"traces\": {");
    CHECK(error_of([&] { project.migrate(); }).code() == ErrorCode::SettingsUnreadable);
    CHECK(project.store->list({}).empty());
}

TEST_CASE("migrate: a record of a later schema is left where it is") {
    OldProject project;
    trace::TraceRecord record = sample_record("session-later");
    record.schema_version = "9.0.0";
    project.disk->replace(project.at("staging/later.jsonl"), trace::encode(record) + "\n");
    const auto result = project.migrate();
    CHECK(result.migrated == 0);
    REQUIRE(result.failed.total() == 1);
    CHECK(result.failed.kept()[0].what.words.find("later schema") != std::string::npos);
    CHECK(project.store->list({}).empty());
}

TEST_CASE("migrate: links of the old files are not followed") {
    OldProject project;
    project.old_trace("mine", "session-mine");
    const std::string outside = project.folder.file("outside.jsonl");
    std::filesystem::rename(project.at("staging/mine.jsonl"), outside);
    SECTION("of a record") {
        std::filesystem::create_symlink(outside, project.at("staging/mine.jsonl"));
        const auto result = project.migrate();
        CHECK(result.migrated == 0);
        CHECK(result.failed.total() == 1);
    }
    SECTION("of their folder") {
        std::filesystem::rename(project.at("staging"), project.folder.file("elsewhere"));
        std::filesystem::create_symlink(project.folder.file("elsewhere"), project.at("staging"));
        CHECK(error_of([&] { project.migrate(); }).code() == ErrorCode::UnsafePath);
    }
    CHECK(project.store->list({}).empty());
}
