// What a session's own lines say, and what its record says: two counts of the same things, made apart.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace opentraces::audit {

using nlohmann::json;

// How often each word stands in texts. Words are what is between characters that are no letter, digit or byte
// above 127.
class Words {
public:
    void add(const std::string& text);
    long size() const;
    // Words that stand here more often than there.
    std::vector<std::string> more_than(const Words& other) const;

private:
    std::map<std::string, long> m_counts;
};

struct Counts {
    long prompts = 0;   // of people, requests by slash command included
    long mid_turn = 0;  // received while the agent worked, of people or other agents
    long replies = 0;
    long calls = 0;
    long results = 0;
    long images = 0;
    long context = 0;  // attachments, queued prompts left out
    long input = 0;
    long output = 0;
    long cache_read = 0;
    long cache_write = 0;
    std::string first_time;
    std::string last_time;
    Words text;       // of replies
    Words reasoning;  // of replies
    Words said;       // everything in the user's place
    Words answers;    // of tools
};

long occurrences(const std::string& text, const std::string& part);
long count_of(const json& object, const char* key);
const json& member(const json& object, const char* key);  // null when it is not there
std::string text_at(const json& object, const char* key);
std::string time_of_milliseconds(long milliseconds);  // ISO 8601

// Does a person speak? By the beginning of the text.
bool is_of_person(const std::string& text);

Counts count_record(const json& record);

}  // namespace opentraces::audit
