#include "capture/claude_code/queue.hpp"

#include <algorithm>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::claude_code {
namespace {

// Turns that are started and never told leave entries behind: more of them are not looked for inside of
// texts.
constexpr std::size_t k_most_started = 100;

// Typed, but the program's to execute: "/model", "!ls".
bool is_command(std::string_view text) {
    return text.starts_with('/') || text.starts_with('!');
}

}  // namespace

bool is_background_task(std::string_view content) {
    return !call_arguments(json::Value(content))["task_id"].is_null();
}

void PromptQueue::take(const json::Value& line) {
    const std::string_view operation = line["operation"].string_or();
    std::string text = text_of(line["content"]);
    if (operation == "enqueue") {
        enqueue(line, std::move(text));
    } else if (operation == "dequeue") {
        const auto entry = text.empty() ? m_entries.first(QueueState::Waiting)
                                        : m_entries.first_saying(QueueState::Waiting, text);
        if (!entry) return;
        m_entries.move(*entry, QueueState::Started);
        m_entries.stand_at(*entry, reserve(line));
    } else if (operation == "remove") {
        remove(line, text);
    } else if (operation == "popAll") {
        while (const auto waiting = m_entries.first(QueueState::Waiting))
            m_entries.move(*waiting, QueueState::TakenBack);
    }
}

void PromptQueue::enqueue(const json::Value& line, std::string text) {
    if (trim(text).empty()) return;
    // Some versions queue the whole request, whose prompt is a user line.
    const json::Value object = call_arguments(json::Value(text));
    if (object.if_object() != nullptr && object["task_id"].is_null()) return;
    QueuedPrompt entry{std::move(text), QueueState::Waiting, reserve(line)};
    if (object.if_object() != nullptr) {
        entry.state = QueueState::Told;
        fill(entry);
    }
    m_entries.add(std::move(entry));
}

// Its line does not say which: what an attachment has told goes first, then what came first.
void PromptQueue::remove(const json::Value& line, std::string_view text) {
    const auto find = [&](QueueState state) {
        return text.empty() ? m_entries.first(state) : m_entries.first_saying(state, text);
    };
    if (const auto attached = find(QueueState::Attached)) {
        m_entries.move(*attached, QueueState::Told);
    } else if (const auto waiting = find(QueueState::Waiting)) {
        m_entries.move(*waiting, is_working() ? QueueState::Delivered : QueueState::TakenBack);
        m_entries.stand_at(*waiting, reserve(line));
    }
}

// The first that a line may tell. What starts a turn may get context around it.
std::optional<std::size_t> PromptQueue::open_entry(std::string_view text, bool typed) const {
    std::optional<std::size_t> found;
    const auto take = [&found](std::optional<std::size_t> place) {
        if (place && (!found || *place < *found)) found = place;
    };
    for (const QueueState state : {QueueState::Waiting, QueueState::Started, QueueState::Delivered})
        take(m_entries.first_said(state, text));
    std::size_t compared = 0;
    for (const std::size_t place : m_entries.in(QueueState::Started)) {
        if (!typed || ++compared > k_most_started || (found && *found < place)) break;
        if (text.find(trim(m_entries.at(place).text)) != std::string_view::npos) take(place);
    }
    return found;
}

void PromptQueue::said(std::string_view text) {
    look_through();
    if (const auto attachment = m_attachments.first_said(QueueState::Attached, text)) {
        m_conversation.drafts[m_attachments.at(*attachment).draft].step.content.reset();
        m_attachments.move(*attachment, QueueState::Told);
        return;
    }
    const bool typed = !is_program(m_conversation.drafts.back().kind);
    if (const auto entry = open_entry(text, typed)) m_entries.move(*entry, QueueState::Told);
}

