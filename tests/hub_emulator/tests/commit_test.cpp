#include "client.hpp"
#include "hub_emulator/digest.hpp"

using namespace hub_emulator;
using namespace hub_emulator::testing;
using nlohmann::json;

namespace {

json delete_op(const std::string& path, const std::string& key = "deletedFile") {
    return {{"key", key}, {"value", {{"path", path}}}};
}

}  // namespace

TEST_CASE("a commit stores its files and names its parent") {
    Hub hub;
    const auto id = hub.create("traces");
    const auto before = hub.emulator.head(id);
    const auto answer =
        hub.commit(id, {file_op("README.md", "# Hi\n"), file_op("data/a.jsonl", "{}\n")}, before);
    REQUIRE(answer.status == 200);
    const auto oid = answer.json().at("commitOid").get<std::string>();
    REQUIRE(answer.json().at("commitUrl") == hub.emulator.hub_url() + "/datasets/alice/traces/commit/" + oid);
    const auto commit = hub.emulator.commits(id).front();
    REQUIRE(commit.oid == oid);
    REQUIRE(commit.parent == before);
    REQUIRE(commit.author == "alice");
    REQUIRE(commit.files.at("README.md").blob_oid == git_blob_oid("# Hi\n"));
    REQUIRE(hub.emulator.file(id, "data/a.jsonl") == "{}\n");
}

TEST_CASE("a moved parent is refused without a trace") {
    Hub hub;
    const auto id = hub.create("traces");
    const auto old = hub.emulator.head(id);
    const auto head = hub.emulator.commit_files(id, {{"other.txt", "x"}});
    const auto refused = hub.commit(id, {file_op("a.txt", "a")}, old);
    REQUIRE(refused.status == 412);
    REQUIRE(hub.emulator.head(id) == head);
    REQUIRE(hub.commit(id, {file_op("a.txt", "a")}, head.substr(0, 8)).status == 200);
    REQUIRE(hub.commit(id, {file_op("b.txt", "b")}).status == 200);
    REQUIRE(hub.emulator.has_file(id, "other.txt"));
}

TEST_CASE("a failing operation undoes the whole commit") {
    Hub hub;
    const auto id = hub.create("traces");
    const auto head = hub.emulator.head(id);
    const auto answer = hub.commit(id, {file_op("a.txt", "a"), delete_op("missing.txt")});
    REQUIRE(answer.status == 404);
    REQUIRE(answer.header("X-Error-Code") == "EntryNotFound");
    REQUIRE(answer.json().at("error").get<std::string>().find("A file with this name doesn't exist") !=
            std::string::npos);
    REQUIRE(hub.emulator.head(id) == head);
    REQUIRE_FALSE(hub.emulator.has_file(id, "a.txt"));
}

TEST_CASE("what a commit must not contain") {
    Hub hub;
    const auto id = hub.create("traces");
    using namespace std::string_literals;
    REQUIRE(hub.commit(id, {}).status == 400);
    REQUIRE(hub.commit(id, {file_op("big.txt", std::string(5001, 'x'))}).status == 400);
    REQUIRE(hub.commit(id, {file_op("fits.txt", std::string(5000, 'x'))}).status == 200);
    REQUIRE(hub.commit(id, {file_op("nul.txt", "a\0b"s)}).status == 400);
    REQUIRE(hub.commit(id, {lfs_op("a.bin", std::string(64, 'a'), 5)}).status == 400);
    REQUIRE(hub.commit(id, {file_op("README.md", "---\nlicense: nonsense\n---\n")}).status == 400);
    for (const auto* path : {"../a", "a/../b", "/a", "a//b", ".git/config", "a\\b", "./a", ""}) {
        INFO(path);
        REQUIRE(hub.commit(id, {file_op(path, "x")}).status == 422);
    }
    REQUIRE(hub.commit(id, {{{"key", "copyFile"}, {"value", {{"path", "x"}}}}}).status == 400);
    REQUIRE(hub.request("POST", "/api/datasets/alice/traces/commit/main", "not json").status == 400);
    REQUIRE(hub.request("POST", "/api/datasets/alice/traces/commit/nope",
                        R"({"key":"header","value":{"summary":"x"}})"
                        "\n" +
                            file_op("a", "b").dump())
                .header("X-Error-Code") == "RevisionNotFound");
}

