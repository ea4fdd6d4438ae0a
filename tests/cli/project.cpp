// init and remove write exactly what they say and take back exactly that.
#include <filesystem>
#include <map>

#include "catch.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

namespace {

std::map<std::string, std::string> files_below(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files[entry.path().string()] = Workbench::read(entry.path());
    }
    return files;
}

}  // namespace

TEST_CASE("init needs no terminal, and remove takes back exactly what init wrote") {
    Workbench bench;
    bench.write(bench.project() / ".gitignore", "node_modules/");
    bench.write(bench.project() / ".claude/settings.json",
                "{\n    \"model\" : \"opus\",\n\t\"hooks\": {}\n}\n");
    const auto before = files_below(bench.project());
    bench.expect(0, {"init", "--agent", "claude-code"});
    const std::string settings = Workbench::read(bench.project() / ".claude/settings.json");
    CHECK(settings.find("SessionEnd") != std::string::npos);
    CHECK(settings.find("    \"model\" : \"opus\",") != std::string::npos);
    CHECK(Workbench::read(bench.project() / ".gitignore") == "node_modules/\n.opentraces/\n");
    bench.expect(0, {"remove"});
    CHECK(files_below(bench.project()) == before);
}

TEST_CASE("init creates a .gitignore, and a malformed settings file stops it before anything is written") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    CHECK(Workbench::read(bench.project() / ".gitignore") == ".opentraces/\n");
    CHECK_FALSE(std::filesystem::exists(bench.project() / ".claude"));
    bench.expect(0, {"remove"});
    CHECK(files_below(bench.project()).empty());

    bench.write(bench.project() / ".claude/settings.json", "{\"hooks\": [");
    bench.expect(5, {"init"});
    CHECK_FALSE(std::filesystem::exists(bench.project() / ".opentraces"));
    CHECK(Workbench::read(bench.project() / ".claude/settings.json") == "{\"hooks\": [");
}

TEST_CASE("remove never deletes traces that were not pushed without --yes") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    CHECK(bench.expect(2, {"remove", "--json"}).json()["error"]["code"].string_or() ==
          "CONFIRMATION_REQUIRED");
    CHECK(std::filesystem::exists(bench.project() / ".opentraces/store.db"));
    bench.expect(0, {"remove", "--yes"});
    CHECK_FALSE(std::filesystem::exists(bench.project() / ".opentraces"));
}

TEST_CASE("a command finds its project upwards, and says so when there is none") {
    Workbench bench;
    CHECK(bench.expect(3, {"status", "--json"}).json()["error"]["code"].string_or() == "NOT_INITIALIZED");
    bench.expect(0, {"init", "--no-hook"});
    std::filesystem::create_directories(bench.project() / "a/b");
    bench.work_in(bench.project() / "a/b");
    CHECK(bench.expect(0, {"status", "--json"}).json()["project"].string_or() == bench.project().string());
    bench.work_in(bench.home());
    bench.expect(3, {"list"});
    bench.expect(0, {"-C", bench.project().string(), "list"});
}

TEST_CASE("nothing under .opentraces can be committed to git by accident") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    CHECK(Workbench::read(bench.project() / ".opentraces/.gitignore").rfind("*", 0) == 0);
    const auto mode = std::filesystem::status(bench.project() / ".opentraces").permissions();
    CHECK((mode & std::filesystem::perms::others_all) == std::filesystem::perms::none);
}

TEST_CASE("settings are shown and changed, bad values are refused") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"config", "set", "card.license", "apache-2.0"});
    CHECK(bench.expect(0, {"config", "get", "card.license"}).out == "apache-2.0\n");
    bench.expect(3, {"config", "set", "card.license", "apache-9"});
    bench.expect(2, {"config", "set", "no.such", "x"});
    bench.expect(0, {"config", "set", "redact"}, "my-internal-name\n");
    CHECK(bench.expect(0, {"config", "get", "redact"}).out == "project 1  my…me, 16 characters\n");
    bench.expect(0, {"config", "unset", "card.license"});
    CHECK(bench.expect(0, {"config", "get", "card.license"}).out == "\n");
    bench.expect(6, {"config", "unset", "redact", "-"}, "another-name\n");
    bench.expect(0, {"config", "unset", "redact", "-"}, "my-internal-name\n");
    CHECK(bench.expect(0, {"config", "get", "redact"}).out.empty());
    CHECK(bench.expect(2, {"config", "set", "hook", "false"}).err.find("opentraces hooks --help") !=
          std::string::npos);
    bench.expect(2, {"config", "set", "written_by_init.hook_installed", "true"});
    bench.expect(0, {"remote", "set", "alice/traces"});
    bench.expect(0, {"remote", "add", "backup", "./backup"});
    bench.expect(0, {"remote", "use", "backup"});
    CHECK(bench.expect(0, {"remote", "show", "--json"}).json()["remote"].string_or() == "./backup");
    CHECK(bench.expect(0, {"remote", "list"}).out.find("./backup") != std::string::npos);
    bench.expect(2, {"config", "edit"});  // nobody sits at a terminal
    bench.expect(2, {"remote", "set", "not a repo/id/x"});
    bench.expect(6, {"remote", "remove", "nobody"});
}

