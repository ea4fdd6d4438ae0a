#include "catch.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_low = "11111111-1111-4111-8111-111111111111";
const std::string k_high = "22222222-2222-4222-8222-222222222222";

// The lines of a session with this id, said in that minute.
std::string told(std::string text, const std::string& id, int minute) {
    const auto replace = [&text](const std::string& from, const std::string& to) {
        for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    };
    replace("T00:00:",
            minute < 10 ? "T00:0" + std::to_string(minute) + ":" : "T00:" + std::to_string(minute) + ":");
    replace(k_session, id);
    return text;
}

// What the program notes between the lines.
std::string noted(const std::string& id, int minute) {
    return told(
        R"({"type":"queue-operation","operation":"dequeue","timestamp":"2026-01-01T00:00:00.000Z","sessionId":")" +
            k_session + "\"}\n",
        id, minute);
}

std::string shared(const std::string& id, const std::string& between = {}) {
    return told(user("u1", "", "please list") + reply("a1", "u1", "m1", call("t1", "Bash", "{}"), 7), id, 1) +
           between + told(result("u2", "a1", "t1", "a.txt"), id, 2);
}

std::string own(const std::string& name, const std::string& id, int minute) {
    return told(reply(name, "u2", "m-" + name, text_block(name)), id, minute);
}

struct Disk {
    InMemoryDisk disk;
    std::string folder_of_old = "/c/projects/-home-me-app/";
    std::string folder_of_fork = "/c/projects/-home-me-app/";

    // Is the shared reply left to the other session?
    bool is_marked(const std::string& id, const std::string& folder) {
        const auto parsed = capture::find_agent("claude-code")->read_from(folder + id + ".jsonl", disk);
        REQUIRE(parsed.record);
        const json::Value* const copied = parsed.record->metadata.find("opentraces_copied");
        CHECK((copied != nullptr) == (parsed.report.copied_replies == 1));
        return copied != nullptr;
    }
};

// How both look as time goes on: the old one alone, with the fork, after the fork has gone on, and after the
// old one has.
struct Growth {
    std::string old_id;
    std::string fork_id;
    std::string old_begin;
    std::string fork_begin;
    std::string old_between;
    bool told_apart_at_once = true;  // else when one of them has gone on
};

// Whichever moment each of them is read at, the reply counts once.
void check_growth(const Growth& growth, Disk place) {
    std::vector<int> marks_of_old;
    std::vector<int> marks_of_fork;
    for (int moment = 0; moment < 4; ++moment) {
        put(place.disk, place.folder_of_old + growth.old_id + ".jsonl",
            growth.old_begin + shared(growth.old_id, growth.old_between) +
                (moment > 2 ? own("b1", growth.old_id, 9) : ""));
        if (moment > 0) {
            put(place.disk, place.folder_of_fork + growth.fork_id + ".jsonl",
                growth.fork_begin + shared(growth.fork_id) +
                    (moment > 1 ? own("c1", growth.fork_id, 8) : ""));
        }
        if (moment == 1 && !growth.told_apart_at_once) continue;
        marks_of_old.push_back(place.is_marked(growth.old_id, place.folder_of_old) ? 1 : 0);
        if (moment > 0)
            marks_of_fork.push_back(place.is_marked(growth.fork_id, place.folder_of_fork) ? 1 : 0);
    }
    for (const int old : marks_of_old)
        for (const int fork : marks_of_fork)
            CHECK(old + fork == 1);
}

}  // namespace

TEST_CASE("forks: what both hold counts once, whoever goes on and whenever each is read", "[capture]") {
    const auto check = [](Growth growth) {
        check_growth(growth, {});
        std::swap(growth.old_id, growth.fork_id);
        const auto rename = [](std::string& text, const std::string& id) {
            if (!text.empty()) text = noted(id, text.find("T00:00:") != std::string::npos ? 0 : 7);
        };
        rename(growth.old_begin, growth.old_id);
        rename(growth.fork_begin, growth.fork_id);
        check_growth(growth, {});
    };
    SECTION("both tell when they were begun") {
        check({k_low, k_high, noted(k_low, 0), noted(k_high, 7), {}});
    }
    SECTION("the fork tells that it was begun after what it holds") {
        check({k_low, k_high, {}, noted(k_high, 7), {}});
    }
    SECTION("the old one tells that it was begun before") {
        check({k_low, k_high, noted(k_low, 0), {}, {}});
    }
    SECTION("the old one's notes stand between its lines") {
        check({k_low, k_high, {}, {}, noted(k_low, 1)});
    }
    SECTION("nothing tells, but that the fork went on when the old one had not") {
        check({k_low, k_high, {}, {}, {}, false});
    }
}

TEST_CASE("forks: of two files that hold the same, and nothing else, one is the copy", "[capture]") {
    Disk place;
    for (const std::string& id : {k_low, k_high})
        put(place.disk, place.folder_of_old + id + ".jsonl", shared(id));
    CHECK_FALSE(place.is_marked(k_low, place.folder_of_old));
    CHECK(place.is_marked(k_high, place.folder_of_old));
}

TEST_CASE("forks: the copy names the session, and what it has from it", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/p/" + k_low + ".jsonl", noted(k_low, 0) + shared(k_low));
    put(disk, "/p/" + k_high + ".jsonl", noted(k_high, 7) + shared(k_high) + own("c1", k_high, 8));
    const auto parsed = capture::find_agent("claude-code")->read_from("/p/" + k_high + ".jsonl", disk);
    const json::Value& copied = *parsed.record->metadata.find("opentraces_copied");
    CHECK(copied["sessions"].at(0).string_or() == k_low);
    CHECK(copied["replies"].integer() == 1);
    CHECK(copied["output_tokens"].integer() == 7);
    CHECK(copied["cache_read_tokens"].integer() == 30);
    // A session that only lies beside it has nothing of it.
    put(disk, "/p/" + k_high + ".jsonl", told(user("x1", "", "hi"), k_high, 0) + shared(k_high));
    const auto other = capture::find_agent("claude-code")->read_from("/p/" + k_high + ".jsonl", disk);
    CHECK(other.record->metadata.find("opentraces_copied") == nullptr);
    CHECK(other.report.alike_sessions == 0);
}

TEST_CASE("forks: other working folders of the agent are looked through, other places are not", "[capture]") {
    Disk worktree;
    worktree.folder_of_fork = "/c/projects/-tmp-worktree/";
    check_growth({k_low, k_high, noted(k_low, 0), noted(k_high, 7), {}}, std::move(worktree));
    Disk elsewhere;
    put(elsewhere.disk, "/c/kept/a/" + k_low + ".jsonl", noted(k_low, 0) + shared(k_low));
    put(elsewhere.disk, "/c/kept/b/" + k_high + ".jsonl", noted(k_high, 7) + shared(k_high));
    CHECK_FALSE(elsewhere.is_marked(k_high, "/c/kept/b/"));
    // The same session under two folders is no fork of itself.
    Disk moved;
    put(moved.disk, "/c/projects/a/" + k_low + ".jsonl", noted(k_low, 0) + shared(k_low));
    put(moved.disk, "/c/projects/b/" + k_low + ".jsonl", noted(k_low, 7) + shared(k_low));
    CHECK_FALSE(moved.is_marked(k_low, "/c/projects/b/"));
}
