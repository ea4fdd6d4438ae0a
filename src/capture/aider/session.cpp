#include "capture/aider/session.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "capture/aider/edits.hpp"
#include "capture/chat_messages.hpp"
#include "capture/describe.hpp"
#include "capture/diffs.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::aider {
namespace {

constexpr std::string_view k_prompt = "####";
constexpr std::string_view k_output = "> ";
constexpr std::string_view k_end = "  ";

bool is_marked(std::string_view line) {
    return line.starts_with(k_output) || line.starts_with("#### ");
}

std::string_view after(std::string_view text, std::string_view words) {
    const std::size_t at = text.find(words);
    return at == std::string_view::npos ? std::string_view() : text.substr(at + words.size());
}

// "2.5k" before `words`: rounded to a hundred or a thousand. 0 if it is not there.
std::int64_t count_before(std::string_view text, std::string_view words) {
    const std::size_t end = text.find(words);
    if (end == std::string_view::npos) return 0;
    const std::size_t begin = text.find_last_of(" ", end - 1);
    std::string_view number = text.substr(begin + 1, end - begin - 1);
    double factor = 1;
    if (number.ends_with('k') || number.ends_with('M')) {
        factor = number.ends_with('k') ? 1e3 : 1e6;
        number.remove_suffix(1);
    }
    double value = 0;
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || stop != number.data() + number.size() || !(value >= 0) || value > 1e6)
        return 0;
    return std::llround(value * factor);
}

// What the person said to the model; other commands are for Aider alone.
std::optional<std::string_view> request_in(std::string_view prompt) {
    if (prompt.starts_with('!')) return std::nullopt;
    if (!prompt.starts_with('/')) return prompt;
    for (const std::string_view command : {"/ask ", "/code ", "/architect ", "/context "})
        if (prompt.starts_with(command)) return prompt;
    // A path is no command.
    const std::string_view word = prompt.substr(1, prompt.find_first_of(" \n") - 1);
    return word.find('/') == std::string_view::npos ? std::nullopt : std::optional(prompt);
}

json::Value replaced_in(const Edit& edit) {
    json::Array edits;
    for (const enrich::Replacement& one : edit.replacements) {
        json::Object replacement;
        replacement.set("search", one.old_text);
        replacement.set("replace", one.new_text);
        edits.emplace_back(std::move(replacement));
    }
    return json::Value(std::move(edits));
}

}  // namespace

void Session::tell(const std::vector<std::string>& lines, std::string_view reader_version) {
    m_has_ends = std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        return is_marked(line) && line.ends_with(k_end);
    });
    for (const std::string& line : lines)
        take(line);
    flush();
    // Aider has no ids: when it began and what was asked first is the same in every copy of the history.
    const std::string asked = m_parsed.record->task.description.value_or("");
    m_session.about.id = m_session.about.started + "-" + sha256_hex(asked).substr(0, 8);
    if (!m_session.evidence().usage.empty()) m_session.metadata().set("opentraces_usage", "rounded");
    m_session.finish(reader_version);
}

// ---- lines ----

bool Session::is_prompt(std::string_view line) const {
    if (!line.starts_with(k_prompt) || line.substr(k_prompt.size()).find_first_not_of(' ') == 0) return false;
    return m_has_ends ? line.ends_with(k_end) : !m_in_fence && m_may_prompt;
}

bool Session::is_output(std::string_view line) const {
    if (!line.starts_with(k_output)) return false;
    if (!m_has_ends) return !m_in_fence;
    // Words of several lines: the first one alone has the mark, the last one the blanks.
    return line.ends_with(k_end) || m_after_output || line.starts_with("> Tokens: ");
}

void Session::take(std::string_view line) {
    ++m_session.report().lines;
    if (m_output_goes_on) {
        m_output_goes_on = !line.ends_with(k_end);
        return take_output(trim(line));
    }
    const bool is_words = is_output(line);
    m_after_output = false;
    if (is_prompt(line)) {
        if (m_prompt.empty()) flush();
        if (!m_prompt.empty()) m_prompt += '\n';
        line.remove_prefix(k_prompt.size());
        m_prompt += trim(line);
        m_may_prompt = true;
    } else if (is_words) {
        if (!m_prompt.empty() || !m_reply.empty()) flush();
        m_output_goes_on = m_has_ends && !line.ends_with(k_end);
        m_may_prompt = true;
        m_after_output = true;
        take_output(trim(line.substr(k_output.size())));
    } else if (!trim(line).empty() || !m_reply.empty()) {
        if (m_reply.empty()) flush();
        m_may_prompt = false;
        m_in_fence = is_fence(line) != m_in_fence;
        m_reply.append(line).append("\n");
    }
}

void Session::take_output(std::string_view words) {
    if (!m_output.empty()) m_output += '\n';
    m_output += words;
    if (!take_fact(words)) take_verdict(words);
}

// ---- steps ----

void Session::flush() {
    m_in_fence = false;
    flush_prompt();
    flush_output();
    flush_reply();
}

void Session::flush_prompt() {
    const std::string prompt = std::exchange(m_prompt, {});
    if (prompt.empty() || prompt == "<blank>") return;
    ++m_session.report().conversation_lines;
    m_session.evidence().interrupted = false;
    if (request_in(prompt))
        m_session.say(trace::Role::User, prompt);
    else
        m_session.show("command", prompt);
}

void Session::flush_output() {
    const std::string output = std::exchange(m_output, {});
    if (output.empty()) return;
    ++m_session.report().conversation_lines;
    m_session.show("program", output);
}

void Session::flush_reply() {
    const std::string reply(trim(std::exchange(m_reply, {})));
    if (reply.empty()) return;
    ++m_session.report().conversation_lines;
    const std::size_t place = m_session.reply(m_model, {});
    m_session.add_text(place, reply);
    call_edits(place, reply);
    m_last_reply = reply;
}

