#include "shard/wire_reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/shard/hash_list.hpp"
#include "opentraces/trace/marks.hpp"
#include "opentraces/trace/names.hpp"
#include "opentraces/trace/schema_rows.hpp"
#include "shard/facts.hpp"
#include "shard/wire_scanner.hpp"

namespace opentraces::shard {
namespace {

// The decoder allows 201 containers; free-form values sit below at most 6 others.
constexpr int k_free_form_depth = 150;

// A member of a model, as a type.
template <auto Member>
struct At {};

// Stands for an item of a list that is only counted.
struct Item {};

// What counts of a record. Members that are not named here are checked and passed over.
class FactTaker {
public:
    explicit FactTaker(WireRecord& out) : m_out(out), m_facts(out.facts) {
        m_facts.schema_version = trace::k_schema_version;
    }

    void take(At<&trace::TraceRecord::schema_version>, std::string_view text) {
        m_facts.schema_version = text;
    }
    void take(At<&trace::TraceRecord::trace_id>, std::string_view text) { m_out.trace_id = text; }
    void take(At<&trace::TraceRecord::content_hash>, std::string_view text) { m_out.content_hash = text; }
    void take(At<&trace::TraceRecord::timestamp_start>, std::string_view text) { m_facts.started = text; }
    void take(At<&trace::TraceRecord::timestamp_end>, std::string_view text) { m_facts.ended = text; }
    void take(At<&trace::TraceRecord::dependencies>, std::string_view text) {
        m_facts.dependencies.emplace_back(text);
    }
    void take(At<&trace::TraceRecord::steps>, Item) { ++m_steps; }
    void take(At<&trace::Agent::name>, std::string_view text) { m_facts.agent = text; }
    void take(At<&trace::Agent::model>, std::string_view text) { m_facts.model = text; }
    void take(At<&trace::RecordEnvironment::language_ecosystem>, std::string_view text) {
        m_facts.languages.emplace_back(text);
    }
    void take(At<&trace::Step::tool_calls>, Item) { ++m_facts.tool_calls; }
    void take(At<&trace::TokenUsage::cache_read_tokens>, std::int64_t count) {
        m_facts.cache_read_tokens += plausible(count, m_facts);
    }
    void take(At<&trace::TokenUsage::cache_write_tokens>, std::int64_t count) {
        m_facts.cache_write_tokens += plausible(count, m_facts);
    }
    void take(At<&trace::Outcome::success>, bool flag) { m_facts.success = flag; }
    void take(At<&trace::Metrics::total_steps>, std::int64_t count) { m_total_steps = count; }
    void take(At<&trace::Metrics::total_input_tokens>, std::int64_t count) {
        m_facts.input_tokens = plausible(count, m_facts);
    }
    void take(At<&trace::Metrics::total_output_tokens>, std::int64_t count) {
        m_facts.output_tokens = plausible(count, m_facts);
    }
    void take(At<&trace::Metrics::estimated_cost_usd>, double cost) {
        m_facts.cost_usd = plausible_cost(cost, m_facts);
    }
    void take(At<&trace::SecurityMetadata::scanned>, bool flag) { m_facts.scanned = flag; }
    void take(At<&trace::SecurityMetadata::redactions_applied>, std::int64_t count) {
        m_facts.redactions = plausible(count, m_facts);
    }

    // False: what the record shares with another session's is counted by the decoder's side alone.
    bool take_metadata(const std::string& key, std::string_view text) {
        if (key == k_copied_key) return false;
        if (trace::is_mark(key)) m_marks.set(key, json::parse(text));
        return true;
    }

    void finish() {
        m_facts.steps = m_total_steps == 0 ? m_steps : plausible(m_total_steps, m_facts);
        take_marks(m_marks, m_facts);
    }

private:
    json::Object m_marks;
    WireRecord& m_out;
    RecordFacts& m_facts;
    std::int64_t m_steps = 0;
    std::int64_t m_total_steps = 0;
};

template <class Place, class Value>
constexpr bool k_counts = requires(FactTaker& facts, Place place, Value value) {
    facts.take(place, value);
};

// `,"key":`
template <class Model, std::size_t Row>
constexpr auto k_spelled_key = [] {
    constexpr std::string_view key = trace::k_keys<Model>[Row];
    std::array<char, key.size() + 4> text{};
    text[0] = ',';
    text[1] = '"';
    std::copy(key.begin(), key.end(), text.begin() + 2);
    text[key.size() + 2] = '"';
    text[key.size() + 3] = ':';
    return text;
}();

// Follows the tables of the schema in wire order. Rows that are not required may be missing.
class WireReader {
public:
    WireReader(std::string_view line, WireRecord& out) : m_in(line), m_facts(out) {}

