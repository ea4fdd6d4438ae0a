#include "opentraces/store/project.hpp"

#include "catch.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/store/user_config.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

struct Folder {
    Folder() {
        disk.make_directories("/home/u/work/app/src", 0755);
        disk.make_directories("/home/u/.opentraces", 0700);
    }
    std::optional<std::string> root_of(const std::string& start) {
        return find_project_root(start, "/home/u/.opentraces", disk);
    }
    InMemoryDisk disk;
    std::string root = "/home/u/work/app";
};

}  // namespace

TEST_CASE("store project: settings come back as they were saved") {
    Folder folder;
    ProjectConfig config;
    config.agents = {"claude-code", "hermes"};
    config.review_policy = ReviewPolicy::Auto;
    config.set_remote("origin", "me/data");
    config.set_remote("local", "./out");
    config.default_remote = "local";
    config.visibility = hub::Visibility::Public;
    config.excluded = true;
    config.hook = false;
    config.custom_redact_strings = {"ACME \"internal\""};
    config.card.license = "mit";
    config.card.pretty_name = "My traces";
    config.card.languages = {"en", "de"};
    config.card.tags = {"x"};
    config = create_project(folder.root, config, folder.disk);
    const ProjectConfig loaded = load_project(folder.root, folder.disk);
    CHECK(loaded.agents == config.agents);
    CHECK(loaded.review_policy == ReviewPolicy::Auto);
    REQUIRE(loaded.remotes.size() == 2);
    CHECK(loaded.find_remote()->target == "./out");
    CHECK(loaded.find_remote("origin")->target == "me/data");
    CHECK(loaded.find_remote("nope") == nullptr);
    CHECK(loaded.visibility == hub::Visibility::Public);
    CHECK(loaded.excluded);
    CHECK_FALSE(loaded.hook);
    CHECK(loaded.custom_redact_strings == config.custom_redact_strings);
    CHECK(loaded.card.license == "mit");
    CHECK(loaded.card.pretty_name == "My traces");
    CHECK(loaded.card.languages == config.card.languages);
    CHECK(loaded.card.tags == config.card.tags);
    CHECK(loaded.written.gitignore_created);
    CHECK(loaded.written.gitignore_added == ".opentraces/\n");
    CHECK(folder.disk.info(folder.root + "/.opentraces")->mode == 0700u);
    CHECK(folder.disk.info(folder.root + "/.opentraces/config.json")->mode == 0600u);
    CHECK(folder.disk.info(folder.root + "/.gitignore")->mode == 0644u);
    CHECK(folder.disk.read_all(folder.root + "/.opentraces/.gitignore") == "*\n");
}

TEST_CASE("store project: the defaults are private, reviewed, without a remote") {
    Folder folder;
    create_project(folder.root, {}, folder.disk);
    const ProjectConfig loaded = load_project(folder.root, folder.disk);
    CHECK(loaded.agents.empty());
    CHECK(loaded.review_policy == ReviewPolicy::Review);
    CHECK(loaded.find_remote() == nullptr);
    CHECK_FALSE(loaded.visibility);
    CHECK_FALSE(loaded.excluded);
    CHECK(loaded.hook);
}

TEST_CASE("store project: remotes are added, changed and removed") {
    ProjectConfig config;
    CHECK_FALSE(config.remove_remote("origin"));
    config.set_remote("origin", "a/b");
    config.set_remote("other", "c/d");
    config.set_remote("origin", "a/c");
    CHECK(config.remotes.size() == 2);
    CHECK(config.find_remote()->target == "a/c");
    CHECK(config.remove_remote("origin"));
    CHECK(config.default_remote == "other");
    CHECK(config.remove_remote("other"));
    CHECK(config.default_remote.empty());
}

TEST_CASE("store project: the root is the nearest folder above, never the user's own") {
    Folder folder;
    CHECK_FALSE(folder.root_of(folder.root));
    save_user_config("/home/u/.opentraces", {}, folder.disk);
    CHECK_FALSE(folder.root_of(folder.root + "/src"));
    // Also when OPENTRACES_HOME is elsewhere and this one is only lying there.
    CHECK_FALSE(find_project_root(folder.root, "/elsewhere", folder.disk));
    create_project(folder.root, {}, folder.disk);
    CHECK(folder.root_of(folder.root) == folder.root);
    CHECK(folder.root_of(folder.root + "/src/") == folder.root);
    CHECK(folder.root_of(folder.root + "/src/../src/deeper") == folder.root);
    CHECK_FALSE(folder.root_of("/home/u/work"));
    create_project(folder.root + "/src", {}, folder.disk);
    CHECK(folder.root_of(folder.root + "/src") == folder.root + "/src");
    const Error again = error_of([&] { create_project(folder.root, {}, folder.disk); });
    CHECK(again.code() == ErrorCode::InvalidState);
    CHECK(again.message().find("is a project already") != std::string::npos);
    CHECK(error_of([&] { create_project("/home/u", {}, folder.disk); }).code() == ErrorCode::InvalidState);
    CHECK(error_of([&] { load_project("/home/u/work", folder.disk); }).code() == ErrorCode::NotInitialized);
}

