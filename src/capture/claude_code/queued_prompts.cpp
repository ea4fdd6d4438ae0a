#include "capture/claude_code/queued_prompts.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/text.hpp"
#include "opentraces/trace/prompts.hpp"

namespace opentraces::capture::claude_code {
namespace {

bool is_in_tags(std::string_view text) {
    return text.starts_with("<command-");
}

std::optional<std::size_t> earlier(std::optional<std::size_t> one, std::optional<std::size_t> other) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

template <class Index, class Key>
void remove_from(Index& index, const Key& key, std::size_t place) {
    const auto found = index.find(key);
    if (found == index.end()) return;
    found->second.erase(place);
    if (found->second.empty()) index.erase(found);
}

}  // namespace

std::size_t QueuedPrompts::add(QueuedPrompt prompt) {
    m_prompts.push_back(std::move(prompt));
    enter(m_prompts.size() - 1);
    return m_prompts.size() - 1;
}

void QueuedPrompts::move(std::size_t place, QueueState state) {
    leave(place);
    m_prompts[place].state = state;
    enter(place);
}

// What was told is not looked for again.
void QueuedPrompts::enter(std::size_t place) {
    const auto& [text, state, draft] = m_prompts[place];
    if (state == QueueState::Told) return;
    m_states[state].insert(place);
    m_words[{state, std::string(trim(text))}].insert(place);
    if (is_in_tags(text)) m_commands[{state, trace::typed_command(text)}].insert(place);
}

void QueuedPrompts::leave(std::size_t place) {
    const auto& [text, state, draft] = m_prompts[place];
    m_states[state].erase(place);
    remove_from(m_words, Key{state, std::string(trim(text))}, place);
    if (is_in_tags(text)) remove_from(m_commands, Key{state, trace::typed_command(text)}, place);
}

const std::set<std::size_t>& QueuedPrompts::in(QueueState state) const {
    static const std::set<std::size_t> none;
    const auto found = m_states.find(state);
    return found == m_states.end() ? none : found->second;
}

std::optional<std::size_t> QueuedPrompts::first(QueueState state) const {
    const auto& places = in(state);
    return places.empty() ? std::nullopt : std::optional(*places.begin());
}

std::optional<std::size_t> QueuedPrompts::first_in(const Index& index, QueueState state,
                                                   std::string_view words) {
    const auto found = index.find(Key{state, std::string(words)});
    return found == index.end() ? std::nullopt : std::optional(*found->second.begin());
}

std::optional<std::size_t> QueuedPrompts::first_said(QueueState state, std::string_view line) const {
    const auto plain = first_in(m_words, state, trim(line));
    return is_in_tags(line) ? earlier(plain, first_in(m_words, state, trace::typed_command(line))) : plain;
}

std::optional<std::size_t> QueuedPrompts::first_saying(QueueState state, std::string_view words) const {
    return earlier(first_in(m_words, state, trim(words)), first_in(m_commands, state, trim(words)));
}

}  // namespace opentraces::capture::claude_code
