// A .opentraces that its user did not make, or that somebody has changed: named, never obeyed.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;
namespace stdfs = std::filesystem;

namespace {

stdfs::path folder_of(const Workbench& bench) {
    return bench.project() / ".opentraces";
}

// The project as a clone of it looks to somebody who never made it.
void make_unknown(const Workbench& bench) {
    stdfs::remove_all(bench.home() / ".opentraces/projects");
}

void need_refusal(const RunResult& result, const std::string& part) {
    INFO(result.out << result.err);
    CHECK(result.exit == 3);
    CHECK(result.json()["error"]["code"].string_or() == "UNTRUSTED_PROJECT");
    CHECK(result.out.find(part) != std::string::npos);
}

const std::vector<std::vector<std::string>> k_commands{
    {"status"},
    {"list"},
    {"log"},
    {"show", "abcd"},
    {"commit", "--all"},
    {"capture"},
    {"push"},
    {"reject", "abcd"},
    {"reset", "abcd"},
    {"discard", "--yes", "abcd"},
    {"remove", "--yes"},
    {"config", "show"},
    {"config", "set", "review_policy", "auto"},
    {"remote", "show"},
    {"remote", "set", "me/data"},
    {"assess"},
    {"export", "--all", "--format", "steps"},
    {"migrate"},
    {"import", "--dry-run", "-"},
    {"init"},
};

void check_refused_everywhere(Workbench& bench, const std::string& part) {
    for (std::vector<std::string> command : k_commands) {
        INFO(command.front());
        command.emplace_back("--json");
        need_refusal(bench.run(command), part);
    }
}

std::string text_of(const stdfs::path& path) {
    return Workbench::read(path);
}

unsigned mode_of(const stdfs::path& path) {
    struct stat about = {};
    REQUIRE(::lstat(path.c_str(), &about) == 0);
    return about.st_mode & 0777;
}

}  // namespace

TEST_CASE("hostile: no command uses a .opentraces that came with a clone, and nothing outside goes") {
    Workbench bench;
    bench.expect(0, {"init", "--review-policy", "auto", "--remote", "evil/data", "--public"});
    make_unknown(bench);
    stdfs::remove_all(folder_of(bench) / "pending");
    stdfs::create_directories(bench.path("private"));
    bench.write(bench.path("private") / "key.jsonl", "mine");
    stdfs::create_directory_symlink(bench.path("private"), folder_of(bench) / "pending");
    check_refused_everywhere(bench, "clone");
    CHECK(text_of(bench.path("private") / "key.jsonl") == "mine");
    const std::string call = R"({"transcript_path":")" + testing::fixture_session() + R"(","cwd":")" +
                             bench.project().string() + R"("})";
    // A hook does not fail its agent: it does nothing.
    CHECK(bench.expect(0, {"capture", "--hook", "--json"}, call).json()["handed_over"].bool_or(true) ==
          false);
    CHECK_FALSE(stdfs::exists(folder_of(bench) / "queue"));
    CHECK_FALSE(stdfs::exists(folder_of(bench) / "hook.log"));
    CHECK_FALSE(stdfs::exists(folder_of(bench) / "store.db"));
}

TEST_CASE("hostile: what is nearest decides; the project around a cloned one is not used in its place") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    stdfs::create_directories(bench.project() / "vendor/lib/src");
    stdfs::copy(folder_of(bench), bench.project() / "vendor/lib/.opentraces", stdfs::copy_options::recursive);
    bench.work_in(bench.project() / "vendor/lib/src");
    need_refusal(bench.run({"status", "--json"}), "vendor/lib/.opentraces");
    bench.work_in(bench.project());
    bench.expect(0, {"status"});
}

TEST_CASE("hostile: a project that was moved, copied or put back says so, and what to do helps") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    stdfs::copy(bench.project(), bench.path("copy"), stdfs::copy_options::recursive);
    bench.work_in(bench.path("copy"));
    need_refusal(bench.run({"list", "--json"}), "is a copy of a project");
    need_refusal(bench.run({"init", "--json"}), "--adopt");

    stdfs::rename(bench.project(), bench.path("elsewhere"));
    bench.work_in(bench.path("elsewhere"));
    need_refusal(bench.run({"list", "--json"}), "at another path");
    bench.expect(0, {"init", "--no-hook"});
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);

    stdfs::rename(folder_of(bench).parent_path().parent_path() / "elsewhere/.opentraces", bench.path("kept"));
    stdfs::copy(bench.path("kept"), bench.path("elsewhere/.opentraces"), stdfs::copy_options::recursive);
    need_refusal(bench.run({"list", "--json"}), "put back from a copy");
    bench.expect(0, {"init", "--no-hook"});
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);
}

