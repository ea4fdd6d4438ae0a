// Patches and attributed ranges, the patches held to `git apply` where there is a git.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "enrich/line_diff.hpp"
#include "enrich/patch.hpp"
#include "enrich/sought_lines.hpp"
#include "unit/enrich/sessions.hpp"

namespace {

using namespace opentraces;
using enrich::FileChange;
using enrich::Hunk;
using testing::ShellCall;
using testing::ShellSession;
using Files = std::map<std::string, std::string>;

FileChange edit(std::int64_t step, const std::string& path, std::optional<std::string> before,
                const std::string& old_text, const std::string& new_text, bool all = false) {
    FileChange change;
    change.path = path;
    change.step_index = step;
    change.before = std::move(before);
    change.replacements = {{old_text, new_text, all}};
    change.shown_only = true;
    return change;
}

FileChange write(std::int64_t step, const std::string& path, const std::string& text, bool created) {
    FileChange change;
    change.path = path;
    change.step_index = step;
    change.written = text;
    change.created = created;
    change.shown_only = true;
    return change;
}

ShellSession session_of(std::vector<FileChange> changes, const std::vector<ShellCall>& calls = {}) {
    ShellSession session(calls);
    while (session.record.steps.size() < changes.size())
        session.add({"true", ""});
    session.evidence.changes = std::move(changes);
    session.completed();
    return session;
}

std::string patch_of(const ShellSession& session) {
    return session.record.outcome.patch.value_or("");
}

std::string notes_of(const ShellSession& session) {
    const json::Value* notes = session.record.metadata.find("opentraces_patch");
    std::string text;
    if (notes == nullptr) return text;
    if (const json::Array* list = (*notes)["not_in_patch"].if_array()) {
        for (const json::Value& one : *list)
            text +=
                std::string(one["path"].string_or()) + ": " + std::string(one["reason"].string_or()) + "\n";
    }
    if (const json::Array* list = (*notes)["changed_between"].if_array()) {
        for (const json::Value& one : *list)
            text += std::string(one.string_or()) + " changed between\n";
    }
    if (const auto outside = (*notes)["outside_project"].integer())
        text += std::to_string(*outside) + " outside\n";
    return text;
}

// The files after the patch was applied to them.
Files applied(const std::string& patch, const Files& before) {
    const testing::TemporaryDirectory place;
    const std::filesystem::path folder = place.file("tree");
    for (const auto& [path, text] : before) {
        std::filesystem::create_directories((folder / path).parent_path());
        std::ofstream(folder / path, std::ios::binary) << text;
    }
    std::filesystem::create_directories(folder);
    std::ofstream(folder.string() + ".patch", std::ios::binary) << patch;
    const std::string command = "cd '" + folder.string() + "' && GIT_CEILING_DIRECTORIES='" + place.path() +
                                "' git apply --whitespace=nowarn '" + folder.string() + ".patch'";
    REQUIRE(std::system(command.c_str()) == 0);
    Files after;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        after[entry.path().lexically_relative(folder).string()] =
            std::string(std::istreambuf_iterator<char>(file), {});
    }
    return after;
}

TEST_CASE("line_diff: hunks that give the other text back", "[enrich]") {
    const auto check = [](const std::string& before, const std::string& after) {
        const auto hunks = enrich::line_diff(before, after);
        CHECK(enrich::applied(before, hunks) == after);
        return hunks.size();
    };
    std::string numbers;
    for (int line = 1; line <= 40; ++line)
        numbers += std::to_string(line) + "\n";
    std::string changed = numbers;
    changed.replace(changed.find("\n5\n"), 3, "\nfive\n");
    changed.replace(changed.find("\n30\n"), 4, "\n");
    CHECK(check(numbers, changed) == 2);
    CHECK(check("", "a\nb") == 1);
    CHECK(check("a\nb", "") == 1);
    CHECK(check("a\nb", "a\nb\n") == 1);
    CHECK(check("a\r\nb\r\n", "a\r\nb\n") == 1);
    CHECK(check("a\n", "a\n") == 0);
    CHECK_FALSE(enrich::applied("x\n", enrich::line_diff("a\n", "b\n")));
}

TEST_CASE("patch: what edits did, byte for byte", "[enrich]") {
    const std::string before = "a\r\n\tb\r\nc";
    const ShellSession session = session_of({edit(1, "/home/me/app/d/x y.txt", before, "\tb", "\tB\t"),
                                             edit(2, "/home/me/app/d/x y.txt", {}, "c", "C")});
    CHECK(applied(patch_of(session), {{"d/x y.txt", before}}) == Files{{"d/x y.txt", "a\r\n\tB\t\r\nC"}});
    CHECK(notes_of(session).empty());
}

