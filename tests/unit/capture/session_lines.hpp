// Lines of made-up Claude Code sessions, for tests of one rule each.
#pragma once

#include <string>
#include <utility>

#include "doubles/in_memory_disk.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::testing {

inline const std::string k_session = "11111111-1111-4111-8111-111111111111";
inline const std::string k_session_path = "/p/" + k_session + ".jsonl";

// A tree line; `fields` are further members, each preceded by a comma.
inline std::string line(const std::string& type, const std::string& uuid, const std::string& parent,
                        const std::string& fields, const std::string& at = "2026-01-01T00:00:00.000Z") {
    return R"({"type":")" + type + R"(","uuid":")" + uuid + R"(","parentUuid":)" +
           (parent.empty() ? "null" : "\"" + parent + "\"") + R"(,"sessionId":")" + k_session +
           R"(","cwd":"/home/me/app","gitBranch":"main","version":"2.1.0","timestamp":")" + at + "\"" +
           fields + "}\n";
}

inline std::string quoted(const std::string& text) {
    std::string out;
    json::append_compact_string(out, text);
    return out;
}

inline std::string user(const std::string& uuid, const std::string& parent, const std::string& text,
                        const std::string& more = {}) {
    return line("user", uuid, parent, R"(,"message":{"role":"user","content":)" + quoted(text) + "}" + more);
}

// `blocks` is the text of the content list.
inline std::string reply(const std::string& uuid, const std::string& parent, const std::string& message,
                         const std::string& blocks, int output = 5, const std::string& more = {}) {
    return line("assistant", uuid, parent,
                R"(,"requestId":"req-)" + message + R"(","message":{"id":")" + message +
                    R"(","role":"assistant","model":"claude-sonnet-4-5","content":[)" + blocks +
                    R"(],"usage":{"input_tokens":10,"output_tokens":)" + std::to_string(output) +
                    R"(,"cache_read_input_tokens":30,"cache_creation_input_tokens":40}})" + more);
}

inline std::string text_block(const std::string& text) {
    return R"({"type":"text","text":)" + quoted(text) + "}";
}

inline std::string call(const std::string& id, const std::string& tool, const std::string& input) {
    return R"({"type":"tool_use","id":")" + id + R"(","name":")" + tool + R"(","input":)" + input + "}";
}

inline std::string result(const std::string& uuid, const std::string& parent, const std::string& id,
                          const std::string& text, const std::string& block = {},
                          const std::string& more = {}) {
    return line("user", uuid, parent,
                R"(,"message":{"role":"user","content":[{"type":"tool_result","tool_use_id":")" + id +
                    R"(","content":)" + quoted(text) + block + "}]}" + more);
}

inline void put(InMemoryDisk& disk, const std::string& path, const std::string& bytes) {
    disk.make_directories(fs::parent(path), 0755);
    disk.replace(path, bytes);
}

inline capture::ParsedSession parse(InMemoryDisk& disk, const std::string& path = k_session_path) {
    return capture::find_agent("claude-code")->read_from(path, disk);
}

inline capture::ParsedSession parse_text(const std::string& text) {
    InMemoryDisk disk;
    put(disk, k_session_path, text);
    return parse(disk);
}

inline std::int64_t parser_note(const capture::ParsedSession& parsed, const std::string& name) {
    return (*parsed.record->metadata.find("opentraces_parser"))[name].integer().value_or(0);
}

}  // namespace opentraces::testing