TEST_CASE("hostile: another secret, or none, is another project") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    const std::string secret = text_of(folder_of(bench) / "secret");
    CHECK(secret.size() == 65);
    CHECK(mode_of(folder_of(bench) / "secret") == 0600);
    bench.write(folder_of(bench) / "secret", std::string(64, 'a') + "\n");
    need_refusal(bench.run({"status", "--json"}), "init --adopt");
    stdfs::remove(folder_of(bench) / "secret");
    need_refusal(bench.run({"status", "--json"}), "init --adopt");
    bench.write(folder_of(bench) / "secret", secret);
    bench.expect(0, {"status"});
}

TEST_CASE("hostile: what is adopted is reviewed and private, whatever its user says for all projects") {
    Workbench bench;
    bench.expect(0, {"init"});
    bench.expect(0, {"config", "set", "--user", "review_policy", "auto"});
    bench.expect(0, {"config", "set", "--user", "visibility", "public"});
    make_unknown(bench);
    bench.expect(0, {"init", "--adopt", "--yes"});
    CHECK(bench.expect(0, {"config", "get", "review_policy"}).out == "review\n");
    CHECK(bench.expect(0, {"config", "get", "visibility"}).out == "private\n");
}

TEST_CASE("hostile: adopting shows what it takes over, needs a yes, and loosens nothing") {
    Workbench bench;
    bench.expect(0, {"init", "--review-policy", "auto", "--remote", "evil/data", "--public"});
    bench.expect(0, {"config", "set", "redact"}, "internal-name\n");
    bench.expect(0, {"capture", testing::fixture_session()});
    make_unknown(bench);
    bench.write(folder_of(bench) / "cache/index/forged", "x");
    CHECK(bench.expect(2, {"init", "--adopt", "--json"}).json()["error"]["code"].string_or() ==
          "CONFIRMATION_REQUIRED");
    need_refusal(bench.run({"status", "--json"}), "init --adopt");
    const RunResult adopted = bench.expect(0, {"init", "--adopt", "--yes"});
    CHECK(adopted.out.find("evil/data") != std::string::npos);
    CHECK(adopted.out.find("auto") != std::string::npos);
    CHECK(adopted.out.find("internal-name") == std::string::npos);
    const auto value = [&](const char* key) {
        return bench.expect(0, {"config", "get", key, "--json"}).json()["value"];
    };
    CHECK(value("review_policy").string_or() == "review");
    CHECK(value("visibility").string_or() == "private");
    CHECK(value("redact").at(0).string_or() == "i…e");
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);
    CHECK_FALSE(stdfs::exists(folder_of(bench) / "cache/index/forged"));

    make_unknown(bench);
    bench.expect(0, {"init", "--adopt", "--yes", "--review-policy", "auto", "--public"});
    CHECK(bench.expect(0, {"config", "get", "review_policy"}).out == "auto\n");
}

TEST_CASE("hostile: files of prices are named by the user alone, and lead nowhere else") {
    Workbench bench;
    const std::string secret = "hunter2-of-another-file";
    bench.write(bench.home() / "netrc", "machine x\tpassword " + secret + "\n");
    bench.write(bench.project() / "prices.tsv", "model\tinput\toutput\nx\t1\t2\n");
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"config", "set", "pricing_file", "prices.tsv"});
    // What comes with a clone is changed by whoever may commit to it.
    stdfs::remove(bench.project() / "prices.tsv");
    stdfs::create_symlink(bench.home() / "netrc", bench.project() / "prices.tsv");
    const RunResult refused = bench.expect(3, {"capture", testing::fixture_session()});
    CHECK(refused.err.find("prices.tsv is a link") != std::string::npos);
    CHECK(refused.err.find(secret) == std::string::npos);
    // Settings that somebody else has written name no file.
    make_unknown(bench);
    bench.expect(0, {"init", "--adopt", "--yes"});
    CHECK(bench.expect(0, {"config", "get", "pricing_file", "--show-origin"}).out.find("(default)") !=
          std::string::npos);
    bench.expect(0, {"capture", testing::fixture_session()});
}

