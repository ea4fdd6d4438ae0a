// A dataset folder that somebody else has filled: it is read, never obeyed.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "catch.hpp"
#include "opentraces/json/writer.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;
namespace files = std::filesystem;

namespace {

using Words = std::vector<std::string>;

std::string other_session() {
    return files::path(fixture_session()).parent_path() / "1af7fc5e-8455-4414-9ccd-011d40f70b2a.jsonl";
}

// A dataset that was pushed by its author, and the home of somebody who has cloned it, with things to lose.
struct Clone {
    Clone() {
        bench.set("HOME", bench.path("author"));
        bench.set("OPENTRACES_HOME", bench.path("author/.opentraces"));
        bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--review-policy", "auto"});
        bench.expect(0, {"capture", fixture_session()});
        bench.expect(0, {"push", "--repo", dataset.string()});
        files::remove_all(state());
        bench.set("HOME", bench.home());
        bench.set("OPENTRACES_HOME", bench.home() / ".opentraces");
        files::create_directories(reader);
        bench.work_in(reader);
        bench.expect(0, {"init", "--no-hook", "--agent", "claude-code", "--review-policy", "auto"});
        bench.expect(0, {"capture", other_session()});
        bench.write(key, "private key");
        bench.write(startup, "export GOOD=1");
        bench.write(notes, "notes");
    }
    files::path state() const { return dataset / ".opentraces-dataset"; }
    void plant(const std::string& path, const std::string& text) { bench.write(dataset / path, text); }
    std::string shard() const {
        for (const auto& entry : files::directory_iterator(dataset / "data"))
            return "data/" + entry.path().filename().string();
        return {};
    }
    // Everything in a folder: where links lead to, and what files hold.
    static std::map<std::string, std::string> tree(const files::path& folder) {
        std::map<std::string, std::string> found;
        for (const auto& entry : files::recursive_directory_iterator(folder)) {
            const std::string name = entry.path().lexically_relative(folder).string();
            if (entry.is_symlink())
                found[name] = "-> " + files::read_symlink(entry.path()).string();
            else
                found[name] = entry.is_regular_file() ? Workbench::read(entry.path()) : "";
        }
        return found;
    }
    void check_nothing_lost() const {
        CHECK(Workbench::read(key) == "private key");
        CHECK(Workbench::read(startup) == "export GOOD=1");
        CHECK(Workbench::read(notes) == "notes");
    }

    Workbench bench;
    files::path dataset = bench.path("dataset");
    files::path reader = bench.path("reader");
    files::path key = bench.home() / ".ssh/id_ed25519";
    files::path startup = bench.home() / ".bashrc";
    files::path notes = bench.home() / "notes.txt";
};

// Commands that only read.
std::vector<Words> reading(const std::string& dataset) {
    return {{"verify", "--remote", dataset},
            {"pull", dataset, "-o", "pulled"},
            {"export", "--format", "atif", "--dataset", dataset, "-o", "exported"},
            {"import", dataset, "--dry-run"},
            {"assess", "--dataset", dataset, "--dry-run"},
            {"card", "--remote", dataset},
            {"push", "--repo", dataset, "--dry-run"}};
}

std::vector<Words> writing(const std::string& dataset) {
    return {{"index", "rebuild", "--remote", dataset},
            {"assess", "--dataset", dataset},
            {"card", "--write", "--remote", dataset},
            {"push", "--repo", dataset}};
}

std::string journal(const std::string& steps) {
    return R"({"format":"opentraces-journal","version":1,"writer":"0123456789abcdef","parent":"","steps":[)" +
           steps + R"(],"seal":")" + std::string(64, '0') + R"("})";
}

}  // namespace

