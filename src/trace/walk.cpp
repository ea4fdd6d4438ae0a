#include "opentraces/trace/walk.hpp"

#include <cstddef>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "opentraces/core/text.hpp"
#include "opentraces/trace/schema_rows.hpp"

namespace opentraces::trace {
namespace {

constexpr std::size_t k_max_key_in_path = 100;

// Keeps the keys of one object unique while a visitor rewrites them.
class KeyRegister {
public:
    // `key` has just been changed in place and was `before`.
    template <class Members>
    void make_unique(const Members& members, const std::string& before, std::string& key) {
        if (m_uses.empty()) {
            for (const auto& member : members)
                m_uses.emplace(&member.first == &key ? before : member.first, 1);
        }
        m_uses.erase(before);
        if (m_uses.emplace(key, 1).second) return;
        std::string candidate;
        do {
            candidate = key + "_" + std::to_string(++m_uses[key]);
        } while (!m_uses.emplace(candidate, 1).second);
        key = std::move(candidate);
    }

private:
    std::unordered_map<std::string, std::size_t> m_uses;  // key -> last suffix tried on it
};

// Walks records and constant records; Visit takes (const TextPlace&, text).
template <class Visit>
class Walker {
public:
    Walker(const TraceRecord& record, const Visit& visit) : m_visit(visit) {
        for (const Step& step : record.steps) {
            for (const ToolCall& call : step.tool_calls)
                m_tools.emplace(call.tool_call_id, call.tool_name);
        }
    }

    template <class Type>
    void walk(Type& value, TextKind kind) {
        using Plain = std::remove_const_t<Type>;
        if constexpr (std::is_same_v<Plain, std::string>) {
            show(value, kind, false);
        } else if constexpr (IsModel<Plain>) {
            walk_model(value);
        } else if constexpr (k_is_optional<Plain>) {
            if (value) walk(*value, kind);
        } else if constexpr (std::is_same_v<Plain, TextMap>) {
            walk_members(value, TextKind::Identifier, kind);
        } else if constexpr (std::is_same_v<Plain, json::Object>) {
            walk_members(value, kind, kind);
        } else if constexpr (k_is_vector<Plain>) {
            walk_items(value, kind);
        } else if constexpr (std::is_same_v<Plain, json::Value>) {
            walk_value(value, kind);
        }
        // Numbers, flags and enumerations hold no text.
    }

private:
    // Adds ".key" or "[index]" to the path for the duration of a scope.
    class Within {
    public:
        Within(std::string& path, std::string_view key) : m_path(path), m_size(path.size()) {
            if (!path.empty()) path.push_back('.');
            path.append(key);
        }
        Within(std::string& path, std::size_t index) : m_path(path), m_size(path.size()) {
            path.append("[").append(std::to_string(index)).append("]");
        }
        ~Within() { m_path.resize(m_size); }
        Within(const Within&) = delete;
        Within& operator=(const Within&) = delete;

    private:
        std::string& m_path;
        std::size_t m_size;
    };

    // Marks texts as being in something that the schema leaves open, for the duration of a scope.
    class Open {
    public:
        explicit Open(std::size_t& depth) : m_depth(depth) { ++m_depth; }
        ~Open() { --m_depth; }
        Open(const Open&) = delete;
        Open& operator=(const Open&) = delete;

    private:
        std::size_t& m_depth;
    };

    template <class Model>
    void walk_model(Model& model) {
        using Plain = std::remove_const_t<Model>;
        // Kept apart from the record's own texts, which the visitor may change on the way.
        if constexpr (std::is_same_v<Plain, ToolCall>) m_tool = model.tool_name;
        if constexpr (std::is_same_v<Plain, Observation>) m_tool = tool_of(model.source_call_id);
        for_each_row<Plain>([&](const auto& row) {
            if (!row.walked) return;
            const Within within(m_path, row.key);
            walk(model.*row.member, row.kind);
        });
    }

    template <class Items>
    void walk_items(Items& items, TextKind kind) {
        std::size_t index = 0;
        for (auto& item : items) {
            const Within within(m_path, index++);
            walk(item, kind);
        }
    }

    template <class Members>
    void walk_members(Members& members, TextKind key_kind, TextKind value_kind) {
        KeyRegister keys;
        const Open open(m_open);
        for (auto& member : members) {
            show_key(members, keys, member.first, key_kind);
            const Within within(m_path, first_code_points(member.first, k_max_key_in_path));
            walk(member.second, value_kind);
        }
    }

    template <class Value>
    void walk_value(Value& value, TextKind kind) {
        if (auto* text = value.if_string()) walk(*text, kind);
        if (auto* array = value.if_array()) walk(*array, kind);
        if (auto* object = value.if_object()) walk(*object, kind);
    }

    template <class Members, class Text>
    void show_key(const Members& members, KeyRegister& keys, Text& key, TextKind kind) {
        if constexpr (std::is_const_v<Text>) {
            show(key, kind, true);
        } else {
            const std::string before = key;
            show(key, kind, true);
            if (key != before) keys.make_unique(members, before, key);
        }
    }

    template <class Text>
    void show(Text& text, TextKind kind, bool is_key) {
        const bool of_tool = kind == TextKind::ToolInput || kind == TextKind::ToolOutput;
        m_visit(TextPlace{kind, m_path, of_tool ? std::string_view(m_tool) : std::string_view{}, is_key,
                          m_open > 0},
                text);
    }

    std::string tool_of(const std::string& call_id) const {
        const auto found = m_tools.find(call_id);
        return found == m_tools.end() ? std::string() : found->second;
    }

    const Visit& m_visit;
    std::string m_path;
    std::string m_tool;
    std::size_t m_open = 0;
    std::unordered_map<std::string, std::string> m_tools;  // call id -> tool name, before any change
};

}  // namespace

void walk_texts(TraceRecord& record, const std::function<void(const TextPlace&, std::string&)>& visit) {
    Walker(record, visit).walk(record, TextKind::Name);
}

void walk_texts(const TraceRecord& record,
                const std::function<void(const TextPlace&, std::string_view)>& visit) {
    Walker(record, visit).walk(record, TextKind::Name);
}

}  // namespace opentraces::trace
