#include "card/yaml.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <array>
#include <new>
#include <set>

namespace opentraces::card {
namespace {

constexpr int k_max_depth = 64;

// libyaml counts in code points.
std::vector<std::size_t> code_point_offsets(std::string_view text) {
    std::vector<std::size_t> offsets;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) offsets.push_back(i);
    offsets.push_back(text.size());
    return offsets;
}

std::vector<std::size_t> line_starts(std::string_view text) {
    std::vector<std::size_t> starts{0};
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\n') starts.push_back(i + 1);
    return starts;
}

class Event {
public:
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { yaml_event_delete(&m_event); }
    yaml_event_t* get() { return &m_event; }
    const yaml_event_t* operator->() const { return &m_event; }

private:
    yaml_event_t m_event{};
};

class TreeBuilder {
public:
    explicit TreeBuilder(std::string_view text)
        : m_text(text), m_offsets(code_point_offsets(text)), m_line_starts(line_starts(text)) {
        if (yaml_parser_initialize(&m_parser) == 0) throw std::bad_alloc();
        yaml_parser_set_encoding(&m_parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&m_parser, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
    }
    TreeBuilder(const TreeBuilder&) = delete;
    TreeBuilder& operator=(const TreeBuilder&) = delete;
    ~TreeBuilder() { yaml_parser_delete(&m_parser); }

    YamlNode document() {
        YamlNode root;
        root.plain = true;
        expect(YAML_STREAM_START_EVENT);
        Event first;
        next(first);
        if (first->type == YAML_STREAM_END_EVENT) return root;
        {
            Event content;
            next(content);
            root = node(content, 0);
        }
        expect(YAML_DOCUMENT_END_EVENT);
        Event last;
        next(last);
        if (last->type != YAML_STREAM_END_EVENT)
            throw YamlError(line_at(offset(last->start_mark)), "a second document starts here");
        return root;
    }

private:
    void next(Event& event) {
        if (yaml_parser_parse(&m_parser, event.get()) != 0) return;
        const char* problem = m_parser.problem == nullptr ? "not valid YAML" : m_parser.problem;
        const bool unreadable = m_parser.error == YAML_READER_ERROR;
        const std::size_t at =
            unreadable ? std::min(m_parser.problem_offset, m_text.size()) : offset(m_parser.problem_mark);
        throw YamlError(line_at(at), problem);
    }

    void expect(yaml_event_type_t type) {
        Event event;
        next(event);
        if (event->type != type) throw YamlError(line_at(offset(event->start_mark)), "not a YAML document");
    }

    std::size_t offset(const yaml_mark_t& mark) const {
        return m_offsets[std::min(mark.index, m_offsets.size() - 1)];
    }

    std::size_t line_at(std::size_t offset) const {
        const auto next = std::upper_bound(m_line_starts.begin(), m_line_starts.end(), offset);
        return static_cast<std::size_t>(next - m_line_starts.begin()) - 1;
    }

    std::size_t column_at(std::size_t offset) const { return offset - m_line_starts[line_at(offset)]; }

    YamlNode node(const Event& event, int depth) {
        YamlNode node;
        node.begin = offset(event->start_mark);
        node.end = offset(event->end_mark);
        node.line = line_at(node.begin);
        node.column = column_at(node.begin);
        if (depth > k_max_depth) throw YamlError(node.line, "nested too deeply");
        switch (event->type) {
            case YAML_SCALAR_EVENT:
                fill_scalar(node, event);
                break;
            case YAML_ALIAS_EVENT:
                node.kind = YamlNode::Kind::Alias;
                break;
            case YAML_SEQUENCE_START_EVENT:
                node.kind = YamlNode::Kind::Sequence;
                node.flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
                fill_sequence(node, depth);
                break;
            case YAML_MAPPING_START_EVENT:
                node.kind = YamlNode::Kind::Mapping;
                node.flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
                fill_mapping(node, depth);
                break;
            default:
                throw YamlError(node.line, "not a YAML document");
        }
        return node;
    }

    void fill_scalar(YamlNode& node, const Event& event) {
        const auto& scalar = event->data.scalar;
        node.value.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        node.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nullptr;
        // The mark behind a block scalar is that of whatever follows it.
        while (node.end > node.begin &&
               std::string_view(" \t\r\n").find(m_text[node.end - 1]) != std::string_view::npos)
            --node.end;
    }

    void fill_sequence(YamlNode& node, int depth) {
        while (true) {
            Event event;
            next(event);
            if (event->type == YAML_SEQUENCE_END_EVENT) {
                close(node, event);
                return;
            }
            node.items.push_back(this->node(event, depth + 1));
            node.end = std::max(node.end, node.items.back().end);
        }
    }

    void fill_mapping(YamlNode& node, int depth) {
        std::set<std::string> seen;
        while (true) {
            Event event;
            next(event);
            if (event->type == YAML_MAPPING_END_EVENT) {
                close(node, event);
                return;
            }
            YamlEntry entry;
            entry.key = this->node(event, depth + 1);
            Event value;
            next(value);
            entry.value = this->node(value, depth + 1);
            if (entry.key.kind == YamlNode::Kind::Scalar && !seen.insert(entry.key.value).second)
                throw YamlError(entry.key.line, fmt::format("the key \"{}\" occurs twice", entry.key.value));
            node.end = std::max(node.end, entry.end());
            node.entries.push_back(std::move(entry));
        }
    }

    void close(YamlNode& node, const Event& event) const {
        if (node.flow) node.end = offset(event->end_mark);
    }

    std::string_view m_text;
    std::vector<std::size_t> m_offsets;
    std::vector<std::size_t> m_line_starts;
    yaml_parser_t m_parser{};
};

bool is_safe_plain(std::string_view text) {
    constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr std::string_view k_more = "0123456789._/+<> -";
    constexpr std::array<std::string_view, 10> k_words{"true", "false", "yes", "no", "on",
                                                       "off",  "null",  "y",   "n",  "none"};
    if (text.empty() || k_letters.find(text.front()) == std::string_view::npos || text.back() == ' ')
        return false;
    std::string lower;
    for (const char c : text) {
        if (k_letters.find(c) == std::string_view::npos && k_more.find(c) == std::string_view::npos)
            return false;
        lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return std::find(k_words.begin(), k_words.end(), lower) == k_words.end();
}

}  // namespace

bool YamlNode::is_null() const {
    return kind == Kind::Scalar && plain &&
           (value.empty() || value == "~" || value == "null" || value == "Null" || value == "NULL");
}

const YamlEntry* YamlNode::find(std::string_view key) const {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [key](const YamlEntry& entry) { return entry.key.value == key; });
    return found == entries.end() ? nullptr : &*found;
}

std::string_view YamlNode::text_of(std::string_view key) const {
    const YamlEntry* entry = find(key);
    return entry != nullptr && entry->value.is_scalar() ? std::string_view(entry->value.value)
                                                        : std::string_view();
}

YamlNode parse_yaml(std::string_view text) {
    // libyaml asserts that there is input, even if it has no bytes.
    return TreeBuilder(text.empty() ? std::string_view("\n") : text).document();
}

std::string yaml_scalar(std::string_view text) {
    if (is_safe_plain(text)) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') quoted += '\\';
        if (byte < 0x20 || byte == 0x7F)
            quoted += fmt::format("\\x{:02X}", byte);
        else
            quoted += c;
    }
    return quoted + "\"";
}

}  // namespace opentraces::card