TEST_CASE("store project: the user's own folder is no project, whatever is in it") {
    Folder folder;
    folder.disk.replace("/home/u/.opentraces/config.json", R"({"agents": ["claude-code"], "remotes": {}})");
    CHECK_FALSE(folder.root_of(folder.root));
    CHECK(find_project_root(folder.root, "/elsewhere", folder.disk) == "/home/u");
}

TEST_CASE("store project: creating and removing leaves .gitignore byte for byte") {
    for (const std::string before : {"", "a\n", "a", "a\r\nb\r\n", "a\r\nb", "\n\n", ".opentraces/\n",
                                     "/.opentraces", "x\n.opentraces\ny", "# .opentraces/\n"}) {
        INFO(before);
        Folder folder;
        const std::string path = folder.root + "/.gitignore";
        folder.disk.replace(path, before, 0640);
        const ProjectConfig config = create_project(folder.root, {}, folder.disk);
        const std::string after = folder.disk.read_all(path);
        CHECK(after == before + config.written.gitignore_added);
        CHECK(("\n" + after).find("opentraces") != std::string::npos);
        if (before.find('\r') != std::string::npos) CHECK(after.ends_with(".opentraces/\r\n"));
        remove_project(folder.root, load_project(folder.root, folder.disk), folder.disk);
        CHECK(folder.disk.read_all(path) == before);
        CHECK(folder.disk.info(path)->mode == 0640u);
        CHECK_FALSE(folder.disk.info(folder.root + "/.opentraces"));
    }
}

TEST_CASE("store project: a .gitignore of ours goes, unless people added to it") {
    Folder folder;
    create_project(folder.root, {}, folder.disk);
    remove_project(folder.root, load_project(folder.root, folder.disk), folder.disk);
    CHECK_FALSE(folder.disk.info(folder.root + "/.gitignore"));

    create_project(folder.root, {}, folder.disk);
    folder.disk.replace(folder.root + "/.gitignore", "a\n.opentraces/\nb\n", 0644);
    remove_project(folder.root, load_project(folder.root, folder.disk), folder.disk);
    CHECK(folder.disk.read_all(folder.root + "/.gitignore") == "a\nb\n");
}

TEST_CASE("store project: keys that this program does not know are kept") {
    Folder folder;
    folder.disk.make_directories(folder.root + "/.opentraces", 0700);
    const std::string path = folder.root + "/.opentraces/config.json";
    folder.disk.replace(path,
                        R"({"future": {"x": 12345678901234567890}, "agents": ["a"], "card": {"later": 1}})");
    ProjectConfig config = load_project(folder.root, folder.disk);
    CHECK(config.agents == std::vector<std::string>{"a"});
    config.excluded = true;
    save_project(folder.root, config, folder.disk);
    const std::string text = folder.disk.read_all(path);
    CHECK(text.find("12345678901234567890") != std::string::npos);
    CHECK(text.find("later") != std::string::npos);
    CHECK(load_project(folder.root, folder.disk).excluded);
}

TEST_CASE("store project: settings of the Python tool are understood") {
    Folder folder;
    folder.disk.make_directories(folder.root + "/.opentraces", 0700);
    folder.disk.replace(folder.root + "/.opentraces/config.json",
                        R"({"review_policy": "auto_ready", "push_policy": "manual", "agents": ["claude-code"],
                            "remote": "me/old", "visibility": "private"})");
    CHECK(folder.root_of(folder.root) == folder.root);
    ProjectConfig config = load_project(folder.root, folder.disk);
    CHECK(config.review_policy == ReviewPolicy::Auto);
    CHECK(config.find_remote()->target == "me/old");
    config.remove_remote("origin");
    save_project(folder.root, config, folder.disk);
    CHECK(load_project(folder.root, folder.disk).find_remote() == nullptr);
}

