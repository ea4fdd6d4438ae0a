// The patch of every Claude Code session of the corpus applies to a tree that is built from the session's own
// originals, and its attributed lines are those of a replay of the edits. Tree and replay read the raw lines
// with code of their own. Skipped where the corpus is not there.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/fs/disk.hpp"
#include "where.hpp"

namespace {

using namespace opentraces;
using nlohmann::json;
using Lines = std::vector<std::string>;

const std::filesystem::path k_corpus =
    std::filesystem::path(opentraces::testing::source_folder()) / "../shared/corpus";

// With its end, the last one maybe without.
Lines lines_of(const std::string& text) {
    Lines lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        lines.push_back(text.substr(at, end - at));
        at = end;
    }
    return lines;
}

std::string text_at(const json& object, const char* key) {
    return object.is_object() && object.contains(key) && object[key].is_string()
               ? object[key].get<std::string>()
               : "";
}

bool has_text(const json& object, const char* key) {
    return object.is_object() && object.contains(key) && object[key].is_string();
}

// Which lines of `before` are in `after`, by the longest common run of lines between equal ends.
std::vector<long> matches(const Lines& before, const Lines& after) {
    std::vector<long> place(before.size(), -1);
    std::size_t head = 0;
    while (head < before.size() && head < after.size() && before[head] == after[head])
        place[head] = static_cast<long>(head), ++head;
    std::size_t tail = 0;
    while (tail < before.size() - head && tail < after.size() - head &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
        place[before.size() - 1 - tail] = static_cast<long>(after.size() - 1 - tail);
        ++tail;
    }
    const std::size_t rows = before.size() - head - tail;
    const std::size_t columns = after.size() - head - tail;
    std::vector<std::vector<int>> best(rows + 1, std::vector<int>(columns + 1, 0));
    for (std::size_t row = rows; row-- > 0;)
        for (std::size_t column = columns; column-- > 0;)
            best[row][column] = before[head + row] == after[head + column]
                                    ? best[row + 1][column + 1] + 1
                                    : std::max(best[row + 1][column], best[row][column + 1]);
    for (std::size_t row = 0, column = 0; row < rows && column < columns;) {
        if (before[head + row] == after[head + column]) {
            place[head + row++] = static_cast<long>(head + column++);
        } else {
            best[row + 1][column] >= best[row][column + 1] ? ++row : ++column;
        }
    }
    return place;
}

// A file as the tools' results show it.
struct File {
    bool begun = false;   // an edit was made
    bool existed = true;  // before the session
    bool whole = false;
    Lines now;                             // when whole
    std::vector<bool> own;                 // likewise: the session wrote the line
    std::map<long, std::string> original;  // by line, from 1, as far as shown
    bool original_whole = false;
    std::vector<std::pair<long, long>> shifts;  // place now, lines added there
    std::set<long> own_lines;                   // when not whole

    long shift_before(long line) const {
        long sum = 0;
        for (const auto& [place, added] : shifts)
            if (place < line) sum += added;
        return sum;
    }
};

class Raw {
public:
    std::map<std::string, File> files;
    std::size_t edits = 0;

    void take(const std::string& path) {
        std::ifstream file(path);
        for (std::string line; std::getline(file, line);) {
            const json value = json::parse(line, nullptr, false);
            if (!value.is_object() || !value.contains("message") || !value["message"].is_object()) continue;
            if (value.contains("uuid") && !m_uuids.insert(value["uuid"].get<std::string>()).second) continue;
            const json& content = value["message"]["content"];
            if (!content.is_array()) continue;
            for (const json& block : content)
                take_block(block, value.contains("toolUseResult") ? value["toolUseResult"] : json());
        }
    }

private:
    void take_block(const json& block, const json& details) {
        const std::string type = text_at(block, "type");
        if (type == "tool_use") {
            m_calls[text_at(block, "id")] = block;
            if (text_at(block, "name") == "Bash") m_shell += text_at(block["input"], "command") + "\n";
        }
        if (type != "tool_result" || block.value("is_error", false) || !details.is_object()) return;
        const json call = m_calls[text_at(block, "tool_use_id")];
        const std::string tool = text_at(call, "name");
        if (tool == "Read" && details.contains("file")) see(details["file"]);
        if (tool == "Edit" || tool == "MultiEdit" || tool == "Write") edit(call, details);
    }

