// docs/json: a JSON Schema for what every command answers with --json, held against tests/golden/answers.
#include "json_schema.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "catch.hpp"
#include "cli/program.hpp"
#include "doubles/command_bench.hpp"
#include "golden.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;
using testing::schema_problem;

namespace {

constexpr std::string_view k_error = "docs/json/error.schema.json";

std::string file_of(std::string_view command) {
    std::string name(command);
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

std::string schema_path(std::string_view command) {
    return "docs/json/" + file_of(command) + ".schema.json";
}

json::Value schema_at(const std::string& path) {
    const std::string text = testing::source_text(path);
    return text.empty() ? json::Value() : json::parse(text);
}

// Answers, not records of a filter that go before them.
std::vector<json::Value> answers_in(const std::string& transcript) {
    std::vector<json::Value> answers;
    std::istringstream lines(transcript);
    bool wanted = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("$ ")) wanted = line.find("--json") != line.npos;
        if (!wanted || line.size() < 3 || line[2] != '{') continue;
        json::Value answer = json::parse(line.substr(2));
        if (answer["status"].if_string() != nullptr) answers.push_back(std::move(answer));
    }
    return answers;
}

bool is_error(const json::Value& answer) {
    return answer["error"].if_object() != nullptr;
}

// Of a value that was seen once: it may be null another time.
json::Value rule_for(const json::Value& value) {
    json::Object rule;
    if (!value.is_null()) rule.append("type", json::Array{testing::schema_type_of(value), "null"});
    return json::Value(std::move(rule));
}

// Tells of what the schema does not tell of yet. An object whose rule has no "properties" is left as it is:
// its names are data.
void extend(json::Value& rule, const json::Value& value, bool is_new) {
    if (const json::Array* const items = value.if_array()) {
        json::Value each = rule["items"];
        for (const json::Value& item : *items) {
            const bool first = each.is_null();
            if (first) each = rule_for(item);
            extend(each, item, first);
        }
        if (!each.is_null()) rule.if_object()->set("items", std::move(each));
    }
    const json::Object* const object = value.if_object();
    if (object == nullptr || (!is_new && rule["properties"].is_null())) return;
    json::Object known = is_new ? json::Object() : *rule["properties"].if_object();
    for (const auto& [name, member] : *object) {
        const bool unknown = known.find(name) == nullptr;
        json::Value each = unknown ? rule_for(member) : *known.find(name);
        extend(each, member, unknown);
        known.set(name, std::move(each));
    }
    rule.if_object()->set("properties", std::move(known));
}

json::Value titled(const std::string& command) {
    json::Object schema;
    schema.append("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.append("title", "opentraces " + command + " --json");
    schema.append("type", "object");
    schema.append("properties", json::Object());
    schema.append("required", json::Array{"status"});
    return json::Value(std::move(schema));
}

}  // namespace

TEST_CASE("schemas: every command has one, and every answer is as it says") {
    const json::Value error = schema_at(std::string(k_error));
    REQUIRE_FALSE(error.is_null());
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        if (command.hidden) continue;
        const std::string name(command.name);
        INFO(name);
        const std::string path = schema_path(name);
        json::Value schema = schema_at(path);
        json::Value extended = schema.is_null() ? titled(name) : schema;
        for (const json::Value& answer :
             answers_in(testing::source_text("tests/golden/answers/" + file_of(name) + ".txt"))) {
            INFO(json::to_compact(answer));
            if (is_error(answer)) CHECK(schema_problem(answer, error) == "");
            if (is_error(answer) && answer.if_object()->size() == 2) continue;
            if (!schema.is_null()) CHECK(schema_problem(answer, schema) == "");
            extend(extended, answer, false);
        }
        // A field that the schema does not tell of is told of.
        testing::check_file(path, json::write_pretty(extended) + "\n");
    }
}

TEST_CASE("schemas: a file is of a command") {
    const cli::Program program;
    for (const auto& entry : std::filesystem::directory_iterator(testing::source_folder() + "/docs/json")) {
        const std::string file = entry.path().filename().string();
        INFO(file);
        if (file == "README.md" || file == "error.schema.json" || file == "version.schema.json") continue;
        const auto commands = program.commands();
        CHECK(std::any_of(commands.begin(), commands.end(), [&](const auto& described) {
            return file_of(described.command.name) + ".schema.json" == file;
        }));
    }
}

TEST_CASE("schemas: the validator sees what is wrong") {
    const json::Value schema = json::parse(
        R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":["string","null"]},)"
        R"("c":{"type":"array","items":{"enum":["x"]}}},"required":["a"],"additionalProperties":{"type":"boolean"}})");
    const auto problem = [&](const char* text) { return schema_problem(json::parse(text), schema); };
    CHECK(problem(R"({"a":1,"b":null,"c":["x"],"d":true})") == "");
    CHECK(problem(R"({"b":"x"})") == "answer has no a");
    CHECK(problem(R"({"a":1.5})") == "answer.a is number");
    CHECK(problem(R"({"a":1,"b":2})") == "answer.b is integer");
    CHECK(problem(R"({"a":1,"c":["y"]})") == "answer.c[0] is \"y\"");
    CHECK(problem(R"({"a":1,"d":1})") == "answer.d is integer");
    CHECK(problem("[]") == "answer is array");
}

TEST_CASE("schemas: help, groups, versions and usage errors are told of, too") {
    testing::CommandBench bench;
    const json::Value help = schema_at(schema_path("help"));
    const json::Value error = schema_at(std::string(k_error));
    using Words = std::vector<std::string>;
    for (const Words& words :
         {Words{"--json"}, Words{"remote", "--json"}, Words{"push", "--help", "--json"}}) {
        const json::Value answer = bench.run(words).json();
        CHECK(schema_problem(answer, help) == "");
    }
    CHECK(schema_problem(bench.run({"--version", "--json"}).json(),
                         schema_at("docs/json/version.schema.json")) == "");
    for (const Words& words : {Words{"comit", "--json"}, Words{"list", "--limit", "x", "--json"},
                               Words{"list", "--json"}, Words{"scan", "nothing.txt", "--json"}})
        CHECK(schema_problem(bench.run(words).json(), error) == "");
}
