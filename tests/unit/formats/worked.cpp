// The worked session in every format, as the reference has it.
#include "exported.hpp"
#include "golden.hpp"

using namespace opentraces;
using testing::exported;

namespace {

void check_lines(std::string_view format, const std::string& file, formats::ExportOptions options = {}) {
    INFO(file);
    const auto result = exported(format, testing::worked_record(), std::move(options));
    CHECK(result.converted.fate == formats::Fate::Written);
    const std::string expected = testing::read_file(testing::worked_path(file));
    const std::string actual = result.text();
    const auto lines = static_cast<std::size_t>(std::count(expected.begin(), expected.end(), '\n'));
    REQUIRE(static_cast<std::size_t>(std::count(actual.begin(), actual.end(), '\n')) == lines);
    std::size_t at = 0;
    for (std::size_t i = 0; i < lines; ++i) {
        const std::size_t end = expected.find('\n', at);
        testing::check_equal_json(result.line(i), testing::parsed(expected.substr(at, end - at)));
        at = end + 1;
    }
}

formats::ExportOptions flavor(const std::string& name) {
    formats::ExportOptions options;
    options.flavor = name;
    if (name == "hf") options.tools_as = "text";
    return options;
}

}  // namespace

TEST_CASE("formats: the worked example in every format of lines") {
    check_lines("otlp", "otlp-traces.jsonl");
    check_lines("adp", "adp.jsonl");
    check_lines("chat", "chat-hf.jsonl", flavor("hf"));
    check_lines("chat", "chat-openai.jsonl", flavor("openai"));
    check_lines("sharegpt", "sharegpt.jsonl");
}

TEST_CASE("formats: the worked example as Agent Trace") {
    testing::check_equal_json(exported("agent-trace", testing::worked_record()).line(),
                              testing::parsed(testing::read_file(testing::worked_path("agent-trace.json"))));
}

TEST_CASE("formats: the worked example in every format, byte for byte") {
    for (const formats::Format& format : formats::formats()) {
        INFO(format.name);
        const auto result = exported(format.name, testing::worked_record());
        CHECK(result.converted.fate == formats::Fate::Written);
        std::string text;
        for (const auto& [stem, document] : result.documents)
            text += (text.empty() ? "" : "\n") + stem + std::string(format.extension) + "\n" + document;
        testing::check_golden("exports/" + std::string(format.name) + ".txt", text);
    }
}
