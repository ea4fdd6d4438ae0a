#include "client.hpp"
#include "hub_emulator/digest.hpp"

using namespace hub_emulator;
using namespace hub_emulator::testing;
using nlohmann::json;

namespace {

json batch_object(Hub& hub, const std::string& bytes, json transfers = {"basic", "multipart"}) {
    const auto answer =
        hub.post("/datasets/alice/traces.git/info/lfs/objects/batch",
                 {{"operation", "upload"},
                  {"transfers", std::move(transfers)},
                  {"hash_algo", "sha_256"},
                  {"ref", {{"name", "main"}}},
                  {"objects", json::array({{{"oid", sha256_hex(bytes)}, {"size", bytes.size()}}})}});
    REQUIRE(answer.status == 200);
    REQUIRE(answer.header("Content-Type") == "application/vnd.git-lfs+json");
    return answer.json().at("objects").at(0);
}

}  // namespace

TEST_CASE("basic upload, verify, and no second upload") {
    Hub hub;
    hub.create("traces");
    const std::string bytes(2000, 'x');
    const auto object = batch_object(hub, bytes);
    const auto upload = object.at("actions").at("upload");
    REQUIRE_FALSE(upload.contains("header"));
    const std::string href = upload.at("href");
    REQUIRE(href.rfind(hub.emulator.storage_url() + "/", 0) == 0);
    REQUIRE(send({"PUT", href, "other bytes", {}}).status == 400);
    const auto put = send({"PUT", href, bytes, {}});
    REQUIRE(put.status == 200);
    REQUIRE_FALSE(put.header("ETag").empty());
    const std::string verify = object.at("actions").at("verify").at("href");
    const json claim = {{"oid", sha256_hex(bytes)}, {"size", 2000}};
    REQUIRE(send({"POST", verify, claim.dump(), {}}).status == 401);
    REQUIRE(send({"POST", verify, claim.dump(), {{"Authorization", "Bearer hf_alice"}}}).status == 200);
    REQUIRE_FALSE(batch_object(hub, bytes).contains("actions"));
}

TEST_CASE("multipart upload") {
    Hub hub;
    const auto id = hub.create("traces");
    const std::string bytes = std::string(3000, 'a') + std::string(100, 'b');
    REQUIRE_FALSE(batch_object(hub, bytes, {"basic"}).at("actions").at("upload").contains("header"));
    const auto upload = batch_object(hub, bytes).at("actions").at("upload");
    const auto header = upload.at("header");
    REQUIRE(header.at("chunk_size") == "1024");
    REQUIRE(header.size() == 5);
    json parts = json::array();
    for (int part = 1; part <= 4; ++part) {
        const std::string href = header.at("0000" + std::to_string(part));
        const auto put = send({"PUT", href, bytes.substr((part - 1) * 1024UL, 1024), {}});
        REQUIRE(put.status == 200);
        parts.push_back({{"partNumber", part}, {"etag", put.header("ETag")}});
    }
    const std::string complete = upload.at("href");
    REQUIRE(complete.rfind(hub.emulator.hub_url() + "/api/complete_multipart?", 0) == 0);
    auto wrong = parts;
    wrong[1]["etag"] = "\"x\"";
    REQUIRE(send({"POST", complete, json{{"oid", sha256_hex(bytes)}, {"parts", wrong}}.dump(), {}}).status ==
            400);
    REQUIRE(send({"POST", complete, json{{"oid", sha256_hex(bytes)}, {"parts", parts}}.dump(), {}}).status ==
            200);
    REQUIRE(hub.commit(id, {lfs_op("a.bin", sha256_hex(bytes), bytes.size())}).status == 200);
    REQUIRE(hub.emulator.file(id, "a.bin") == bytes);
}

TEST_CASE("storage refuses credentials, expired and forged URLs, chunked and empty bodies") {
    Hub hub;
    hub.create("traces");
    const std::string bytes(2000, 'x');
    const std::string href = batch_object(hub, bytes).at("actions").at("upload").at("href");
    REQUIRE(hub.emulator.credential_leaks() == 0);
    REQUIRE(send({"PUT", href, bytes, {{"Authorization", "Bearer hf_alice"}}}).status == 400);
    REQUIRE(hub.emulator.credential_leaks() == 1);
    REQUIRE(send({"PUT", href, "", {}}).status == 501);
    REQUIRE(send({"PUT", href + "0", bytes, {}}).status == 403);
    REQUIRE(send({"GET", href, "", {}}).status == 403);
    hub.emulator.expire_presigned_urls();
    REQUIRE(send({"PUT", href, bytes, {}}).status == 403);
    const std::string fresh = batch_object(hub, bytes).at("actions").at("upload").at("href");
    REQUIRE(send({"PUT", fresh, bytes, {}}).status == 200);
}

TEST_CASE("URLs expire by the clock") {
    auto options = Hub::small();
    options.presigned_ttl = std::chrono::milliseconds(-1);
    Hub hub(options);
    hub.create("traces");
    const std::string bytes(2000, 'x');
    const std::string href = batch_object(hub, bytes).at("actions").at("upload").at("href");
    REQUIRE(send({"PUT", href, bytes, {}}).status == 403);
}

TEST_CASE("objects belong to their repository") {
    Hub hub;
    const auto id = hub.create("traces");
    hub.create("other");
    const auto oid = hub.upload_lfs("alice/other", std::string(2000, 'x'));
    REQUIRE(hub.commit(id, {lfs_op("a.bin", oid, 2000)}).status == 400);
    REQUIRE(hub.upload_lfs(id, std::string(2000, 'x')) == oid);
    REQUIRE(hub.commit(id, {lfs_op("a.bin", oid, 1999)}).status == 400);
    REQUIRE(hub.commit(id, {lfs_op("a.bin", oid, 2000)}).status == 200);
    hub.emulator.remove_repo(id);
    hub.create("traces");
    REQUIRE(hub.commit(id, {lfs_op("a.bin", oid, 2000)}).status == 400);
}

TEST_CASE("batch rights") {
    Hub hub;
    hub.create("traces");
    const json body = {{"operation", "upload"}, {"ref", {{"name", "main"}}}, {"objects", json::array()}};
    const std::string path = "/datasets/alice/traces.git/info/lfs/objects/batch";
    REQUIRE(hub.post(path, body, "").status == 401);
    REQUIRE(hub.post(path, body, "hf_bob").status == 403);
    REQUIRE(hub.post(path, {{"operation", "upload"}, {"objects", json::array()}}, "hf_bob").status == 200);
}
