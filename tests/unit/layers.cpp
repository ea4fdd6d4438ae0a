// docs/architecture.md has a table of rooms and what each may include; this keeps it true.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "where.hpp"

namespace {

using Rooms = std::map<std::string, std::set<std::string>>;
const std::filesystem::path k_source{opentraces::testing::source_folder()};

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" `");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" `") - begin + 1);
}

Rooms read_table() {
    std::ifstream file(k_source / "docs/architecture.md");
    Rooms rooms;
    for (std::string line; std::getline(file, line);) {
        std::vector<std::string> cells;
        std::istringstream row(line);
        for (std::string cell; std::getline(row, cell, '|');)
            cells.push_back(trimmed(cell));
        if (cells.size() < 5 || cells[1].size() != 1 ||
            cells[1].find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::istringstream allowed(cells[4]);
        std::set<std::string>& set = rooms[cells[2]];
        for (std::string room; allowed >> room;)
            set.insert(room);
        set.insert(cells[2]);
    }
    return rooms;
}

// "room" of every #include "opentraces/room/…" in the file.
std::set<std::string> included_rooms(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::set<std::string> rooms;
    const std::string prefix = "#include \"opentraces/";
    for (std::string line; std::getline(file, line);) {
        if (line.rfind(prefix, 0) != 0) continue;
        rooms.insert(line.substr(prefix.size(), line.find('/', prefix.size()) - prefix.size()));
    }
    return rooms;
}

void check_folder(const std::filesystem::path& folder, const std::string& room,
                  const std::set<std::string>& allowed) {
    if (!std::filesystem::exists(folder)) return;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        for (const std::string& other : included_rooms(entry.path())) {
            INFO(entry.path().string() << " of room " << room << " includes room " << other);
            CHECK(allowed.count(other) == 1);
        }
    }
}

}  // namespace

TEST_CASE("every room includes only what the architecture allows") {
    const Rooms rooms = read_table();
    REQUIRE(rooms.size() == 16);
    for (const auto& [room, allowed] : rooms) {
        check_folder(k_source / "src" / room, room, allowed);
        check_folder(k_source / "include/opentraces" / room, room, allowed);
    }
}

TEST_CASE("every folder of sources is a room of the table") {
    const Rooms rooms = read_table();
    for (const char* base : {"src", "include/opentraces"}) {
        for (const auto& entry : std::filesystem::directory_iterator(k_source / base)) {
            if (!entry.is_directory()) continue;
            INFO(entry.path().string());
            CHECK(rooms.count(entry.path().filename().string()) == 1);
        }
    }
}

TEST_CASE("no door shows a third-party type") {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(k_source / "include")) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            for (const char* library :
                 {"curl/", "CLI/", "openssl/", "sqlite3", "nlohmann/", "simdjson", "fmt/"}) {
                INFO(entry.path().string() << ": " << line);
                CHECK_FALSE((line.rfind("#include", 0) == 0 && line.find(library) != std::string::npos));
            }
        }
    }
}
