// docs/json: a JSON Schema for what every command answers with --json, held against tests/golden/answers.
#include "json_schema.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "answer_schema.hpp"
#include "catch.hpp"
#include "cli/program.hpp"
#include "doubles/command_bench.hpp"
#include "golden.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;
using testing::schema_problem;

namespace {

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

json::Value error_schema() {
    return schema_at("docs/json/error.schema.json");
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
    return answer["status"].string_or() == "error";
}

using Values = std::vector<const json::Value*>;

json::Array in_array(const std::set<std::string>& words) {
    return {words.begin(), words.end()};
}

// A rule as it must be, so that `values`, which were all seen in its place, are told of as closely as they
// allow: what was there each time is required, and null is what was null once. What the rule says beyond
// that it keeps: of values that no recorded answer has. An object whose rule has no "properties" is left as
// it is: its names are data.
json::Value tightened(const json::Value& rule, const Values& values);

void tighten_items(json::Object& rule, const json::Value& before, const Values& values) {
    Values items;
    for (const json::Value* const value : values)
        if (const json::Array* const array = value->if_array())
            for (const json::Value& item : *array)
                items.push_back(&item);
    if (!items.empty()) rule.set("items", tightened(before["items"], items));
}

void tighten_members(json::Object& rule, const json::Value& before, const Values& values, bool all_required) {
    std::vector<std::string> names;
    std::map<std::string, Values> members;
    std::size_t objects = 0;
    for (const json::Value* const value : values) {
        const json::Object* const object = value->if_object();
        if (object == nullptr) continue;
        ++objects;
        for (const auto& [name, member] : *object) {
            if (members[name].empty()) names.push_back(name);
            members[name].push_back(&member);
        }
    }
    if (objects == 0) return;
    json::Object properties;
    if (const json::Object* const known = before["properties"].if_object()) properties = *known;
    json::Array required;
    for (const std::string& name : names) {
        const json::Value* const known = properties.find(name);
        properties.set(name, tightened(known == nullptr ? json::Value() : *known, members[name]));
        if (all_required && members[name].size() == objects) required.emplace_back(name);
    }
    rule.set("properties", std::move(properties));
    if (all_required) rule.set("required", std::move(required));
}

json::Value tightened(const json::Value& rule, const Values& values) {
    // Anything, in words.
    if (!rule["description"].is_null() && rule["type"].is_null()) return rule;
    json::Object tight;
    if (const json::Object* const known = rule.if_object()) tight = *known;
    if (tight.find("enum") != nullptr || tight.find("const") != nullptr) return json::Value(std::move(tight));
    std::set<std::string> types = testing::schema_types(rule);
    for (const json::Value* const value : values)
        types.insert(testing::schema_type_of(*value));
    if (types.contains("number")) types.erase("integer");
    // One of which only null was seen: it is something another time.
    if (types == std::set<std::string>{"null"}) return json::Value(std::move(tight));
    if (types.size() == 1)
        tight.set("type", *types.begin());
    else
        tight.set("type", in_array(types));
    tighten_items(tight, rule, values);
    if (rule.is_null() || !rule["properties"].is_null()) tighten_members(tight, rule, values, true);
    return json::Value(std::move(tight));
}

// Error or not, the names of an answer mean the same; an error need not have more than "error".
json::Value schema_of(const std::string& command, const json::Value& before,
                      const std::vector<json::Value>& answers) {
    json::Object properties;
    json::Object status;
    status.append("enum", json::Array{"ok", "error"});
    properties.append("status", std::move(status));
    properties.append("error", error_schema()["properties"]["error"]);
    if (const json::Object* const known = before["properties"].if_object())
        for (const auto& [name, rule] : *known)
            if (name != "status" && name != "error") properties.append(name, rule);
    json::Object start;
    start.append("properties", std::move(properties));
    Values all;
    Values good;
    for (const json::Value& answer : answers) {
        all.push_back(&answer);
        if (!is_error(answer)) good.push_back(&answer);
    }
    json::Object known;
    tighten_members(known, json::Value(start), all, false);
    json::Object only_good;
    tighten_members(only_good, json::Value(start), good, true);
    json::Object schema;
    schema.append("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.append("title", "opentraces " + command + " --json");
    schema.append("type", "object");
    schema.append("properties", *(answers.empty() ? start : known).find("properties"));
    schema.append("required", json::Array{"status"});
    schema.append("if", json::parse(R"({"properties":{"status":{"const":"error"}}})"));
    schema.append("then", json::parse(R"({"required":["error"]})"));
    json::Value otherwise = json::parse(R"({"properties":{"error":false}})");
    otherwise.if_object()->set("required",
                               good.empty() ? before["else"]["required"] : *only_good.find("required"));
    schema.append("else", std::move(otherwise));
    return json::Value(std::move(schema));
}

}  // namespace

TEST_CASE("schemas: every command has one, as close as its answers are, and every answer is as it says") {
    REQUIRE_FALSE(error_schema().is_null());
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        if (command.hidden) continue;
        const std::string name(command.name);
        INFO(name);
        const std::string path = schema_path(name);
        const json::Value schema = schema_at(path);
        const auto answers =
            answers_in(testing::source_text("tests/golden/answers/" + file_of(name) + ".txt"));
        for (const json::Value& answer : answers) {
            INFO(json::to_compact(answer));
            if (is_error(answer)) CHECK(schema_problem(answer, error_schema()) == "");
            if (!schema.is_null()) CHECK(schema_problem(answer, schema) == "");
        }
        testing::check_file(path, json::write_pretty(schema_of(name, schema, answers)) + "\n");
    }
}