    bool record() {
        if (!model<trace::TraceRecord>() || !m_in.at_end()) return false;
        m_facts.finish();
        return true;
    }

private:
    template <class Model>
    bool model() {
        return m_in.literal("{") && rows<Model>(std::make_index_sequence<trace::k_row_count<Model>>{}) &&
               m_in.literal("}");
    }

    template <class Model, std::size_t... I>
    bool rows(std::index_sequence<I...>) {
        bool first = true;
        return (row<Model, I>(first) && ...);
    }

    template <class Model, std::size_t Row>
    bool row(bool& first) {
        constexpr auto& row = std::get<Row>(trace::Schema<Model>::k_rows);
        constexpr auto& key = k_spelled_key<Model, Row>;
        using Type = std::remove_cvref_t<decltype(std::declval<Model>().*row.member)>;
        if (!m_in.literal({key.data() + (first ? 1 : 0), key.size() - (first ? 1 : 0)}))
            return row.rule != trace::Rule::Required;
        first = false;
        return value<Type, row.rule>(At<row.member>{});
    }

    template <class Type, trace::Rule Rule, class Place>
    bool value(Place place) {
        if constexpr (trace::k_is_optional<Type>) {
            return m_in.null() || value<typename Type::value_type, Rule>(place);
        } else if constexpr (trace::IsModel<Type>) {
            return model<Type>();
        } else if constexpr (std::is_same_v<Type, trace::TextMap>) {
            return m_in.object(1, true);
        } else if constexpr (std::is_same_v<Place, At<&trace::TraceRecord::metadata>>) {
            return m_in.members(k_free_form_depth, [this](const std::string& key, std::string_view text) {
                return m_facts.take_metadata(key, text);
            });
        } else if constexpr (std::is_same_v<Type, json::Object>) {
            return m_in.object(k_free_form_depth);
        } else if constexpr (trace::k_is_vector<Type>) {
            return m_in.list([this, place] { return item<typename Type::value_type>(place); });
        } else if constexpr (std::is_same_v<Type, std::string>) {
            return text(place);
        } else if constexpr (std::is_enum_v<Type>) {
            return word<Type>();
        } else if constexpr (std::is_same_v<Type, double>) {
            return number<Rule>(place);
        } else if constexpr (std::is_same_v<Type, bool>) {
            bool flag = false;
            return m_in.boolean(flag) && taken(place, flag);
        } else {
            static_assert(std::is_same_v<Type, trace::Integer>, "a type that is not read yet");
            std::int64_t integer = 0;
            return m_in.integer(integer) && taken(place, integer);
        }
    }

    template <class Type, class Place>
    bool item(Place place) {
        return taken(place, Item{}) && value<Type, trace::Rule::Optional>(place);
    }

    // A text that counts is for the decoder when it has escapes.
    template <class Place>
    bool text(Place place) {
        if constexpr (k_counts<Place, std::string_view>) {
            std::string_view plain;
            return m_in.plain_string(plain) && taken(place, plain);
        } else {
            return m_in.string();
        }
    }

    template <class Enum>
    bool word() {
        constexpr auto& words = trace::k_names<Enum>;
        std::string_view given;
        return m_in.plain_string(given) && std::find(words.begin(), words.end(), given) != words.end();
    }

    template <trace::Rule Rule, class Place>
    bool number(Place place) {
        double number = 0;
        if (!m_in.number(number)) return false;
        if (Rule == trace::Rule::Rate && !(number >= 0 && number <= 1)) return false;
        return taken(place, number);
    }

    template <class Place, class Value>
    bool taken(Place place, Value value) {
        if constexpr (k_counts<Place, Value>) m_facts.take(place, value);
        return true;
    }

    WireScanner m_in;
    FactTaker m_facts;
};

}  // namespace

bool read_wire_record(std::string_view line, WireRecord& out) {
    out = {};
    return is_valid_utf8(line) && WireReader(line, out).record() && is_content_hash(out.content_hash);
}

}  // namespace opentraces::shard
