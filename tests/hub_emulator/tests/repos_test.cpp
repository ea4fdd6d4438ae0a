#include "client.hpp"

using namespace hub_emulator;
using namespace hub_emulator::testing;
using nlohmann::json;

TEST_CASE("unknown tokens are refused everywhere") {
    Hub hub;
    hub.create("traces");
    for (const auto* path : {"/api/whoami-v2", "/api/datasets/alice/traces", "/api/datasets"}) {
        const auto answer = hub.get(path, "hf_nobody");
        REQUIRE(answer.status == 401);
        REQUIRE(answer.header("X-Error-Message") == "Invalid username or password.");
    }
}

TEST_CASE("creation: rights, visibility, conflict, first commit") {
    Hub hub;
    const json body = {
        {"type", "dataset"}, {"name", "traces"}, {"organization", nullptr}, {"visibility", "private"}};
    REQUIRE(hub.post("/api/repos/create", body, "hf_alice_read").status == 403);
    REQUIRE(hub.post("/api/repos/create", body, "").status == 401);
    const auto made = hub.post("/api/repos/create", body);
    REQUIRE(made.status == 200);
    REQUIRE(made.json().at("name") == "alice/traces");
    REQUIRE(made.json().at("url") == hub.emulator.hub_url() + "/datasets/alice/traces");
    REQUIRE(hub.emulator.repo("alice/traces").is_private);
    const auto history = hub.emulator.commits("alice/traces");
    REQUIRE(history.size() == 1);
    REQUIRE(history[0].title == "initial commit");
    REQUIRE(history[0].files.size() == 1);
    REQUIRE(history[0].files.count(".gitattributes") == 1);

    const auto again = hub.post("/api/repos/create", body);
    REQUIRE(again.status == 409);
    REQUIRE(again.json().at("url") == made.json().at("url"));

    for (const auto* owner : {"bob", "readers"}) {
        auto foreign = body;
        foreign["organization"] = owner;
        REQUIRE(hub.post("/api/repos/create", foreign).status == 403);
    }
    for (const auto* name : {"a--b", "..", "-x", "x.git", "a b", ""}) {
        auto bad = body;
        bad["name"] = name;
        REQUIRE(hub.post("/api/repos/create", bad).status == 400);
    }
}

TEST_CASE("private repositories look missing to everybody else") {
    Hub hub;
    hub.create("secret", true);
    for (const auto* path :
         {"/api/datasets/alice/secret", "/api/datasets/alice/secret/tree/main",
          "/datasets/alice/secret/resolve/main/.gitattributes", "/api/datasets/alice/none"}) {
        const auto anonymous = hub.get(path, "");
        REQUIRE(anonymous.status == 401);
        REQUIRE(anonymous.header("X-Error-Code").empty());
        const auto stranger = hub.get(path, "hf_bob");
        REQUIRE(stranger.status == 404);
        REQUIRE(stranger.header("X-Error-Code") == "RepoNotFound");
    }
    REQUIRE(hub.get("/api/datasets/alice/secret", "hf_alice_read").status == 200);
    REQUIRE(hub.get("/api/datasets", "hf_bob").json().empty());
}

TEST_CASE("fine-grained tokens reach what their scopes name") {
    Hub hub;
    hub.create("one", true);
    hub.create("two", true);
    hub.emulator.add_token(
        "alice",
        {"hf_fine", "fineGrained", {{"dataset", "alice/one", {"repo.content.read", "repo.write"}}}, "fine"});
    REQUIRE(hub.get("/api/datasets/alice/one/auth-check/write", "hf_fine").status == 200);
    REQUIRE(hub.get("/api/datasets/alice/two/auth-check", "hf_fine").status == 404);
    REQUIRE(hub.post("/api/repos/create", {{"type", "dataset"}, {"name", "three"}}, "hf_fine").status == 403);
    const auto me = hub.get("/api/whoami-v2", "hf_fine").json();
    const auto scoped = me.at("auth").at("accessToken").at("fineGrained").at("scoped");
    REQUIRE(scoped.at(0).at("entity").at("name") == "alice/one");
    REQUIRE(scoped.at(0).at("entity").at("_id") == hub.emulator.repo("alice/one").internal_id);
}

