#include "corpus/audit/cascade.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace opentraces::audit {
namespace {

std::vector<json> lines_of(const std::string& path) {
    std::vector<json> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) lines.push_back(json::parse(line));
    return lines;
}

// What a person typed.
std::string request_in(const std::string& content) {
    const std::string begin = "<USER_REQUEST>";
    const std::size_t at = content.find(begin);
    if (at == std::string::npos) return content;
    const std::size_t from = at + begin.size();
    return content.substr(from, content.find("</USER_REQUEST>") - from);
}

}  // namespace

std::vector<std::string> cascade_transcripts(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".jsonl") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_antigravity(const std::string& session) {
    Counts counts;
    std::set<std::string> times;
    long open = 0;
    for (const json& line : lines_of(session)) {
        const std::string at = text_at(line, "created_at");
        if (!at.empty() && at[0] == '2') times.insert(at);
        const std::string type = text_at(line, "type");
        const std::string content = text_at(line, "content");
        if (type == "USER_INPUT") {
            ++counts.prompts;
            counts.said.add(request_in(content));
            open = 0;
        } else if (type == "PLANNER_RESPONSE") {
            counts.text.add(content);
            counts.reasoning.add(text_at(line, "thinking"));
            open = static_cast<long>(member(line, "tool_calls").size());
            counts.calls += open;
        } else if (text_at(line, "source") == "MODEL") {
            // A result that no call is left for is one of a call that the log does not have.
            if (open > 0) {
                --open;
            } else {
                ++counts.calls;
            }
            ++counts.results;
            counts.answers.add(content);
        }
    }
    if (!times.empty()) {
        counts.first_time = *times.begin();
        counts.last_time = *times.rbegin();
    }
    return counts;
}

Counts count_windsurf(const std::string& session) {
    Counts counts;
    for (const json& line : lines_of(session)) {
        const std::string type = text_at(line, "type");
        const json& data = member(line, type.c_str());
        if (type == "user_input") {
            ++counts.prompts;
            counts.said.add(text_at(data, "user_response"));
        } else if (type == "planner_response") {
            counts.text.add(text_at(data, "response"));
        } else {
            ++counts.calls;
            ++counts.results;
            const std::string text = text_at(data, "output") + text_at(data, "content");
            counts.answers.add(text);
            if (text.empty() && data.contains("total_results"))
                counts.answers.add("total_results " + std::to_string(count_of(data, "total_results")));
        }
    }
    return counts;
}

}  // namespace opentraces::audit
