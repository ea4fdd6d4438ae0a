#include "flow/decided_texts.hpp"

#include <fmt/format.h>

#include <charconv>

#include "flow/annotations.hpp"
#include "flow/rebuild.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/enrich/episodes.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

using security::HandRedaction;

[[noreturn]] void throw_unreadable() {
    throw Error(ErrorCode::CorruptStore, "what was decided about a session cannot be read from the store");
}

std::uint64_t read_hash(const std::string& digits) {
    std::uint64_t hash = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), hash, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) throw_unreadable();
    return hash;
}

security::HiddenForm read_form(const json::Value& value) {
    const auto length = value["length"].integer();
    if (!length || *length <= 0) throw_unreadable();
    return {static_cast<std::uint64_t>(*length), read_hash(std::string(value["hash"].string_or())),
            std::string(value["fingerprint"].string_or())};
}

HandRedaction read_redaction(const json::Value& value) {
    HandRedaction redaction;
    redaction.salt = value["salt"].string_or();
    redaction.key_check = value["key_check"].string_or();
    redaction.pattern = value["pattern"].string_or();
    redaction.field = value["field"].string_or();
    redaction.step = value["step"].integer();
    const json::Array* const forms = value["forms"].if_array();
    if (forms == nullptr || (forms->empty() && redaction.pattern.empty())) throw_unreadable();
    for (const json::Value& form : *forms)
        redaction.forms.push_back(read_form(form));
    return redaction;
}

json::Object object_of(const HandRedaction& redaction) {
    json::Array forms;
    for (const security::HiddenForm& form : redaction.forms) {
        json::Object object;
        object.append("length", static_cast<std::int64_t>(form.length));
        object.append("hash", fmt::format("{:x}", form.hash));
        object.append("fingerprint", form.fingerprint);
        forms.emplace_back(std::move(object));
    }
    json::Object object;
    object.append("salt", redaction.salt);
    object.append("key_check", redaction.key_check);
    object.append("forms", std::move(forms));
    object.append("pattern", redaction.pattern);
    object.append("step", redaction.step ? json::Value(*redaction.step) : json::Value());
    object.append("field", redaction.field);
    return object;
}

std::string base_of(const std::string& session_id) {
    return session_id.substr(0, session_id.rfind(enrich::k_episode_mark));
}

security::ScrubOptions with(const security::ScrubOptions& options, std::vector<HandRedaction> redactions,
                            std::vector<security::Allowed> allowed) {
    security::ScrubOptions decided = options;
    decided.own_rules = security::with_decisions(
        options.own_rules, {std::move(redactions), std::move(allowed), options.pseudonym_key});
    return decided;
}

void add_allowed(std::vector<security::Allowed>& allowed, const std::string& note, TimePoint now) {
    for (const Allowance& allowance : read_allowances(note))
        if (!allowance.ends || *allowance.ends > now)
            allowed.push_back({allowance.fingerprint, allowance.rule});
}

store::NoteKey key_of(const store::TraceRow& row, store::NoteKind kind) {
    return {row.agent, row.session_id, kind};
}

json::Object object_of(const Allowance& allowance) {
    json::Object object;
    object.append("fingerprint", allowance.fingerprint);
    object.append("rule", allowance.rule);
    object.append("reason", allowance.reason);
    object.append("at", format_iso8601(allowance.at));
    object.append("ends", allowance.ends ? json::Value(format_iso8601(*allowance.ends)) : json::Value());
    return object;
}

Allowance read_allowance(const json::Value& value) {
    Allowance allowance;
    allowance.fingerprint = value["fingerprint"].string_or();
    allowance.rule = value["rule"].string_or();
    allowance.reason = value["reason"].string_or();
    const auto at = parse_iso8601(value["at"].string_or());
    if (!at || allowance.fingerprint.empty() == allowance.rule.empty()) throw_unreadable();
    allowance.at = *at;
    if (value["ends"].is_null()) return allowance;
    allowance.ends = parse_iso8601(value["ends"].string_or());
    if (!allowance.ends) throw_unreadable();
    return allowance;
}

template <class Item, class Read>
std::vector<Item> read_list(const std::string& note, Read read) {
    std::vector<Item> items;
    if (note.empty()) return items;
    json::Value parsed;
    try {
        parsed = json::read_document(note);
    } catch (const json::SyntaxError&) {
    }
    const json::Array* const array = parsed.if_array();
    if (array == nullptr) throw_unreadable();
    for (const json::Value& value : *array)
        items.push_back(read(value));
    return items;
}

