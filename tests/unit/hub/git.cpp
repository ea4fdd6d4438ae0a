#include "catch.hpp"
#include "hub/git_attributes.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/hub/git_tree.hpp"

using namespace opentraces;
using namespace opentraces::hub;

namespace {

RemoteFile regular(const std::string& path, const std::string& content) {
    RemoteFile file;
    file.path = path;
    file.size = content.size();
    file.digest = git_blob_id(content);
    return file;
}

}  // namespace

TEST_CASE("a folder's id is git's") {
    // git mktree with these entries, git 2.39.
    CHECK(git_tree_id({}) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    CHECK(git_tree_id({regular("a.txt", "hello\n")}) == "2e81171448eb9f2ee3821e3d447aa6b2fe3ddba1");
}

TEST_CASE("folders sort as if they ended in a slash") {
    RemoteFile folder;
    folder.path = "x/a";
    folder.folder = true;
    folder.digest = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const RemoteFile dashed = regular("x/a-b", "");
    const RemoteFile dotted = regular("x/a.b", "");
    CHECK(git_tree_id({folder, dashed, dotted}) == git_tree_id({dotted, folder, dashed}));
    folder.digest.clear();
    CHECK_FALSE(git_tree_id({folder}));
}

TEST_CASE("a large file counts as its pointer") {
    RemoteFile large;
    large.path = "a.jsonl";
    large.large = true;
    large.size = 5;
    large.digest = sha256_hex("12345");
    const std::string pointer = lfs_pointer(large.digest, large.size);
    CHECK(pointer == "version https://git-lfs.github.com/spec/v1\noid sha256:" + large.digest + "\nsize 5\n");
    CHECK(git_tree_id({large}) == git_tree_id({regular("a.jsonl", pointer)}));
}

TEST_CASE("the shards' attributes line is added once") {
    const std::string first = with_shard_attributes("*.bin filter=lfs diff=lfs merge=lfs -text");
    CHECK(first ==
          "*.bin filter=lfs diff=lfs merge=lfs -text\ndata/**/*.jsonl filter=lfs diff=lfs merge=lfs -text\n");
    CHECK(covers_shards(first));
    CHECK_FALSE(covers_shards(""));
    CHECK_FALSE(covers_shards("*.bin filter=lfs\n"));
    CHECK(covers_shards("*.jsonl filter=lfs diff=lfs merge=lfs -text\n"));
    CHECK_FALSE(covers_shards("*.jsonl filter=lfs\n*.jsonl text\n"));
    CHECK_FALSE(covers_shards("data/one.jsonl filter=lfs\n"));
    CHECK_FALSE(covers_shards("# data/**/*.jsonl filter=lfs\n"));
}
