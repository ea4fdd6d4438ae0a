#include "hub/commit_body.hpp"

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/core/digest.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

std::string all(net::BodySource& body, std::size_t piece) {
    std::string text;
    std::string buffer(piece, '\0');
    body.rewind();
    while (const std::size_t got = body.read(buffer.data(), buffer.size()))
        text.append(buffer, 0, got);
    return text;
}

}  // namespace

TEST_CASE("a commit's body is NDJSON of the announced length") {
    InMemoryDisk disk;
    disk.make_directories("/d", 0700);
    const auto size = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{(3 << 18) - 1},
                               std::size_t{3 << 18}, std::size_t{(3 << 18) + 1}, std::size_t{2'000'000});
    std::string content;
    while (content.size() < size)
        content += static_cast<char>('a' + content.size() % 26);
    disk.replace("/d/shard", content);
    hub::CommitRequest request;
    request.parent = "0123";
    request.summary = "Add \"1\" trace";
    hub::CommitBody body(disk, request);
    hub::FileChange card;
    card.path = "README.md";
    card.content = "card";
    body.add_regular(card);
    hub::FileChange shard;
    shard.path = "data/a.jsonl";
    shard.local_path = "/d/shard";
    shard.size = size;
    body.add_regular(shard);
    body.add_large("data/b.jsonl", "beef", 7);
    body.add_removal("old");
    const std::string expected =
        "{\"key\":\"header\",\"value\":{\"summary\":\"Add \\\"1\\\" "
        "trace\",\"description\":\"\",\"parentCommit\":\"0123\"}}\n"
        "{\"key\":\"file\",\"value\":{\"path\":\"README.md\",\"encoding\":\"base64\",\"content\":\"Y2FyZA=="
        "\"}}\n"
        "{\"key\":\"file\",\"value\":{\"path\":\"data/a.jsonl\",\"encoding\":\"base64\",\"content\":\"" +
        base64(content) +
        "\"}}\n"
        "{\"key\":\"lfsFile\",\"value\":{\"path\":\"data/"
        "b.jsonl\",\"algo\":\"sha256\",\"oid\":\"beef\",\"size\":7}}\n"
        "{\"key\":\"deletedFile\",\"value\":{\"path\":\"old\"}}\n";
    CHECK(body.size() == expected.size());
    CHECK(all(body, 1000) == expected);
    CHECK(all(body, 65'536) == expected);
}

TEST_CASE("a file that became shorter ends the request") {
    InMemoryDisk disk;
    disk.make_directories("/d", 0700);
    disk.replace("/d/shard", "short");
    hub::CommitBody body(disk, {});
    hub::FileChange shard;
    shard.path = "data/a.jsonl";
    shard.local_path = "/d/shard";
    shard.size = 100;
    body.add_regular(shard);
    CHECK(error_from([&] { all(body, 1000); }).code() == ErrorCode::DiskFailed);
}
