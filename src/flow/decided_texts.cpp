#include "flow/decided_texts.hpp"

#include <fmt/format.h>

#include <charconv>

#include "flow/rebuild.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/enrich/episodes.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

using security::HandRedaction;

[[noreturn]] void throw_unreadable() {
    throw Error(ErrorCode::CorruptStore, "what was redacted by hand cannot be read from the store");
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

security::ScrubOptions with(const security::ScrubOptions& options, std::vector<HandRedaction> redactions) {
    security::ScrubOptions decided = options;
    decided.own_rules =
        security::with_decisions(options.own_rules, {std::move(redactions), options.pseudonym_key});
    return decided;
}

const store::NoteChange* redactions_in(const store::Decision& decision, const store::TraceRow& row) {
    for (const store::NoteChange& note : decision.notes)
        if (note.key == store::NoteKey{row.agent, row.session_id, store::NoteKind::Redactions}) return &note;
    return nullptr;
}

}  // namespace

std::string written(const std::vector<HandRedaction>& redactions) {
    if (redactions.empty()) return {};
    json::Array array;
    for (const HandRedaction& redaction : redactions)
        array.emplace_back(object_of(redaction));
    return json::write_document(json::Value(std::move(array)));
}

std::vector<HandRedaction> read_redactions(const std::string& note) {
    std::vector<HandRedaction> redactions;
    if (note.empty()) return redactions;
    json::Value parsed;
    try {
        parsed = json::read_document(note);
    } catch (const json::SyntaxError&) {
    }
    const json::Array* const array = parsed.if_array();
    if (array == nullptr) throw_unreadable();
    for (const json::Value& value : *array)
        redactions.push_back(read_redaction(value));
    return redactions;
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
    return with(options, std::move(redactions));
}

security::ScrubbedTrace scrub_decided(store::Store& store, trace::TraceRecord record,
                                      const security::ScrubOptions& options) {
    const security::ScrubOptions decided = decided_options(store, record, options);
    return security::scrub(std::move(record), decided);
}

security::ScrubbedTrace rebuilt(const ReviewTools& tools, const store::TraceRow& row,
                                const std::vector<HandRedaction>& redactions) {
    if (tools.store.revisions(row.id).back().id != row.id)
        throw Error(
            ErrorCode::InvalidState,
            "trace " + row.id.str() + " cannot be read again: a later version of its session is there");
    CaptureOptions options = tools.options;
    options.scrub = with(options.scrub, redactions);
    return rebuild({row.agent, row.source_path}, row.session_id, tools.raw, tools.store, options, tools.disk,
                   tools.storage, tools.progress);
}

std::vector<store::TextChange> texts_before(const ReviewTools& tools, const store::Decision& decision) {
    std::vector<store::TextChange> texts;
    for (const TraceId& id : decision.traces) {
        const store::TraceRow row = tools.store.find(id.str());
        const store::NoteChange* const note = redactions_in(decision, row);
        if (note == nullptr) continue;
        texts.push_back({id, row.content_hash, rebuilt(tools, row, read_redactions(note->before))});
    }
    return texts;
}

}  // namespace opentraces::flow