TEST_CASE("hostile: files of rules are named by the user alone, and lead nowhere else") {
    Workbench bench;
    const std::string secret = "hunter2-of-another-file";
    bench.write(bench.home() / "netrc", "machine x\tpassword " + secret + "\n");
    bench.write(bench.project() / "team.toml", "[[rules]]\nid = \"a\"\nregex = 'acme-[0-9]+'\n");
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"config", "set", "scan.rules", "team.toml"});
    stdfs::remove(bench.project() / "team.toml");
    stdfs::create_symlink(bench.home() / "netrc", bench.project() / "team.toml");
    const RunResult refused = bench.expect(3, {"capture", testing::fixture_session()});
    CHECK(refused.err.find("team.toml is a link") != std::string::npos);
    // Nor does what is no TOML say what is in it.
    const RunResult no_rules =
        bench.expect(3, {"scan", "-", "--rules", (bench.home() / "netrc").string()}, "x");
    CHECK(no_rules.err.find("netrc:1: is not TOML") != std::string::npos);
    CHECK((refused.err + no_rules.err).find(secret) == std::string::npos);
    make_unknown(bench);
    bench.expect(0, {"init", "--adopt", "--yes"});
    CHECK(bench.expect(0, {"config", "get", "scan.rules", "--show-origin"}).out.find("(default)") !=
          std::string::npos);
    bench.expect(0, {"capture", testing::fixture_session()});
}

TEST_CASE("hostile: a store that cannot be trusted is not adopted") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    make_unknown(bench);
    std::fstream file(folder_of(bench) / "store.db", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(2 * 4096);
    for (int i = 0; i < 4096 * 4; ++i)
        file.put('\x55');
    file.close();
    CHECK(bench.expect(5, {"init", "--adopt", "--yes", "--json"}).json()["error"]["code"].string_or() ==
          "CORRUPT_STORE");
    need_refusal(bench.run({"status", "--json"}), "init --adopt");
}

TEST_CASE("hostile: without settings there is nothing to adopt") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    make_unknown(bench);
    stdfs::remove(folder_of(bench) / "config.json");
    const RunResult refused = bench.expect(6, {"init", "--adopt", "--yes", "--json"});
    CHECK(refused.json()["error"]["code"].string_or() == "NOT_FOUND");
    CHECK(refused.out.find("no config.json") != std::string::npos);
    CHECK_FALSE(stdfs::exists(folder_of(bench) / "config.json"));
}

TEST_CASE("hostile: a link in place of anything in .opentraces is followed by no command") {
    for (const std::string name : {".", "traces", "pending", "cache", "spool", "downloads", "store.db",
                                   "config.json", "secret", "lock", "auto-push.log", ".gitignore"}) {
        INFO(name);
        Workbench bench;
        bench.expect(0, {"init", "--no-hook", "--remote", bench.path("dataset").string()});
        bench.expect(0, {"capture", testing::fixture_session()});
        const stdfs::path place = name == "." ? folder_of(bench) : folder_of(bench) / name;
        const stdfs::path outside = bench.path("outside");
        if (stdfs::exists(place)) {
            stdfs::rename(place, outside);
        } else {
            stdfs::create_directories(outside);
            bench.write(outside / "traces_20260101T000000Z_00000000.jsonl", "mine");
        }
        stdfs::create_symlink(outside, place);
        std::map<std::string, std::string> before;
        const auto snapshot = [&] {
            std::map<std::string, std::string> files;
            if (stdfs::is_regular_file(outside)) files["."] = text_of(outside);
            if (!stdfs::is_directory(outside)) return files;
            for (const auto& entry : stdfs::recursive_directory_iterator(outside))
                files[entry.path().string()] = entry.is_regular_file() ? text_of(entry.path()) : "";
            return files;
        };
        before = snapshot();
        for (const std::vector<std::string>& command : {std::vector<std::string>{"status"},
                                                        {"list"},
                                                        {"log"},
                                                        {"commit", "--all"},
                                                        {"push"},
                                                        {"capture", testing::fixture_session()},
                                                        {"verify"},
                                                        {"init"},
                                                        {"remove", "--yes"}}) {
            INFO(command.front());
            const RunResult result = bench.run(command);
            CHECK(result.exit != 1);
            CHECK(result.exit < 128);
            CHECK(snapshot() == before);
        }
    }
}

TEST_CASE("hostile: .opentraces among the files that git tracks is refused, also after init") {
    if (std::system("git --version >/dev/null 2>&1") != 0) return;
    Workbench bench;
    const auto git = [&](const std::string& words) {
        const std::string home = "HOME=" + bench.home().string() + " git -C " + bench.project().string();
        REQUIRE(std::system((home + " " + words + " >/dev/null 2>&1").c_str()) == 0);
    };
    git("init");
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"status"});
    git("add -f .opentraces/config.json");
    check_refused_everywhere(bench, "git tracks");
    need_refusal(bench.run({"init", "--adopt", "--yes", "--json"}), "git rm");
    git("rm --cached .opentraces/config.json");
    bench.expect(0, {"status"});
}

