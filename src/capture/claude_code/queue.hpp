// What was typed while the agent worked: lines of type queue-operation tell when it came into the queue and
// left it, attachments and user lines that the agent has got it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "capture/claude_code/conversation.hpp"

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

private:
    enum class State {
        Waiting,
        Started,    // taken off to start a turn: a user line follows
        Attached,   // an attachment holds it, and its removal is still to come
        Delivered,  // removed while the agent worked: given to it with a tool's result
        TakenBack,
        Told,
    };
    struct Entry {
        std::string text;
        State state = State::Waiting;
        std::size_t draft = 0;  // where it stands unless a line tells it
    };
    struct Attachment {
        std::string text;
        std::size_t draft = 0;
    };

    std::size_t reserve(const json::Value& line);
    void enqueue(const json::Value& line, std::string text);
    void remove(const json::Value& line, std::string_view text);
    Entry* find(State state, std::string_view text = {});
    bool is_working() const;
    bool replied_since(std::size_t draft) const;
    void fill(const Entry& entry);

    Conversation& m_conversation;
    std::vector<Entry> m_entries;
    std::vector<Attachment> m_attachments;
    std::string m_uuid;  // of the last line: the branch that the queue's lines are on
};

// The program's word of a shell command that goes on in the background, as JSON text.
bool is_background_task(std::string_view content);

}  // namespace opentraces::capture::claude_code
