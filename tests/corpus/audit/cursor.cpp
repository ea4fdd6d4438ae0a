#include "corpus/audit/cursor.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace opentraces::audit {
namespace {

namespace stdfs = std::filesystem;

// What stands between the marks; all of it where there are none.
std::string typed_in(const std::string& text) {
    const std::string mark = "<user_query>";
    const std::size_t begin = text.find(mark);
    if (begin == std::string::npos) return text;
    return text.substr(begin + mark.size(), text.find("</user_query>", begin) - begin - mark.size());
}

std::string text_of(const json& content) {
    if (content.is_string()) return content.get<std::string>();
    std::string text;
    for (const json& block : content)
        text += text_at(block, "text") + "\n";
    return text;
}

void take_line(const json& line, bool is_agent, Counts& counts) {
    const std::string role = text_at(line, "role");
    for (const json& block : member(member(line, "message"), "content")) {
        const std::string type = text_at(block, "type");
        if (type == "tool_use" || type == "tool_call") {
            ++counts.calls;
        } else if (type == "tool_result" || type == "tool-result") {
            ++counts.results;
            counts.answers.add(text_of(member(block, "content")));
        } else if (type == "thinking") {
            counts.reasoning.add(text_at(block, "thinking"));
        } else if (role == "assistant") {
            counts.text.add(text_at(block, "text"));
        } else {
            counts.said.add(typed_in(text_at(block, "text")));
            if (!is_agent) ++counts.prompts;
        }
    }
}

void take_lines(const stdfs::path& path, bool is_agent, Counts& counts) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) take_line(json::parse(line), is_agent, counts);
}

std::string time_of(long milliseconds) {
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    return std::string(text.data()) + ".000Z";
}

std::vector<std::string> values(const std::string& path, const std::string& beginning) {
    sqlite3* handle = nullptr;
    if (sqlite3_open_v2(("file:" + path + "?immutable=1").c_str(), &handle,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr) != SQLITE_OK)
        throw std::runtime_error(path);
    sqlite3_stmt* rows = nullptr;
    sqlite3_prepare_v2(
        handle,
        ("SELECT value FROM cursorDiskKV WHERE key LIKE '" + beginning + "%' AND value NOT NULL").c_str(), -1,
        &rows, nullptr);
    std::vector<std::string> found;
    while (sqlite3_step(rows) == SQLITE_ROW)
        found.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(rows, 0)));
    sqlite3_finalize(rows);
    sqlite3_close(handle);
    return found;
}

Counts count_editor(const std::string& path) {
    Counts counts;
    const json composer = json::parse(values(path, "composerData:").at(0));
    counts.first_time = time_of(count_of(composer, "createdAt"));
    counts.last_time = time_of(count_of(composer, "lastUpdatedAt"));
    for (const std::string& value : values(path, "bubbleId:")) {
        const json bubble = json::parse(value);
        const bool person = count_of(bubble, "type") == 1;
        (person ? counts.said : counts.text).add(text_at(bubble, "text"));
        if (person) ++counts.prompts;
        const json& tool = member(bubble, "toolFormerData");
        if (tool.is_null()) continue;
        ++counts.calls;
        ++counts.results;
        counts.answers.add(text_at(tool, "result"));
    }
    return counts;
}

}  // namespace

std::vector<std::string> cursor_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : stdfs::recursive_directory_iterator(folder)) {
        const std::string ending = entry.path().extension();
        const bool is_agent = entry.path().parent_path().filename() == "subagents";
        if ((ending == ".jsonl" && !is_agent) || ending == ".vscdb" || ending == ".db")
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_cursor(const std::string& session) {
    if (session.ends_with(".vscdb")) return count_editor(session);
    Counts counts;
    take_lines(session, false, counts);
    const stdfs::path agents = stdfs::path(session).parent_path() / "subagents";
    if (!stdfs::exists(agents)) return counts;
    for (const auto& entry : stdfs::directory_iterator(agents))
        take_lines(entry.path(), true, counts);
    return counts;
}

}  // namespace opentraces::audit
