#include "opentraces/flow/allow.hpp"

#include <algorithm>

#include "flow/decided_texts.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::flow {
namespace {

bool has_finding(store::Store& store, const TraceId& id, const Allowance& allowance) {
    const auto report = store.findings_of(id);
    if (!report)
        throw Error(ErrorCode::NotFound, "what was found in trace " + id.str() + " is not known",
                    "Run: opentraces recapture " + id.str());
    return std::any_of(report->places.begin(), report->places.end(), [&](const store::FoundPlace& place) {
        return place.redacted && (allowance.rule.empty() ? place.fingerprint == allowance.fingerprint
                                                         : place.rule == allowance.rule);
    });
}

bool can_be_reread(const ReviewTools& tools, const store::TraceRow& row) {
    const bool changeable = row.stage == store::Stage::Inbox || row.stage == store::Stage::Rejected;
    return changeable && tools.store.revisions(row.id).back().id == row.id &&
           tools.raw.open(row.agent, row.source_path).has_value();
}

// The trace of a session that an allowance is about, as it is now.
std::optional<store::TraceRow> latest_of(store::Store& store, const store::NoteKey& key) {
    const std::vector<store::TraceRow> rows = store.of_session(key.agent, key.session_id, "\n");
    if (rows.empty()) return std::nullopt;
    return rows.back();
}

AllowResult decide(const ReviewTools& tools, const store::NoteKey& key, const std::string& before,
                   const std::string& after) {
    AllowResult result;
    std::vector<store::TextChange> texts;
    const auto row = key.session_id.empty() ? std::nullopt : latest_of(tools.store, key);
    if (row && can_be_reread(tools, *row)) {
        Remembered then = remembered(tools.store, *row);
        then.allowances = after;
        texts.push_back({row->id, row->content_hash, rebuilt(tools, *row, then)});
        result.reread = true;
    }
    store::decisions_of(tools.store)
        .decide(store::DecisionKind::Allow, {{key, before, after}}, std::move(texts));
    return result;
}

}  // namespace

AllowResult allow(const ReviewTools& tools, const AllowanceScope& scope, Allowance allowance) {
    if (allowance.rule == security::k_hidden_rule)
        throw Error(ErrorCode::BadOption, "what people have redacted is not allowed by its rule",
                    "Put it back with opentraces unredact, or take it out of custom_redact_strings.");
    const auto lock = tools.store.lock();
    store::Decisions& decisions = store::decisions_of(tools.store);
    store::NoteKey key{{}, {}, store::NoteKind::Allowances};
    if (scope.trace) {
        const store::TraceRow row = tools.store.find(scope.trace->str());
        if (!has_finding(tools.store, row.id, allowance))
            throw Error(ErrorCode::NotFound, "trace " + row.id.str() + " has no such finding",
                        "Run: opentraces show " + row.id.str() + " --findings");
        key.agent = row.agent;
        key.session_id = row.session_id;
    }
    allowance.at = decisions.now();
    const std::string before = decisions.note(key);
    std::vector<Allowance> all = read_allowances(before);
    all.push_back(std::move(allowance));
    return decide(tools, key, before, written(all));
}

std::vector<ListedAllowance> allowances(store::Store& store) {
    store::Decisions& decisions = store::decisions_of(store);
    std::vector<ListedAllowance> list;
    for (const store::Note& note : decisions.notes(store::NoteKind::Allowances))
        for (Allowance& allowance : read_allowances(note.value)) {
            const bool ended = allowance.ends && *allowance.ends <= decisions.now();
            list.push_back({note.key, std::move(allowance), ended});
        }
    return list;
}

AllowResult disallow(const ReviewTools& tools, std::size_t number) {
    const auto lock = tools.store.lock();
    const std::vector<ListedAllowance> list = allowances(tools.store);
    if (number == 0 || number > list.size())
        throw Error(ErrorCode::NotFound, "there is no allowance " + std::to_string(number),
                    "Run: opentraces allow --list");
    const store::NoteKey& key = list[number - 1].key;
    std::size_t before_it = 0;  // in the same note
    for (std::size_t i = 0; i + 1 < number; ++i)
        before_it += list[i].key == key ? 1 : 0;
    const std::string before = store::decisions_of(tools.store).note(key);
    std::vector<Allowance> all = read_allowances(before);
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(before_it));
    return decide(tools, key, before, written(all));
}

}  // namespace opentraces::flow