    void see(const json& shown) {
        if (!has_text(shown, "content")) return;
        const std::string path = text_at(shown, "filePath");
        File& file = files[path];
        // A file that a shell command has written before anybody read it.
        const bool first = !file.begun && file.original.empty();
        const std::string name = std::filesystem::path(path).filename().string();
        for (const char* mark : {"> ", "/"})
            if (first && m_shell.find(">") != std::string::npos &&
                m_shell.find(mark + name + " <<") != std::string::npos)
                file.existed = false;
        const std::string text = shown["content"];
        const long start = shown.value("startLine", 1L);
        if (start == 1 && shown.value("numLines", -1L) == shown.value("totalLines", -2L))
            return become(file, lines_of(text));
        long line = start;
        for (std::string one : lines_of(text + "\n")) {
            const long before = line - file.shift_before(line);
            if (file.own_lines.count(line) == 0 && !file.original_whole)
                file.original.try_emplace(before, one);
            ++line;
        }
    }

    // All of the file is known to be this now; who made the difference is not the session.
    void become(File& file, Lines now) {
        if (!file.begun) {
            file.original_whole = true;
            file.original.clear();
            for (std::size_t at = 0; at < now.size(); ++at)
                file.original[static_cast<long>(at) + 1] = now[at];
        }
        remap(file, now, false);
    }

    static void remap(File& file, const Lines& now, bool own) {
        std::vector<bool> owned(now.size(), own);
        if (file.whole) {
            const std::vector<long> place = matches(file.now, now);
            for (std::size_t at = 0; at < place.size(); ++at)
                if (place[at] >= 0) owned[static_cast<std::size_t>(place[at])] = file.own[at];
        } else if (!own) {
            for (const long line : file.own_lines)
                if (line >= 1 && line <= static_cast<long>(now.size()))
                    owned[static_cast<std::size_t>(line - 1)] = true;
        }
        file.now = now;
        file.own = std::move(owned);
        file.whole = true;
    }

    void edit(const json& call, const json& details) {
        const json& input = call["input"];
        std::string path = text_at(details, "filePath");
        if (path.empty()) path = text_at(input, "file_path");
        File& file = files[path];
        ++edits;
        if (has_text(details, "originalFile")) become(file, lines_of(details["originalFile"]));
        if (text_at(call, "name") == "Write") {
            if (!file.begun && !file.whole) file.existed = text_at(details, "type") != "create";
            const Lines now = lines_of(has_text(details, "content") ? details["content"].get<std::string>()
                                                                    : text_at(input, "content"));
            remap(file, now, true);
        } else if (file.whole) {
            std::string text;
            for (const std::string& line : file.now)
                text += line;
            replace_all(text, input, details);
            remap(file, lines_of(text), true);
        } else {
            move_by_patch(file, details.contains("structuredPatch") ? details["structuredPatch"] : json());
        }
        file.begun = true;
    }

    static void replace_all(std::string& text, const json& input, const json& details) {
        json edits = input.contains("edits") ? input["edits"] : json::array({input});
        if (has_text(details, "oldString") && edits.size() == 1)
            edits = json::array({{{"old_string", details["oldString"]},
                                  {"new_string", details["newString"]},
                                  {"replace_all", input.value("replace_all", false)}}});
        for (const json& one : edits) {
            const std::string before = one["old_string"];
            const std::string after = one["new_string"];
            for (std::size_t at = text.find(before); at != std::string::npos && !before.empty();
                 at = text.find(before, at + after.size())) {
                text.replace(at, before.size(), after);
                if (!one.value("replace_all", false)) break;
            }
        }
    }

    static void move_by_patch(File& file, const json& patch) {
        if (!patch.is_array()) return;
        for (const json& hunk : patch) {
            long line = hunk["newStart"];
            for (const std::string mark : hunk["lines"]) {
                if (mark.empty() || mark[0] == '\\') continue;
                if (mark[0] == '-') shift(file, line, -1);
                if (mark[0] == '+') shift(file, line, 1), file.own_lines.insert(line);
                if (mark[0] != '-') ++line;
            }
        }
    }

    static void shift(File& file, long line, long by) {
        std::set<long> moved;
        for (const long own : file.own_lines) {
            if (by < 0 && own == line) continue;
            moved.insert(own >= line ? own + by : own);
        }
        file.own_lines = std::move(moved);
        for (auto& [place, added] : file.shifts)
            if (place >= line) place += by;
        file.shifts.emplace_back(line, by);
    }

    std::map<std::string, json> m_calls;
    std::string m_shell;  // all commands so far
    std::set<std::string> m_uuids;
};

std::string inside(const std::string& path, const std::string& project) {
    std::string unix_path = path;
    std::replace(unix_path.begin(), unix_path.end(), '\\', '/');
    std::string root = project;
    std::replace(root.begin(), root.end(), '\\', '/');
    return unix_path.starts_with(root + "/") ? unix_path.substr(root.size() + 1) : "";
}

