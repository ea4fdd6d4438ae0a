// Which folders are projects of this user: each way to be none has a name and a remedy.
#include "opentraces/store/registry.hpp"

#include <filesystem>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/part_of_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/store/guard.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/project.hpp"
#include "store/own_files.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

// Everything belongs to somebody else.
class ForeignDisk final : public PartOfDisk {
public:
    enum class What { Below, ItAlone };
    ForeignDisk(fs::Disk& inner, std::string below, What what = What::Below)
        : PartOfDisk(inner, ""), m_below(std::move(below)), m_what(what) {}
    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        static_cast<void>(root);
        return std::make_unique<ForeignDisk>(*this);
    }
    std::optional<fs::FileInfo> info(const std::string& path) override {
        auto found = PartOfDisk::info(path);
        if (found && (m_what == What::Below ? path.starts_with(m_below) : path == m_below)) ++found->owner;
        return found;
    }

private:
    std::string m_below;
    What m_what;
};

struct Place {
    Place() {
        disk.make_directories(root, 0755);
        disk.make_directories("/home/u", 0755);
    }
    void make() {
        register_project(root, users, disk, ids);
        write_project(root, {}, disk);
    }
    Standing standing() { return standing_of(root, users, disk); }

    InMemoryDisk disk;
    SeededIds ids{3};
    std::string root = "/work/app";
    std::string users = "/home/u/.opentraces";
};

}  // namespace

TEST_CASE("store registry: only what was registered with its secret is a project") {
    Place place;
    CHECK(place.standing() == Standing::None);
    CHECK(error_from([&] { need_registered(place.root, place.users, place.disk); }).code() ==
          ErrorCode::UntrustedProject);
    place.make();
    CHECK(place.standing() == Standing::Registered);
    CHECK_NOTHROW(need_registered(place.root, place.users, place.disk));
    CHECK(standing_of(place.root, "/elsewhere", place.disk) == Standing::Unknown);
    const std::string secret = in_project(place.root, k_secret_file);
    const std::string text = place.disk.read_all(secret);
    for (const std::string& other : {std::string(), std::string("\n"), text.substr(1), text + text,
                                     std::string(64, '0') + "\n", text.substr(0, 63) + "g"}) {
        place.disk.replace(secret, other);
        CHECK(place.standing() == Standing::Unknown);
    }
    place.disk.replace(secret, text);
    CHECK(place.standing() == Standing::Registered);
    CHECK(forget_project(place.root, place.users, place.disk));
    CHECK(place.standing() == Standing::Unknown);
    CHECK_FALSE(forget_project(place.root, place.users, place.disk));
}

TEST_CASE("store registry: what init wrote before it registered is no obstacle, anything more is") {
    Place place;
    place.disk.make_directories(project_folder(place.root), 0700);
    CHECK(place.standing() == Standing::Unfinished);
    place.disk.replace(in_project(place.root, k_ignore_file), "*\n");
    place.disk.replace(in_project(place.root, k_secret_file), "x\n");
    CHECK(place.standing() == Standing::Unfinished);
    place.disk.replace(in_project(place.root, k_database_file), "x");
    CHECK(place.standing() == Standing::Unknown);
}

TEST_CASE("store registry: somebody else's folder is refused, as are somebody else's files of the user") {
    Place place;
    place.make();
    ForeignDisk foreign(place.disk, project_folder(place.root));
    CHECK(standing_of(place.root, place.users, foreign) == Standing::Foreign);
    for (const std::string_view name : {k_settings_file, k_secret_file}) {
        ForeignDisk one(place.disk, in_project(place.root, name));
        CHECK(error_from([&] { guard_project(place.root, one); }).code() == ErrorCode::UntrustedProject);
    }
    place.disk.replace(fs::join(place.users, k_credentials_file), "x");
    for (const std::string& name :
         {place.users, fs::join(place.users, k_credentials_file), fs::join(place.users, k_projects_folder)}) {
        ForeignDisk one(place.disk, name);
        CHECK(error_from([&] { guard_user_folder(place.users, one); }).code() == ErrorCode::UntrustedProject);
    }
    place.disk.make_directories(in_project(place.root, k_traces_folder), 0700);
    ForeignDisk folder(place.disk, in_project(place.root, k_traces_folder), ForeignDisk::What::ItAlone);
    CHECK(error_from([&] { guard_project(place.root, folder); }).code() == ErrorCode::UntrustedProject);
    ForeignDisk home(place.disk, place.users, ForeignDisk::What::ItAlone);
    CHECK(error_from([&] { guard_user_folder(place.users, home); }).code() == ErrorCode::UntrustedProject);
    CHECK(guard_user_folder(place.users, place.disk).empty());
    place.disk.set_mode(fs::join(place.users, k_credentials_file), 0640);
    CHECK(guard_user_folder(place.users, place.disk).size() == 1);
    CHECK(place.disk.info(fs::join(place.users, k_credentials_file))->mode == 0600);
}