TEST_CASE("too many files in a folder") {
    auto options = Hub::small();
    options.max_files_per_folder = 3;
    Hub hub(options);
    const auto id = hub.create("traces");
    REQUIRE(hub.commit(id, {file_op("d/1", "1"), file_op("d/2", "2"), file_op("d/3", "3")}).status == 200);
    REQUIRE(hub.commit(id, {file_op("d/4", "4")}).status == 400);
}

TEST_CASE("utf-8 encoding, renames, deletions and a final newline") {
    Hub hub;
    const auto id = hub.create("traces");
    const std::string body = R"({"key":"header","value":{"summary":"x","description":""}})"
                             "\n"
                             R"({"key":"file","value":{"path":"a.txt","content":"größe","encoding":"utf-8"}})"
                             "\n";
    REQUIRE(hub.request("POST", "/api/datasets/alice/traces/commit/main", body).status == 200);
    REQUIRE(hub.emulator.file(id, "a.txt") == "größe");
    REQUIRE(
        hub.commit(id, {{{"key", "file"}, {"value", {{"path", "b.txt"}, {"oldPath", "a.txt"}}}}}).status ==
        200);
    REQUIRE_FALSE(hub.emulator.has_file(id, "a.txt"));
    REQUIRE(hub.emulator.file(id, "b.txt") == "größe");
    hub.emulator.commit_files(id, {{"old/1", "1"}, {"old/x/2", "2"}});
    REQUIRE(hub.commit(id, {delete_op("old/", "deletedFolder"), delete_op("b.txt")}).status == 200);
    REQUIRE(hub.emulator.commits(id).front().files.size() == 1);
}

TEST_CASE("rights, locks and body limits") {
    auto options = Hub::small();
    options.max_commit_body = 2000;
    Hub hub(options);
    const auto id = hub.create("traces");
    const std::string body = R"({"key":"header","value":{"summary":"x"}})"
                             "\n" +
                             file_op("a", "b").dump();
    const std::string path = "/api/datasets/alice/traces/commit/main";
    REQUIRE(hub.request("POST", path, body, "hf_bob").status == 403);
    REQUIRE(hub.request("POST", path, body, "hf_alice_read").status == 403);
    REQUIRE(hub.request("POST", path, body, "").status == 401);
    hub.emulator.lock_commits(id, true);
    REQUIRE(hub.request("POST", path, body).status == 409);
    hub.emulator.lock_commits(id, false);
    REQUIRE(hub.request("POST", path, body).status == 200);
    REQUIRE(hub.commit(id, {file_op("big", std::string(1900, 'x'))}).status == 413);
}

TEST_CASE("uncovered LFS files get an exact line, covered ones do not") {
    Hub hub;
    const auto id = hub.create("traces");
    const auto oid = hub.upload_lfs(id, std::string(2000, 'x'));
    REQUIRE(hub.commit(id, {lfs_op("data/a.jsonl", oid, 2000), lfs_op("b.bin", oid, 2000)}).status == 200);
    const auto rules = hub.emulator.file(id, ".gitattributes");
    REQUIRE(rules.find("\ndata/a.jsonl filter=lfs diff=lfs merge=lfs -text\n") != std::string::npos);
    REQUIRE(rules.find("b.bin filter") == std::string::npos);
    // A pattern in the same commit covers, too.
    const auto text = rules + "more/**/*.jsonl filter=lfs diff=lfs merge=lfs -text\n";
    REQUIRE(hub.commit(id, {file_op(".gitattributes", text), lfs_op("more/x/c.jsonl", oid, 2000)}).status ==
            200);
    REQUIRE(hub.emulator.file(id, ".gitattributes") == text);
}

