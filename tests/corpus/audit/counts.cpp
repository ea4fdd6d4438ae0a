#include "corpus/audit/counts.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <set>

namespace opentraces::audit {
namespace {

bool is_word_byte(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

std::set<long> steps_with(const json& record, const char* fact) {
    std::set<long> steps;
    for (const json& facts : member(member(record, "metadata"), "opentraces_steps"))
        if (!text_at(facts, fact).empty()) steps.insert(count_of(facts, "step"));
    return steps;
}

void count_context(const json& record, Counts& counts) {
    const json& metadata = member(record, "metadata");
    for (const char* key : {"kept", "not_kept"}) {
        for (const auto& [kind, lines] : member(member(metadata, "opentraces_context"), key).items())
            if (!kind.starts_with("hook_progress/")) counts.context += lines.get<long>();
    }
    const json& unknown = member(member(metadata, "opentraces_parser"), "unknown_line_types");
    for (const auto& [type, lines] : unknown.items())
        if (type.starts_with("attachment/")) counts.context += lines.get<long>();
}

// Step -> the step that has its text.
std::map<long, long> repeats_in(const json& record) {
    std::map<long, long> repeats;
    for (const json& facts : member(member(record, "metadata"), "opentraces_steps"))
        if (count_of(facts, "repeats") > 0) repeats[count_of(facts, "step")] = count_of(facts, "repeats");
    return repeats;
}

// Of reasoning that the log has without its text.
std::string without_marks(std::string reasoning) {
    const std::string mark = "[encrypted reasoning]";
    for (std::size_t at = reasoning.find(mark); at != std::string::npos; at = reasoning.find(mark))
        reasoning.erase(at, mark.size());
    return reasoning;
}

void count_step(const json& step, const std::string& content, Counts& counts) {
    const std::string role = step.at("role");
    counts.images += occurrences(content, "[image: ");
    if (role == "agent") {
        counts.text.add(content);
        const std::string reasoning = without_marks(text_at(step, "reasoning_content"));
        if (!reasoning.starts_with("[redacted")) counts.reasoning.add(reasoning);
    } else {
        counts.said.add(content);
        if (role == "user" && is_of_person(content)) ++counts.prompts;
    }
    counts.calls += static_cast<long>(step.at("tool_calls").size());
    for (const json& observation : step.at("observations")) {
        if (text_at(observation, "error") == "no_result") continue;
        ++counts.results;
        const std::string answer = text_at(observation, "content");
        counts.images += occurrences(answer, "[image: ");
        counts.answers.add(answer);
    }
}

void count_tokens(const json& record, Counts& counts) {
    for (const auto& [model, usage] : member(member(record, "metadata"), "model_usage").items()) {
        counts.replies += count_of(usage, "replies");
        counts.input += count_of(usage, "inputTokens");
        counts.output += count_of(usage, "outputTokens");
        counts.cache_read += count_of(usage, "cacheReadInputTokens");
        counts.cache_write += count_of(usage, "cacheCreationInputTokens");
    }
}

}  // namespace

void Words::add(const std::string& text) {
    std::string word;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at < text.size() && is_word_byte(static_cast<unsigned char>(text[at]))) {
            word += text[at];
        } else if (!word.empty()) {
            ++m_counts[word];
            word.clear();
        }
    }
}

long Words::size() const {
    long words = 0;
    for (const auto& [word, count] : m_counts)
        words += count;
    return words;
}

std::vector<std::string> Words::more_than(const Words& other) const {
    std::vector<std::string> more;
    for (const auto& [word, count] : m_counts) {
        const auto there = other.m_counts.find(word);
        const long left = count - (there == other.m_counts.end() ? 0 : there->second);
        for (long i = 0; i < left; ++i)
            more.push_back(word);
    }
    return more;
}

long occurrences(const std::string& text, const std::string& part) {
    long count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

const json& member(const json& object, const char* key) {
    static const json nothing;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? *found : nothing;
}

long count_of(const json& object, const char* key) {
    const json& value = member(object, key);
    return value.is_number() ? value.get<long>() : 0;
}

std::string text_at(const json& object, const char* key) {
    const json& value = member(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::string time_of_milliseconds(long milliseconds) {
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 8> rest{};
    std::snprintf(rest.data(), rest.size(), ".%03ldZ", milliseconds % 1000);
    return std::string(text.data()) + rest.data();
}

bool is_of_person(const std::string& text) {
    static const std::array<std::string, 15> others{"<system-reminder>",
                                                    "<local-command-",
                                                    "<command-name>",
                                                    "<bash-",
                                                    "<task-notification>",
                                                    "<user-prompt-submit-hook>",
                                                    "<session-start-hook>",
                                                    "<user-memory-input>",
                                                    "<teammate-message",
                                                    "<cross-session-message",
                                                    "[Request interrupted by user",
                                                    "Operation stopped by hook: ",
                                                    "Stop hook feedback:",
                                                    "Caveat: The messages below were generated by the user",
                                                    "{\"task_id\""};
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string::npos) return false;
    return std::none_of(others.begin(), others.end(), [&](const std::string& other) {
        return text.compare(start, other.size(), other) == 0;
    });
}

Counts count_record(const json& record) {
    Counts counts;
    const std::set<long> context = steps_with(record, "context");
    counts.prompts = -static_cast<long>(steps_with(record, "from").size());  // of other agents
    const std::map<long, long> repeats = repeats_in(record);
    for (const json& step : record.at("steps")) {
        const long index = step.at("step_index").get<long>();
        if (context.count(index) > 0) continue;
        const auto first = repeats.find(index);
        const json& said = first == repeats.end()
                               ? step
                               : record.at("steps").at(static_cast<std::size_t>(first->second - 1));
        count_step(step, text_at(said, "content"), counts);
    }
    count_context(record, counts);
    count_tokens(record, counts);
    counts.mid_turn = count_of(member(member(record, "metadata"), "opentraces_queue"), "received");
    counts.first_time = text_at(record, "timestamp_start");
    counts.last_time = text_at(record, "timestamp_end");
    return counts;
}

}  // namespace opentraces::audit
