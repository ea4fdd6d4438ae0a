#include <vector>

#include "capture/hooks/format.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/edit.hpp"

namespace opentraces::capture {
namespace {

using json::EditStyle;
using json::Span;

// How one handler is written, and whether it stands in a group of its own.
struct Shape {
    bool grouped = false;
    std::string_view command;
    std::string_view timeout;
    std::string_view rest;   // before the command
    bool versioned = false;  // the file says one beside its hooks
};

constexpr Shape k_grouped{true, "command", "timeout", R"("type": "command")", false};
constexpr Shape k_versioned{false, "command", "timeout", "", true};
constexpr Shape k_plain{false, "command", "timeout", "", false};
constexpr Shape k_copilot{false, "bash", "timeoutSec", R"("type": "command")", true};

constexpr std::string_view k_version = "version";

Span located(const std::string& settings) {
    try {
        return json::locate(settings);
    } catch (const json::SyntaxError& error) {
        throw_unexpected_hooks(json::line_of(settings, error.offset()), error.what());
    }
}

const Span* events_of(const Span& root) {
    if (root.kind != Span::Kind::Object) throw_unexpected_hooks(1, "the settings are not an object");
    const Span* const hooks = root.member("hooks");
    if (hooks != nullptr && hooks->kind != Span::Kind::Object)
        throw_unexpected_hooks(1, "hooks is not an object");
    return hooks;
}

const Span* entries_of(const HookSpec& spec, const Span& root) {
    const Span* const hooks = events_of(root);
    const Span* const entries = hooks == nullptr ? nullptr : hooks->member(spec.event);
    if (entries != nullptr && entries->kind != Span::Kind::Array)
        throw_unexpected_hooks(1, "hooks." + std::string(spec.event) + " is not a list");
    return entries;
}

struct Found {
    const Span* entry = nullptr;  // the group, or the handler where there are none
    const Span* list = nullptr;   // the handlers of the group
    const Span* handler = nullptr;
    const Span* command = nullptr;
};

void find_in(const Shape& shape, const Span& entry, const Span& handler, const Span& list,
             const std::string& command, std::vector<Found>& found) {
    const Span* const text = handler.member(shape.command);
    if (text == nullptr || text->kind != Span::Kind::String) return;
    if (text->text == command || is_own_command(text->text)) found.push_back({&entry, &list, &handler, text});
}

std::vector<Found> find_ours(const Shape& shape, const HookSpec& spec, const Span& root,
                             const std::string& command) {
    std::vector<Found> found;
    const Span* const entries = entries_of(spec, root);
    if (entries == nullptr) return found;
    for (const Span& entry : entries->children) {
        if (!shape.grouped) {
            find_in(shape, entry, entry, *entries, command, found);
            continue;
        }
        const Span* const list = entry.member("hooks");
        if (list == nullptr || list->kind != Span::Kind::Array) continue;
        for (const Span& handler : list->children)
            find_in(shape, entry, handler, *list, command, found);
    }
    return found;
}

std::string member_text(std::string_view key, const json::Value& value) {
    return "\"" + std::string(key) + "\": " + json::write_document(value);
}

std::string handler_text(const Shape& shape, const HookSpec& spec, const EditStyle& style,
                         const std::string& command) {
    std::vector<std::string> members;
    if (!shape.rest.empty()) members.emplace_back(shape.rest);
    members.push_back(member_text(shape.command, command));
    if (spec.timeout != 0) members.push_back(member_text(shape.timeout, spec.timeout));
    if (!spec.entry.empty()) members.emplace_back(spec.entry);
    return style.object(members);
}

std::string entry_text(const Shape& shape, const HookSpec& spec, const EditStyle& style,
                       const std::string& command) {
    if (!shape.grouped) return handler_text(shape, spec, style.deeper(1), command);
    const std::string handler = handler_text(shape, spec, style.deeper(3), command);
    return style.deeper(1).object({R"("hooks": )" + style.deeper(2).array(handler)});
}

// Adds the innermost thing that is missing.
std::string with_entry(const Shape& shape, const HookSpec& spec, const std::string& settings,
                       const Span& root, const std::string& command) {
    const std::string event = "\"" + std::string(spec.event) + "\": ";
    const Span* const hooks = events_of(root);
    if (hooks == nullptr) {
        return json::insert_child(settings, root, root, [&](const EditStyle& style) {
            const EditStyle inner = style.deeper(1);
            const std::string list =
                event + inner.deeper(1).array(entry_text(shape, spec, inner.deeper(1), command));
            return R"("hooks": )" + inner.object({list});
        });
    }
    const Span* const entries = entries_of(spec, root);
    if (entries == nullptr) {
        return json::insert_child(settings, root, *hooks, [&](const EditStyle& style) {
            return event + style.deeper(1).array(entry_text(shape, spec, style.deeper(1), command));
        });
    }
    return json::insert_child(settings, root, *entries, [&](const EditStyle& style) {
        return entry_text(shape, spec, style, command);
    });
}

std::string without_one(const Shape& shape, const HookSpec& spec, const std::string& settings,
                        const Span& root, const Found& found) {
    if (shape.grouped && found.list->children.size() > 1)
        return json::erase_child(settings, *found.list, *found.handler);
    const Span& hooks = *events_of(root);
    const Span& entries = *entries_of(spec, root);
    if (!json::is_wrapper(settings, entries)) return json::erase_child(settings, entries, *found.entry);
    if (!json::is_wrapper(settings, hooks)) return json::erase_child(settings, hooks, entries);
    return json::erase_child(settings, root, hooks);
}

template <const Shape& shape>
std::string with(const HookSpec& spec, const std::string& settings, const std::string& command,
                 const MayStay& may_stay) {
    const Span root = located(settings);
    const std::vector<Found> found = find_ours(shape, spec, root, command);
    if (found.empty()) return with_entry(shape, spec, settings, root, command);
    // More than one would capture every session as often.
    if (found.size() > 1)
        return with<shape>(spec, without_one(shape, spec, settings, root, found.back()), command, may_stay);
    const Span& old = *found.front().command;
    if (old.text == command || (may_stay && may_stay(old.text))) return settings;
    return settings.substr(0, old.begin) + json::write_document(command) + settings.substr(old.end);
}

template <const Shape& shape>
std::string without(const HookSpec& spec, const std::string& settings) {
    const Span root = located(settings);
    const std::vector<Found> found = find_ours(shape, spec, root, {});
    if (found.empty()) return settings;
    return without<shape>(spec, without_one(shape, spec, settings, root, found.back()));
}

template <const Shape& shape>
std::optional<std::string> find(const HookSpec& spec, const std::string& settings,
                                const std::string& command) {
    const Span root = located(settings);
    const std::vector<Found> found = find_ours(shape, spec, root, command);
    if (found.empty()) return std::nullopt;
    return found.front().command->text;
}

template <const Shape& shape>
bool is_bare(const std::string& settings) {
    const Span root = located(settings);
    if (root.children.empty()) return true;
    return shape.versioned && root.children.size() == 1 && root.children.front().key == k_version;
}

constexpr std::string_view k_first_version = "{\n  \"version\": 1\n}\n";

}  // namespace

constinit const HookFormat k_matcher_groups{with<k_grouped>, without<k_grouped>, find<k_grouped>,
                                            is_bare<k_grouped>, "{}\n"};
constinit const HookFormat k_versioned_list{with<k_versioned>, without<k_versioned>, find<k_versioned>,
                                            is_bare<k_versioned>, k_first_version};
constinit const HookFormat k_plain_list{with<k_plain>, without<k_plain>, find<k_plain>, is_bare<k_plain>,
                                        "{}\n"};
constinit const HookFormat k_copilot_list{with<k_copilot>, without<k_copilot>, find<k_copilot>,
                                          is_bare<k_copilot>, k_first_version};

}  // namespace opentraces::capture