// ---- edits ----

void Session::call_edits(std::size_t place, const std::string& reply) {
    m_pending.clear();
    for (Edit& edit : edits_in(reply)) {
        json::Object input;
        input.set("path", edit.path);
        const bool is_new = edit.replacements.size() == 1 && trim(edit.replacements[0].old_text).empty();
        if (is_new)
            input.set("content", edit.replacements[0].new_text);
        else
            input.set("edits", replaced_in(edit));
        std::string id = m_session.call(place, {}, is_new ? "write_file" : "edit", std::move(input));
        m_pending.push_back({std::move(id), std::move(edit.path)});
    }
    if (auto patch = patch_in(reply)) {
        json::Object input;
        input.set("patch", std::move(*patch));
        m_pending.push_back({m_session.call(place, {}, "apply_patch", std::move(input)), {}});
    }
}

// Only what Aider says that it has applied tells that a fenced block was an edit.
void Session::call_unseen(const std::string& path) {
    json::Object input;
    input.set("path", path);
    const auto content = whole_file_in(m_last_reply, path);
    const auto diff = content ? std::nullopt : diff_in(m_last_reply, path);
    if (content) input.set("content", *content);
    if (diff) input.set("diff", *diff);
    const std::string id =
        m_session.call(m_session.last_reply(), {}, content ? "write_file" : "edit", std::move(input));
    m_pending.push_back({id, path});
    answer(m_pending.back(), "Applied edit to " + path, {});
    if (!diff) return;
    enrich::FileChange change;
    change.path = path;
    change.exact = false;
    change.hunks = unified_hunks(*diff);
    m_session.change(id, {std::move(change)});
}

void Session::applied(const std::string& path) {
    if (!m_session.has_reply()) return;
    bool known = false;
    for (Pending& pending : m_pending) {
        if (pending.path != path && !pending.path.empty()) continue;
        known = true;
        answer(pending, "Applied edit to " + path, {});
    }
    if (!known) call_unseen(path);
}

void Session::answer(Pending& pending, std::string words, const std::string& error) {
    if (std::exchange(pending.answered, true)) return;
    take_result(m_session, pending.id, std::move(words), {error});
}

void Session::answer_all(const std::string& words, const std::string& error) {
    for (Pending& pending : m_pending)
        answer(pending, words, error);
}

// What became of the edits of the last reply.
bool Session::take_verdict(std::string_view words) {
    constexpr std::string_view k_applied = "Applied edit to ";
    const std::string whole(words);
    if (words.starts_with(k_applied)) {
        applied(std::string(words.substr(k_applied.size())));
        return true;
    }
    for (const std::string_view refusal : {"Did not apply edit to ", "Skipping edits to "}) {
        if (!words.starts_with(refusal)) continue;
        std::string_view path = words.substr(refusal.size());
        path = path.substr(0, std::min(path.find(" (--dry-run)"), path.find(" that matches ")));
        for (Pending& pending : m_pending)
            if (pending.path == path) answer(pending, whole, "rejected");
        return true;
    }
    const std::string_view failed = after(words, "SEARCH block failed to exactly match lines in ");
    if (!failed.empty())
        for (Pending& pending : m_pending)
            if (pending.path == failed) answer(pending, whole, "tool_error");
    if (words.ends_with("were applied successfully.") || words.ends_with("was applied successfully."))
        answer_all(whole, {});
    if (words == "The LLM did not conform to the edit format.") answer_all(whole, "tool_error");
    return !failed.empty();
}

// ---- facts ----

bool Session::take_fact(std::string_view words) {
    SessionFacts& about = m_session.about;
    if (words.starts_with("Aider v")) {
        about.version = after(words, "Aider v");
    } else if (words.starts_with("Main model: ") || words.starts_with("Model: ")) {
        const std::string_view model = after(words, "odel: ");
        m_model = model.substr(0, model.find(" with "));
        if (about.model.empty()) about.model = m_model;
    } else if (words.starts_with("Tokens: ")) {
        count_tokens(words);
    } else if (words.starts_with("Cost: $")) {
        take_cost(words);
    } else if (words.starts_with("Commit ")) {
        const std::string_view rest = words.substr(7);
        if (!m_pending.empty())
            m_session.evidence().commits.push_back(
                {m_pending.back().id, std::string(rest.substr(0, rest.find(' ')))});
    } else if (words.starts_with("^C")) {
        m_session.evidence().interrupted = true;
    } else {
        return false;
    }
    return true;
}

// One line for each call of the model, rounded. Cached tokens are a part of those that were sent, unless they
// are more (providers differ).
void Session::count_tokens(std::string_view words) {
    take_cost(words);
    if (!m_session.has_reply()) return;
    enrich::ModelUsage usage;
    usage.input_tokens = count_before(words, " sent");
    usage.cache_write_tokens = count_before(words, " cache write");
    usage.cache_read_tokens = count_before(words, " cache hit");
    usage.output_tokens = count_before(words, " received");
    const std::int64_t cached = usage.cache_write_tokens + usage.cache_read_tokens;
    if (cached <= usage.input_tokens) usage.input_tokens -= cached;
    m_session.count(m_session.last_reply(), std::move(usage));
}

// "Cost: $0.0023 message, $0.01 session.": the last one holds for all of it.
void Session::take_cost(std::string_view words) {
    const std::string_view cost = after(after(words, "Cost: $"), "message, $");
    double value = 0;
    const auto [stop, error] = std::from_chars(cost.data(), cost.data() + cost.size(), value);
    if (error == std::errc() && std::isfinite(value) && value > 0)
        m_session.evidence().actual_cost_usd = value;
}

}  // namespace opentraces::capture::aider
