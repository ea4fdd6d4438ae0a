#include "client.hpp"
#include "hub_emulator/digest.hpp"

using namespace hub_emulator;
using namespace hub_emulator::testing;
using nlohmann::json;

namespace {

const std::string k_large(2000, 'x');

struct Files : Hub {
    explicit Files(Options options = small()) : Hub(options) {
        create("traces");
        emulator.commit_files("alice/traces", {{"a b.txt", "0123456789"}, {"data/x/large.jsonl", k_large}});
    }
    Answer fetch(const std::string& path, std::vector<std::pair<std::string, std::string>> headers = {},
                 const std::string& method = "GET") {
        return send({method, emulator.hub_url() + "/datasets/alice/traces/" + path, "", std::move(headers)});
    }
};

}  // namespace

TEST_CASE("regular files: tags, ranges, conditions") {
    Files hub;
    const auto whole = hub.fetch("resolve/main/a%20b.txt");
    REQUIRE(whole.status == 200);
    REQUIRE(whole.body == "0123456789");
    REQUIRE(whole.header("X-Repo-Commit") == hub.emulator.head("alice/traces"));
    const auto tag = "\"" + git_blob_oid("0123456789") + "\"";
    REQUIRE(whole.header("ETag") == tag);
    const auto head = hub.fetch("resolve/main/a%20b.txt", {}, "HEAD");
    REQUIRE(head.header("Content-Length") == "10");
    REQUIRE(head.body.empty());
    struct Range {
        const char* asked;
        int status;
        const char* got;
        const char* content_range;
    };
    for (const auto& range :
         {Range{"bytes=0-0", 206, "0", "bytes 0-0/10"}, Range{"bytes=7-", 206, "789", "bytes 7-9/10"},
          Range{"bytes=-2", 206, "89", "bytes 8-9/10"}, Range{"bytes=2-99", 206, "23456789", "bytes 2-9/10"},
          Range{"bytes=10-", 416, "", "bytes */10"}}) {
        const auto part = hub.fetch("resolve/main/a%20b.txt", {{"Range", range.asked}});
        REQUIRE(part.status == range.status);
        REQUIRE(part.body == range.got);
        REQUIRE(part.header("Content-Range") == range.content_range);
    }
    REQUIRE(hub.fetch("resolve/main/a%20b.txt", {{"If-None-Match", tag}}).status == 304);
}

TEST_CASE("LFS files: metadata on the redirect, bytes on the other origin") {
    Files hub;
    const auto found = hub.fetch("resolve/main/data/x/large.jsonl");
    REQUIRE(found.status == 302);
    REQUIRE(found.header("X-Linked-Etag") == "\"" + sha256_hex(k_large) + "\"");
    REQUIRE(found.header("X-Linked-Size") == "2000");
    REQUIRE(found.header("X-Xet-Hash").empty());
    const auto location = found.header("Location");
    REQUIRE(location.rfind(hub.emulator.storage_url(), 0) == 0);
    REQUIRE(send({"GET", location, "", {}}).body == k_large);
    const auto probe = send({"GET", location, "", {{"Range", "bytes=0-0"}}});
    REQUIRE(probe.status == 206);
    REQUIRE(probe.header("Content-Range") == "bytes 0-0/2000");
    REQUIRE(probe.header("ETag") != found.header("X-Linked-Etag"));
    REQUIRE(hub.fetch("raw/main/data/x/large.jsonl").body == lfs_pointer(sha256_hex(k_large), 2000));
}

TEST_CASE("missing files and revisions") {
    Files hub;
    const auto missing = hub.fetch("resolve/main/none.txt");
    REQUIRE(missing.status == 404);
    REQUIRE(missing.header("X-Error-Code") == "EntryNotFound");
    REQUIRE(missing.header("X-Repo-Commit") == hub.emulator.head("alice/traces"));
    REQUIRE(hub.fetch("resolve/none/a.txt").header("X-Error-Code") == "RevisionNotFound");
    const auto head = hub.emulator.head("alice/traces");
    REQUIRE(hub.fetch("resolve/" + head.substr(0, 7) + "/a%20b.txt").status == 200);
    REQUIRE(hub.fetch("resolve/HEAD/a%20b.txt").status == 200);
    REQUIRE(hub.fetch("resolve/refs%2Fheads%2Fmain/a%20b.txt").status == 200);
}

TEST_CASE("regular files may redirect to the cache, with and without its query") {
    auto options = Hub::small();
    options.regular_files_redirect = true;
    Files hub(options);
    const auto moved = hub.fetch("resolve/main/a%20b.txt");
    REQUIRE(moved.status == 307);
    const auto location = moved.header("Location");
    REQUIRE(location.rfind("/api/resolve-cache/datasets/alice/traces/", 0) == 0);
    REQUIRE(hub.get(location, "").body == "0123456789");
    REQUIRE(hub.get(location.substr(0, location.find('?')), "").body == "0123456789");
}

TEST_CASE("tree: levels, folders, both slash encodings, pages") {
    Files hub;
    const std::string base = "/api/datasets/alice/traces/tree/main";
    const auto top = hub.get(base).json();
    REQUIRE(top.size() == 3);
    REQUIRE(top.at(0).at("type") == "directory");
    const auto all = hub.get(base + "?recursive=True&expand=true").json();
    REQUIRE(all.size() == 5);
    REQUIRE(all.back().at("lfs").at("oid") == sha256_hex(k_large));
    REQUIRE(all.back().at("oid") == git_blob_oid(lfs_pointer(sha256_hex(k_large), 2000)));
    REQUIRE(all.back().at("lastCommit").at("id") == hub.emulator.head("alice/traces"));
    REQUIRE(hub.get(base + "/data%2Fx").json() == hub.get(base + "/data/x").json());
    REQUIRE(hub.get(base + "/nowhere").header("X-Error-Code") == "EntryNotFound");
    hub.emulator.set_page_size(2);
    std::size_t count = 0;
    for (auto url = hub.emulator.hub_url() + base + "?recursive=true"; !url.empty();) {
        const auto page = send({"GET", url, "", {}});
        count += page.json().size();
        const auto link = page.header("Link");
        url = link.empty() ? "" : link.substr(1, link.find('>') - 1);
    }
    REQUIRE(count == 5);
}

TEST_CASE("paths-info takes forms and JSON") {
    Files hub;
    const std::string path = "/api/datasets/alice/traces/paths-info/main";
    const auto form = hub.request("POST", path, "paths=a+b.txt&paths=data&paths=none&expand=false", "",
                                  "application/x-www-form-urlencoded");
    REQUIRE(form.json().size() == 2);
    const auto as_json = hub.post(path, {{"paths", {"a b.txt", "data", "none"}}, {"expand", false}}, "");
    REQUIRE(as_json.json() == form.json());
    REQUIRE(hub.post(path, {{"paths", std::vector<std::string>(1001, "x")}}).status == 413);
}
