// Whose a file is, and of which project a session is.
#include "catch.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

std::string session_in(const std::string& directory) {
    std::string text = user("u1", "", "hello") + reply("a1", "u1", "m1", call("t1", "Bash", "{}")) +
                       result("r1", "a1", "t1", "ok");
    for (std::size_t at = text.find("/home/me/app"); at != std::string::npos;
         at = text.find("/home/me/app", at + directory.size()))
        text.replace(at, 12, directory);
    return text;
}

Environment home() {
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    return environment;
}

struct Captured {
    std::size_t own = 0;
    std::size_t others = 0;
    bool operator==(const Captured&) const = default;
};

// One session that began in `directory`, in the folder that Claude Code has for /home/me/my.app.
Captured of_project(InMemoryDisk& disk, const std::string& directory,
                    const std::string& folder = "-home-me-my-app") {
    put(disk, "/home/me/.claude/projects/" + folder + "/s.jsonl", session_in(directory));
    capture::Sources sources(disk);
    const capture::Agent* const agents[] = {capture::find_agent("claude-code")};
    const auto found = capture::discover_project("/home/me/my.app", agents, home(), sources);
    return {found.sessions.size(), found.other_projects};
}

std::string fingerprint(InMemoryDisk& disk) {
    capture::Sources sources(disk);
    const auto found = capture::discover("/p", capture::agents(), sources).sessions;
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].session.fingerprint.empty());
    return found[0].session.fingerprint;
}

}  // namespace

TEST_CASE("discovery: a project gets its own sessions and nobody else's", "[capture]") {
    for (const std::string directory : {"/home/me/my.app", "/home/me/my.app/src/deep"}) {
        INFO(directory);
        InMemoryDisk disk;
        CHECK(of_project(disk, directory) == Captured{1, 0});
    }
    // The same folder of sessions, for both dots and dashes are dashes in its name.
    for (const std::string directory : {"/home/me/my-app", "/home/me/my.app/../my-app"}) {
        INFO(directory);
        InMemoryDisk disk;
        CHECK(of_project(disk, directory) == Captured{0, 1});
    }
    // A project that was renamed: nobody else has this folder.
    InMemoryDisk disk;
    CHECK(of_project(disk, "/home/me/old-name") == Captured{1, 0});
}

namespace {

// Sessions of Claude Code that began in `directory`, in the folder that it has for that, found for the
// project /home/me/my.app.
std::size_t found_from(InMemoryDisk& disk, const std::string& directory) {
    std::string folder = directory;
    for (char& c : folder)
        if (c == '/' || c == '.') c = '-';
    return of_project(disk, directory, folder).own;
}

void add_worktree(InMemoryDisk& disk, const std::string& name, const std::string& root,
                  const std::string& back) {
    const std::string entry = "/home/me/my.app/.git/worktrees/" + name;
    put(disk, entry + "/gitdir", root + "/.git\n");
    put(disk, root + "/.git", "gitdir: " + back + "\n");
}

}  // namespace

TEST_CASE("discovery: sessions that began in a folder below the project are its own", "[capture]") {
    InMemoryDisk disk;
    CHECK(found_from(disk, "/home/me/my.app/src/deep") == 1);
    CHECK(found_from(disk, "/home/me/my.app-two") ==
          1);  // still the one: the same beginning, another project
    CHECK(found_from(disk, "/home/me") == 1);
    // A project of its own lies there.
    put(disk, "/home/me/my.app/sub/.opentraces/config.json", "{}");
    CHECK(found_from(disk, "/home/me/my.app/sub") == 1);
    CHECK(found_from(disk, "/home/me/my.app/sub/below") == 1);
    CHECK(found_from(disk, "/home/me/my.app/other") == 2);
}

