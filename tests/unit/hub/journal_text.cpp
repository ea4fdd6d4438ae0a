// A journal speaks of a dataset's files and of staged files by number, or it is none.
#include "hub/journal_text.hpp"

#include "catch.hpp"

using namespace opentraces;
using namespace opentraces::hub;

namespace {

Journal sample() {
    Journal journal;
    journal.writer = std::string(16, 'a');
    journal.parent = "head";
    journal.seal = std::string(64, 'b');
    JournalStep step;
    step.path = "README.md";
    step.kept = "0";
    step.before = FileState{1, std::string(64, 'c')};
    step.after = FileState{2, std::string(64, 'd')};
    journal.steps = {step};
    return journal;
}

bool is_read(const Journal& journal) {
    return journal_from_text(to_text(journal)).has_value();
}

}  // namespace

TEST_CASE("journal: what was written is read back") {
    const auto journal = journal_from_text(to_text(sample()));
    REQUIRE(journal);
    CHECK(to_text(*journal) == to_text(sample()));
}

TEST_CASE("journal: paths that are not a dataset's make it none") {
    for (const std::string path : {"", "x", "../README.md", "/README.md", ".opentraces-dataset/lock",
                                   "data/../README.md", "data/rows.jsonl", "way/.bashrc"}) {
        INFO(path);
        Journal journal = sample();
        journal.steps[0].path = path;
        CHECK_FALSE(is_read(journal));
    }
}

TEST_CASE("journal: staged files have numbers, each its own") {
    for (const std::string kept : {"", "x", "../0", "/0", "00", "1e3", "-1", "1234567890"}) {
        INFO(kept);
        Journal journal = sample();
        journal.steps[0].kept = kept;
        CHECK_FALSE(is_read(journal));
    }
    Journal twice = sample();
    twice.steps.push_back(twice.steps[0]);
    CHECK_FALSE(is_read(twice));
    twice.steps[1].path = "quality.json";
    CHECK_FALSE(is_read(twice));
    twice.steps[1].kept = "1";
    CHECK(is_read(twice));
}

TEST_CASE("journal: a step that changes nothing, digests and ids that are none") {
    Journal journal = sample();
    SECTION("nothing before, nothing after") {
        journal.steps[0].before.reset();
        journal.steps[0].after.reset();
    }
    SECTION("a digest") {
        journal.steps[0].after->sha256 = std::string(63, 'd') + "g";
    }
    SECTION("a writer") {
        journal.writer = "A";
    }
    SECTION("a seal") {
        journal.seal.pop_back();
    }
    CHECK_FALSE(is_read(journal));
}

TEST_CASE("journal: other formats and versions are none") {
    std::string text = to_text(sample());
    SECTION("a later version") {
        text.replace(text.find("\"version\":1"), 11, "\"version\":2");
    }
    SECTION("another format") {
        text.replace(text.find("opentraces-journal"), 18, "opentraces-shopping");
    }
    SECTION("cut") {
        text.resize(text.size() / 2);
    }
    SECTION("nothing") {
        text.clear();
    }
    CHECK_FALSE(journal_from_text(text));
}
