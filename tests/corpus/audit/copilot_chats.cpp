#include "corpus/audit/copilot_chats.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace opentraces::audit {
namespace {

std::string bytes_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The document as it is after all its changes.
json document_of(const std::string& path) {
    const std::string text = bytes_of(path);
    const json whole = json::parse(text, nullptr, false);
    if (whole.is_object() && whole.contains("requests")) return whole;
    json document;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const json change = json::parse(line);
        const long kind = count_of(change, "kind");
        if (kind == 0) {
            document = member(change, "v");
            continue;
        }
        json::json_pointer where;
        for (const json& step : member(change, "k"))
            where /= step.is_string() ? step.get<std::string>() : std::to_string(step.get<long>());
        if (kind == 1) document[where] = member(change, "v");
        if (kind == 2)
            for (const json& more : member(change, "v"))
                document[where].push_back(more);
    }
    return document;
}

void add_leaves(const json& node, std::string& text) {
    text += " " + text_at(node, "text");
    for (const json& child : member(node, "children"))
        add_leaves(child, text);
}

std::string words_of_result(const json& result) {
    std::string text;
    for (const json& item : member(result, "content")) {
        text += " " + text_at(item, "value");
        add_leaves(member(member(item, "value"), "node"), text);
    }
    return text;
}

void take_request(const json& request, Counts& counts) {
    std::string said = text_at(member(request, "message"), "text");
    if (!said.empty()) ++counts.prompts;
    for (const json& one : member(member(request, "variableData"), "variables"))
        if (text_at(one, "id").rfind("vscode.implicit", 0) != 0)
            said += " " + text_at(one, "kind") + " " + text_at(member(one, "value"), "fsPath");
    counts.said.add(said);
    const json& result = member(request, "result");
    const json& metadata = member(result, "metadata");
    for (const json& round : member(metadata, "toolCallRounds")) {
        counts.text.add(text_at(round, "response"));
        for (const json& call : member(round, "toolCalls")) {
            ++counts.calls;
            const json& given = member(member(metadata, "toolCallResults"), text_at(call, "id").c_str());
            if (given.is_null()) continue;
            ++counts.results;
            counts.answers.add(words_of_result(given));
        }
    }
    const json& usage = member(result, "usage");
    if (!usage.is_null()) ++counts.replies;
    counts.input += count_of(usage, "promptTokens");
    counts.output += count_of(usage, "completionTokens");
}

}  // namespace

std::vector<std::string> copilot_chats(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file() || entry.path().extension().string().rfind(".json", 0) != 0) continue;
        const std::string text = bytes_of(entry.path());
        for (const char* list : {"\"requests\":[", "\"requests\": ["})
            if (text.find(list) != std::string::npos) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_copilot_chat(const std::string& session) {
    const json document = document_of(session);
    Counts counts;
    std::set<long> times;
    const auto see = [&times](long time) {
        if (time > 0) times.insert(time);
    };
    see(count_of(document, "creationDate"));
    for (const json& request : member(document, "requests")) {
        take_request(request, counts);
        const long begun = count_of(request, "timestamp");
        const long done = count_of(member(request, "modelState"), "completedAt");
        see(begun);
        see(done > 0 ? done : begun + count_of(member(member(request, "result"), "timings"), "totalElapsed"));
    }
    if (!times.empty()) {
        counts.first_time = time_of_milliseconds(*times.begin());
        counts.last_time = time_of_milliseconds(*times.rbegin());
    }
    return counts;
}

}  // namespace opentraces::audit