TEST_CASE("hostile: what others could read or write is closed, and said once") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", testing::fixture_session()});
    ::chmod(folder_of(bench).c_str(), 0777);
    ::chmod((folder_of(bench) / "config.json").c_str(), 0664);
    const stdfs::path users = bench.home() / ".opentraces";
    bench.write(users / "credentials", "hf_" + std::string(20, 'x'));
    for (const char* const name : {".", "credentials", "pseudonym.key", "projects"})
        ::chmod((users / name).c_str(), 0755);
    const RunResult first = bench.expect(0, {"status"});
    for (const char* const name : {".opentraces was open", "config.json was open", "credentials was open",
                                   "pseudonym.key was open", "projects was open"})
        CHECK(first.err.find(name) != std::string::npos);
    CHECK(mode_of(folder_of(bench)) == 0700);
    CHECK(mode_of(folder_of(bench) / "config.json") == 0600);
    CHECK(mode_of(users) == 0700);
    CHECK(mode_of(users / "credentials") == 0600);
    CHECK(bench.expect(0, {"status"}).err.empty());
}

TEST_CASE("hostile: links of .gitignore and of the agent's settings are followed inside the project only") {
    for (const std::string name : {".gitignore", ".claude/settings.json", ".claude"}) {
        INFO(name);
        Workbench bench;
        const bool folder = name == ".claude";
        bench.write(bench.path("outside/settings.json"), "{}\n");
        stdfs::create_directories((bench.project() / name).parent_path());
        stdfs::create_symlink(folder ? bench.path("outside") : bench.path("outside/settings.json"),
                              bench.project() / name);
        const RunResult refused = bench.expect(5, {"init", "--json"});
        CHECK(refused.json()["error"]["code"].string_or() == "UNSAFE_PATH");
        CHECK(refused.out.find(folder ? ".claude/settings.json" : name) != std::string::npos);
        CHECK(text_of(bench.path("outside/settings.json")) == "{}\n");
        CHECK_FALSE(stdfs::exists(folder_of(bench) / "config.json"));

        stdfs::remove(bench.project() / name);
        bench.write(bench.project() / "inside/settings.json", "{}\n");
        stdfs::create_symlink(folder ? bench.project() / "inside" : bench.project() / "inside/settings.json",
                              bench.project() / name);
        bench.expect(0, {"init"});
        CHECK(stdfs::is_symlink(bench.project() / name));
        CHECK(text_of(bench.project() / "inside/settings.json") != "{}\n");

        stdfs::remove(bench.project() / name);
        const std::string before = text_of(bench.project() / "inside/settings.json");
        bench.write(bench.path("outside/settings.json"), before);
        stdfs::create_symlink(folder ? bench.path("outside") : bench.path("outside/settings.json"),
                              bench.project() / name);
        CHECK(bench.expect(5, {"remove", "--json"}).json()["error"]["code"].string_or() == "UNSAFE_PATH");
        CHECK(text_of(bench.path("outside/settings.json")) == before);
    }
}

TEST_CASE("hostile: remove takes what opentraces made and names what it left") {
    Workbench bench;
    bench.expect(0, {"init"});
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.write(folder_of(bench) / "notes.txt", "mine");
    bench.write(folder_of(bench) / "traces/notes.md", "mine");
    bench.write(folder_of(bench) / "deep/er/file", "mine");
    const RunResult removed = bench.expect(0, {"remove", "--yes", "--json"});
    const json::Value left = removed.json()["left"];
    CHECK(left.if_array()->size() == 3);
    CHECK(text_of(folder_of(bench) / "notes.txt") == "mine");
    CHECK(text_of(folder_of(bench) / "traces/notes.md") == "mine");
    CHECK(text_of(folder_of(bench) / "deep/er/file") == "mine");
    CHECK(text_of(folder_of(bench) / ".gitignore") == "*\n");
    CHECK_FALSE(stdfs::exists(folder_of(bench) / "store.db"));
    CHECK(stdfs::is_empty(bench.home() / ".opentraces/projects") == false);  // the lock file stays
    bench.expect(3, {"status"});
}

TEST_CASE("hostile: settings cannot make remove cut other lines out of .gitignore") {
    Workbench bench;
    bench.write(bench.project() / ".gitignore", "secrets.txt\n");
    bench.expect(0, {"init", "--no-hook"});
    std::string config = text_of(folder_of(bench) / "config.json");
    const std::string said = R"("gitignore_added": ".opentraces/\n")";
    REQUIRE(config.find(said) != std::string::npos);
    config.replace(config.find(said), said.size(), R"("gitignore_added": "secrets.txt\n.opentraces/\n")");
    bench.write(folder_of(bench) / "config.json", config);
    CHECK(bench.expect(3, {"remove", "--json"}).json()["error"]["code"].string_or() == "CONFIG_INVALID");
    CHECK(text_of(bench.project() / ".gitignore") == "secrets.txt\n.opentraces/\n");
}
