#include "opentraces/trace/walk.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "golden.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;
using namespace opentraces::trace;
using namespace opentraces::trace::testing;

namespace {

// The full golden record has every model; this puts a distinct marker in every place a string can stand.
class Planter {
public:
    void plant(json::Value& value, bool free_form = false) {
        if (auto* array = value.if_array()) {
            for (json::Value& item : *array)
                plant(item, free_form);
        } else if (auto* object = value.if_object()) {
            plant_members(*object, free_form);
        } else if (free_form && value.if_string() != nullptr) {
            value = marker();
        }
    }

    const std::set<std::string>& planted() const { return m_planted; }

private:
    void plant_members(json::Object& object, bool free_form) {
        static const std::set<std::string> k_not_walked{
            "schema_version",    "execution_context", "role",      "call_type",
            "signal_confidence", "terminal_state",    "confidence"};
        json::Object fresh;
        for (auto& [key, value] : object) {
            const bool map = key == "system_prompts" || key == "contributor";
            const bool opens =
                free_form || map || key == "metadata" || key == "input" || key == "tool_definitions";
            const bool vcs_type =
                key == "type" && (value.string_or() == "git" || value.string_or() == "none");
            if (!free_form && (k_not_walked.count(key) > 0 || vcs_type)) {
                fresh.append(key, value);
                continue;
            }
            const bool text = value.is_null() ? is_text_key(key) : value.if_string() != nullptr;
            if (text) value = marker();
            if (!text) plant(value, opens || (value.if_array() != nullptr && !opens && holds_texts(value)));
            fresh.append(free_form ? marker() : key, std::move(value));
        }
        object = std::move(fresh);
    }

    static bool holds_texts(const json::Value& array) { return array.at(0).if_string() != nullptr; }

    static bool is_text_key(const std::string& key) {
        static const std::set<std::string> k_texts{"content_hash",
                                                   "timestamp_start",
                                                   "timestamp_end",
                                                   "description",
                                                   "source",
                                                   "repository",
                                                   "base_commit",
                                                   "version",
                                                   "model",
                                                   "os",
                                                   "shell",
                                                   "branch",
                                                   "diff",
                                                   "content",
                                                   "reasoning_content",
                                                   "system_prompt_hash",
                                                   "agent_role",
                                                   "subagent_trajectory_ref",
                                                   "timestamp",
                                                   "output_summary",
                                                   "error",
                                                   "language",
                                                   "text",
                                                   "patch",
                                                   "commit_sha",
                                                   "reward_source",
                                                   "url",
                                                   "classifier_version"};
        return k_texts.count(key) > 0;
    }

    std::string marker() {
        std::string text = "marker-" + std::to_string(m_planted.size());
        m_planted.insert(text);
        return text;
    }

    std::set<std::string> m_planted;
};

json::Value full_document() {
    return json::parse(golden_hash_case("15-full")["expected_jsonl_line"].string_or());
}

TraceRecord redacting_walk(const std::string& more, const std::string& needle) {
    TraceRecord record = record_of(minimal_line(more));
    walk_texts(record, [&](const TextPlace&, std::string& text) {
        if (text.find(needle) != std::string::npos) text = "X";
    });
    return record;
}

}  // namespace

TEST_CASE("walking shows every planted text exactly once and can replace it") {
    json::Value document = full_document();
    Planter planter;
    planter.plant(document);
    REQUIRE(planter.planted().size() > 80);
    TraceRecord record = decode(document).record.value();

    std::vector<std::string> seen;
    const TraceRecord& constant = record;
    walk_texts(constant, [&](const TextPlace&, std::string_view text) { seen.emplace_back(text); });
    CHECK(std::set<std::string>(seen.begin(), seen.end()) == planter.planted());
    CHECK(seen.size() == planter.planted().size());

    std::size_t replaced = 0;
    walk_texts(record,
               [&](const TextPlace&, std::string& text) { text = "new-" + std::to_string(replaced++); });
    CHECK(replaced == seen.size());
    record.content_hash.reset();
    CHECK(encode(record).find("marker-") == std::string::npos);
    CHECK(canonical_text(record).find("marker-") == std::string::npos);
}

