#include "corpus/audit/iflow.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace opentraces::audit {
namespace {

struct Reader {
    Counts counts;
    std::set<std::string> calls;
    std::set<std::string> results;
    std::set<std::string> told;  // texts since the user's last line
    long input = 0;              // likewise
    long output = 0;

    void end_of_reply() {
        if (input + output > 0) ++counts.replies;
        counts.input += input;
        counts.output += output;
        input = output = 0;
        told.clear();
    }

    void take_assistant(const json& message) {
        for (const json& block : member(message, "content")) {
            if (block.contains("id")) calls.insert(text_at(block, "id"));
            if (!told.insert(block.dump()).second) continue;
            counts.text.add(text_at(block, "text"));
            counts.reasoning.add(text_at(block, "thinking"));
        }
        input = std::max(input, count_of(member(message, "usage"), "input_tokens"));
        output = std::max(output, count_of(member(message, "usage"), "output_tokens"));
    }

    void take_result(const json& block) {
        results.insert(text_at(block, "tool_use_id"));
        const json& content = member(block, "content");
        const json& parts = content.contains("responseParts") ? content["responseParts"] : content;
        const json& response = member(member(parts, "functionResponse"), "response");
        counts.answers.add(text_at(response, "output") + " " + text_at(response, "error"));
    }

    void take_user(const json& content) {
        end_of_reply();
        std::string text = content.is_string() ? content.get<std::string>() : std::string();
        if (content.is_array()) {
            for (const json& block : content) {
                const std::string type = text_at(block, "type");
                if (type == "tool_result") take_result(block);
                if (type == "text") text += text_at(block, "text");
                if (type == "image") text += " image: image/png, 3 bytes";
            }
        }
        if (text.empty() || text.starts_with("# AGENTS.md") || text.starts_with("[Request interrupted"))
            return;
        ++counts.prompts;
        counts.said.add(text);
    }
};

}  // namespace

std::vector<std::string> iflow_sessions(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".jsonl") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

Counts count_iflow(const std::string& session) {
    Reader reader;
    std::ifstream file(session);
    for (std::string text; std::getline(file, text);) {
        const json line = json::parse(text);
        const std::string type = text_at(line, "type");
        if (type != "user" && type != "assistant") continue;
        const json& message = member(line, "message");
        if (type == "user") reader.take_user(member(message, "content"));
        if (type == "assistant") reader.take_assistant(message);
        if (reader.counts.first_time.empty()) reader.counts.first_time = text_at(line, "timestamp");
        reader.counts.last_time = text_at(line, "timestamp");
    }
    reader.end_of_reply();
    reader.counts.calls = static_cast<long>(reader.calls.size());
    reader.counts.results = static_cast<long>(reader.results.size());
    return reader.counts;
}

}  // namespace opentraces::audit