TEST_CASE("store project: malformed settings are named with their line and never overwritten") {
    Folder folder;
    folder.disk.make_directories(folder.root + "/.opentraces", 0700);
    const std::string path = folder.root + "/.opentraces/config.json";
    for (const std::string text : {"", "{\n\"agents\": [", "[]", "{\n\n\"agents\": x}"}) {
        folder.disk.replace(path, text);
        CHECK(folder.root_of(folder.root) == folder.root);
        const Error error = error_of([&] { load_project(folder.root, folder.disk); });
        CHECK(error.code() == ErrorCode::SettingsUnreadable);
        CHECK(error.message().find(path + " line ") == 0);
        CHECK(error_of([&] { save_project(folder.root, {}, folder.disk); }).code() ==
              ErrorCode::SettingsUnreadable);
        CHECK(folder.disk.read_all(path) == text);
    }
    for (const std::string text :
         {R"({"agents": "claude-code"})", R"({"agents": [1]})", R"({"review_policy": "never"})",
          R"({"visibility": "pubic", "agents": []})", R"({"excluded": "no", "agents": []})",
          R"({"remotes": ["a/b"]})", R"({"remotes": {"origin": 1}})", R"({"card": [], "agents": []})"}) {
        folder.disk.replace(path, text);
        INFO(text);
        CHECK(error_of([&] { load_project(folder.root, folder.disk); }).code() == ErrorCode::ConfigInvalid);
    }
}

TEST_CASE("store project: stopped anywhere while it is created, git never sees a trace and init can go on") {
    for (const auto fault :
         {FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter}) {
        for (std::size_t n = 0;; ++n) {
            Folder folder;
            FaultyDisk disk(folder.disk);
            disk.at(n, fault);
            bool finished = false;
            try {
                create_project(folder.root, {}, disk);
                finished = true;
            } catch (const Error&) {
            } catch (const Stop&) {
            }
            const bool created = folder.root_of(folder.root).has_value();
            if (created) CHECK(folder.disk.read_all(folder.root + "/.opentraces/.gitignore") == "*\n");
            if (!created) create_project(folder.root, {}, folder.disk);
            remove_project(folder.root, load_project(folder.root, folder.disk), folder.disk);
            CHECK_FALSE(folder.root_of(folder.root));
            if (finished) break;
        }
    }
}

TEST_CASE("store user settings: saved, kept, refused when malformed") {
    InMemoryDisk disk;
    disk.make_directories("/home", 0755);
    const std::string folder = "/home/.opentraces";
    CHECK(load_user_config(folder, disk).excluded_projects.empty());
    CHECK_FALSE(disk.info(folder));
    UserConfig config;
    config.custom_redact_strings = {"secret word"};
    config.excluded_projects = {"/work/x"};
    save_user_config(folder, config, disk);
    CHECK(load_user_config(folder, disk).custom_redact_strings == std::vector<std::string>{"secret word"});
    CHECK(load_user_config(folder, disk).excluded_projects == std::vector<std::string>{"/work/x"});
    CHECK(disk.info(folder)->mode == 0700u);
    CHECK(disk.info(folder + "/config.json")->mode == 0600u);
    disk.replace(folder + "/config.json", "{\"custom_redact_strings\": [\"a\"", 0600);
    CHECK(error_of([&] { load_user_config(folder, disk); }).code() == ErrorCode::SettingsUnreadable);
    CHECK(error_of([&] { save_user_config(folder, {}, disk); }).code() == ErrorCode::SettingsUnreadable);
}

TEST_CASE("store user settings: the pseudonym key is made once") {
    InMemoryDisk disk;
    disk.make_directories("/home", 0755);
    SeededIds ids(1);
    const std::string key = pseudonym_key("/home/.opentraces", disk, ids);
    CHECK(key.size() == 64);
    CHECK(pseudonym_key("/home/.opentraces", disk, ids) == key);
    const std::string path = "/home/.opentraces/pseudonym.key";
    CHECK(disk.info(path)->mode == 0600u);
    disk.set_mode(path, 0644);
    CHECK(pseudonym_key("/home/.opentraces", disk, ids) == key);
    CHECK(disk.info(path)->mode == 0600u);
    disk.replace(path, "\n", 0600);
    CHECK(error_of([&] { pseudonym_key("/home/.opentraces", disk, ids); }).code() ==
          ErrorCode::SettingsUnreadable);
}