TEST_CASE("preupload decides by pattern, size and sample") {
    Hub hub;
    const auto id = hub.create("traces");
    const auto oid = hub.upload_lfs(id, std::string(2000, 'x'));
    hub.commit(id, {file_op("README.md", "hi"), lfs_op("data/a.jsonl", oid, 2000)});
    const auto ask = [&](const json& file, const json& extra = json::object()) {
        json body = extra;
        body["files"] = json::array({file});
        const auto answer = hub.post("/api/datasets/alice/traces/preupload/main", body);
        REQUIRE(answer.status == 200);
        REQUIRE(answer.json().at("commitOid") == hub.emulator.head(id));
        const auto entry = answer.json().at("files").at(0);
        REQUIRE(entry.contains("shouldIgnore"));
        return entry;
    };
    REQUIRE(ask({{"path", "n.txt"}, {"size", 1000}, {"sample", "aGk="}}).at("uploadMode") == "regular");
    REQUIRE(ask({{"path", "n.txt"}, {"size", 1001}, {"sample", "aGk="}}).at("uploadMode") == "lfs");
    REQUIRE(ask({{"path", "n.txt"}, {"size", 3}, {"sample", base64_encode(std::string(3, '\0'))}})
                .at("uploadMode") == "lfs");
    REQUIRE(ask({{"path", "n.bin"}, {"size", 1}, {"sample", "aGk="}}).at("uploadMode") == "lfs");
    // An LFS path stays LFS, and the current content ids are told.
    const auto shard = ask({{"path", "data/a.jsonl"}, {"size", 1}, {"sample", "aGk="}});
    REQUIRE(shard.at("uploadMode") == "lfs");
    REQUIRE(shard.at("oid") == oid);
    REQUIRE(ask({{"path", "README.md"}, {"size", 2}, {"sample", "aGk="}}).at("oid") == git_blob_oid("hi"));
    const auto ruled = ask({{"path", "d/x.jsonl"}, {"size", 1}, {"sample", "aGk="}},
                           {{"gitAttributes", "d/**/*.jsonl filter=lfs\n"}, {"gitIgnore", "*.jsonl\n"}});
    REQUIRE(ruled.at("uploadMode") == "lfs");
    REQUIRE(ruled.at("shouldIgnore") == true);
    REQUIRE(hub.post("/api/datasets/alice/traces/preupload/main",
                     {{"files", json::array({{{"path", "../x"}, {"size", 1}}})}})
                .status == 422);
}

TEST_CASE("pull requests leave the branch alone") {
    Hub hub;
    const auto id = hub.create("traces");
    const auto head = hub.emulator.head(id);
    const auto answer = hub.commit(id, {file_op("a.txt", "a")}, "", "?create_pr=1");
    REQUIRE(answer.json().at("pullRequestUrl") ==
            hub.emulator.hub_url() + "/datasets/alice/traces/discussions/1");
    REQUIRE(hub.emulator.head(id) == head);
    REQUIRE(hub.emulator.file(id, "a.txt", "refs/pr/1") == "a");
    REQUIRE(hub.get("/api/datasets/alice/traces/tree/refs/pr/1").json().size() == 2);
    REQUIRE(hub.get("/api/datasets/alice/traces/tree/refs%2Fpr%2F1").json().size() == 2);
    const auto opened = hub.post("/api/datasets/alice/traces/discussions",
                                 {{"title", "Mine"}, {"description", "x"}, {"pullRequest", true}}, "hf_bob");
    REQUIRE(opened.json().at("num") == 2);
    const std::string body = R"({"key":"header","value":{"summary":"x"}})"
                             "\n" +
                             file_op("b", "b").dump();
    REQUIRE(hub.request("POST", "/api/datasets/alice/traces/commit/refs%2Fpr%2F2", body, "hf_bob").status ==
            200);
    REQUIRE(hub.request("POST", "/api/datasets/alice/traces/commit/refs%2Fpr%2F1", body, "hf_bob").status ==
            403);
}

