#include "capture/hooks/format.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_place = "@COMMAND@";

constexpr std::string_view k_head =
    "// Written by `opentraces hooks install`, which also replaces it; `opentraces hooks uninstall` removes "
    "it.\n";

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

std::string whole(const HookSpec& spec) {
    return std::string(k_head) + std::string(spec.script);
}

bool is_ours(const std::string& text) {
    return text.starts_with(k_head);
}

// Of a script that is as it was written; of a changed one nothing.
std::string command_in(const HookSpec& spec, const std::string& text) {
    const std::string form = whole(spec);
    const std::string_view before = std::string_view(form).substr(0, form.find(k_place));
    const std::string_view after = std::string_view(form).substr(before.size() + k_place.size());
    const bool framed =
        text.size() >= before.size() + after.size() && text.starts_with(before) && text.ends_with(after);
    if (!framed) return {};
    return unquoted(text.substr(before.size(), text.size() - before.size() - after.size()));
}

std::string with(const HookSpec& spec, const std::string& text, const std::string& command,
                 const MayStay& may_stay) {
    if (!text.empty() && !is_ours(text))
        throw_unexpected_hooks(1, "it is not a file that opentraces has written");
    const std::string present = command_in(spec, text);
    if (!present.empty() && (present == command || (may_stay && may_stay(present)))) return text;
    std::string script = whole(spec);
    return script.replace(script.find(k_place), k_place.size(), quoted(command));
}

std::string without(const HookSpec&, const std::string& text) {
    return is_ours(text) ? std::string() : text;
}

std::optional<std::string> find(const HookSpec& spec, const std::string& text, const std::string&) {
    if (!is_ours(text)) return std::nullopt;
    return command_in(spec, text);
}

bool is_bare(const std::string& text) {
    return text.empty();
}

}  // namespace

constinit const HookFormat k_module{with, without, find, is_bare, ""};

}  // namespace opentraces::capture
