#include "corpus/audit/specstory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace opentraces::audit {
namespace {

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
    const std::size_t at = text.find(begin);
    if (at == std::string::npos) return {};
    const std::size_t from = at + begin.size();
    return text.substr(from, text.find(end, from) - from);
}

// The text without the elements; each is given to `take` with what follows it.
template <class Take>
std::string without(const std::string& text, const std::string& begin, const std::string& end, Take take) {
    std::string rest;
    std::size_t from = 0;
    for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, from)) {
        rest += text.substr(from, at - from);
        const std::size_t to = text.find(end, at);
        from = to == std::string::npos ? text.size() : to + end.size();
        take(text.substr(at, to - at), text.substr(from, 100000));
    }
    return rest + text.substr(from);
}

// Of the code blocks of a call, the first may be what was asked for.
void take_call(const std::string& element, const std::string& after, Counts& counts) {
    static const std::set<std::string> k_asked{"bash", "sh", "shell", "zsh", "diff"};
    ++counts.calls;
    std::vector<std::string> lines;
    std::vector<std::size_t> fences;
    std::istringstream text(element);
    for (std::string line; std::getline(text, line); lines.push_back(line))
        if (line.rfind("```", 0) == 0) fences.push_back(lines.size());
    const std::string language = fences.empty() ? "" : lines[fences[0]].substr(3);
    const bool is_write = between(element, "data-tool-type=\"", "\"") == "write";
    const bool asked = is_write ? !language.empty() && language != "text" : k_asked.count(language) > 0;
    const std::size_t first = asked ? 2 : 0;
    if (fences.size() > first + 1) {
        ++counts.results;
        for (std::size_t at = fences[first] + 1; at < fences.back(); ++at)
            counts.answers.add(lines[at]);
    } else if (fences.size() <= first && after.rfind("\n```\n", 0) == 0) {
        ++counts.results;
        counts.answers.add(between(after, "\n```\n", "\n```\n"));
    }
}

std::string plain(std::string text) {
    for (const char* frame : {"<think>", "<details>", "</details>", "<summary>Thought Process</summary>"})
        for (std::size_t at = text.find(frame); at != std::string::npos; at = text.find(frame))
            text.erase(at, std::string(frame).size());
    return text;
}

std::string iso(const std::string& text) {
    static const std::regex k_time("(\\d{4}-\\d{2}-\\d{2}) (\\d{2}:\\d{2}(?::\\d{2})?)Z");
    std::smatch time;
    if (!std::regex_search(text, time, k_time)) return {};
    return time[1].str() + "T" + time[2].str() + (time[2].length() == 5 ? ":00Z" : "Z");
}

}  // namespace

std::vector<std::string> specstory_documents(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".md" && entry.path().filename() != "README.md")
            files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

// Documents whose calls are elements; a line "_**User**_" in a code block of a
// reply is taken for a turn.
Counts count_specstory(const std::string& session) {
    std::ifstream file(session);
    std::ostringstream whole;
    whole << file.rdbuf();
    Counts counts;
    std::string text = without(whole.str(), "\n<tool-use", "</tool-use>",
                               [&counts](const std::string& element, const std::string& after) {
                                   take_call(element, after, counts);
                               });
    text = without(text, "\n<think>", "</think>", [&counts](const std::string& thought, const std::string&) {
        counts.reasoning.add(plain(thought));
    });
    static const std::regex k_turn("\n_\\*\\*(User|Agent|Assistant)([^\n]*)\\*\\*_\n");
    std::set<std::string> times{iso(text.substr(0, text.find("\n_**")))};
    const std::sregex_iterator end;
    for (std::sregex_iterator turn(text.begin(), text.end(), k_turn); turn != end; ++turn) {
        const auto next = std::next(turn);
        const auto from = static_cast<std::size_t>(turn->position() + turn->length());
        const auto to = next == end ? text.size() : static_cast<std::size_t>(next->position());
        const std::string said = to > from ? text.substr(from, to - from) : std::string();
        times.insert(iso((*turn)[2].str()));
        if ((*turn)[1] != "User") {
            if (said.rfind("\n\n```\n", 0) != 0 && said.rfind("\n```\n", 0) != 0) counts.text.add(said);
        } else if (said.find("\n \u23bf ") == std::string::npos && is_of_person(said)) {
            ++counts.prompts;
            counts.said.add(said);
        }
    }
    times.erase("");
    if (!times.empty()) {
        counts.first_time = *times.begin();
        counts.last_time = *times.rbegin();
    }
    return counts;
}

}  // namespace opentraces::audit
