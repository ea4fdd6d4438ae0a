// Every check of rubric 1 on examples that pass, fail, do not apply, or do not say.
#include <fstream>
#include <iterator>
#include <set>

#include "strict_examples.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using quality::Verdict;

namespace {

const quality::CheckResult& find_check(const quality::Assessment& assessment, std::string_view id) {
    for (const quality::PersonaResult& persona : assessment.personas)
        for (const quality::CheckResult& check : persona.checks)
            if (check.check->id == id) return check;
    FAIL("no check " << id);
    throw std::logic_error("unreachable");
}

Verdict parse_verdict(std::string_view name) {
    if (name == "passing") return Verdict::Passed;
    if (name == "failing") return Verdict::Failed;
    return name == "unknown" ? Verdict::Unknown : Verdict::NotApplicable;
}

}  // namespace

TEST_CASE("Every strict check passes on a whole session") {
    const quality::Assessment assessment = assess(record_of(examples()["base"]));
    for (const quality::PersonaResult& persona : assessment.personas) {
        CHECK(persona.total == 100.0);
        for (const quality::CheckResult& check : persona.checks) {
            INFO(check.check->id << " " << check.evidence);
            CHECK(check.passed());
        }
    }
}

TEST_CASE("Strict checks fail, do not apply or do not know as their examples say") {
    const json::Value document = examples();
    for (const json::Value& example : *document["examples"].if_array()) {
        const quality::Assessment assessment = assess(record_of(changed_by(document["base"], example)));
        const quality::CheckResult& check = find_check(assessment, example["check"].string_or());
        INFO(check.check->id << " should be " << example["gives"].string_or() << ": " << check.evidence);
        CHECK(check.verdict == parse_verdict(example["gives"].string_or()));
        CHECK((check.verdict != Verdict::Failed || check.score < 1.0));
    }
}

TEST_CASE("Every strict check has an example that fails") {
    const json::Value document = examples();
    std::set<std::string_view> failing;
    for (const json::Value& example : *document["examples"].if_array())
        if (example["gives"].string_or() == "failing") failing.insert(example["check"].string_or());
    for (const quality::Persona persona : quality::k_personas) {
        for (const quality::CheckInfo& check : quality::checks(quality::Rubric::Strict, persona)) {
            INFO(check.id);
            CHECK(failing.contains(check.id));
            CHECK(!check.reason.empty());
            CHECK(!check.source.empty());
            CHECK(!check.fix.empty());
        }
    }
}

TEST_CASE("The strict rubric gives an empty trace no good score") {
    const trace::TraceRecord record =
        trace::decode(R"({"trace_id":"a","session_id":"b","agent":{"name":"x"}})").record.value();
    const quality::Assessment assessment = assess(record);
    CHECK(assessment.of(quality::Persona::Training).total < 40);
    CHECK(assessment.of(quality::Persona::Rl).total < 40);
}

TEST_CASE("Checks are in the documentation with their weights") {
    std::ifstream in(opentraces::testing::source_folder() + "/docs/quality.md", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const quality::Rubric rubric : {quality::Rubric::Compatible, quality::Rubric::Strict}) {
        for (const quality::Persona persona : quality::k_personas) {
            for (const quality::CheckInfo& check : quality::checks(rubric, persona)) {
                const std::string weight = std::to_string(check.weight).substr(0, 3);
                const std::string row =
                    "| " + std::string(check.id) + " | " + std::string(check.name) + " | " + weight + " |";
                INFO(row);
                CHECK(text.find(row) != std::string::npos);
            }
        }
    }
}