TEST_CASE("patch: names that git quotes, new files, empty files, deleted files", "[enrich]") {
    const std::string odd = "na\"me\t\\ö";
    const ShellSession session = session_of(
        {write(1, "/home/me/app/" + odd, "x\n", true), write(2, "/home/me/app/empty", "", true),
         write(3, "/home/me/app/gone", "g\n", true), edit(4, "/home/me/app/old", "o\n", "o", "p"),
         write(5, "/home/me/app/none", "", false)},
        {{"true", ""}, {"true", ""}, {"true", ""}, {"true", ""}, {"true", ""}, {"rm gone old", ""}});
    CHECK(applied(patch_of(session), {{"old", "o\n"}}) == Files{{odd, "x\n"}, {"empty", ""}});
    CHECK(notes_of(session) == "none: written over, and what was there is not in the log\n");
}

TEST_CASE("patch: files outside of the project are left out and counted", "[enrich]") {
    const ShellSession session = session_of(
        {write(1, "/home/me/.claude/plan.md", "x\n", true), write(2, "/home/me/application/x", "x\n", true)});
    CHECK(patch_of(session).empty());
    CHECK(notes_of(session) == "2 outside\n");
    CHECK_FALSE(session.record.attribution);
    ShellSession windows(std::vector<ShellCall>{{"true", ""}});
    windows.evidence.working_directory = "D:\\app";
    windows.evidence.changes = {write(1, "D:\\app\\src\\a.txt", "x\n", true)};
    CHECK(windows.completed().attribution->files.at(0).path == "src/a.txt");
}

TEST_CASE("patch: what shell commands did, where the log shows it", "[enrich]") {
    const ShellSession session =
        session_of({write(1, "/home/me/app/a", "one\n", true), edit(7, "/home/me/app/s", "x2\n", "x2", "x3")},
                   {{"true", ""},
                    {"cat > b <<'EOF'\n$x `y`\nEOF\necho more >> b", ""},
                    {"mkdir d && mv a d/ && cp d/a c", ""},
                    {"sed -i 's/one/two/' c", ""},
                    {"cat > e <<EOF\n$HOME\nEOF", ""},
                    {"rm unseen.txt *.o; python3 x.py > out.log", ""},
                    {"true", ""}});
    CHECK(applied(patch_of(session), {{"s", "x2\n"}}) ==
          Files{{"b", "$x `y`\nmore\n"}, {"c", "one\n"}, {"d/a", "one\n"}, {"s", "x3\n"}});
    CHECK(notes_of(session) ==
          "c: changed by a shell command, and what came of it is not in the log\n"
          "e: changed by a shell command, and what came of it is not in the log\n"
          "out.log: changed by a shell command, and what came of it is not in the log\n"
          "unseen.txt: deleted, and its content is not in the log\n");
}

TEST_CASE("patch: sed -i whose result is shown by the next edit is the session's", "[enrich]") {
    const ShellSession session = session_of({edit(1, "/home/me/app/s", "1\n2\n", "1", "one"),
                                             edit(3, "/home/me/app/s", "one\ntwo\n", "two", "three")},
                                            {{"true", ""}, {"sed -i s/2/two/ s", ""}, {"true", ""}});
    CHECK(applied(patch_of(session), {{"s", "1\n2\n"}}) == Files{{"s", "one\nthree\n"}});
    CHECK(notes_of(session).empty());
    const ShellSession other = session_of({edit(1, "/home/me/app/s", "1\n2\n", "1", "one"),
                                           edit(2, "/home/me/app/s", "one\ntwo\n", "one", "1")});
    CHECK(notes_of(other) == "s changed between\n");
}

