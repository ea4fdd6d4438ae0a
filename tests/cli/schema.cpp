// The JSON Schema that is printed describes every record that is written, and nothing less.
#include <filesystem>

#include "catch.hpp"
#include "golden.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

namespace {

bool is_of_type(const json::Value& value, std::string_view type) {
    if (type == "null") return value.is_null();
    if (type == "string") return value.if_string() != nullptr;
    if (type == "boolean") return value.if_bool() != nullptr;
    if (type == "object") return value.if_object() != nullptr;
    if (type == "array") return value.if_array() != nullptr;
    const json::Number* number = value.if_number();
    REQUIRE((type == "integer" || type == "number"));
    return number != nullptr && (type == "number" || !number->is_float);
}

// The part of JSON Schema that the document uses. Keys that it does not name are mistakes here.
class Validator {
public:
    explicit Validator(const json::Value& document) : m_document(document) {}

    void check(const json::Value& value, const json::Value& schema, const std::string& at) const {
        INFO(at);
        const std::string_view target = schema["$ref"].string_or();
        if (!target.empty()) {
            REQUIRE(target.starts_with("#/$defs/"));
            check(value, m_document["$defs"][target.substr(8)], at);
        } else if (const json::Array* choices = schema["anyOf"].if_array()) {
            if (!value.is_null()) check(value, choices->at(0), at);
            CHECK(choices->at(1)["type"].string_or() == "null");
        } else if (const json::Array* words = schema["enum"].if_array()) {
            CHECK(std::find(words->begin(), words->end(), value) != words->end());
        } else {
            check_type(value, schema["type"]);
            check_inside(value, schema, at);
        }
    }

private:
    static void check_type(const json::Value& value, const json::Value& type) {
        bool fits = is_of_type(value, type.string_or("null"));
        if (const json::Array* types = type.if_array())
            for (const json::Value& each : *types)
                fits = fits || is_of_type(value, each.string_or());
        CHECK(fits);
    }

    void check_inside(const json::Value& value, const json::Value& schema, const std::string& at) const {
        if (const json::Array* items = value.if_array()) {
            for (const json::Value& item : *items)
                check(item, schema["items"], at + "[]");
        } else if (const json::Object* object = value.if_object()) {
            if (const json::Array* required = schema["required"].if_array())
                for (const json::Value& key : *required)
                    CHECK(object->find(key.string_or()) != nullptr);
            for (const auto& [key, member] : *object)
                check_member(key, member, schema, at + "." + key);
        }
    }

    void check_member(const std::string& key, const json::Value& member, const json::Value& schema,
                      const std::string& at) const {
        const json::Value& properties = schema["properties"];
        const json::Value& others = schema["additionalProperties"];
        if (properties.if_object() != nullptr) {
            INFO(at << " is not in the schema");
            REQUIRE(properties.if_object()->find(key) != nullptr);
            check(member, properties[key], at);
        } else if (others.if_object() != nullptr) {
            check(member, others, at);
        }
    }

    const json::Value& m_document;
};

}  // namespace

TEST_CASE("schema: every golden record is what the document says, key by key") {
    Workbench bench;
    const json::Value document = json::parse(bench.expect(0, {"schema"}).out);
    const auto folder =
        std::filesystem::path(testing::source_folder()) / "tests/fixtures/golden/content-hash";
    std::size_t records = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".json") continue;
        const json::Value golden = json::parse(testing::file_text(entry.path()));
        const trace::Decoded decoded = trace::decode(golden["input_line"].string_or());
        REQUIRE(decoded.record);
        Validator(document).check(json::parse(trace::encode(*decoded.record)), document,
                                  entry.path().filename().string());
        ++records;
    }
    CHECK(records >= 10);
}

TEST_CASE("schema: the document is the one that was published") {
    Workbench bench;
    testing::check_golden("trace-record.schema.json", bench.expect(0, {"schema"}).out);
}

TEST_CASE("schema: with --json the document is in the answer") {
    Workbench bench;
    const json::Value answer = bench.expect(0, {"schema", "--json"}).json();
    CHECK(answer["status"].string_or() == "ok");
    CHECK(answer["schema_version"].string_or() == trace::k_schema_version);
    CHECK(answer["schema"] == json::parse(bench.expect(0, {"schema"}).out));
    CHECK(answer["schema"]["required"].if_array()->size() == 3);
    CHECK(answer["schema"]["$defs"].if_object()->size() == 16);
    CHECK(answer["schema"]["properties"]["attribution"]["anyOf"].if_array()->size() == 2);
}
