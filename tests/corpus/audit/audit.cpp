// Holds every record that the program makes of the corpus against the session's own lines, counted by code
// that shares nothing with the product. Skipped where the corpus is not there.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "catch.hpp"
#include "corpus/audit/claude_code.hpp"
#include "corpus/audit/codex.hpp"
#include "corpus/audit/counts.hpp"
#include "where.hpp"

namespace {

using namespace opentraces::audit;

std::string corpus() {
    return opentraces::testing::source_folder() + "/../shared/corpus";
}

// The record of a session file; null when the session is left out or refused.
json record_of(const std::string& session) {
    const std::string command = "'" + opentraces::testing::program_to_test() +
                                "' parse --quiet --max-observation 0 '" + session + "' 2>/dev/null";
    std::string text;
    FILE* const pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 65536> buffer{};
    for (std::size_t count = 0; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        text.append(buffer.data(), count);
    pclose(pipe);
    return text.empty() ? json() : json::parse(text);
}

// "u03d3cb46", in the place of a login.
bool is_pseudonym(const std::string& word) {
    return word.size() == 9 && word[0] == 'u' &&
           word.find_first_not_of("0123456789abcdef", 1) == std::string::npos;
}

// Words may differ where something was redacted or a login, of up to three words, was replaced; nowhere else.
long differences(const Words& raw, const Words& recorded, long redactions) {
    constexpr long k_words_of_a_secret = 40;
    constexpr long k_words_of_a_mark = 4;
    constexpr long k_words_of_a_login = 3;
    const auto lost = static_cast<long>(raw.more_than(recorded).size());
    const std::vector<std::string> added = recorded.more_than(raw);
    const long logins = std::count_if(added.begin(), added.end(), is_pseudonym);
    const long others = static_cast<long>(added.size()) - logins;
    return std::max(0L, lost - k_words_of_a_login * logins - k_words_of_a_secret * redactions) +
           std::max(0L, others - k_words_of_a_mark * redactions);
}

struct Row {
    const char* name;
    long Counts::*count;
};
const std::vector<Row> k_both{{"prompts", &Counts::prompts},        {"mid-turn", &Counts::mid_turn},
                              {"replies", &Counts::replies},        {"calls", &Counts::calls},
                              {"results", &Counts::results},        {"input", &Counts::input},
                              {"output", &Counts::output},          {"cache read", &Counts::cache_read},
                              {"cache write", &Counts::cache_write}};
const std::vector<Row> k_claude_code{{"images", &Counts::images}, {"context", &Counts::context}};

struct TextRow {
    const char* name;
    Words Counts::*words;
};
const std::vector<TextRow> k_texts{
    {"text, words", &Counts::text}, {"reasoning, words", &Counts::reasoning}, {"said, words", &Counts::said}};
const std::vector<TextRow> k_claude_code_texts{{"results, words", &Counts::answers}};

struct Column {
    long raw = 0;
    long recorded = 0;
    long differences = 0;
};

class Table {
public:
    void add(const std::string& name, long raw, long recorded, long differences, const std::string& session) {
        Column& column = m_columns[name];
        column.raw += raw;
        column.recorded += recorded;
        column.differences += differences;
        if (differences != 0) {
            std::cout << "  differs: " << name << ", lines " << raw << ", record " << recorded << ", "
                      << session << '\n';
        }
    }
    void print(const std::string& agent, int records, int left_out) const {
        std::cout << agent << ": " << records << " records, " << left_out << " sessions without one\n";
        std::printf("  %-16s %12s %12s %12s\n", "", "lines", "records", "differences");
        for (const auto& [name, column] : m_columns)
            std::printf("  %-16s %12ld %12ld %12ld\n", name.c_str(), column.raw, column.recorded,
                        column.differences);
        std::fflush(stdout);
    }
    long differences() const {
        long all = 0;
        for (const auto& [name, column] : m_columns)
            all += column.differences;
        return all;
    }

private:
    std::map<std::string, Column> m_columns;
};

struct Pair {
    const Counts& raw;
    const Counts& recorded;
    long redactions;
    const std::string& session;
};

void compare(const Pair& pair, const std::vector<Row>& rows, const std::vector<TextRow>& texts,
             Table& table) {
    for (const Row& row : rows) {
        const long raw = pair.raw.*row.count;
        const long recorded = pair.recorded.*row.count;
        table.add(row.name, raw, recorded, std::abs(raw - recorded), pair.session);
    }
    for (const TextRow& row : texts) {
        const Words& raw = pair.raw.*row.words;
        const Words& recorded = pair.recorded.*row.words;
        table.add(row.name, raw.size(), recorded.size(), differences(raw, recorded, pair.redactions),
                  pair.session);
    }
}

using Count = Counts (*)(const std::string& session);

// Every session of an agent; the table is printed.
long audit(const std::string& agent, const std::vector<std::string>& sessions, Count count) {
    Table table;
    int records = 0;
    int left_out = 0;
    for (const std::string& session : sessions) {
        const json record = record_of(session);
        if (record.is_null()) {
            ++left_out;
            continue;
        }
        ++records;
        const Counts raw = count(session);
        const Counts own = count_record(record);
        const std::string name = session.substr(corpus().size());
        const Pair pair{raw, own, count_of(record.at("security"), "redactions_applied"), name};
        compare(pair, k_both, k_texts, table);
        if (agent == "claude-code") compare(pair, k_claude_code, k_claude_code_texts, table);
        table.add("first time", 1, 1, raw.first_time == own.first_time ? 0 : 1, name);
        table.add("last time", 1, 1, raw.last_time == own.last_time ? 0 : 1, name);
    }
    table.print(agent, records, left_out);
    CHECK(records > 0);
    return table.differences();
}

bool corpus_is_there() {
    if (std::filesystem::exists(corpus())) return true;
    std::cout << "skipped: no corpus at " << corpus() << '\n';
    return false;
}

}  // namespace

TEST_CASE("records of Claude Code sessions say what their lines say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("claude-code", claude_code_sessions(corpus() + "/claude-code"), count_claude_code) == 0);
}

TEST_CASE("records of Codex rollouts say what their lines say", "[corpus][audit]") {
    if (!corpus_is_there()) return;
    CHECK(audit("codex", codex_sessions(corpus() + "/codex"), count_codex) == 0);
}
