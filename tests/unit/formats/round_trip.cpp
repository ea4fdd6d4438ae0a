// Records through ATIF and back.
#include <algorithm>
#include <array>
#include <random>

#include "exported.hpp"
#include "imported.hpp"

using namespace opentraces;
using testing::Builder;
using testing::exported;

namespace {

// Where two texts part, with some of what is before it.
std::string difference(const std::string& left, const std::string& right) {
    const auto [a, b] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
    if (a == left.end() && b == right.end()) return "";
    const auto begin = static_cast<std::size_t>(std::max<std::ptrdiff_t>(a - left.begin() - 150, 0));
    return left.substr(begin, 300) + "\n    instead of\n" + right.substr(begin, 300);
}

// Definitions that lose nothing by it come back in the function form.
trace::TraceRecord without_definitions(trace::TraceRecord record) {
    record.tool_definitions.clear();
    return record;
}

void check_returns(const trace::TraceRecord& record) {
    const auto document = exported("atif", record);
    REQUIRE(document.converted.fate == formats::Fate::Written);
    const auto back = testing::read_value("atif", document.line());
    INFO(back.reason);
    REQUIRE(back.record.has_value());
    CHECK(back.whole);
    CHECK(back.record->trace_id == record.trace_id);
    CHECK(back.record->content_hash == record.content_hash);
    CHECK(difference(trace::canonical_text(without_definitions(*back.record)),
                     trace::canonical_text(without_definitions(record))) == "");
    CHECK(back.record->tool_definitions.size() == record.tool_definitions.size());
    CHECK(difference(exported("atif", *back.record).text(), document.text()) == "");
}

class Dice {
public:
    explicit Dice(unsigned seed) : m_engine(seed) {}
    int roll(int sides) { return static_cast<int>(m_engine() % static_cast<unsigned>(sides)); }
    bool chance(int percent) { return roll(100) < percent; }
    std::string text() {
        constexpr std::array<const char*, 8> k_texts{
            "", "x", "two\nlines", "\xC3\xA9\xE2\x80\xA8", "[error: e]", "\"quoted\"", "unknown", "sub-1-1"};
        return k_texts.at(static_cast<std::size_t>(roll(8)));
    }
    trace::OptText maybe() { return chance(50) ? trace::OptText(text()) : std::nullopt; }
    trace::OptText time() {
        constexpr std::array<const char*, 5> k_times{"2026-03-28T10:00:00.000Z", "2026-03-28T10:00:00Z",
                                                     "2026-03-28 10:00:00.123456789+02:00", "yesterday", ""};
        return chance(60) ? trace::OptText(k_times.at(static_cast<std::size_t>(roll(5)))) : std::nullopt;
    }
    trace::OptText model() {
        constexpr std::array<const char*, 4> k_models{"anthropic/claude-sonnet-4-5", "gpt-5", "<synthetic>",
                                                      "unknown"};
        return chance(60) ? trace::OptText(k_models.at(static_cast<std::size_t>(roll(4)))) : std::nullopt;
    }

private:
    std::mt19937 m_engine;
};

void add_tokens(Dice& dice, trace::TokenUsage& usage) {
    if (dice.chance(50)) usage.input_tokens = dice.roll(500);
    if (dice.chance(50)) usage.output_tokens = dice.roll(500);
    if (dice.chance(30)) usage.cache_read_tokens = dice.roll(2000);
    if (dice.chance(30)) usage.cache_write_tokens = dice.roll(200);
    if (dice.chance(10)) usage.prefix_reuse_tokens = dice.roll(200);
}

void add_calls(Dice& dice, trace::Step& step) {
    for (int i = dice.roll(4); i > 0; --i) {
        trace::ToolCall call;
        call.tool_call_id = dice.chance(80) ? "call_" + std::to_string(dice.roll(50)) : dice.text();
        call.tool_name = dice.chance(30) ? "Task" : "Bash";
        if (dice.chance(60)) call.input.set("command", dice.text());
        if (dice.chance(30)) call.duration_ms = dice.roll(9999);
        step.tool_calls.push_back(std::move(call));
    }
    for (int i = dice.roll(5); i > 0; --i) {
        trace::Observation observation;
        const bool answers = !step.tool_calls.empty() && dice.chance(85);
        const auto call =
            answers ? static_cast<std::size_t>(dice.roll(static_cast<int>(step.tool_calls.size()))) : 0;
        observation.source_call_id = answers ? step.tool_calls[call].tool_call_id : dice.text();
        observation.content = dice.maybe();
        observation.output_summary = dice.maybe();
        if (dice.chance(30)) observation.error = "exit_code:1";
        step.observations.push_back(std::move(observation));
    }
}

trace::Step random_step(Dice& dice, int index) {
    trace::Step step;
    step.step_index = index;
    step.role = static_cast<trace::Role>(dice.roll(3));
    step.content = dice.maybe();
    step.reasoning_content = dice.chance(30) ? dice.maybe() : std::nullopt;
    step.model = dice.model();
    if (dice.chance(50))
        step.system_prompt_hash = dice.chance(80) ? "prompt-" + std::to_string(dice.roll(3)) : "?";
    if (dice.chance(50)) step.agent_role = dice.chance(50) ? "main" : "explore";
    if (dice.chance(70)) step.call_type = static_cast<trace::CallType>(dice.roll(3));
    if (dice.chance(30)) step.parent_step = dice.roll(12);
    if (dice.chance(20)) step.subagent_trajectory_ref = dice.text();
    if (dice.chance(20)) step.tools_available = {"Bash", "Read"};
    if (dice.chance(20)) step.snippets.push_back({"a.py", 1, 2, "python", dice.maybe(), std::nullopt});
    step.timestamp = dice.time();
    add_calls(dice, step);
    if (dice.chance(60)) add_tokens(dice, step.token_usage);
    return step;
}

trace::TraceRecord random_record(unsigned seed) {
    Dice dice(seed);
    trace::TraceRecord record = Builder().record;
    record.agent.version = dice.maybe();
    record.agent.model = dice.model();
    record.timestamp_start = dice.time();
    record.content_hash = dice.maybe();
    record.task.description = dice.maybe();
    record.outcome.reward = dice.chance(30) ? std::optional<double>(0.1 * dice.roll(9)) : std::nullopt;
    record.outcome.committed = dice.chance(30);
    for (int i = 0; i < 3; ++i)
        record.system_prompts.emplace_back("prompt-" + std::to_string(i), "Prompt " + dice.text());
    if (dice.chance(50)) {
        record.tool_definitions.push_back(
            *testing::parsed(R"({"name":"Bash","input_schema":{},"x":1})").if_object());
        record.tool_definitions.push_back(*testing::parsed(R"({"nameless":true})").if_object());
    }
    if (dice.chance(50)) record.metadata.set("cwd", dice.text());
    const int steps = 1 + dice.roll(10);
    for (int i = 1; i <= steps; ++i)
        record.steps.push_back(random_step(dice, i));
    return record;
}

}  // namespace