TEST_CASE("discovery: sessions of linked worktrees are the project's, where each names the other",
          "[capture]") {
    const std::string entries = "/home/me/my.app/.git/worktrees/";
    {
        InMemoryDisk disk;
        add_worktree(disk, "fix", "/home/me/trees/fix", entries + "fix");
        CHECK(found_from(disk, "/home/me/trees/fix") == 1);
        CHECK(found_from(disk, "/home/me/trees/fix/src") == 2);
        CHECK(found_from(disk, "/home/me/trees/fixes") == 2);
        put(disk, "/home/me/trees/fix/src/.opentraces/config.json", "{}");
        CHECK(found_from(disk, "/home/me/trees/fix/src") == 1);
        put(disk, "/home/me/trees/fix/.opentraces/config.json", "{}");
        CHECK(found_from(disk, "/home/me/trees/fix") == 0);
    }
    InMemoryDisk disk;
    // Named by the repository alone: of another repository, no pointer, no worktree at all, nothing there.
    add_worktree(disk, "foreign", "/home/me/foreign", "/home/me/else/.git/worktrees/foreign");
    put(disk, "/home/me/else/.git/worktrees/foreign/gitdir", "/home/me/foreign/.git\n");
    put(disk, entries + "folder/gitdir", "/home/me/folder/.git\n");
    put(disk, "/home/me/folder/.git/config", "[core]\n");
    add_worktree(disk, "long", "/home/me/long", entries + "long" + std::string(5000, ' '));
    put(disk, entries + "gone/gitdir", "/home/me/gone/.git\n");
    put(disk, entries + "name/gitdir", "/home/me/name\n");
    for (const char* directory :
         {"/home/me/foreign", "/home/me/folder", "/home/me/long", "/home/me/gone", "/home/me/name"}) {
        INFO(directory);
        CHECK(found_from(disk, directory) == 0);
    }
    // Paths may be relative to where they stand.
    put(disk, entries + "near/gitdir", "../../../../near/.git\n");
    put(disk, "/home/me/near/.git", "gitdir: ../my.app/.git/worktrees/near\n");
    CHECK(found_from(disk, "/home/me/near") == 1);
}

TEST_CASE("discovery: worktrees beyond the first hundred are counted", "[capture]") {
    InMemoryDisk disk;
    const std::string entries = "/home/me/my.app/.git/worktrees/";
    for (int i = 0; i < 103; ++i) {
        const std::string name = "tree" + std::to_string(i);
        add_worktree(disk, name, "/home/me/trees/" + name, entries + name);
    }
    capture::Sources sources(disk);
    const auto found = capture::discover_project("/home/me/my.app", capture::agents(), home(), sources);
    CHECK(found.worktrees_left_out == 3);
}

TEST_CASE("discovery: a file belongs to the agent that knows its lines", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/p/a.jsonl", session_in("/home/me/app"));
    put(disk, "/p/rows.jsonl", "{\"a\":1}\n");
    put(disk, "/p/notes.txt", "hello");
    capture::Sources sources(disk);
    const auto found = capture::discover("/p", capture::agents(), sources).sessions;
    REQUIRE(found.size() == 2);
    CHECK(found[0].agent->name == "claude-code");
    CHECK(found[0].session.project == "/home/me/app");
    // Nobody's: still named, so that it is not left out in silence.
    CHECK(found[1].session.locator == "/p/rows.jsonl");
    CHECK(found[1].session.fingerprint.empty());
    CHECK(found[1].agent->read(found[1].session, sources).verdict == capture::ParseVerdict::Refused);
}

TEST_CASE("discovery: the fingerprint is another when any file of the session is", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/p/s.jsonl", session_in("/home/me/app"));
    std::string before = fingerprint(disk);
    CHECK(fingerprint(disk) == before);
    for (const std::string path :
         {"/p/s.jsonl", "/p/s/subagents/agent-a.jsonl", "/p/s/subagents/agent-a.meta.json",
          "/p/s/subagents/workflows/r/agent-b.jsonl", "/p/agent-c.jsonl", "/p/agents/agent-d.jsonl"}) {
        INFO(path);
        put(disk, path, session_in("/home/me/app") + path);
        const std::string after = fingerprint(disk);
        CHECK(after != before);
        before = after;
    }
    put(disk, "/p/notes.txt", "not of the session");
    CHECK(fingerprint(disk) == before);
}
