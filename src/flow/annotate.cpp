#include "opentraces/flow/annotate.hpp"

#include <cmath>

#include "flow/annotations.hpp"
#include "flow/decided_texts.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

std::optional<std::string> optional_text(const json::Value& value) {
    const std::string* const text = value.if_string();
    return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<double> optional_number(const json::Value& value) {
    const json::Number* const number = value.if_number();
    return number == nullptr ? std::nullopt : std::optional(number->as_double());
}

std::optional<bool> optional_flag(const json::Value& value) {
    if (value == json::Value(true)) return true;
    if (value == json::Value(false)) return false;
    return std::nullopt;
}

// The fields of an outcome that an annotation may change.
json::Object said_before(const trace::Outcome& outcome) {
    json::Object object;
    object.append("success", outcome.success ? json::Value(*outcome.success) : json::Value());
    object.append("signal_source", std::string(outcome.signal_source));
    object.append("signal_confidence", std::string(trace::name_of(outcome.signal_confidence)));
    object.append("description",
                  outcome.description ? json::Value(std::string(*outcome.description)) : json::Value());
    object.append("reward", outcome.reward ? json::Value(*outcome.reward) : json::Value());
    object.append("reward_source",
                  outcome.reward_source ? json::Value(std::string(*outcome.reward_source)) : json::Value());
    return object;
}

store::NoteKey key_of(const store::TraceRow& row) {
    return {row.agent, row.session_id, store::NoteKind::Annotation};
}

}  // namespace

std::string written(const Annotation& annotation) {
    if (annotation.empty()) return {};
    json::Array tags;
    for (const std::string& tag : annotation.tags)
        tags.emplace_back(tag);
    json::Object object;
    object.append("success", annotation.success ? json::Value(*annotation.success) : json::Value());
    object.append("reward", annotation.reward ? json::Value(*annotation.reward) : json::Value());
    object.append("note", annotation.note.empty() ? json::Value() : json::Value(annotation.note));
    object.append("tags", std::move(tags));
    return json::write_document(json::Value(std::move(object)));
}

Annotation read_annotation(const std::string& note) {
    Annotation annotation;
    if (note.empty()) return annotation;
    json::Value value;
    try {
        value = json::read_document(note);
    } catch (const json::SyntaxError&) {
    }
    const json::Array* const tags = value["tags"].if_array();
    if (tags == nullptr)
        throw Error(ErrorCode::CorruptStore, "what was said about a session cannot be read from the store");
    annotation.success = optional_flag(value["success"]);
    annotation.reward = optional_number(value["reward"]);
    annotation.note = value["note"].string_or();
    for (const json::Value& tag : *tags)
        annotation.tags.emplace_back(tag.string_or());
    return annotation;
}

void apply(const Annotation& annotation, trace::TraceRecord& record) {
    if (annotation.empty()) return;
    trace::Outcome& outcome = record.outcome;
    json::Array tags;
    for (const std::string& tag : annotation.tags)
        tags.emplace_back(tag);
    json::Object remark;
    remark.append("outcome", said_before(outcome));
    remark.append("tags", std::move(tags));
    record.metadata.set(std::string(k_annotation), std::move(remark));
    if (annotation.success) {
        outcome.success = annotation.success;
        outcome.signal_source = std::string(k_by_hand);
    }
    if (annotation.reward) {
        outcome.reward = annotation.reward;
        outcome.reward_source = std::string(k_by_hand);
    }
    if (annotation.success || annotation.reward)
        outcome.signal_confidence = trace::SignalConfidence::Annotated;
    if (!annotation.note.empty()) outcome.description = annotation.note;
}

void take_back_annotation(trace::TraceRecord& record) {
    const json::Value* const remark = record.metadata.find(k_annotation);
    if (remark == nullptr) return;
    const json::Value before = (*remark)["outcome"];
    trace::Outcome& outcome = record.outcome;
    outcome.success = optional_flag(before["success"]);
    outcome.signal_source = std::string(before["signal_source"].string_or());
    const std::string confidence(before["signal_confidence"].string_or());
    for (const auto known : {trace::SignalConfidence::Derived, trace::SignalConfidence::Inferred,
                             trace::SignalConfidence::Annotated})
        if (trace::name_of(known) == confidence) outcome.signal_confidence = known;
    outcome.description.reset();
    if (const auto text = optional_text(before["description"])) outcome.description = *text;
    outcome.reward = optional_number(before["reward"]);
    outcome.reward_source.reset();
    if (const auto text = optional_text(before["reward_source"])) outcome.reward_source = *text;
    record.metadata.erase(k_annotation);
}

store::TextChange with_annotation(const ReviewTools& tools, const store::TraceRow& row,
                                  const std::string& before, const std::string& after) {
    trace::Decoded decoded = trace::decode(tools.store.read_line(row.id));
    if (!decoded.record)
        throw Error(ErrorCode::CorruptTrace,
                    "trace " + row.id.str() + " cannot be read: " + decoded.problem->words);
    if (!before.empty()) take_back_annotation(*decoded.record);
    apply(read_annotation(after), *decoded.record);
    const security::ScrubOptions options = decided_options(tools.store, *decoded.record, tools.options.scrub);
    return {row.id, row.content_hash, security::scrub(*std::move(decoded.record), options)};
}

Annotation annotation_of(store::Store& store, const TraceId& id) {
    return read_annotation(store::decisions_of(store).note(key_of(store.find(id.str()))));
}

void annotate(const ReviewTools& tools, const TraceId& id, const Annotation& annotation) {
    if (annotation.reward && !std::isfinite(*annotation.reward))
        throw Error(ErrorCode::BadOption, "a reward is a number");
    const auto lock = tools.store.lock();
    store::Decisions& decisions = store::decisions_of(tools.store);
    const store::TraceRow row = tools.store.find(id.str());
    const store::NoteKey key = key_of(row);
    const std::string before = decisions.note(key);
    const std::string after = written(annotation);
    if (before == after) return;
    std::vector<store::TextChange> texts;
    texts.push_back(with_annotation(tools, row, before, after));
    decisions.decide(store::DecisionKind::Annotate, {{key, before, after}}, std::move(texts));
}

}  // namespace opentraces::flow
