#include "corpus/audit/gemini.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace opentraces::audit {
namespace {

struct Entry {
    json message;
    bool taken_back = false;
    bool of_program = false;
};

// All that a file holds, one after the other.
class Chat {
public:
    json head = json::object();
    std::vector<Entry> entries;

    void read(const json& record) {
        if (record.contains("$rewindTo")) return take_back(record["$rewindTo"]);
        if (record.contains("id")) return add(record, false);
        const json& fields = record.contains("$set") ? record["$set"] : record;
        for (const auto& [key, value] : fields.items())
            if (key != "messages") head[key] = value;
        for (const json& message : member(fields, "messages"))
            add(message, record.contains("$set"));
    }

private:
    void add(const json& message, bool of_program) {
        for (Entry& entry : entries) {
            if (entry.taken_back || entry.message.value("id", "") != message.value("id", "")) continue;
            if (!of_program)
                for (const auto& [key, value] : message.items())
                    if (!value.is_null()) entry.message[key] = value;
            return;
        }
        entries.push_back({message, false, of_program});
    }

    void take_back(const std::string& id) {
        bool found = false;
        for (Entry& entry : entries) {
            found = found || (!entry.taken_back && entry.message.value("id", "") == id);
            if (found) entry.taken_back = true;
        }
    }
};

json list_of(const json& content) {
    return content.is_array() ? content : content.is_null() ? json::array() : json::array({content});
}

std::string words_of(const json& part) {
    if (part.is_string()) return part;
    if (part.contains("inlineData")) {
        const std::string media = text_at(part["inlineData"], "mimeType");
        const std::string data = text_at(part["inlineData"], "data");
        const auto padding = std::count(data.begin(), data.end(), '=');
        return "[" + media.substr(0, media.find('/')) + ": " + media + ", " +
               std::to_string(static_cast<long>(data.size()) / 4 * 3 - padding) + " bytes]";
    }
    return member(part, "thought") == true ? std::string() : text_at(part, "text");
}

std::string text_of(const json& content) {
    std::string text;
    for (const json& part : list_of(content))
        text += words_of(part) + "\n";
    return text;
}

std::string answer_in(const json& response) {
    const json& told = member(response, "response");
    const std::string text = text_at(told, "output") + "\n" + text_at(told, "error");
    return text + "\n" + text_of(member(response, "parts"));
}

struct Reader {
    Counts counts;
    std::set<std::string> called;
    std::set<std::string> answered;

    void take(const Entry& entry) {
        const json& message = entry.message;
        const std::string type = text_at(message, "type");
        const json& content =
            message.contains("content") ? member(message, "content") : member(message, "parts");
        counts.last_time = std::max(counts.last_time, text_at(message, "timestamp"));
        if (type == "gemini" || type == "model") {
            if (!entry.of_program) count_tokens(member(message, "tokens"));
            if (!entry.of_program && !entry.taken_back) take_reply(message, content);
        } else if (type == "user" && !entry.taken_back && !entry.of_program) {
            take_user(message, content);
        }
    }

    void count_tokens(const json& tokens) {
        const long cached = count_of(tokens, "cached");
        const long input = count_of(tokens, "input") - cached + count_of(tokens, "tool");
        const long output = count_of(tokens, "output") + count_of(tokens, "thoughts");
        if (input + output + cached == 0) return;
        ++counts.replies;
        counts.input += input;
        counts.output += output;
        counts.cache_read += cached;
    }

    void take_reply(const json& message, const json& content) {
        counts.text.add(text_of(content));
        for (const json& thought : member(message, "thoughts"))
            counts.reasoning.add(text_at(thought, "subject") + " " + text_at(thought, "description"));
        for (const json& part : list_of(content))
            if (part.is_object() && part.contains("functionCall"))
                called.insert(text_at(part["functionCall"], "id"));
        for (const json& call : member(message, "toolCalls"))
            take_call(call);
    }

    void take_call(const json& call) {
        const std::string id =
            call.contains("id") ? text_at(call, "id") : "without " + std::to_string(called.size());
        called.insert(id);
        const std::string status = text_at(call, "status");
        const bool ended = status == "success" || status == "error" || status == "cancelled";
        const json& result = member(call, "result");
        if ((!ended && result.is_null()) || !answered.insert(id).second) return;
        for (const json& part : list_of(result))
            counts.answers.add(part.contains("functionResponse") ? answer_in(part["functionResponse"])
                                                                 : words_of(part));
        if (result.is_null()) counts.answers.add(text_at(call, "resultDisplay"));
    }

    void take_user(const json& message, const json& content) {
        bool results = false;
        for (const json& part : list_of(content)) {
            if (!part.is_object() || !part.contains("functionResponse")) continue;
            results = true;
            const json& response = part["functionResponse"];
            if (!answered.insert(text_at(response, "id")).second) continue;
            counts.answers.add(answer_in(response));
        }
        std::string text = text_of(content);
        const bool of_program = text.starts_with("<session_context>") || text.starts_with("System: ");
        if (results || of_program) return;
        if (message.contains("displayContent")) text = text_of(message["displayContent"]);
        text = text.substr(0, text.find("--- Content from referenced files ---"));
        ++counts.prompts;
        counts.said.add(text);
    }
};

}  // namespace

std::vector<std::string> gemini_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".json" || entry.path().extension() == ".jsonl")
            files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_gemini(const std::string& session) {
    std::ostringstream whole;
    whole << std::ifstream(session).rdbuf();
    Chat chat;
    if (const json document = json::parse(whole.str(), nullptr, false); document.is_object()) {
        chat.read(document);
    } else {
        std::istringstream lines(whole.str());
        for (std::string line; std::getline(lines, line);)
            chat.read(json::parse(line));
    }
    Reader reader;
    for (const Entry& entry : chat.entries)
        reader.take(entry);
    Counts& counts = reader.counts;
    counts.calls = static_cast<long>(reader.called.size());
    counts.results = static_cast<long>(reader.answered.size());
    counts.first_time = text_at(chat.head, "startTime");
    if (counts.first_time.empty() && !chat.entries.empty())
        counts.first_time = text_at(chat.entries.front().message, "timestamp");
    counts.last_time = std::max(counts.last_time, text_at(chat.head, "lastUpdated"));
    return counts;
}

}  // namespace opentraces::audit
