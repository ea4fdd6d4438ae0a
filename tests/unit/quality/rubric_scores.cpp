// The numbers of rubric 1 are what its version says: partial results and published scores of two versions are
// never compared.
#include <fmt/format.h>

#include <map>

#include "opentraces/core/digest.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/quality/gate.hpp"
#include "strict_examples.hpp"
#include "versioned_golden.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// Totals for people, and a digest of what every check says.
std::string outcome_of(const trace::TraceRecord& record) {
    const quality::Assessment assessment = assess(record);
    std::string text = fmt::format("{:.1f}", assessment.overall_utility);
    std::string checks;
    for (const quality::PersonaResult& persona : assessment.personas) {
        text += fmt::format(" {:.1f}", persona.total);
        for (const quality::CheckResult& check : persona.checks)
            checks +=
                fmt::format("{}:{}:{:.6f}\n", check.check->id, static_cast<int>(check.verdict), check.score);
    }
    return text + " " + sha256_hex(checks).substr(0, 16);
}

json::Value scored_record(const std::string& name) {
    const auto path =
        std::filesystem::path(source_folder()) / "tests/fixtures/golden/quality" / (name + ".json");
    return json::parse(file_text(path))["record"];
}

}  // namespace

TEST_CASE("The scores of rubric 1 change only with its version") {
    VersionedGolden now;
    now.version = quality::summarise(quality::Batch(quality::Rubric::Strict), {}, {}).scorer_version;
    const json::Value document = examples();
    now.outcomes["base"] = outcome_of(record_of(document["base"]));
    for (const json::Value& example : *document["examples"].if_array()) {
        const std::string key = fmt::format("{}/{}", example["check"].string_or(),
                                            sha256_hex(json::to_compact(example["changes"])).substr(0, 12));
        now.outcomes[key] = outcome_of(record_of(changed_by(document["base"], example)));
    }
    for (const std::string name : {"w1-full", "w2-question-only", "w3-runtime"})
        now.outcomes[name] = outcome_of(record_of(scored_record(name)));
    check_versioned_golden("rubric-1.txt", now, "k_strict_version (quality/gate.cpp)");
}
