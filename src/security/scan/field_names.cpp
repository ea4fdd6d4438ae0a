#include "security/scan/field_names.hpp"

namespace opentraces::security {

using trace::TextKind;

namespace {

// Ids that tie the parts of a dataset together and must stay what they are.
bool is_fixed_id(std::string_view key) {
    return key == "trace_id" || key == "content_hash";
}

}  // namespace

ScanContext value_context(TextKind kind, bool is_open, std::string_view key, const ScrubOptions& options) {
    ScanContext context = key_context(kind, options);
    if (kind == TextKind::Name && !is_open) context.depth = Depth::CriticalOnly;
    if (kind == TextKind::Identifier && is_fixed_id(key)) {
        context.custom = nullptr;
        context.own = nullptr;
    }
    return context;
}

ScanContext key_context(TextKind kind, const ScrubOptions& options) {
    ScanContext context = full_context(options);
    if (kind == TextKind::Identifier) context.depth = Depth::CriticalOnly;
    return context;
}

std::string_view last_name(std::string_view path) {
    while (path.ends_with(']')) {
        const std::size_t open = path.rfind('[');
        if (open == std::string_view::npos || run_end<'d'>(path, open + 1) + 1 != path.size()) break;
        path = path.substr(0, open);
    }
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

std::string_view FieldNames::name_for(std::uint64_t parent, std::string_view key, std::string_view text) {
    const bool same_object = parent == m_parent;
    m_parent = parent;
    if (same_object && (key == "value" || key == "Value") && !m_name.empty()) return m_name;
    m_name.clear();
    if ((key == "name" || key == "Name" || key == "key" || key == "Key") && text.size() <= 80) m_name = text;
    return key;
}

}  // namespace opentraces::security
