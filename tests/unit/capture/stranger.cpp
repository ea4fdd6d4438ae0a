// Files that nobody who was asked for recognises: somebody else's, nobody's, or broken.
#include "opentraces/capture/stranger.hpp"

#include "catch.hpp"
#include "doubles/codex_rollout.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// "codex", "nobody's" or "" for what a reader is to say, when agents of these names are asked for; none: all.
std::string whose(const std::string& path, const std::string& bytes,
                  const std::vector<std::string>& names = {}) {
    InMemoryDisk disk;
    put(disk, path, bytes);
    std::vector<const capture::Agent*> asked;
    for (const std::string& name : names)
        asked.push_back(capture::find_agent(name));
    if (asked.empty()) asked.assign(capture::agents().begin(), capture::agents().end());
    capture::Sources sources(disk);
    const capture::Stranger stranger = capture::look_at_stranger(path, asked, sources);
    if (stranger.owner != nullptr) return std::string(stranger.owner->name);
    return stranger.nobodys ? "nobody's" : "";
}

}  // namespace

TEST_CASE("strangers: a file of an agent that was not asked for is that agent's", "[capture]") {
    CHECK(whose("/p/b.jsonl", rollout_in("/home/me/app"), {"claude-code"}) == "codex");
    CHECK(whose("/p/whatever.it.is", rollout_in("/home/me/app"), {"claude-code", "gemini"}) == "codex");
}

TEST_CASE("strangers: JSON that no agent knows is nobody's, unless one reader alone can say more",
          "[capture]") {
    const std::string document = "{\n \"a\": 1\n}\n";
    CHECK(whose("/p/a.jsonl", "{\"a\":1}\n") == "nobody's");
    CHECK(whose("/p/a.json", document) == "nobody's");
    CHECK(whose("/p/a.db", std::string("SQLite format 3\0", 16)) == "nobody's");
    CHECK(whose("/p/a.jsonl", "{\"a\":1}\n", {"claude-code", "codex"}) == "nobody's");
    CHECK(whose("/p/a.jsonl", "{\"a\":1}\n", {"claude-code"}).empty());
    CHECK(whose("/p/a.traj", document).empty());
    // What is broken has a line.
    CHECK(whose("/p/a.jsonl", "{\"a\":").empty());
    CHECK(whose("/p/a.json", "{\n \"a\": 1,\n").empty());
    CHECK(whose("/p/a.jsonl", "").empty());
}