TEST_CASE("patch: without the whole file, what reads have shown of it", "[enrich]") {
    std::string text;
    for (int line = 1; line <= 20; ++line)
        text += "\tline " + std::to_string(line) + "\n";
    ShellSession session(std::vector<ShellCall>{{"true", ""}, {"true", ""}});
    enrich::FileView view;
    view.path = "/home/me/app/a.go";
    view.start_line = 5;
    view.step_index = 1;
    for (int line = 5; line <= 15; ++line)
        view.text += (line == 5 ? "\tline " : "\n\tline ") + std::to_string(line);
    session.evidence.views = {view};
    FileChange change = edit(2, "/home/me/app/a.go", {}, "line 10\n", "line ten\n\tand more\n");
    change.hunks = {{7,
                     7,
                     7,
                     8,
                     {"   line 7", "   line 8", "   line 9", "-  line 10", "+  line ten", "+  and more",
                      "   line 11", "   line 12", "   line 13"}}};
    session.evidence.changes = {change};
    session.completed();
    const Files after = applied(patch_of(session), {{"a.go", text}});
    CHECK(after.at("a.go").find("\tline 9\n\tline ten\n\tand more\n\tline 11\n") != std::string::npos);
    CHECK(notes_of(session).empty());
    // Lines that nobody has shown: no guess.
    session.record.outcome.patch.reset();
    session.evidence.views.clear();
    session.completed();
    CHECK(patch_of(session).empty());
    CHECK(notes_of(session) == "a.go: the text that was changed is not in the log\n");
}

TEST_CASE("patch: a short log cannot ask for endless files", "[enrich]") {
    const std::string too_much = "the session's files are larger than what is followed";
    std::vector<FileChange> growing{edit(1, "/home/me/app/a", "a", "a", "aaaaaaaaaa", true)};
    for (std::int64_t step = 2; step <= 30; ++step)
        growing.push_back(edit(step, "/home/me/app/a", {}, "a", "aaaaaaaaaa", true));
    CHECK(notes_of(session_of(growing)) == "a: " + too_much + "\n");

    std::vector<ShellCall> copies{{"true", ""}};
    for (int copy = 0; copy < 300; ++copy)
        copies.push_back({"cp a b" + std::to_string(copy), ""});
    const ShellSession session =
        session_of({write(1, "/home/me/app/a", std::string(std::size_t{1} << 20, 'x'), true)}, copies);
    CHECK(patch_of(session).size() < (std::size_t{256} << 20));
    CHECK(notes_of(session).find(": " + too_much) != std::string::npos);
    CHECK((*session.record.metadata.find("opentraces_patch"))["more"].integer().value_or(0) > 0);
}

TEST_CASE("patch: line numbers are as foreign as the text", "[enrich]") {
    constexpr std::int64_t k_last = std::numeric_limits<std::int64_t>::max();
    FileChange change = edit(1, "/home/me/app/a", {}, "x", "y");
    change.hunks = {{k_last, k_last, k_last, k_last, {"-x", "+y"}}};
    ShellSession session(std::vector<ShellCall>{{"true", ""}});
    enrich::FileView view;
    view.path = "/home/me/app/a";
    view.text = "x\nx\n";
    view.start_line = k_last;
    session.evidence.views = {view};
    session.evidence.changes = {change};
    session.completed();
    CHECK(patch_of(session).empty());
    CHECK(notes_of(session) == "a: the text that was changed is not in the log\n");
}

TEST_CASE("patch: diffs of agents that keep no whole files", "[enrich]") {
    FileChange first;
    first.path = "a.txt";
    first.step_index = 1;
    first.hunks = {{1, 2, 1, 2, {"-a", "+A", " b"}}};
    FileChange second = first;
    second.step_index = 2;
    second.hunks = {{2, 1, 2, 2, {" b", "+c"}}};
    const ShellSession session = session_of({first, second});
    CHECK(applied(patch_of(session), {{"a.txt", "a\nb\n"}}) == Files{{"a.txt", "A\nb\nc\n"}});
}

FileChange sought(std::int64_t step, std::vector<enrich::SoughtLines> edits) {
    FileChange change;
    change.path = "a.txt";
    change.step_index = step;
    change.sought = std::move(edits);
    return change;
}

std::string found(const std::string& text, std::vector<enrich::SoughtLines> edits) {
    std::size_t compared = 0;
    return enrich::with_sought(text, edits, compared).value_or("(not found)");
}

TEST_CASE("patch: edits without places are followed where the file is known", "[enrich]") {
    const auto known = session_of(
        {write(1, "a.txt", "1\nx\n2\nx\n3\n", true), sought(2, {{{}, {"2", "x"}, {"2", "y"}, false}})});
    CHECK(applied(patch_of(known), {}) == Files{{"a.txt", "1\nx\n2\ny\n3\n"}});
    CHECK(notes_of(known).empty());
    const auto unknown = session_of({sought(1, {{{}, {"2"}, {"3"}, false}})});
    CHECK(patch_of(unknown).empty());
    CHECK(notes_of(unknown) == "a.txt: where in the file it was changed is not in the log\n");
    // What the shell has made of it in between was not shown.
    const auto stale = session_of({write(1, "a.txt", "1\n2\n", true), sought(3, {{{}, {"2"}, {"3"}, false}})},
                                  {{"true", ""}, {"sed -i s/1/one/ a.txt", ""}, {"true", ""}});
    CHECK(patch_of(stale).find("+3") == std::string::npos);
    CHECK(notes_of(stale) == "a.txt: where in the file it was changed is not in the log\n");
}

