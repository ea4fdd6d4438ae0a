#include "hub/dataset_paths.hpp"

#include "catch.hpp"
#include "opentraces/card/card.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/quality/summary.hpp"
#include "opentraces/shard/index.hpp"
#include "opentraces/shard/shard.hpp"

using namespace opentraces;

TEST_CASE("every file that commands write is of a dataset") {
    SeededIds ids(1);
    CHECK(hub::is_dataset_path(shard::shard_path(TimePoint{}, ids)));
    CHECK(hub::is_dataset_path(shard::index_path(1)));
    CHECK(hub::is_dataset_path(shard::index_path(99'999)));
    CHECK(hub::is_dataset_path(card::k_card_path));
    CHECK(hub::is_dataset_path(quality::k_quality_path));
    for (const char* path : {"README.before-reset.md", "dataset_infos.json", ".gitattributes"})
        CHECK(hub::is_dataset_path(path));
}

TEST_CASE("nothing else is of a dataset") {
    for (const char* path : {"", "data", "data/traces_.jsonl", "data/traces_a/b.jsonl", "data/traces_..jsonl",
                             "data/traces_a (1).jsonl", "data/traces_a.jsonl/", "/README.md", "./README.md",
                             "../README.md", "docs/README.md", "readme.md", "opentraces/index-1.jsonl",
                             "opentraces/index-0000a.jsonl", "opentraces/index-00001.jsonl~", ".git/config",
                             ".opentraces-dataset/journal.json", ".gitignore", "LICENSE"}) {
        INFO(path);
        CHECK_FALSE(hub::is_dataset_path(path));
    }
}

TEST_CASE("a shard's path means the same to whoever reads and to whoever writes") {
    for (const char* path : {"data/traces_a.jsonl", "data/traces_20260131T235959Z_0a1b2c3d.jsonl",
                             "data/traces_a-LAPTOP.jsonl", "data/traces_a (conflicted copy).jsonl",
                             "data/traces_a.sync-conflict-20260131-120000-ABCDEFG.jsonl",
                             "data/traces_a.jsonl~", "data/other.jsonl", "data/traces_\xc3\xa4.jsonl"}) {
        INFO(path);
        CHECK(hub::is_dataset_path(path) == shard::is_shard_path(path));
    }
}

TEST_CASE("what is read is more than what is written") {
    for (const char* path : {"README.md", "data", "data/sub/rows.parquet", "opentraces", "rows.jsonl",
                             "train/a.ndjson", "state.json", ".opentraces-dataset"}) {
        INFO(path);
        CHECK(hub::is_read_path(path));
    }
    for (const char* path : {"LICENSE", "docs", "docs/page.md", "database", "opentraces.txt"}) {
        INFO(path);
        CHECK_FALSE(hub::is_read_path(path));
    }
}
