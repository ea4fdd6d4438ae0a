#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/names.hpp"
#include "opentraces/trace/schema_rows.hpp"
#include "trace/convert.hpp"

namespace opentraces::trace {
namespace {

// Longer keys are cut in paths: map keys and unknown keys come from the data.
constexpr std::size_t k_max_key_in_path = 100;

// Moves the parts of a JSON document into a record; the first failure ends it.
class Decoder {
public:
    explicit Decoder(Decoded& report) : m_report(report) {}

    template <IsModel Model>
    bool read(json::Value& value, Model& out, Rule = Rule::Optional) {
        json::Object* object = value.if_object();
        if (object == nullptr) return fail("model_type");
        std::array<json::Value*, k_row_count<Model>> given{};
        find_members(*object, k_keys<Model>, given);
        return read_rows(given, out, std::make_index_sequence<k_row_count<Model>>{});
    }

private:
    // A step into an object or array, for the duration of a scope.
    class Within {
    public:
        Within(Decoder& decoder, std::string_view key) : m_path(decoder.m_path) {
            m_path.emplace_back(key, 0);
        }
        Within(Decoder& decoder, std::size_t index) : m_path(decoder.m_path) {
            m_path.emplace_back(std::string_view{}, index);
        }
        ~Within() { m_path.pop_back(); }
        Within(const Within&) = delete;
        Within& operator=(const Within&) = delete;

    private:
        std::vector<std::pair<std::string_view, std::size_t>>& m_path;
    };

    template <class Model, std::size_t N, std::size_t... I>
    bool read_rows(const std::array<json::Value*, N>& given, Model& out, std::index_sequence<I...>) {
        return (read_row(given[I], out, std::get<I>(Schema<Model>::k_rows)) && ...);
    }

    template <class Model, class Member>
    bool read_row(json::Value* value, Model& out, const Field<Model, Member>& row) {
        if (value == nullptr && row.rule != Rule::Required) return true;
        const Within within(*this, row.key);
        if (value == nullptr) return fail("missing");
        return read(*value, out.*row.member, row.rule);
    }

    template <class Type>
    bool read(json::Value& value, std::optional<Type>& out, Rule rule) {
        if (value.is_null()) {
            out.reset();
            return true;
        }
        return read(value, out.emplace(), rule);
    }

    bool read(json::Value& value, std::string& out, Rule) {
        std::string* text = value.if_string();
        if (text == nullptr) return fail("string_type");
        out = std::move(*text);
        return true;
    }

    bool read(json::Value& value, Integer& out, Rule) { return check(convert(value, out)); }
    bool read(json::Value& value, bool& out, Rule) { return check(convert(value, out)); }

    bool read(json::Value& value, double& out, Rule rule) {
        if (!check(convert(value, out))) return false;
        if (rule == Rule::Rate && !(out <= 1)) return fail("less_than_equal");
        if (rule == Rule::Rate && !(out >= 0)) return fail("greater_than_equal");
        if (!std::isfinite(out)) m_report.non_finite.push_back(path());
        return true;
    }

    template <class Enum>
    requires std::is_enum_v<Enum>
    bool read(json::Value& value, Enum& out, Rule) {
        const std::string* text = value.if_string();
        const auto& names = k_names<Enum>;
        const auto found = text == nullptr ? names.end() : std::find(names.begin(), names.end(), *text);
        if (found == names.end()) return fail("literal_error");
        out = static_cast<Enum>(found - names.begin());
        return true;
    }

    template <class Item>
    bool read(json::Value& value, std::vector<Item>& out, Rule) {
        json::Array* array = value.if_array();
        if (array == nullptr) return fail("list_type");
        out.clear();
        out.reserve(array->size());
        for (std::size_t i = 0; i < array->size(); ++i) {
            const Within within(*this, i);
            if (!read((*array)[i], out.emplace_back(), Rule::Optional)) return false;
        }
        return true;
    }

    bool read(json::Value& value, TextMap& out, Rule) {
        json::Object* object = value.if_object();
        if (object == nullptr) return fail("dict_type");
        out.clear();
        out.reserve(object->size());
        for (json::Member& member : *object) {
            const Within within(*this, member.first);
            std::string* text = member.second.if_string();
            if (text == nullptr) return fail("string_type");
            out.emplace_back(member.first, std::move(*text));
        }
        return true;
    }

    bool read(json::Value& value, json::Object& out, Rule) {
        json::Object* object = value.if_object();
        if (object == nullptr) return fail("dict_type");
        note_non_finite(*object);
        out = std::move(*object);
        return true;
    }

    void note_non_finite(const json::Object& object) {
        for (const json::Member& member : object) {
            const Within within(*this, member.first);
            note_non_finite(member.second);
        }
    }

    void note_non_finite(const json::Value& value) {
        if (const auto* number = value.if_number()) {
            if (number->is_float && !std::isfinite(number->as_double()))
                m_report.non_finite.push_back(path());
        } else if (const auto* object = value.if_object()) {
            note_non_finite(*object);
        } else if (const auto* array = value.if_array()) {
            for (std::size_t i = 0; i < array->size(); ++i) {
                const Within within(*this, i);
                note_non_finite((*array)[i]);
            }
        }
    }

    // Sorts the members of an object into the rows they belong to. Members mostly come in wire order, so
    // the search starts behind the last hit.
    void find_members(json::Object& object, std::span<const std::string_view> keys,
                      std::span<json::Value*> given) {
        std::size_t next = 0;
        for (json::Member& member : object) {
            std::size_t tried = 0;
            while (tried < keys.size() && keys[next] != member.first) {
                next = next + 1 == keys.size() ? 0 : next + 1;
                ++tried;
            }
            if (tried == keys.size()) {
                const Within within(*this, member.first);
                m_report.unknown_keys.push_back(path());
            } else {
                given[next] = &member.second;
            }
        }
    }

    bool check(std::string_view failure) { return failure.empty() || fail(failure); }

    bool fail(std::string_view rule) {
        Diagnostic problem{.field = path(), .rule = std::string(rule)};
        problem.words = problem.field.empty() ? problem.rule : problem.rule + " at " + problem.field;
        m_report.problem = std::move(problem);
        return false;
    }

    std::string path() const {
        std::string text;
        for (const auto& [key, index] : m_path) {
            if (!text.empty()) text.push_back('.');
            text.append(key.data() == nullptr ? std::to_string(index)
                                              : std::string(first_code_points(key, k_max_key_in_path)));
        }
        return text;
    }

    Decoded& m_report;
    std::vector<std::pair<std::string_view, std::size_t>> m_path;  // a key, or an index where it is null
};

}  // namespace

Decoded decode(json::Value&& document) {
    Decoded decoded;
    TraceRecord record;
    const bool complete = Decoder(decoded).read(document, record);
    decoded.schema_version = record.schema_version;
    if (complete) decoded.record = std::move(record);
    return decoded;
}

Decoded decode(const json::Value& document) {
    return decode(json::Value(document));
}

Decoded decode(std::string_view line) {
    try {
        return decode(json::parse(line));
    } catch (const json::SyntaxError& error) {
        Decoded decoded;
        decoded.problem = Diagnostic{.rule = "json_invalid", .words = error.what()};
        return decoded;
    }
}

}  // namespace opentraces::trace
