#include "opentraces/shard/index.hpp"

#include "catch.hpp"
#include "opentraces/core/error.hpp"
#include "records.hpp"

using namespace opentraces;
using namespace opentraces::shard;
using namespace opentraces::shard::testing;

namespace {

IndexEntry entry_of(RandomRecords& random, const std::string& name, int traces = 3) {
    std::string text;
    for (int i = 0; i < traces; ++i)
        text += random.line() + "\n";
    IndexEntry entry;
    entry.summary = summarise(source_of(text), "data/traces_" + name + ".jsonl");
    return entry;
}

ListedFile listed(const IndexEntry& entry) {
    return {entry.summary.path, entry.summary.size, entry.summary.sha256};
}

Index read_index(const std::vector<IndexFile>& files) {
    Index index;
    for (const IndexFile& file : files)
        index.read(file.path, file.content);
    return index;
}

std::string refusal(const std::vector<IndexFile>& files) {
    try {
        read_index(files);
    } catch (const Error& error) {
        CHECK((error.code() == ErrorCode::CorruptDataset || error.code() == ErrorCode::NewerSchema));
        return error.message();
    }
    return "";
}

}  // namespace

TEST_CASE("index paths are no data paths") {
    CHECK(index_path(1) == "opentraces/index-00001.jsonl");
    CHECK(is_index_path(index_path(12345)));
    CHECK_FALSE(is_index_path("opentraces/index.jsonl"));
    CHECK_FALSE(is_index_path("opentraces/index-0000x.jsonl"));
    CHECK_FALSE(is_shard_path(index_path(1)));
}

TEST_CASE("an index comes back as it was written, in several appends") {
    RandomRecords random(1);
    IndexEntry a = entry_of(random, "a");
    a.scan = ScanReceipt{"1.0.0", std::string(64, 'f'), {{"github_token", 2}}, {{"phone_number", 1}}};
    a.scores = *json::parse(R"({"s":{"training":[1,2.5]}})").if_object();
    const IndexEntry b = entry_of(random, "b", 0);
    Index index;
    CHECK(index.changed_files().empty());
    index.append(a);
    const std::vector<IndexFile> first = index.changed_files();
    REQUIRE(first.size() == 1);
    CHECK(first[0].path == index_path(1));

    Index second = read_index(first);
    CHECK(second.changed_files().empty());
    second.append(a);
    CHECK(second.changed_files().empty());
    second.append(b);
    const std::vector<IndexFile> both = second.changed_files();
    REQUIRE(both.size() == 1);
    CHECK(both[0].content.starts_with(first[0].content));

    // A client that knows the first part reads only the rest.
    Index tail = read_index(first);
    tail.read(both[0].path, std::string_view(both[0].content).substr(first[0].content.size()));
    for (const Index& read : {read_index(both), tail}) {
        REQUIRE(read.entries().size() == 2);
        CHECK(*read.find(a.summary.path) == a);
        CHECK(*read.find(b.summary.path) == b);
        DatasetStats expected = a.summary.stats;
        expected.merge(b.summary.stats);
        CHECK(read.totals() == expected);
    }
    CHECK(entry_from_text(to_text(a)) == a);
    CHECK_THROWS_AS(entry_from_text("[]"), Error);
    CHECK_THROWS_AS(entry_from_text("{"), Error);
}

TEST_CASE("lines of older versions have no ids, and older programs do not mind those of ours") {
    RandomRecords random(7);
    const IndexEntry entry = entry_of(random, "a");
    CHECK(entry.summary.has_ids());
    IndexEntry old = entry;
    old.summary.ids = {};
    CHECK_FALSE(old.summary.has_ids());
    CHECK(to_text(old).find("\"ids\"") == std::string::npos);
    CHECK(entry_from_text(to_text(old)) == old);
    CHECK(describes(old.summary, entry.summary));
    CHECK(describes(entry.summary, entry.summary));
    IndexEntry other = entry;
    other.summary.ids = TraceKeys::from_bytes(std::string(entry.summary.ids.bytes().size(), 'x'));
    CHECK_FALSE(describes(other.summary, entry.summary));
    old.summary.stats.steps += 1;
    CHECK_FALSE(describes(old.summary, entry.summary));
    // The format says version 1 as before: members that a reader does not know are ignored.
    std::string text = to_text(entry);
    text.insert(text.find("\"ids\""), "\"later_member\":[1],");
    CHECK(entry_from_text(text) == entry);
    CHECK(rebuild_index({entry})[0].content.find("\"version\":1,") != std::string::npos);
}

TEST_CASE("lines of older versions have no marks: of their traces they are unknown, never none") {
    RandomRecords random(7);
    const IndexEntry entry = entry_of(random, "a");
    CHECK(entry.summary.has_marks());
    CHECK(entry_from_text(to_text(entry)) == entry);
    IndexEntry old = entry;
    old.summary.stats.marks = {};
    CHECK_FALSE(old.summary.has_marks());
    CHECK(to_text(old).find("\"marks\"") == std::string::npos);
    CHECK(entry_from_text(to_text(old)) == old);
    CHECK(describes(old.summary, entry.summary));
    IndexEntry other = entry;
    ++other.summary.stats.marks.texts_cut;
    CHECK_FALSE(describes(other.summary, entry.summary));
    Index index;
    index.append(old);
    index.append(entry_of(random, "b"));
    CHECK(index.totals().traces == 6);
    CHECK(index.totals().marks.known == 3);
    // What says more of itself goes in the place of what says less.
    index.append(entry);
    CHECK(index.totals().marks.known == 6);
}

