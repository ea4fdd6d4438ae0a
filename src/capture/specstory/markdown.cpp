#include "capture/specstory/markdown.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::specstory {
namespace {

constexpr std::string_view k_begin = "_**";
constexpr std::string_view k_end = "**_";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "2026-07-13": digits for 0, everything else as it is.
bool has_form(std::string_view text, std::string_view form) {
    return text.size() >= form.size() &&
           std::equal(form.begin(), form.end(), text.begin(),
                      [](char wanted, char c) { return wanted == '0' ? is_digit(c) : wanted == c; });
}

std::string unescaped(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> k_names{
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};
    std::string plain;
    while (!text.empty()) {
        const auto name = std::find_if(k_names.begin(), k_names.end(),
                                       [text](const auto& one) { return text.starts_with(one.first); });
        plain += name == k_names.end() ? text.front() : name->second;
        text.remove_prefix(name == k_names.end() ? 1 : name->first.size());
    }
    return plain;
}

std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
    const std::size_t at = text.find(begin);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + begin.size());
    const std::size_t to = text.find(end);
    return to == std::string_view::npos ? std::string_view() : text.substr(0, to);
}

void take_attributes(std::string_view words, Head& head) {
    constexpr std::string_view k_model = "model ";
    constexpr std::string_view k_mode = "mode ";
    if (const auto dated = find_time(words)) {
        head.time = dated->time;
        words = words.substr(0, dated->at);
    }
    while (!words.empty()) {
        const std::size_t comma = std::min(words.find(", "), words.size());
        std::string_view one = trim(words.substr(0, comma));
        words.remove_prefix(std::min(comma + 2, words.size()));
        if (one.starts_with(k_mode)) {
            head.mode = one.substr(k_mode.size());
        } else if (!one.empty() && head.model.empty()) {
            if (one.starts_with(k_model)) one.remove_prefix(k_model.size());
            head.model = one;
        }
    }
}

// Code blocks of a call, and the words before the first of them.
struct Body {
    std::string words;
    std::string language;  // of `code`
    std::string code;      // what was asked for
    std::string result;
};

std::string joined(const std::vector<std::string_view>& lines, std::size_t begin, std::size_t end) {
    std::string text;
    for (std::size_t at = begin; at < end && at < lines.size(); ++at)
        text.append(text.empty() && at == begin ? "" : "\n").append(lines[at]);
    return text;
}

bool is_of_input(std::string_view language, std::string_view type) {
    static constexpr auto k_asked = std::to_array<std::string_view>({"bash", "sh", "shell", "zsh", "diff"});
    return type == "write" ? !language.empty() && language != "text"
                           : std::find(k_asked.begin(), k_asked.end(), language) != k_asked.end();
}

// The result may hold code blocks of its own: it goes to the last line of backticks.
Body split(const std::vector<std::string_view>& lines, std::string_view type) {
    const auto fence_from = [&lines](std::size_t at) {
        while (at < lines.size() && fence_of(lines[at]) == 0)
            ++at;
        return at;
    };
    Body body;
    std::size_t open = fence_from(0);
    body.words = trim(joined(lines, 0, open));
    if (open == lines.size()) return body;
    std::size_t last = lines.size();
    while (last > open + 1 && fence_of(lines[last - 1]) == 0)
        --last;
    if (last == open + 1) last = lines.size() + 1;  // cut off
    const std::string_view language = trim(lines[open].substr(fence_of(lines[open])));
    if (is_of_input(language, type)) {
        const std::size_t close = fence_from(open + 1);
        body.language = language;
        body.code = joined(lines, open + 1, close);
        open = fence_from(close + 1);
        if (open >= lines.size()) return body;
    }
    body.result = joined(lines, open + 1, last - 1);
    return body;
}

void put(json::Object& input, std::string key, std::string_view text) {
    text = trim(text);
    if (!text.empty()) input.set(std::move(key), text);
}

// "`git status`", alone on the last line.
std::string_view last_code(std::string_view words, std::string_view& before) {
    const std::size_t line = words.rfind('\n') == std::string_view::npos ? 0 : words.rfind('\n') + 1;
    const std::string_view last = trim(words.substr(line));
    if (last.size() < 3 || last.front() != '`' || last.back() != '`') return {};
    before = trim(words.substr(0, line));
    return last.substr(1, last.size() - 2);
}

}  // namespace

