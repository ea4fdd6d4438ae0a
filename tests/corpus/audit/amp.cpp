#include "corpus/audit/amp.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>

namespace opentraces::audit {
namespace {

std::string time_of(long milliseconds) {
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char day[32];
    std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    char whole[64];
    std::snprintf(whole, sizeof whole, "%s.%03ldZ", day, milliseconds % 1000);
    return whole;
}

std::string text_of_run(const json& run) {
    const json& result = member(run, "result");
    for (const char* key : {"output", "content", "diff"})
        if (member(result, key).is_string()) return text_at(result, key);
    return result.is_string() ? result.get<std::string>() : result.dump();
}

struct Reader {
    Counts counts;
    std::set<std::string> calls;

    void take_time(const std::string& at) {
        if (at.empty()) return;
        if (counts.first_time.empty() || at < counts.first_time) counts.first_time = at;
        counts.last_time = std::max(counts.last_time, at);
    }

    void take_usage(const json& usage) {
        if (!usage.is_object()) return;
        ++counts.replies;
        counts.input += count_of(usage, "inputTokens");
        counts.output += count_of(usage, "outputTokens");
        counts.cache_read += count_of(usage, "cacheReadInputTokens");
        counts.cache_write += count_of(usage, "cacheCreationInputTokens");
        take_time(text_at(usage, "timestamp"));
    }

    void take(const json& message) {
        const bool reply = text_at(message, "role") == "assistant";
        bool typed = false;
        for (const json& block : member(message, "content")) {
            const std::string type = text_at(block, "type");
            if (type == "text") (reply ? counts.text : counts.said).add(text_at(block, "text"));
            if (type == "thinking") counts.reasoning.add(text_at(block, "thinking"));
            if (type == "tool_use" && calls.insert(text_at(block, "id")).second) ++counts.calls;
            if (type == "tool_result" && calls.count(text_at(block, "toolUseID")) > 0) {
                ++counts.results;
                counts.answers.add(text_of_run(member(block, "run")));
            }
            typed |= type == "text";
        }
        if (!reply && typed) ++counts.prompts;
        if (const long sent = count_of(member(message, "meta"), "sentAt"); sent > 0) take_time(time_of(sent));
        take_usage(member(message, "usage"));
    }
};

}  // namespace

std::vector<std::string> amp_threads(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_amp(const std::string& path) {
    std::ifstream file(path);
    const json thread = json::parse(file);
    Reader reader;
    reader.take_time(time_of(count_of(thread, "created")));
    for (const json& message : thread.at("messages"))
        reader.take(message);
    return reader.counts;
}

}  // namespace opentraces::audit
