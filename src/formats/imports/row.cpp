#include "formats/imports/row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::formats {
namespace {

constexpr std::string_view k_error_mark = "[error: ";

std::string part_text(json::Value& part, std::string_view at, bool& plain) {
    if (std::string* const text = part.if_string()) return std::move(*text);
    json::Object* const object = part.if_object();
    if (object == nullptr) throw RowProblem(at, "a part that is neither text nor an object");
    const std::string type(part["type"].string_or());
    if (json::Value* const text = object->find("text"); text != nullptr && text->if_string() != nullptr) {
        plain = plain && type == "text" && object->size() == 2;
        return std::move(*text->if_string());
    }
    plain = false;
    const std::string_view path = part["source"]["path"].string_or(part["image_url"]["url"].string_or());
    if (path.empty() || path.starts_with("data:")) return fmt::format("[{}]", type.empty() ? "part" : type);
    return fmt::format("[{}: {}]", type, path);
}

const trace::OptText* time_of(const trace::Step& step) {
    return step.timestamp ? &step.timestamp : nullptr;
}

}  // namespace

json::Object& object_of(json::Value& value, std::string_view at) {
    if (json::Object* const object = value.if_object()) return *object;
    throw RowProblem(at, "is not an object");
}

json::Array& array_of(json::Value& value, std::string_view at) {
    if (json::Array* const array = value.if_array()) return *array;
    throw RowProblem(at, "is not a list");
}

const json::Value& member(const json::Object& object, std::string_view key) {
    static const json::Value k_nothing;
    const json::Value* const found = object.find(key);
    return found != nullptr ? *found : k_nothing;
}

json::Value take(json::Object& object, std::string_view key) {
    json::Value* const found = object.find(key);
    if (found == nullptr) return {};
    json::Value value = std::move(*found);
    object.erase(key);
    return value;
}

void keep_untaken(json::Object& row, json::Object& kept) {
    for (auto& [key, value] : row) {
        if (!value.is_null()) kept.set(key, std::move(value));
    }
}

void set_stated_success(trace::Outcome& outcome, bool success) {
    outcome.success = success;
    outcome.signal_source = "source_metadata";
    outcome.signal_confidence = trace::SignalConfidence::Inferred;
}

trace::OptText take_text(json::Object& object, std::string_view key, std::string_view at) {
    json::Value value = take(object, key);
    if (value.is_null()) return std::nullopt;
    if (std::string* const text = value.if_string()) return std::move(*text);
    throw RowProblem(fmt::format("{}.{}", at, key), "is not text");
}

std::string take_required_text(json::Object& object, std::string_view key, std::string_view at) {
    trace::OptText text = take_text(object, key, at);
    if (!text) throw RowProblem(fmt::format("{}.{}", at, key), "is missing");
    return std::move(*text);
}

trace::Integer take_count(json::Object& object, std::string_view key, std::string_view at) {
    const json::Value value = take(object, key);
    if (value.is_null()) return 0;
    const json::Number* const number = value.if_number();
    if (number != nullptr && !number->is_float) return trace::Integer::from_decimal(number->literal);
    if (const auto whole = value.integer()) return *whole;
    throw RowProblem(fmt::format("{}.{}", at, key), "is not a whole number");
}

PlainText plain_text(json::Value content, std::string_view at) {
    PlainText result;
    if (content.is_null()) return result;
    if (std::string* const text = content.if_string()) {
        result.text = std::move(*text);
        return result;
    }
    json::Array* const parts = content.if_array();
    if (parts == nullptr) throw RowProblem(at, "is neither text nor a list of parts");
    result.plain = parts->size() == 1;
    for (json::Value& part : *parts) {
        if (&part != &parts->front()) result.text += '\n';
        result.text += part_text(part, at, result.plain);
    }
    return result;
}

void set_observed(trace::Observation& observation, std::string text) {
    const std::size_t end = text.find(']');
    if (!text.starts_with(k_error_mark) || end == text.npos ||
        (end + 1 != text.size() && text[end + 1] != '\n')) {
        observation.content = std::move(text);
        return;
    }
    observation.error = text.substr(k_error_mark.size(), end - k_error_mark.size());
    if (end + 1 != text.size()) observation.content = text.substr(end + 2);
}

std::string without_thinking(std::string text, trace::OptText& reasoning) {
    constexpr std::string_view k_open = "<think>";
    constexpr std::string_view k_close = "</think>";
    std::string rest;
    std::size_t at = 0;
    for (;;) {
        const std::size_t open = text.find(k_open, at);
        const std::size_t close = open == text.npos ? open : text.find(k_close, open);
        if (close == text.npos) break;
        rest.append(text, at, open - at);
        const std::size_t begin = open + k_open.size();
        const std::string_view thought = trim(std::string_view(text).substr(begin, close - begin));
        if (!thought.empty()) reasoning = reasoning ? *reasoning + " " + std::string(thought) : thought;
        at = close + k_close.size();
    }
    if (at == 0) return text;
    rest.append(text, at);
    return std::string(trim(rest));
}

json::Object arguments_of(json::Value value) {
    if (json::Object* const object = value.if_object()) return std::move(*object);
    json::Object arguments;
    if (value.is_null()) return arguments;
    std::string* const text = value.if_string();
    if (text == nullptr) {
        arguments.append("value", std::move(value));
        return arguments;
    }
    if (trim(*text).empty()) return arguments;
    try {
        json::Value parsed = json::parse(*text);
        if (json::Object* const object = parsed.if_object()) return std::move(*object);
    } catch (const json::SyntaxError&) {
        // Models write broken arguments; what they wrote is the fact.
    }
    arguments.append("raw", std::move(*text));
    return arguments;
}

std::string origin_name(const RowOrigin& origin) {
    return origin.source + ":" + origin.key;
}

void describe_origin(trace::TraceRecord& record, const RowOrigin& origin) {
    if (origin.dataset.empty()) return;
    const auto set = [&](std::string_view key, const std::string& text) {
        if (!text.empty()) record.metadata.set(std::string(key), text);
    };
    set("source_dataset", origin.dataset);
    set("source_dataset_revision", origin.revision);
    set("source_subset", origin.subset);
    set("source_split", origin.split);
}

void describe_session(trace::TraceRecord& record) {
    for (const trace::Step& step : record.steps) {
        if (record.task.description || step.role != trace::Role::User || !step.content) continue;
        record.task.description = step.content;
        if (!record.task.source) record.task.source = "user_prompt";
    }
    for (const trace::Step& step : record.steps) {
        const trace::OptText* const time = time_of(step);
        if (time == nullptr) continue;
        if (!record.timestamp_start) record.timestamp_start = *time;
        break;
    }
    for (auto step = record.steps.rbegin(); step != record.steps.rend(); ++step) {
        const trace::OptText* const time = time_of(*step);
        if (time == nullptr) continue;
        if (!record.timestamp_end) record.timestamp_end = *time;
        break;
    }
    if (!record.agent.model) {
        for (const trace::Step& step : record.steps) {
            if (step.model) record.agent.model = step.model;
            if (step.model) break;
        }
    }
}

ImportedRow guarded(const std::function<void(ImportedRow&)>& read) {
    ImportedRow row;
    try {
        read(row);
        if (row.record) row.verdict = RowVerdict::Record;
        return row;
    } catch (const EmptyRow& empty) {
        row.verdict = RowVerdict::Skipped;
        row.reason = empty.what();
    } catch (const RowProblem& problem) {
        row.verdict = RowVerdict::Refused;
        row.reason = problem.what();
    }
    row.record.reset();
    return row;
}

}  // namespace opentraces::formats
