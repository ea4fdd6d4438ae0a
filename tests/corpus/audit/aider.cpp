#include "corpus/audit/aider.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <regex>
#include <set>

#include "corpus/audit/small_agents.hpp"

namespace opentraces::audit {
namespace {

bool begins(const std::string& text, const std::string& with) {
    return text.rfind(with, 0) == 0;
}

bool has_blanks(const std::string& line) {
    return line.size() >= 2 && line.compare(line.size() - 2, 2, "  ") == 0;
}

struct Section {
    std::string start;
    std::vector<std::string> lines;
};

std::vector<Section> sections(const std::string& history) {
    const std::string mark = "# aider chat started at ";
    std::vector<Section> all;
    std::ifstream file(history);
    for (std::string line; std::getline(file, line);) {
        if (begins(line, mark))
            all.push_back({line.substr(mark.size()), {}});
        else if (!all.empty())
            all.back().lines.push_back(line);
    }
    return all;
}

long tokens(const std::string& line, const std::string& kind) {
    std::smatch found;
    if (!std::regex_search(line, found, std::regex("([0-9.]+)(k?) " + kind))) return 0;
    return std::lround(std::stod(found[1]) * (found[2].length() > 0 ? 1000 : 1));
}

void count_tokens(const std::string& line, Counts& counts) {
    const long read = tokens(line, "cache hit");
    const long written = tokens(line, "cache write");
    counts.input += tokens(line, "sent") - read - written;
    counts.output += tokens(line, "received");
    counts.cache_read += read;
    counts.cache_write += written;
    ++counts.replies;
}

bool is_command(const std::string& prompt) {
    return begins(prompt, "/") && !begins(prompt, "/ask ");
}

// Files that a reply edits, and what became of the edits.
class Edits {
public:
    explicit Edits(Counts& counts) : m_counts(counts) {}

    // The name stands above the fence above the block.
    void take_reply(const std::string& line) {
        if (line == "<<<<<<< SEARCH" && m_before.size() >= 2) add(m_before[m_before.size() - 2]);
        m_before.push_back(line);
    }
    void begin_reply() {
        m_before.clear();
        m_files.clear();
        m_answered.clear();
    }
    void take_words(const std::string& words) {
        const std::string applied = "Applied edit to ";
        const std::string failed = "failed to exactly match lines in ";
        if (begins(words, applied)) {
            add(words.substr(applied.size()));
            answer(words.substr(applied.size()), words);
        }
        const std::size_t at = words.find(failed);
        if (at != std::string::npos) answer(words.substr(at + failed.size()), words);
        if (words.find("applied successfully") != std::string::npos)
            for (const std::string& file : m_files)
                answer(file, words);
    }

private:
    void add(const std::string& file) { m_counts.calls += m_files.insert(file).second ? 1 : 0; }
    void answer(const std::string& file, const std::string& words) {
        if (!m_answered.insert(file).second) return;
        ++m_counts.results;
        m_counts.answers.add(words);
    }

    Counts& m_counts;
    std::vector<std::string> m_before;
    std::set<std::string> m_files;
    std::set<std::string> m_answered;
};

std::string without_blanks(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

enum class Kind { Prompt, Words, Reply };

void count_line(Kind kind, Kind before, const std::string& line, Edits& edits, Counts& counts) {
    if (kind == Kind::Prompt) {
        if (is_command(line)) return;
        counts.prompts += before != Kind::Prompt ? 1 : 0;
        counts.said.add(line);
    } else if (kind == Kind::Words) {
        if (begins(line, "Tokens: ")) count_tokens(line, counts);
        edits.take_words(line);
    } else {
        if (before != Kind::Reply) edits.begin_reply();
        edits.take_reply(line);
        counts.text.add(line);
    }
}

Counts count_section(const Section& section) {
    Counts counts;
    Edits edits(counts);
    const bool blanks = std::any_of(section.lines.begin(), section.lines.end(), [](const std::string& line) {
        return begins(line, "> ") && has_blanks(line);
    });
    Kind before = Kind::Words;
    bool in_words = false;
    for (const std::string& line : section.lines) {
        Kind kind = Kind::Reply;
        if (in_words || (begins(line, "> ") && (!blanks || has_blanks(line) || begins(line, "> Tokens: "))))
            kind = Kind::Words;
        else if (begins(line, "#### ") && (blanks ? has_blanks(line) : before != Kind::Reply))
            kind = Kind::Prompt;
        const bool is_marked = kind != Kind::Reply && !in_words;
        in_words = kind == Kind::Words && blanks && !has_blanks(line);
        const std::size_t mark = kind == Kind::Prompt ? 5 : 2;
        const std::string text = without_blanks(is_marked ? line.substr(mark) : line);
        if (kind == Kind::Reply && line.empty() && before != Kind::Reply) continue;
        count_line(kind, before, text, edits, counts);
        before = kind;
    }
    counts.first_time = section.start;
    std::replace(counts.first_time.begin(), counts.first_time.end(), ' ', 'T');
    return counts;
}

// Calls of conversations: tools that the fixtures have.
long calls_in(const std::string& text) {
    const std::regex call("(^|\n)(```(shell|patch|save|ipython)[ \n]|@[a-z]+\\([^)]*\\): \\{)");
    return std::distance(std::sregex_iterator(text.begin(), text.end(), call), std::sregex_iterator());
}

}  // namespace

std::vector<std::string> aider_histories(const std::string& folder) {
    return files_below(folder, {".aider.chat.history.md"});
}

std::vector<Counts> count_aider(const std::string& history) {
    std::vector<Counts> all;
    for (const Section& section : sections(history))
        all.push_back(count_section(section));
    return all;
}

Counts count_gptme(const std::string& session) {
    std::ifstream file(session);
    Counts counts;
    long waiting = 0;
    bool may_run = false;  // a block of a language that is no tool
    bool begun = false;
    for (std::string line; std::getline(file, line);) {
        const json message = json::parse(line);
        const std::string role = text_at(message, "role");
        const std::string text = text_at(message, "content");
        if (counts.first_time.empty()) counts.first_time = text_at(message, "timestamp");
        counts.last_time = text_at(message, "timestamp");
        if (role == "user") {
            ++counts.prompts;
            counts.said.add(text);
        } else if (role != "assistant" && begun) {
            const bool runs = waiting == 0 && may_run && role == "tool";
            counts.calls += runs ? 1 : 0;
            if (runs || waiting > 0) {
                ++counts.results;
                counts.answers.add(text);
                waiting -= runs ? 0 : 1;
            }
            may_run = may_run && !runs;
        }
        begun = begun || role != "system";
        if (role != "assistant") continue;
        waiting = calls_in(text);
        counts.calls += waiting;
        may_run = text.find("```python\n") != std::string::npos;
        const std::size_t thought = text.find("</think>");
        const std::size_t from = thought == std::string::npos ? 0 : thought + 8;
        if (from > 0) counts.reasoning.add(text.substr(7, thought - 7));
        counts.text.add(text.substr(from));
        const json& metadata = member(message, "metadata");
        if (!metadata.is_object()) continue;
        const json& usage = metadata.contains("usage") ? member(metadata, "usage") : metadata;
        ++counts.replies;
        counts.input += count_of(usage, "input_tokens");
        counts.output += count_of(usage, "output_tokens");
        counts.cache_read += count_of(usage, "cache_read_tokens");
        counts.cache_write += count_of(usage, "cache_creation_tokens");
    }
    return counts;
}

}  // namespace opentraces::audit
