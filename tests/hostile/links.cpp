// Every entry of the folders that others may have filled, planted as a link: whatever command runs, what the
// link leads to stays as it is, and nothing is made behind it.
#include <sys/stat.h>
#include <sys/time.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "catch.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;
namespace stdfs = std::filesystem;

namespace {

using Command = std::vector<std::string>;
constexpr auto k_as_it_is = stdfs::copy_options::recursive | stdfs::copy_options::copy_symlinks;

// Path to kind, mode and bytes, of everything in a folder.
using State = std::map<std::string, std::string>;

State state_of(const stdfs::path& folder) {
    State state;
    for (const auto& entry : stdfs::recursive_directory_iterator(folder)) {
        struct stat about = {};
        REQUIRE(::lstat(entry.path().c_str(), &about) == 0);
        std::string& value = state[entry.path().string()];
        value = std::to_string(about.st_mode) + " ";
        if (S_ISREG(about.st_mode)) value += Workbench::read(entry.path());
    }
    return state;
}

std::string changed(const State& before, const State& now) {
    std::string names;
    for (const auto& [path, value] : before) {
        const auto found = now.find(path);
        if (found == now.end()) names += "gone: " + path + "\n";
        if (found != now.end() && found->second != value) names += "changed: " + path + "\n";
    }
    for (const auto& [path, value] : now)
        if (before.count(path) == 0) names += "new: " + path + "\n";
    return names;
}

void make_old(const stdfs::path& path) {
    const timeval long_ago[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    REQUIRE(::utimes(path.c_str(), long_ago) == 0);
}

// A project with a trace, a dataset folder that others push to, a pulled copy, and a home that was used.
class Scene {
public:
    Scene() : m_outside(bench.path("outside")) {
        stdfs::create_directories(bench.path("other"));
        bench.work_in(bench.path("other"));
        bench.expect(0, {"init", "--no-hook", "--remote", dataset(), "--review-policy", "auto"});
        bench.expect(0, {"capture", testing::fixture_session()});
        bench.expect(0, {"push"});
        bench.work_in(bench.project());
        bench.expect(0, {"init", "--no-hook", "--remote", dataset()});
        bench.expect(0, {"capture", testing::fixture_session()});
        id = bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or();
        bench.expect(0, {"pull", dataset(), "-o", pulled()});
        for (const auto& entry : stdfs::directory_iterator(bench.path("dataset/data")))
            shard = entry.path().filename();
        stdfs::create_directories(bench.path("saved"));
        for (const stdfs::path& root : roots())
            stdfs::copy(root, saved(root), k_as_it_is);
        stdfs::create_directories(m_outside);
    }

    std::string dataset() const { return bench.path("dataset").string(); }
    std::string pulled() const { return bench.path("pulled").string(); }

    // As after the constructor. The folders stay the same ones, because a project is registered by its inode.
    void restore() {
        const bool removed = !stdfs::exists(stdfs::symlink_status(roots().front()));
        for (const stdfs::path& root : roots()) {
            if (stdfs::is_symlink(root)) {
                stdfs::remove(root);
                stdfs::rename(original(), root);
            }
            stdfs::create_directories(root);
            for (const auto& entry : stdfs::directory_iterator(root))
                stdfs::remove_all(entry.path());
            for (const auto& entry : stdfs::directory_iterator(saved(root)))
                stdfs::copy(entry.path(), root / entry.path().filename(), k_as_it_is);
        }
        stdfs::remove_all(m_outside);
        stdfs::create_directories(m_outside);
        if (removed) register_again();
        // Otherwise nothing below would get as far as the link.
        bench.expect(0, {"status"});
    }

    // What was there, or something like it, lies outside now, open to everybody, and a link leads to it.
    void plant(const stdfs::path& path, bool is_folder) {
        stdfs::create_directories(path.parent_path());
        if (stdfs::exists(stdfs::symlink_status(path)))
            stdfs::rename(path, original());
        else if (is_folder)
            stdfs::create_directories(original());
        else
            bench.write(original(), "{}\n");
        if (is_folder) fill(original());
        stdfs::permissions(original(), static_cast<stdfs::perms>(is_folder ? 0755 : 0644));
        stdfs::create_symlink(original(), path);
    }

    void plant_nothing(const stdfs::path& path) {
        stdfs::create_directories(path.parent_path());
        stdfs::remove_all(path);
        stdfs::create_symlink(m_outside / "nothing", path);
    }

    void run_all(const std::vector<Command>& commands, const std::string& planted) {
        const State before = state_of(m_outside);
        for (const Command& command : commands) {
            const RunResult result = bench.run(command);
            std::string text = "opentraces";
            for (const std::string& word : command)
                text += " " + word;
            INFO(text << " with a link in the place of " << planted << "\n"
                      << result.out.substr(0, 2000) << result.err.substr(0, 2000));
            CHECK(result.exit != 1);
            CHECK(result.exit < 126);
            const std::string difference = changed(before, state_of(m_outside));
            if (difference.empty()) continue;
            FAIL_CHECK(difference);
            return;
        }
    }

    Workbench bench;
    std::string id;
    std::string shard;

private:
    // With another secret, on both sides.
    void register_again() {
        bench.expect(0, {"init", "--no-hook"});
        for (const stdfs::path& root : {bench.project() / ".opentraces", bench.home() / ".opentraces"}) {
            stdfs::remove_all(saved(root));
            stdfs::copy(root, saved(root), k_as_it_is);
        }
    }

    stdfs::path original() const { return m_outside / "original"; }

    std::vector<stdfs::path> roots() const {
        return {bench.project() / ".opentraces", bench.home() / ".opentraces", bench.path("dataset"),
                bench.path("pulled")};
    }

    stdfs::path saved(const stdfs::path& root) const {
        std::string name = root.string();
        std::replace(name.begin(), name.end(), '/', '_');
        return bench.path("saved") / name;
    }

    // Files of every form that opentraces makes and removes.
    void fill(const stdfs::path& folder) const {
        for (const std::string& name :
             {std::string("0"), std::string("lock"), std::string("state.json"), std::string("config.json"),
              id + ".jsonl", id + ".0123456789abcdef.jsonl", shard, std::string(64, 'a') + ".download",
              std::string(".README.md.0123456789abcdef.tmp")}) {
            if (stdfs::exists(folder / name)) continue;
            bench.write(folder / name, "theirs");
            make_old(folder / name);
        }
    }

    stdfs::path m_outside;
};

std::vector<Command> project_commands(const Scene& scene) {
    const std::string out = (scene.bench.path("tmp") / "out.jsonl").string();
    return {{"status"},
            {"list"},
            {"log"},
            {"show", scene.id},
            {"capture", testing::fixture_session()},
            {"commit", "--all"},
            {"push", "--dry-run"},
            {"push"},
            {"export", "--all", "--format", "atif", "-o", out},
            {"assess"},
            {"verify"},
            {"card"},
            {"index", "rebuild"},
            {"import", scene.dataset(), "--dry-run"},
            {"config", "set", "review_policy", "auto"},
            {"reject", scene.id},
            {"reset", scene.id},
            {"discard", "--yes", scene.id},
            {"init", "--no-hook"},
            {"remove", "--yes"}};
}

std::vector<Command> dataset_commands(const Scene& scene) {
    const std::string out = (scene.bench.path("tmp") / "out.jsonl").string();
    return {{"commit", "--all"},
            {"push", "--dry-run"},
            {"pull", scene.dataset(), "-o", scene.pulled()},
            {"verify"},
            {"export", "--dataset", scene.dataset(), "--format", "atif", "-o", out},
            {"assess", "--dataset", scene.dataset()},
            {"import", scene.dataset(), "--dry-run"},
            {"card", "--write", "--card-reset"},
            {"index", "rebuild"},
            {"push", "--card-reset"},
            {"push"}};
}

struct Planted {
    std::string name;
    bool is_folder;
};

// A link that leads nowhere can only be written through.
std::vector<Command> writers_of(const std::vector<Command>& commands) {
    std::vector<Command> writers;
    for (const Command& command : commands) {
        for (const std::string_view word :
             {"capture", "commit", "push", "pull", "config", "card", "discard", "remove"})
            if (command.front() == word && command.back() != "--dry-run") writers.push_back(command);
    }
    return writers;
}

void try_all(Scene& scene, const stdfs::path& root, const std::vector<Planted>& entries,
             const std::vector<Command>& commands) {
    for (const Planted& entry : entries) {
        const stdfs::path path = entry.name.empty() ? root : root / entry.name;
        scene.restore();
        scene.plant(path, entry.is_folder);
        scene.run_all(commands, path.string());
        if (entry.name.empty()) continue;
        scene.restore();
        scene.plant_nothing(path);
        scene.run_all(writers_of(commands), path.string() + ", to nothing");
    }
    scene.restore();
}

}  // namespace

TEST_CASE("hostile: links in the place of a project's files lead nowhere") {
    Scene scene;
    try_all(scene, scene.bench.project() / ".opentraces",
            {{"", true},
             {"config.json", false},
             {".gitignore", false},
             {"secret", false},
             {"store.db", false},
             {"store.db-wal", false},
             {"store.db-shm", false},
             {"store.db-journal", false},
             {"traces", true},
             {"traces/" + scene.id + ".jsonl", false},
             {"pending", true},
             {"pending/" + scene.id + ".0123456789abcdef.jsonl", false},
             {"cache", true},
             {"cache/shard", true},
             {"spool", true},
             {"spool/" + scene.shard, false},
             {"downloads", true},
             {"lock", false},
             {"auto-push.log", false}},
            project_commands(scene));
}

TEST_CASE("hostile: links in the place of a dataset's files lead nowhere") {
    Scene scene;
    try_all(scene, scene.dataset(),
            {{".opentraces-dataset", true},
             {".opentraces-dataset/journal.json", false},
             {".opentraces-dataset/staging", true},
             {".opentraces-dataset/staging/0", false},
             {".opentraces-dataset/lock", false},
             {".opentraces-dataset/digests.json", false},
             {".opentraces-dataset/.gitignore", false},
             {"data", true},
             {"data/" + scene.shard, false},
             {"opentraces", true},
             {"opentraces/index-000001.jsonl", false},
             {"README.md", false},
             {".gitattributes", false}},
            dataset_commands(scene));
}

TEST_CASE("hostile: links in the place of what was pulled lead nowhere") {
    Scene scene;
    try_all(scene, scene.pulled(),
            {{".opentraces-pull", true},
             {".opentraces-pull/state.json", false},
             {".opentraces-pull/lock", false},
             {".opentraces-pull/pieces", true},
             {"data", true},
             {"data/" + scene.shard, false}},
            {{"pull", scene.dataset(), "-o", scene.pulled()},
             {"verify", "--remote", scene.pulled()},
             {"import", scene.pulled(), "--dry-run"},
             {"pull", scene.dataset(), "-o", scene.pulled()}});
}

TEST_CASE("hostile: links in the place of the user's own files lead nowhere") {
    Scene scene;
    std::vector<Command> commands{
        {"auth", "status"}, {"config", "set", "--user", "exclude", "/nowhere"}, {"logout"}};
    for (const Command& command : project_commands(scene))
        commands.push_back(command);
    std::vector<Planted> entries{{"config.json", false},   {"credentials", false},
                                 {"pseudonym.key", false}, {"pseudonym.key.lock", false},
                                 {"projects", true},       {"projects/lock", false},
                                 {"writers", true}};
    const stdfs::path user = scene.bench.home() / ".opentraces";
    if (stdfs::exists(user / "projects")) {
        for (const auto& entry : stdfs::directory_iterator(user / "projects"))
            entries.push_back({"projects/" + entry.path().filename().string(), false});
    }
    try_all(scene, user, entries, commands);
}