TEST_CASE("store registry: the path of a project is the one without links") {
    const TemporaryDirectory folder;
    const auto disk = fs::posix_disk();
    SeededIds ids(4);
    std::filesystem::create_directories(folder.file("real/app"));
    std::filesystem::create_directory_symlink(folder.file("real"), folder.file("link"));
    std::filesystem::create_directory_symlink("link/app", folder.file("relative"));
    std::filesystem::create_directory_symlink("loop", folder.file("loop"));
    CHECK(canonical(folder.file("relative/x"), *disk) == folder.file("real/app/x"));
    CHECK(error_from([&] { canonical(folder.file("loop/x"), *disk); }).code() == ErrorCode::UnsafePath);
    register_project(folder.file("link/app"), folder.file("users"), *disk, ids);
    write_project(folder.file("link/app"), {}, *disk);
    for (const std::string name : {"real/app", "link/app", "relative"})
        CHECK(standing_of(folder.file(name), folder.file("users"), *disk) == Standing::Registered);
    std::filesystem::rename(folder.file("real/app"), folder.file("real/moved"));
    CHECK(standing_of(folder.file("real/moved"), folder.file("users"), *disk) == Standing::Moved);
    register_project(folder.file("real/moved"), folder.file("users"), *disk, ids);
    CHECK(disk->list(folder.file("users/projects")).size() == 1);
}

TEST_CASE("store registry: another device number alone changes nothing") {
    Place place;
    place.make();
    const auto files = place.disk.list(fs::join(place.users, k_projects_folder));
    REQUIRE(files.size() == 1);
    std::string text = place.disk.read_all(files.front().path);
    const std::size_t at = text.find("\"device\": \"");
    REQUIRE(at != std::string::npos);
    text.insert(at + 11, "77");
    place.disk.replace(files.front().path, text);
    CHECK(place.standing() == Standing::Registered);
}

TEST_CASE("store registry: a registration counts for its own path and its own secret only") {
    Place place;
    place.make();
    const auto files = place.disk.list(fs::join(place.users, k_projects_folder));
    REQUIRE(files.size() == 1);
    const std::string text = place.disk.read_all(files.front().path);
    const auto changed = [&](const std::string& key, const std::string& value) {
        const std::string label = "\"" + key + "\": \"";
        const std::size_t at = text.find(label);
        REQUIRE(at != std::string::npos);
        std::string other = text;
        other.replace(at + label.size(), other.find('"', at + label.size()) - at - label.size(), value);
        place.disk.replace(files.front().path, other);
    };
    // The name of the file is a part of a digest only: another path may have the same one.
    changed("path_sha256", std::string(64, 'a'));
    CHECK(place.standing() == Standing::Moved);
    changed("inode", "1");
    CHECK(place.standing() == Standing::Restored);
    for (const std::string& secret : {std::string(), std::string(64, 'x'), std::string(63, 'a')}) {
        changed("secret", secret);
        CHECK(error_from([&] { place.standing(); }).code() == ErrorCode::ConfigInvalid);
    }
    place.disk.replace(files.front().path, "{");
    CHECK(error_from([&] { place.standing(); }).code() == ErrorCode::SettingsUnreadable);
}

TEST_CASE("store registry: a file in the place of the folder is refused") {
    Place place;
    place.disk.replace(project_folder(place.root), "x");
    CHECK(place.standing() == Standing::NotAFolder);
    place.disk.remove(project_folder(place.root));
    place.make();
    place.disk.remove(in_project(place.root, k_secret_file));
    place.disk.make_directories(in_project(place.root, k_secret_file), 0700);
    CHECK(error_from([&] { guard_project(place.root, place.disk); }).code() == ErrorCode::UnsafePath);
}