void PromptQueue::attached(std::string_view text) {
    look_through();
    m_attachments.add({std::string(text), QueueState::Attached, m_conversation.drafts.size() - 1});
    const auto entry = open_entry(text, false);
    if (!entry) return;
    const bool delivered = m_entries.at(*entry).state == QueueState::Delivered;
    m_entries.move(*entry, delivered ? QueueState::Told : QueueState::Attached);
}

// A draft without content is no step.
std::size_t PromptQueue::reserve(const json::Value& line) {
    Draft& draft = m_conversation.drafts.emplace_back();
    draft.uuid = m_uuid;
    if (const std::string_view at = line["timestamp"].string_or(); !at.empty())
        draft.step.timestamp = std::string(at);
    return m_conversation.drafts.size() - 1;
}

// What has been said since the last time.
void PromptQueue::look_through() {
    const auto& drafts = m_conversation.drafts;
    const auto is_turn = [&drafts](std::size_t at) {
        return !drafts[at].reply.empty() || (drafts[at].step.content && is_task(drafts[at].kind));
    };
    if (m_unexplained && m_unexplained != m_conversation.command && is_turn(*m_unexplained)) {
        const auto place = std::lower_bound(m_turns.begin(), m_turns.end(), *m_unexplained);
        if (place == m_turns.end() || *place != *m_unexplained) m_turns.insert(place, *m_unexplained);
    }
    m_unexplained = m_conversation.command;
    const std::size_t answered_before = m_after_reply;
    for (; m_looked_through < drafts.size(); ++m_looked_through, ++m_looked_at) {
        if (!drafts[m_looked_through].reply.empty()) m_after_reply = m_looked_through + 1;
        if (is_turn(m_looked_through)) m_turns.push_back(m_looked_through);
    }
    for (; !m_turns.empty() && !is_turn(m_turns.back()); ++m_looked_at)
        m_turns.pop_back();
    if (m_after_reply == answered_before) return;
    const std::set<std::size_t> delivered = m_entries.in(QueueState::Delivered);
    for (const std::size_t place : delivered)
        if (m_entries.at(place).draft < m_after_reply) m_entries.move(place, QueueState::Answered);
    for (auto open = m_attachments.first(QueueState::Attached);
         open && m_attachments.at(*open).draft < m_after_reply;
         open = m_attachments.first(QueueState::Attached))
        m_attachments.move(*open, QueueState::Told);
    m_looked_at += delivered.size();
}

// With a call of the last reply there is a result to come, with which the agent gets what is queued.
bool PromptQueue::is_working() {
    look_through();
    return !m_turns.empty() && !m_conversation.drafts[m_turns.back()].step.tool_calls.empty();
}

void PromptQueue::fill(const QueuedPrompt& entry) {
    Draft& draft = m_conversation.drafts[entry.draft];
    const bool task = is_background_task(entry.text);
    draft.kind = task ? PromptKind::Injected : classify_prompt({}, entry.text);
    if (is_command(entry.text)) draft.kind = PromptKind::Typed;
    draft.step.role = is_program(draft.kind) ? trace::Role::System : trace::Role::User;
    draft.step.content = entry.text;
    draft.mid_turn = entry.state == QueueState::Delivered || entry.state == QueueState::Answered;
}

void PromptQueue::finish(LeftInQueue& left) {
    for (const QueuedPrompt& entry : m_entries.all()) {
        const bool program = is_program(classify_prompt({}, entry.text));
        switch (entry.state) {
            case QueueState::Delivered:
            case QueueState::Answered:
                fill(entry);
                break;
            case QueueState::Started:
                // The program says itself what it has executed.
                if (!is_command(entry.text)) fill(entry);
                break;
            case QueueState::Waiting:
                if (program) {
                    fill(entry);
                } else {
                    left.waiting.push_back(entry.text);
                }
                break;
            case QueueState::TakenBack:
                left.taken_back.push_back(entry.text);
                break;
            case QueueState::Attached:
            case QueueState::Told:
                break;
        }
    }
}

}  // namespace opentraces::capture::claude_code
