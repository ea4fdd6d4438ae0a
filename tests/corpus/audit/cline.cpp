#include "corpus/audit/cline.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <regex>

#include "corpus/audit/small_agents.hpp"

namespace opentraces::audit {
namespace {

namespace stdfs = std::filesystem;

json document(const stdfs::path& path) {
    std::ifstream file(path);
    return file ? json::parse(file) : json();
}

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

std::vector<json> blocks_of(const json& message) {
    const json& content = member(message, "content");
    if (content.is_string()) return {{{"type", "text"}, {"text", content}}};
    return content.is_array() ? content.get<std::vector<json>>() : std::vector<json>();
}

// All matches taken out of the text; the first group of each is given away.
template <class Take>
std::string without(std::string text, const std::regex& what, const Take& take) {
    for (std::smatch match; std::regex_search(text, match, what);) {
        take(match[1].str());
        text = match.prefix().str() + "\n" + match.suffix().str();
    }
    return text;
}

struct Counter {
    Counts counts;
    std::vector<long> times;
    bool in_result = false;

    void say(const std::string& text) {
        ++counts.prompts;
        counts.said.add(text);
    }

    void take_typed(const std::string& text) {
        static const std::regex notice("<mode_notice>([^]*?)</mode_notice>");
        say(without(text, notice, [](const std::string&) {}));
    }

    void take_user_text(std::string text) {
        static const std::regex environment("^\\s*<environment_details>[^]*");
        static const std::regex result("^\\[[a-z_]+[^]*?\\] Result:([^]*)$");
        static const std::regex typed(
            "<(?:task|feedback|user_message|user_input[^>]*)>([^]*?)</"
            "(?:task|feedback|user_message|user_input)>");
        if (std::regex_match(text, environment)) return;
        std::smatch match;
        if (std::regex_match(text, match, result)) {
            ++counts.results;
            in_result = true;
            text = std::string(match[1]);
        }
        const bool of_person = text.starts_with("The user") || text.starts_with("<");
        if (of_person) text = without(text, typed, [this](const std::string& words) { take_typed(words); });
        if (in_result) {
            counts.answers.add(text);
        } else if (!of_person && !text.starts_with("[ERROR]")) {
            say(text);
        }
    }

    std::string flat(const json& content) {
        if (content.is_string()) return content.get<std::string>();
        std::string text;
        for (const json& part : content) {
            text += text_at(part, "text") + text_at(part, "error") + "\n";
            if (member(part, "result").is_array()) text += flat(member(part, "result"));
        }
        return text;
    }

    void take_result(const json& block) {
        ++counts.results;
        std::string text = flat(member(block, "content"));
        text = text.substr(0, text.find("<environment_details>"));
        counts.answers.add(text);
        if (text.starts_with("{\"status\"") && json::parse(text).contains("feedback"))
            say(json::parse(text)["feedback"]);
    }

    void take_user(const json& message) {
        in_result = false;
        for (const json& block : blocks_of(message)) {
            if (text_at(block, "type") == "text") take_user_text(text_at(block, "text"));
            if (text_at(block, "type") == "tool_result") take_result(block);
            if (text_at(block, "type") == "image") counts.said.add("[image: image/png, 6 bytes]");
        }
    }

    void take_reply(const json& message) {
        static const std::regex call(
            "<(read_file|replace_in_file|execute_command|attempt_completion)>[^]*?</\\1>");
        static const std::regex thought("<thinking>([^]*?)</thinking>");
        for (const json& block : blocks_of(message)) {
            if (text_at(block, "type") == "tool_use") ++counts.calls;
            counts.reasoning.add(text_at(block, "thinking"));
            std::string text =
                without(text_at(block, "text"), call, [this](const std::string&) { ++counts.calls; });
            counts.text.add(
                without(text, thought, [this](const std::string& words) { counts.reasoning.add(words); }));
        }
    }

    // In a session all input holds what was cached; in these tasks only that of Roo Code.
    void take_tokens(const json& told, const char* input, const char* output, const char* read,
                     const char* written, bool all) {
        const long cached = count_of(told, read) + count_of(told, written);
        if (count_of(told, input) + count_of(told, output) + cached == 0) return;
        ++counts.replies;
        counts.input += count_of(told, input) - (all ? cached : 0);
        counts.output += count_of(told, output);
        counts.cache_read += count_of(told, read);
        counts.cache_write += count_of(told, written);
    }

    void take_shown(const json& shown) {
        times.push_back(count_of(shown, "ts"));
        const std::string say = text_at(shown, "say");
        if (say != "api_req_started" && say != "deleted_api_reqs" && say != "subagent_usage") return;
        const json told = json::parse(text_at(shown, "text"));
        take_tokens(told, "tokensIn", "tokensOut", "cacheReads", "cacheWrites", told.contains("apiProtocol"));
        if (say == "subagent_usage") --counts.replies;  // how many, it does not say
    }
};

}  // namespace

std::vector<std::string> cline_sessions(const std::string& folder) {
    return files_below(folder, {"api_conversation_history.json", ".messages.json"});
}

Counts count_cline(const std::string& session) {
    Counter counter;
    const stdfs::path path = session;
    const json log = document(path);
    const bool is_task = log.is_array();
    for (const json& message : is_task ? log : member(log, "messages")) {
        const std::string role = text_at(message, "role");
        if (role == "user" && member(message, "isSummary") != true) counter.take_user(message);
        if (role == "assistant") counter.take_reply(message);
        if (count_of(message, "ts") > 0) counter.times.push_back(count_of(message, "ts"));
        if (!is_task && role == "assistant")
            counter.take_tokens(member(message, "metrics"), "inputTokens", "outputTokens", "cacheReadTokens",
                                "cacheWriteTokens", true);
    }
    for (const json& shown : document(path.parent_path() / "ui_messages.json"))
        counter.take_shown(shown);
    for (const json& shown : document(path.parent_path() / "ui_messages.json"))
        if (text_at(shown, "say") == "reasoning" && text_at(shown, "text") != "Not shown twice.")
            counter.counts.reasoning.add(text_at(shown, "text"));
    const auto [first, last] = std::minmax_element(counter.times.begin(), counter.times.end());
    counter.counts.first_time = time_of(*first);
    counter.counts.last_time = time_of(*last);
    const stdfs::path folder = path.parent_path();
    const json state = document(folder / (folder.filename().string() + ".json"));
    if (state.is_object() && text_at(state, "session_id") == text_at(log, "sessionId")) {
        counter.counts.first_time = text_at(state, "started_at");
        counter.counts.last_time = text_at(state, "ended_at");
    }
    return counter.counts;
}

}  // namespace opentraces::audit
