// What was typed while the agent worked: lines of type queue-operation tell when it came into the queue and
// left it, attachments and user lines that the agent has got it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capture/claude_code/conversation.hpp"
#include "capture/claude_code/queued_prompts.hpp"

namespace opentraces::capture::claude_code {

// What never reached the agent.
struct LeftInQueue {
    std::vector<std::string> taken_back;  // into the editor, or taken out while the agent was idle
    std::vector<std::string> waiting;     // when the log ends
};

// Of one conversation, whose lines are told in their order. A text becomes a step where the agent received
// it, once: where a user line or an attachment holds it, or else where the queue gave it away.
class PromptQueue {
public:
    explicit PromptQueue(Conversation& conversation) : m_conversation(conversation) {}

    void take(const json::Value& line);
    // A user line's text that has become the last draft.
    void said(std::string_view text);
    // An attachment's text that has become the last draft.
    void attached(std::string_view text);
    void note_uuid(const std::string& uuid) { m_uuid = uuid; }
    // After the last line: gives texts to the drafts that stand for them.
    void finish(LeftInQueue& left);

    // Drafts that were looked at, again and again: what the work is measured by.
    std::size_t looked_at() const { return m_looked_at; }

private:
    std::size_t reserve(const json::Value& line);
    void enqueue(const json::Value& line, std::string text);
    void remove(const json::Value& line, std::string_view text);
    void look_through();
    bool is_working();
    std::optional<std::size_t> open_entry(std::string_view text, bool typed) const;
    void fill(const QueuedPrompt& entry);

    Conversation& m_conversation;
    QueuedPrompts m_entries;
    QueuedPrompts m_attachments;
    std::string m_uuid;  // of the last line: the branch that the queue's lines are on
    // Of the conversation's drafts so far:
    std::size_t m_looked_through = 0;
    std::size_t m_looked_at = 0;
    std::size_t m_after_reply = 0;             // the place after the last reply
    std::vector<std::size_t> m_turns;          // replies and requests of people
    std::optional<std::size_t> m_unexplained;  // a command that may still turn out to be a request
};

// The program's word of a shell command that goes on in the background, as JSON text.
bool is_background_task(std::string_view content);

}  // namespace opentraces::capture::claude_code