TEST_CASE("places name the field, its kind and the tool") {
    const TraceRecord record = record_of(minimal_line(
        R"(,"steps":[{"step_index":0,"role":"agent","content":"prose","tool_calls":[{"tool_call_id":"c1",)"
        R"("tool_name":"Bash","input":{"cmd":["ls"]}}]},{"step_index":1,"role":"user","observations":)"
        R"([{"source_call_id":"c1","content":"out"},{"source_call_id":"nobody","error":"e"}]}])"));
    std::vector<std::string> places;
    walk_texts(record, [&](const TextPlace& place, std::string_view text) {
        places.push_back(std::string(place.path) + "|" + std::string(place.tool_name) + "|" +
                         std::to_string(static_cast<int>(place.kind)) + (place.is_key ? "|key|" : "|") +
                         std::string(text));
    });
    const auto number = [](TextKind kind) { return std::to_string(static_cast<int>(kind)); };
    const std::vector<std::string> expected{
        "trace_id||" + number(TextKind::Identifier) + "|a",
        "session_id||" + number(TextKind::Identifier) + "|b",
        "agent.name||" + number(TextKind::Name) + "|x",
        "steps[0].content||" + number(TextKind::Prose) + "|prose",
        "steps[0].tool_calls[0].tool_call_id||" + number(TextKind::Identifier) + "|c1",
        "steps[0].tool_calls[0].tool_name||" + number(TextKind::Name) + "|Bash",
        "steps[0].tool_calls[0].input|Bash|" + number(TextKind::ToolInput) + "|key|cmd",
        "steps[0].tool_calls[0].input.cmd[0]|Bash|" + number(TextKind::ToolInput) + "|ls",
        "steps[1].observations[0].source_call_id||" + number(TextKind::Identifier) + "|c1",
        "steps[1].observations[0].content|Bash|" + number(TextKind::ToolOutput) + "|out",
        "steps[1].observations[1].source_call_id||" + number(TextKind::Identifier) + "|nobody",
        "steps[1].observations[1].error||" + number(TextKind::ToolOutput) + "|e",
        "outcome.signal_source||" + number(TextKind::Name) + "|deterministic",
    };
    CHECK(places == expected);
}

TEST_CASE("changed keys keep their place and stay unique") {
    const TraceRecord record = redacting_walk(
        R"(,"metadata":{"secret1":1,"b":2,"secret2":3,"X_2":4,"secret3":{"secret":5}})", "secret");
    CHECK(json::to_compact(json::Value(record.metadata)) == R"({"X":1,"b":2,"X_3":3,"X_2":4,"X_4":{"X":5}})");

    const TraceRecord prompts = redacting_walk(R"(,"system_prompts":{"X":"a","secret":"b"})", "secret");
    CHECK(prompts.system_prompts == TextMap{{"X", "a"}, {"X_2", "b"}});
}

TEST_CASE("a path shows a key only after the visitor changed it") {
    TraceRecord record = record_of(minimal_line(R"(,"metadata":{"secret":{"k":"v"}})"));
    std::vector<std::string> paths;
    walk_texts(record, [&](const TextPlace& place, std::string& text) {
        if (text == "secret") text = "X";
        paths.emplace_back(place.path);
    });
    CHECK(std::none_of(paths.begin(), paths.end(),
                       [](const std::string& path) { return path.find("secret") != std::string::npos; }));
    CHECK(paths.back() == "metadata.X.k");
}

TEST_CASE("many keys that become equal are renamed in good time") {
    json::Object many;
    for (int i = 0; i < 20000; ++i)
        many.append("secret" + std::to_string(i), json::Value(i));
    TraceRecord record;
    record.metadata = std::move(many);
    walk_texts(record, [](const TextPlace& place, std::string& text) {
        if (place.is_key) text = "X";
    });
    std::set<std::string> keys;
    for (const json::Member& member : record.metadata)
        keys.insert(member.first);
    CHECK(keys.size() == 20000);
}
