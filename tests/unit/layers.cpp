// docs/architecture.md has a table of rooms and what each may include, and one of headers from outside; this
// keeps both true.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "where.hpp"

namespace {

namespace stdfs = std::filesystem;
using Names = std::set<std::string>;
using Rooms = std::map<std::string, Names>;

const stdfs::path k_source{opentraces::testing::source_folder()};

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" `");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" `") - begin + 1);
}

Names words(const std::string& text) {
    std::istringstream in(text);
    Names names;
    for (std::string word; in >> word;)
        names.insert(trimmed(word));
    return names;
}

std::vector<std::vector<std::string>> table_rows() {
    std::ifstream file(k_source / "docs/architecture.md");
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("|")) continue;
        std::istringstream row(line.substr(1));
        rows.emplace_back();
        for (std::string cell; std::getline(row, cell, '|');)
            rows.back().push_back(cell);
    }
    return rows;
}

Rooms read_rooms() {
    Rooms rooms;
    for (const std::vector<std::string>& cells : table_rows()) {
        if (cells.size() != 4 || cells[0].find_first_not_of(" 0123456789") != std::string::npos) continue;
        Names& allowed = rooms[trimmed(cells[1])];
        allowed = words(cells[3]);
        allowed.insert(trimmed(cells[1]));
    }
    return rooms;
}

// Header, or its folder with a slash, to rooms.
Rooms read_outside() {
    Rooms outside;
    bool there = false;
    for (const std::vector<std::string>& cells : table_rows()) {
        if (cells.size() == 3 && trimmed(cells[0]) == "header") there = true;
        if (!there || cells.size() != 3) continue;
        if (cells[0].find('`') == std::string::npos) {
            if (trimmed(cells[0]) != "header" && cells[0].find("---") == std::string::npos) break;
            continue;
        }
        for (const std::string& header : words(cells[0]))
            outside[header] = words(cells[1]);
    }
    return outside;
}

struct Include {
    stdfs::path file;
    std::string name;
    bool quoted = false;
};

std::vector<Include> includes_of(const stdfs::path& path) {
    std::ifstream file(path);
    std::vector<Include> found;
    const std::string word = "#include ";
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(word)) continue;
        const bool quoted = line[word.size()] == '"';
        const auto end = line.find(quoted ? '"' : '>', word.size() + 1);
        found.push_back({path, line.substr(word.size() + 1, end - word.size() - 1), quoted});
    }
    return found;
}

std::vector<stdfs::path> files_of(const std::string& room) {
    std::vector<stdfs::path> files;
    for (const stdfs::path& folder : {k_source / "src" / room, k_source / "include/opentraces" / room}) {
        if (!stdfs::exists(folder)) continue;
        for (const auto& entry : stdfs::recursive_directory_iterator(folder))
            if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
}

// Every header is spelled from its base: doors as opentraces/<room>/…, the rest as <room>/….
stdfs::path resolved(const Include& include) {
    return k_source / (include.name.starts_with("opentraces/") ? "include" : "src") / include.name;
}

bool is_below(const stdfs::path& path, const stdfs::path& folder) {
    return path.string().starts_with(folder.string() + "/");
}

bool is_door(const std::string& name) {
    return name.starts_with("opentraces/");
}

std::string room_of(const std::string& door) {
    const std::size_t begin = door.find('/') + 1;
    return door.substr(begin, door.find('/', begin) - begin);
}

bool is_allowed(const Rooms& outside, const std::string& header, const std::string& room) {
    for (const auto& [name, rooms] : outside)
        if ((name == header || (name.ends_with('/') && header.starts_with(name))))
            return rooms.contains(room) || rooms.contains("all");
    // The standard library's have neither.
    return header.find_first_of("./") == std::string::npos;
}

// Depth first; true when the path comes back to a file that it is in.
bool has_circle(const stdfs::path& file, const std::map<stdfs::path, std::vector<stdfs::path>>& graph,
                std::set<stdfs::path>& open, std::set<stdfs::path>& done) {
    if (done.contains(file)) return false;
    if (!open.insert(file).second) return true;
    const auto next = graph.find(file);
    const bool found = next != graph.end() &&
                       std::any_of(next->second.begin(), next->second.end(), [&](const stdfs::path& other) {
                           return has_circle(other, graph, open, done);
                       });
    open.erase(file);
    done.insert(file);
    return found;
}

}  // namespace

