// The prompts that have been in the queue, found by what became of them and by their words: a log may hold
// any number.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::capture::claude_code {

enum class QueueState {
    Waiting,
    Started,    // taken off to start a turn: a user line follows
    Attached,   // an attachment holds it, and its removal is still to come
    Delivered,  // removed while the agent worked: given to it with a tool's result
    Answered,   // delivered, and the agent has said something since
    TakenBack,
    Told,
};

struct QueuedPrompt {
    std::string text;
    QueueState state = QueueState::Waiting;
    std::size_t draft = 0;  // where it stands unless a line tells it
};

// Of two in the same state, the one that was added first is found. All answers in logarithmic time.
class QueuedPrompts {
public:
    std::size_t add(QueuedPrompt prompt);
    void move(std::size_t place, QueueState state);
    const QueuedPrompt& at(std::size_t place) const { return m_prompts[place]; }
    void stand_at(std::size_t place, std::size_t draft) { m_prompts[place].draft = draft; }
    const std::vector<QueuedPrompt>& all() const { return m_prompts; }

    // Places, in their order.
    const std::set<std::size_t>& in(QueueState state) const;
    std::optional<std::size_t> first(QueueState state) const;
    // Whose words a line says: blanks around them do not count, a command may stand in its tags.
    std::optional<std::size_t> first_said(QueueState state, std::string_view line) const;
    // The other way round: in whose place the log has these words.
    std::optional<std::size_t> first_saying(QueueState state, std::string_view words) const;

private:
    using Key = std::pair<QueueState, std::string>;
    using Index = std::map<Key, std::set<std::size_t>>;
    void enter(std::size_t place);
    void leave(std::size_t place);
    static std::optional<std::size_t> first_in(const Index& index, QueueState state, std::string_view words);

    std::vector<QueuedPrompt> m_prompts;
    std::map<QueueState, std::set<std::size_t>> m_states;
    Index m_words;
    Index m_commands;  // by what was typed, of those that stand in tags
};

}  // namespace opentraces::capture::claude_code
