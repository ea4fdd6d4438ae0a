#include <array>
#include <string>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/shard/stats.hpp"

namespace opentraces::shard {
namespace {

using Counts = std::map<std::string, std::int64_t>;

struct NumberField {
    std::string_view key;
    std::int64_t DatasetStats::*member;
};
constexpr std::array k_numbers{
    NumberField{"traces", &DatasetStats::traces},
    NumberField{"steps", &DatasetStats::steps},
    NumberField{"tool_calls", &DatasetStats::tool_calls},
    NumberField{"input_tokens", &DatasetStats::input_tokens},
    NumberField{"output_tokens", &DatasetStats::output_tokens},
    NumberField{"cache_read_tokens", &DatasetStats::cache_read_tokens},
    NumberField{"cache_write_tokens", &DatasetStats::cache_write_tokens},
    NumberField{"cost_nano_usd", &DatasetStats::cost},
    NumberField{"traces_with_cost", &DatasetStats::traces_with_cost},
    NumberField{"traces_with_outcome", &DatasetStats::traces_with_outcome},
    NumberField{"successes", &DatasetStats::successes},
    NumberField{"redactions", &DatasetStats::redactions},
    NumberField{"traces_redacted", &DatasetStats::traces_redacted},
    NumberField{"traces_scanned", &DatasetStats::traces_scanned},
    NumberField{"implausible", &DatasetStats::implausible},
};

// Indexes from before it was counted do not have it.
constexpr NumberField k_copies{"traces_with_copies", &DatasetStats::traces_with_copies};

struct CountsField {
    std::string_view key;
    Counts DatasetStats::*member;
};
constexpr std::array k_counts{
    CountsField{"models", &DatasetStats::models},
    CountsField{"agents", &DatasetStats::agents},
    CountsField{"dependencies", &DatasetStats::dependencies},
    CountsField{"languages", &DatasetStats::languages},
    CountsField{"schema_versions", &DatasetStats::schema_versions},
};

struct TimeField {
    std::string_view key;
    std::optional<std::int64_t> DatasetStats::*member;
};
constexpr std::array k_times{
    TimeField{"first_ms", &DatasetStats::first_ms},
    TimeField{"last_ms", &DatasetStats::last_ms},
};

// Those that count traces.
constexpr std::array k_shares{
    &DatasetStats::traces_with_cost, &DatasetStats::traces_with_outcome, &DatasetStats::successes,
    &DatasetStats::traces_redacted,  &DatasetStats::traces_scanned,      &DatasetStats::traces_with_copies,
};

struct MarkField {
    std::string_view key;
    std::int64_t MarkStats::*member;
    bool of_traces;  // a number of them
};
constexpr std::array k_marks{
    MarkField{"costs_lower_bound", &MarkStats::costs_lower_bound, true},
    MarkField{"active_ms", &MarkStats::active_ms, false},
    MarkField{"traces_with_active_time", &MarkStats::traces_with_active_time, true},
    MarkField{"traces_cut", &MarkStats::traces_cut, true},
    MarkField{"texts_cut", &MarkStats::texts_cut, false},
};
// Not in an index that was written before it was counted.
constexpr MarkField k_without_usage{"traces_without_usage", &MarkStats::traces_without_usage, true};

// The years 0 to 9999, and a day before and after: times may have been written with an offset from UTC.
constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::int64_t k_first_ms = -62'167'219'200'000 - k_day_ms;
constexpr std::int64_t k_last_ms = 253'402'300'800'000 + k_day_ms;

constexpr std::size_t k_keys = k_numbers.size() + k_counts.size() + k_times.size();

json::Object counts_to_object(const Counts& counts) {
    json::Object object;
    for (const auto& [name, count] : counts)
        object.append(name, count);
    return object;
}

class StatsReader {
public:
    StatsReader(const json::Object& object, const std::string& where) : m_object(object), m_where(where) {}

    DatasetStats read() const {
        const json::Value* copies = m_object.find(k_copies.key);
        if (m_object.size() != k_keys + (copies != nullptr ? 1 : 0))
            fail("statistics have missing or unknown members");
        DatasetStats stats;
        if (copies != nullptr) stats.*k_copies.member = sum(*copies, k_copies.key);
        for (const NumberField& field : k_numbers)
            stats.*field.member = sum(member(field.key), field.key);
        for (const auto share : k_shares)
            if (stats.*share < 0 || stats.*share > stats.traces)
                fail("a number of traces is not one of " + std::to_string(stats.traces));
        for (const CountsField& field : k_counts)
            stats.*field.member = counts(field.key);
        for (const TimeField& field : k_times) {
            const json::Value& value = member(field.key);
            if (!value.is_null()) stats.*field.member = time(value, field.key);
        }
        if (stats.first_ms.has_value() != stats.last_ms.has_value()) fail("only one end of the date range");
        if (stats.first_ms > stats.last_ms) fail("the date range ends before it begins");
        return stats;
    }