// Lines that nobody has shown are filled with words that are in no file.
void write_tree(const Raw& raw, const std::string& project, const std::filesystem::path& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    for (const auto& [path, file] : raw.files) {
        const std::string name = inside(path, project);
        if (name.empty() || !file.existed || file.original.empty()) continue;
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream out(folder / name, std::ios::binary);
        long next = 1;
        for (const auto& [line, text] : file.original) {
            for (; next < line; ++next)
                out << "(line " << next << " is not in the log)\n";
            out << text;
            ++next;
        }
    }
}

bool applies(const std::string& patch, const std::filesystem::path& folder) {
    const std::string file = folder.string() + ".patch";
    std::ofstream(file, std::ios::binary) << patch;
    const std::string command = "cd '" + folder.string() + "' && GIT_CEILING_DIRECTORIES='" +
                                folder.parent_path().string() + "' git apply --check --whitespace=nowarn '" +
                                file + "'";
    return std::system(command.c_str()) == 0;
}

struct Sums {
    std::size_t sessions = 0;
    std::size_t patched = 0;
    std::size_t with_reason = 0;
    std::size_t silent = 0;
    std::size_t both = 0;
    std::size_t ours = 0;
    std::size_t theirs = 0;
};

void compare_lines(const Raw& raw, const std::string& project, const trace::TraceRecord& record, Sums& sums) {
    std::set<std::pair<std::string, long>> ours;
    if (record.attribution) {
        for (const auto& file : record.attribution->files)
            for (const auto& conversation : file.conversations)
                for (const auto& range : conversation.ranges)
                    for (long line = range.start_line.value(); line <= range.end_line.value(); ++line)
                        ours.emplace(file.path, line);
    }
    std::set<std::pair<std::string, long>> theirs;
    for (const auto& [path, file] : raw.files) {
        const std::string name = inside(path, project);
        if (name.empty() || !file.begun) continue;
        for (const long line : file.own_lines)
            if (!file.whole) theirs.emplace(name, line);
        for (std::size_t at = 0; at < file.own.size(); ++at)
            if (file.whole && file.own[at]) theirs.emplace(name, static_cast<long>(at) + 1);
    }
    // Files that only the shell has changed are no part of the replay.
    std::erase_if(ours, [&](const auto& line) {
        return std::none_of(raw.files.begin(), raw.files.end(), [&](const auto& one) {
            return one.second.begun && inside(one.first, project) == line.first;
        });
    });
    for (const auto& line : ours)
        sums.both += theirs.count(line);
    sums.ours += ours.size();
    sums.theirs += theirs.size();
}

TEST_CASE(
    "patches of the corpus apply to the sessions' own originals, and attributed lines are those of a replay",
    "[corpus]") {
    if (!std::filesystem::exists(k_corpus)) {
        std::cout << "skipped: no corpus at " << k_corpus << '\n';
        return;
    }
    const auto disk = fs::posix_disk();
    const testing::TemporaryDirectory place;
    const std::filesystem::path folder = place.file("tree");
    Sums sums;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(k_corpus / "claude-code")) {
        if (!entry.is_regular_file() || entry.path().extension() != ".jsonl") continue;
        const auto parsed = capture::find_agent("claude-code")->read_from(entry.path().string(), *disk);
        if (!parsed.record || parsed.evidence.changes.empty()) continue;
        INFO(entry.path().string());
        Raw raw;
        for (const std::string& file : parsed.files)
            raw.take(file);
        const std::string& project = parsed.evidence.working_directory;
        const trace::TraceRecord& record = *parsed.record;
        ++sums.sessions;
        const bool explained = record.metadata.find("opentraces_patch") != nullptr;
        sums.with_reason += explained ? 1 : 0;
        if (record.outcome.patch) {
            ++sums.patched;
            write_tree(raw, project, folder);
            CHECK(applies(*record.outcome.patch, folder));
        } else if (!explained) {
            ++sums.silent;
            std::cout << "no patch and no reason: " << entry.path() << '\n';
        }
        compare_lines(raw, project, record, sums);
    }
    const double precision =
        static_cast<double>(sums.both) / static_cast<double>(std::max<std::size_t>(sums.ours, 1));
    const double recall =
        static_cast<double>(sums.both) / static_cast<double>(std::max<std::size_t>(sums.theirs, 1));
    std::cout << sums.sessions << " sessions with edits, " << sums.patched << " with a patch, "
              << sums.with_reason << " say what theirs lacks, " << sums.silent << " without either; "
              << sums.ours << " attributed lines, precision " << precision << ", recall " << recall << '\n';
    CHECK(sums.patched > 20);
    CHECK(sums.silent == 0);
    CHECK(precision >= 0.99);
    CHECK(recall >= 0.99);
}

}  // namespace