TEST_CASE("schemas: a file is of a command") {
    const cli::Program program;
    for (const auto& entry : std::filesystem::directory_iterator(testing::source_folder() + "/docs/json")) {
        const std::string file = entry.path().filename().string();
        INFO(file);
        if (file == "README.md" || file == "names.md" || file == "error.schema.json" ||
            file == "version.schema.json")
            continue;
        const auto commands = program.commands();
        CHECK(std::any_of(commands.begin(), commands.end(), [&](const auto& described) {
            return !described.command.hidden && file_of(described.command.name) + ".schema.json" == file;
        }));
    }
}

namespace {

// Calls `look` with every property that the schema tells of.
void for_properties(const json::Value& schema,
                    const std::function<void(const std::string&, const json::Value&)>& look) {
    if (const json::Object* const properties = schema["properties"].if_object())
        for (const auto& [name, rule] : *properties) {
            look(name, rule);
            for_properties(rule, look);
        }
    if (schema["items"].if_object() != nullptr) for_properties(schema["items"], look);
    if (schema["additionalProperties"].if_object() != nullptr)
        for_properties(schema["additionalProperties"], look);
}

// Of docs/json/names.md: | `name` | type | meaning |
std::map<std::string, std::string> shared_names() {
    std::map<std::string, std::string> types;
    std::istringstream lines(testing::source_text("docs/json/names.md"));
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `")) continue;
        const std::size_t end = line.find("` | ");
        const std::string name = line.substr(3, end - 3);
        const std::string rest = line.substr(end + 4);
        INFO(name);
        CHECK(types.find(name) == types.end());
        types[name] = rest.substr(0, rest.find(" |"));
    }
    return types;
}

// The one type of a rule, whether it may be null or not.
std::string type_in(const json::Value& rule) {
    if (rule["enum"].if_array() != nullptr) return testing::schema_type_of(rule["enum"].at(0));
    std::set<std::string> types = testing::schema_types(rule);
    types.erase("null");
    return types.size() == 1 ? *types.begin() : types.empty() ? "" : "several types";
}

}  // namespace