TEST_CASE("sought lines: found in their order, as the tool finds them", "[enrich]") {
    CHECK(found("s\nt\ns\n", {{{}, {"s"}, {"1"}, false}, {{}, {"s"}, {"2"}, false}}) == "1\nt\n2\n");
    CHECK(found("s\nt\ns\n", {{"t", {"s"}, {"2"}, false}}) == "s\nt\n2\n");
    CHECK(found("s\nt\ns\n", {{{}, {"s"}, {"2"}, true}}) == "s\nt\n2\n");
    CHECK(found("s\n", {{{}, {}, {"t"}, false}}) == "s\nt\n");
    CHECK(found("\ts \n", {{{}, {"s"}, {"t"}, false}}) == "t\n");
    CHECK(found(" s\ns\n", {{{}, {"s"}, {"t"}, false}}) == " s\nt\n");  // equal ones before similar ones
    CHECK(found("s", {{{}, {"s", ""}, {"t", ""}, false}}) == "t\n");
    CHECK(found("s\n", {{{}, {"t"}, {"u"}, false}}) == "(not found)");
    CHECK(found("", {{{}, {"s", "t"}, {}, false}}) == "(not found)");
    CHECK(found("s\nt\n", {{{}, {"t"}, {"2"}, false}, {{}, {"s"}, {"1"}, true}}) == "(not found)");
}

TEST_CASE("sought lines: a text that is alike everywhere is not compared without end", "[enrich]") {
    std::string text;
    for (int line = 0; line < 60'000; ++line)
        text += "0123456789\n";
    std::vector<std::string> wanted(30'000, "0123456789");
    wanted.back() = "x";
    std::size_t compared = 0;
    CHECK_FALSE(enrich::with_sought(text, {{{}, wanted, {}, false}}, compared));
    CHECK(compared < std::size_t{300} << 20);
}

std::vector<std::string> ranges(const ShellSession& session) {
    std::vector<std::string> list;
    for (const auto& conversation : session.record.attribution.value().files.at(0).conversations) {
        for (const auto& range : conversation.ranges)
            list.push_back(*conversation.url + " " + range.start_line.text() + "-" + range.end_line.text() +
                           " " + *range.content_hash);
    }
    return list;
}

std::string hash(const char* text) {
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", enrich::murmur3_32(text));
    return digits;
}

TEST_CASE("attributed ranges describe the final file", "[enrich]") {
    const ShellSession session = session_of({write(1, "/home/me/app/a", "a\nb\nc\nd\n", true),
                                             edit(2, "/home/me/app/a", {}, "a\n", "x\ny\na\n"),
                                             edit(3, "/home/me/app/a", {}, "b\n", "\tB\n")});
    CHECK(session.record.attribution->files.at(0).path == "a");
    CHECK(ranges(session) == std::vector<std::string>{"opentraces://T/step_1 3-3 " + hash("a"),
                                                      "opentraces://T/step_1 5-6 " + hash("c\nd"),
                                                      "opentraces://T/step_2 1-2 " + hash("x\ny"),
                                                      "opentraces://T/step_3 4-4 " + hash("\tB")});
    CHECK(session.record.attribution->files[0].conversations[2].ranges[0].confidence ==
          trace::RangeConfidence::Medium);
}

TEST_CASE("lines of somebody else are not the session's, and move its lines along", "[enrich]") {
    const ShellSession session = session_of({edit(1, "/home/me/app/a", "1\n2\n", "2\n", "two\n"),
                                             edit(2, "/home/me/app/a", "0\n1\ntwo\n", "1\n", "one\n")});
    CHECK(ranges(session) == std::vector<std::string>{"opentraces://T/step_1 3-3 " + hash("two"),
                                                      "opentraces://T/step_2 2-2 " + hash("one")});
    CHECK(session.record.attribution->files[0].conversations[0].ranges[0].confidence ==
          trace::RangeConfidence::Low);
}

}  // namespace