TEST_CASE("pull requests are listed, closed, opened again and merged") {
    Hub hub;
    const auto id = hub.create("traces");
    const std::string base = "/api/datasets/alice/traces/discussions";
    const auto open = [&](const std::string& title, bool pull_request) {
        return hub.post(base, {{"title", title}, {"description", "x"}, {"pullRequest", pull_request}},
                        "hf_bob");
    };
    REQUIRE(open("One", true).json().at("num") == 1);
    REQUIRE(open("Two", true).json().at("num") == 2);
    REQUIRE(open("A question", false).json().at("num") == 3);
    REQUIRE(hub.get(base + "/1").json().at("status") == "draft");
    REQUIRE(hub.get(base + "/3").json().at("status") == "open");
    REQUIRE(hub.get(base + "/4").status == 404);
    REQUIRE(hub.get(base + "?type=pull_request").json().at("count") == 2);

    REQUIRE(hub.post(base + "/1/status", {{"status", "closed"}}, "hf_bob").status == 200);
    REQUIRE(hub.get(base + "?status=closed").json().at("discussions").at(0).at("num") == 1);
    REQUIRE(hub.post(base + "/1/status", {{"status", "open"}}, "hf_bob").status == 200);
    REQUIRE(hub.post(base + "/1/status", {{"status", "merged"}}, "hf_bob").status == 400);
    REQUIRE(hub.post(base + "/1/title", {{"title", "Better"}}, "hf_bob")
                .json()
                .at("newTitle")
                .at("data")
                .at("from") == "One");
    REQUIRE(hub.post(base + "/1/comment", {{"comment", "Thanks"}}).status == 200);

    const std::string body = R"({"key":"header","value":{"summary":"x"}})"
                             "\n" +
                             file_op("b", "b").dump();
    REQUIRE(hub.request("POST", "/api/datasets/alice/traces/commit/refs%2Fpr%2F2", body, "hf_bob").status ==
            200);
    REQUIRE(hub.post(base + "/2/merge", json::object(), "hf_bob").status == 403);
    REQUIRE(hub.post(base + "/2/merge", json::object()).status == 200);
    const auto merged = hub.get(base + "/2").json();
    REQUIRE(merged.at("status") == "merged");
    REQUIRE(merged.at("changes").at("mergeCommitId") == hub.emulator.head(id));
    REQUIRE(hub.emulator.file(id, "b") == "b");
    REQUIRE(hub.post(base + "/2/merge", json::object()).status == 400);
    REQUIRE(hub.post(base + "/2/status", {{"status", "closed"}}).status == 400);

    REQUIRE(hub.post("/_emulator/close", {{"repo", id}, {"num", 1}}).status == 200);
    REQUIRE(hub.get(base + "/1").json().at("status") == "closed");
    REQUIRE(hub.post("/_emulator/merge", {{"repo", id}, {"num", 1}}).status == 400);
}

TEST_CASE("branches, tags and squashing") {
    Hub hub;
    const auto id = hub.create("traces");
    hub.commit(id, {file_op("a.txt", "a")});
    const std::string base = "/api/datasets/alice/traces/";
    REQUIRE(hub.post(base + "branch/next", json::object()).status == 200);
    REQUIRE(hub.post(base + "branch/next", json::object()).status == 409);
    REQUIRE(hub.post(base + "tag/main", {{"tag", "v1"}}).status == 200);
    REQUIRE(hub.post(base + "tag/main", {{"tag", "v1"}}).status == 409);
    REQUIRE(hub.post(base + "tag/nope", {{"tag", "v2"}}).header("X-Error-Code") == "RevisionNotFound");
    const auto refs = hub.get(base + "refs").json();
    REQUIRE(refs.at("branches").size() == 2);
    REQUIRE(refs.at("converts").empty());
    REQUIRE(refs.at("tags").at(0).at("targetCommit") == hub.emulator.head(id));
    REQUIRE(hub.request("DELETE", base + "branch/main", "").status == 400);
    REQUIRE(hub.request("DELETE", base + "branch/next", "").status == 200);
    REQUIRE(hub.request("DELETE", base + "tag/v1", "").status == 200);
    const auto listed = hub.get(base + "commits/main?limit=1");
    REQUIRE(listed.header("X-Total-Count") == "2");
    REQUIRE_FALSE(listed.header("Link").empty());
    const auto before = hub.emulator.head(id);
    REQUIRE(hub.get(base + "revision/" + before).status == 200);
    REQUIRE(hub.post(base + "super-squash/main", {{"message", "One"}}).status == 200);
    REQUIRE(hub.emulator.commits(id).size() == 1);
    REQUIRE(hub.get(base + "revision/" + before).status == 404);
    REQUIRE(hub.emulator.file(id, "a.txt") == "a");
}