TEST_CASE("settings of the user hold in every project and need none") {
    Workbench bench;
    bench.expect(0, {"config", "set", "--user", "redact"}, "my-internal-name\n");
    bench.expect(0, {"config", "set", "exclude", "elsewhere"});
    bench.expect(2, {"config", "set", "--user", "excluded", "true"});
    bench.expect(2, {"config", "set", "--project", "exclude", "elsewhere"});
    bench.expect(3, {"config", "set", "card.license", "mit"});
    bench.expect(0, {"config", "set", "--user", "card.license", "mit"});
    CHECK(bench.expect(0, {"config", "get", "exclude"}).out.find((bench.project() / "elsewhere").string()) !=
          std::string::npos);
    bench.expect(0, {"init", "--no-hook"});
    const auto license = bench.expect(0, {"config", "get", "card.license", "--show-origin"});
    CHECK(license.out == "mit  (user, " + (bench.home() / ".opentraces/config.json").string() + ")\n");
    CHECK(bench.expect(0, {"config", "get", "redact"}).out == "user 1  my…me, 16 characters\n");
    bench.expect(0, {"config", "unset", "--user", "redact", "my…me"});
    bench.expect(0, {"config", "unset", "exclude", "elsewhere"});
    bench.expect(6, {"config", "get", "--user", "redact"});
    CHECK(bench.expect(0, {"config", "get", "exclude"}).out.empty());
}

TEST_CASE("the traces of the Python tool are taken over with their stages, its files stay") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    CHECK(bench.expect(6, {"migrate", "--json"}).json()["error"]["code"].string_or() == "NOT_FOUND");
    const std::string id = "11111111-2222-4333-8444-555555555555";
    const auto staged = bench.project() / ".opentraces/staging" / (id + ".jsonl");
    bench.write(staged, bench.expect(0, {"parse", testing::fixture_session()}).out);
    bench.write(
        bench.project() / ".opentraces/state.json",
        R"({"processed_files":{},"commit_groups":{},"traces":{")" + id + R"(":{"trace_id":")" + id +
            R"(","session_id":"c93f3533-0f6b-4a61-99bd-7b788208ad61","status":"committed","created_at":1.0}}})");
    const std::string before = Workbench::read(staged);
    const json::Value answer = bench.expect(0, {"migrate", "--json"}).json();
    CHECK(answer["migrated"].integer() == 1);
    CHECK(answer["counts"]["committed"].integer() == 1);
    CHECK(Workbench::read(staged) == before);
    CHECK(bench.expect(0, {"migrate", "--json"}).json()["migrated"].integer() == 0);
}

TEST_CASE("commit: a message is scrubbed before it is stored, and what was replaced is said") {
    Workbench bench;
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook", "--json"});
    bench.expect(0, {"capture", opentraces::testing::fixture_session(), "--json"});
    const std::string secret = std::string("ghp") + "_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5";
    const opentraces::testing::RunResult run =
        bench.expect(0, {"commit", "--all", "-m", "with " + secret, "--json"});
    CHECK(run.json()["message"].string_or() == "with [REDACTED]");
    CHECK(run.json()["text_redactions"]["github_token"].integer() == 1);
    CHECK(run.err.find("replaced in the message: 1 x github_token") != std::string::npos);
    CHECK(bench.expect(0, {"log", "--json"}).out.find(secret) == std::string::npos);
    CHECK(Workbench::read(bench.project() / ".opentraces/store.db").find(secret) == std::string::npos);
}

TEST_CASE("capturing the project folder does not read the project's own traces") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    CHECK(bench.expect(6, {"capture", ".", "--json"}).json()["error"]["code"].string_or() == "NO_SESSIONS");
    bench.work_in(bench.project().parent_path());
    CHECK(bench.expect(6, {"-C", bench.project().string(), "capture", bench.project().string(), "--json"})
              .json()["error"]["code"]
              .string_or() == "NO_SESSIONS");
    CHECK(bench.expect(0, {"-C", bench.project().string(), "list", "--json"}).json()["total"].integer() == 1);
}

TEST_CASE("init on a project applies the flags that are given, says so, and changes nothing without") {
    Workbench bench;
    std::filesystem::create_directories(bench.home() / ".claude");
    bench.expect(0, {"init"});
    const auto before = files_below(bench.project());
    const json::Value same = bench.expect(0, {"init", "--json"}).json();
    CHECK_FALSE(same["created"].if_bool() == nullptr);
    CHECK(same["changed_settings"].if_array()->empty());
    CHECK(files_below(bench.project()) == before);
    const json::Value changed =
        bench.expect(0, {"init", "--review-policy", "auto", "--remote", "me/data", "--json"}).json();
    CHECK(changed["changed_settings"].if_array()->size() == 2);
    CHECK(bench.expect(0, {"config", "get", "review_policy"}).out == "auto\n");
    CHECK(bench.expect(0, {"init", "--no-hook", "--json"}).json()["changed_settings"].if_array()->size() ==
          1);
    CHECK_FALSE(std::filesystem::exists(bench.project() / ".claude"));
    bench.expect(0, {"remove"});
    CHECK(files_below(bench.project()).empty());
}

TEST_CASE("what only reads works in a project that may not be written") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    const json::Value listed = bench.expect(0, {"list", "--json"}).json();
    const std::string id(listed["traces"].at(0)["trace_id"].string_or());
    const auto all = [&](std::filesystem::perms permissions) {
        for (const std::string name : {"", "/traces", "/pending", "/store.db"})
            std::filesystem::permissions(bench.project() / (".opentraces" + name), permissions);
    };
    using std::filesystem::perms;
    const auto before = files_below(bench.project());
    all(perms::owner_read | perms::owner_exec);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"status"}, {"list"}, {"log"}, {"show", id}})
        bench.expect(0, command);
    CHECK(files_below(bench.project()) == before);
    all(perms::owner_all);
}