TEST_CASE("gated and disabled repositories") {
    Hub hub;
    hub.create("traces");
    hub.emulator.commit_files("alice/traces", {{"a.txt", "a"}, {"big.txt", std::string(2000, 'x')}});
    hub.emulator.set_gated("alice/traces", "manual");
    const std::string file = "/datasets/alice/traces/resolve/main/a.txt";
    REQUIRE(hub.get("/api/datasets/alice/traces", "").json().at("gated") == "manual");
    REQUIRE(hub.get(file, "").status == 401);
    REQUIRE(hub.get(file, "").header("X-Error-Code") == "GatedRepo");
    REQUIRE(hub.get(file, "hf_bob").status == 403);
    REQUIRE(hub.get(file).status == 200);
    const auto tree = hub.get("/api/datasets/alice/traces/tree/main", "").json();
    REQUIRE(tree.back().at("lfs").at("oid") == std::string(64, '*'));
    hub.emulator.grant_access("alice/traces", "bob");
    REQUIRE(hub.get(file, "hf_bob").status == 200);

    hub.emulator.set_disabled("alice/traces", true);
    REQUIRE(hub.get("/api/datasets/alice/traces").json().at("disabled") == true);
    const auto refused = hub.get(file);
    REQUIRE(refused.status == 403);
    REQUIRE(refused.header("X-Error-Message") == "Access to this resource is disabled.");
}

TEST_CASE("other case and old names redirect, keeping path and query") {
    Hub hub;
    hub.create("before");
    hub.emulator.rename_repo("alice/before", "alice/after");
    const auto moved = hub.get("/api/datasets/alice/before/tree/main?recursive=true");
    REQUIRE(moved.status == 307);
    REQUIRE(moved.header("Location") == "/api/datasets/alice/after/tree/main?recursive=true");
    REQUIRE(hub.get("/datasets/ALICE/After/resolve/main/a%20b").header("Location") ==
            "/datasets/alice/after/resolve/main/a%20b");
    const auto batch = hub.post("/datasets/alice/before.git/info/lfs/objects/batch", json::object());
    REQUIRE(batch.header("Location") == "/datasets/alice/after.git/info/lfs/objects/batch");
    REQUIRE(hub.get("/api/datasets/alice%2Fafter").status == 400);
}

TEST_CASE("info, expand and settings") {
    Hub hub;
    hub.create("traces");
    hub.emulator.commit_files("alice/traces",
                              {{"README.md", "---\nlicense: mit\ntags:\n- agent-traces\n---\n"},
                               {"data/a.jsonl", std::string(2000, 'x')}});
    const auto info = hub.get("/api/datasets/alice/traces?blobs=true").json();
    REQUIRE(info.at("sha") == hub.emulator.head("alice/traces"));
    REQUIRE(info.at("cardData").at("license") == "mit");
    REQUIRE(info.at("siblings").back().at("lfs").at("pointerSize") == 129);
    const auto few = hub.get("/api/datasets/alice/traces?expand=sha&expand[]=likes").json();
    REQUIRE(few.size() == 4);
    REQUIRE(hub.get("/api/datasets/alice/traces?expand=nonsense")
                .json()
                .at("error")
                .get<std::string>()
                .rfind("\"expand\" must be one of", 0) == 0);
    REQUIRE(hub.get("/api/datasets/alice/traces/revision/HEAD").status == 200);
    REQUIRE(hub.get("/api/datasets/alice/traces/revision/nope").header("X-Error-Code") == "RevisionNotFound");

    const std::string settings = "/api/datasets/alice/traces/settings";
    REQUIRE(hub.request("PUT", settings, R"({"visibility":"private","gated":"auto"})", "hf_bob").status ==
            403);
    REQUIRE(hub.request("PUT", settings, R"({"visibility":"private","gated":"auto"})").status == 200);
    REQUIRE(hub.emulator.repo("alice/traces").is_private);
    REQUIRE(hub.emulator.repo("alice/traces").gated == "auto");
    REQUIRE(hub.request("PUT", settings, R"({"private":false,"gated":false})").status == 200);
    REQUIRE_FALSE(hub.emulator.repo("alice/traces").is_private);
}