    // A later version may say more.
    MarkStats marks(std::int64_t traces) const {
        MarkStats marks;
        marks.known = traces;
        for (const MarkField& field : k_marks)
            marks.*field.member = mark(field, member(field.key), traces);
        if (const json::Value* value = m_object.find(k_without_usage.key))
            marks.*k_without_usage.member = mark(k_without_usage, *value, traces);
        return marks;
    }

private:
    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(ErrorCode::CorruptDataset, m_where + ": " + reason);
    }

    std::int64_t mark(const MarkField& field, const json::Value& value, std::int64_t traces) const {
        const std::int64_t number = occurrences(value, field.key);
        if (field.of_traces && number > traces)
            fail("a number of traces is not one of " + std::to_string(traces));
        return number;
    }

    const json::Value& member(std::string_view key) const {
        const json::Value* value = m_object.find(key);
        if (value == nullptr) fail("statistics lack \"" + std::string(key) + "\"");
        return *value;
    }

    std::int64_t integer(const json::Value& value, std::string_view key) const {
        const json::Number* number = value.if_number();
        const auto count = number == nullptr ? std::nullopt : number->as_int64();
        if (!count) fail("\"" + std::string(key) + "\" is not a whole number");
        return *count;
    }

    std::int64_t sum(const json::Value& value, std::string_view key) const {
        const std::int64_t number = integer(value, key);
        if (number < -k_max_sum || number > k_max_sum) fail("\"" + std::string(key) + "\" is beyond any sum");
        return number;
    }

    std::int64_t time(const json::Value& value, std::string_view key) const {
        const std::int64_t milliseconds = integer(value, key);
        if (milliseconds < k_first_ms || milliseconds > k_last_ms)
            fail("\"" + std::string(key) + "\" is not a time of the years 0 to 9999");
        return milliseconds;
    }

    Counts counts(std::string_view key) const {
        const json::Object* object = member(key).if_object();
        if (object == nullptr) fail("\"" + std::string(key) + "\" is not an object");
        Counts counts;
        for (const auto& [name, count] : *object)
            counts.emplace(name, occurrences(count, key));
        return counts;
    }

    std::int64_t occurrences(const json::Value& value, std::string_view key) const {
        const std::int64_t count = sum(value, key);
        if (count < 0) fail("\"" + std::string(key) + "\" has a negative count");
        return count;
    }

    const json::Object& m_object;
    const std::string& m_where;
};

}  // namespace

json::Value to_value(const DatasetStats& stats) {
    json::Object object;
    for (const NumberField& field : k_numbers)
        object.append(std::string(field.key), stats.*field.member);
    if (stats.*k_copies.member > 0) object.append(std::string(k_copies.key), stats.*k_copies.member);
    for (const CountsField& field : k_counts)
        object.append(std::string(field.key), counts_to_object(stats.*field.member));
    for (const TimeField& field : k_times) {
        const auto& time = stats.*field.member;
        object.append(std::string(field.key), time ? json::Value(*time) : json::Value());
    }
    return object;
}

DatasetStats stats_from_value(const json::Value& value, const std::string& where) {
    const json::Object* object = value.if_object();
    if (object == nullptr) throw Error(ErrorCode::CorruptDataset, where + ": statistics are not an object");
    return StatsReader(*object, where).read();
}

json::Value to_value(const MarkStats& marks) {
    json::Object object;
    for (const MarkField& field : k_marks)
        object.append(std::string(field.key), marks.*field.member);
    if (marks.traces_without_usage > 0)
        object.append(std::string(k_without_usage.key), marks.traces_without_usage);
    return object;
}

MarkStats marks_from_value(const json::Value& value, std::int64_t traces, const std::string& where) {
    const json::Object* object = value.if_object();
    if (object == nullptr) throw Error(ErrorCode::CorruptDataset, where + ": marks are not an object");
    return StatsReader(*object, where).marks(traces);
}

}  // namespace opentraces::shard
