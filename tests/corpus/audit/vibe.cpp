#include "corpus/audit/vibe.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "corpus/audit/small_agents.hpp"

namespace opentraces::audit {
namespace {

namespace stdfs = std::filesystem;

json document(const stdfs::path& path) {
    std::ifstream file(path);
    return file ? json::parse(file, nullptr, false) : json();
}

std::vector<json> lines_of(const stdfs::path& path) {
    std::vector<json> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        lines.push_back(json::parse(line));
    return lines;
}

Counts count_lines(const stdfs::path& session) {
    Counts counts;
    for (const json& message : lines_of(session)) {
        const std::string role = text_at(message, "role");
        const std::string text = text_at(message, "content");
        if (role == "user") {
            ++counts.prompts;
            counts.said.add(text);
        } else if (role == "tool") {
            ++counts.results;
            counts.answers.add(text);
        } else if (role == "assistant") {
            counts.text.add(text);
            counts.reasoning.add(text_at(message, "reasoning_content"));
            counts.calls += static_cast<long>(member(message, "tool_calls").size());
        }
    }
    const json meta = document(session.parent_path() / "meta.json");
    const json& stats = member(meta, "stats");
    counts.cache_read = count_of(stats, "session_cached_tokens");
    counts.input = count_of(stats, "session_prompt_tokens") - counts.cache_read;
    counts.output = count_of(stats, "session_completion_tokens");
    counts.first_time = text_at(meta, "start_time");
    counts.last_time = text_at(meta, "end_time");
    return counts;
}

struct Generation {
    stdfs::path folder;
    json manifest;
};

Generation generation_of(const stdfs::path& pointer) {
    const json current = document(pointer);
    const stdfs::path folder = pointer.parent_path() / "generations" / text_at(current, "generation");
    return {folder, document(folder / "manifest.json")};
}

std::vector<json> chunked(const stdfs::path& root, const json& stored) {
    std::vector<json> all;
    for (const json& digest : member(stored, "chunks"))
        for (const json& item : document(root / "chunks" / (digest.get<std::string>() + ".json")))
            all.push_back(item);
    return all;
}

std::string texts(const json& parts, const char* type) {
    std::string text;
    for (const json& part : parts)
        if (text_at(part, "type") == type) text += text_at(part, "text") + "\n";
    return text;
}

void count_message(const json& message, Counts& counts) {
    const std::string role = text_at(message, "role");
    const json& content = member(message, "content");
    if (role == "user") {
        ++counts.prompts;
        counts.said.add(texts(content, "text"));
    } else if (role == "tool") {
        ++counts.results;
        counts.answers.add(texts(content, "text"));
    } else {
        counts.text.add(texts(content, "text"));
        for (const json& part : content) {
            counts.calls += text_at(part, "type") == "tool_call" ? 1 : 0;
            if (text_at(part, "type") == "reasoning")
                counts.reasoning.add(texts(member(part, "content"), "text"));
        }
    }
}

// Replies of which a journal that is still there has the tokens.
long replies_in_journals(const stdfs::path& root) {
    std::set<std::string> replies;
    for (const auto& journal : stdfs::directory_iterator(root / "journal"))
        for (const json& record : lines_of(journal.path())) {
            const json& command = member(member(member(record, "payload"), "input"), "command");
            if (text_at(command, "type") == "completion_succeeded")
                replies.insert(text_at(command, "action_id"));
        }
    return static_cast<long>(replies.size());
}

Counts count_store(const stdfs::path& pointer) {
    Counts counts;
    const Generation generation = generation_of(pointer);
    for (const json& item : chunked(pointer.parent_path(), member(generation.manifest, "checkpoint")))
        count_message(member(item, "message"), counts);
    const json projection = document(generation.folder / "projection-state.json");
    const json& usage = member(member(member(projection, "snapshot"), "session"), "tokenUsage");
    counts.cache_read = count_of(usage, "cachedInputTokens");
    counts.input = count_of(usage, "inputTokens") - counts.cache_read;
    counts.output = count_of(usage, "outputTokens");
    const json meta = document(pointer.parent_path() / "meta.json");
    // The same times to the millisecond, as other texts.
    counts.first_time = text_at(meta, "start_time").substr(0, 23) + "Z";
    counts.last_time = text_at(meta, "end_time").substr(0, 23) + "Z";
    counts.replies = replies_in_journals(pointer.parent_path());
    return counts;
}

}  // namespace

std::vector<std::string> vibe_sessions(const std::string& folder) {
    std::vector<std::string> sessions = files_below(folder, {"/messages.jsonl", "/CURRENT"});
    std::erase_if(sessions, [](const std::string& session) {
        if (!session.ends_with("/CURRENT")) return false;
        const json checkpoint = document(generation_of(session).folder / "checkpoint.json");
        return count_of(checkpoint, "compaction_count") > 0;
    });
    return sessions;
}

Counts count_vibe(const std::string& session) {
    return session.ends_with("/CURRENT") ? count_store(session) : count_lines(session);
}

}  // namespace opentraces::audit
