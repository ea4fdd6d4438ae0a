// The messages of a Gemini CLI session in their order, whichever way they were written: as one document that
// was rewritten with each change (until 2026), or as lines that add, replace, complete and take back messages
// (chatRecordingService.ts of Gemini CLI).
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::gemini {

struct Message {
    json::Value data;
    // Taken back by the person. The calls that it stands for were made all the same.
    bool rewound = false;
    // Put into the history by the program: the context of the start, the summary of a compression.
    bool injected = false;
};

class Log {
public:
    explicit Log(ParseReport& report) : m_report(report) {}

    // A line, or the whole document.
    void take(json::Value&& record);

    const json::Value& header() const { return m_header; }
    std::vector<Message>& messages() { return m_messages; }
    std::size_t compressions() const { return m_compressions; }
    // Has there been anything that only such a log has?
    bool is_recognised() const { return m_recognised; }

private:
    void describe(json::Object&& fields);
    void put(json::Value&& message);
    void rewind(const std::string& id);
    void replace_history(const json::Array& messages);
    std::unordered_set<std::string> said() const;

    ParseReport& m_report;
    json::Value m_header = json::Object();
    std::vector<Message> m_messages;
    std::unordered_map<std::string, std::size_t> m_places;  // of messages that are not taken back, by id
    std::size_t m_compressions = 0;
    bool m_recognised = false;
};

// A message that only Gemini CLI writes so: with an id, a time and a type of its own. `is_reply`: of the
// model.
bool is_message(const json::Value& record);
bool is_reply(const json::Value& message);
// What it says: a text or parts.
const json::Value& content_of(const json::Value& message);

}  // namespace opentraces::capture::gemini
