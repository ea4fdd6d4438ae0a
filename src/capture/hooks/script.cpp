#include "capture/hooks/format.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_place = "@COMMAND@";

// What every script of ours begins with, and how it says the command.
struct Language {
    std::string_view head;
    std::string (*literal)(const std::string& command);
    std::string (*command)(const std::string& literal);  // empty: it is none
};

// Every string of JSON is one of JavaScript.
std::string quoted(const std::string& command) {
    return json::write_document(command);
}

std::string unquoted(const std::string& literal) {
    try {
        return std::string(json::read_document(literal).string_or());
    } catch (const json::SyntaxError&) {
        return {};
    }
}

std::string as_it_is(const std::string& command) {
    return command;
}

constexpr Language k_javascript{
    "// Written by `opentraces hooks install`, which also replaces it; `opentraces hooks uninstall` removes "
    "it.\n",
    quoted, unquoted};
constexpr Language k_shell{
    "#!/bin/sh\n"
    "# Written by `opentraces hooks install`, which also replaces it; `opentraces hooks uninstall` removes "
    "it.\n",
    as_it_is, as_it_is};

template <const Language& language>
std::string whole(const HookSpec& spec) {
    return std::string(language.head) + std::string(spec.script);
}

template <const Language& language>
bool is_ours(const std::string& text) {
    return text.starts_with(language.head);
}

// Of a script that is as it was written; of a changed one nothing.
template <const Language& language>
std::string command_in(const HookSpec& spec, const std::string& text) {
    const std::string form = whole<language>(spec);
    const std::string_view before = std::string_view(form).substr(0, form.find(k_place));
    const std::string_view after = std::string_view(form).substr(before.size() + k_place.size());
    const bool framed =
        text.size() >= before.size() + after.size() && text.starts_with(before) && text.ends_with(after);
    if (!framed) return {};
    return language.command(text.substr(before.size(), text.size() - before.size() - after.size()));
}

template <const Language& language>
std::string with(const HookSpec& spec, const std::string& text, const std::string& command,
                 const MayStay& may_stay) {
    if (!text.empty() && !is_ours<language>(text))
        throw_unexpected_hooks(1, "it is not a file that opentraces has written");
    const std::string present = command_in<language>(spec, text);
    if (!present.empty() && (present == command || (may_stay && may_stay(present)))) return text;
    std::string script = whole<language>(spec);
    return script.replace(script.find(k_place), k_place.size(), language.literal(command));
}

template <const Language& language>
std::string without(const HookSpec&, const std::string& text) {
    return is_ours<language>(text) ? std::string() : text;
}

template <const Language& language>
std::optional<std::string> find(const HookSpec& spec, const std::string& text, const std::string&) {
    if (!is_ours<language>(text)) return std::nullopt;
    return command_in<language>(spec, text);
}

bool is_bare(const std::string& text) {
    return text.empty();
}

}  // namespace

constinit const HookFormat k_module{
    with<k_javascript>, without<k_javascript>, find<k_javascript>, is_bare, "", 0644};
constinit const HookFormat k_program{with<k_shell>, without<k_shell>, find<k_shell>, is_bare, "", 0755};

}  // namespace opentraces::capture
