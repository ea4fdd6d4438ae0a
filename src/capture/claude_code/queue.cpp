#include "capture/claude_code/queue.hpp"

#include <algorithm>

#include "capture/blocks.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/prompts.hpp"

namespace opentraces::capture::claude_code {
namespace {

json::Value object_in(std::string_view content) {
    if (!content.starts_with('{')) return {};
    try {
        return json::parse(content);
    } catch (const json::SyntaxError&) {
        return {};
    }
}

bool says(std::string_view said, std::string_view queued) {
    if (trim(said) == trim(queued)) return true;
    return said.starts_with("<command-") && trace::typed_command(said) == trim(queued);
}

// Typed, but the program's to execute: "/model", "!ls".
bool is_command(std::string_view text) {
    return text.starts_with('/') || text.starts_with('!');
}

}  // namespace

bool is_background_task(std::string_view content) {
    return !object_in(content)["task_id"].is_null();
}

void PromptQueue::take(const json::Value& line) {
    const std::string_view operation = line["operation"].string_or();
    std::string text = text_of(line["content"]);
    if (operation == "enqueue") {
        enqueue(line, std::move(text));
    } else if (operation == "dequeue") {
        Entry* const entry = find(State::Waiting, text);
        if (entry == nullptr) return;
        entry->state = State::Started;
        entry->draft = reserve(line);
    } else if (operation == "remove") {
        remove(line, text);
    } else if (operation == "popAll") {
        for (Entry& entry : m_entries)
            if (entry.state == State::Waiting) entry.state = State::TakenBack;
    }
}

void PromptQueue::enqueue(const json::Value& line, std::string text) {
    if (trim(text).empty()) return;
    // Some versions queue the whole request, whose prompt is a user line.
    const json::Value object = object_in(text);
    if (object.if_object() != nullptr && object["task_id"].is_null()) return;
    Entry entry{std::move(text), State::Waiting, reserve(line)};
    if (object.if_object() != nullptr) {
        entry.state = State::Told;
        fill(entry);
    }
    m_entries.push_back(std::move(entry));
}

// Its line does not say which: what an attachment has told goes first, then what came first.
void PromptQueue::remove(const json::Value& line, std::string_view text) {
    if (Entry* const attached = find(State::Attached, text)) {
        attached->state = State::Told;
    } else if (Entry* const waiting = find(State::Waiting, text)) {
        waiting->state = is_working() ? State::Delivered : State::TakenBack;
        waiting->draft = reserve(line);
    }
}

void PromptQueue::said(std::string_view text) {
    std::erase_if(m_attachments, [this](const Attachment& one) { return replied_since(one.draft); });
    std::erase_if(m_entries, [](const Entry& one) { return one.state == State::Told; });
    const auto attachment = std::find_if(m_attachments.begin(), m_attachments.end(),
                                         [&](const Attachment& one) { return says(text, one.text); });
    if (attachment != m_attachments.end()) {
        m_conversation.drafts[attachment->draft].step.content.reset();
        m_attachments.erase(attachment);
        return;
    }
    const bool typed = !is_program(m_conversation.drafts.back().kind);
    for (Entry& entry : m_entries) {
        const bool open = entry.state == State::Waiting || entry.state == State::Started ||
                          (entry.state == State::Delivered && !replied_since(entry.draft));
        // What starts a turn may get context around it.
        const bool inside =
            typed && entry.state == State::Started && text.find(trim(entry.text)) != std::string_view::npos;
        if (!open || !(inside || says(text, entry.text))) continue;
        entry.state = State::Told;
        return;
    }
}

void PromptQueue::attached(std::string_view text) {
    m_attachments.push_back({std::string(text), m_conversation.drafts.size() - 1});
    for (Entry& entry : m_entries) {
        const bool delivered = entry.state == State::Delivered && !replied_since(entry.draft);
        const bool open = entry.state == State::Waiting || entry.state == State::Started || delivered;
        if (!open || !says(text, entry.text)) continue;
        entry.state = delivered ? State::Told : State::Attached;
        return;
    }
}

PromptQueue::Entry* PromptQueue::find(State state, std::string_view text) {
    const auto entry = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& one) {
        return one.state == state && (text.empty() || says(one.text, text));
    });
    return entry == m_entries.end() ? nullptr : &*entry;
}

// A draft without content is no step.
std::size_t PromptQueue::reserve(const json::Value& line) {
    Draft& draft = m_conversation.drafts.emplace_back();
    draft.uuid = m_uuid;
    if (const std::string_view at = line["timestamp"].string_or(); !at.empty())
        draft.step.timestamp = std::string(at);
    return m_conversation.drafts.size() - 1;
}

// With a call of the last reply there is a result to come, with which the agent gets what is queued.
bool PromptQueue::is_working() const {
    const auto& drafts = m_conversation.drafts;
    const auto last = std::find_if(drafts.rbegin(), drafts.rend(), [](const Draft& draft) {
        return !draft.reply.empty() || (draft.step.content && is_task(draft.kind));
    });
    return last != drafts.rend() && !last->step.tool_calls.empty();
}

bool PromptQueue::replied_since(std::size_t draft) const {
    const auto& drafts = m_conversation.drafts;
    return std::any_of(drafts.begin() + static_cast<std::ptrdiff_t>(draft) + 1, drafts.end(),
                       [](const Draft& one) { return !one.reply.empty(); });
}

void PromptQueue::fill(const Entry& entry) {
    Draft& draft = m_conversation.drafts[entry.draft];
    const bool task = is_background_task(entry.text);
    draft.kind = task ? PromptKind::Injected : classify_prompt({}, entry.text);
    if (is_command(entry.text)) draft.kind = PromptKind::Typed;
    draft.step.role = is_program(draft.kind) ? trace::Role::System : trace::Role::User;
    draft.step.content = entry.text;
    draft.mid_turn = entry.state == State::Delivered;
}

void PromptQueue::finish(LeftInQueue& left) {
    for (const Entry& entry : m_entries) {
        const bool program = is_program(classify_prompt({}, entry.text));
        switch (entry.state) {
            case State::Delivered:
                fill(entry);
                break;
            case State::Started:
                // The program says itself what it has executed.
                if (!is_command(entry.text)) fill(entry);
                break;
            case State::Waiting:
                if (program) {
                    fill(entry);
                } else {
                    left.waiting.push_back(entry.text);
                }
                break;
            case State::TakenBack:
                left.taken_back.push_back(entry.text);
                break;
            case State::Attached:
            case State::Told:
                break;
        }
    }
}

}  // namespace opentraces::capture::claude_code