std::size_t fence_of(std::string_view line) {
    const std::size_t ticks = std::min(line.find_first_not_of('`'), line.size());
    return ticks >= 3 ? ticks : 0;
}

std::optional<Dated> find_time(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.substr(at);
        if (!has_form(rest, "0000-00-00")) continue;
        const bool has_seconds = has_form(rest, "0000-00-00 00:00:00");
        if (!has_seconds && !has_form(rest, "0000-00-00 00:00")) continue;
        std::string time(rest.substr(0, has_seconds ? 19 : 16));
        time[10] = 'T';
        if (!has_seconds) time += ":00";
        const std::string_view zone = rest.substr(has_seconds ? 19 : 16);
        if (has_form(zone, "+0000") || has_form(zone, "-0000")) {
            time.append(zone.substr(0, 3)).append(":").append(zone.substr(3, 2));
        } else {
            time += 'Z';
        }
        if (parse_iso8601(time)) return Dated{std::move(time), at};
    }
    return std::nullopt;
}

std::optional<Head> read_head(std::string_view line) {
    constexpr std::string_view k_sidechain = " - sidechain";
    line = trim(line);
    if (line.size() < k_begin.size() + k_end.size() || !line.starts_with(k_begin) || !line.ends_with(k_end))
        return std::nullopt;
    std::string_view inner = line.substr(k_begin.size(), line.size() - k_begin.size() - k_end.size());
    const std::size_t open = std::min(inner.find(" ("), inner.size());
    std::string_view name = inner.substr(0, open);
    Head head;
    head.is_sidechain = name.ends_with(k_sidechain);
    if (head.is_sidechain) name.remove_suffix(k_sidechain.size());
    if (name != "User" && name != "Agent" && name != "Assistant" && !name.empty()) return std::nullopt;
    head.speaker = name == "User" ? Head::Speaker::User : Head::Speaker::Agent;
    std::string_view words = inner.substr(open);
    if (words.ends_with(')') && words.size() > 3) take_attributes(words.substr(2, words.size() - 3), head);
    return head;
}

std::optional<Source> read_source(std::string_view line) {
    constexpr std::string_view k_session = " Session ";
    const std::string_view words = trim(between(line, "<!--", "-->"));
    const std::size_t at = words.find(k_session);
    if (at == std::string_view::npos || at == 0) return std::nullopt;
    const std::string_view rest = words.substr(at + k_session.size());
    const std::string_view session = rest.substr(0, std::min(rest.find(' '), rest.size()));
    if (session.empty()) return std::nullopt;
    return Source{std::string(words.substr(0, at)), std::string(session)};
}

std::string attribute(std::string_view line, std::string_view name) {
    return unescaped(between(line, std::string(name) + "=\"", "\""));
}

Call read_call(std::string_view name, std::string_view type, std::string_view body) {
    constexpr std::string_view k_used = "Tool use: **";
    Call call;
    call.name = name;
    std::string_view summary = between(body, "<summary>", "</summary>");
    std::vector<std::string_view> lines;
    each_line(body, [&lines](std::string_view line) {
        const std::string_view word = trim(line);
        const bool is_frame = word.find("<summary>") != std::string_view::npos || word == "<details>" ||
                              word == "</details>" || word == "</summary>";
        if (!is_frame) lines.push_back(line);
    });
    if (trim(summary).starts_with(k_used)) {
        const std::size_t end = summary.find("**", summary.find(k_used) + k_used.size());
        summary = end == std::string_view::npos ? std::string_view() : trim(summary.substr(end + 2));
        if (summary.starts_with("\u2022")) summary.remove_prefix(std::string_view("\u2022").size());
    }
    put(call.input, "summary", unescaped(summary));
    Body parts = split(lines, type);
    std::string_view words = parts.words;
    const bool is_shell = type == "shell" || type == "bash";
    const std::string_view code = is_shell || type == "read" ? last_code(words, words) : std::string_view();
    put(call.input, is_shell ? "command" : "file_path", code);
    put(call.input, "description", words);
    if (!parts.code.empty())
        put(call.input, parts.language == "diff" ? "diff" : is_shell ? "command" : "content", parts.code);
    call.result = std::move(parts.result);
    return call;
}

}  // namespace opentraces::capture::specstory