TEST_CASE("every room includes only what the architecture allows") {
    const Rooms rooms = read_rooms();
    REQUIRE(rooms.size() >= 16);
    for (const auto& [room, allowed] : rooms) {
        for (const stdfs::path& file : files_of(room)) {
            for (const Include& include : includes_of(file)) {
                INFO(file.string() << " of room " << room << " includes " << include.name);
                if (!include.quoted) continue;
                if (is_door(include.name))
                    CHECK(allowed.contains(room_of(include.name)));
                else
                    CHECK(include.name.starts_with(room + "/"));
                CHECK(stdfs::exists(resolved(include)));
            }
        }
    }
}

TEST_CASE("headers from outside are read where the architecture says") {
    const Rooms outside = read_outside();
    REQUIRE(outside.contains("curl/"));
    Names used;
    for (const auto& [room, allowed] : read_rooms()) {
        for (const stdfs::path& file : files_of(room)) {
            for (const Include& include : includes_of(file)) {
                if (include.quoted) continue;
                INFO(file.string() << " of room " << room << " includes " << include.name);
                CHECK(is_allowed(outside, include.name, room));
                used.insert(include.name);
            }
        }
    }
    for (const auto& [header, rooms] : outside) {
        INFO(header << " is in the table, and nobody reads it");
        CHECK(std::any_of(used.begin(), used.end(), [&name = header](const std::string& read) {
            return read == name || (name.ends_with('/') && read.starts_with(name));
        }));
    }
}

TEST_CASE("rooms and headers include one another without circles") {
    const Rooms rooms = read_rooms();
    std::map<stdfs::path, std::vector<stdfs::path>> rooms_above;
    std::map<stdfs::path, std::vector<stdfs::path>> graph;
    for (const auto& [room, allowed] : rooms) {
        for (const std::string& other : allowed)
            if (other != room) rooms_above[room].emplace_back(other);
        for (const stdfs::path& file : files_of(room))
            for (const Include& include : includes_of(file))
                if (include.quoted) graph[file].push_back(resolved(include));
    }
    for (const auto& start : {rooms_above, graph}) {
        std::set<stdfs::path> done;
        for (const auto& [node, next] : start) {
            std::set<stdfs::path> open;
            INFO(node.string());
            CHECK_FALSE(has_circle(node, start, open, done));
        }
    }
}

// A door may also be there because another one, which is opened, needs it.
TEST_CASE("every door is opened by another room") {
    std::map<std::string, Names> readers;
    const auto read = [&](const stdfs::path& file, const std::string& reader) {
        for (const Include& include : includes_of(file))
            if (is_door(include.name) && (is_door(reader) || room_of(include.name) != room_of(reader)))
                readers[include.name].insert(reader);
    };
    read(k_source / "src/main.cpp", "src/main.cpp");
    std::vector<std::string> doors;
    for (const auto& [room, allowed] : read_rooms()) {
        for (const stdfs::path& file : files_of(room)) {
            const bool door = is_below(file, k_source / "include");
            doors.push_back(door ? file.lexically_relative(k_source / "include").string() : "");
            read(file, door ? doors.back() : file.lexically_relative(k_source).string());
        }
    }
    for (const std::string& door : doors) {
        INFO(door << " is read by its own room only: it belongs in src/");
        CHECK((door.empty() || !readers[door].empty()));
    }
}

TEST_CASE("every folder of sources is a room of the table") {
    const Rooms rooms = read_rooms();
    for (const char* base : {"src", "include/opentraces"}) {
        for (const auto& entry : stdfs::directory_iterator(k_source / base)) {
            if (!entry.is_directory()) continue;
            INFO(entry.path().string());
            CHECK(rooms.contains(entry.path().filename().string()));
        }
    }
}

TEST_CASE("a door shows neither a private header nor a third-party type") {
    for (const auto& entry : stdfs::recursive_directory_iterator(k_source / "include")) {
        if (!entry.is_regular_file()) continue;
        for (const Include& include : includes_of(entry.path())) {
            INFO(entry.path().string() << " includes " << include.name);
            CHECK((include.quoted ? is_door(include.name)
                                  : include.name.find_first_of("./") == std::string::npos));
        }
    }
}
