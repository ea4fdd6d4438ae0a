// What records say of commits, branches, repositories, tests and ends, held to outcomes.tsv, which was filled
// in by hand. A field may be unknown where the log lets one know it, and is counted; it may never say
// otherwise.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/fs/disk.hpp"
#include "where.hpp"

namespace {

using namespace opentraces;
using Row = std::map<std::string, std::string>;

const std::filesystem::path k_tree = opentraces::testing::source_folder();
const std::filesystem::path k_corpus = k_tree / "../shared/corpus";

std::vector<std::string> split(const std::string& text, const std::string& by) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    for (std::size_t end; (end = text.find(by, at)) != std::string::npos; at = end + by.size())
        parts.push_back(text.substr(at, end - at));
    parts.push_back(text.substr(at));
    return parts;
}

std::vector<Row> rows() {
    std::ifstream file(k_tree / "tests/corpus/outcomes.tsv");
    std::string line;
    std::getline(file, line);
    const std::vector<std::string> names = split(line, "\t");
    std::vector<Row> table;
    while (std::getline(file, line)) {
        const std::vector<std::string> cells = split(line, "\t");
        REQUIRE(cells.size() == names.size());
        for (std::size_t at = 0; at < cells.size(); ++at)
            (at == 0 ? table.emplace_back() : table.back())[names[at]] = cells[at];
    }
    return table;
}

std::string text_at(const json::Value& object, std::string_view key) {
    const json::Value& value = object[key];
    if (const std::string* text = value.if_string()) return *text;
    const auto number = value.integer();
    return number ? std::to_string(*number) : "-";
}

const json::Value* noted(const trace::TraceRecord& record, std::string_view key) {
    return record.metadata.find(key);
}

std::string commits_of(const trace::TraceRecord& record) {
    const json::Value* list = noted(record, "opentraces_commits");
    if (list == nullptr) return "-";
    std::string text;
    for (const json::Value& commit : *list->if_array()) {
        text += (text.empty() ? "" : " || ") + text_at(commit, "sha") + ":" +
                (commit["rewritten"].bool_or(false) ? "rewritten" : "survives") + ":" +
                text_at(commit, "branch") + ":" + text_at(commit, "subject");
    }
    return text.empty() ? "none" : text;
}

// The table was made from the file alone: without what sub-agents ran in files of their own.
bool is_of_the_file(const trace::TraceRecord& record, const json::Value& run) {
    const auto by_agent = [](const trace::Step& step) { return step.call_type == trace::CallType::Subagent; };
    const auto at = static_cast<std::size_t>(run["step"].integer().value() - 1);
    return !by_agent(record.steps.at(at)) || std::all_of(record.steps.begin(), record.steps.end(), by_agent);
}

std::string tests_of(const trace::TraceRecord& record) {
    const json::Value* list = noted(record, "opentraces_tests");
    std::string text;
    int number = 0;
    if (list == nullptr) return "none";
    for (const json::Value& run : *list->if_array()) {
        if (!is_of_the_file(record, run)) continue;
        text += (text.empty() ? "" : " || ") + std::to_string(++number) + "," + text_at(run, "runner") + "," +
                text_at(run, "through") + "," + text_at(run, "outcome") + "," + text_at(run, "passed") + "," +
                text_at(run, "failed");
    }
    return text.empty() ? "none" : text;
}

// Without the lines: a record knows steps.
std::string tests_in(const Row& row) {
    const std::string& cell = row.at("tests");
    if (cell == "none" || cell == "-") return cell;
    std::string text;
    for (const std::string& run : split(cell, " || ")) {
        std::vector<std::string> parts = split(run, ",");
        parts.erase(parts.begin() + 1, parts.begin() + 3);
        text += text.empty() ? "" : " || ";
        for (std::size_t at = 0; at < parts.size(); ++at)
            text += (at == 0 ? "" : ",") + parts[at];
    }
    return text;
}

std::string or_dash(const trace::OptText& text) {
    return text.value_or("-");
}

std::string noted_text(const trace::TraceRecord& record, std::string_view key, std::string_view otherwise) {
    const json::Value* value = noted(record, key);
    return value == nullptr ? std::string(otherwise) : std::string(value->string_or(std::string(otherwise)));
}

Row said_by(const trace::TraceRecord& record) {
    Row row;
    row["commits"] = commits_of(record);
    row["final_commit"] = or_dash(record.outcome.commit_sha);
    row["branch"] = or_dash(record.environment.vcs.branch);
    row["branch_at_start"] = noted_text(record, "opentraces_branch_at_start", row["branch"]);
    row["repository"] = or_dash(record.task.repository);
    row["base_commit"] = or_dash(record.task.base_commit);
    row["tests"] = tests_of(record);
    row["last_test_after_last_edit"] = noted_text(record, "opentraces_last_test", "none");
    row["terminal_state"] = noted_text(record, "opentraces_terminal_state", "unknown");
    const json::Value* failed = noted(record, "opentraces_failed_commits");
    row["failed_commits"] = failed == nullptr ? "0" : std::to_string(failed->integer().value_or(0));
    return row;
}

Row known_by(const Row& row) {
    Row known = row;
    known["tests"] = tests_in(row);
    if (row.at("final_commit") == "none") known["final_commit"] = "-";
    if (row.at("failed_commits") == "-") known["failed_commits"] = "0";
    return known;
}

struct Score {
    int right = 0;
    int missing = 0;
    int wrong = 0;
};

TEST_CASE("outcomes of 30 sessions are as read by hand, and nothing is invented", "[corpus]") {
    if (!std::filesystem::exists(k_corpus)) {
        std::cout << "skipped: no corpus at " << k_corpus << '\n';
        return;
    }
    // How many fields are known to be right; what is missing from it may become right, never the other way.
    const std::map<std::string, int> floor = {
        {"commits", 30},       {"final_commit", 30},    {"failed_commits", 30},
        {"branch", 30},        {"branch_at_start", 30}, {"repository", 30},
        {"base_commit", 30},   {"tests", 30},           {"last_test_after_last_edit", 30},
        {"terminal_state", 30}};
    const auto disk = fs::posix_disk();
    std::map<std::string, Score> scores;
    for (const Row& row : rows()) {
        const auto path = k_corpus / row.at("session");
        const auto parsed = capture::find_agent("claude-code")->read_from(path.string(), *disk);
        INFO(row.at("session"));
        REQUIRE(parsed.record);
        const Row known = known_by(row);
        for (const auto& [column, said] : said_by(*parsed.record)) {
            const std::string& wanted = known.at(column);
            Score& score = scores[column];
            const bool unsaid = said == "-" || said == "unknown" || (said == "none" && column != "commits");
            const bool same = said == wanted || (said == "-" && wanted == "none");
            ++(same ? score.right : unsaid ? score.missing : score.wrong);
            if (!same)
                std::cout << row.at("session") << "\n  " << column << ": " << said
                          << "\n  by hand: " << wanted << '\n';
        }
    }
    for (const auto& [column, score] : scores) {
        std::cout << column << ": " << score.right << " right, " << score.missing << " missing, "
                  << score.wrong << " wrong\n";
        INFO(column);
        const auto least = floor.find(column);
        if (least == floor.end()) continue;
        CHECK(score.right >= least->second);
        CHECK(score.wrong == 0);
    }
}

}  // namespace