TEST_CASE("schemas: a name means the same, in the same unit, in every answer") {
    const std::map<std::string, std::string> known = shared_names();
    REQUIRE_FALSE(known.empty());
    std::set<std::string> used;
    for (const auto& entry : std::filesystem::directory_iterator(testing::source_folder() + "/docs/json")) {
        const std::string file = entry.path().filename().string();
        if (!file.ends_with(".schema.json")) continue;
        for_properties(schema_at("docs/json/" + file), [&](const std::string& name, const json::Value& rule) {
            if (rule.if_bool() != nullptr) return;
            INFO(file << ": " << name);
            used.insert(name);
            const auto row = known.find(name);
            CHECK(row != known.end());
            if (row == known.end()) return;
            const std::string type = type_in(rule);
            // A rule of which only null was seen says nothing else.
            if (!type.empty()) CHECK((type == row->second || row->second == "any"));
        });
    }
    for (const auto& [name, type] : known) {
        INFO("no answer has " << name);
        CHECK(used.contains(name));
    }
}

namespace {

// The names of `value` that its schema does not tell of, and what is of another type.
std::string strange_in(const json::Value& value, const json::Value& schema, const std::string& place) {
    std::string strange;
    if (const json::Array* const items = value.if_array())
        for (const json::Value& item : *items)
            strange += strange_in(item, schema["items"], place + "[]");
    const json::Object* const object = value.if_object();
    if (object == nullptr || schema["properties"].is_null()) return strange;
    for (const auto& [name, member] : *object) {
        const json::Value& rule = schema["properties"][name];
        const std::set<std::string> types = testing::schema_types(rule);
        const std::string type = testing::schema_type_of(member);
        if (rule.is_null())
            strange += place + "." + name + " ";
        else if (!types.empty() && !types.contains(type) && !(type == "integer" && types.contains("number")))
            strange += place + "." + name + ":" + type + " ";
        else
            strange += strange_in(member, rule, place + "." + name);
    }
    return strange;
}

}  // namespace

TEST_CASE("schemas: what the pages of the commands show is what they answer") {
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        const std::string page = testing::source_text("docs/commands/" + file_of(command.name) + ".md");
        const std::size_t begin = page.find("```json\n{");
        if (begin == page.npos) continue;
        const std::size_t from = begin + std::string_view("```json\n").size();
        const std::size_t end = std::min(page.find("\n```", from), page.find("\n{", from));
        const std::string text = page.substr(from, end - from);
        INFO(command.name);
        json::Value shown;
        try {
            shown = json::parse(text);
        } catch (const json::SyntaxError&) {
            CHECK(text.find("\xE2\x80\xA6") != text.npos);  // something is left out
        }
        CHECK(strange_in(shown, schema_at(schema_path(command.name)), "") == "");
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

TEST_CASE("schemas: an answer has an error exactly when its status says so") {
    const std::string error =
        R"("error":{"code":"X","kind":"check","message":"no","hint":null,"retryable":false})";
    for (const std::string command :
         {"capture", "import", "migrate", "validate", "assess", "export", "scan"}) {
        INFO(command);
        const json::Value schema = schema_at(schema_path(command));
        const auto problem = [&](const std::string& text) {
            return schema_problem(json::parse(text), schema);
        };
        CHECK(problem(R"({"status":"error",)" + error + "}") == "");
        CHECK(problem(R"({"status":"error"})") == "answer has no error");
        CHECK(problem(R"({"status":"ok",)" + error + "}") != "");
        // A list of formats has other members than an export.
        if (command != "export") CHECK(problem(R"({"status":"ok"})").starts_with("answer has no "));
        CHECK(problem(R"({"status":"problems",)" + error + "}") == "answer.status is \"problems\"");
    }
}

TEST_CASE("schemas: help, groups, versions and usage errors are told of, too") {
    testing::CommandBench bench;
    const json::Value help = schema_at(schema_path("help"));
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
        CHECK(schema_problem(bench.run(words).json(), error_schema()) == "");
}
