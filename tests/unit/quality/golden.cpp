// The compatible rubric against scored records of the reference.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/quality/assess.hpp"
#include "opentraces/trace/codec.hpp"
#include "where.hpp"

using namespace opentraces;
using quality::Persona;

namespace {

json::Value read_json(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

double number(const json::Value& value) {
    REQUIRE(value.if_number() != nullptr);
    return value.if_number()->as_double();
}

void check_persona(const quality::PersonaResult& result, const json::Value& expected) {
    INFO(quality::name_of(result.persona));
    CHECK(result.total == number(expected["total_score"]));
    CHECK(result.pass_rate == number(expected["pass_rate"]));
    const json::Object& categories = *expected["category_scores"].if_object();
    REQUIRE(result.categories.size() == categories.size());
    for (const auto& [name, score] : result.categories)
        CHECK(score == number(expected["category_scores"][name]));
    const json::Array& checks = *expected["checks"].if_array();
    REQUIRE(result.checks.size() == checks.size());
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const quality::CheckResult& check = result.checks[i];
        INFO(check.check->name);
        CHECK(check.check->name == checks[i]["name"].string_or());
        CHECK(check.score == number(checks[i]["score"]));
        CHECK(check.passed() == checks[i]["passed"].bool_or(false));
        CHECK((check.verdict == quality::Verdict::NotApplicable) == checks[i]["skipped"].bool_or(false));
    }
}

}  // namespace

TEST_CASE("The compatible rubric gives the reference's scores") {
    const auto name = GENERATE("w1-full", "w2-question-only", "w3-runtime");
    INFO(name);
    const json::Value golden = read_json(std::filesystem::path(opentraces::testing::source_folder()) /
                                         "tests/fixtures/golden/quality" / (std::string(name) + ".json"));
    const trace::TraceRecord record = trace::decode(golden["record"]).record.value();
    quality::AssessOptions options;
    options.user_name = golden["environment"]["USER"].string_or();
    const quality::Assessment assessment = quality::assess(record, options);
    const json::Value& expected = golden["expected"];
    CHECK(assessment.overall_utility == number(expected["overall_utility"]));
    for (const Persona persona : quality::k_personas)
        check_persona(assessment.of(persona), expected["persona_scores"][quality::name_of(persona)]);
}

TEST_CASE("The weights of the compatible rubric sum up to the reference's") {
    const std::array expected{std::pair{28, 23.3}, std::pair{10, 7.5}, std::pair{8, 5.8}, std::pair{8, 5.7},
                              std::pair{8, 5.3}};
    for (const Persona persona : quality::k_personas) {
        const auto [count, weight] = expected[static_cast<std::size_t>(persona)];
        const auto checks = quality::checks(quality::Rubric::Compatible, persona);
        double sum = 0;
        for (const quality::CheckInfo& check : checks)
            sum += check.weight;
        CHECK(checks.size() == static_cast<std::size_t>(count));
        CHECK(sum == Approx(weight));
    }
}
