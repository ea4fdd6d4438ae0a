#include <algorithm>
#include <vector>

#include "capture/hooks/format.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/core/toml_checks.hpp"
#include "opentraces/json/document.hpp"

#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace opentraces::capture {
namespace {

constexpr std::string_view k_hooks = "hooks";
constexpr std::string_view k_command = "command";
constexpr std::string_view k_header = "[[hooks]]";

toml::table parsed(const std::string& text) {
    // The parser's own words quote the file, which holds keys.
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        throw_unexpected_hooks(error.source().begin.line, "it is not TOML");
    } catch (const std::logic_error&) {
        throw_unexpected_hooks(1, "it is not TOML");
    }
}

// Lines are from 1.
std::size_t begin_of_line(std::string_view text, std::size_t line) {
    std::size_t at = 0;
    for (std::size_t i = 1; i < line && at < text.size(); ++i)
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    return at;
}

// Columns are from 1 and count code points.
std::size_t offset_of(std::string_view text, const toml::source_position& position) {
    std::size_t at = begin_of_line(text, position.line);
    for (toml::source_index column = 1; column < position.column && at < text.size(); ++column) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
            ++at;
    }
    return at;
}

struct Found {
    std::string command;
    std::size_t first_line = 0;  // its header
    std::size_t last_line = 0;   // of what it says
    toml::source_region value;   // of the command
};

Found found_in(const toml::table& table, const toml::value<std::string>& command) {
    Found found{command.get(), table.source().begin.line, table.source().begin.line, command.source()};
    for (const auto& [key, node] : table)
        found.last_line = std::max<std::size_t>(found.last_line, node.source().end.line);
    return found;
}

std::vector<Found> find_ours(const toml::table& root, const std::string& command) {
    std::vector<Found> found;
    const toml::node* const hooks = root.get(k_hooks);
    if (hooks == nullptr) return found;
    const toml::array* const list = hooks->as_array();
    if (list == nullptr) throw_unexpected_hooks(hooks->source().begin.line, "hooks is not a list of tables");
    for (const toml::node& node : *list) {
        const toml::table* const table = node.as_table();
        const toml::value<std::string>* const text = table == nullptr || table->get(k_command) == nullptr
                                                         ? nullptr
                                                         : table->get(k_command)->as_string();
        if (text != nullptr && (text->get() == command || is_own_command(text->get())))
            found.push_back(found_in(*table, *text));
    }
    return found;
}

// A basic string of TOML; commands have no control characters that JSON would write in another way.
std::string literal(const std::string& text) {
    return json::write_document(text);
}

std::string line_end_of(const std::string& text) {
    const std::size_t end = text.find('\n');
    return end != std::string::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

// One line end goes before it, and is taken back with it: an empty line where the last one is ended.
std::string with_table(const HookSpec& spec, const std::string& text, const std::string& command) {
    const std::string end = line_end_of(text);
    std::string after = text;
    if (!text.empty()) after += end;
    after += std::string(k_header) + end;
    if (!spec.event.empty()) after += "event = " + literal(std::string(spec.event)) + end;
    if (!spec.entry.empty()) after += std::string(spec.entry) + end;
    after += "command = " + literal(command) + end;
    if (spec.timeout != 0) after += "timeout = " + std::to_string(spec.timeout) + end;
    return after;
}

std::string without_one(const std::string& text, const Found& found) {
    std::size_t begin = begin_of_line(text, found.first_line);
    const std::size_t end = begin_of_line(text, found.last_line + 1);
    if (!trim(text.substr(begin)).starts_with(k_header))
        throw_unexpected_hooks(found.first_line, "the hook of opentraces was written in another form");
    if (begin > 0) --begin;
    if (begin > 0 && text[begin - 1] == '\r') --begin;
    const bool ended = begin == 0 || text[begin - 1] == '\n' || end == text.size();
    return text.substr(0, begin) + (ended ? "" : line_end_of(text)) + text.substr(end);
}

std::string with(const HookSpec& spec, const std::string& text, const std::string& command,
                 const MayStay& may_stay) {
    const std::vector<Found> found = find_ours(parsed(text), command);
    if (found.empty()) {
        std::string after = with_table(spec, text, command);
        // A list that is written as a value takes no further table.
        parsed(after);
        return after;
    }
    // More than one would capture every session as often.
    if (found.size() > 1) return with(spec, without_one(text, found.back()), command, may_stay);
    const Found& old = found.front();
    if (old.command == command || (may_stay && may_stay(old.command))) return text;
    return text.substr(0, offset_of(text, old.value.begin)) + literal(command) +
           text.substr(offset_of(text, old.value.end));
}

std::string without(const HookSpec& spec, const std::string& text) {
    const std::vector<Found> found = find_ours(parsed(text), {});
    if (found.empty()) return text;
    return without(spec, without_one(text, found.back()));
}

std::optional<std::string> find(const HookSpec&, const std::string& text, const std::string& command) {
    const std::vector<Found> found = find_ours(parsed(text), command);
    if (found.empty()) return std::nullopt;
    return found.front().command;
}

bool is_bare(const std::string& text) {
    return trim(text).empty();
}

}  // namespace

constinit const HookFormat k_toml_tables{with, without, find, is_bare, ""};

}  // namespace opentraces::capture
