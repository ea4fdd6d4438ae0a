#include "capture/hooks/format.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_place = "@COMMAND@";

// How a language says a comment and a command.
struct Language {
    std::string_view head;
    std::string (*written)(const std::string& command);
    std::string (*read)(const std::string& text);
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

std::string itself(const std::string& command) {
    return command;
}

// Commands have no line ends.
std::string one_line(const std::string& text) {
    return text.find('\n') == std::string::npos ? text : std::string();
}

constexpr Language k_javascript{
    "// Written by `opentraces hooks install`, which also replaces it; `opentraces hooks uninstall` removes "
    "it.\n",
    quoted, unquoted};
constexpr Language k_shell{
    "#!/bin/sh\n# Written by `opentraces hooks install`, which also replaces it; `opentraces hooks "
    "uninstall` removes it.\n",
    itself, one_line};

template <const Language& language>
struct Script {
    static std::string whole(const HookSpec& spec) {
        return std::string(language.head) + std::string(spec.script);
    }

    static bool is_ours(const std::string& text) { return text.starts_with(language.head); }

    // Of a script that is as it was written; of a changed one nothing.
    static std::string command_in(const HookSpec& spec, const std::string& text) {
        const std::string form = whole(spec);
        const std::string_view before = std::string_view(form).substr(0, form.find(k_place));
        const std::string_view after = std::string_view(form).substr(before.size() + k_place.size());
        const bool framed =
            text.size() >= before.size() + after.size() && text.starts_with(before) && text.ends_with(after);
        if (!framed) return {};
        return language.read(text.substr(before.size(), text.size() - before.size() - after.size()));
    }

    static std::string with(const HookSpec& spec, const std::string& text, const std::string& command,
                            const MayStay& may_stay) {
        if (!text.empty() && !is_ours(text))
            throw_unexpected_hooks(1, "it is not a file that opentraces has written");
        const std::string present = command_in(spec, text);
        if (!present.empty() && (present == command || (may_stay && may_stay(present)))) return text;
        std::string script = whole(spec);
        return script.replace(script.find(k_place), k_place.size(), language.written(command));
    }

    static std::string without(const HookSpec&, const std::string& text) {
        return is_ours(text) ? std::string() : text;
    }

    static std::optional<std::string> find(const HookSpec& spec, const std::string& text,
                                           const std::string&) {
        if (!is_ours(text)) return std::nullopt;
        return command_in(spec, text);
    }

    static bool is_bare(const std::string& text) { return text.empty(); }
};

constexpr unsigned k_executable = 0755;

}  // namespace

using Module = Script<k_javascript>;
using Program = Script<k_shell>;

constinit const HookFormat k_module{Module::with, Module::without, Module::find, Module::is_bare, ""};
constinit const HookFormat k_program{Program::with, Program::without, Program::find, Program::is_bare, "",
                                     k_executable};

}  // namespace opentraces::capture