TEST_CASE("hostile: a journal that came with a dataset moves, replaces and deletes nothing") {
    Clone clone;
    files::create_directories(clone.state() / "staging");
    clone.plant(".opentraces-dataset/staging/1", "evil");
    files::create_symlink("../../home", clone.dataset / "way");
    const std::string text = GENERATE(
        R"({"steps":[{"path":"stolen","staged":"../../../home/.ssh/id_ed25519"},)"
        R"({"path":"way/.bashrc","staged":"1"},{"path":"way/notes.txt","staged":""}]})",
        journal(R"({"path":"way/notes.txt","before":null,"after":{"size":5,"sha256":")" +
                std::string(64, '1') + R"("}})"),
        journal(R"({"path":"README.md","before":{"kept":"../../../home/.bashrc","size":1,"sha256":")" +
                std::string(64, '1') + R"("},"after":null})"),
        std::string("{\"steps\":["), std::string());
    clone.plant(".opentraces-dataset/journal.json", text);
    const auto before = Clone::tree(clone.dataset);
    for (const Words& words : reading(clone.dataset.string())) {
        const RunResult result = clone.bench.run(words);
        INFO(words[0] << ": " << result.err);
        CHECK(result.exit == 0);
        CHECK(result.err.find("has not finished") != std::string::npos);
        CHECK(Clone::tree(clone.dataset) == before);
        clone.check_nothing_lost();
    }
    for (const Words& words : writing(clone.dataset.string())) {
        const RunResult result = clone.bench.run(words);
        INFO(words[0] << ": " << result.out << result.err);
        auto after = Clone::tree(clone.dataset);
        after.erase(".opentraces-dataset/lock");
        after.erase(".opentraces-dataset/.gitignore");
        CHECK(after == before);
        clone.check_nothing_lost();
        if (result.exit == 0) continue;  // there was nothing to write
        CHECK(result.exit == 5);
        CHECK(result.err.find("journal") != std::string::npos);
    }
    CHECK(clone.bench.run({"push", "--repo", clone.dataset.string()}).exit == 5);
}

TEST_CASE("hostile: reading a dataset folder leaves no trace in it") {
    Clone clone;
    const auto before = Clone::tree(clone.dataset);
    for (const Words& words : reading(clone.dataset.string())) {
        INFO(words[0]);
        CHECK(clone.bench.run(words).exit == 0);
        CHECK(Clone::tree(clone.dataset) == before);
    }
}

TEST_CASE("hostile: links and special files in the place of a dataset's files are refused by name") {
    Clone clone;
    const std::string name =
        GENERATE("README.md", "data", "opentraces", "a shard", "opentraces/index-00001.jsonl", "quality.json",
                 ".opentraces-dataset", "data/rows.jsonl");
    const bool special = GENERATE(false, true);
    const std::string path = name == "a shard" ? clone.shard() : name;
    const files::path outside = clone.bench.path("outside");
    files::create_directories(clone.dataset.parent_path());
    if (files::exists(clone.dataset / path))
        files::rename(clone.dataset / path, outside);
    else if (name == ".opentraces-dataset")
        files::create_directories(outside);
    else
        clone.bench.write(outside, "private");
    if (special)
        REQUIRE(::mkfifo((clone.dataset / path).c_str(), 0600) == 0);
    else
        files::create_symlink(outside, clone.dataset / path);
    const auto before =
        files::is_directory(outside) ? Clone::tree(outside) : std::map<std::string, std::string>();
    const std::string dataset = clone.dataset.string();
    std::vector<Words> commands = {{"verify", "--remote", dataset},
                                   {"push", "--repo", dataset},
                                   {"push", "--repo", dataset, "--card-reset"}};
    if (name == "README.md") {
        for (const auto& more : {reading(dataset), writing(dataset)})
            commands.insert(commands.end(), more.begin(), more.end());
    }
    for (const Words& words : commands) {
        const RunResult result = clone.bench.run(words);
        INFO(path << (special ? " (FIFO), " : " (link), ") << words[0] << ": " << result.out << result.err);
        CHECK(result.exit == 5);
        CHECK(result.err.find((clone.dataset / path).string()) != std::string::npos);
        CHECK_FALSE(files::exists(clone.dataset / "README.before-reset.md"));
    }
    if (files::is_directory(outside)) CHECK(Clone::tree(outside) == before);
}

TEST_CASE("hostile: other links in a dataset folder are left out, and said") {
    Clone clone;
    files::create_symlink(clone.bench.home(), clone.dataset / "home");
    files::create_symlink("..", clone.dataset / "loop");
    REQUIRE(::mkfifo((clone.dataset / "pipe").c_str(), 0600) == 0);
    const RunResult result = clone.bench.expect(0, {"verify", "--remote", clone.dataset.string()});
    CHECK(result.err.find("3 links and special files") != std::string::npos);
}

