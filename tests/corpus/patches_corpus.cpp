// The patch of every session of the corpus applies to a tree that is built from the session's own originals,
// and its attributed lines are those of a replay of the edits. Tree and replay read the raw lines with code
// of their own. Skipped where the corpus is not there.
//
// Claude Code keeps whole contents, a Codex rollout mostly the old lines of each change and their place:
// there the tree is built of these, and what is proved is that the changes fit on each other and on that
// state.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "corpus/patches/codex.hpp"
#include "corpus/patches/opencode.hpp"
#include "corpus/patches/tree.hpp"
#include "doubles/opencode_store.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/json/writer.hpp"
#include "where.hpp"

namespace {

using namespace opentraces;
using namespace opentraces::patches;
using nlohmann::json;

const std::filesystem::path k_corpus =
    std::filesystem::path(opentraces::testing::source_folder()) / "../shared/corpus";

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

struct Sums {
    std::size_t sessions = 0;
    std::size_t patched = 0;
    std::size_t with_reason = 0;
    std::size_t silent = 0;
    std::size_t both = 0;
    std::size_t ours = 0;
    std::size_t theirs = 0;
};

// Of Claude Code's tools.
Session session_of(const Raw& raw) {
    Session session;
    for (const auto& [path, file] : raw.files) {
        if (file.existed && !file.original.empty()) session.originals[path] = file.original;
        if (!file.begun) continue;
        session.edited.insert(path);
        for (const long line : file.own_lines)
            if (!file.whole) session.lines.emplace(path, line);
        for (std::size_t at = 0; at < file.own.size(); ++at)
            if (file.whole && file.own[at]) session.lines.emplace(path, static_cast<long>(at) + 1);
    }
    return session;
}

void compare_lines(const Session& session, const std::string& project, const trace::TraceRecord& record,
                   Sums& sums) {
    std::set<std::pair<std::string, long>> ours;
    if (record.attribution) {
        for (const auto& file : record.attribution->files)
            for (const auto& conversation : file.conversations)
                for (const auto& range : conversation.ranges)
                    for (long line = range.start_line.value(); line <= range.end_line.value(); ++line)
                        ours.emplace(file.path, line);
    }
    std::set<std::string> edited;
    for (const std::string& path : session.edited)
        edited.insert(inside(path, project));
    std::set<std::pair<std::string, long>> theirs;
    for (const auto& [path, line] : session.lines)
        if (const std::string name = inside(path, project); !name.empty()) theirs.emplace(name, line);
    // Files that only the shell has changed are no part of the replay.
    std::erase_if(ours, [&](const auto& line) { return edited.count(line.first) == 0; });
    for (const auto& line : ours)
        sums.both += theirs.count(line);
    sums.ours += ours.size();
    sums.theirs += theirs.size();
}

class Proof {
public:
    void add(const Session& session, const capture::ParsedSession& parsed, const std::string& name) {
        INFO(name);
        const std::string& project = parsed.evidence.working_directory;
        const trace::TraceRecord& record = *parsed.record;
        ++m_sums.sessions;
        const bool explained = record.metadata.find("opentraces_patch") != nullptr;
        m_sums.with_reason += explained ? 1 : 0;
        if (record.outcome.patch) {
            ++m_sums.patched;
            const std::filesystem::path folder = m_place.file("tree");
            write_tree(session, project, folder);
            CHECK(applies(*record.outcome.patch, folder));
        } else if (!explained) {
            ++m_sums.silent;
            std::cout << "no patch and no reason: " << name << '\n';
        }
        compare_lines(session, project, record, m_sums);
    }

    Sums finish(const char* agent) const {
        std::cout << agent << ": " << m_sums.sessions << " sessions with edits, " << m_sums.patched
                  << " with a patch, " << m_sums.with_reason << " say what theirs lacks, " << m_sums.silent
                  << " without either; " << m_sums.ours << " attributed lines, precision "
                  << share(m_sums.ours) << ", recall " << share(m_sums.theirs) << '\n';
        CHECK(m_sums.silent == 0);
        return m_sums;
    }

    double share(std::size_t of) const {
        return static_cast<double>(m_sums.both) / static_cast<double>(std::max<std::size_t>(of, 1));
    }

private:
    testing::TemporaryDirectory m_place;
    Sums m_sums;
};

bool corpus_is_there() {
    if (std::filesystem::exists(k_corpus)) return true;
    std::cout << "skipped: no corpus at " << k_corpus << '\n';
    return false;
}

std::vector<std::string> files_of(const char* agent, const char* extension) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(k_corpus / agent))
        if (entry.is_regular_file() && entry.path().extension() == extension)
            files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

TEST_CASE(
    "patches of the corpus apply to the sessions' own originals, and attributed lines are those of a replay",
    "[corpus]") {
    if (!corpus_is_there()) return;
    const auto disk = fs::posix_disk();
    Proof proof;
    for (const std::string& path : files_of("claude-code", ".jsonl")) {
        const auto parsed = capture::find_agent("claude-code")->read_from(path, *disk);
        if (!parsed.record || parsed.evidence.changes.empty()) continue;
        Raw raw;
        for (const std::string& file : parsed.files)
            raw.take(file);
        proof.add(session_of(raw), parsed, path);
    }
    const Sums sums = proof.finish("claude-code");
    CHECK(sums.patched > 20);
    CHECK(proof.share(sums.ours) >= 0.99);
    CHECK(proof.share(sums.theirs) >= 0.99);
}

