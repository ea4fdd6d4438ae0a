#include "opentraces/quality/advice.hpp"

#include <algorithm>
#include <string>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"

using namespace opentraces;
using namespace opentraces::quality;

TEST_CASE("advice: every agent that is captured has its own") {
    std::vector<std::string_view> captured;
    for (const capture::Agent* const agent : capture::agents())
        captured.push_back(agent->name);
    std::sort(captured.begin(), captured.end());
    CHECK(std::equal(captured.begin(), captured.end(), advised_agents().begin(), advised_agents().end()));
}

TEST_CASE("advice: nobody who uses an agent is told to write records") {
    for (const Rubric rubric : {Rubric::Compatible, Rubric::Strict}) {
        for (const Persona persona : k_personas) {
            for (const CheckInfo& check : checks(rubric, persona)) {
                CHECK(advice(check, "") == check.fix);
                CHECK(advice(check, "somebody's") == check.fix);
                for (const std::string_view agent : advised_agents()) {
                    INFO(agent << " " << check.id << ": " << advice(check, agent));
                    CHECK_FALSE(advice(check, agent) == check.fix);
                    for (const char* field :
                         {"task.", "metrics", "call_type", "outcome.", "steps[", "record "})
                        CHECK(advice(check, agent).find(field) == std::string_view::npos);
                }
            }
        }
    }
}

TEST_CASE("advice: what one agent can be told is not told to another") {
    for (const CheckInfo& check : checks(Rubric::Strict, Persona::Training)) {
        if (check.id != "U4") continue;
        CHECK(advice(check, "claude-code").find("showThinkingSummaries") != std::string_view::npos);
        CHECK(advice(check, "codex").find("model_reasoning_summary") != std::string_view::npos);
        CHECK(advice(check, "opencode").find("~/.claude") == std::string_view::npos);
    }
}
