#include "corpus/audit/comparison.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "where.hpp"

namespace opentraces::audit {
namespace {

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
const std::vector<TextRow> k_answers{{"results, words", &Counts::answers}};

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

}  // namespace

// The records of a file.
std::vector<json> records_of(const std::string& session) {
    const std::string command = "'" + opentraces::testing::program_to_test() +
                                "' parse --quiet --max-observation 0 '" + session + "' 2>/dev/null";
    std::string text;
    FILE* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run: " + command);
    std::array<char, 65536> buffer{};
    for (std::size_t count = 0; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        text.append(buffer.data(), count);
    pclose(pipe);
    std::vector<json> records;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        records.push_back(json::parse(line));
    return records;
}

void Table::add(const std::string& name, long raw, long recorded, long differences,
                const std::string& session) {
    Column& column = m_columns[name];
    column.raw += raw;
    column.recorded += recorded;
    column.differences += differences;
    if (differences != 0) {
        std::cout << "  differs: " << name << ", lines " << raw << ", record " << recorded << ", " << session
                  << '\n';
    }
}

void Table::print(const std::string& agent, int records, int left_out) const {
    std::cout << agent << ": " << records << " records, " << left_out << " sessions without one\n";
    std::printf("  %-16s %12s %12s %12s\n", "", "lines", "records", "differences");
    for (const auto& [name, column] : m_columns)
        std::printf("  %-16s %12ld %12ld %12ld\n", name.c_str(), column.raw, column.recorded,
                    column.differences);
    std::fflush(stdout);
}

long Table::differences() const {
    long all = 0;
    for (const auto& [name, column] : m_columns)
        all += column.differences;
    return all;
}

void compare_record(const Counts& raw, const json& record, const std::string& name, const std::string& agent,
                    Table& table) {
    const Counts own = count_record(record);
    const Pair pair{raw, own, count_of(record.at("security"), "redactions_applied"), name};
    compare(pair, k_both, k_texts, table);
    if (agent == "claude-code") compare(pair, k_claude_code, {}, table);
    if (agent != "codex" && agent != "swe-agent") compare(pair, {}, k_answers, table);
    table.add("first time", 1, 1, raw.first_time == own.first_time ? 0 : 1, name);
    table.add("last time", 1, 1, raw.last_time == own.last_time ? 0 : 1, name);
}

}  // namespace opentraces::audit
