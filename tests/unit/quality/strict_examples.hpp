// The sessions of strict-examples.json: a whole one, and what each example changes in it.
#pragma once

#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/quality/assess.hpp"
#include "opentraces/trace/codec.hpp"
#include "quality/each_text.hpp"
#include "where.hpp"

namespace opentraces::testing {

inline json::Value examples() {
    std::ifstream in(source_folder() + "/tests/fixtures/quality/strict-examples.json", std::ios::binary);
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

inline void change(json::Value& value, std::string_view path, const json::Value& replacement) {
    const std::size_t dot = path.find('.');
    const std::string_view key = path.substr(0, dot);
    json::Value* member = nullptr;
    if (json::Array* array = value.if_array()) {
        std::size_t index = 0;
        std::from_chars(key.data(), key.data() + key.size(), index);
        member = &array->at(index);
    } else {
        json::Object& object = *value.if_object();
        if (object.find(key) == nullptr) object.set(std::string(key), nullptr);
        member = object.find(key);
    }
    if (dot == std::string_view::npos)
        *member = replacement;
    else
        change(*member, path.substr(dot + 1), replacement);
}

inline trace::TraceRecord record_of(const json::Value& document) {
    const trace::Decoded decoded = trace::decode(document);
    INFO((decoded.problem ? decoded.problem->field : std::string()));
    REQUIRE(decoded.record);
    trace::TraceRecord record = *decoded.record;
    if (record.content_hash == "$hash") record.content_hash = trace::content_hash(record).str();
    return record;
}

inline quality::Assessment assess(const trace::TraceRecord& record) {
    quality::AssessOptions options;
    options.rubric = quality::Rubric::Strict;
    options.find_credentials = [](const trace::TraceRecord& searched) {
        std::vector<std::string> rules;
        quality::each_text(searched, [&](std::string_view text) {
            if (text.find("LEAK") != std::string_view::npos) rules.emplace_back("a_rule");
        });
        return rules;
    };
    return quality::assess(record, options);
}

inline json::Value changed_by(const json::Value& base, const json::Value& example) {
    json::Value changed = base;
    for (const json::Value& each : *example["changes"].if_array())
        change(changed, each["path"].string_or(), each["value"]);
    return changed;
}

}  // namespace opentraces::testing