TEST_CASE("a later line replaces an earlier one of the same shard") {
    RandomRecords random(2);
    const IndexEntry old_entry = entry_of(random, "a");
    const IndexEntry new_entry = entry_of(random, "a");
    Index index;
    index.append(old_entry);
    index.append(new_entry);
    const Index read = read_index(index.changed_files());
    CHECK(read.entries().size() == 1);
    CHECK(*read.find(old_entry.summary.path) == new_entry);
}

TEST_CASE("full files are left alone and the next line starts a new one") {
    RandomRecords random(3);
    std::vector<IndexEntry> entries;
    for (int i = 0; i < 4; ++i) {
        entries.push_back(entry_of(random, std::to_string(i), 1));
        const std::string digests(32 * 9000, static_cast<char>('0' + i));
        entries.back().summary.hashes = HashList::from_bytes(digests);
        entries.back().summary.stats.traces = 9000;
    }
    const std::vector<IndexFile> files = rebuild_index(entries);
    REQUIRE(files.size() == 2);
    Index index = read_index(files);
    CHECK(index.entries().size() == 4);
    index.append(entry_of(random, "z"));
    REQUIRE(index.changed_files().size() == 1);
    CHECK(index.changed_files()[0].path == index_path(3));
    CHECK(refusal({files[1]}) ==
          "opentraces/index-00002.jsonl: is out of place: the file before it is missing");
    CHECK(refusal({files[0], {index_path(2), files[0].content}}) ==
          "opentraces/index-00002.jsonl:1: does not continue the line before it");
}

TEST_CASE("the index is held against the listing and never believed over it") {
    RandomRecords random(4);
    const IndexEntry a = entry_of(random, "a");
    const IndexEntry b = entry_of(random, "b");
    const IndexEntry c = entry_of(random, "c");
    const IndexEntry d = entry_of(random, "d");
    Index index;
    for (const IndexEntry& entry : {a, b, c})
        index.append(entry);
    ListedFile by_blob = listed(a);
    by_blob.digest = a.summary.git_blob;
    ListedFile changed = listed(b);
    changed.digest = d.summary.sha256;
    const IndexCheck check =
        index.reconcile({by_blob, changed, listed(d), {"README.md", 5, "x"}, {index_path(1), 5, "x"}});
    CHECK_FALSE(check.complete());
    REQUIRE(check.unknown.size() == 1);
    CHECK(check.unknown[0].path == d.summary.path);
    REQUIRE(check.contradicted.size() == 1);
    CHECK(check.contradicted[0].path == b.summary.path);
    CHECK(check.gone == std::vector<std::string>{c.summary.path});
    CHECK(index.totals() == a.summary.stats);
    index.append(b);
    index.append(d);
    CHECK(read_index(index.changed_files()).entries().size() == 4);  // c again, until it is reconciled
}

TEST_CASE("an index that was tampered with is refused with its line") {
    RandomRecords random(5);
    const std::vector<IndexFile> files = rebuild_index({entry_of(random, "a"), entry_of(random, "b")});
    const std::string& good = files[0].content;
    const std::size_t second = good.find('\n') + 1;
    const std::size_t third = good.find('\n', second) + 1;
    CHECK(refusal(files).empty());
    const auto with_content = [&](std::string content) {
        return refusal({{files[0].path, std::move(content)}});
    };
    CHECK(with_content("").find("does not end with a complete line") != std::string::npos);
    CHECK(with_content(good.substr(0, good.size() - 1)).find("complete line") != std::string::npos);
    CHECK(with_content(good.substr(second)).find(":1: does not continue") != std::string::npos);
    CHECK(with_content(good.substr(0, second) + good.substr(third)).find(":2: does not continue") !=
          std::string::npos);
    CHECK(with_content(good + good.substr(third)).find(":4: does not continue") != std::string::npos);
    CHECK(with_content(good + "\n").find(":4: is not a line") != std::string::npos);
    for (std::size_t at = 0; at < good.size(); at += 7) {
        std::string damaged = good;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        CAPTURE(at);
        CHECK_FALSE(with_content(damaged).empty());
    }
}

TEST_CASE("whole lines of a damaged index are saved") {
    RandomRecords random(6);
    const IndexEntry a = entry_of(random, "a");
    const IndexEntry b = entry_of(random, "b");
    std::string text = rebuild_index({a, b})[0].content;
    CHECK(salvage_entries(text) == std::vector<IndexEntry>{a, b});
    text[text.find("data/traces_a") + 12] = 'x';
    CHECK(salvage_entries("\n" + text + "junk") == std::vector<IndexEntry>{b});
}