TEST_CASE("atif round trip: the worked session comes back whole") {
    check_returns(testing::worked_record());
}

TEST_CASE("atif round trip: version 1.6 gives the main run back, with what stood beside calls and results") {
    trace::TraceRecord record = testing::worked_record();
    std::erase_if(record.steps, [](const trace::Step& step) { return step.parent_step.has_value(); });
    formats::ExportOptions options;
    options.format_version = "1.6";
    const auto document = exported("atif", record, options);
    const auto back = testing::read_value("atif", document.line());
    REQUIRE(back.record.has_value());
    CHECK(difference(trace::canonical_text(without_definitions(*back.record)),
                     trace::canonical_text(without_definitions(record))) == "");
}

TEST_CASE("atif round trip: a sub-agent's document of version 1.6 is a session of its own") {
    formats::ExportOptions options;
    options.format_version = "1.6";
    const auto documents = exported("atif", testing::worked_record(), options).documents;
    REQUIRE(documents.size() == 2);
    const auto back = testing::read_row("atif", documents[1].second);
    REQUIRE(back.record.has_value());
    CHECK(back.record->session_id == "demo-session-01/agent-7f3c");
    REQUIRE(back.record->steps.size() == 3);
    CHECK(back.record->steps[1].agent_role == "explore");
}

TEST_CASE("atif round trip: records of every shape come back whole") {
    for (unsigned seed = 1; seed <= 1000; ++seed) {
        INFO("seed " << seed);
        check_returns(random_record(seed));
    }
}