TEST_CASE("hostile: what a folder says of its own files is not believed") {
    Clone clone;
    const std::string readme = Workbench::read(clone.dataset / "README.md");
    const json::Value honest =
        clone.bench.expect(0, {"verify", "--remote", clone.dataset.string(), "--json"}).json();
    struct stat about = {};
    REQUIRE(::stat((clone.dataset / clone.shard()).c_str(), &about) == 0);
    clone.plant(".opentraces-dataset/digests.json",
                R"({"files":{")" + clone.shard() + R"(":{"size":)" + std::to_string(about.st_size) +
                    R"(,"inode":)" + std::to_string(about.st_ino) + R"(,"modified_ns":)" +
                    std::to_string(about.st_mtim.tv_sec * 1'000'000'000LL + about.st_mtim.tv_nsec) +
                    R"(,"digest":")" + std::string(64, 'e') + R"("}}})");
    clone.bench.unset("OPENTRACES_HOME");
    clone.bench.set("HOME", clone.bench.path("fresh"));
    files::create_directories(clone.bench.path("fresh/project"));
    clone.bench.work_in(clone.bench.path("fresh/project"));
    clone.bench.expect(0, {"init", "--no-hook", "--agent", "claude-code"});
    const json::Value again =
        clone.bench.expect(0, {"verify", "--remote", clone.dataset.string(), "--json"}).json();
    CHECK(json::to_compact(again["head"]) == json::to_compact(honest["head"]));
}

TEST_CASE("hostile: a shard whose times were set back is read anew") {
    Clone clone;
    const files::path shard = clone.dataset / clone.shard();
    const auto long_ago = files::last_write_time(shard) - std::chrono::hours(1);
    files::last_write_time(shard, long_ago);
    clone.bench.expect(0, {"verify", "--remote", clone.dataset.string()});
    std::string text = Workbench::read(shard);
    text[text.find("\"steps\"") + 1] = 'S';
    clone.bench.write(shard, text);
    files::last_write_time(shard, long_ago);
    const RunResult result = clone.bench.run({"verify", "--remote", clone.dataset.string(), "--json"});
    CHECK(result.exit == 8);
    CHECK(result.out.find(clone.shard()) != std::string::npos);
}

TEST_CASE("hostile: a writer's bookkeeping keeps itself out of git") {
    Clone clone;
    clone.bench.expect(0, {"push", "--repo", clone.dataset.string()});
    CHECK(Workbench::read(clone.state() / ".gitignore") == "*\n");
    CHECK_FALSE(files::exists(clone.state() / "journal.json"));
    CHECK_FALSE(files::exists(clone.state() / "staging"));
}

TEST_CASE("hostile: conflicted copies of sync clients are named, and not counted") {
    Clone clone;
    const std::string shard = clone.shard();
    const std::string stem = shard.substr(0, shard.size() - 6);
    const std::string copy = GENERATE_COPY(
        stem + " (conflicted copy 2026-01-31).jsonl", stem + ".sync-conflict-20260131-120000-ABCDEFG.jsonl",
        stem + " (1).jsonl", stem + "-LAPTOP.jsonl", shard + "~", std::string("data/other.jsonl"));
    clone.plant(copy, Workbench::read(clone.dataset / shard));
    const json::Value report =
        clone.bench.expect(8, {"verify", "--remote", clone.dataset.string(), "--json"}).json();
    CHECK(report["shard_count"].integer() == 1);
    CHECK(report["trace_count"].integer() == 1);
    REQUIRE(report["problems"].if_array()->size() == 1);
    CHECK(report["problems"].at(0)["rule"].string_or() == "not_a_shard");
    CHECK(report["problems"].at(0)["path"].string_or() == copy);
    const RunResult pushed = clone.bench.expect(0, {"push", "--repo", clone.dataset.string()});
    CHECK(pushed.err.find(copy) != std::string::npos);
    const RunResult pulled = clone.bench.expect(0, {"pull", clone.dataset.string(), "-o", "pulled"});
    CHECK_FALSE(files::exists(clone.reader / "pulled" / copy));
}

TEST_CASE("hostile: an import leaves conflicted copies of shards out, and says so") {
    Clone clone;
    const std::string shard = clone.shard();
    const std::string stem = shard.substr(0, shard.size() - 6);
    for (const std::string& copy :
         {stem + " (1).jsonl", stem + ".sync-conflict-20260131-120000-ABCDEFG.jsonl"})
        clone.plant(copy, Workbench::read(clone.dataset / shard));
    const RunResult read = clone.bench.expect(0, {"import", clone.dataset.string(), "--dry-run", "--json"});
    CHECK(read.json()["files"].integer() == 1);
    CHECK(read.json()["rows"].integer() == 1);
    CHECK(read.err.find("2 files are copies of shards") != std::string::npos);
    CHECK(read.err.find(stem) != std::string::npos);
    // Of a shard that is lost they are all that there is.
    files::remove(clone.dataset / shard);
    const RunResult rest = clone.bench.expect(0, {"import", clone.dataset.string(), "--dry-run", "--json"});
    CHECK(rest.json()["files"].integer() == 2);
}