TEST_CASE("listing filters and pages with absolute links") {
    Hub hub;
    for (const auto* name : {"one", "two", "three"}) {
        hub.create(name);
    }
    hub.emulator.commit_files("alice/two", {{"README.md", "---\nlicense: mit\n---\n"}});
    REQUIRE(hub.get("/api/datasets?author=alice&filter=license%3Amit").json().size() == 1);
    REQUIRE(hub.get("/api/datasets?search=thr").json().at(0).at("id") == "alice/three");
    hub.emulator.set_page_size(2);
    const auto first = hub.get("/api/datasets?author=alice");
    REQUIRE(first.json().size() == 2);
    const auto link = first.header("Link");
    REQUIRE(link.rfind("<" + hub.emulator.hub_url() + "/api/datasets?author=alice&cursor=", 0) == 0);
    REQUIRE(link.substr(link.find('>')) == ">; rel=\"next\"");
    const auto second = send({"GET", link.substr(1, link.find('>') - 1), "", {}});
    REQUIRE(second.json().size() == 1);
    REQUIRE(second.header("Link").empty());
}

TEST_CASE("the device login follows its script") {
    Hub hub;
    hub.emulator.script_oauth({"authorization_pending", "slow_down", "ok"}, "hf_alice");
    const std::string form = "application/x-www-form-urlencoded";
    const auto device = hub.request("POST", "/oauth/device", "client_id=abc", "", form).json();
    REQUIRE(device.at("interval") == 1);
    const auto poll = [&] {
        return hub
            .request("POST", "/oauth/token",
                     "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=abc&device_"
                     "code=" +
                         device.at("device_code").get<std::string>(),
                     "", form)
            .json();
    };
    REQUIRE(poll().at("error") == "authorization_pending");
    REQUIRE(poll().at("error") == "slow_down");
    REQUIRE(poll().at("access_token") == "hf_alice");
}

TEST_CASE("card validation always answers JSON") {
    Hub hub;
    const auto check = [&](const std::string& content) {
        return hub.post("/api/validate-yaml", {{"repoType", "dataset"}, {"content", content}}, "");
    };
    REQUIRE(check("---\nlicense: mit\nsize_categories:\n- n<1K\n---\nText").status == 200);
    REQUIRE(check("no front matter").json().at("warnings").size() == 1);
    for (const auto* wrong :
         {"---\nlicense: nonsense\n---\n", "---\nsize_categories:\n- 5\n---\n", "---\na: [1\n---\n",
          "---\na: 1\na: 2\n---\n", "---\n- list\n---\n", "---\ntags: word\n---\n"}) {
        INFO(wrong);
        const auto answer = check(wrong);
        REQUIRE(answer.status == 400);
        REQUIRE(answer.json().at("errors").size() == 1);
    }
}

TEST_CASE("delete and move") {
    Hub hub;
    hub.create("one");
    hub.create("two");
    REQUIRE(hub.post("/api/repos/move", {{"fromRepo", "alice/one"}, {"toRepo", "alice/two"}}).status == 409);
    REQUIRE(hub.post("/api/repos/move", {{"fromRepo", "alice/one"}, {"toRepo", "acme/one"}}).status == 200);
    REQUIRE(hub.emulator.has_repo("acme/one"));
    const std::string body = R"({"type":"dataset","name":"two","organization":"alice"})";
    REQUIRE(hub.request("DELETE", "/api/repos/delete", body, "hf_bob").status == 403);
    REQUIRE(hub.request("DELETE", "/api/repos/delete", body).status == 200);
    REQUIRE(hub.request("DELETE", "/api/repos/delete", body).header("X-Error-Code") == "RepoNotFound");
}