template <class Item>
std::string write_list(const std::vector<Item>& items) {
    if (items.empty()) return {};
    json::Array array;
    for (const Item& item : items)
        array.emplace_back(object_of(item));
    return json::write_document(json::Value(std::move(array)));
}

}  // namespace

std::string written(const std::vector<HandRedaction>& redactions) {
    return write_list(redactions);
}

std::string written(const std::vector<Allowance>& allowances) {
    return write_list(allowances);
}

std::vector<Allowance> read_allowances(const std::string& note) {
    return read_list<Allowance>(note, read_allowance);
}

Remembered remembered(store::Store& store, const store::TraceRow& row) {
    store::Decisions& decisions = store::decisions_of(store);
    return {decisions.note(key_of(row, store::NoteKind::Redactions)),
            decisions.note(key_of(row, store::NoteKind::Allowances))};
}

std::vector<security::Allowed> allowed_in(store::Store& store, const std::string& agent,
                                          const std::string& session_id) {
    store::Decisions& decisions = store::decisions_of(store);
    std::vector<security::Allowed> allowed;
    for (const store::NoteKey& key : {store::NoteKey{{}, {}, store::NoteKind::Allowances},
                                      store::NoteKey{agent, session_id, store::NoteKind::Allowances}})
        add_allowed(allowed, decisions.note(key), decisions.now());
    return allowed;
}

std::vector<HandRedaction> read_redactions(const std::string& note) {
    return read_list<HandRedaction>(note, read_redaction);
}

security::ScrubOptions decided_options(store::Store& store, const trace::TraceRecord& record,
                                       const security::ScrubOptions& options) {
    std::vector<HandRedaction> redactions;
    for (const store::Note& note : store::decisions_of(store).notes_of(
             record.agent.name, base_of(record.session_id), std::string(enrich::k_episode_mark))) {
        if (note.key.kind != store::NoteKind::Redactions) continue;
        for (HandRedaction& redaction : read_redactions(note.value))
            if (note.key.session_id == record.session_id || !redaction.step)
                redactions.push_back(std::move(redaction));
    }
    return with(options, std::move(redactions), allowed_in(store, record.agent.name, record.session_id));
}

Annotation annotation_noted(store::Store& store, const trace::TraceRecord& record) {
    return read_annotation(
        store::decisions_of(store).note({record.agent.name, record.session_id, store::NoteKind::Annotation}));
}

security::ScrubbedTrace scrub_decided(store::Store& store, trace::TraceRecord record,
                                      const security::ScrubOptions& options) {
    const security::ScrubOptions decided = decided_options(store, record, options);
    apply(annotation_noted(store, record), record);
    return security::scrub(std::move(record), decided);
}

security::ScrubbedTrace rebuilt(const ReviewTools& tools, const store::TraceRow& row,
                                const Remembered& remembered) {
    if (tools.store.revisions(row.id).back().id != row.id)
        throw Error(
            ErrorCode::InvalidState,
            "trace " + row.id.str() + " cannot be read again: a later version of its session is there");
    CaptureOptions options = tools.options;
    store::Decisions& decisions = store::decisions_of(tools.store);
    std::vector<security::Allowed> allowed;
    add_allowed(allowed, decisions.note({{}, {}, store::NoteKind::Allowances}), decisions.now());
    add_allowed(allowed, remembered.allowances, decisions.now());
    options.scrub = with(options.scrub, read_redactions(remembered.redactions), std::move(allowed));
    return rebuild({row.agent, row.source_path}, row.session_id, tools.raw, tools.store, options, tools.disk,
                   tools.storage, tools.progress);
}

std::vector<store::TextChange> texts_before(const ReviewTools& tools, const store::Decision& decision) {
    std::vector<store::TextChange> texts;
    for (const TraceId& id : decision.traces) {
        const store::TraceRow row = tools.store.find(id.str());
        Remembered before = remembered(tools.store, row);
        bool other_text = false;
        const store::NoteChange* annotation = nullptr;
        for (const store::NoteChange& note : decision.notes) {
            const bool redactions = note.key == key_of(row, store::NoteKind::Redactions);
            const bool allowances = note.key == key_of(row, store::NoteKind::Allowances);
            if (note.key == key_of(row, store::NoteKind::Annotation)) annotation = &note;
            if (redactions) before.redactions = note.before;
            if (allowances) before.allowances = note.before;
            other_text = other_text || redactions || allowances;
        }
        if (annotation != nullptr)
            texts.push_back(with_annotation(tools, row, annotation->after, annotation->before));
        if (other_text) texts.push_back({id, row.content_hash, rebuilt(tools, row, before)});
    }
    return texts;
}

}  // namespace opentraces::flow
