#include "opentraces/json/edit.hpp"

namespace opentraces::json {

namespace {

constexpr std::string_view k_space = " \t\r\n";

// The white space directly before `at`.
std::string_view space_before(std::string_view text, std::size_t at) {
    const std::size_t last = text.substr(0, at).find_last_not_of(k_space);
    const std::size_t begin = last == std::string_view::npos ? 0 : last + 1;
    return text.substr(begin, at - begin);
}

std::string_view last_line(std::string_view space) {
    const std::size_t feed = space.rfind('\n');
    return feed == std::string_view::npos ? space : space.substr(feed + 1);
}

bool has_lines(std::string_view space) {
    return space.find('\n') != std::string_view::npos;
}

struct Sides {
    std::string_view before;
    std::string_view after;
};

Sides sides_of_only_child(std::string_view text, const Span& container) {
    const Span& child = container.children.front();
    return {text.substr(container.begin + 1, child.outer_begin - container.begin - 1),
            text.substr(child.end, container.end - 1 - child.end)};
}

EditStyle style_of(std::string_view text, const Span& root) {
    EditStyle style;
    if (text.find("\r\n") != std::string_view::npos) style.line_end = "\r\n";
    if (!root.children.empty()) {
        const std::string_view space = space_before(text, root.children.front().outer_begin);
        if (has_lines(space) && !last_line(space).empty()) style.unit = last_line(space);
    }
    return style;
}

// The container's indentation, if its children stand at `child_indent`.
std::string outdented(std::string_view child_indent, const std::string& unit) {
    const std::size_t size = child_indent.size() < unit.size() ? 0 : child_indent.size() - unit.size();
    return std::string(child_indent.substr(0, size));
}

std::string insert_after_last(const std::string& text, const Span& container, EditStyle style,
                              const MakeChild& make) {
    const Span& last = container.children.back();
    const std::string_view space = space_before(text, last.outer_begin);
    style.lines = has_lines(space);
    std::string lead(space);
    if (style.lines) {
        style.indent = outdented(last_line(space), style.unit);
        lead = style.line_end + std::string(last_line(space));
    }
    return text.substr(0, last.end) + "," + lead + make(style) + text.substr(last.end);
}

std::string insert_as_only(const std::string& text, const Span& container, bool is_root, EditStyle style,
                           const MakeChild& make) {
    const std::size_t inside = container.begin + 1;
    const std::string space = text.substr(inside, container.end - 1 - inside);
    std::string lead = space;
    std::string trail;
    if (is_root && space.empty()) {
        lead = style.line_end + style.unit;
        trail = style.line_end;
    } else {
        style.lines = has_lines(space);
        style.indent = outdented(last_line(space), style.unit);
    }
    return text.substr(0, inside) + lead + make(style) + trail + text.substr(inside);
}

}  // namespace

EditStyle EditStyle::deeper(int levels) const {
    EditStyle style = *this;
    for (int i = 0; i < levels; ++i)
        style.indent += unit;
    return style;
}

std::string EditStyle::object(const std::vector<std::string>& members) const {
    return wrap('{', members, '}');
}

std::string EditStyle::array(const std::string& item) const {
    return wrap('[', {item}, ']');
}

std::string EditStyle::wrap(char open, const std::vector<std::string>& children, char close) const {
    const std::string between = lines ? line_end + indent + unit : " ";
    std::string text(1, open);
    for (std::size_t i = 0; i < children.size(); ++i) {
        if (i != 0) text += ",";
        text += between + children[i];
    }
    if (lines) text += line_end + indent;
    return text += close;
}

std::string insert_child(const std::string& text, const Span& root, const Span& container,
                         const MakeChild& make) {
    const EditStyle style = style_of(text, root);
    if (!container.children.empty()) return insert_after_last(text, container, style, make);
    return insert_as_only(text, container, &container == &root, style, make);
}

std::string erase_child(const std::string& text, const Span& container, const Span& child) {
    const auto index = static_cast<std::size_t>(&child - container.children.data());
    if (index > 0) {
        const std::size_t begin = container.children[index - 1].end;
        return text.substr(0, begin) + text.substr(child.end);
    }
    if (container.children.size() > 1) {
        return text.substr(0, child.outer_begin) + text.substr(container.children[1].outer_begin);
    }
    const Sides sides = sides_of_only_child(text, container);
    const std::string kept(sides.before == sides.after ? sides.after : std::string_view());
    return text.substr(0, container.begin + 1) + kept + text.substr(container.end - 1);
}

bool is_wrapper(const std::string& text, const Span& container) {
    if (container.children.size() != 1) return false;
    const Sides sides = sides_of_only_child(text, container);
    return sides.before != sides.after;
}

}  // namespace opentraces::json
