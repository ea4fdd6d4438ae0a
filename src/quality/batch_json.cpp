// Batches as JSON: partial files, and the scores in a dataset's index.
#include <charconv>

#include "opentraces/core/error.hpp"
#include "opentraces/quality/batch.hpp"
#include "opentraces/quality/gate.hpp"

namespace opentraces::quality {
namespace {

constexpr std::string_view k_format = "opentraces-scores";
constexpr std::int64_t k_version = 1;

json::Array low_scores_value(const LowScores& scores) {
    json::Array array;
    for (const LowScore& score : scores)
        array.emplace_back(json::Array{score.tenths, score.trace_id});
    return array;
}

// Only what the usual thresholds would name.
LowScores failing(const LowScores& scores, const Threshold& threshold) {
    LowScores kept;
    for (const LowScore& score : scores)
        if (threshold.individual && static_cast<double>(score.tenths) / 10 < *threshold.individual)
            kept.insert(score);
    return kept;
}

json::Object persona_object(const PersonaTally& tally, const LowScores& lowest) {
    json::Object histogram;
    for (const auto& [score, traces] : tally.histogram)
        histogram.append(std::to_string(score), traces);
    json::Object object;
    object.append("scores", std::move(histogram));
    object.append("skipped", tally.skipped);
    object.append("lowest", low_scores_value(lowest));
    return object;
}

json::Object head(const Batch& batch) {
    json::Object object;
    object.append("format", k_format);
    object.append("version", k_version);
    object.append("rubric", name_of(batch.rubric()));
    object.append("judge", batch.judge() ? json::Value(*batch.judge()) : json::Value());
    object.append("traces", batch.traces());
    return object;
}

json::Array audit_value(const SchemaAudit& audit) {
    json::Array array;
    for (const SchemaAudit::Count& count : audit.counts())
        array.emplace_back(json::Array{count.populated, count.total});
    return array;
}

template <class Number>
Number number_from(std::string_view text, const std::string& where) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0)
        throw Error(ErrorCode::CorruptDataset, where + ": a key is not a number");
    return number;
}

}  // namespace

json::Object Batch::to_compact_object() const {
    const Thresholds thresholds = default_thresholds();
    json::Object personas;
    for (const Persona persona : k_personas)
        personas.append(std::string(name_of(persona)),
                        persona_object(of(persona), failing(of(persona).lowest, thresholds.of(persona))));
    json::Object object = head(*this);
    object.append("personas", std::move(personas));
    return object;
}

json::Object Batch::to_object() const {
    json::Object personas;
    for (const Persona persona : k_personas)
        personas.append(std::string(name_of(persona)), persona_object(of(persona), of(persona).lowest));
    json::Object checks;
    for (const auto& [id, tally] : m_checks)
        checks.append(id, json::Array{tally.passed, tally.failed, tally.not_applicable, tally.unknown});
    json::Object shapes;
    for (const auto& [shape, traces] : m_shapes.counts())
        shapes.append(std::to_string(shape), traces);
    json::Array broken;
    for (const Diagnostic& line : m_broken)
        broken.emplace_back(json::Array{line.source, static_cast<std::uint64_t>(line.line), line.words});
    json::Object object = head(*this);
    object.append("personas", std::move(personas));
    object.append("worst", low_scores_value(m_worst));
    object.append("checks", std::move(checks));
    object.append("audited", m_audit.traces());
    object.append("audit", audit_value(m_audit));
    object.append("shapes", std::move(shapes));
    object.append("preserved", json::Array{m_preserved_sum, m_preserved_traces});
    object.append("rejected_total", m_broken_total);
    object.append("rejected", std::move(broken));
    return object;
}

class BatchReader {
public:
    BatchReader(const json::Value& value, const std::string& where) : m_value(value), m_where(where) {}

    Batch read() {
        if (m_value["format"].string_or() != k_format) fail("not scores of opentraces");
        if (m_value["version"].integer() != k_version) fail("an unknown version");
        const auto rubric = parse_rubric(m_value["rubric"].string_or());
        if (!rubric) fail("an unknown rubric");
        Batch batch(*rubric);
        if (const std::string* judge = m_value["judge"].if_string()) batch.m_judge = *judge;
        batch.m_traces = count(m_value["traces"]);
        for (const Persona persona : k_personas)
            read_persona(m_value["personas"][name_of(persona)],
                         batch.m_personas[static_cast<std::size_t>(persona)]);
        if (m_value["checks"].if_object() != nullptr) read_rest(batch);
        return batch;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw Error(ErrorCode::CorruptDataset, m_where + ": " + what);
    }

    std::int64_t count(const json::Value& value) const {
        const auto number = value.integer();
        if (!number || *number < 0) fail("a count is missing or negative");
        return *number;
    }

    void read_lowest(const json::Value& value, LowScores& scores) const {
        const json::Array* array = value.if_array();
        if (array == nullptr) fail("a list of scores is missing");
        for (const json::Value& item : *array)
            scores.insert({count(item.at(0)), std::string(item.at(1).string_or())});
    }

    const json::Object& object(const json::Value& value) const {
        const json::Object* found = value.if_object();
        if (found == nullptr) fail("an object is missing");
        return *found;
    }

    void read_persona(const json::Value& value, PersonaTally& tally) const {
        for (const auto& [score, traces] : object(value["scores"]))
            tally.histogram[number_from<std::int64_t>(score, m_where)] = count(traces);
        tally.skipped = count(value["skipped"]);
        read_lowest(value["lowest"], tally.lowest);
    }

    void read_audit(Batch& batch) const {
        const json::Array* audit = m_value["audit"].if_array();
        if (audit == nullptr || audit->size() != k_audited_fields) fail("the audit is incomplete");
        SchemaAudit::Counts counts;
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] = {count((*audit)[i].at(0)), count((*audit)[i].at(1))};
        batch.m_audit = SchemaAudit::of(count(m_value["audited"]), counts);
    }

    void read_rest(Batch& batch) const {
        read_lowest(m_value["worst"], batch.m_worst);
        for (const auto& [id, tally] : object(m_value["checks"]))
            batch.m_checks[id] = {count(tally.at(0)), count(tally.at(1)), count(tally.at(2)),
                                  count(tally.at(3))};
        read_audit(batch);
        for (const auto& [shape, traces] : object(m_value["shapes"]))
            batch.m_shapes.add(number_from<std::uint64_t>(shape, m_where), count(traces));
        batch.m_preserved_sum = count(m_value["preserved"].at(0));
        batch.m_preserved_traces = count(m_value["preserved"].at(1));
        batch.m_broken_total = count(m_value["rejected_total"]);
        const json::Array* broken = m_value["rejected"].if_array();
        if (broken == nullptr) fail("the list of rejected lines is missing");
        for (const json::Value& line : *broken)
            batch.m_broken.insert({.source = std::string(line.at(0).string_or()),
                                   .line = static_cast<std::size_t>(count(line.at(1))),
                                   .words = std::string(line.at(2).string_or())});
    }

    const json::Value& m_value;
    const std::string& m_where;
};

Batch Batch::from_object(const json::Value& value, const std::string& where) {
    return BatchReader(value, where).read();
}

}  // namespace opentraces::quality