TEST_CASE("patches of the corpus' Codex rollouts apply, and attributed lines are those of a replay",
          "[corpus]") {
    if (!corpus_is_there()) return;
    const auto disk = fs::posix_disk();
    Proof proof;
    for (const std::string& path : files_of("codex", ".jsonl")) {
        const auto parsed = capture::find_agent("codex")->read_from(path, *disk);
        const Session session = codex_session(path);
        if (!parsed.record || (parsed.evidence.changes.empty() && session.edited.empty())) continue;
        INFO(path);
        CHECK(!parsed.evidence.changes.empty());
        proof.add(session, parsed, path);
    }
    const Sums sums = proof.finish("codex");
    CHECK(sums.patched > 5);
    CHECK(proof.share(sums.ours) >= 0.99);
    CHECK(proof.share(sums.theirs) >= 0.99);
}

namespace {

// The calls of a session, as OpenCode keeps them; the corpus has none with an edit whose place is told.
std::vector<json> opencode_calls() {
    const auto call = [](const char* tool, json input, json metadata) {
        return json{{"type", "tool"},
                    {"tool", tool},
                    {"state", {{"status", "completed"}, {"input", input}, {"metadata", metadata}}}};
    };
    const std::string home = "/home/me/app/";
    const json edit{{"filePath", home + "a.txt"}, {"oldString", "2"}, {"newString", "two"}};
    const json more{{"filePath", home + "a.txt"}, {"oldString", "3"}, {"newString", "three"}};
    const json placed{{"filePath", home + "b.txt"}, {"oldString", "y"}, {"newString", "z"}};
    const json unplaced{{"filePath", home + "c.txt"}, {"oldString", "p"}, {"newString", "q"}};
    const std::string patch =
        "*** Begin Patch\n*** Update File: b.txt\n@@\n-z\n+Z\n*** Delete File: d.txt\n*** Add File: "
        "e.txt\n+new\n*** "
        "End Patch";
    return {
        call("edit", edit,
             {{"filediff", {{"before", "1\n\t2\n3\n"}, {"after", "1\n\ttwo\n3\n"}}},
              {"diff", "@@ -1,3 +1,3 @@\n 1\n-\t2\n+\ttwo\n 3\n"}}),
        call("edit", more, {{"filediff", {{"before", "1\n\ttwo\n3\n"}, {"after", "1\n\ttwo\nthree\n"}}}}),
        call("edit", placed, {{"diff", "@@ -40,3 +40,3 @@\n x\n-y\n+z\n w\n"}}),
        call("edit", unplaced, {{"diff", "@@ -7,3 +7,3 @@\n  o\n- p\n+ q\n  r\n"}}),
        call("write", {{"filePath", home + "new/f.txt"}, {"content", "no end"}}, {{"exists", false}}),
        call("apply_patch", {{"patchText", patch}},
             {{"files",
               {{{"filePath", home + "b.txt"},
                 {"type", "update"},
                 {"patch", "@@ -40,3 +40,3 @@\n x\n-z\n+Z\n w\n"}},
                {{"filePath", home + "d.txt"}, {"type", "delete"}, {"before", "gone\n"}},
                {{"filePath", home + "e.txt"}, {"type", "add"}, {"patch", "@@ -0,0 +1,1 @@\n+new\n"}}}}}),
    };
}

}  // namespace

TEST_CASE("patches of OpenCode sessions apply to the sessions' own originals", "[corpus]") {
    const auto disk = fs::posix_disk();
    testing::OpenCodeStore store;
    store.session("ses_a");
    store.message("msg_1", "ses_a", R"({"role":"user"})");
    store.part("msg_1", "ses_a", R"({"type":"text","text":"change it"})");
    store.message("msg_2", "ses_a", R"({"role":"assistant"})");
    auto calls = opencode_calls();
    for (std::size_t at = 0; at < calls.size(); ++at) {
        calls[at]["callID"] = "c" + std::to_string(at);
        store.part("msg_2", "ses_a", calls[at].dump());
    }
    Proof proof;
    const auto parsed = capture::find_agent("opencode")->read_from(store.path + "#ses_a", *disk);
    REQUIRE(parsed.record);
    proof.add(opencode_session(calls), parsed, "a session of all kinds of edits");
    const auto notes = nlohmann::json::parse(
        opentraces::json::to_compact(*parsed.record->metadata.find("opentraces_patch")));
    CHECK(notes["not_in_patch"].size() == 1);
    CHECK(notes["not_in_patch"][0]["path"] == "c.txt");
    if (corpus_is_there()) {
        for (const std::string& path : files_of("opencode", ".db")) {
            capture::Sources sources(*disk);
            for (const auto& found : capture::discover(path, capture::agents(), sources).sessions) {
                const auto read = found.agent->read(found.session, sources);
                if (read.record && !read.evidence.changes.empty()) proof.add({}, read, path);
            }
        }
    }
    const Sums sums = proof.finish("opencode");
    CHECK(sums.patched >= 1);
}
