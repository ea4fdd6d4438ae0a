#include <algorithm>
#include <utility>

#include "capture/qwen/chat.hpp"

namespace opentraces::capture::qwen {

bool is_record(const json::Value& line) {
    const std::string_view type = line["type"].string_or();
    if (line["uuid"].if_string() == nullptr || line["sessionId"].if_string() == nullptr) return false;
    if (type == "system") return line["systemPayload"].if_object() != nullptr;
    if (type != "user" && type != "assistant" && type != "tool_result") return false;
    return line["message"]["parts"].if_array() != nullptr;
}

void Records::take(json::Value&& line, ParseReport& report) {
    const json::Value& fork = line["forkedFrom"]["sessionId"];
    if (fork.if_string() != nullptr) {
        if (m_forked_from.empty()) m_forked_from = fork.string_or();
        ++m_copied;
        return;
    }
    const std::string uuid(line["uuid"].string_or());
    const auto known = m_places.find(uuid);
    // A record of the same name goes on with it, unless it says the same again.
    if (known != m_places.end() && m_all[known->second].data == line) {
        ++report.repeated_lines;
        return;
    }
    go_back(line);
    if (!uuid.empty()) m_places.try_emplace(uuid, m_all.size());
    m_all.push_back({std::move(line)});
}

// A rewind, or a prompt that does not follow what was said last, leaves everything behind that follows its
// parent. Others that do so are notes beside the conversation.
void Records::go_back(const json::Value& line) {
    const std::string_view subtype = line["subtype"].string_or();
    const bool prompt = line["type"].string_or() == "user" && subtype.empty();
    if (subtype != "rewind" && !prompt) return;
    const std::string* parent = line["parentUuid"].if_string();
    const auto known = parent == nullptr ? m_places.end() : m_places.find(*parent);
    if (parent != nullptr && known == m_places.end()) return;
    if (parent == nullptr && subtype != "rewind") return;  // a second beginning, after /clear
    // Parts of one reply share a uuid: the last of them is what is followed.
    std::size_t from = parent == nullptr ? 0 : known->second + 1;
    while (from > 0 && from < m_all.size() && m_all[from].data["uuid"].string_or() == *parent)
        ++from;
    for (std::size_t at = from; at < m_all.size(); ++at)
        m_all[at].abandoned = true;
}

}  // namespace opentraces::capture::qwen
